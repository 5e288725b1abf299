"""What a client in arrears reads first: the exact sum, until when it holds, how to pay it, what happens if not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.contract import events as e
from portal.contract.arrears import (
    Due,
    default_mail,
    indemnities,
    next_suspension,
    suspension_of,
    termination_opens,
    unpaid,
)
from portal.contract.because import Because
from portal.contract.calendar import PARIS, paris_day
from portal.contract.collecting import collected_on
from portal.contract.french import count, euros, full_date, full_instant, typeset
from portal.contract.issue import payable
from portal.contract.ledger import balance
from portal.contract.lines import month_name
from portal.contract.reckoning import Reckoning
from portal.contract.settling import indemnity_left, penalties_left, sum_due, sum_holds
from portal.contract.state import Invoice, Payment, Service
from portal.services.ledgers import Ledger, happened
from portal.web.components.shapes import Figure, Why
from portal.web.presenting import when, why_of, why_of_addition, why_of_amount


@dataclass(frozen=True, slots=True)
class DueBlock:
    """What one invoice owes, line by line, and in all; that the bank took back what was paid needs no `since_why`."""

    title: str = ""
    href: str = ""
    since: str = ""
    since_why: Why = field(default_factory=Why)
    lines: list[Figure] = field(default_factory=list)
    total: Figure = field(default_factory=Figure)  # where there are several


@dataclass(frozen=True, slots=True)
class ArrearsView:
    """The arrears; `sum` is "" where a missing legal rate keeps it from being told, and `missing` says so.

    `until_iso` is the suspension that threatens, for a countdown.
    """

    headline: str = ""
    lead: str = ""
    sum: str = ""
    sum_why: Why = field(default_factory=Why)
    missing: str = ""
    missing_why: Why = field(default_factory=Why)
    holds: Figure = field(default_factory=Figure)
    dates: list[Figure] = field(default_factory=list)
    blocks: list[DueBlock] = field(default_factory=list)
    pay_title: str = ""
    pay_text: str = ""
    transfer: list[Figure] = field(default_factory=list)
    collections: list[Figure] = field(default_factory=list)
    until_iso: str = ""
    now_iso: str = ""
    until_left: str = ""


def arrears_view(ledger: Ledger) -> ArrearsView:
    """Return the arrears of an account that is in arrears."""
    owed = ledger.dues
    total = _in_all(owed) if owed else None
    words = euros(total.cents) if total else ""
    suspension = next_suspension(ledger.state)
    at = ledger.contract.at
    hold = sum_holds(ledger.state, at) if total else None
    return ArrearsView(
        headline=_headline(ledger, words, suspension.at if suspension else None),
        lead=typeset(_lead(ledger, suspension.at if suspension else None)),
        sum=words,
        sum_why=why_of_amount(total) if total else Why(),
        missing=typeset(_missing(ledger)) if total is None else "",
        missing_why=_known(ledger) if total is None else Why(),
        holds=Figure("Cette somme vaut jusqu’au", f"{full_date(hold.day)} inclus", "", why_of(hold))
        if hold
        else Figure(),
        dates=list(_dates(ledger)),
        blocks=[_block(due, is_alone=len(owed) == 1) for due in owed] if owed else [],
        pay_title=typeset(f"Virer {words}") if words else "Régler par virement",
        pay_text=typeset(_pay_text(ledger)),
        transfer=list(transfer_lines(ledger, Figure("Montant", words) if words else None)),
        collections=list(_collections(ledger)),
        until_iso=suspension.at.astimezone(PARIS).isoformat() if suspension else "",
        now_iso=at.isoformat(),
        until_left=_left(suspension.at - at) if suspension else "",
    )


def transfer_lines(ledger: Ledger, amount: Figure | None) -> Iterator[Figure]:
    """Yield where to pay by transfer, as it is typed at one's bank."""
    to = ledger.transfer
    if amount:
        yield amount
    yield Figure("Bénéficiaire", to.holder)
    yield Figure("IBAN", to.iban)
    if to.bic:
        yield Figure("BIC", to.bic)
    yield Figure("Référence à indiquer", to.reference)


