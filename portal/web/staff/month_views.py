"""What `/gestion/facturation` and `/gestion/tableau` show: the month at a glance, what waits, the figures in charts."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from portal.contract.calendar import add_months, month_of
from portal.contract.french import (
    count,
    euros,
    full_date,
    full_instant,
    long_date,
    long_month,
    short_date,
    typeset,
)
from portal.contract.issue import collection_day, due_day, regular_issue
from portal.contract.policy import Policy
from portal.contract.reckoning import Reckoning
from portal.contract.shares import key_of
from portal.contract.term import notice_last_day
from portal.services.figures import Figures, Month, TermToCome
from portal.services.legal_rates import half_year_name
from portal.services.month_end import ToDo
from portal.web.components.shapes import Bar, Figure, Part, Why
from portal.web.presenting import why_of, why_of_addition, why_of_amount
from portal.web.staff.terms_views import whole_month_why

_SHORT: Final = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
_PARTS: Final = 6
_MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class ToDoRow:
    """One thing that waits, and where it is done; the worst first."""

    what: str = ""
    why: str = ""
    href: str = ""
    tone: str = "soon"


@dataclass(frozen=True, slots=True)
class TermRow:
    """A contract whose term ends soon."""

    contract_id: str = ""
    name: str = ""
    number: str = ""
    ends: str = ""
    notice: str = ""
    tone: str = "quiet"
    monthly: str = ""
    monthly_why: Why = field(default_factory=Why)
    notice_why: Why = field(default_factory=Why)


def month_sentence(figures: Figures) -> str:
    """Return the month so far, in one sentence."""
    month = figures.month
    name = long_month(key_of(month.first_day)).capitalize()
    if not month.issued_cents and not month.due_cents:
        return typeset(f"{name} : rien n’est encore émis ni échu.")
    said = f"{name} : {euros(month.issued_cents)} HT émis, avoirs déduits."
    if month.due_cents:
        said += (
            f" Des {euros(month.due_cents)} TTC qui échoient ce mois-ci, {euros(month.settled_cents)} sont réglés"
            f"{f', {euros(month.unpaid_cents)} restent à encaisser' if month.unpaid_cents else ''}."
        )
    return typeset(said)


def month_why(month: Month) -> Why:
    """Return how what is issued this month, and what falls due, is made up; nothing before there is anything."""
    issued = issued_why((month,)) if month.issued_cents else Why()
    if not month.due_cents:
        return issued
    due = why_of_addition(
        "10.3",
        "une facture est payable au plus tard le dernier jour du mois de son émission ; réglée ou créditée, elle ne compte "
        "plus parmi ce qui reste.",
        (("réglé ou crédité", month.settled_cents), ("reste à encaisser", month.unpaid_cents)),
        "factures qui échoient ce mois-ci, TTC",
    )
    return replace(due, also=[issued] if month.issued_cents else [])


def issued_why(months: Iterable[Month]) -> Why:
    """Return how what was issued adds up, month by month."""
    return why_of_addition(
        "10.3",
        "ce qui est émis dans un mois, hors taxes : ses factures, moins ses avoirs.",
        ((long_month(key_of(one.first_day)), one.issued_cents) for one in months),
        "avant le premier mois",
    )


def due_why(months: Iterable[Month]) -> Why:
    """Return how what falls due adds up: each month's, TTC."""
    found = [one for one in list(months)[-_PARTS:] if one.due_cents]
    return why_of_addition(
        "10.3",
        "ce qui échoit dans un mois, TTC ; une part est réglée ou créditée, le reste est à encaisser.",
        (
            (
                (
                    f"{long_month(key_of(one.first_day))}, dont {euros(one.settled_cents)} réglés et "
                    f"{euros(one.unpaid_cents)} restants"
                ),
                one.due_cents,
            )
            for one in found
        ),
        f"reste à encaisser en tout : {euros(sum(one.unpaid_cents for one in found))}",
    )


