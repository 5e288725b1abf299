"""What the three cards of pieces say: what was sent, what was read of it, what became of it, what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.contract.company import in_groups
from portal.contract.decisions.pieces import must_be_expected
from portal.contract.dossier import kbis_last_day
from portal.contract.french import count, full_date, full_instant, typeset
from portal.contract.refusal import Refusal
from portal.contract.state import Examination, Relationship
from portal.documents.signatures import ElectronicSignature
from portal.services.dossiers import Dossier, Version
from portal.services.piece_readings import Reading
from portal.services.refusal_reasons import reason_of
from portal.web.components.shapes import Why
from portal.web.presenting import why_of, why_of_told


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was read: `tone` is done, soon, late or quiet, as a badge's; `fact` is when it was received, or signed."""

    label: str = ""
    text: str = ""
    tone: str = "quiet"
    why: Why = field(default_factory=Why)
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A file of a version: a page's picture, or an original."""

    label: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class SentVersion:
    """One version; an empty `id` means that there is none. `dated` is ISO, as a field of the page has it."""

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
    is_signed: bool = False


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


_NAMES: Final[Mapping[Piece, str]] = MappingProxyType(
    {Piece.CONTRACT: "Contrat", Piece.MANDATE: "Mandat", Piece.KBIS: "Extrait du registre"}
)
_STATES: Final[Mapping[Examination | None, tuple[str, str]]] = MappingProxyType(
    {
        Examination.RECEIVED: ("Reçu, en attente de notre lecture", "soon"),
        Examination.ACCEPTED: ("Accepté", "done"),
        Examination.REFUSED: ("Refusé", "late"),
        None: ("Remplacé", "over"),
    }
)


def piece_card(dossier: Dossier, piece: Piece) -> PieceCard:
    """Return one piece as it stands."""
    current = dossier.current(piece)
    earlier = [
        _version(dossier, one)
        for one in dossier.versions
        if one.piece is piece and (current is None or one.id != current.id)
    ]
    closed, why = _closed(dossier, piece)
    card = PieceCard(
        state="À envoyer",
        choose="Choisir le fichier ou les photos",
        closed=closed,
        closed_why=why,
        earlier=earlier,
    )
    if current is None:
        return card
    version = _version(dossier, current)
    can_be_corrected = not closed and (current.waits_for_words or current.examination is Examination.RECEIVED)
    return replace(
        card,
        state=version.state,
        tone=version.tone,
        choose="Envoyer une autre version",
        version=replace(version, can_be_corrected=can_be_corrected),
    )


def _closed(dossier: Dossier, piece: Piece) -> tuple[str, Why]:
    """Return why nothing more is to be sent, or why the rules would refuse whatever is sent, with their reason."""
    state = dossier.contract.state
    document = state.documents.get(piece)
    is_accepted = document is not None and document.examination is Examination.ACCEPTED
    # A contract in force lives on with another account: its mandate can be replaced.
    if is_accepted and (state.relationship is not Relationship.ACTIVE or piece is not Piece.MANDATE):
        return typeset("Nous avons accepté cette pièce : vous n’avez rien à renvoyer."), Why()
    try:
        must_be_expected(state, piece, dossier.contract.at)
    except Refusal as refusal:
        return typeset(refusal.message), why_of_told(refusal.reasons)
    return "", Why()


# --- a version -----------------------------------------------------------------------------------


def _version(dossier: Dossier, version: Version) -> SentVersion:
    reading = version.reading
    at = f"/pieces/{version.id}"
    state, tone = ("À compléter", "soon") if version.waits_for_words else _STATES[version.examination]
    reason = reason_of(version.reason) if version.examination is Examination.REFUSED else None
    originals = reading.pages if reading.photos else 1
    return SentVersion(
        id=version.id,
        name=version.name,
        received=typeset(f"reçue le {full_instant(version.received_at)}, {_size(version.size)}"),
        state=state,
        tone=tone,
        waits_for=_waits_for(version),
        reason=typeset(reason.text) if reason else "",
        remark=typeset(version.remark) if reason else "",
        remedy=typeset(reason.remedy) if reason else "",
        lines=_lines(dossier, version),
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
        is_signed=reading.signed,
    )


def _waits_for(version: Version) -> str:
    if not version.waits_for_words:
        return ""
    if version.reading.dated is None:
        return typeset(
            "Nous n’avons pas su lire la date « à jour au » : indiquez-la ci-dessous, telle qu’elle est imprimée. "
            "Votre extrait comptera du jour où il nous est parvenu."
        )
    return typeset(
        "La date que nous avons lue ne convient pas, et nous n’en sommes pas sûrs : vérifiez-la ci-dessous, "
        "ou envoyez un extrait plus récent."
    )