# --- the words -------------------------------------------------------------------------------------


def _headline(ledger: Ledger, words: str, suspension_at: datetime | None) -> str:
    what = words or "Des factures sont en retard"
    if ledger.state.service is Service.SUSPENDED:
        return f"{what} à régler pour rétablir le service" if words else "Le service est suspendu"
    if words and suspension_at:
        return f"{what} à régler avant le {full_instant(suspension_at)}"
    return f"{what} à régler" if words else what


def _lead(ledger: Ledger, suspension_at: datetime | None) -> str:
    state = ledger.state
    if state.service is Service.SUSPENDED and state.suspended_at:
        return (
            f"Le service est suspendu depuis le {full_instant(state.suspended_at)}. Il se rétablit dès que ce règlement est "
            "enregistré, sans autre démarche. Vos données sont intactes."
        )
    late = ledger.late
    numbers = " et ".join(f"{one.number} ({month_name(one.month)})" for one in late)
    if not late:
        what = "Vos factures sont réglées ; restent les pénalités et l’indemnité de leur retard."
    elif len(late) == 1:
        what = f"La facture {numbers} est impayée, {_since(late[0])}."
    else:
        what = f"Les factures {numbers} sont impayées."
    if suspension_at is None:
        return what
    return f"{what} Sans règlement, le service est suspendu le {full_instant(suspension_at)}."


def _since(invoice: Invoice) -> str:
    was_taken_back = invoice.clock != invoice.due
    return f"{'reprise par la banque' if was_taken_back else 'échue'} le {full_date(invoice.clock)}"


def _missing(ledger: Ledger) -> str:
    at = ledger.contract.at
    known = sum(unpaid(ledger.state, at)) + indemnities(ledger.state, at)
    return f"{ledger.missing} Sans les pénalités, {euros(known)} sont dus : factures TTC et indemnités."


def _known(ledger: Ledger) -> Why:
    """Return how what is known to be owed adds up while the rate of the penalties is missing."""
    at = ledger.contract.at
    parts = [
        ("factures échues, TTC", sum(unpaid(ledger.state, at))),
        ("indemnités de recouvrement", indemnities(ledger.state, at)),
    ]
    return why_of_addition(
        "10.4", "les pénalités s’y ajouteront, une fois leur taux publié.", parts, "dû à ce jour"
    )


def _pay_text(ledger: Ledger) -> str:
    if ledger.state.service is Service.SUSPENDED:
        return "Le service est rétabli à l’instant où nous enregistrons ce virement."
    return "Un virement arrêté à cette somme règle tout : la suspension n’a pas lieu."


