"""Receiving the pieces of a dossier (CGV art. 5.1 and 8), on both databases, with real files."""

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from PIL import Image, ImageChops, ImageStat
from pydantic import TypeAdapter

from portal.contract.acts import Piece
from portal.contract.dossier import destruction_hold
from portal.contract.refusal import Refusal
from portal.contract.state import Examination
from portal.documents.intake import Unacceptable
from portal.documents.workshop import Limits, examined
from portal.services import pieces
from portal.services.context import NotFound, Portal
from portal.services.dossiers import Dossier, Version, own_dossier
from portal.services.examining import accept, refuse
from portal.services.keys import keys_of
from portal.services.papers import paper
from portal.services.piece_corrections import Correction
from portal.services.piece_files import FileKind, file_of
from portal.services.piece_readings import Reading, unsealed
from portal.services.pieces import correct
from portal.services.refusal_reasons import READY_REASONS
from tests.clock import FixedClock
from tests.documents.scans import printed
from tests.services.clients import ORIGIN, Client, a_trial, paris
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import (
    COMPANY,
    OTHER_IBAN,
    a_subscribing_client,
    an_unsure_kbis,
    blank_page,
    give_facts,
    kbis,
    send,
    signed,
    with_a_broken_table,
)
from tests.tesseract import ensure_installed

START = paris(date(2026, 3, 3), 10)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_subscribing_client(portal, clock, START)


async def dossier(portal: Portal, client: Client) -> Dossier:
    return await own_dossier(portal, client.viewer)


async def waiting(portal: Portal, client: Client, version_id: str) -> Version:
    """Return the version of the extract that is shown: it is this one, and waits for words."""
    version = (await dossier(portal, client)).current(Piece.KBIS)
    assert version is not None
    assert (version.id, version.waits_for_words, version.examination) == (version_id, True, None)
    return version


async def refused(
    portal: Portal, client: Client, piece: Piece, content: bytes, code: str, *, contested: bool = False
) -> str:
    """Send what is refused: nothing of the dossier changes. Return what its sender reads."""
    before = await dossier(portal, client)
    told: Refusal | Unacceptable | None = None
    try:
        await send(portal, client, piece, content, name="reçu.pdf", contested=contested)
    except (Refusal, Unacceptable) as error:
        told = error
    assert told is not None, "it was taken"
    after = await dossier(portal, client)
    assert (after.versions, after.contract.events) == (before.versions, before.contract.events)
    assert told.code == code
    return told.message


async def test_a_signed_contract_is_read_kept_and_submitted(portal: Portal, client: Client) -> None:
    content = await signed(portal, client, Piece.CONTRACT)
    version_id = await send(portal, client, Piece.CONTRACT, content, name="Contrat signé.pdf")

    version = (await dossier(portal, client)).current(Piece.CONTRACT)
    assert version is not None
    assert (version.id, version.name, version.size) == (version_id, "Contrat signé.pdf", len(content))
    assert (version.received_at, version.submitted_at) == (START, START)
    assert version.examination is Examination.RECEIVED
    reading = version.reading
    assert (reading.edition, reading.pages_seen, reading.pages_missing) == (1, (1, 2), ())
    assert (reading.ink, reading.signed, reading.signatures, reading.extract) == (True, True, (), None)
    original = await file_of(portal, client.viewer, version_id, FileKind.ORIGINAL, 1, ORIGIN)
    assert b"".join([part async for part in original.parts]) == content
    assert (original.name, original.media_type) == ("Contrat signé.pdf", "application/pdf")


async def test_an_unsigned_paper_is_taken_and_said_to_be_unsigned(portal: Portal, client: Client) -> None:
    unsigned = await paper(portal, client.viewer, Piece.MANDATE, ORIGIN)
    version_id = await send(portal, client, Piece.MANDATE, unsigned.pdf)
    version = (await dossier(portal, client)).current(Piece.MANDATE)
    assert version is not None
    assert (version.reading.ink, version.reading.signed) == (False, False)

    await correct(portal, client.viewer, version_id, Correction(signed=True), ORIGIN)
    corrected = (await dossier(portal, client)).current(Piece.MANDATE)
    assert corrected is not None
    assert (corrected.reading.signed, corrected.reading.corrected) == (True, ("signed",))
    assert corrected.document == f"{version_id}.1"
    assert corrected.examination is Examination.RECEIVED


