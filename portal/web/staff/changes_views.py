"""What `/gestion/changements` shows: what may be announced, its simulation, how far the announcements are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from portal.contract.announcing import LeftOut, LeftOutFor, Wished, yearly_difference
from portal.contract.calendar import paris_day
from portal.contract.french import count, euros, full_date, full_instant, long_date, long_month, typeset
from portal.contract.reckoning import Reckoning
from portal.contract.shares import key_of
from portal.contract.term import MONTHS_PER_TERM
from portal.documents.terms_changes import ArticleChange, ChangeKind
from portal.services.announcements import Announcement, Outlier
from portal.services.announcing import Line, Simulation
from portal.services.conditions import Edition
from portal.services.price_grids import PublishedGrid
from portal.web.client.effect_view import signed
from portal.web.components.shapes import Figure, Pair, Why
from portal.web.presenting import why_of, why_of_amount
from portal.web.public.terms_view import ChangeView, change_view

_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_LEFT_OUT: dict[LeftOutFor, str] = {
    "ends": "finissent sans se renouveler",
    "same": "ont déjà ce prix ou cette version, ou l’auront",
    "too_soon": "se renouvellent avant le jour d’application",
}
_LEFT_OUT_ONE: dict[str, str] = {
    "ends": "Finit sans se renouveler",
    "same": "A déjà ce prix ou cette version, ou l’aura",
    "too_soon": "Se renouvelle avant le jour d’application",
}


@dataclass(frozen=True, slots=True)
class ChoiceOption:
    """What may be announced, as a list of choices names it."""

    value: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract in force and what an announcement would do to it."""

    contract_id: str = ""
    name: str = ""
    day: str = ""
    why_day: Why = field(default_factory=Why)
    note: str = ""
    before: str = ""
    after: str = ""
    yearly: str = ""
    why_yearly: Why = field(default_factory=Why)
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class SimulationView:
    """A simulation ready to be read; `label` says what would be announced."""

    what: str = ""
    label: str = ""
    sentence: str = ""
    figures: list[Figure] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    says: str = ""
    total_before: str = ""
    total_after: str = ""
    total_difference: str = ""
    why_before: Why = field(default_factory=Why)
    why_after: Why = field(default_factory=Why)
    why_difference: Why = field(default_factory=Why)
    reached: int = 0
    question: str = ""
    consent: str = ""
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    """An announcement made, and how far it is."""

    id: str = ""
    label: str = ""
    when: str = ""
    state: str = ""
    tone: str = "quiet"
    done: int = 0
    total: int = 0
    says: str = ""
    has_outliers: bool = False
    is_running: bool = False


@dataclass(frozen=True, slots=True)
class OutlierRow:
    contract_id: str = ""
    name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class TermsPreviewView:
    """A text to be published: what it says of itself, its differences, whom it reaches."""

    version: str = ""
    title: str = ""
    sentence: str = ""
    reach: str = ""
    figures: list[Figure] = field(default_factory=list)
    articles: list[ChangeView] = field(default_factory=list)
    articles_said: str = ""


# --- what may be announced -------------------------------------------------------------------------


def choices(grids: Iterable[PublishedGrid], versions: Iterable[Edition], at: datetime) -> list[ChoiceOption]:
    """Return the grids and the versions in force or to come, those to come first."""
    today = paris_day(at)
    found = [
        ChoiceOption(
            f"price:{one.id}",
            typeset(f"Prix : {euros(one.grid.user_month_cents)} HT, {_since(one.applies_from, today)}"),
        )
        for one in grids
        if one.id and one.applies_from and (one.until is None or one.until >= today)
    ]
    followed: date | None = None
    for one in versions:
        applies = paris_day(one.applies_from)
        if followed is None or followed > today:
            found.append(
                ChoiceOption(
                    f"terms:{one.version}", typeset(f"CGV : version {one.version}, {_since(applies, today)}")
                )
            )
        followed = applies
    return found


def _since(day: date, today: date) -> str:
    return f"grille du {long_date(day)}" if day <= today else f"à partir du {long_date(day)}"


def label_of(wished: Wished) -> str:
    if wished.version is not None:
        return typeset(f"CGV, version {wished.version}")
    return typeset(f"{euros(wished.user_month_cents or 0)} HT par utilisateur et par mois")


# --- the simulation --------------------------------------------------------------------------------


