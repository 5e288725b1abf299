"""What `/espace/fin` says: what ended, when and why; what is due; the data asked for, prepared, destroyed; coming back."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from portal.contract import events as e
from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.ending import data_destruction, restitution_end, restitution_last_day
from portal.contract.french import euros, full_date, full_instant, typeset
from portal.contract.issue import payable
from portal.contract.ledger import balance
from portal.contract.retention import Kept
from portal.contract.state import Data, Invoice, Relationship, State
from portal.contract.term import end_because, ends_on, term_last_day
from portal.services.mails_of_ends import ENDINGS
from portal.services.reading import Contract
from portal.services.restitutions import Restitution, Step
from portal.services.returning import EarlierContract
from portal.web.client.end_files import FileRow, file_rows, progress_words
from portal.web.components.shapes import Figure, Why
from portal.web.presenting import when, why_of, why_of_addition


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A line of the retention table."""

    title: str = ""
    what: str = ""
    until: str = ""
    why: Why = field(default_factory=Why)


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract of the company."""

    name: str = ""
    state: str = ""
    href: str = ""
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class EndView:
    """Everything the page shows; strings are ready to be read. `act` is what its main button does."""

    contract_id: str = ""
    company: str = ""
    number: str = ""
    headline: str = ""
    lead: str = ""
    why: Why = field(default_factory=Why)
    is_worst: bool = False
    step_when: str = ""
    step_title: str = ""
    step_text: str = ""
    act: str = ""
    act_label: str = ""
    href: str = ""
    dates: list[Figure] = field(default_factory=list)
    due: list[Figure] = field(default_factory=list)
    due_text: str = ""
    due_why: Why = field(default_factory=Why)
    stages: list[str] = field(default_factory=list)
    stage: int = 0
    progress: int = 0
    progress_text: str = ""
    is_building: bool = False
    files: list[FileRow] = field(default_factory=list)
    certificate_href: str = ""
    kept: list[KeptRow] = field(default_factory=list)
    contracts: list[ContractRow] = field(default_factory=list)
    may_return: bool = False
    return_text: str = ""


STAGES: Final = ["Demandée", "Préparée", "Téléchargée", "Confirmée"]
_STAGE: Final = {Step.ASKED: 1, Step.BUILDING: 1, Step.PREPARED: 2, Step.TAKEN: 3, Step.DONE: 4}
_RELATIONSHIPS: Final = {
    "prospect": "à souscrire",
    "trial": "à l’essai",
    "reflection": "essai terminé",
    "lapsed": "essai sans suite",
    "awaiting_payment": "validé, premier mois à régler",
    "active": "en vigueur",
    "ended": "terminé",
}


def end_view(
    contract: Contract,
    restitution: Restitution | None,
    kept: tuple[Kept, ...],
    contracts: tuple[EarlierContract, ...],
    *,
    has_certificate: bool,
) -> EndView:
    """Return the page of one of the client's contracts."""
    state = contract.state
    base = EndView(
        contract_id=contract.id,
        company=contract.company.legal_name,
        number=next((one.number for one in contracts if one.contract_id == contract.id), ""),
        contracts=[contract_row(one, contract.id) for one in contracts] if len(contracts) > 1 else [],
    )
    is_present = any(one.contract_id == contract.id and one.is_present for one in contracts)
    match state.relationship:
        case Relationship.ENDED:
            base = _ended(base, contract, restitution, has_certificate=has_certificate)
            base = replace(base, kept=[kept_row(one, paris_day(contract.at)) for one in kept])
        case Relationship.LAPSED:
            base = replace(
                base,
                headline="Votre essai est sans suite",
                lead=typeset("Ses données n’existent plus ; votre compte et votre histoire demeurent."),
            )
        case Relationship.ACTIVE if ends_on(state):
            return _ending(base, state)
        case _:
            return _going_on(base, state)
    owes = any(one.unpaid_cents for one in state.invoices)
    return replace(
        base,
        may_return=is_present and not owes,
        return_text=typeset(
            "Une facture reste à payer : réglez-la, puis vous pourrez souscrire de nouveau."
            if owes
            else "Un nouveau contrat, avec son numéro et son dossier ; votre compte reste le même, et celui-ci reste lisible."
        )
        if is_present
        else "",
    )


def _going_on(base: EndView, state: State) -> EndView:
    if state.relationship is not Relationship.ACTIVE:
        return replace(
            base,
            headline="Aucun contrat n’est terminé",
            lead=typeset(
                "Le jour où un contrat finira, vous demanderez ici vos données et suivrez leur destruction."
            ),
            step_when="Pour l’instant",
            step_title="Rien à faire ici",
            step_text=typeset("Votre espace dit ce qui vient."),
            href="/espace",
            act_label="Mon espace",
        )
    last_day = term_last_day(state)
    return replace(
        base,
        headline="Votre contrat continue",
        lead=typeset(
            f"Sa période va jusqu’au {full_date(last_day.day)}, puis il est reconduit. S’il finissait, vous demanderiez ici vos "
            "données."
        ),
        why=why_of(last_day),
        step_when="Pour l’instant",
        step_title="Rien à faire ici",
        step_text=typeset("Votre espace dit ce qui vient, et jusqu’à quand vous pouvez résilier."),
        href="/espace",
        act_label="Mon espace",
    )


