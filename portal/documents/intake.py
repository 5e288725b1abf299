"""What a received file is, by its bytes and never by its name: PDF, JPEG or PNG, within our limits.

Only the beginning and the size are looked at here; whatever parses the rest runs in `workshop`.
"""

import re
import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 15 * 1024**2
MAX_PAGES: Final = 60
MAX_PIXELS: Final = 52_000_000
"""Of one photo: what a 50-megapixel phone takes."""

_BEGINNING = 1024  # a PDF's header may be preceded by that much (ISO 32000-1, annex H.3.4.1)
_LONGEST_NAME = 100
_SPACES = re.compile(r"\s+")
_UNSAFE = re.compile(r'[<>:"|?*]')


class Format(StrEnum):
    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"

    @property
    def media_type(self) -> str:
        return "application/pdf" if self is Format.PDF else f"image/{self.value}"


class Fault(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    WRONG_TYPE = "wrong_type"
    MIXED = "mixed"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    INFECTED = "infected"
    TOO_SLOW = "too_slow"
    TOO_HEAVY = "too_heavy"
    NO_ROOM = "no_room"
    """On our disk: the file is blameless."""
    BUSY = "busy"


_AGAIN = "enregistrez-le ou numérisez-le de nouveau, puis renvoyez-le"
_SIMPLER = "imprimez-le en PDF ou numérisez-le, puis envoyez le nouveau fichier"

_REASONS: Final = {
    Fault.EMPTY: "est vide\u00a0: choisissez-le de nouveau et envoyez-le en entier",
    Fault.TOO_BIG: "dépasse 15\u00a0Mo\u00a0: numérisez-le en 150 ou 200 points par pouce, ou envoyez moins de pages",
    Fault.WRONG_TYPE: "n’est ni un PDF, ni une photo JPEG ou PNG\u00a0: envoyez l’un des trois",
    Fault.MIXED: "ne peut pas être joint aux autres\u00a0: envoyez un seul PDF, ou bien des photos",
    Fault.ENCRYPTED: "est protégé par un mot de passe\u00a0: enregistrez-le sans mot de passe et renvoyez-le",
    Fault.DAMAGED: f"est abîmé ou incomplet\u00a0: {_AGAIN}",
    Fault.TOO_MANY_PAGES: f"compte plus de {MAX_PAGES}\u00a0pages\u00a0: n’envoyez que la pièce demandée",
    Fault.TOO_MANY_PIXELS: "dépasse 52\u00a0millions de pixels\u00a0: envoyez une photo plus petite",
    Fault.INFECTED: "contient un virus connu et n’a pas été gardé\u00a0: vérifiez votre appareil et envoyez une copie saine",
    Fault.TOO_SLOW: f"est trop long à lire\u00a0: {_SIMPLER}",
    Fault.TOO_HEAVY: f"est trop lourd à lire une fois ouvert\u00a0: {_SIMPLER}",
    Fault.NO_ROOM: "n’a pas pu être ouvert, faute de place de notre côté\u00a0: renvoyez-le dans quelques minutes",
    Fault.BUSY: "n’a pas encore été lu, car nous en lisons beaucoup d’autres\u00a0: réessayez dans une minute",
}

# What people send instead, by its first bytes (`offset`, `magic`), with the remedy of each.
_OTHERS: Final = (
    (0, b"PK\x03\x04", "est un document Word, un tableur ou une archive ZIP\u00a0: enregistrez-le en PDF et envoyez le PDF"),
    (0, b"\xd0\xcf\x11\xe0", "est un ancien document Word ou Excel\u00a0: enregistrez-le en PDF et envoyez le PDF"),
    (0, b"{\\rtf", "est un texte RTF\u00a0: enregistrez-le en PDF et envoyez le PDF"),
    (4, b"ftyphei", "est une photo HEIC\u00a0: envoyez-la en JPEG (sur iPhone\u00a0: Réglages, Appareil photo, Formats, Le plus compatible)"),
    (4, b"ftypmif", "est une photo HEIC\u00a0: envoyez-la en JPEG (sur iPhone\u00a0: Réglages, Appareil photo, Formats, Le plus compatible)"),
    (4, b"ftyp", "est une vidéo\u00a0: envoyez un PDF, ou une photo JPEG ou PNG"),
    (0, b"GIF8", "est une image GIF\u00a0: envoyez-la en JPEG ou PNG"),
    (0, b"II*\x00", "est une image TIFF\u00a0: envoyez-la en PDF, JPEG ou PNG"),
    (0, b"MM\x00*", "est une image TIFF\u00a0: envoyez-la en PDF, JPEG ou PNG"),
    (8, b"WEBP", "est une image WebP\u00a0: envoyez-la en JPEG ou PNG"),
    (0, b"BM", "est une image BMP\u00a0: envoyez-la en JPEG ou PNG"),
    (0, b"%!PS", "est un fichier PostScript\u00a0: enregistrez-le en PDF et envoyez le PDF"),
    (0, b"Rar!", "est une archive\u00a0: envoyez le document qu’elle contient, en PDF"),
    (0, b"7z\xbc\xaf", "est une archive\u00a0: envoyez le document qu’elle contient, en PDF"),
    (0, b"\x1f\x8b", "est une archive\u00a0: envoyez le document qu’elle contient, en PDF"),
)  # fmt: skip


class Unacceptable(Exception):
    """A file is not taken; the message is French and says which file, why, and what to do."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault = fault
        self.message = message

    @property
    def code(self) -> str:
        return self.fault.value


def unacceptable(fault: Fault, name: str, reason: str = "") -> Unacceptable:
    """Return the refusal of the file that the person calls `name`."""
    return Unacceptable(fault, f"«\u00a0{display_name(name)}\u00a0» {reason or _REASONS[fault]}.")


def display_name(raw: str) -> str:
    """Return a file's name as it can be shown, and saved under: no folders, nothing invisible, 100 characters.

    The ending survives the cut.
    """
    last = raw.replace("\\", "/").rstrip("/").rpartition("/")[2]
    visible = "".join(
        " " if unicodedata.category(character)[0] in "CZ" else character
        for character in unicodedata.normalize("NFC", last)
    )
    name = _SPACES.sub(" ", _UNSAFE.sub("_", visible)).strip(" .")
    if len(name) > _LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        kept = f"{dot}{ending}" if stem and len(ending) <= len("jpeg") else ""
        name = f"{name[: _LONGEST_NAME - len(kept) - 1].rstrip()}…{kept}"
    return name or "fichier sans nom"


def format_of(path: Path, name: str) -> Format:
    """Return what the file is; raises `Unacceptable`."""
    size = path.stat().st_size
    if not size:
        raise unacceptable(Fault.EMPTY, name)
    if size > MAX_BYTES:
        raise unacceptable(Fault.TOO_BIG, name)
    with path.open("rb") as file:
        return format_of_bytes(file.read(_BEGINNING), name)


def format_of_bytes(beginning: bytes, name: str) -> Format:
    """Return what a file that begins so is, as soon as its first kilobyte has come; raises `Unacceptable`."""
    if beginning.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    for offset, magic, reason in _OTHERS:
        if beginning.startswith(magic, offset):
            raise unacceptable(Fault.WRONG_TYPE, name, reason)
    if b"%PDF-" in beginning[:_BEGINNING]:
        return Format.PDF
    raise unacceptable(Fault.WRONG_TYPE, name)
