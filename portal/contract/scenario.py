"""A scenario file: a contract's life written as acts, to be replayed (see `replay`).

A TOML file gives a title, the instant up to which deadlines run, and acts in order. Times are Paris
wall time unless they carry an offset. Everything wrong is one French line that names the act and the field.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, Self, assert_never

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from portal.contract import acts as a
from portal.contract.calendar import FIRST_DAY, LAST_DAY, paris_instant
from portal.contract.french import typeset
from portal.contract.offer import DEMONSTRATION, LEGAL_RATES, Grid, Offer
from portal.contract.policy import Policy


class ScenarioError(ValueError):
    """The file is not a scenario; the message is one French line, naming act and field."""


# The calendar's years, less the last ones: deadlines reach ahead of the acts they come from.
_FIRST_YEAR, _LAST_YEAR = FIRST_DAY.year, LAST_DAY.year - 9


def _instant(value: object) -> datetime:
    wall = _parsed(datetime.fromisoformat, value)
    if not isinstance(wall, datetime):
        raise ValueError("une date et une heure sont attendues, par exemple 2026-01-31T10:00")  # noqa: TRY004 -- pydantic's
    if not _FIRST_YEAR <= wall.year <= _LAST_YEAR:
        msg = f"l’année doit être de {_FIRST_YEAR} à {_LAST_YEAR}"
        raise ValueError(msg)
    return wall.astimezone(UTC) if wall.tzinfo else paris_instant(wall.date(), wall.time())


def _day(value: object) -> date:
    day = _parsed(date.fromisoformat, value)
    if not isinstance(day, date) or isinstance(day, datetime):
        raise ValueError("une date est attendue, par exemple 2026-01-15")  # noqa: TRY004 -- pydantic's
    return day


def _parsed(parse: Callable[[str], date], value: object) -> object:
    """Return what a text says, or None where it says nothing; TOML's own dates are returned as they are."""
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except ValueError:
        return None


Instant = Annotated[datetime, BeforeValidator(_instant)]
Day = Annotated[date, BeforeValidator(_day)]
Month = Annotated[str, Field(pattern=r"^(first|\d{4}-(0[1-9]|1[0-2]))$")]
Email = Annotated[str, Field(pattern=r"^\S+@\S+$", max_length=254)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Instant


class CreateAccountLine(_Line):
    do: Literal["create_account"]
    company: str
    siren: str
    admin: Email


class AcceptTermsLine(_Line):
    do: Literal["accept_terms"]
    version: str | None = None


class StartTrialLine(_Line):
    do: Literal["start_trial"]
    users: tuple[Email, ...] = ()


class UserLine(_Line):
    do: Literal[
        "register_user",
        "remove_user",
        "suspend_user",
        "restore_user",
        "name_administrator",
        "relieve_administrator",
    ]
    user: Email


class OrderOptionLine(_Line):
    do: Literal["order_option"]
    code: str
    quantity: int = 1


class AcceptQuoteLine(_Line):
    do: Literal["accept_quote"]
    quote: str
    label: str
    price_cents: int


class IssueCreditNoteLine(_Line):
    do: Literal["issue_credit_note"]
    cites: str
    net_cents: int
    label: str


class SubmitLine(_Line):
    do: Literal["submit"]
    piece: a.Piece
    signed: bool = True
    dated: Day | None = None
    siren: str | None = None


class AcceptLine(_Line):
    do: Literal["accept"]
    piece: a.Piece


class RefuseLine(_Line):
    do: Literal["refuse"]
    piece: a.Piece
    reason: str


class BareLine(_Line):
    """An act that says all by its name."""

    do: Literal["validate_identity", "withdraw_notice", "request_restitution", "complete_restitution"]


class SettleLine(_Line):
    """One month, or everything that is due: one of the two."""

    do: Literal["settle"]
    month: Month | None = None
    everything: bool = False

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.month is None) is not self.everything:
            raise ValueError("champ month ou champ everything, l’un des deux et un seul")
        return self


class BankReturnLine(_Line):
    do: Literal["bank_return"]
    month: Month
    kind: a.ReturnKind


class AnnouncePriceLine(_Line):
    do: Literal["announce_price"]
    user_month_cents: int