def _ending(base: EndView, state: State) -> EndView:
    end = ends_on(state)
    if end is None:
        raise ValueError("the contract goes on")
    restitution = restitution_last_day(state, end.last_day)
    return replace(
        base,
        headline=f"Votre contrat finit le {full_date(end.last_day)}",
        lead=typeset(
            f"Il finit {ENDINGS[end.reason][0]} (CGV, article {ENDINGS[end.reason][1]}). Le service ferme à la fin de ce jour, "
            "à minuit."
        ),
        step_when="Pour l’instant",
        step_title="Préparer la suite",
        step_text=typeset(
            "Jusque-là vos données vous sont accessibles dans le CRM. Après, vous les demanderez ici, et nous vous les "
            "remettrons."
        ),
        href="/espace",
        act_label="Mon espace",
        dates=[
            _dated(
                "Dernier jour du contrat",
                full_date(end.last_day),
                end_because(state, end),
            ),
            _dated("Demander vos données, jusqu’au", full_date(restitution.day), restitution),
        ],
    )


def _ended(
    base: EndView, contract: Contract, restitution: Restitution | None, *, has_certificate: bool
) -> EndView:
    state = contract.state
    if state.ended_on is None:
        raise ValueError("the contract has not ended")
    ended = next(one.event for one in contract.events if isinstance(one.event, e.ContractEnded))
    words, article = ENDINGS[ended.reason]
    destroyed = state.data is Data.DESTROYED
    asked_until, destruction = restitution_end(state), data_destruction(state)
    owed = sum(one.unpaid_cents for one in state.invoices)
    view = replace(
        base,
        headline=f"Votre contrat a pris fin le {full_date(state.ended_on)}",
        lead=typeset(f"Il a fini {words} (CGV, article {article}). Le service est fermé."),
        dates=[
            _dated(
                "Dernier jour du contrat",
                full_date(state.ended_on),
                Because(
                    article,
                    "le contrat finit ce jour-là, et le service ferme.",
                    "dernier jour du contrat",
                    state.ended_on,
                ),
            ),
            *(
                [_dated("Demander vos données", when(asked_until.instant), asked_until)]
                if asked_until
                else []
            ),
            _destruction(contract, destruction, destroyed=destroyed),
        ],
        due=[_due(one, paris_day(contract.at)) for one in state.invoices if one.unpaid_cents],
        due_text=_due_text(owed, state.credit_cents),
        due_why=_owed_why(state.invoices) if owed else _credit_why(contract) if state.credit_cents else Why(),
        certificate_href=f"/espace/attestations/{contract.id}.pdf" if has_certificate else "",
        is_worst=owed > 0,
    )
    if restitution is not None:
        view = replace(
            view,
            stages=STAGES,
            stage=_STAGE[restitution.step],
            is_building=restitution.step in {Step.ASKED, Step.BUILDING},
            progress=round(restitution.parts_done / restitution.parts * 100) if restitution.parts else 0,
            progress_text=progress_words(restitution),
            files=file_rows(restitution) if not destroyed else [],
        )
    return _next(view, contract, restitution, asked_until, destroyed=destroyed)


def _next(
    view: EndView,
    contract: Contract,
    restitution: Restitution | None,
    asked_until: Because | None,
    *,
    destroyed: bool,
) -> EndView:
    """Return the page with its one next thing to do."""
    if destroyed:
        if view.certificate_href:
            return replace(
                view,
                step_when="C’est fait",
                step_title="Vos données sont détruites",
                step_text=typeset(
                    "L’attestation dit ce qui n’est plus, pourquoi, et ce que la loi fait garder."
                ),
                href=view.certificate_href,
                act_label="Télécharger l’attestation",
            )
        return replace(
            view,
            step_when="Pour l’instant",
            step_title="L’attestation se prépare",
            step_text=typeset(
                "Vos données sont détruites ; l’attestation vous est envoyée dès que le CRM l’a confirmé."
            ),
        )
    if restitution is None:
        if asked_until is None or contract.at >= asked_until.instant:
            return replace(
                view,
                step_when="Pour l’instant",
                step_title="Le délai pour demander vos données est passé",
                step_text=typeset(
                    "Elles sont détruites au jour dit ci-dessous. Écrivez-nous sans attendre s’il vous les fallait."
                ),
            )
        return replace(
            view,
            step_when="À faire maintenant",
            step_title="Demander vos données",
            step_text=typeset(
                f"Vous pouvez les demander jusqu’à la {when(asked_until.instant)}. Rien n’est détruit avant que vous les ayez reçues."
            ),
            act="request",
            act_label="Demander mes données",
        )
    match restitution.step:
        case Step.ASKED | Step.BUILDING:
            return replace(
                view,
                step_when="Pour l’instant",
                step_title="Vos données se préparent",
                step_text=typeset("Un e-mail vous dira quand les télécharger. Rien n’est détruit d’ici là."),
            )
        case Step.PREPARED | Step.TAKEN:
            return replace(
                view,
                step_when="À faire maintenant",
                step_title="Télécharger, vérifier, confirmer",
                step_text=typeset(
                    "Deux fichiers vous attendent plus bas. Une fois que vous les avez, confirmez-le : leur destruction suivra."
                ),
                act="confirm",
                act_label="Confirmer que j’ai mes données",
            )
        case Step.DONE:
            return replace(
                view,
                step_when="C’est fait",
                step_title="Vous avez vos données",
                step_text=typeset(
                    "Leur destruction suit, au jour dit ci-dessous. Jusque-là vous pouvez encore les télécharger."
                ),
            )


