"""What the three cards of pieces say: what was sent, what was read of it, what became of it, what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from portal.contract.acts import Piece
from portal.contract.company import in_groups
from portal.contract.decisions.pieces import must_be_expected
from portal.contract.french import full_instant, typeset
from portal.contract.refusal import Refusal
from portal.contract.state import Examination, Relationship
from portal.services.dossiers import Dossier, Version
from portal.services.piece_corrections import asked_of
from portal.services.refusal_reasons import reason_of
from portal.web.client.piece_lines import TO_CLIENT, TO_STAFF, Line, Words, lines_of, named_by
from portal.web.components.shapes import Why
from portal.web.presenting import why_of_told


@dataclass(frozen=True, slots=True)
class Link:
    """A file of a version: a page's picture, or an original."""

    label: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class SentVersion:
    """One version; an empty `id` means that there is none. `dated` is ISO, as a field of the page has it.

    `asks_own` and `asks_whole`: what its codes do not say is asked; `own` is what it would be.
    """

    id: str = ""
    name: str = ""
    received: str = ""
    state: str = ""
    tone: str = "quiet"
    waits_for: str = ""
    reason: str = ""
    remark: str = ""
    remedy: str = ""
    lines: list[Line] = field(default_factory=list)
    pages: list[Link] = field(default_factory=list)
    originals: list[Link] = field(default_factory=list)
    copy_href: str = ""
    can_be_corrected: bool = False
    dated: str = ""
    siren: str = ""
    company: str = ""
    is_signed: bool = False
    asks_own: bool = False
    asks_whole: bool = False
    own: str = ""
    is_own: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class PieceCard:
    """One of the three pieces; `closed` says why none can be sent now, "" where one can."""

    state: str = ""
    tone: str = "quiet"
    choose: str = ""
    closed: str = ""
    closed_why: Why = field(default_factory=Why)
    version: SentVersion = field(default_factory=SentVersion)
    earlier: list[SentVersion] = field(default_factory=list)


_STATES: Final[Mapping[Examination | None, tuple[str, str]]] = MappingProxyType(
    {
        Examination.RECEIVED: ("Reçu, en attente de notre lecture", "soon"),
        Examination.ACCEPTED: ("Accepté", "done"),
        Examination.REFUSED: ("Refusé", "late"),
        None: ("Remplacé", "over"),
    }
)


def piece_card(
    dossier: Dossier, piece: Piece, *, for_staff: bool = False, is_outdated: bool = False
) -> PieceCard:
    """Return one piece as it stands, in the words for its sender or for staff.

    `is_outdated`: it says otherwise than the dossier, and is to be signed again.
    """
    words = TO_STAFF if for_staff else TO_CLIENT
    current = dossier.examined(piece) if for_staff else dossier.current(piece)
    earlier = [
        _version(dossier, one, words)
        for one in dossier.versions
        if one.piece is piece and (current is None or one.id != current.id)
    ]
    closed, why = _closed(dossier, piece, is_outdated=is_outdated)
    card = PieceCard(
        state="À envoyer",
        choose="Choisir le fichier ou les photos",
        closed=closed,
        closed_why=why,
        earlier=earlier,
    )
    if current is None:
        return card
    version = _version(dossier, current, words)
    if is_outdated and current.examination is Examination.ACCEPTED:
        version = replace(version, state="À signer de nouveau", tone="late")
    can_be_corrected = not closed and (current.waits_for_words or current.examination is Examination.RECEIVED)
    return replace(
        card,
        state=version.state,
        tone=version.tone,
        choose="Envoyer une autre version",
        version=replace(version, can_be_corrected=can_be_corrected),
    )


