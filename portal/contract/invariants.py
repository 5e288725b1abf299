"""What must hold of every contract, whatever happened to it.

Checked after every event in the tests, and before every commit in production, where a breach parks the
contract: a wrong history must not grow. Each breach is a few French words for the staff who look into it.
"""

from collections.abc import Iterator

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.arrears import next_suspension
from portal.contract.calendar import paris_day
from portal.contract.deadlines import next_due
from portal.contract.dossier import destruction_hold
from portal.contract.ending import data_destruction, destruction_is_held
from portal.contract.state import Data, Payment, Relationship, Service, State
from portal.contract.trial import destruction

_LEGAL: dict[Relationship, tuple[frozenset[Service], frozenset[Data]]] = {
    Relationship.PROSPECT: (frozenset({Service.NONE}), frozenset({Data.NONE})),
    Relationship.TRIAL: (frozenset({Service.OPEN}), frozenset({Data.LIVE})),
    Relationship.REFLECTION: (
        frozenset({Service.SUSPENDED, Service.CLOSED}),
        frozenset({Data.ARCHIVED, Data.LIVE}),
    ),
    Relationship.LAPSED: (frozenset({Service.CLOSED}), frozenset({Data.DESTROYED})),
    Relationship.AWAITING_PAYMENT: (
        frozenset({Service.NONE, Service.OPEN, Service.SUSPENDED}),
        frozenset({Data.NONE, Data.LIVE, Data.ARCHIVED}),
    ),
}


def breaches(state: State) -> tuple[str, ...]:
    """Return what does not hold of a state between two acts, none if all does."""
    return tuple(_breaches(state))


def breaches_by(before: State, event: e.Event) -> tuple[str, ...]:
    """Return what does not hold of an event in the state that it met."""
    return tuple(_breaches_by(before, event))


def _breaches(state: State) -> Iterator[str]:
    yield from _situation(state)
    yield from _ledger(state)
    yield from _billing(state)
    is_live = state.relationship in {Relationship.TRIAL, Relationship.ACTIVE}
    waits_to_be_destroyed = (
        state.relationship is Relationship.REFLECTION and destruction_hold(state) is None
    ) or (state.data is Data.RESTITUTION and not destruction_is_held(state))
    if (is_live or waits_to_be_destroyed) and next_due(state) is None:
        yield f"{state.relationship} : aucune échéance ne suit"


def _situation(state: State) -> Iterator[str]:
    service, data = state.service, state.data
    match state.relationship:
        case Relationship.ACTIVE:
            legal = service in {Service.OPEN, Service.SUSPENDED} and data is Data.LIVE
            if state.admin not in state.users:
                yield "aucun administrateur parmi les utilisateurs du contrat en vigueur"
        case Relationship.ENDED:
            legal = service is Service.CLOSED and data in {Data.RESTITUTION, Data.DESTROYED}
        case _:
            services, kinds = _LEGAL[state.relationship]
            legal = service in services and data in kinds
    if not legal:
        yield f"{state.relationship} avec service {service} et données {data}"
    if (state.relationship in {Relationship.ACTIVE, Relationship.ENDED}) is not (
        state.in_force_on is not None
    ):
        yield f"{state.relationship} avec une entrée en vigueur le {state.in_force_on}"


def _ledger(state: State) -> Iterator[str]:
    invoiced = sum(one.gross_cents for one in state.invoices)
    credited = sum(one.gross_cents for one in state.credit_notes)
    paid = sum(one.paid_cents for one in state.invoices)
    balance = sum(one.unpaid_cents for one in state.invoices) - state.credit_cents
    if invoiced - credited - paid != balance:
        yield f"le solde {balance} n’est pas factures {invoiced} − avoirs {credited} − règlements {paid}"
    for one in state.invoices:
        if not 0 <= one.unpaid_cents <= one.gross_cents:
            yield f"facture {one.number} : {one.unpaid_cents} impayés sur {one.gross_cents}"
        if (one.payment is Payment.SETTLED) is not (one.unpaid_cents == 0):
            yield f"facture {one.number} : {one.payment} avec {one.unpaid_cents} impayés"
    if state.credit_cents and any(one.unpaid_cents for one in state.invoices):
        yield "un avoir attend alors qu’une facture est impayée"


def _billing(state: State) -> Iterator[str]:
    minimum = state.offer.grid.minimum_users
    for one in state.billed:
        if one.quantity < minimum:
            yield f"{one.month} facturé pour {one.quantity} utilisateurs, sous le minimum de {minimum}"
    months = [one.month for one in state.billed]
    if len(set(months)) != len(months):
        yield f"un mois est facturé deux fois : {', '.join(months)}"
    numbers = [one.number for one in state.invoices] + [one.number for one in state.credit_notes]
    if len(set(numbers)) != len(numbers):
        yield f"un numéro est donné deux fois : {', '.join(numbers)}"


def _breaches_by(before: State, event: e.Event) -> Iterator[str]:
    if before.data is Data.DESTROYED and not isinstance(event, _AFTER_DESTRUCTION):
        yield f"{event.kind} après la destruction"
    match event:
        case e.DataDestroyed():
            allowed = data_destruction(before) if before.ended_on else destruction(before)
            held = destruction_is_held(before) if before.ended_on else destruction_hold(before)
            if allowed is None or event.at < allowed.instant:
                yield "une destruction avant son heure"
            if held:
                yield "une destruction alors qu’elle est retenue"
        case e.ContractEnded(reason="unpaid") if before.service is not Service.SUSPENDED:
            yield "une résiliation pour impayé sans suspension"
        case e.ServiceSuspended(reason="unpaid"):
            threat = next_suspension(before)
            if threat is None or event.at < threat.at:
                yield "une suspension pour impayé avant celle qui a été annoncée"
        case e.InvoiceIssued() | e.CreditNoteIssued():
            yield from _document(before, event)
        case _:
            return


def _document(before: State, event: e.InvoiceIssued | e.CreditNoteIssued) -> Iterator[str]:
    if sum(line.net_cents for line in event.lines) != event.net_cents:
        yield f"les lignes de {event.number} ne font pas son total"
    if event.net_cents < 0 or event.net_cents + event.vat_cents != event.gross_cents:
        yield f"le total de {event.number} n’est pas son montant hors taxes et sa TVA"
    charged = {line.month for line in event.lines if line.kind == "subscription"}
    if charged & {one.month for one in before.billed}:
        yield f"{event.number} facture un mois déjà facturé"
    if isinstance(event, e.InvoiceIssued) and event.month == FIRST and event.due < paris_day(event.at):
        yield f"{event.number} est à payer avant d’être émise"


# The account outlives the data: debts are still paid, and a piece in hand may still be examined.
_AFTER_DESTRUCTION = (
    e.PaymentSettled,
    e.PaymentReturned,
    e.CreditNoteIssued,
    e.TermsAccepted,
    e.DocumentAccepted,
    e.DocumentRefused,
    e.MandateWithdrawn,
)
