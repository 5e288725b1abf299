"""Opening a stranger's file: in a process of its own, with what it shows brought back, or a sentence."""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import psutil
import pytest

from portal.contract.acts import Piece
from portal.documents.dossier_papers import Paper, contract_pdf, mandate_pdf
from portal.documents.intake import Fault, Unacceptable
from portal.documents.page_codes import seen_on, verified
from portal.documents.signature_box import BoxToSee
from portal.documents.workshop import AT_ONCE, COPY, Examined, Limits, examined
from tests.documents import papers, scans
from tests.documents.extracts.companies import COMPANIES
from tests.documents.extracts.layouts import infogreffe
from tests.documents.extracts.sent import scanned_at_200, with_words_of
from tests.documents.hostile import bombs
from tests.documents.hostile.corpus import corpus
from tests.tesseract import ensure_installed

MANDATE = mandate_pdf(papers.MANDATE, papers.codes(Piece.MANDATE), at=papers.AT)
CONTRACT = contract_pdf(papers.CONTRACT, papers.codes(Piece.CONTRACT), at=papers.AT)


def box_of(piece: Piece, paper: Paper) -> BoxToSee:
    """Where one signs, with the code of that page."""
    return BoxToSee(papers.codes(piece)(paper.pages)[paper.signature.page - 1], paper.signature)


def sent(tmp_path: Path, content: bytes) -> tuple[Path, Path]:
    """The file as it arrived, and an empty folder for what is made of it."""
    path, into = tmp_path / "received", tmp_path / "made"
    path.write_bytes(content)
    into.mkdir()
    return path, into


async def test_our_own_paper_is_recognised_page_by_page_without_any_signature_on_it(tmp_path: Path) -> None:
    path, into = sent(tmp_path, CONTRACT.pdf)

    found = await examined([path], into=into, boxes=[box_of(Piece.CONTRACT, CONTRACT)])

    codes = [verified(text, papers.KEY) for page in found.pages for text in page.codes]
    assert [(code.piece, code.page, code.pages) for code in codes if code] == [
        (Piece.CONTRACT, 1, CONTRACT.pages),
        (Piece.CONTRACT, 2, CONTRACT.pages),
    ]
    assert [one.seen for one in found.ink] == [False]
    assert found.signatures == ()
    assert found.extract is None
    assert found.removed == ()
    assert (into / COPY).read_bytes().startswith(b"%PDF-")
    assert all(page.preview and (into / page.preview).stat().st_size for page in found.pages)


async def test_a_signed_scan_shows_its_code_and_its_ink(tmp_path: Path) -> None:
    (page,) = scans.printed(MANDATE.pdf, 200)
    code = scans.signed(page, seen_on(page)[0], MANDATE.signature, dpi=200)
    path, into = sent(tmp_path, scans.as_pdf([code], 200))

    found = await examined([path], into=into, boxes=[box_of(Piece.MANDATE, MANDATE)])

    (shown,) = found.pages
    assert [verified(text, papers.KEY) is not None for text in shown.codes] == [True]
    assert [one.seen for one in found.ink] == [True]


async def test_a_page_with_another_code_is_not_looked_at_for_ink(tmp_path: Path) -> None:
    """A printing before, another paper: where its words stand is not where this one is signed."""
    path, into = sent(tmp_path, CONTRACT.pdf)
    elsewhere = BoxToSee(papers.codes(Piece.MANDATE)(1)[0], CONTRACT.signature)

    found = await examined([path], into=into, boxes=[elsewhere])

    assert [one.seen for one in found.ink] == [None]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"PK\x03\x04 a letter", Fault.WRONG_TYPE),
        (MANDATE.pdf[:3000], Fault.DAMAGED),
        (corpus()["locked-6.pdf"](), Fault.ENCRYPTED),
    ],
    ids=["empty", "a Word document", "cut", "locked by a password"],
)
async def test_what_cannot_be_read_is_refused_with_the_name_of_the_file(
    tmp_path: Path, content: bytes, fault: Fault
) -> None:
    path, into = sent(tmp_path, content)

    with pytest.raises(Unacceptable) as refused:
        await examined([path], into=into, names=["../../mandat signé.pdf"])

    assert refused.value.fault is fault
    assert refused.value.message.startswith("«\u00a0mandat signé.pdf\u00a0» ")