class AnnounceTermsLine(_Line):
    do: Literal["announce_terms"]
    version: str


class ChangeLine(_Line):
    do: Literal["refuse_change", "withdraw_refusal"]
    what: a.What


class ServeNoticeLine(_Line):
    do: Literal["serve_notice"]
    by: a.Party
    posted: Day | None = None


class TerminateLine(_Line):
    do: Literal["terminate"]
    reason: a.TerminationReason


ActLine = Annotated[
    CreateAccountLine
    | AcceptTermsLine
    | StartTrialLine
    | UserLine
    | OrderOptionLine
    | AcceptQuoteLine
    | IssueCreditNoteLine
    | SubmitLine
    | AcceptLine
    | RefuseLine
    | BareLine
    | SettleLine
    | BankReturnLine
    | AnnouncePriceLine
    | AnnounceTermsLine
    | ChangeLine
    | ServeNoticeLine
    | TerminateLine,
    Field(discriminator="do"),
]


class GridLines(BaseModel):
    """The part of the price grid that a scenario may change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum_users: Annotated[int, Field(ge=1)] = DEMONSTRATION.grid.minimum_users
    user_month_cents: Annotated[int, Field(ge=1)] = DEMONSTRATION.grid.user_month_cents
    vat_percent: Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)] = (
        Decimal(DEMONSTRATION.grid.vat_hundredths) / 100
    )


class Scenario(BaseModel):
    """A whole file, checked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    until: Instant
    grid: GridLines = GridLines()
    legal_rates: dict[Annotated[str, Field(pattern=r"^\d{4}-[12]$")], Annotated[int, Field(ge=0)]] = {}
    policy: Policy = Policy()
    act: tuple[ActLine, ...] = ()

    def offer(self) -> Offer:
        """Return the offer that the scenario plays in: the demonstration's, with what it changes."""
        grid = Grid(
            minimum_users=self.grid.minimum_users,
            user_month_cents=self.grid.user_month_cents,
            vat_hundredths=int(self.grid.vat_percent * 100),
        )
        return Offer(
            terms_version=DEMONSTRATION.terms_version,
            grid=grid,
            policy=self.policy,
            legal_rates={**LEGAL_RATES, **self.legal_rates},
        )


def read_scenario(text: str) -> Scenario:
    """Return the scenario in `text`; raise `ScenarioError` with what is wrong and where."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5 000 digits, 5 000 brackets
        message = f"ce n’est pas du TOML ({error})"
        raise ScenarioError(message) from error
    try:
        scenario = Scenario.model_validate(tables)
    except ValidationError as error:
        raise ScenarioError(_in_one_line(error)) from error
    _check_order(scenario)
    return scenario


def act_of(line: ActLine, offer: Offer, *, admin: str) -> a.Act:
    """Return the act that a line of the file asks for; in a scenario a person's id is the e-mail."""
    match line:
        case CreateAccountLine():
            return a.CreateAccount(siren=line.siren, admin=line.admin)
        case AcceptTermsLine():
            return a.AcceptTerms(version=line.version or offer.terms_version, by=admin)
        case StartTrialLine():
            return a.StartTrial(users=line.users)
        case UserLine():
            return _USER_ACTS[line.do](user=line.user)
        case OrderOptionLine():
            return a.OrderOption(code=line.code, quantity=line.quantity)
        case AcceptQuoteLine():
            return a.AcceptQuote(quote=line.quote, label=line.label, price_cents=line.price_cents)
        case IssueCreditNoteLine():
            return a.IssueCreditNote(cites=line.cites, net_cents=line.net_cents, label=line.label)
        case SubmitLine():
            return a.SubmitDocument(piece=line.piece, signed=line.signed, dated=line.dated, siren=line.siren)
        case AcceptLine():
            return a.AcceptDocument(piece=line.piece)
        case RefuseLine():
            return a.RefuseDocument(piece=line.piece, reason=line.reason)
        case BareLine():
            return _BARE_ACTS[line.do]()
        case SettleLine():
            return a.SettleEverything() if line.month is None else a.Settle(month=line.month)
        case BankReturnLine():
            return a.ReturnPayment(month=line.month, kind=line.kind)
        case AnnouncePriceLine():
            return a.AnnouncePrice(user_month_cents=line.user_month_cents)
        case AnnounceTermsLine():
            return a.AnnounceTerms(version=line.version)
        case ChangeLine(do="refuse_change"):
            return a.RefuseChange(what=line.what)
        case ChangeLine():
            return a.WithdrawRefusal(what=line.what)
        case ServeNoticeLine():
            return a.ServeNotice(by=line.by, posted=line.posted)
        case TerminateLine():
            return a.Terminate(reason=line.reason)
        case _:
            assert_never(line)


