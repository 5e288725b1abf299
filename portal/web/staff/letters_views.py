"""What `/gestion/courriers` shows: letters by where they stand, notices of ours to decide, clients' notices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from portal.contract.calendar import paris_day
from portal.contract.french import count, full_date, long_date, typeset
from portal.documents.end_papers import SUBJECTS
from portal.services.letters import CLIENT_NOTICE, TERMINATION, VENDOR_NOTICE, Letter, Stage
from portal.services.notice_forms import OUTCOMES, REASONS
from portal.services.notice_lists import ReceivedNotice, VendorNotice
from portal.web.components.shapes import Figure, Why
from portal.web.presenting import why_of, why_of_told

_KINDS: Final[Mapping[str, str]] = {
    **{str(kind): subject for kind, subject in SUBJECTS.items()},
    TERMINATION: "Résiliation pour impayé",
    VENDOR_NOTICE: "Résiliation par nous",
    CLIENT_NOTICE: "Résiliation du client",
}
# Where the letters are confirmed that do something on the day they are posted.
_ARREARS: Final = ("Les impayés", "/gestion/impayes#lettres")
_ENDS: Final = ("Les fins de contrat", "/gestion/destructions")
_STAGES: Final = {
    Stage.TO_POST: ("à poster", "late"),
    Stage.DEPOSITING: ("dépôt demandé", "soon"),
    Stage.IN_TRANSIT: ("en chemin", "soon"),
    Stage.MISSING: ("preuve manquante", "late"),
    Stage.DONE: ("preuve rangée", "done"),
}


@dataclass(frozen=True, slots=True)
class LetterCard:
    """A letter of ours and what may be done with it now."""

    letter_id: str = ""
    contract_id: str = ""
    name: str = ""
    kind: str = ""
    state: str = ""
    tone: str = "quiet"
    dates: list[Figure] = field(default_factory=list)
    problem: str = ""
    href: str = ""
    deposit_href: str = ""
    receipt_href: str = ""
    has_deposit: bool = False
    has_receipt: bool = False
    elsewhere: str = ""
    elsewhere_href: str = ""
    may_post: bool = False
    may_present: bool = False
    may_tell: bool = False
    may_prove: bool = False


@dataclass(frozen=True, slots=True)
class LetterGroup:
    """The letters that stand at the same point."""

    key: str = ""
    title: str = ""
    cards: list[LetterCard] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class VendorRow:
    """A notice of ours, to be decided or decided."""

    notice_id: str = ""
    contract_id: str = ""
    name: str = ""
    number: str = ""
    reason: str = ""
    proposed: str = ""
    proposed_by: str = ""
    end: str = ""
    why: Why = field(default_factory=Why)
    late: str = ""
    late_why: Why = field(default_factory=Why)
    refusal: str = ""
    refusal_why: Why = field(default_factory=Why)
    is_own: bool = False
    state: str = ""
    tone: str = "soon"


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """A client's notice that counts."""

    notice_id: str = ""
    contract_id: str = ""
    name: str = ""
    number: str = ""
    posted: str = ""
    ends: str = ""
    why: Why = field(default_factory=Why)
    state: str = ""
    tone: str = "done"
    reason: str = ""
    missed: str = ""
    missed_why: Why = field(default_factory=Why)
    waiver: str = ""
    href: str = ""
    deposit_href: str = ""
    receipt_href: str = ""


def letter_groups(letters: Iterable[Letter], today: date) -> list[LetterGroup]:
    """Return the letters by where they stand, what waits for somebody first; no group without a letter."""
    titles = (
        ("to_post", "À poster", (Stage.TO_POST,)),
        ("missing", "Preuves manquantes", (Stage.MISSING,)),
        ("in_transit", "En chemin", (Stage.DEPOSITING, Stage.IN_TRANSIT)),
        ("done", "Preuves rangées", (Stage.DONE,)),
    )
    found = list(letters)
    groups = [
        LetterGroup(key, title, [letter_card(one, today) for one in found if one.stage(today) in stages])
        for key, title, stages in titles
    ]
    return [one for one in groups if one.cards]


def says(groups: Iterable[LetterGroup]) -> str:
    """Return in a sentence what waits."""
    counts = {one.key: len(one.cards) for one in groups}
    parts = [
        count(counts[key], singular, plural)
        for key, singular, plural in (
            ("to_post", "lettre à poster", "lettres à poster"),
            ("missing", "preuve manquante", "preuves manquantes"),
            ("in_transit", "lettre en chemin", "lettres en chemin"),
        )
        if key in counts
    ]
    return typeset(f"{', '.join(parts)}." if parts else "Aucune lettre n’attend.")


