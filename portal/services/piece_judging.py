"""What a file that was sent is, beside the piece that was awaited (CGV art. 8): taken, or refused with what to do.

What the portal is sure of refuses at once: another dossier's pages, another paper, an old printing, a
page that is not there. All the rest is a proposal, that the client corrects and staff decide on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from portal.contract.acts import Piece
from portal.contract.dossier import PIECE_NAMES
from portal.contract.french import count, listed
from portal.contract.refusal import Refusal
from portal.documents.page_codes import PageCode, minted, verified
from portal.documents.signature_box import BoxToSee
from portal.documents.workshop import Examined
from portal.services.papers import PRINTED, Expected
from portal.services.piece_readings import Reading

_MOST_TEXT_PAGES: Final = 4
_MOST_CHARACTERS: Final = 20_000
_Sheets = Sequence[Sequence[PageCode]]  # the codes of each page of the file: two where it shows two of ours


@dataclass(frozen=True, slots=True)
class Awaited:
    """The piece that is awaited: of the contract of this `number`, in one of these printings, the latest first."""

    piece: Piece
    number: str
    printed: tuple[Expected, ...]


def boxes_to_see(awaited: Awaited, key: bytes) -> tuple[BoxToSee, ...]:
    """Return where ink is looked for: on the page to sign of each printing that this very paper may be of."""
    pages = (
        (PageCode(awaited.number, awaited.piece, one.edition, one.box.page, one.pages), one.box)
        for one in awaited.printed
    )
    return tuple(BoxToSee(minted(page, key), box) for page, box in pages)


def judged(awaited: Awaited, examined: Examined, key: bytes) -> Reading:
    """Return what was read of a piece; raises `Refusal` where it is surely not the one awaited."""
    sheets = [
        [code for text in page.codes if (code := verified(text, key)) is not None] for page in examined.pages
    ]
    own = _own_codes(awaited, sheets, photos=examined.photos)
    if awaited.piece in PRINTED and examined.extract is not None and not own:
        raise _wrong_piece(Piece.KBIS, awaited.piece)
    printing = _printing(awaited, own)
    current = [code for code in own if printing is not None and code.edition == printing.edition]
    if printing is not None:
        _must_have_all_pages(awaited.piece, printing.pages, own, current, sheets)
    return _reading(awaited, examined, tuple(sorted({code.page for code in current})), printing)


def _reading(
    awaited: Awaited, examined: Examined, seen: tuple[int, ...], printing: Expected | None
) -> Reading:
    is_paper = awaited.piece in PRINTED
    inks = zip(awaited.printed, examined.ink, strict=True)
    ink = next((one.seen for of, one in inks if of is printing), None)
    intact = any(one.intact for one in examined.signatures)
    extract = None if is_paper else examined.extract
    return Reading(
        photos=examined.photos,
        pages=len(examined.pages),
        texts=tuple(page.text[:_MOST_CHARACTERS] for page in examined.pages[:_MOST_TEXT_PAGES]),
        edition=printing.edition if printing and seen else None,
        pages_seen=seen,
        pages_expected=printing.pages if printing else None,
        ink=ink,
        signatures=examined.signatures,
        extract=extract,
        removed=examined.removed,
        unread=examined.unread,
        signed=not is_paper or intact or ink is not False,
        dated=extract.dated if extract else None,
        siren=extract.siren if extract else None,
        kind=None if is_paper else examined.kind,
        rebuilt=examined.rebuilt,
    )


def _own_codes(awaited: Awaited, sheets: _Sheets, *, photos: bool) -> list[PageCode]:
    """Return the codes of the awaited paper; a file may hold the other paper as well, never another's only."""
    codes = [code for sheet in sheets for code in sheet]
    if any(code.contract != awaited.number for code in codes):
        raise _another_dossier(awaited.number, sheets, photos=photos)
    own = [code for code in codes if code.piece is awaited.piece]
    if codes and not own:
        raise _wrong_piece(codes[0].piece, awaited.piece)
    return own


