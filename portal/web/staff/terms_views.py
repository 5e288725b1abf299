"""What `/gestion/echeances` shows: the year to come by months, each term with its dates, the notices and refusals."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from portal.contract.french import count, euros, full_date, full_instant, long_month, typeset
from portal.contract.term import counted_last_day, notice_last_day
from portal.services.terms_to_come import PAGE_LENGTH, Month, Standing, Term, TermsToCome
from portal.web.components.shapes import Part, Why
from portal.web.presenting import why_of, why_of_addition

STANDINGS = {
    Standing.RENEWS: ("reconduit", "quiet"),
    Standing.CLIENT_NOTICE: ("résilié par le client", "over"),
    Standing.VENDOR_NOTICE: ("résilié par nous", "over"),
    Standing.REFUSED_PRICE: ("tarifs refusés", "over"),
    Standing.REFUSED_TERMS: ("CGV refusées", "over"),
}


@dataclass(frozen=True, slots=True)
class TermRow:
    """A contract and the term it is in, or the end that was declared."""

    contract_id: str = ""
    name: str = ""
    number: str = ""
    ends: str = ""
    ends_why: Why = field(default_factory=Why)
    notice: str = ""
    notice_why: Why = field(default_factory=Why)
    standing: str = ""
    tone: str = "quiet"
    declared: str = ""
    monthly: str = ""
    monthly_why: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter's choice."""

    value: str = ""
    label: str = ""


def month_parts(months: tuple[Month, ...]) -> list[Part]:
    """Return a line for each month: what is renewed is solid, what ends has a form of its own."""
    most = max((one.ending for one in months), default=0) or 1
    return [
        Part(
            label=long_month(f"{one.first_day:%Y-%m}"),
            done=round((one.ending - one.last) / most * 100, 2),
            rest=round(one.last / most * 100, 2),
            tone="late",
            says=_month_says(one),
            cells=[str(one.ending), str(one.ending - one.last), str(one.last)],
        )
        for one in months
    ]


def _month_says(month: Month) -> str:
    if not month.ending:
        return "aucune"
    said = count(month.ending, "période")
    return typeset(f"{said}, dont {month.last} sans suite" if month.last else said)


def year_says(found: TermsToCome) -> str:
    """Return what the chart shows, in a sentence."""
    ending, last = sum(one.ending for one in found.months), sum(one.last for one in found.months)
    if not ending:
        return "Aucune période ne finit dans les douze mois."
    are = count(ending, "période finit", "périodes finissent")
    then = (
        "toutes sont reconduites"
        if not last
        else f"{count(last, 'contrat n’est', 'contrats ne sont')} pas reconduit"
    )
    return typeset(f"{are} dans les douze mois ; {then}{'s' if last > 1 else ''}.")


def term_row(term: Term, found: TermsToCome) -> TermRow:
    """Return a term of the list: its last day and until when it can be denounced, each with its count."""
    standing, tone = STANDINGS[term.standing]
    limit = notice_last_day(term.last_day)
    is_past = limit.day < found.today
    return TermRow(
        contract_id=term.contract_id,
        name=term.legal_name,
        number=term.number,
        ends=full_date(term.last_day),
        ends_why=_counted(term, term.last_day, found),
        notice=f"{'passé le' if is_past else 'jusqu’au'} {full_date(limit.day)}",
        notice_why=why_of(limit),
        standing=standing,
        tone=tone,
        declared=_declared(term) if term.standing is not Standing.RENEWS else "",
        monthly=euros(term.monthly_cents),
        monthly_why=_month_why(term),
    )


def declared_row(term: Term, found: TermsToCome) -> TermRow:
    """Return a notice or a refusal that stands: when it was declared, and the day that the contract ends."""
    standing, tone = STANDINGS[term.cause or Standing.RENEWS]
    last_day = term.ends_on or term.last_day
    return TermRow(
        contract_id=term.contract_id,
        name=term.legal_name,
        number=term.number,
        ends=full_date(last_day),
        ends_why=_counted(term, last_day, found),
        standing=standing,
        tone=tone,
        declared=_declared(term),
        notice="trop tard pour la période en cours" if last_day > term.last_day else "",
    )


def _declared(term: Term) -> str:
    return full_instant(term.declared_at) if term.declared_at else ""


def _month_why(term: Term) -> Why:
    users = (f"{count(term.users, 'utilisateur')} à {euros(term.unit_cents)}", term.users * term.unit_cents)
    options = [("options mensuelles", term.options_cents)] if term.options_cents else []
    return whole_month_why([users, *options])


def whole_month_why(parts: Iterable[tuple[str, int]]) -> Why:
    """Return how what a contract brings in each month adds up, excluding tax."""
    return why_of_addition(
        "10.1",
        "un mois entier : les utilisateurs facturés, au prix de la grille du contrat, et les options mensuelles.",
        parts,
        "ce que le contrat rapporte, hors taxes",
    )


def _counted(term: Term, last_day: date, found: TermsToCome) -> Why:
    if term.entered_on is None:
        return Why()
    return why_of(counted_last_day(term.entered_on, last_day, found.policy))


def month_choices(months: tuple[Month, ...]) -> list[Choice]:
    return [
        Choice(f"{one.first_day:%Y-%m}", typeset(f"{long_month(f'{one.first_day:%Y-%m}')} ({one.ending})"))
        for one in months
    ]


def counted(total: int, page: int) -> str:
    """Return how many terms there are, and which page of them is shown."""
    if not total:
        return "Aucune période"
    pages = (total + PAGE_LENGTH - 1) // PAGE_LENGTH
    said = count(total, "période")
    return typeset(f"{said}, page {page} sur {pages}" if pages > 1 else said)
