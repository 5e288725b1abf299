"""Reading an extract of the trade register: K-bis, K of a sole trader, attestation of the RNE (CGV art. 8).

What is read is a proposal; rules and people decide. Where something could be two things it is declared
unread: a client types a missing number, nobody sees a wrong one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.documents.kbis_date import UpToDate, up_to_date
from portal.documents.kbis_fields import address_in, legal_form_in, name_in
from portal.documents.kbis_siren import OwnNumber, own_number
from portal.documents.kbis_zones import Kind, zones_of

# A page of text is a few thousand characters; a stranger's may be anything.
_MOST_CHARACTERS = 200_000
_PAGE_END = "\f"


@dataclass(frozen=True, slots=True)
class Extract:
    """What was read of an extract; None where unread.

    `dated` is the day it is « à jour au », `valid_until` the last day on which we may receive it. `sure`
    says that number and day were read without doubt; name, form and address are only shown.
    """

    siren: str | None
    name: str | None
    legal_form: str | None
    address: str | None
    dated: date | None
    valid_until: date | None
    sure: bool


UNREAD = Extract(None, None, None, None, None, None, sure=False)


def read_pages(texts: Sequence[str], by_ocr: Sequence[bool]) -> Extract:
    """Return what the pages of one document say, in their order; `by_ocr` tells which were photographed."""
    # It brings the rules and their calendars: half of the start of a process that opens a file, extract or not.
    from portal.contract.dossier import kbis_last_day

    zones = zones_of([text[:_MOST_CHARACTERS] for text in texts])
    if zones.kind is None:
        return UNREAD
    any_ocr = any(by_ocr)
    number = own_number(zones)
    reading = up_to_date(zones, by_ocr=any_ocr)
    return Extract(
        siren=number.siren if number else None,
        name=name_in(zones),
        legal_form=legal_form_in(zones),
        address=address_in(zones),
        dated=reading.day if reading else None,
        valid_until=kbis_last_day(reading.day).day if reading else None,
        sure=_is_sure(number, reading, by_ocr=any_ocr),
    )


def extract_from(text: str, *, by_ocr: bool) -> Extract:
    """Return what the text of a document says; a form feed parts its pages."""
    pages = text.split(_PAGE_END)
    return read_pages(pages, [by_ocr] * len(pages))


def kind_of(texts: Sequence[str]) -> Kind | None:
    """Return which sort of extract the pages of a document look like, None for another paper."""
    return zones_of([text[:_MOST_CHARACTERS] for text in texts]).kind


def _is_sure(number: OwnNumber | None, reading: UpToDate | None, *, by_ocr: bool) -> bool:
    if number is None or reading is None or number.repaired or reading.repaired:
        return False
    # OCR misreads a digit as readily as a letter: two places must agree, and a month in words be a month.
    return not by_ocr or (number.marks > 1 and reading.in_words)