def _destruction(contract: Contract, because: Because, *, destroyed: bool) -> Figure:
    if destroyed:
        at = next(
            (one.event.at for one in contract.events if one.event.kind == "data_destroyed"), because.instant
        )
        return replace(_dated("Données détruites", full_instant(at), because), note="")
    figure = _dated("Destruction de vos données", f"à partir du {full_instant(because.instant)}", because)
    if contract.state.restitution_asked_at and not contract.state.restitution_done_at:
        return replace(figure, note=typeset("Retenue jusqu’à ce que vous ayez confirmé la restitution."))
    if contract.destruction_held:
        return replace(figure, note=typeset("En retard : une personne de notre équipe doit la confirmer."))
    return figure


def _dated(label: str, value: str, because: Because) -> Figure:
    return Figure(label=typeset(label), value=typeset(value), why=why_of(because))


def _due(invoice: Invoice, today: date) -> Figure:
    left = balance(invoice)
    verb = "échue" if invoice.due < today else "à payer"
    return Figure(
        label=invoice.number,
        value=euros(left.cents),
        note=typeset(f"{verb} le {full_date(invoice.due)}"),
        why=why_of(payable(invoice.month, invoice.issued), left),
    )


def _owed_why(invoices: Iterable[Invoice]) -> Why:
    """Return how what is left to pay adds up."""
    return why_of_addition(
        "10.3",
        "la fin du contrat n’efface pas ce qui en reste dû.",
        ((one.number, one.unpaid_cents) for one in invoices if one.unpaid_cents),
        "reste dû des factures, TTC",
    )


def _due_text(owed: int, credit: int) -> str:
    if owed:
        return typeset(
            f"{euros(owed)} restent à payer, hors pénalités et indemnités : le décompte exact est avec vos factures."
        )
    if credit:
        return typeset(f"Plus rien n’est dû. {euros(credit)} vous sont rendus par virement.")
    return typeset("Plus rien n’est dû : le compte est soldé.")


def _credit_why(contract: Contract) -> Why:
    """Return how what is given back comes about: the credit notes, less what they have paid already."""
    credit = contract.state.credit_cents
    notes = [
        (f"avoir {one.event.number}", one.event.gross_cents)
        for one in contract.events
        if isinstance(one.event, e.CreditNoteIssued)
    ]
    taken = credit - sum(cents for _, cents in notes)
    parts = [*notes, ("déjà retranché de ce qui était dû", taken)] if taken else notes
    return why_of_addition(
        "10.1", "ce que vos avoirs laissent, une fois tout réglé, vous est rendu.", parts, "vos avoirs, TTC"
    )


def kept_row(one: Kept, today: date) -> KeptRow:
    """Return a line of the retention table as of a day: what has had its last day is erased."""
    if one.because is None:
        return KeptRow(title=one.title, what=typeset(one.what), until="détruites")
    why = why_of(one.because)
    if isinstance(one.because.result, datetime):
        return KeptRow(one.title, typeset(one.what), typeset(when(one.because.instant)), why)
    last_day = full_date(one.because.day)
    until = last_day if one.because.day >= today else f"effacé après le {last_day}"
    return KeptRow(one.title, typeset(one.what), typeset(until), why)


def contract_row(one: EarlierContract, shown: str) -> ContractRow:
    """Return a contract of the company, by its number or the day it was begun."""
    begun = f"commencé le {full_date(paris_day(one.opened_at))}"
    state = _RELATIONSHIPS[one.relationship]
    if one.last_day:
        state = f"{state} le {full_date(one.last_day)}"
    return ContractRow(
        name=typeset(f"Contrat {one.number}" if one.number else f"Dossier {begun}"),
        state=typeset(state),
        href=f"/espace/fin?contrat={one.contract_id}",
        is_shown=one.contract_id == shown,
    )