def simulation_view(found: Simulation) -> SimulationView:
    is_price = found.choice.what == "price"
    before = sum(one.before_cents for one in found.months)
    after = sum(one.after_cents for one in found.months)
    whom = count(found.reached, "contrat")
    return SimulationView(
        what=found.choice.what,
        label=label_of(found.wished),
        sentence=typeset(_sentence(found)),
        figures=list(_figures(found)),
        left_out=[_left_out(reason, many) for reason, many in found.left_out],
        pairs=list(_pairs(found)) if is_price else [],
        says=typeset(_says(found, before, after)) if is_price else "",
        total_before=euros(before),
        total_after=euros(after),
        total_difference=signed(after - before) if after != before else euros(0),
        why_before=why_of_amount(_revenue(before, "douze mois, sans le changement")),
        why_after=why_of_amount(_revenue(after, "douze mois, avec le changement")),
        why_difference=why_of_amount(
            _revenue(after, "douze mois, avec le changement").plus(
                Fraction(-before), "moins les mêmes sans lui"
            )
        ),
        reached=found.reached,
        question=typeset(
            f"Un e-mail part à chacun des {found.reached} contrats, avec son jour d’application et son dernier instant pour "
            "refuser. Une annonce ne se retire pas ; une autre, pour le même jour, la remplace."
        )
        if found.reached > 1
        else typeset(
            "Un e-mail part à ce client, avec son jour d’application et son dernier instant pour refuser. Une annonce ne se "
            "retire pas ; une autre, pour le même jour, la remplace."
        ),
        consent=typeset(f"Oui, j’annonce ce changement à {whom} au nom de l’entreprise"),
        confirm=typeset(f"Annoncer à {whom}"),
    )


def _left_out(reason: LeftOutFor, many: int) -> str:
    words = _LEFT_OUT[reason] if many > 1 else _LEFT_OUT_ONE[reason].lower()
    return typeset(f"{count(many, 'contrat')} : {words}.")


def _sentence(found: Simulation) -> str:
    if not found.contracts:
        return "Aucun contrat n’est en vigueur : il n’y a personne à qui l’annoncer."
    if found.first is None or found.last is None:
        return f"Sur {count(found.contracts, 'contrat')} en vigueur, aucun n’est atteint."
    days = (
        f"le {full_date(found.first.day)}"
        if found.first.day == found.last.day
        else f"du {full_date(found.first.day)} au {full_date(found.last.day)}"
    )
    return (
        f"Annoncé maintenant, ce changement atteint {count(found.reached, 'contrat')} sur {found.contracts} en vigueur. Il "
        f"s’applique à chacun à son renouvellement : {days}."
    )


def _figures(found: Simulation) -> Iterator[Figure]:
    yield Figure(
        "Au prochain renouvellement", str(found.at_next_renewal), "annoncé avant la limite de préavis"
    )
    yield Figure("Au renouvellement d’après", str(found.at_the_one_after), "cette limite est passée")
    for label, one in (
        ("Premier jour d’application", found.first),
        ("Dernier jour d’application", found.last),
    ):
        if one:
            yield Figure(label, full_date(one.day), "", why_of(one.applies_from))
    if found.choice.what == "price" and found.reached:
        yield Figure(
            "Sur une année pleine, HT",
            signed(found.yearly_cents),
            "une fois tous ces contrats renouvelés",
            why_of_amount(_yearly(found)),
        )


def _yearly(found: Simulation) -> Reckoning:
    return Reckoning(
        clause="10.1",
        rule="chaque contrat atteint paie, pour chaque utilisateur facturé, la différence des deux prix.",
        start_label="différence d’un mois, tous ces contrats renouvelés",
        start=Fraction(found.yearly_cents, MONTHS_PER_TERM),
    ).times(MONTHS_PER_TERM, "douze mois")


def _says(found: Simulation, before: int, after: int) -> str:
    first, last = found.months[0].month, found.months[-1].month
    return (
        (
            f"De {long_month(key_of(first))} à {long_month(key_of(last))}, les contrats d’aujourd’hui rapportent "
            f"{euros(after)} HT, au lieu de {euros(before)} : des mois entiers, sans ce qui viendra s’y ajouter."
        )
        .replace("De a", "D’a")
        .replace("De o", "D’o")
    )


