"""The lines of an invoice: what is charged, for which month, and the sum that shows why.

A line keeps the facts it was computed from (month, persons, price, share of the month), so that
« Pourquoi ce montant ? » can be answered from the issued document alone, years later, by the very
computation that made it.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal, assert_never, get_args

from portal.contract.french import count, long_month, typeset
from portal.contract.reckoning import Reckoning

# In the order in which they stand on an invoice.
LineKind = Literal["subscription", "adjustment", "carry_over", "option"]
LINE_ORDER: Final[tuple[LineKind, ...]] = get_args(LineKind)

# Begins the code of an accepted quote; none of the grid's begins so.
QUOTE_PREFIX = "quote:"


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a month that is owed: `days` of its `of` days, or, with `rest`, what these leave.

    Part and rest are two halves of one rounding, so the first and the last month of a year add up to
    one month, to the cent.
    """

    days: int
    of: int
    rest: bool = False

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.days, self.of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: `quantity` of something at `unit_cents`, for `month` (« 2026-04 » or « first »).

    `is_credit` turns the sign: what is carried over, or given back by a credit note. `completes`: the rest
    of a month that was first invoiced in part. `option` is the option's code, or an accepted quote's;
    `persons` are the ids of those it charges, where it charges persons. `goodwill`: a commercial gesture,
    which changes nothing to what its month owes.
    """

    kind: LineKind
    month: str
    quantity: int
    unit_cents: int
    net_cents: int
    share: Share | None = None
    is_credit: bool = False
    completes: bool = False
    option: str = ""
    label: str = ""
    persons: tuple[str, ...] = ()
    goodwill: bool = False


def line(
    kind: LineKind,
    month: str,
    quantity: int,
    unit_cents: int,
    *,
    label: str,
    share: Share | None = None,
    is_credit: bool = False,
    completes: bool = False,
    option: str = "",
    persons: tuple[str, ...] = (),
    goodwill: bool = False,
) -> Line:
    """Return a line whose net amount is what its own reckoning gives."""
    bare = Line(
        kind=kind,
        month=month,
        quantity=quantity,
        unit_cents=unit_cents,
        net_cents=0,
        share=share,
        is_credit=is_credit,
        completes=completes,
        option=option,
        label=typeset(label),
        persons=persons,
        goodwill=goodwill,
    )
    return replace(bare, net_cents=reckoning(bare).cents)


def turned(one: Line) -> Line:
    """Return the line as a credit note shows it: what is given back counts as positive."""
    return replace(one, is_credit=not one.is_credit, net_cents=-one.net_cents)


def reckoning(one: Line) -> Reckoning:
    """Return why the line is what it is: the steps give its net amount (art. 10.1, 10.3)."""
    clause, rule, start_label = _why(one)
    start = Reckoning(clause=clause, rule=rule, start_label=start_label, start=Fraction(one.unit_cents))
    amount = shared(start.times(one.quantity, _times(one)), one.share)
    if one.is_credit:
        amount = amount.times(-1, "en votre faveur")
    return amount


def shared(amount: Reckoning, share: Share | None) -> Reckoning:
    """Return the part of a month's amount that is owed; all of it where there is no share."""
    if share is None:
        return amount
    of_month = f"{count(share.days, 'jour')} sur {share.of}"
    if share.rest:
        return amount.rest(share.fraction, f"moins la part déjà comptée ({of_month}), arrondie au centime")
    return amount.part(share.fraction, f"{of_month}, arrondi au centime")


def month_name(month: str) -> str:
    """Return « avril 2026 » or « premier mois » for a month's key."""
    return "premier mois" if month == "first" else long_month(month)


def _why(one: Line) -> tuple[str, str, str]:
    """Return the clause, the rule and what the starting amount is."""
    if one.goodwill:
        return _GOODWILL
    if one.option.startswith(QUOTE_PREFIX):
        return _QUOTE
    return (*_RULES[one.kind], _START_LABELS[one.kind])


_GOODWILL = (
    "10.3",
    "un avoir commercial vous rend une partie de la facture qu’il cite, sans rien changer à ce que vos mois doivent.",
    "geste commercial, hors taxes",
)
_QUOTE = (
    "5.3",
    "une fois le devis accepté, son service est facturé une seule fois, à la mensualité suivante, au prix du devis.",
    "prix du devis",
)

_RULES: dict[LineKind, tuple[str, str]] = {
    "subscription": (
        "10.1",
        (
            "l’abonnement d’un mois est dû pour chaque personne inscrite à l’émission, et au moins pour le minimum du "
            "contrat."
        ),
    ),
    "adjustment": (
        "10.1",
        (
            "une personne inscrite à un moment du mois en doit la redevance entière ; ce qui a déjà été facturé pour ce "
            "mois est déduit."
        ),
    ),
    "carry_over": (
        "10.3",
        (
            "ce que vous avez payé pour le premier mois, moins la part des jours d’abonnement, est reporté sur la "
            "facture suivante."
        ),
    ),
    "option": (
        "10.1",
        "les options commandées sont facturées à la mensualité suivante, au prix de la grille.",
    ),
}

_START_LABELS: dict[LineKind, str] = {
    "subscription": "prix par utilisateur et par mois",
    "adjustment": "prix par utilisateur et par mois",
    "carry_over": "montant hors taxes payé pour le premier mois",
    "option": "prix de l’option",
}


def _times(one: Line) -> str:
    if one.goodwill:
        return "une fois"
    match one.kind:
        case "subscription":
            return f"pour {count(one.quantity, 'utilisateur')}"
        case "adjustment":
            return f"pour {count(one.quantity, 'utilisateur')} de plus ou de moins que facturé"
        case "carry_over":
            return "une fois"
        case "option":
            return f"pour une quantité de {one.quantity}"
        case _:
            assert_never(one.kind)