def _another_dossier(number: str, sheets: _Sheets, *, photos: bool) -> Refusal:
    """Return the refusal that names the pages to take out of the file, where others are this dossier's."""
    foreign = {
        nth: code.contract for nth, sheet in enumerate(sheets, 1) for code in sheet if code.contract != number
    }
    whose = f"du contrat {next(iter(foreign.values()))}, qui n’est pas le vôtre"
    whose += f" ({number})" if number else ""
    if all(code.contract != number for sheet in sheets for code in sheet):
        what, first = f"Ce fichier porte une page {whose}", "Retirez-la"
    else:
        where = _named([*foreign], "photo" if photos else "page") + (
            " de l’envoi" if photos else " de ce fichier"
        )
        one = len(foreign) == 1
        what = f"{where[0].upper()}{where[1:]} {'est' if one else 'sont'} {whose}"
        first = "Retirez-la" if one else "Retirez-les"
    return Refusal(
        "another_dossier",
        clause="8",
        message=f"{what}. {first}, ou envoyez le fichier depuis le compte de cette entreprise.",
    )


def _wrong_piece(found: Piece, awaited: Piece) -> Refusal:
    return Refusal(
        "wrong_piece",
        clause="8",
        message=(
            f"Ce fichier est {PIECE_NAMES[found]}, et non {PIECE_NAMES[awaited]}. "
            "Déposez-le à sa place, et ici la pièce demandée."
        ),
    )


def _printing(awaited: Awaited, own: Sequence[PageCode]) -> Expected | None:
    """Return the printing that a file is of: the one it has most pages of, else the latest; None where none was made.

    Raises `Refusal` where all its pages are of an earlier one that says otherwise.
    """
    if not awaited.printed:
        return None
    pages = Counter(edition for edition, _ in {(code.edition, code.page) for code in own})
    found = max(awaited.printed, key=lambda one: pages[one.edition])
    if own and not pages[found.edition]:
        raise Refusal(
            "outdated_printing",
            clause="8",
            message=(
                f"Ce fichier est l’impression n° {own[0].edition}, et ce qu’il dit a changé depuis : c’est l’impression "
                f"n° {awaited.printed[0].edition} qu’il faut signer. Téléchargez-la, signez-la et envoyez-la."
            ),
        )
    return found


def _must_have_all_pages(
    piece: Piece, expected: int, own: Sequence[PageCode], current: Sequence[PageCode], sheets: _Sheets
) -> None:
    """Raise `Refusal` where a page is surely not there: only a sheet that bears no code may be one that was not seen."""
    seen = Counter(code.page for code in current)
    missing = [page for page in range(1, expected + 1) if page not in seen]
    without_code = sum(not sheet for sheet in sheets)
    if len(missing) <= without_code:
        return
    if not seen:
        lacks = f"ce fichier n’en a que {count(len(sheets), 'page')}"
    elif without_code:
        lacks = f"il manque {count(len(missing) - without_code, 'page')} parmi {_named(missing)}"
    else:
        lacks = f"il manque {_named(missing)}"
    if twice := [page for page, times in sorted(seen.items()) if times > 1]:
        lacks += f" ; {_named(twice)} {'y est' if len(twice) == 1 else 'y sont'} en double"
    if other := sorted({code.page for code in own if code.page in missing}):
        only = "n’y est que" if len(other) == 1 else "n’y sont que"
        lacks += f" ; {_named(other)} {only} d’une autre impression"
    raise Refusal(
        "pages_missing",
        clause="8",
        message=(
            f"Ce fichier est incomplet : {PIECE_NAMES[piece]} compte {count(expected, 'page')}, {lacks}. "
            "Envoyez toutes ses pages, dans un seul PDF ou en plusieurs photos."
        ),
    )


def _named(numbers: Sequence[int], noun: str = "page") -> str:
    """Return « la page 2 », « les photos 1, 2 et 4 »."""
    which = listed([str(one) for one in numbers])
    return f"la {noun} {which}" if len(numbers) == 1 else f"les {noun}s {which}"