def _left(left: timedelta) -> str:
    if left.days:
        return count(left.days, "jour")
    hours, seconds = divmod(left.seconds, 3600)
    return count(hours, "heure") if hours else count(seconds // 60, "minute")


# --- sums and dates --------------------------------------------------------------------------------


def _in_all(owed: tuple[Due, ...]) -> Reckoning:
    """Return the sum of what is due; of one invoice, its own parts."""
    return owed[0].total if len(owed) == 1 else sum_due(owed)


def _block(due: Due, *, is_alone: bool) -> DueBlock:
    invoice = due.invoice
    lines = [
        Figure("Reste dû de la facture, TTC", euros(due.invoice_cents), "", why_of_amount(balance(invoice)))
        if due.invoice_cents
        else None,
        Figure(
            "Pénalités de retard, sans TVA",
            euros(due.penalties_cents),
            "",
            why_of_amount(penalties_left(due)),
        )
        if due.penalties_cents
        else None,
        Figure(
            "Indemnité de recouvrement, sans TVA",
            euros(due.indemnity_cents),
            "",
            why_of_amount(indemnity_left(due)),
        )
        if due.indemnity_cents
        else None,
    ]
    return DueBlock(
        title=typeset(f"{invoice.number} · {month_name(invoice.month)}"),
        href=f"/espace/facture?numero={invoice.number}",
        since=typeset(_since(invoice)),
        since_why=why_of(payable(invoice.month, invoice.issued)) if invoice.clock == invoice.due else Why(),
        lines=[one for one in lines if one],
        total=Figure()
        if is_alone
        else Figure(f"Total dû pour {invoice.number}", euros(due.total_cents), "", why_of_amount(due.total)),
    )


def _dates(ledger: Ledger) -> Iterator[Figure]:
    """Yield what happened and what will, in order: the mail, the suspension, from when termination is possible."""
    state = ledger.state
    late = ledger.late
    for invoice in late:
        yield from _mail(ledger, invoice)
    if state.service is Service.SUSPENDED and state.suspended_at:
        because = _because_of_last(ledger, lambda one: isinstance(one, e.ServiceSuspended))
        yield _dated("Service suspendu", state.suspended_at, because)
    elif threat := next_suspension(state):
        yield _dated("Suspension du service", threat.at, threat.because)
    elif any(one.payment is Payment.IN_DEFAULT and one.suspension_at is None for one in late):
        yield Figure("Suspension du service", "retenue", "Sans e-mail parti, rien n’est suspendu.")
    openings = [
        opens
        for one in late
        if one.payment is Payment.IN_DEFAULT and (opens := termination_opens(state, one)) is not None
    ]
    if openings:
        first = min(openings, key=lambda because: because.instant)
        opens_on = full_date(paris_day(first.instant))
        yield Figure("Résiliation possible à partir du", opens_on, "", why_of(first))


def _mail(ledger: Ledger, invoice: Invoice) -> Iterator[Figure]:
    """Yield when the default was written, or will be and what follows then."""
    policy = ledger.state.offer.policy
    if invoice.payment is Payment.OPEN:
        mail = default_mail(invoice.clock, policy.default_hour).under(policy.reading("default_hour"))
        yield _dated("Nous vous l’écrivons par e-mail", mail.instant, mail)
        follows = suspension_of(ledger.state, invoice, paris_day(mail.instant))
        yield _dated("Puis suspension du service", follows.instant, follows)
    elif invoice.mailed_at:
        because = _because_of_last(
            ledger,
            lambda one: (
                isinstance(one, e.DefaultRecorded | e.DefaultMailSent) and one.number == invoice.number
            ),
        )
        yield _dated(f"E-mail sur {invoice.number}", invoice.mailed_at, because)


def _because_of_last(ledger: Ledger, is_meant: Callable[[e.Event], bool]) -> Because | None:
    """Return why the last of such events came at its instant, where the line of time draws one."""
    found = [moment for one, moment in happened(ledger.contract) if moment and is_meant(one)]
    return found[-1].because if found else None


def _dated(label: str, at: datetime, because: Because | None) -> Figure:
    return Figure(label, when(at), "", why_of(because) if because else Why())


def _collections(ledger: Ledger) -> Iterator[Figure]:
    """Yield what the bank does, or did, about what is due, each with the reason of its day."""
    for due in ledger.dues or ():
        number = due.invoice.number
        handed = ledger.open_collection(number)
        back = ledger.came_back(number)
        if back is not None and back.reason:
            day, reason = full_date(back.collection_on), back.reason.meaning
            said = f"{number} : prélèvement du {day} revenu de votre banque, {reason}."
            yield Figure("du prélèvement", typeset(said), "", why_of(collected_on(back.collection_on)))
        if handed is not None:
            said = (
                f"{number} : {euros(handed.amount_cents)} sont présentés à votre banque le {full_date(handed.collection_on)}. "
                "Un virement reçu avant évite ce prélèvement."
            )
            yield Figure("du prélèvement", typeset(said), "", why_of(collected_on(handed.collection_on)))