def calendar_of_month(today: date) -> list[Figure]:
    """Return when this month's invoices are issued, due and collected, each with its reason (art. 10.2, 10.3)."""
    policy = Policy()
    issue = regular_issue(month_of(today), policy.issue_day, policy.issue_hour)
    due = due_day(today)
    collection = collection_day(due.day)
    return [
        Figure(label="Émission du mois suivant", value=full_instant(issue.instant), why=why_of(issue)),
        Figure(label="Prélèvement", value=full_date(collection.day), why=why_of(collection)),
        Figure(label="Échéance", value=full_date(due.day), why=why_of(due)),
    ]


def to_do_rows(todo: ToDo) -> list[ToDoRow]:
    """Return what waits, the worst first; nothing where nothing does."""
    rates = " et ".join(half_year_name(one) for one in todo.rates)
    found = [
        (
            todo.parked,
            ToDoRow(
                count(todo.parked, "contrat arrêté", "contrats arrêtés"),
                "Une règle aurait été contredite.",
                "/gestion",
                "late",
            ),
        ),
        (
            todo.terminations,
            ToDoRow(
                count(todo.terminations, "résiliation à décider", "résiliations à décider"),
                "Le délai est passé, le service suspendu.",
                "/gestion/impayes#clients",
                "late",
            ),
        ),
        (
            len(todo.rates),
            ToDoRow(
                f"Le taux légal du {rates}",
                "Sans lui, aucune pénalité ne se calcule.",
                "/gestion/tarifs#taux",
                "late",
            ),
        ),
        (
            todo.files,
            ToDoRow(
                count(todo.files, "fichier à remettre à la banque", "fichiers à remettre à la banque"),
                "Non remis, rien n’est prélevé.",
                "/gestion/banque#fichiers",
            ),
        ),
        (
            todo.returned,
            ToDoRow(
                count(todo.returned, "prélèvement revenu impayé", "prélèvements revenus impayés"),
                "À présenter de nouveau, ou à régler autrement.",
                "/gestion/banque#revenus",
            ),
        ),
        (
            todo.lines,
            ToDoRow(
                count(todo.lines, "ligne de la banque à expliquer", "lignes de la banque à expliquer"),
                "Le portail ne les reconnaît pas.",
                "/gestion/banque#lignes",
            ),
        ),
        (
            todo.credits,
            ToDoRow(
                count(todo.credits, "avoir à décider", "avoirs à décider"),
                "Quelqu’un d’autre les propose.",
                "/gestion/avoirs",
            ),
        ),
        (
            todo.vats,
            ToDoRow(
                count(todo.vats, "TVA à décider", "TVA à décider"),
                "Le dossier attend, l’adresse ne la dit pas.",
                "/gestion/tarifs#tva",
            ),
        ),
    ]
    return [row for number, row in found if number]


def last_month(today: date) -> dict[str, str]:
    """Return the period an export is asked for most: the month before this one."""
    first = add_months(month_of(today), -1)
    last = month_of(today) - timedelta(days=1)
    return {"first_day": first.isoformat(), "last_day": last.isoformat(), "payments": ""}


# --- the figures ---------------------------------------------------------------------------------


def headline(figures: Figures) -> list[Figure]:
    """Return the figures one asks first."""
    apart = [count(figures.suspended, "suspendu")] if figures.suspended else []
    if figures.to_come_in:
        apart.append(f"{count(figures.to_come_in, 'attend', 'attendent')} le premier règlement")
    return [
        Figure(
            label="Revenu mensuel récurrent HT",
            value=euros(figures.monthly_cents),
            note=f"Soit {euros(figures.monthly_cents * 12)} par an",
            why=why_of_amount(
                Reckoning(
                    clause="10.1",
                    rule="un mois entier de chaque contrat en vigueur, hors taxes : ses utilisateurs facturés et ses options "
                    "mensuelles.",
                    start_label=count(figures.in_force, "contrat en vigueur", "contrats en vigueur"),
                    start=Fraction(figures.monthly_cents),
                ).times(_MONTHS_A_YEAR, "par an")
            ),
        ),
        Figure(
            label="Contrats en vigueur",
            value=str(figures.in_force),
            note=typeset(" ; ".join(apart)).capitalize(),
        ),
        Figure(
            label="Émis ce mois-ci HT",
            value=euros(figures.month.issued_cents),
            note="Avoirs déduits",
            why=issued_why((figures.month,)),
        ),
        Figure(
            label="En retard TTC",
            value=euros(figures.late_cents),
            note=count(figures.late_clients, "client") if figures.late_clients else "Personne",
            why=why_of_addition(
                "10.3",
                "ce qui reste dû des factures dont l’échéance est passée, sans les pénalités.",
                ((count(figures.late_clients, "client"), figures.late_cents),),
                "avant le premier client",
            ),
        ),
    ]


