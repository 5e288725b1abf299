"""Whole extracts as people send them, in eight layouts and eleven ways: number and day right, or declared unread."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PIL import Image

from portal.contract.dossier import kbis_last_day
from portal.documents.kbis import UNREAD, Extract
from portal.documents.workshop import Limits, examined
from tests.documents.extracts.cases import ALL_WAYS, CASES, RECEIVED, SAMPLE, Case
from tests.documents.extracts.layouts import LAYOUTS, infogreffe, rne, sole_trader
from tests.documents.scans import photographed, printed
from tests.tesseract import ensure_installed

# As at a terminal: other tests run beside these. The long run keeps to the time of an upload.
UNHURRIED = Limits(seconds=60, cpu_seconds=56)


@pytest.fixture(scope="module", autouse=True)
def tesseract() -> None:
    ensure_installed()


async def read(document: bytes, folder: Path, limits: Limits | None = UNHURRIED) -> Extract:
    """Read it as every upload is read, in a process with little memory; with as little time where `limits` is None."""
    file = folder / "extrait"
    file.write_bytes(document)
    with TemporaryDirectory(dir=folder) as into:
        found = await examined([file], into=Path(into), limits=limits)
    return found.extract or UNREAD


@dataclass(frozen=True)
class Answer:
    """What was read of a case, beside what is true."""

    case: Case
    extract: Extract

    @property
    def is_right(self) -> bool:
        return (self.extract.siren, self.extract.dated) == (self.case.company.siren, self.case.dated)

    @property
    def is_wrong(self) -> bool:
        """Something was read that is not so; unread is not wrong."""
        return (
            self.extract.siren not in (None, self.case.company.siren)
            or self.extract.dated not in (None, self.case.dated)
            or (self.extract.sure and not self.is_right)
        )

    @property
    def said(self) -> str:
        return "wrong" if self.is_wrong else "right" if self.is_right else "unread"


@pytest.mark.parametrize("case", SAMPLE, ids=str)
async def test_an_extract_is_read_right(case: Case, tmp_path: Path) -> None:
    extract = await read(case.document(), tmp_path)
    assert (extract.siren, extract.dated) == (case.company.siren, case.dated)
    assert extract.valid_until == kbis_last_day(case.dated).day


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
async def test_a_text_is_read_whole_and_for_sure(layout: object, tmp_path: Path) -> None:
    [case] = [case for case in SAMPLE if case.layout is layout and case.way == "text"]
    extract, company = await read(case.document(), tmp_path), case.company
    assert extract.sure
    alone = layout is sole_trader
    assert (extract.name or "").replace("'", "’") == (company.head if alone else company.name).replace(
        "'", "’"
    )
    assert (extract.address or "").upper().replace("É", "E") == company.address.upper().replace("É", "E")
    assert (extract.legal_form is None) == alone


@pytest.mark.long
@pytest.mark.timeout(1200)
async def test_of_all_extracts_none_is_read_wrong_and_95_in_100_right(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    assert len(CASES) >= 60
    answers = [Answer(case, await read(case.document(), tmp_path, None)) for case in CASES]
    for answer in answers:
        record_property(str(answer.case), answer.said)
    assert [str(answer.case) for answer in answers if answer.is_wrong] == []
    right = Counter(answer.is_right for answer in answers)
    assert right[True] >= 0.95 * len(answers), [str(answer.case) for answer in answers if not answer.is_right]


def test_the_samples_are_of_every_layout_and_way_some_of_them_old() -> None:
    assert {case.layout for case in SAMPLE} == set(LAYOUTS)
    assert {case.way for case in SAMPLE} == set(ALL_WAYS)
    assert any(kbis_last_day(case.dated).day < RECEIVED for case in SAMPLE)


async def test_a_photo_itself_is_read_whatever_way_the_phone_was_held(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.layout is infogreffe)
    [page] = printed(infogreffe(case.company, case.dated), 200)
    taken = photographed(page, turn=90)
    exif = Image.Exif()
    exif[0x0112] = 8  # the phone says that it was turned a quarter to the left
    extract = await read(saved(taken, "JPEG", quality=70, exif=exif), tmp_path)
    assert extract.siren == case.company.siren


async def test_a_picture_on_nothing_is_read_as_on_paper(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.layout is rne)
    [page] = printed(rne(case.company, case.dated), 150)
    transparent = Image.new("RGBA", page.size, (0, 0, 0, 0))
    transparent.putalpha(page.point(lambda grey: 255 - grey))
    assert (await read(saved(transparent, "PNG"), tmp_path)).dated == case.dated


async def test_a_page_that_says_nothing_is_unread(tmp_path: Path) -> None:
    assert await read(saved(Image.new("L", (1240, 1754), 255), "PNG"), tmp_path) == UNREAD


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()
