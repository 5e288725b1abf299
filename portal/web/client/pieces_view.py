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
from portal.documents.kbis_zones import Kind
from portal.documents.signatures import ElectronicSignature
from portal.services.dossiers import Dossier, Version
from portal.services.papers import PRINTED
from portal.services.piece_readings import Reading
from portal.services.refusal_reasons import reason_of
from portal.web.components.shapes import Why
from portal.web.presenting import why_of, why_of_told


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was read: `tone` is done, soon, late or quiet, as a badge's; `fact` is when it was received or signed, or what was read
    before its sender corrected it.
    """

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

_KINDS: Final[Mapping[Kind | None, str]] = MappingProxyType(
    {
        Kind.KBIS: "Extrait K-bis",
        Kind.K: "Extrait K (entrepreneur individuel)",
        Kind.RNE: "Attestation du RNE, et non un extrait K-bis",
        None: "Extrait du registre",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What is said otherwise to whoever sent a piece and to whoever decides on it."""

    corrected: str
    typed: str
    says: str
    no_code: str
    no_box: str
    no_extract: str
    no_kbis: str
    unread: str
    broken_paper: str
    broken_extract: str


_TO_CLIENT: Final = _Words(
    corrected="vous avez corrigé",
    typed="vous l’avez saisi",
    says="selon vous",
    no_code="Aucun de nos codes de page n’a été lu : nous vérifierons à l’examen",
    no_box="Le cadre de signature n’a pas pu être regardé : nous le lirons",
    no_extract="Nous n’avons pas reconnu un extrait K-bis : vérifiez le fichier",
    no_kbis="nous déciderons à l’examen",
    unread="Une page est une image qui n’a pas pu être lue : nous la lirons nous-mêmes",
    broken_paper="envoyez le fichier tel que l’outil de signature l’a rendu, sans l’enregistrer de nouveau",
    broken_extract="envoyez le fichier tel que le greffe l’a délivré, sans l’enregistrer de nouveau",
)
_TO_STAFF: Final = _Words(
    corrected="corrigé par le client",
    typed="saisi par le client",
    says="selon le client",
    no_code="Aucun de nos codes de page n’a été lu : comparez avec l’impression",
    no_box="Le cadre de signature n’a pas pu être regardé : voyez la page",
    no_extract="Pas reconnu comme un extrait K-bis : voyez le fichier",
    no_kbis="à décider",
    unread="Une page est une image qui n’a pas pu être lue : voyez-la",
    broken_paper="le client doit l’envoyer tel que l’outil de signature l’a rendu",
    broken_extract="le client doit l’envoyer tel que le greffe l’a délivré",
)


def piece_card(
    dossier: Dossier, piece: Piece, *, for_staff: bool = False, is_outdated: bool = False
) -> PieceCard:
    """Return one piece as it stands, in the words for its sender or for staff.

    `is_outdated`: it says otherwise than the dossier, and is to be signed again.
    """
    words = _TO_STAFF if for_staff else _TO_CLIENT
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


def _version(dossier: Dossier, version: Version, words: _Words) -> SentVersion:
    reading = version.reading
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
        lines=_lines(dossier, version, words),
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
        asks_own=version.piece in PRINTED and reading.edition is None,
        asks_whole=version.piece in PRINTED and (reading.edition is None or bool(reading.pages_missing)),
        own=_own(dossier, version.piece),
        is_own=reading.own,
        is_whole=reading.whole,
    )


def _state(version: Version) -> tuple[str, str]:
    if version.waits_for_words:
        return "À compléter", "soon"
    if version.examination is None and version.reason:
        return "Refusé, puis remplacé", "over"
    return _STATES[version.examination]


def _own(dossier: Dossier, piece: Piece) -> str:
    contract = f"contrat {dossier.number}" if dossier.number else "contrat de ce dossier"
    return f"le {contract}" if piece is Piece.CONTRACT else f"le mandat du {contract}"


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


def _lines(dossier: Dossier, version: Version, words: _Words) -> list[Line]:
    reading = version.reading
    of_piece = _kbis_lines if version.piece is Piece.KBIS else _paper_lines
    own = of_piece(dossier, version, words)
    broken = words.broken_extract if version.piece is Piece.KBIS else words.broken_paper
    own.extend(_electronic(one, broken) for one in reading.signatures)
    if reading.unread:
        own.append(Line("Lecture", typeset(words.unread), "soon"))
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


def _paper_lines(dossier: Dossier, version: Version, words: _Words) -> list[Line]:
    reading, name = version.reading, _NAMES[version.piece]
    if reading.edition is None:
        fact = typeset(f"{_own(dossier, version.piece)}, {words.says}") if reading.own else ""
        which = Line("Pièce", typeset(words.no_code), "soon", fact=fact)
    else:
        which = Line("Pièce", typeset(f"{name} {dossier.number}, impression n° {reading.edition}"), "done")
    return [which, _pages(reading, words), *_signature(reading, words)]


def _pages(reading: Reading, words: _Words) -> Line:
    whole = typeset(f"toutes y sont, {words.says}") if reading.whole else ""
    if reading.edition is None or reading.pages_expected is None:
        return Line("Pages", typeset(count(reading.pages, "page reçue", "pages reçues")), fact=whole)
    seen = ", ".join(map(str, reading.pages_seen))
    word = "page" if len(reading.pages_seen) == 1 else "pages"
    text = f"{word} {seen} sur {reading.pages_expected}"
    if not reading.pages_missing:
        return Line("Pages", typeset(text), "done")
    missing = ", ".join(map(str, reading.pages_missing))
    return Line("Pages", typeset(f"{text} ; code non lu : {missing}"), "soon", fact=whole)