def issued_bars(months: Iterable[Month]) -> list[Bar]:
    """Return what was issued each month, excluding tax: the present month is still open."""
    found = list(months)
    tallest = max((one.issued_cents for one in found), default=0)
    last = len(found) - 1
    highest = next((n for n, one in enumerate(found) if one.issued_cents == tallest), last)
    # Two amounts side by side do not fit a narrow screen.
    named = {last, highest} if highest < last - 1 else {last}
    return [
        Bar(
            key=key_of(one.first_day),
            month=long_month(key_of(one.first_day)),
            short=_SHORT[one.first_day.month - 1],
            initial=_SHORT[one.first_day.month - 1][0].upper(),
            value=euros(one.issued_cents) if one.issued_cents else "",
            standing=("en cours" if nth == last else "clos") if one.issued_cents else "",
            tone="open" if nth == last else "settled",
            x=round((nth + 0.5) / len(found) * 100, 3),
            height=round(max(one.issued_cents, 0) / tallest * 100, 2) if tallest > 0 else 0,
            is_named=nth in named,
        )
        for nth, one in enumerate(found)
    ]


def issued_sentence(months: Iterable[Month]) -> str:
    found = list(months)
    total = sum(one.issued_cents for one in found)
    if not total:
        return typeset("Rien n’a encore été émis.")
    before, now = found[-2].issued_cents, found[-1].issued_cents
    return typeset(
        f"{euros(total)} HT émis en douze mois, avoirs déduits ; {euros(before)} le mois dernier, {euros(now)} ce mois-ci."
    )


def due_parts(months: Iterable[Month]) -> list[Part]:
    """Return, of the last months, what fell due: what is settled of it, and what is not."""
    found = [one for one in list(months)[-_PARTS:] if one.due_cents]
    most = max((one.due_cents for one in found), default=0)
    return [
        Part(
            label=f"{_SHORT[one.first_day.month - 1]} {one.first_day.year}",
            done=round(one.settled_cents / most * 100, 2),
            rest=round(one.unpaid_cents / most * 100, 2),
            tone="open" if one is found[-1] else "late",
            says=f"{_share(one)} réglés" + (f", reste {euros(one.unpaid_cents)}" if one.unpaid_cents else ""),
            cells=[euros(one.due_cents), euros(one.settled_cents), euros(one.unpaid_cents)],
        )
        for one in found
    ]


def due_sentence(months: Iterable[Month]) -> str:
    found = [one for one in list(months)[-_PARTS:] if one.due_cents]
    if not found:
        return typeset("Aucune facture n’est encore échue.")
    due, unpaid = sum(one.due_cents for one in found), sum(one.unpaid_cents for one in found)
    said = f"De {euros(due)} TTC échus ou à échoir depuis {long_month(key_of(found[0].first_day))}, "
    return typeset(said + (f"{euros(unpaid)} restent à encaisser." if unpaid else "tout est réglé."))


def _share(month: Month) -> str:
    """Return « 96 % », rounded down: what is not all settled never reads as settled."""
    return f"{month.settled_cents * 100 // month.due_cents}\u00a0%"


def term_rows(terms: Iterable[TermToCome], today: date) -> list[TermRow]:
    return [
        TermRow(
            contract_id=one.contract_id,
            name=one.legal_name,
            number=one.number,
            ends=long_date(one.ends_on),
            notice=typeset("délai passé : se renouvelle")
            if one.notice_until < today
            else f"jusqu’au {short_date(one.notice_until)}",
            tone="quiet" if one.notice_until < today else "soon",
            monthly=euros(one.monthly_cents),
            monthly_why=whole_month_why([(one.number, one.monthly_cents)]),
            notice_why=why_of(notice_last_day(one.ends_on)),
        )
        for one in terms
    ]