async def test_a_process_out_of_time_is_ended_with_all_it_started(tmp_path: Path) -> None:
    path, into = sent(tmp_path, CONTRACT.pdf)
    began = time.monotonic()

    with pytest.raises(Unacceptable) as refused:
        await examined([path], into=into, limits=Limits(seconds=0.05))

    assert refused.value.fault is Fault.TOO_SLOW
    assert time.monotonic() - began < 10
    assert not [
        one for one in psutil.Process().children(recursive=True) if "workshop_task" in " ".join(one.cmdline())
    ]


async def test_words_that_a_scanner_laid_over_its_image_are_believed_only_where_the_image_says_so(
    tmp_path: Path,
) -> None:
    """The scanner took the 3rd of January for the 8th."""
    ensure_installed()
    printed, misread = (infogreffe(COMPANIES[0], date(2026, 1, day)) for day in (3, 8))
    path, into = sent(tmp_path, with_words_of(misread, scanned_at_200(printed)))

    found = await examined([path], into=into, limits=Limits(seconds=60, cpu_seconds=56))

    assert found.extract is not None
    assert (found.extract.siren, found.extract.dated) == (COMPANIES[0].siren, date(2026, 1, 3))
    assert [page.by_ocr for page in found.pages] == [True]


async def test_where_the_image_cannot_be_read_the_scanner_s_words_date_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed, misread = (infogreffe(COMPANIES[0], date(2026, 1, day)) for day in (3, 8))
    path, into = sent(tmp_path, with_words_of(misread, scanned_at_200(printed)))
    monkeypatch.setenv("PATH", str(tmp_path))  # no tesseract there

    found = await examined([path], into=into)

    assert found.extract is not None
    assert (found.extract.siren, found.extract.dated, found.extract.sure) == (COMPANIES[0].siren, None, False)
    assert found.unread


async def test_whoever_waits_too_long_for_a_turn_is_asked_to_come_again(tmp_path: Path) -> None:
    path, _ = sent(tmp_path, MANDATE.pdf)

    async def asked(number: int) -> object:
        into = tmp_path / f"{number}"
        into.mkdir()
        return await examined([path], into=into, names=["mandat.pdf"], limits=Limits(wait_seconds=0.1))

    answers = await asyncio.gather(*map(asked, range(AT_ONCE + 1)), return_exceptions=True)

    *_, last = answers
    assert [isinstance(one, Examined) for one in answers] == [True] * AT_ONCE + [False]
    assert isinstance(last, Unacceptable)
    assert (last.fault, last.message) == (
        Fault.BUSY,
        "«\u00a0mandat.pdf\u00a0» n’a pas encore été lu, car nous en lisons beaucoup d’autres\u00a0: réessayez dans une minute.",
    )


async def named_of_four(
    tmp_path: Path, large: str = "dot.png", limits: Limits | None = None
) -> tuple[Fault, str]:
    """What is answered to four photos, of which the third may be `large`: the fault, and whose it is said to be."""
    paths = [tmp_path / f"{number}.png" for number in range(1, 5)]
    for path, name in zip(paths, ("dot.png", "dot.png", large, "dot.png"), strict=True):
        path.write_bytes(corpus()[name]())
    (into := tmp_path / "made").mkdir()
    with pytest.raises(Unacceptable) as refused:
        await examined(paths, into=into, limits=limits)
    return refused.value.fault, refused.value.message[2:7]


async def test_of_several_photos_the_one_that_is_too_large_is_named(tmp_path: Path) -> None:
    answer = await named_of_four(tmp_path, "pixels-50-16-bits.png", Limits(memory_bytes=200 * 1024**2))
    assert answer == (Fault.TOO_HEAVY, "3.png")


@pytest.mark.parametrize(
    ("end", "fault", "name"),
    [
        ("printf '0\n1\n2\n'; kill -ABRT $$", Fault.TOO_HEAVY, "3.png"),
        ("printf '0\n1\n2\n'; kill -XCPU $$", Fault.TOO_SLOW, "3.png"),
        ("printf '0\n1\n2\n'; exec sleep 30", Fault.TOO_SLOW, "3.png"),
        ("printf '0\n1\n2\n{'; exit 1", Fault.DAMAGED, "3.png"),
        ("printf '0\n77\n'; kill -ABRT $$", Fault.TOO_HEAVY, "1.png"),
        ("printf '0\nnothing\n'; kill -ABRT $$", Fault.TOO_HEAVY, "1.png"),
        ("kill -ABRT $$", Fault.TOO_HEAVY, "1.png"),
    ],
)
async def test_however_the_process_ends_the_file_it_had_in_hand_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, fault: Fault, name: str
) -> None:
    dying = tmp_path / "dying"
    dying.write_text(f"#!/bin/sh\n{end}\n")
    dying.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(dying))

    assert await named_of_four(tmp_path, limits=Limits(seconds=3)) == (fault, name)