async def test_a_kbis_is_read_with_its_number_and_its_day(portal: Portal, client: Client) -> None:
    await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    version = (await dossier(portal, client)).current(Piece.KBIS)
    assert version is not None
    reading = version.reading
    assert (reading.dated, reading.siren, reading.signed) == (date(2026, 2, 16), COMPANY.siren, True)
    assert reading.extract is not None
    assert reading.extract.name == "ATELIER NORD"


@pytest.mark.parametrize("percent", [50, 80, 90, 97])
async def test_a_file_that_was_cut_is_not_put_together_again(
    portal: Portal, client: Client, percent: int
) -> None:
    """Nobody could say what its end held: it is sent again, whole."""
    whole = kbis(date(2026, 2, 16))
    told = await refused(portal, client, Piece.KBIS, whole[: len(whole) * percent // 100], "damaged")
    assert "est abîmé ou incomplet" in told.replace("\u00a0", " ")


async def test_an_extract_that_was_broken_and_put_together_again_is_not_believed_at_once(
    portal: Portal, client: Client
) -> None:
    """It is taken: it may have lost nothing. Even a day too old is asked about before it is refused."""
    whole, too_old = kbis(date(2026, 2, 16)), kbis(date(2025, 12, 3))
    await send(portal, client, Piece.KBIS, with_a_broken_table(too_old))
    asked = (await dossier(portal, client)).current(Piece.KBIS)
    assert asked is not None
    assert asked.waits_for_words

    await send(portal, client, Piece.KBIS, with_a_broken_table(whole))
    taken = (await dossier(portal, client)).current(Piece.KBIS)
    assert taken is not None
    assert taken.reading.extract is not None
    assert (taken.reading.dated, taken.reading.extract.sure, taken.reading.rebuilt) == (
        date(2026, 2, 16),
        False,
        True,
    )


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("piece", [Piece.KBIS, Piece.MANDATE])
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_photo_that_lies_wrong_and_does_not_say_so_is_shown_as_it_is_read(
    portal: Portal, client: Client, monkeypatch: pytest.MonkeyPatch, piece: Piece, turn: int
) -> None:
    ensure_installed()
    # Other tests run beside this one: it may wait as long as whoever sits at a terminal.
    unhurried = Limits(seconds=60, cpu_seconds=56)
    monkeypatch.setattr(pieces, "examined", partial(examined, limits=unhurried))
    sheet = kbis(date(2026, 2, 16)) if piece is Piece.KBIS else await signed(portal, client, piece)
    upright = printed(sheet, 150)
    photos = []
    for page in upright:
        out = io.BytesIO()
        page.rotate(turn, expand=True).save(out, "JPEG")
        photos.append(out.getvalue())

    version_id = await send(portal, client, piece, *photos, name="photo.jpg")

    version = (await dossier(portal, client)).version(version_id)
    assert version is not None
    assert (version.reading.siren, version.reading.pages_missing) == (
        COMPANY.siren if piece is Piece.KBIS else None,
        (),
    )
    shown = await file_of(portal, client.viewer, version_id, FileKind.PREVIEW, 1, None)
    picture = Image.open(io.BytesIO(b"".join([part async for part in shown.parts]))).convert("L")
    assert picture.height > picture.width
    as_printed = upright[0].resize(picture.size)
    assert differs(picture, as_printed) < differs(picture, as_printed.rotate(180)) / 2


def differs(one: Image.Image, other: Image.Image) -> float:
    """By how many levels of grey two pictures differ, on the whole, as seen from afar."""
    near = [image.resize((40, 56)) for image in (one, other)]
    return ImageStat.Stat(ImageChops.difference(*near)).mean[0]


async def test_a_reading_kept_before_files_were_told_to_be_mended_is_still_read(
    portal: Portal, client: Client
) -> None:
    version_id = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    version = (await dossier(portal, client)).version(version_id)
    assert version is not None
    kept = version.reading
    old = {
        name: value
        for name, value in TypeAdapter(Reading).dump_python(kept, mode="json").items()
        if name != "rebuilt"
    }
    row = keys_of(portal.settings).seal(json.dumps(old).encode(), bound_to=f"reading:{version_id}")
    assert unsealed(portal, version_id, row) == kept


async def test_the_same_file_twice_is_one_version(portal: Portal, client: Client) -> None:
    content = kbis(date(2026, 2, 16))
    first = await send(portal, client, Piece.KBIS, content)
    before = await dossier(portal, client)
    assert await send(portal, client, Piece.KBIS, content, name="autre nom.pdf") == first
    after = await dossier(portal, client)
    assert (after.versions, after.contract.events) == (before.versions, before.contract.events)


async def test_another_version_replaces_the_first_and_the_first_can_come_back(
    portal: Portal, client: Client
) -> None:
    february, march = kbis(date(2026, 2, 16)), kbis(date(2026, 3, 2))
    first = await send(portal, client, Piece.KBIS, february)
    second = await send(portal, client, Piece.KBIS, march)
    replaced = await dossier(portal, client)
    assert replaced.current(Piece.KBIS) == replaced.version(second)
    assert [one.examination for one in replaced.versions if one.id == first] == [None]
    await send(portal, client, Piece.KBIS, february)
    back = await dossier(portal, client)
    assert back.current(Piece.KBIS) == back.version(first)
    assert len(back.versions) == 2


async def test_what_waits_for_words_comes_first_again_once_it_is_sent_again(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    unread = blank_page()
    first = await send(portal, client, Piece.KBIS, unread)
    # Sent again with nothing since: it keeps the day on which it came.
    clock.move_to(START + timedelta(minutes=1))
    await send(portal, client, Piece.KBIS, unread)
    assert (await waiting(portal, client, first)).received_at == START
    clock.move_to(START + timedelta(minutes=2))
    await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))

    clock.move_to(START + timedelta(minutes=3))
    assert await send(portal, client, Piece.KBIS, unread) == first

    again = await waiting(portal, client, first)
    assert again.received_at == START + timedelta(minutes=3)


async def test_the_date_of_an_extract_that_comes_back_too_old_is_contested_too(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    """It was taken in time, replaced, and is sent again three months later: its date may have been read wrongly all along."""
    old = kbis(date(2025, 12, 4))
    first = await send(portal, client, Piece.KBIS, old)
    clock.move_to(START + timedelta(days=1))
    await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    await refused(portal, client, Piece.KBIS, old, "kbis_too_old")

    clock.move_to(START + timedelta(days=1, minutes=1))
    assert await send(portal, client, Piece.KBIS, old, contested=True) == first

    version = await waiting(portal, client, first)
    assert version.reading.contested == date(2025, 12, 4)
    await correct(portal, client.viewer, first, Correction(dated=date(2026, 2, 4)), ORIGIN)
    counts = (await dossier(portal, client)).current(Piece.KBIS)
    assert counts is not None
    assert (counts.id, counts.reading.dated, counts.reading.corrected) == (
        first,
        date(2026, 2, 4),
        ("dated",),
    )


async def test_a_date_that_she_typed_is_contested_as_one_that_was_read(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    march = kbis(date(2026, 3, 2))
    first = await send(portal, client, Piece.KBIS, march)
    await correct(portal, client.viewer, first, Correction(dated=date(2025, 12, 4)), ORIGIN)
    clock.move_to(START + timedelta(days=1))
    await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    clock.move_to(START + timedelta(days=1, minutes=1))
    assert await send(portal, client, Piece.KBIS, march, contested=True) == first
    assert (await waiting(portal, client, first)).reading.corrected == ()


async def test_a_kbis_of_another_company_is_refused(portal: Portal, client: Client) -> None:
    other = replace(COMPANY, siren="552100554")
    said = await refused(portal, client, Piece.KBIS, kbis(date(2026, 2, 16), other), "siren_differs")
    assert "552" in said
    assert "732" in said
    # The number was read surely: saying that the date is wrong is no way around it.
    await refused(portal, client, Piece.KBIS, kbis(date(2025, 11, 3), other), "siren_differs", contested=True)


async def test_a_number_that_is_not_surely_read_is_asked_before_it_refuses(
    portal: Portal, client: Client
) -> None:
    """A digit may have been misread, and pass the key all the same."""
    unsure = an_unsure_kbis(date(2026, 2, 16), "552100554")
    version_id = await send(portal, client, Piece.KBIS, unsure)

    version = await waiting(portal, client, version_id)
    assert (version.reading.siren, version.reading.dated) == ("552100554", date(2026, 2, 16))

    # She says that it was read well: the rules refuse it, as what is surely read.
    with pytest.raises(Refusal, match="siren_differs"):
        await correct(portal, client.viewer, version_id, Correction(siren="552 100 554"), ORIGIN)
    await waiting(portal, client, version_id)
    await correct(portal, client.viewer, version_id, Correction(siren=COMPANY.siren), ORIGIN)
    counts = (await dossier(portal, client)).current(Piece.KBIS)
    assert counts is not None
    assert (counts.examination, counts.reading.corrected) == (Examination.RECEIVED, ("siren",))
    assert counts.reading.extract is not None
    assert counts.reading.extract.siren == "552100554"


async def test_a_date_surely_read_but_wrong_is_contested_and_the_file_waits_for_the_right_one(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    too_old = kbis(date(2025, 12, 3))
    before = await dossier(portal, client)
    version_id = await send(portal, client, Piece.KBIS, too_old, contested=True)

    version = await waiting(portal, client, version_id)
    assert version.reading.contested == date(2025, 12, 3)
    after = await dossier(portal, client)
    # It counts for nothing yet: neither a piece of the dossier, nor a reason to keep the data.
    assert after.contract.events == before.contract.events
    assert destruction_hold(after.contract.state) is None
    # The same file again changes nothing, contested or not.
    assert await send(portal, client, Piece.KBIS, too_old) == version_id
    await waiting(portal, client, version_id)

    # What she types is judged by the rules, by the day on which the file came.
    with pytest.raises(Refusal, match="kbis_too_old"):
        await correct(portal, client.viewer, version_id, Correction(dated=date(2025, 12, 3)), ORIGIN)
    await waiting(portal, client, version_id)
    clock.move_to(START + timedelta(days=1))
    await correct(portal, client.viewer, version_id, Correction(dated=date(2025, 12, 4)), ORIGIN)
    counts = (await dossier(portal, client)).current(Piece.KBIS)
    assert counts is not None
    # Both dates are there for staff: the one read, and the one typed, marked as hers.
    assert (counts.examination, counts.reading.corrected) == (Examination.RECEIVED, ("dated",))
    assert (counts.reading.dated, counts.reading.contested) == (date(2025, 12, 4), None)
    assert counts.reading.extract is not None
    assert counts.reading.extract.dated == date(2025, 12, 3)


async def test_what_waits_for_words_and_gets_none_is_judged_by_what_was_read(
    portal: Portal, client: Client
) -> None:
    version_id = await send(portal, client, Piece.KBIS, an_unsure_kbis(date(2025, 12, 3)))
    await waiting(portal, client, version_id)
    with pytest.raises(Refusal, match="kbis_too_old"):
        await correct(portal, client.viewer, version_id, Correction(dated=date(2025, 12, 3)), ORIGIN)


async def test_the_name_on_an_extract_is_corrected_and_marked_as_hers(portal: Portal, client: Client) -> None:
    version_id = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    await correct(portal, client.viewer, version_id, Correction(company="ATELIER NORD"), ORIGIN)
    version = (await dossier(portal, client)).current(Piece.KBIS)
    assert version is not None
    assert (version.document, version.reading.corrected) == (version_id, ())
    await correct(portal, client.viewer, version_id, Correction(company="ATELIER DU NORD"), ORIGIN)
    version = (await dossier(portal, client)).current(Piece.KBIS)
    assert version is not None
    assert (version.reading.name, version.reading.corrected) == ("ATELIER DU NORD", ("company",))


async def test_what_the_rules_do_not_depend_on_is_noted_without_being_received_again(
    portal: Portal, client: Client
) -> None:
    """Its receipt was mailed, and staff may be looking at it: neither is to begin anew."""
    extract = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    await signed(portal, client, Piece.MANDATE)
    mandate = await send(portal, client, Piece.MANDATE, blank_page())
    before = await dossier(portal, client)

    await correct(portal, client.viewer, extract, Correction(company="ATELIER DU NORD"), ORIGIN)
    await correct(portal, client.viewer, mandate, Correction(own=True, whole=True), ORIGIN)

    after = await dossier(portal, client)
    assert after.contract.events == before.contract.events
    named, said = after.current(Piece.KBIS), after.current(Piece.MANDATE)
    assert named is not None
    assert said is not None
    assert (named.document, named.reading.name) == (extract, "ATELIER DU NORD")
    assert (said.document, said.reading.own, said.reading.whole) == (mandate, True, True)


async def test_what_is_accepted_is_not_corrected_not_even_in_its_name(portal: Portal, client: Client) -> None:
    nina = await a_colleague(portal)
    version_id = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    await accept(portal, nina, client.contract_id, Piece.KBIS, version_id, ORIGIN)
    with pytest.raises(Refusal, match="document_already_accepted"):
        await correct(portal, client.viewer, version_id, Correction(company="ATELIER DU SUD"), ORIGIN)
    kept = (await dossier(portal, client)).current(Piece.KBIS)
    assert kept is not None
    assert kept.reading.corrected == ()


async def test_of_a_paper_whose_codes_were_read_nothing_but_its_signature_is_said(
    portal: Portal, client: Client
) -> None:
    content = await signed(portal, client, Piece.MANDATE)
    version_id = await send(portal, client, Piece.MANDATE, content)
    await correct(portal, client.viewer, version_id, Correction(own=True, whole=True), ORIGIN)
    version = (await dossier(portal, client)).current(Piece.MANDATE)
    assert version is not None
    assert (version.reading.own, version.reading.whole, version.reading.corrected) == (False, False, ())


async def test_of_a_paper_whose_codes_were_not_read_she_says_which_it_is_and_that_it_is_whole(
    portal: Portal, client: Client
) -> None:
    await signed(portal, client, Piece.MANDATE)
    version_id = await send(portal, client, Piece.MANDATE, blank_page())
    said = Correction(own=True, whole=True)
    await correct(portal, client.viewer, version_id, said, ORIGIN)
    version = (await dossier(portal, client)).current(Piece.MANDATE)
    assert version is not None
    # Said, not read: what the codes say stays unknown, and staff decide.
    assert (version.reading.own, version.reading.whole, version.reading.edition) == (True, True, None)
    assert version.reading.corrected == ("own", "whole")


async def test_a_refusal_of_what_a_file_says_names_it(portal: Portal, client: Client) -> None:
    said = await refused(portal, client, Piece.KBIS, kbis(date(2025, 12, 3)), "kbis_too_old")
    assert said.startswith("«\u00a0reçu.pdf\u00a0»\u00a0: cet extrait K-bis, à jour au mercredi")
    said = await refused(
        portal, client, Piece.MANDATE, await signed(portal, client, Piece.CONTRACT), "wrong_piece"
    )
    assert said.startswith("«\u00a0reçu.pdf\u00a0»\u00a0: ce fichier est le contrat signé")


async def test_a_kbis_one_day_too_old_or_dated_tomorrow_is_refused(portal: Portal, client: Client) -> None:
    await refused(portal, client, Piece.KBIS, kbis(date(2025, 12, 3)), "kbis_too_old")
    await refused(portal, client, Piece.KBIS, kbis(date(2026, 3, 4)), "kbis_in_future")
    await send(portal, client, Piece.KBIS, kbis(date(2025, 12, 4)))


async def test_the_papers_are_not_mixed_up(portal: Portal, client: Client) -> None:
    contract = await signed(portal, client, Piece.CONTRACT)
    mandate = await signed(portal, client, Piece.MANDATE)
    assert "mandat" in await refused(portal, client, Piece.CONTRACT, mandate, "wrong_piece")
    assert "contrat" in await refused(portal, client, Piece.MANDATE, contract, "wrong_piece")
    assert "contrat" in await refused(portal, client, Piece.KBIS, contract, "wrong_piece")
    assert "K-bis" in await refused(portal, client, Piece.CONTRACT, kbis(date(2026, 3, 2)), "wrong_piece")


async def test_a_missing_page_is_named(portal: Portal, client: Client) -> None:
    without = await signed(portal, client, Piece.CONTRACT, leave_out=1)
    assert "page 1" in await refused(portal, client, Piece.CONTRACT, without, "pages_missing")


async def test_an_earlier_printing_is_refused_once_the_facts_have_changed(
    portal: Portal, client: Client
) -> None:
    old = await signed(portal, client, Piece.CONTRACT)
    await give_facts(portal, client, signatory_name="Paul Aubry")
    await signed(portal, client, Piece.CONTRACT)
    assert "n° 2" in await refused(portal, client, Piece.CONTRACT, old, "outdated_printing")


async def test_a_printing_is_refused_once_the_facts_have_changed_though_it_is_the_latest(
    portal: Portal, client: Client
) -> None:
    mandate = await signed(portal, client, Piece.MANDATE)
    await give_facts(portal, client, iban=OTHER_IBAN)
    said = await refused(portal, client, Piece.MANDATE, mandate, "outdated_printing")
    assert "Téléchargez-le de nouveau" in said
    await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE))


async def test_a_page_of_another_dossier_is_refused(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    await signed(portal, client, Piece.MANDATE)
    names = {"siren": "552100554", "email": "paul@autre.example", "legal_name": "Autre"}
    other = await a_trial(portal, clock, START, **names)
    await give_facts(portal, other)
    foreign = await signed(portal, other, Piece.MANDATE)
    assert "CT-2026-0002" in await refused(portal, client, Piece.MANDATE, foreign, "another_dossier")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"MZ not a document", "wrong_type"), (b"%PDF-1.7\ncut", "damaged")],
)
async def test_a_file_that_cannot_be_read_is_refused_with_its_name(
    portal: Portal, client: Client, content: bytes, code: str
) -> None:
    assert "reçu.pdf" in await refused(portal, client, Piece.KBIS, content, code)