def _pairs(found: Simulation) -> Iterator[Pair]:
    tallest = max([1, *(max(one.before_cents, one.after_cents) for one in found.months)])
    changing = next((place for place, one in enumerate(found.months) if one.changed), -1)
    for place, one in enumerate(found.months):
        key, short = key_of(one.month), _SHORT[one.month.month - 1]
        before = _revenue(one.before_cents, "contrats en vigueur, sans le changement")
        after = before.plus(
            Fraction(one.after_cents - one.before_cents),
            f"{count(one.changed, 'contrat renouvelé', 'contrats renouvelés')} avec le changement d’ici là",
        )
        difference = one.after_cents - one.before_cents
        yield Pair(
            key=key,
            month=long_month(key),
            short=short,
            initial=short[0].upper(),
            before=euros(one.before_cents),
            after=euros(one.after_cents),
            difference=signed(difference) if difference else "",
            x=round((place + 0.5) / len(found.months) * 100, 3),
            before_height=round(one.before_cents / tallest * 100, 2),
            after_height=round(one.after_cents / tallest * 100, 2),
            is_named=place in {0, changing, len(found.months) - 1},
            why_before=why_of_amount(before),
            why_after=why_of_amount(after),
            why_difference=why_of_amount(
                after.plus(Fraction(-one.before_cents), "moins le même mois sans lui")
            ),
        )


def _revenue(cents: int, what: str) -> Reckoning:
    return Reckoning(
        clause="10.1",
        rule="le revenu d’un mois compte, pour chaque contrat en vigueur, ses utilisateurs facturés et ses options, hors taxes.",
        start_label=what,
        start=Fraction(cents),
    )


def contract_row(one: Line) -> ContractRow:
    found = one.found
    if isinstance(found, LeftOut):
        return ContractRow(
            contract_id=one.contract_id,
            name=one.legal_name,
            left_out=typeset(f"{_LEFT_OUT_ONE[found.reason]}."),
        )
    yearly = yearly_difference(found)
    return ContractRow(
        contract_id=one.contract_id,
        name=one.legal_name,
        day=full_date(found.day),
        why_day=why_of(found.applies_from),
        note="au renouvellement d’après" if found.waits else "au prochain renouvellement",
        before=euros(found.before_cents),
        after=euros(found.after_cents),
        yearly=signed(yearly.cents) if yearly.cents else euros(0),
        why_yearly=why_of_amount(yearly),
    )


# --- announcements ---------------------------------------------------------------------------------


def announcement_row(one: Announcement) -> AnnouncementRow:
    running = one.finished_at is None
    missed = one.counts.get("refused", 0) + one.counts.get("left_out", 0)
    says = f"{count(one.counts.get('announced', 0), 'contrat averti', 'contrats avertis')}"
    if missed:
        says += f", {count(missed, 'laissé tel quel', 'laissés tels quels')}"
    if running:
        says += f", {one.total - one.done} à venir"
    wished = Wished(paris_day(one.announced_at), one.user_month_cents, one.version or None)
    return AnnouncementRow(
        id=one.id,
        label=label_of(wished),
        when=typeset(f"{full_instant(one.announced_at)}{f', par {one.by}' if one.by else ''}"),
        state="en cours" if running else "finie",
        tone="soon" if running else "done",
        done=one.done,
        total=one.total,
        says=typeset(f"{says}."),
        has_outliers=missed > 0,
        is_running=running,
    )


def outlier_row(one: Outlier) -> OutlierRow:
    if one.outcome == "left_out":
        day = f", le {long_date(one.day)}" if one.day else ""
        return OutlierRow(
            one.contract_id, one.legal_name, typeset(f"{_LEFT_OUT_ONE.get(one.reason, '')}{day}.")
        )
    return OutlierRow(one.contract_id, one.legal_name, typeset(one.reason))


# --- terms -----------------------------------------------------------------------------------------


def terms_preview_view(
    version: str, applies: date, present: str, articles: Iterable[ArticleChange], found: Simulation
) -> TermsPreviewView:
    all_of_them = list(articles)
    changed = [change_view(one) for one in all_of_them if one.kind is not ChangeKind.UNCHANGED]
    same = len(all_of_them) - len(changed)
    rest = f" ; {count(same, 'article est inchangé', 'articles sont inchangés')}" if same else ""
    return TermsPreviewView(
        version=version,
        title=typeset(f"Version {version}, comparée à la version {present} en vigueur"),
        sentence=typeset(
            f"Elle s’applique à partir du {full_date(applies)} aux contrats signés ce jour-là ou après. Publiée, elle ne change "
            "plus ; elle n’est annoncée aux contrats en vigueur qu’ensuite, par un autre geste."
        ),
        reach=typeset(_sentence(found)),
        figures=list(_figures(found)),
        articles=changed,
        articles_said=typeset(
            f"{count(len(changed), 'article change', 'articles changent')}{rest}."
            if changed
            else "Aucun mot d’aucun article ne change."
        ),
    )
