"""What staff see of the dossiers: the queue by urgency, and one dossier with its pieces, its checks, its decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from portal.contract.acts import Piece
from portal.contract.amounts import gross_total
from portal.contract.calendar import paris_day
from portal.contract.company import in_groups
from portal.contract.french import count, euros, full_date, short_date, typeset
from portal.contract.state import Examination, Relationship
from portal.contract.subscription import BEFORE_VALIDATION, Condition, ConditionName, Progress
from portal.documents.crosscheck import Agreement, Cell, Row, Source, What
from portal.services.dossiers import Dossier
from portal.services.examining import Waiting, contract_is_accepted, waiting_of
from portal.services.first_month import Way, first_invoice
from portal.services.refusal_reasons import READY_REASONS
from portal.web.client.pieces_view import PieceCard, piece_card
from portal.web.client.subscribe_view import condition_line
from portal.web.components.shapes import Why
from portal.web.presenting import when, why_of, why_of_amount

_URGENT_DAYS, _SOON_DAYS = 3, 10
_EXAMINED: Final[Mapping[Examination | None, tuple[str, str]]] = MappingProxyType(
    {
        Examination.RECEIVED: ("à examiner", "soon"),
        Examination.ACCEPTED: ("accepté", "done"),
        Examination.REFUSED: ("refusé", "late"),
    }
)
_OUR_PART = MappingProxyType({ConditionName.IDENTITY: "Identité", ConditionName.FIRST_MONTH: "Premier mois"})
SHORT_NAMES = {Piece.CONTRACT: "Contrat", Piece.MANDATE: "Mandat", Piece.KBIS: "K-bis"}
_AGREEMENTS = {
    Agreement.REFERENCE: "quiet",
    Agreement.SAME: "done",
    Agreement.CLOSE: "soon",
    Agreement.DIFFERENT: "late",
    Agreement.UNSAID: "quiet",
}


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A dossier of the queue."""

    href: str = ""
    name: str = ""
    identity: str = ""
    chips: list[str] = field(default_factory=list)
    days: str = ""
    tone: str = "quiet"
    limit: str = ""
    limit_why: Why = field(default_factory=Why)
    met: str = ""
    others: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the picture: how many dossiers have so many days left."""

    label: str = ""
    number: int = 0
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class Tab:
    """A condition of the entry into force; those that are a piece have its name and a key."""

    piece: str = ""
    label: str = ""
    key: str = ""
    state: str = ""
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class Reason:
    code: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class CheckCell:
    value: str = ""
    agreement: str = ""
    tone: str = "quiet"
    remark: str = ""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What is compared, with a cell for each source in its order; one that never says it is empty."""

    what: str = ""
    cells: list[CheckCell] = field(default_factory=list)
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the sources say together, in a sentence."""

    text: str = ""
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class DossierFile:
    """One dossier; `document` is the version that is shown, and the one that is decided on."""

    contract_id: str = ""
    name: str = ""
    identity: str = ""
    situation: str = ""
    limit: str = ""
    limit_why: Why = field(default_factory=Why)
    others: str = ""
    tabs: list[Tab] = field(default_factory=list)
    our_part: list[Tab] = field(default_factory=list)
    piece: str = ""
    document: str = ""
    card: PieceCard = field(default_factory=PieceCard)
    can_decide: bool = False
    reasons: list[Reason] = field(default_factory=list)
    comparison: Comparison = field(default_factory=Comparison)
    checks: list[CheckRow] = field(default_factory=list)
    signatory: str = ""
    identity_validated: str = ""
    can_validate: bool = False
    waits_for_contract: bool = False
    waits_for_mandate: bool = False
    invoice: str = ""
    invoice_why: Why = field(default_factory=Why)
    transfer: str = ""
    is_unpaid: bool = False
    can_record: bool = False
    is_with_the_bank: bool = False
    today: str = ""
    previous_href: str = ""
    next_href: str = ""


def waiting_row(one: Waiting) -> WaitingRow:
    """Return a line of the queue."""
    chips = [SHORT_NAMES[piece] for piece in one.pieces]
    chips += ["Identité"] * one.identity + ["Premier mois impayé"] * one.is_unpaid
    return WaitingRow(
        href=address_of(one.contract_id),
        name=one.legal_name,
        identity=f"{in_groups(one.siren)}{f' · {one.number}' if one.number else ''}",
        chips=chips or ["attend le client"],
        days="à décider" if one.is_unpaid else _days(one.days_left),
        tone=_urgency(one) if one.waits_for_us else "quiet",
        limit=f"jusqu’à la {when(one.limit)}" if one.limit else "",
        limit_why=why_of(one.because) if one.because else Why(),
        met=f"{one.met} sur 5",
        others=_seen_by(one.others),
    )


def bars(waiting: tuple[Waiting, ...]) -> list[Bar]:
    """Return the picture of the queue: those that wait for us, by the days they have left."""
    for_us = [one for one in waiting if one.waits_for_us]
    unpaid = sum(one.is_unpaid for one in for_us)
    tones = [_urgency(one) for one in for_us if not one.is_unpaid]
    names = {
        "late": "trois jours ou moins",
        "soon": "dix jours ou moins",
        "done": "davantage, ou sans limite",
    }
    # None is no alarm.
    counted = [
        Bar(name, tones.count(tone), tone if tone in tones else "quiet") for tone, name in names.items()
    ]
    left = [Bar("premier mois impayé", unpaid, "late")] if unpaid else []
    return [*left, *counted, Bar("attendent le client", len(waiting) - len(for_us), "quiet")]


def dossier_file(
    dossier: Dossier,
    rows: tuple[Row, ...],
    piece: Piece,
    others: tuple[str, ...],
    transfer: date | None,
    outdated: frozenset[Piece],
    previous_href: str = "",
    next_href: str = "",
    *,
    way: Way | None = None,
) -> DossierFile:
    """Return a dossier with one of its pieces in front, between two others of the queue (see `neighbours`).

    `transfer` is the day on which the first month's arrived, `way` how it reaches us otherwise; `outdated` are the
    papers to sign again.
    """
    contract, state = dossier.contract, dossier.contract.state
    current = dossier.examined(piece)
    invoice = first_invoice(state)
    waiting = waiting_of(contract, dossier.number)
    is_open = state.validated_at is None and state.relationship is not Relationship.LAPSED
    is_to_validate = is_open and state.identity_validated_at is None
    is_accepted = contract_is_accepted(state)
    mandate_is_outdated = _is_to_sign_again(dossier, Piece.MANDATE, outdated)
    can_record = state.relationship is Relationship.AWAITING_PAYMENT and invoice is not None
    return DossierFile(
        contract_id=contract.id,
        name=contract.company.legal_name,
        identity=f"{in_groups(contract.company.siren)} · {contract.company.legal_form} · {contract.company.city}",
        situation=typeset(f"contrat {dossier.number}") if dossier.number else "pas encore de contrat imprimé",
        limit=_limit(waiting),
        limit_why=why_of(waiting.because) if waiting.because else Why(),
        others=_seen_by(others),
        our_part=[_our_part(one) for one in dossier.conditions if one.name in _OUR_PART],
        tabs=[_tab(dossier, one, str(nth), outdated) for nth, one in enumerate(Piece, start=1)],
        piece=piece.value,
        document=current.document if current else "",
        card=piece_card(
            dossier, piece, for_staff=True, is_outdated=_is_to_sign_again(dossier, piece, outdated)
        ),
        can_decide=current is not None and current.examination is Examination.RECEIVED,
        reasons=[Reason(one.code, one.label) for one in READY_REASONS[piece]],
        comparison=_comparison(rows),
        checks=[_check(row) for row in rows],
        signatory=(
            f"{dossier.facts.signatory_name}, {dossier.facts.signatory_capacity}"
            if dossier.facts
            else "pas encore nommé"
        ),
        identity_validated=(
            f"Validée le {full_date(paris_day(state.identity_validated_at))}"
            if state.identity_validated_at
            else ""
        ),
        can_validate=is_to_validate and is_accepted and not mandate_is_outdated,
        waits_for_contract=is_to_validate and not is_accepted,
        waits_for_mandate=is_to_validate and is_accepted and mandate_is_outdated,
        invoice=typeset(f"Facture {invoice.number} : {euros(invoice.gross_cents)} TTC") if invoice else "",
        invoice_why=(
            why_of_amount(gross_total(invoice.net_cents, invoice.gross_cents - invoice.net_cents))
            if invoice
            else Why()
        ),
        transfer=typeset(f"Virement reçu le {full_date(transfer)}") if transfer else "",
        is_unpaid=waiting.is_unpaid,
        can_record=can_record,
        is_with_the_bank=can_record and way is Way.WITH_THE_BANK,
        today=paris_day(contract.at).isoformat(),
        previous_href=previous_href,
        next_href=next_href,
    )


def to_examine(dossier: Dossier) -> Piece:
    """Return the first piece that waits for us; else the first that was sent."""
    documents = dossier.contract.state.documents
    waiting = [
        piece
        for piece in Piece
        if piece in documents and documents[piece].examination is Examination.RECEIVED
    ]
    return next(iter((*waiting, *(piece for piece in Piece if dossier.examined(piece)), Piece.CONTRACT)))


def address_of(contract_id: str) -> str:
    return f"/gestion/dossier?contrat={contract_id}"


def _is_to_sign_again(dossier: Dossier, piece: Piece, outdated: frozenset[Piece]) -> bool:
    """Tell whether a paper was accepted and the dossier, that is not validated, says otherwise by now.

    Of one that is not accepted, staff decide first.
    """
    state = dossier.contract.state
    document = state.documents.get(piece)
    is_accepted = document is not None and document.examination is Examination.ACCEPTED
    return piece in outdated and is_accepted and state.relationship in BEFORE_VALIDATION


def _tab(dossier: Dossier, piece: Piece, key: str, outdated: frozenset[Piece]) -> Tab:
    current = dossier.examined(piece)
    if current is None:
        state, tone = "à recevoir", "quiet"
    elif current.waits_for_words:
        state, tone = "attend le client", "quiet"
    elif _is_to_sign_again(dossier, piece, outdated):
        state, tone = "à signer de nouveau", "late"
    else:
        state, tone = _EXAMINED[current.examination]
    return Tab(piece.value, SHORT_NAMES[piece], key, state, tone)


def _our_part(one: Condition) -> Tab:
    line = condition_line(one)
    is_ours = one.name is ConditionName.IDENTITY and one.progress is Progress.MISSING
    return Tab(label=_OUR_PART[one.name], state="à valider" if is_ours else line.state, tone=line.tone)


def _comparison(rows: tuple[Row, ...]) -> Comparison:
    """Say how the sources agree: the differences first."""
    different = _named(rows, Agreement.DIFFERENT)
    close = _named(rows, Agreement.CLOSE)
    if different:
        also = f" Écrits autrement : {', '.join(close)}." if close else ""
        return Comparison(typeset(f"Les sources diffèrent : {', '.join(different)}.{also}"), "late")
    if close:
        return Comparison(typeset(f"Aucune différence ; écrits autrement : {', '.join(close)}."), "soon")
    typed = [_what(row) for row in rows if any(cell.typed for cell in row.cells)]
    if typed:
        said = f"Aucune différence, mais le client a saisi lui-même : {', '.join(typed)}. À vérifier sur la pièce."
        return Comparison(typeset(said), "soon")
    return Comparison("Toutes les sources lues disent la même chose.", "done")


def _named(rows: tuple[Row, ...], agreement: Agreement) -> list[str]:
    found = (row for row in rows if any(cell.agreement is agreement for cell in row.cells))
    return [_what(row) for row in found]


def _what(row: Row) -> str:
    return row.what.label.lower() if row.what is not What.SIREN else row.what.label


def _check(row: Row) -> CheckRow:
    cells = {cell.source: cell for cell in row.cells}
    return CheckRow(
        row.what.label,
        [_cell(cells[source]) if source in cells else CheckCell() for source in Source],
        any(cell.agreement is Agreement.DIFFERENT for cell in row.cells),
    )


def _cell(one: Cell) -> CheckCell:
    tone = _AGREEMENTS[one.agreement]
    if one.typed:
        doubt, tone = ", saisi par le client", "soon" if one.agreement is Agreement.SAME else tone
    else:
        doubt = "" if one.sure or not one.value else " (lecture incertaine)"
    return CheckCell(
        one.value or "—",
        "" if one.agreement is Agreement.REFERENCE else one.agreement.label + doubt,
        tone,
        typeset(one.remark),
    )


def neighbours(contract_id: str, queue: tuple[Waiting, ...]) -> tuple[str, str]:
    """Return the addresses of the dossiers before and after one in the queue, "" for none."""
    ids = [one.contract_id for one in queue if one.waits_for_us or one.contract_id == contract_id]
    if contract_id not in ids:
        return "", address_of(ids[0]) if ids else ""
    place = ids.index(contract_id)
    before = address_of(ids[place - 1]) if place else ""
    return before, address_of(ids[place + 1]) if place + 1 < len(ids) else ""


def _limit(waiting: Waiting) -> str:
    if waiting.last_day is None:
        return ""
    return f"{_days(waiting.days_left)}, jusqu’au {short_date(waiting.last_day)} inclus"


def _days(days: int | None) -> str:
    if days is None:
        return "sans limite"
    return "dernier jour" if days <= 0 else count(days, "jour")


def _urgency(one: Waiting) -> str:
    if one.is_unpaid:
        return "late"
    if one.days_left is None or one.days_left > _SOON_DAYS:
        return "done"
    return "late" if one.days_left <= _URGENT_DAYS else "soon"


def _seen_by(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    verb = "est" if len(names) == 1 else "sont"
    return f"{', '.join(names)} {verb} aussi sur ce dossier"