_USER_ACTS: Final[Mapping[str, Callable[..., a.Act]]] = {
    "register_user": a.RegisterUser,
    "remove_user": a.RemoveUser,
    "suspend_user": a.SuspendUser,
    "restore_user": a.RestoreUser,
    "name_administrator": a.NameAdministrator,
    "relieve_administrator": a.RelieveAdministrator,
}
_BARE_ACTS: Final[Mapping[str, Callable[[], a.Act]]] = {
    "validate_identity": a.ValidateIdentity,
    "withdraw_notice": a.WithdrawNotice,
    "request_restitution": a.RequestRestitution,
    "complete_restitution": a.CompleteRestitution,
}


def _check_order(scenario: Scenario) -> None:
    before: datetime | None = None
    for index, line in enumerate(scenario.act, start=1):
        if before and line.at < before:
            message = (
                f"acte {index} ({line.do}), champ at : les actes doivent se suivre dans l’ordre du temps"
            )
            raise ScenarioError(typeset(message))
        if line.at > scenario.until:
            message = f"acte {index} ({line.do}), champ at : l’acte vient après la fin du scénario (until)"
            raise ScenarioError(typeset(message))
        before = line.at


_IN_FRENCH = {
    "missing": "champ obligatoire absent",
    "extra_forbidden": "champ inconnu",
    "union_tag_invalid": "acte inconnu",
    "union_tag_not_found": "champ obligatoire absent",
    "enum": "valeur inconnue",
    "literal_error": "valeur inconnue",
    "string_pattern_mismatch": "forme inattendue",
    "string_too_long": "texte trop long",
    "string_type": "un texte est attendu",
    "int_type": "un nombre entier est attendu",
    "int_parsing": "un nombre entier est attendu",
    "int_from_float": "un nombre entier est attendu",
    "decimal_type": "un nombre est attendu",
    "decimal_parsing": "un nombre est attendu",
    "finite_number": "un nombre est attendu",
    "decimal_max_places": "deux décimales au plus",
    "bool_type": "true ou false est attendu",
    "bool_parsing": "true ou false est attendu",
    "tuple_type": "une liste est attendue",
    "dict_type": "une table est attendue",
    "model_type": "une table est attendue",
    "model_attributes_type": "une table est attendue",
    "greater_than_equal": "valeur trop petite",
    "less_than_equal": "valeur trop grande",
}


def _in_one_line(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    context = first.get("ctx", {})
    # Validators of this module state the fault themselves, in French.
    what = str(context["error"]) if "error" in context else _IN_FRENCH.get(first["type"], "valeur refusée")
    given = context.get("tag", first["input"])
    shown = f" ({given!r:.60})" if isinstance(given, str | int | float) else ""
    return typeset(f"{_place(first['loc'], first['type'])} : {what}{shown}")


def _place(location: tuple[int | str, ...], kind: str) -> str:
    """Name the act (the first is 1) and the field, from pydantic's path: act, index, kind of act, field."""
    match location:
        case ("act", int(index)):
            return f"acte {index + 1}, champ do" if kind.startswith("union_tag") else f"acte {index + 1}"
        case ("act", int(index), _, *path) if path:
            return f"acte {index + 1}, champ {_dotted(path)}"
        case ("act", int(index), _):
            return f"acte {index + 1}"
    return f"champ {_dotted(location)}"


def _dotted(path: Iterable[int | str]) -> str:
    # Pydantic ends the path of a key that is itself at fault with "[key]".
    return ".".join(str(part) for part in path if part != "[key]")
