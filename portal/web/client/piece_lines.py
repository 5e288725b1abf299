"""What the lines of a piece say: what was read of it, how sure that is, and what its sender says instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.contract.company import in_groups
from portal.contract.dossier import kbis_last_day
from portal.contract.french import count, full_date, full_instant, typeset
from portal.documents.kbis_zones import Kind
from portal.documents.signatures import ElectronicSignature
from portal.services.dossiers import Dossier, Version
from portal.services.piece_readings import Reading
from portal.web.components.shapes import Why
from portal.web.presenting import why_of


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


_NAMES: Final[Mapping[Piece, str]] = MappingProxyType(
    {Piece.CONTRACT: "Contrat", Piece.MANDATE: "Mandat", Piece.KBIS: "Extrait du registre"}
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
class Words:
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


TO_CLIENT: Final = Words(
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
TO_STAFF: Final = Words(
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


def lines_of(dossier: Dossier, version: Version, words: Words) -> list[Line]:
    """Return what is said of a version, line by line."""
    reading = version.reading
    of_piece = _kbis_lines if version.piece is Piece.KBIS else _paper_lines
    own = of_piece(dossier, version, words)
    broken = words.broken_extract if version.piece is Piece.KBIS else words.broken_paper
    own.extend(_electronic(one, broken) for one in reading.signatures)
    if reading.unread:
        own.append(Line("Lecture", typeset(words.unread), "soon"))
    if reading.rebuilt:
        own.append(
            Line("Fichier", typeset("Le fichier était abîmé : réparé, à vérifier page par page"), "soon")
        )
    if undrawn := [str(number) for number, is_drawn in enumerate(version.previews, start=1) if not is_drawn]:
        which = f"{'Page' if len(undrawn) == 1 else 'Pages'} {', '.join(undrawn)}"
        own.append(Line("Aperçu", typeset(f"{which} : sans aperçu, voir la copie"), "soon"))
    if reading.removed:
        removed = ", ".join(one.value for one in reading.removed)
        own.append(Line("Copie", typeset(f"Retiré de la copie que nous consultons : {removed}")))
    return own


def named_by(dossier: Dossier, piece: Piece) -> str:
    """Return a paper by the contract it is of."""
    contract = f"contrat {dossier.number}" if dossier.number else "contrat de ce dossier"
    return f"le {contract}" if piece is Piece.CONTRACT else f"le mandat du {contract}"


def _paper_lines(dossier: Dossier, version: Version, words: Words) -> list[Line]:
    reading, name = version.reading, _NAMES[version.piece]
    if reading.edition is None:
        fact = typeset(f"{named_by(dossier, version.piece)}, {words.says}") if reading.own else ""
        which = Line("Pièce", typeset(words.no_code), "soon", fact=fact)
    else:
        which = Line("Pièce", typeset(f"{name} {dossier.number}, impression n° {reading.edition}"), "done")
    return [which, _pages(reading, words), *_signature(reading, words)]


def _pages(reading: Reading, words: Words) -> Line:
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


def _signature(reading: Reading, words: Words) -> list[Line]:
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


def _kbis_lines(dossier: Dossier, version: Version, words: Words) -> list[Line]:
    reading = version.reading
    extract = reading.extract
    lines = [_kind(reading, words), _siren(dossier, reading, words)]
    if reading.name:
        typed = "company" in reading.corrected
        read = extract.name if extract and extract.name else ""
        fact = _before(words, reading.name, read) if typed else ""
        lines.append(Line("Entreprise", typeset(reading.name), "soon" if typed else "quiet", fact=fact))
    return [*lines, *_dated(version, words)]


def _kind(reading: Reading, words: Words) -> Line:
    if reading.extract is None:
        return Line("Pièce", typeset(words.no_extract), "soon")
    if reading.kind is Kind.RNE:
        return Line("Pièce", typeset(f"{_KINDS[reading.kind]} : {words.no_kbis}"), "soon")
    return Line("Pièce", _KINDS[reading.kind], "done")


def _siren(dossier: Dossier, reading: Reading, words: Words) -> Line:
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


def _dated(version: Version, words: Words) -> list[Line]:
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


def _before(words: Words, now: str, read: str) -> str:
    """Return what was read before its sender typed it, "" where she came back to it."""
    if not read:
        return f"non lu, {words.typed}"
    return typeset(f"lu : {read}, {words.corrected}") if read != now else ""
