"""What may have been read wrongly of a piece, and what its sender says instead (CGV art. 8).

What was read surely is judged at once; what was not is asked of the client first. Whatever she says is marked
as hers: the rules judge it, and staff decide on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from portal.contract.acts import Piece
from portal.contract.company import read_siren
from portal.contract.refusal import Refusal
from portal.services.papers import PRINTED
from portal.services.piece_readings import Reading

# What a refusal of the rules stands on: if that was not surely read, the client says first whether it was read well.
STANDS_ON: Final[Mapping[str, str]] = MappingProxyType(
    {"kbis_undated": "dated", "kbis_too_old": "dated", "kbis_in_future": "dated", "siren_differs": "siren"}
)


@dataclass(frozen=True, slots=True)
class Correction:
    """What was not read, or wrongly; None leaves what was read.

    An extract has a date, a SIREN and a company's name; our papers a signature and, where their codes could not be
    read, whether they are those of this dossier (`own`) and `whole`.
    """

    dated: date | None = None
    siren: str | None = None
    company: str | None = None
    signed: bool | None = None
    own: bool | None = None
    whole: bool | None = None


_OF_AN_EXTRACT: Final = ("dated", "siren", "company")


def asked_of(piece: Piece, read: Reading) -> tuple[str, ...]:
    """Return what its sender may say of a piece: of a paper whose codes were read, only that it is signed."""
    if piece not in PRINTED:
        return _OF_AN_EXTRACT
    own = ("own",) if read.edition is None else ()
    whole = ("whole",) if read.edition is None or read.pages_missing else ()
    return ("signed", *own, *whole)


def corrected(piece: Piece, read: Reading, correction: Correction) -> Reading:
    """Return a reading as its sender corrects it; raises `Refusal` for what is no SIREN."""
    asked = asked_of(piece, read)
    said: dict[str, Any] = {name: value for name in asked if (value := getattr(correction, name)) is not None}
    if "siren" in said:
        said["siren"] = read_siren(said["siren"])
    as_read = {name: read.name if name == "company" else getattr(read, name) for name in said}
    changed = {name: value for name, value in said.items() if value != as_read[name]}
    return replace(read, **changed, corrected=tuple(sorted({*read.corrected, *changed})))


def contested_of(reading: Reading) -> Reading:
    """Return a reading whose date its sender says is wrong: it waits for the one that she types."""
    return replace(
        reading, dated=None, corrected=tuple(name for name in reading.corrected if name != "dated")
    )


def judged_alike(one: Reading, other: Reading) -> bool:
    """Tell whether the rules say the same of two readings: they know nothing of names, nor of what no code says."""
    return (one.signed, one.dated, one.siren) == (other.signed, other.dated, other.siren)


def is_doubtful(reading: Reading, refusal: Refusal) -> bool:
    """Tell whether a refusal stands on what was not surely read, and nobody has corrected: it is asked first."""
    name = STANDS_ON.get(refusal.code)
    if name is None or name in reading.corrected:
        return False
    return reading.extract is None or not reading.extract.sure or getattr(reading, name) is None


def is_contestable(refusal: Refusal) -> bool:
    """Tell whether the client may say that the date which a refusal stands on was read wrongly, and type it."""
    return STANDS_ON.get(refusal.code) == "dated"
