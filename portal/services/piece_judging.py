"""What a file that was sent is, beside the piece that was awaited (CGV art. 8): taken, or refused with what to do.

What the portal is sure of refuses at once: another dossier's pages, another paper, an old printing, a
page that is not there. All the rest is a proposal, that the client corrects and staff decide on.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from portal.contract.acts import Piece
from portal.contract.dossier import PIECE_NAMES
from portal.contract.french import count
from portal.contract.refusal import Refusal
from portal.documents.page_codes import PageCode, verified
from portal.documents.workshop import Examined
from portal.services.papers import PRINTED, Expected
from portal.services.piece_readings import Reading

_MOST_TEXT_PAGES: Final = 4
_MOST_CHARACTERS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Awaited:
    """The piece that is awaited: of the contract of this `number`, as it was `printed` last (None: never)."""

    piece: Piece
    number: str
    printed: Expected | None


def judged(awaited: Awaited, examined: Examined, key: bytes) -> Reading:
    """Return what was read of a piece; raises `Refusal` where it is surely not the one awaited."""
    codes = tuple(
        code for page in examined.pages for text in page.codes if (code := verified(text, key)) is not None
    )
    own = _own_codes(awaited, codes)
    if awaited.piece in PRINTED and examined.extract is not None and not own:
        raise _wrong_piece(Piece.KBIS, awaited.piece)
    seen = _pages_seen(awaited, own)
    expected = awaited.printed.pages if awaited.printed else None
    if expected is not None and awaited.piece in PRINTED:
        _must_have_all_pages(awaited.piece, seen, expected, len(examined.pages))
    return _reading(awaited, examined, seen, expected)


def _reading(awaited: Awaited, examined: Examined, seen: tuple[int, ...], expected: int | None) -> Reading:
    is_paper = awaited.piece in PRINTED
    ink = next((one.seen for one in examined.ink), None) if is_paper else None
    intact = any(one.intact for one in examined.signatures)
    extract = None if is_paper else examined.extract
    return Reading(
        photos=examined.photos,
        pages=len(examined.pages),
        texts=tuple(page.text[:_MOST_CHARACTERS] for page in examined.pages[:_MOST_TEXT_PAGES]),
        edition=awaited.printed.edition if awaited.printed and seen else None,
        pages_seen=seen,
        pages_expected=expected if is_paper else None,
        ink=ink,
        signatures=examined.signatures,
        extract=extract,
        removed=examined.removed,
        unread=examined.unread,
        signed=not is_paper or intact or ink is not False,
        dated=extract.dated if extract else None,
        siren=extract.siren if extract else None,
        rebuilt=examined.rebuilt,
    )


def _own_codes(awaited: Awaited, codes: tuple[PageCode, ...]) -> tuple[PageCode, ...]:
    """Return the codes of the awaited paper; a file may hold the other paper as well, never another's only."""
    foreign = next((code for code in codes if code.contract != awaited.number), None)
    if foreign is not None:
        raise Refusal(
            "another_dossier",
            clause="8",
            message=(
                f"Ce fichier porte une page du contrat {foreign.contract}, qui n’est pas le vôtre"
                + (f" ({awaited.number})" if awaited.number else "")
                + ". Retirez-la, ou envoyez le fichier depuis le compte de cette entreprise."
            ),
        )
    own = tuple(code for code in codes if code.piece is awaited.piece)
    if codes and not own:
        raise _wrong_piece(codes[0].piece, awaited.piece)
    return own


def _wrong_piece(found: Piece, awaited: Piece) -> Refusal:
    return Refusal(
        "wrong_piece",
        clause="8",
        message=(
            f"Ce fichier est {PIECE_NAMES[found]}, et non {PIECE_NAMES[awaited]}. "
            "Déposez-le à sa place, et ici la pièce demandée."
        ),
    )


def _pages_seen(awaited: Awaited, own: tuple[PageCode, ...]) -> tuple[int, ...]:
    """Return the pages of the latest printing; raises `Refusal` where all are of an earlier one."""
    latest = awaited.printed.edition if awaited.printed else 0
    current = [code for code in own if code.edition == latest]
    if own and not current:
        raise Refusal(
            "outdated_printing",
            clause="8",
            message=(
                f"Ce fichier est l’impression n° {own[0].edition}, et les informations ont changé depuis : "
                f"c’est l’impression n° {latest} qu’il faut signer. Téléchargez-la, signez-la et envoyez-la."
            ),
        )
    return tuple(page for page, _ in groupby(sorted(code.page for code in current)))


def _must_have_all_pages(piece: Piece, seen: tuple[int, ...], expected: int, pages: int) -> None:
    """Raise `Refusal` where there are too few pages, whether or not their codes could be read."""
    if pages >= expected:
        return
    missing = sorted(set(range(1, expected + 1)) - set(seen)) if seen else []
    what = f"il manque {_pages(missing)}" if missing else f"ce fichier n’en a que {count(pages, 'page')}"
    raise Refusal(
        "pages_missing",
        clause="8",
        message=(
            f"{PIECE_NAMES[piece].capitalize()} compte {count(expected, 'page')} : {what}. "
            "Envoyez toutes ses pages, dans un seul PDF ou en plusieurs photos."
        ),
    )


def _pages(numbers: list[int]) -> str:
    *first, last = map(str, numbers)
    return f"les pages {', '.join(first)} et {last}" if first else f"la page {last}"