async def test_nothing_is_received_before_the_terms_are_accepted_nor_for_somebody_else(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    version = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    names = {"siren": "552100554", "email": "paul@autre.example", "legal_name": "Autre"}
    other = await a_trial(portal, clock, START, **names)
    for kind in FileKind:
        with pytest.raises(NotFound):
            await file_of(portal, other.viewer, version, kind, 1, ORIGIN)
    with pytest.raises(NotFound):
        await correct(portal, other.viewer, version, Correction(dated=date(2026, 2, 17)), ORIGIN)


async def test_what_was_refused_or_replaced_is_not_corrected(portal: Portal, client: Client) -> None:
    """The page no longer asks: an event sent all the same brings no version back, and keeps what staff said."""
    nina = await a_colleague(portal)
    first = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    reason = READY_REASONS[Piece.KBIS][0]
    await refuse(portal, nina, client.contract_id, Piece.KBIS, first, reason, "La mère.", ORIGIN)
    with pytest.raises(Refusal, match="document_already_refused"):
        await correct(portal, client.viewer, first, Correction(dated=date(2026, 2, 17)), ORIGIN)
    refused_version = (await dossier(portal, client)).version(first)
    assert refused_version is not None
    assert (refused_version.remark, refused_version.examination) == ("La mère.", Examination.REFUSED)

    second = await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 2)))
    with pytest.raises(Refusal, match="version_replaced"):
        await correct(portal, client.viewer, first, Correction(dated=date(2026, 2, 17)), ORIGIN)
    await accept(portal, nina, client.contract_id, Piece.KBIS, second, ORIGIN)
    with pytest.raises(Refusal, match="document_already_accepted"):
        await correct(portal, client.viewer, second, Correction(dated=date(2026, 3, 1)), ORIGIN)
    counting = (await dossier(portal, client)).current(Piece.KBIS)
    assert counting is not None
    assert (counting.id, counting.examination) == (second, Examination.ACCEPTED)


async def test_a_corrected_date_is_judged_by_the_day_the_file_came(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    version = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    clock.move_to(START + timedelta(days=1))
    with pytest.raises(Refusal, match="kbis_too_old"):
        await correct(portal, client.viewer, version, Correction(dated=date(2025, 12, 3)), ORIGIN)
    await correct(portal, client.viewer, version, Correction(dated=date(2025, 12, 4)), ORIGIN)
    corrected = (await dossier(portal, client)).current(Piece.KBIS)
    assert corrected is not None
    assert (corrected.reading.dated, corrected.reading.corrected) == (date(2025, 12, 4), ("dated",))
