"""What `/gestion/tarifs` shows: the grids, the legal rates, the VAT that nobody but staff can tell."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from portal.contract.amounts import percent
from portal.contract.arrears import PENALTY_POINTS_HUNDREDTHS
from portal.contract.calendar import paris_day
from portal.contract.company import in_groups
from portal.contract.french import count, euros, full_date, long_date, typeset
from portal.contract.offer import Grid, Option
from portal.contract.policy import Policy
from portal.services.legal_rates import LegalRate, half_year_name, half_year_of
from portal.services.price_grids import PublishedGrid, Reach
from portal.services.vat_deciding import VatToDecide


@dataclass(frozen=True, slots=True)
class GridRow:
    """One grid, as it was published."""

    grid_id: str = ""
    when: str = ""
    state: str = ""
    tone: str = "quiet"
    price: str = ""
    minimum: str = ""
    options: list[str] = field(default_factory=list)
    by: str = ""
    may_be_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class RateRow:
    """The rate of a half-year, and that of penalties which follows from it."""

    half_year: str = ""
    rate: str = ""
    penalties: str = ""
    source: str = ""
    entered: str = ""


@dataclass(frozen=True, slots=True)
class HalfYear:
    """A half-year to choose."""

    value: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class VatRow:
    """A client whose place does not tell its VAT."""

    company_id: str = ""
    contract_id: str = ""
    name: str = ""
    identity: str = ""
    state: str = ""
    tone: str = "quiet"
    said: str = ""


def grid_rows(published: Iterable[PublishedGrid], today: date) -> list[GridRow]:
    return [_grid_row(one, today) for one in published]


def _grid_row(one: PublishedGrid, today: date) -> GridRow:
    state, tone = _standing(one, today)
    since = f"Du {long_date(one.applies_from)}" if one.applies_from else "Dès l’origine"
    until = f" au {long_date(one.until)}" if one.until else ""
    return GridRow(
        grid_id=one.id,
        when=since + until,
        state=state,
        tone=tone,
        price=euros(one.grid.user_month_cents),
        minimum=count(one.grid.minimum_users, "utilisateur"),
        options=[_option(option) for option in one.grid.options],
        by=one.by,
        may_be_withdrawn=one.may_be_withdrawn,
    )


def _standing(one: PublishedGrid, today: date) -> tuple[str, str]:
    if one.applies_from and one.applies_from > today:
        return "à venir", "soon"
    return ("passée", "over") if one.until and one.until < today else ("en vigueur", "done")


def _option(option: Option) -> str:
    return typeset(
        f"{option.label} : {euros(option.price_cents)} {'par mois' if option.monthly else 'une fois'}"
    )


def grid_sentence(grid: Grid) -> str:
    """Return the grid in force in one sentence."""
    return typeset(
        f"Aujourd’hui, {euros(grid.user_month_cents)} HT par utilisateur et par mois, pour "
        f"{count(grid.minimum_users, 'utilisateur')} au moins."
    )


def reach_sentence(reach: Reach) -> str:
    """Say whom a new grid reaches, and whom it leaves as they are."""
    keep = (
        "aucun contrat n’est en vigueur"
        if not reach.keep
        else f"{count(reach.keep, 'contrat en vigueur garde', 'contrats en vigueur gardent')} "
        f"{'son prix' if reach.keep == 1 else 'leurs prix'}"
    )
    to_come = count(reach.to_come, "client n’a", "clients n’ont")
    return typeset(
        f"Une nouvelle grille vaut pour les contrats signés à partir de son jour : {keep}, et {to_come} pas encore signé."
    )


def typed_grid(grid: Grid, applies_from: str = "") -> dict[str, str]:
    """Return the fields of a new grid, written from the one in force."""
    typed = {
        "applies_from": applies_from,
        "minimum_users": str(grid.minimum_users),
        "user_month": _typed_amount(grid.user_month_cents),
    }
    for nth, one in enumerate(grid.options):
        typed |= {
            f"option_{nth}_code": one.code,
            f"option_{nth}_label": one.label,
            f"option_{nth}_price": _typed_amount(one.price_cents),
            f"option_{nth}_rhythm": "month" if one.monthly else "once",
        }
    return typed


def _typed_amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"


# --- rates ---------------------------------------------------------------------------------------


def rate_rows(rates: Iterable[LegalRate]) -> list[RateRow]:
    return [
        RateRow(
            half_year=half_year_name(one.half_year).capitalize(),
            rate=percent(one.hundredths),
            penalties=percent(_penalties(one.hundredths)),
            source=one.source,
            entered=_entered(one),
        )
        for one in rates
    ]


def _penalties(legal: int) -> int:
    """Return the yearly rate of penalties under the readings in force (art. 10.4)."""
    return max(legal + PENALTY_POINTS_HUNDREDTHS, Policy().legal_rate_floor * legal)


def half_years(today: date, missing: Iterable[str], known: Iterable[LegalRate]) -> list[HalfYear]:
    """Return the half-years to choose from: those that lack their rate, this one and the next, then those known."""
    following = date(today.year + today.month // 7, 1 if today.month >= 7 else 7, 1)  # noqa: PLR2004 -- July
    wanted = [*missing, half_year_of(today), half_year_of(following), *(one.half_year for one in known)]
    return [HalfYear(one, half_year_name(one)) for one in dict.fromkeys(wanted)]


def missing_sentence(missing: Iterable[str]) -> str:
    names = [half_year_name(one) for one in missing]
    if not names:
        return ""
    return typeset(
        f"Il manque le taux du {' et du '.join(names)} : aucune pénalité de ce semestre ne peut être calculée, et un client "
        "suspendu ne sait pas quelle somme rétablit son accès."
    )


# --- VAT -----------------------------------------------------------------------------------------


def vat_rows(found: Iterable[VatToDecide]) -> list[VatRow]:
    return [_vat_row(one) for one in found]


def _vat_row(one: VatToDecide) -> VatRow:
    decided = one.hundredths is not None
    said = ""
    if one.hundredths is not None and one.at is not None:
        mention = f" ({one.mention})" if one.mention else ""
        said = typeset(
            f"{percent(one.hundredths)}{mention} : {one.reason} Décidé le {full_date(paris_day(one.at))} par {one.by}."
        )
    return VatRow(
        company_id=one.company_id,
        contract_id=one.contract_id,
        name=one.legal_name,
        identity=f"SIREN {in_groups(one.siren)}, {one.place}",
        state="décidée" if decided else "à décider",
        tone="done" if decided else "late",
        said=said,
    )


def _entered(rate: LegalRate) -> str:
    """Say when, and by whom where it is still known, a rate was entered."""
    if rate.at is None:
        return ""
    return typeset(f"le {long_date(paris_day(rate.at))}" + (f", par {rate.by}" if rate.by else ""))