def _signature(reading: Reading, words: _Words) -> list[Line]:
    """Return what is said of the signature by hand; an electronic one has a line of its own, and needs no ink."""
    if "signed" in reading.corrected:
        said = "signée" if reading.signed else "non signée"
        read = {True: "signée", False: "non signée", None: ""}[reading.ink]
        tone = "soon" if reading.signed else "late"
        return [Line("Signature", said, tone, fact=_before(words, said, read))]
    if reading.signatures:
        return []
    if reading.ink is None:
        return [Line("Signature", typeset(words.no_box), "soon")]
    if reading.ink:
        return [Line("Signature", "Une signature est dans le cadre", "done")]
    return [Line("Signature", "Le cadre de signature paraît vide", "late")]


def _electronic(signature: ElectronicSignature, broken: str) -> Line:
    who = f"de {signature.signer}" if signature.signer else "d’une personne non nommée"
    what, tone = _standing(signature, broken)
    when = typeset(f"le {full_instant(signature.at)}") if signature.at else ""
    return Line("Signature électronique", typeset(f"{who} : {what}"), tone, fact=when)


def _standing(signature: ElectronicSignature, broken: str) -> tuple[str, str]:
    """Return what an electronic signature proves, and its tone: green only where a root vouches for who signed."""
    if not signature.intact:
        # Whose signature could not even be read may be sound: it is no proof of a change.
        what = "le document a changé depuis" if signature.signer else "ne peut pas être vérifiée ici"
        return f"{what} ; {broken}", "late"
    after = " ; quelque chose a été ajouté ensuite" if signature.modified_after else ""
    if signature.trusted:
        return f"intacte{after}", "soon" if after else "done"
    proves = "ne prouve pas qui a signé" if after else "prouve que rien n’a changé, pas qui a signé"
    return f"intacte{after} ; certificat non reconnu ici : il {proves}", "soon"


def _kbis_lines(dossier: Dossier, version: Version, words: _Words) -> list[Line]:
    reading = version.reading
    extract = reading.extract
    lines = [_kind(reading, words), _siren(dossier, reading, words)]
    if reading.name:
        typed = "company" in reading.corrected
        read = extract.name if extract and extract.name else ""
        fact = _before(words, reading.name, read) if typed else ""
        lines.append(Line("Entreprise", typeset(reading.name), "soon" if typed else "quiet", fact=fact))
    return [*lines, *_dated(version, words)]


def _kind(reading: Reading, words: _Words) -> Line:
    if reading.extract is None:
        return Line("Pièce", typeset(words.no_extract), "soon")
    if reading.kind is Kind.RNE:
        return Line("Pièce", typeset(f"{_KINDS[reading.kind]} : {words.no_kbis}"), "soon")
    return Line("Pièce", _KINDS[reading.kind], "done")


def _siren(dossier: Dossier, reading: Reading, words: _Words) -> Line:
    if reading.siren is None:
        return Line("SIREN", "non lu", "soon")
    now = in_groups(reading.siren)
    if reading.siren != dossier.contract.company.siren:
        tone = "late"
    else:
        tone = "soon" if "siren" in reading.corrected else "done"
    if "siren" not in reading.corrected:
        return Line("SIREN", now, tone)
    read = in_groups(reading.extract.siren) if reading.extract and reading.extract.siren else ""
    return Line("SIREN", now, tone, fact=_before(words, now, read))


def _dated(version: Version, words: _Words) -> list[Line]:
    """Return the day of an extract, and until which day it is good here: green where that day was read without doubt."""
    reading = version.reading
    if reading.contested:
        contested = typeset(f"{full_date(reading.contested)} lu à tort, {words.says}")
        return [Line("À jour au", "à indiquer", "soon", fact=contested)]
    if reading.dated is None:
        return [Line("À jour au", "non lu", "soon")]
    last = kbis_last_day(reading.dated)
    in_time = reading.dated <= paris_day(version.received_at) <= last.day
    received = f"reçu le {full_date(paris_day(version.received_at))}{', à temps' if in_time else ''}"
    now, before, doubt = full_date(reading.dated), "", ""
    if "dated" in reading.corrected:
        read = reading.extract.dated if reading.extract else None
        before = _before(words, now, full_date(read) if read else "")
    elif not reading.dated_sure:
        doubt = ", lecture incertaine"
    is_sure = reading.dated_sure
    return [
        Line("À jour au", typeset(f"{now}{doubt}"), "quiet" if is_sure else "soon", fact=before),
        Line(
            "Recevable jusqu’au",
            typeset(f"{full_date(last.day)} inclus{'' if is_sure else ', si cette date est la bonne'}"),
            ("done" if is_sure else "soon") if in_time else "late",
            why_of(last),
            received,
        ),
    ]


def _before(words: _Words, now: str, read: str) -> str:
    """Return what was read before its sender typed it, "" where she came back to it."""
    if not read:
        return f"non lu, {words.typed}"
    return typeset(f"lu : {read}, {words.corrected}") if read != now else ""


def _size(size: int) -> str:
    """Return a file's size as a person says it: « 1,2 Mo », « 85 Ko »."""
    if size < 1_000_000:  # noqa: PLR2004 -- a megabyte
        return f"{max(size // 1000, 1)} Ko"
    return f"{size / 1_000_000:.1f} Mo".replace(".", ",")