def _closed(dossier: Dossier, piece: Piece, *, is_outdated: bool) -> tuple[str, Why]:
    """Return why nothing more is to be sent, or why the rules would refuse whatever is sent, with their reason."""
    state = dossier.contract.state
    document = state.documents.get(piece)
    is_accepted = document is not None and document.examination is Examination.ACCEPTED
    # A contract in force lives on with another account: its mandate can be replaced. So can one whose company, or
    # whoever signs, is named otherwise by now.
    if (
        is_accepted
        and not is_outdated
        and (state.relationship is not Relationship.ACTIVE or piece is not Piece.MANDATE)
    ):
        return typeset("Nous avons accepté cette pièce : vous n’avez rien à renvoyer."), Why()
    try:
        must_be_expected(state, piece, dossier.contract.at)
    except Refusal as refusal:
        return typeset(refusal.message), why_of_told(refusal.reasons)
    return "", Why()


# --- a version -----------------------------------------------------------------------------------


def _version(dossier: Dossier, version: Version, words: Words) -> SentVersion:
    reading = version.reading
    asked = asked_of(version.piece, reading)
    at = f"/pieces/{version.id}"
    state, tone = _state(version)
    reason = reason_of(version.reason) if version.reason else None
    originals = reading.pages if reading.photos else 1
    return SentVersion(
        id=version.id,
        name=version.name,
        received=typeset(f"reçu le {full_instant(version.received_at)}, {_size(version.size)}"),
        state=state,
        tone=tone,
        waits_for=_waits_for(dossier, version),
        reason=typeset(reason.text) if reason else "",
        remark=typeset(version.remark) if reason else "",
        remedy=typeset(reason.remedy) if reason else "",
        lines=lines_of(dossier, version, words),
        pages=[
            Link(f"Page {number} sur {len(version.previews)}", f"{at}/page-{number}.webp")
            for number, is_drawn in enumerate(version.previews, start=1)
            if is_drawn
        ],
        originals=[
            Link(
                "Fichier envoyé" if originals == 1 else f"Photo {number}",
                f"{at}/original-{number}",
            )
            for number in range(1, originals + 1)
        ],
        copy_href=f"{at}/copie.pdf",
        dated=reading.dated.isoformat() if reading.dated else "",
        siren=in_groups(reading.siren) if reading.siren else "",
        company=reading.name or "",
        is_signed=reading.signed,
        asks_own="own" in asked,
        asks_whole="whole" in asked,
        own=named_by(dossier, version.piece),
        is_own=reading.own,
        is_whole=reading.whole,
    )


def _state(version: Version) -> tuple[str, str]:
    if version.waits_for_words:
        return "À compléter", "soon"
    if version.examination is None and version.reason:
        return "Refusé, puis remplacé", "over"
    return _STATES[version.examination]


def _waits_for(dossier: Dossier, version: Version) -> str:
    if not version.waits_for_words:
        return ""
    reading = version.reading
    if reading.contested:
        return typeset(
            "La date que nous avons lue est fausse, selon vous : indiquez ci-dessous celle qui est imprimée. Votre extrait "
            "comptera du jour où il nous est parvenu."
        )
    if reading.siren not in {None, dossier.contract.company.siren}:
        return typeset(
            "Le SIREN que nous avons lu n’est pas celui de votre compte, et nous n’en sommes pas sûrs : vérifiez-le "
            "ci-dessous avec la date, ou envoyez l’extrait de votre entreprise."
        )
    if reading.dated is None:
        return typeset(
            "Nous n’avons pas su lire la date « à jour au » : indiquez-la ci-dessous, telle qu’elle est imprimée. "
            "Votre extrait comptera du jour où il nous est parvenu."
        )
    return typeset(
        "La date que nous avons lue ne convient pas, et nous n’en sommes pas sûrs : vérifiez-la ci-dessous, "
        "ou envoyez un extrait plus récent."
    )


def _size(size: int) -> str:
    """Return a file's size as a person says it: « 1,2 Mo », « 85 Ko »."""
    if size < 1_000_000:  # noqa: PLR2004 -- a megabyte
        return f"{max(size // 1000, 1)} Ko"
    return f"{size / 1_000_000:.1f} Mo".replace(".", ",")
