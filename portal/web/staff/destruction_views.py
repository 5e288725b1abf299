"""What `/gestion/destructions` shows: destructions, restitutions, early ends and holds, in words ready to be read."""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from portal.contract.calendar import paris_day
from portal.contract.company import in_groups
from portal.contract.french import full_date, full_instant, long_date, of_name, typeset
from portal.documents.end_papers import SUBJECTS
from portal.services.destroying import Attested, ToDestroy
from portal.services.early_end_reading import EarlyEnd
from portal.services.early_ends import ENDING, REASONS
from portal.services.litigation import LitigationHold
from portal.services.restitutions import Restitution, Step
from portal.web.client.end_files import FileRow, file_rows, progress_words
from portal.web.components.shapes import Why
from portal.web.presenting import when, why_of

_STEPS: Final = MappingProxyType(
    {
        Step.ASKED: ("à préparer", "late"),
        Step.BUILDING: ("en préparation", "soon"),
        Step.PREPARED: ("prête, à télécharger", "soon"),
        Step.TAKEN: ("téléchargée, à confirmer", "soon"),
        Step.DONE: ("confirmée", "done"),
    }
)


@dataclass(frozen=True, slots=True)
class DestructionRow:
    """Data to be destroyed."""

    contract_id: str = ""
    name: str = ""
    identity: str = ""
    ended: str = ""
    day: str = ""
    why: Why = field(default_factory=Why)
    holds: list[str] = field(default_factory=list)
    state: str = ""
    tone: str = "quiet"
    may_confirm: bool = False


@dataclass(frozen=True, slots=True)
class RestitutionRow:
    """A restitution that is open, or whose files are still there."""

    contract_id: str = ""
    name: str = ""
    state: str = ""
    tone: str = "soon"
    detail: str = ""
    progress: int = 0
    progress_text: str = ""
    is_building: bool = False
    action: str = ""
    files: list[FileRow] = field(default_factory=list)
    may_attach: bool = False
    may_confirm: bool = False


@dataclass(frozen=True, slots=True)
class AttestedRow:
    """A destruction that was attested."""

    name: str = ""
    detail: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class EarlyEndRow:
    """A letter of insolvency or of force majeure; `reason` is what a termination would rest on."""

    letter_id: str = ""
    contract_id: str = ""
    name: str = ""
    subject: str = ""
    state: str = ""
    tone: str = "quiet"
    detail: str = ""
    href: str = ""
    proof_href: str = ""
    is_posted: bool = False
    has_proof: bool = False
    reason: str = ""
    opens: str = ""
    opens_why: Why = field(default_factory=Why)
    may_end: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A dispute that keeps everything of a company."""

    company_id: str = ""
    name: str = ""
    detail: str = ""
    reason: str = ""


def destruction_row(one: ToDestroy) -> DestructionRow:
    """Return a line of what is to be destroyed."""
    if one.is_late:
        state, tone = ("à confirmer", "late") if not one.holds else ("en retard, retenue", "late")
    else:
        state, tone = ("retenue", "soon") if one.holds else ("au jour dit", "quiet")
    return DestructionRow(
        contract_id=one.contract_id,
        name=one.legal_name,
        identity=typeset(
            f"SIREN {in_groups(one.siren)}, {'contrat fini' if one.ended_on else 'essai sans suite'}"
        ),
        ended=long_date(one.ended_on) if one.ended_on else "",
        day=full_instant(one.because.instant),
        why=why_of(one.because),
        holds=[typeset(hold) for hold in one.holds],
        state=state,
        tone=tone,
        may_confirm=one.is_late,
    )


def restitution_row(name: str, one: Restitution) -> RestitutionRow:
    """Return a restitution with what staff can do about it."""
    state, tone = _STEPS[one.step]
    detail = f"Demandée le {full_instant(one.asked_at)}"
    if one.done_at:
        detail = f"{detail}, confirmée le {full_instant(one.done_at)}"
    return RestitutionRow(
        contract_id=one.contract_id,
        name=name,
        state=state,
        tone=tone,
        detail=typeset(detail),
        progress=round(one.parts_done / one.parts * 100) if one.parts else 0,
        progress_text=typeset(one.problem) or progress_words(one),
        is_building=one.step is Step.BUILDING,
        action=f"/gestion/restitutions/{one.contract_id}/export",
        files=file_rows(one),
        may_attach=one.step is not Step.DONE,
        may_confirm=one.step in {Step.PREPARED, Step.TAKEN},
    )


def attested_row(one: Attested) -> AttestedRow:
    """Return a certificate to take."""
    return AttestedRow(
        name=one.legal_name,
        detail=typeset(f"Attestée le {full_date(paris_day(one.made_at))}"),
        href=f"/espace/attestations/{one.contract_id}.pdf",
    )


def early_end_row(one: EarlyEnd, today_iso: str) -> EarlyEndRow:
    """Return a letter: to be posted today, posted, or what it opens and when."""
    reason = REASONS[one.kind]
    ends = one.kind == ENDING[reason]
    if one.posted_on is None:
        state, tone = "à poster aujourd’hui", "late"
        detail = (
            f"Datée du {full_date(paris_day(one.made_at))} : le contrat finit le jour où elle part."
            if ends
            else f"Datée du {full_date(paris_day(one.made_at))} : le délai court du jour où elle part."
        )
    else:
        state, tone = ("reçue", "done") if one.has_proof else ("postée", "soon")
        detail = f"Postée le {long_date(one.posted_on)}, suivi {one.tracking}"
    is_open = one.opens is not None and one.opens.day.isoformat() <= today_iso
    opens, opens_why = "", Why()
    if one.opens and not one.is_over:
        opens_why = why_of(one.opens)
        opens = (
            f"La résiliation est ouverte depuis le {full_date(one.opens.day)}."
            if is_open
            else f"La résiliation s’ouvre le {full_date(one.opens.day)}, sans réponse ou sans reprise d’ici là."
        )
    return EarlyEndRow(
        letter_id=one.id,
        contract_id=one.contract_id,
        name=one.legal_name,
        subject=typeset(SUBJECTS[one.kind]),
        state=state,
        tone=tone,
        detail=typeset(detail),
        href=f"/gestion/lettres/{one.id}.pdf",
        proof_href=f"/gestion/fins/{one.id}/preuve",
        is_posted=one.posted_on is not None,
        has_proof=one.has_proof,
        reason=reason,
        opens=typeset(opens),
        opens_why=opens_why,
        may_end=is_open and not one.is_over,
        ends=ends,
    )


def hold_row(one: LitigationHold) -> HoldRow:
    """Return a dispute."""
    return HoldRow(
        company_id=one.company_id,
        name=one.legal_name,
        detail=typeset(f"Posé {_since(one)}"),
        reason=one.reason,
    )


def _since(one: LitigationHold) -> str:
    return f"le {when(one.set_at)}"


def end_effect(name: str, subject: str, day: str) -> str:
    """Return what posting a letter that ends a contract does."""
    return typeset(
        f"{subject} : le contrat {of_name(name)} prend fin ce {day}. Le service est fermé aussitôt, un dernier document solde le "
        "compte, et le client a encore le délai de l’article 15 pour demander ses données. Cela ne se reprend pas."
    )


def opening_effect(name: str, subject: str, day: str) -> str:
    """Return what posting a letter that starts a delay does."""
    return typeset(
        f"{subject} : la lettre {of_name(name)} est datée de ce {day}, et le délai court de là. Le contrat continue."
    )