# --- files that nobody should send ---------------------------------------------------------------------------

ALL = sorted(corpus())
# One of each kind of trouble for every run; the whole corpus is long.
SAMPLE = (
    "empty.pdf",
    "word.pdf",
    "cut-10.jpg",
    "cut-10.objstm.pdf",
    "flipped-14.pdf",
    "hole-0.png",
    "shuffled-1.progressive.jpg",
    "sixteen-bits.png",
    "pixels-says-a-lot.png",
    "bomb-objects-400.pdf",
    "box-infinite.pdf",
    "image-huge.pdf",
    "forms-billion-laughs.pdf",
    "bomb-contents-400.pdf",
    "pages-61.pdf",
    "tree-deep-60000.pdf",
    "tree-its-own-child.pdf",
    "xref-to-itself.pdf",
    "opens-with-javascript.pdf",
)

Noted = Callable[[str, object], None]


async def answered(tmp_path: Path, name: str, noted: Noted) -> None:
    path, into = sent(tmp_path, corpus()[name]())
    began = time.monotonic()
    opening = asyncio.ensure_future(examined([path], into=into, names=[name]))
    most = await most_memory_until(opening)
    took = time.monotonic() - began
    try:
        found = await opening
    except Unacceptable as refused:
        assert name in refused.message  # noqa: PT017
    else:
        assert found.pages
    noted("seconds", took)
    noted("bytes", most)
    assert took <= 15
    assert most <= 512 * 1024**2


async def most_memory_until(done: "asyncio.Future[Examined]") -> int:
    """The most that the process which opens a file, and the tesseract it starts, hold together."""
    most = 0
    while not done.done():
        held = 0
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):  # it has just ended
                held += process.memory_info().rss
        most = max(most, held)
        await asyncio.sleep(0.01)
    return most


def test_the_corpus_holds_three_hundred_files_and_their_bombs() -> None:
    assert len(ALL) >= 300
    assert {name for name, _ in bombs.files()} <= set(ALL)
    assert set(SAMPLE) <= set(ALL)


@pytest.mark.parametrize("name", SAMPLE)
async def test_a_hostile_file_is_answered_in_time_and_little_memory(
    tmp_path: Path, name: str, record_property: Noted
) -> None:
    await answered(tmp_path, name, record_property)


async def test_a_bomb_is_told_from_what_is_slow_or_broken(tmp_path: Path) -> None:
    path, into = sent(tmp_path, corpus()["bomb-contents-400.pdf"]())

    with pytest.raises(Unacceptable) as refused:
        await examined([path], into=into, names=["bombe.pdf"])

    assert refused.value.message == (
        "«\u00a0bombe.pdf\u00a0» est trop lourd à lire une fois ouvert\u00a0: imprimez-le en PDF ou numérisez-le, "
        "puis envoyez le nouveau fichier."
    )


@pytest.mark.long
@pytest.mark.parametrize("name", ALL)
async def test_any_hostile_file_is_answered_in_time_and_little_memory(
    tmp_path: Path, name: str, record_property: Noted
) -> None:
    await answered(tmp_path, name, record_property)


async def test_reading_fifteen_megabytes_costs_this_process_little_memory(tmp_path: Path) -> None:
    heavy = MANDATE.pdf + b"\n%" + os.urandom(14 * 1024**2).replace(b"%%EOF", b"x") + b"\n"
    path, into = sent(tmp_path, heavy)
    process, peak = psutil.Process(), 0
    before = process.memory_info().rss

    reading = asyncio.ensure_future(examined([path], into=into))
    while not reading.done():
        peak = max(peak, process.memory_info().rss)
        await asyncio.sleep(0.02)

    assert (await asyncio.gather(reading, return_exceptions=True))[0] is not None
    assert peak - before < 20 * 1024**2