def letter_card(one: Letter, today: date) -> LetterCard:
    stage = one.stage(today)
    state, tone = _STAGES[stage]
    is_notice = one.kind == VENDOR_NOTICE
    is_posted = one.posted_on is not None
    base = f"/gestion/courriers/{one.id}/preuves"
    where, where_href = _ARREARS if one.kind == TERMINATION else _ENDS
    return LetterCard(
        letter_id=one.id,
        contract_id=one.contract_id,
        name=one.legal_name,
        kind=_KINDS[one.kind],
        state=state,
        tone=tone,
        dates=_dates(one),
        problem=typeset(one.problem),
        href=f"/gestion/lettres/{one.id}.pdf",
        deposit_href=f"{base}/depot",
        receipt_href=f"{base}/reception",
        has_deposit=one.has_deposit_proof,
        has_receipt=one.has_proof,
        elsewhere="" if is_notice or is_posted else where,
        elsewhere_href=where_href,
        may_post=is_notice and stage is Stage.TO_POST,
        may_present=is_notice and is_posted and one.presented_on is None and not one.is_electronic,
        may_tell=is_notice and one.presented_on is not None and not one.outcome and not one.is_electronic,
        may_prove=is_posted and not one.is_electronic,
    )


def _dates(one: Letter) -> list[Figure]:
    counts = "Ce jour compte." if one.kind == VENDOR_NOTICE else ""
    dates = [
        Figure("Écrite", long_date(paris_day(one.made_at)), is_fact=True),
        Figure("Déposée" if one.is_electronic else "Postée", long_date(one.posted_on), is_fact=True)
        if one.posted_on
        else None,
        Figure("Présentée", long_date(one.presented_on), counts, is_fact=True) if one.presented_on else None,
        Figure(
            OUTCOMES[one.outcome].capitalize(),
            long_date(one.delivered_on) if one.delivered_on else "",
            is_fact=True,
        )
        if one.outcome
        else None,
        Figure("Suivi", one.tracking) if one.tracking else None,
    ]
    return [figure for figure in dates if figure is not None]


def vendor_row(one: VendorNotice) -> VendorRow:
    state, tone = (
        ("à décider", "soon")
        if one.accepted is None
        else ("en vigueur", "late")
        if one.served
        else ("lettre en cours", "soon")
    )
    decided = f", décidé par {one.decided_by}" if one.accepted else ""
    effect = one.effect
    return VendorRow(
        notice_id=one.id,
        contract_id=one.contract_id,
        name=one.legal_name,
        number=one.number,
        reason=one.reason,
        proposed=long_date(paris_day(one.proposed_at)),
        proposed_by=typeset(f"par {one.proposed_by}{decided}"),
        end=full_date(effect.last_day.day) if effect else "",
        why=why_of(effect.last_day) if effect else Why(),
        late=typeset(
            f"La lettre présentée aujourd’hui serait tardive : la limite était le {full_date(effect.limit.day)}."
            if effect and effect.is_late
            else f"La lettre doit être présentée au plus tard le {full_date(effect.limit.day)}."
            if effect
            else ""
        ),
        late_why=why_of(effect.limit) if effect else Why(),
        refusal=one.refusal.message if one.refusal else "",
        refusal_why=why_of_told(one.refusal.reasons) if one.refusal else Why(),
        is_own=one.is_own,
        state=state,
        tone=tone,
    )


def received_row(one: ReceivedNotice) -> ReceivedRow:
    letter = one.letter
    base = f"/gestion/courriers/{letter.id}/preuves"
    state, tone = (
        ("tardive", "late")
        if one.missed
        else ("tardive, acceptée", "soon")
        if one.waiver
        else ("à temps", "done")
    )
    reason = REASONS.get(one.reason, "")
    said = " : ".join(part for part in (reason, one.words) if part)
    return ReceivedRow(
        notice_id=one.id,
        contract_id=one.contract_id,
        name=one.legal_name,
        number=one.number,
        posted=long_date(letter.posted_on) if letter.posted_on else "",
        ends=long_date(one.ends.day) if one.ends else "",
        why=why_of(one.ends) if one.ends else Why(),
        state=state,
        tone=tone,
        reason=typeset(said),
        missed=typeset(f"Accepter la fin du {full_date(one.missed.day)}") if one.missed else "",
        missed_why=why_of(one.missed) if one.missed else Why(),
        waiver=typeset(f"Acceptée par {one.waived_by} : {one.waiver}") if one.waiver else "",
        href=f"/gestion/lettres/{letter.id}.pdf",
        deposit_href=f"{base}/depot" if letter.has_deposit_proof else "",
        receipt_href=f"{base}/reception" if letter.has_proof else "",
    )