def _lines(dossier: Dossier, version: Version) -> list[Line]:
    reading = version.reading
    own = _kbis_lines(dossier, version) if version.piece is Piece.KBIS else _paper_lines(dossier, version)
    if reading.unread:
        own.append(
            Line(
                "Lecture",
                "Une page est une image qui n’a pas pu être lue : nous la lirons nous-mêmes",
                "soon",
            )
        )
    if reading.rebuilt:
        own.append(
            Line("Fichier", typeset("Le fichier était incomplet : réparé, à vérifier page par page"), "soon")
        )
    if undrawn := [str(number) for number, is_drawn in enumerate(version.previews, start=1) if not is_drawn]:
        which = f"{'Page' if len(undrawn) == 1 else 'Pages'} {', '.join(undrawn)}"
        own.append(Line("Aperçu", typeset(f"{which} : sans aperçu, voir la copie"), "soon"))
    if reading.removed:
        removed = ", ".join(one.value for one in reading.removed)
        own.append(Line("Copie", typeset(f"Retiré de la copie que nous consultons : {removed}")))
    return own


def _paper_lines(dossier: Dossier, version: Version) -> list[Line]:
    reading, name = version.reading, _NAMES[version.piece]
    if reading.edition is None:
        which = Line("Pièce", "Aucun de nos codes de page n’a été lu : nous vérifierons à l’examen", "soon")
    else:
        which = Line("Pièce", typeset(f"{name} {dossier.number}, impression n° {reading.edition}"), "done")
    return [which, _pages(reading), *_signatures(reading)]


def _pages(reading: Reading) -> Line:
    if reading.edition is None or reading.pages_expected is None:
        return Line("Pages", typeset(count(reading.pages, "page reçue", "pages reçues")))
    seen = ", ".join(map(str, reading.pages_seen))
    word = "page" if len(reading.pages_seen) == 1 else "pages"
    text = f"{word} {seen} sur {reading.pages_expected}"
    if not reading.pages_missing:
        return Line("Pages", typeset(text), "done")
    missing = ", ".join(map(str, reading.pages_missing))
    return Line("Pages", typeset(f"{text} ; code non lu : {missing}"), "soon")


def _signatures(reading: Reading) -> list[Line]:
    if "signed" in reading.corrected:
        said = "signée" if reading.signed else "non signée"
        return [Line("Signature", f"{said}, selon vous", "done" if reading.signed else "late")]
    if reading.signatures:
        return [_electronic(one) for one in reading.signatures]
    if reading.ink is None:
        return [Line("Signature", "Le cadre de signature n’a pas pu être regardé : nous le lirons", "soon")]
    if reading.ink:
        return [Line("Signature", "Une signature est dans le cadre", "done")]
    return [Line("Signature", "Le cadre de signature paraît vide", "late")]


def _electronic(signature: ElectronicSignature) -> Line:
    when = typeset(f"le {full_instant(signature.at)}") if signature.at else ""
    who = f"de {signature.signer}" if signature.signer else "d’une personne non nommée"
    if not signature.intact:
        return Line(
            "Signature électronique", typeset(f"{who} : le document a changé depuis"), "late", fact=when
        )
    trust = "" if signature.trusted else " ; nous vérifierons le certificat"
    after = " ; quelque chose a été ajouté ensuite" if signature.modified_after else ""
    tone = "soon" if signature.modified_after else "done"
    return Line("Signature électronique", typeset(f"{who} : intacte{after}{trust}"), tone, fact=when)


def _kbis_lines(dossier: Dossier, version: Version) -> list[Line]:
    reading = version.reading
    extract = reading.extract
    lines = [
        Line("Pièce", "Extrait du registre", "done")
        if extract
        else Line("Pièce", "Nous n’avons pas reconnu un extrait K-bis : vérifiez le fichier", "soon")
    ]
    if reading.siren is None:
        lines.append(Line("SIREN", "non lu", "soon"))
    else:
        same = reading.siren == dossier.contract.company.siren
        text = in_groups(reading.siren) + _by_you(reading, "siren")
        lines.append(Line("SIREN", typeset(text), "done" if same else "late"))
    if extract and extract.name:
        lines.append(Line("Entreprise", typeset(extract.name)))
    if reading.dated is None:
        return [*lines, Line("À jour au", "non lu", "soon")]
    last = kbis_last_day(reading.dated)
    in_time = reading.dated <= paris_day(version.received_at) <= last.day
    received = f"reçu le {full_date(paris_day(version.received_at))}{', à temps' if in_time else ''}"
    return [
        *lines,
        Line("À jour au", typeset(full_date(reading.dated) + _by_you(reading, "dated"))),
        Line(
            "Recevable jusqu’au",
            typeset(f"{full_date(last.day)} inclus"),
            "done" if in_time else "late",
            why_of(last),
            received,
        ),
    ]


def _by_you(reading: Reading, name: str) -> str:
    return ", selon vous" if name in reading.corrected else ""


def _size(size: int) -> str:
    """Return a file's size as a person says it: « 1,2 Mo », « 85 Ko »."""
    if size < 1_000_000:  # noqa: PLR2004 -- a megabyte
        return f"{max(size // 1000, 1)} Ko"
    return f"{size / 1_000_000:.1f} Mo".replace(".", ",")
