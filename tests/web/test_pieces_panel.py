"""The cards of pieces: what is shown of each, what can be corrected, and whose it is."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pikepdf
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import Piece
from portal.documents.sanitising import Removed
from portal.documents.signatures import ElectronicSignature
from portal.records.tables import pieces
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal
from portal.services.dossiers import own_dossier
from portal.services.examining import accept, refuse
from portal.services.forms import FormProblems
from portal.services.papers import paper
from portal.services.reading import own_contract
from portal.services.refusal_reasons import READY_REASONS
from portal.services.trials import accept_and_start
from portal.web import running
from portal.web.client.pieces_panel import pieces_panel
from portal.web.client.pieces_state import PiecesState, read_correction
from portal.web.client.pieces_view import PieceCard, piece_card
from tests.clock import FixedClock
from tests.people import ORIGIN, Person, a_client, a_member_of_staff
from tests.services.clients import Client
from tests.services.noticed import plain
from tests.services.subscribing import documents, give_facts, kbis, send, signed
from tests.web.events import Tab

on_one_database = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
async def anne(portal: Portal) -> AsyncIterator[Person]:
    """A client in her trial, whose two first steps are done."""
    await publish_demonstration(portal)
    running.run_with(portal)
    person = await a_client(portal)
    async with portal.database.reading() as connection:
        version = (await in_force(connection, portal.now())).version
    await accept_and_start(portal, person.viewer, version, ORIGIN)
    await give_facts(portal, await client_of(portal, person))
    yield person
    running.run_with(None)


async def client_of(portal: Portal, person: Person) -> Client:
    return Client(person.viewer, (await own_contract(portal, person.viewer)).id)


async def card_of(portal: Portal, person: Person, piece: Piece) -> PieceCard:
    return piece_card(await own_dossier(portal, person.viewer), piece)


def read(card: PieceCard) -> dict[str, str]:
    """What the card says was read, as a person reads it."""
    return {line.label: plain(line.text) for line in card.version.lines}


def tones(card: PieceCard) -> dict[str, str]:
    return {line.label: line.tone for line in card.version.lines}


async def test_before_anything_is_sent_each_piece_is_awaited(portal: Portal, anne: Person) -> None:
    for piece in Piece:
        card = await card_of(portal, anne, piece)
        assert (card.state, card.closed, card.version.id, card.earlier) == ("À envoyer", "", "", [])


async def test_a_signed_contract_shows_what_was_read(portal: Portal, anne: Person) -> None:
    client = await client_of(portal, anne)
    version = await send(
        portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT), name="Contrat.pdf"
    )

    card = await card_of(portal, anne, Piece.CONTRACT)

    assert (card.state, card.tone) == ("Reçu, en attente de notre lecture", "soon")
    assert (card.version.id, card.version.name) == (version, "Contrat.pdf")
    received = card.version.received.replace("\u00a0", " ")
    assert received.startswith("reçue le mardi 3 mars 2026 à 10 h 00, ")
    assert received.endswith(" Ko")
    assert read(card) == {
        "Pièce": "Contrat CT-2026-0001, impression n° 1",
        "Pages": "pages 1, 2 sur 2",
        "Signature": "Une signature est dans le cadre",
    }
    assert set(tones(card).values()) == {"done"}
    assert [page.href for page in card.version.pages] == [
        f"/pieces/{version}/page-1.webp",
        f"/pieces/{version}/page-2.webp",
    ]
    assert [file.href for file in card.version.originals] == [f"/pieces/{version}/original-1"]
    assert card.version.can_be_corrected


@on_one_database
@pytest.mark.parametrize(
    ("drawn", "words"),
    [(2, "Page 3 : sans aperçu, voir la copie"), (1, "Pages 2, 3 : sans aperçu, voir la copie")],
)
async def test_a_page_that_there_was_no_time_to_draw_is_named_and_shows_no_broken_picture(
    portal: Portal, anne: Person, drawn: int, words: str
) -> None:
    version = await send(portal, await client_of(portal, anne), Piece.KBIS, kbis(date(2026, 2, 16)))

    async def draw_less(connection: AsyncConnection) -> None:
        previews = ["0" * 64] * drawn + [""] * (3 - drawn)
        await connection.execute(sa.update(pieces).where(pieces.c.id == version).values(previews=previews))

    await portal.transact(draw_less)
    card = await card_of(portal, anne, Piece.KBIS)
    assert [page.label for page in card.version.pages] == [f"Page {one} sur 3" for one in range(1, drawn + 1)]
    assert read(card)["Aperçu"] == words


@on_one_database
async def test_a_file_that_was_cut_is_said_to_be_mended(portal: Portal, anne: Person) -> None:
    client = await client_of(portal, anne)
    whole = kbis(date(2026, 2, 16))
    await send(portal, client, Piece.KBIS, whole)
    assert "Fichier" not in read(await card_of(portal, anne, Piece.KBIS))

    await send(portal, client, Piece.KBIS, whole[: len(whole) * 9 // 10])
    card = await card_of(portal, anne, Piece.KBIS)
    assert read(card)["Fichier"] == "Le fichier était incomplet : réparé, à vérifier page par page"
    assert tones(card)["Fichier"] == "soon"


@on_one_database
async def test_an_unsigned_mandate_is_said_to_be_and_can_be_corrected(portal: Portal, anne: Person) -> None:
    client = await client_of(portal, anne)
    printed = await paper(portal, anne.viewer, Piece.MANDATE, ORIGIN)
    version = await send(portal, client, Piece.MANDATE, printed.pdf)
    card = await card_of(portal, anne, Piece.MANDATE)
    assert read(card)["Signature"] == "Le cadre de signature paraît vide"
    assert (tones(card)["Signature"], card.version.is_signed) == ("late", False)

    tab = Tab(anne.cookie)
    await tab.send(PiecesState.load)
    await tab.send(PiecesState.correct, {"version": version, "piece": "mandate", "signed": "oui"})

    shown = tab.state(PiecesState).mandate
    assert read(shown)["Signature"] == "signée, selon vous"
    assert shown.version.is_signed
    assert tab.state(PiecesState).said.startswith("C’est noté")


async def test_a_kbis_says_until_which_day_it_is_good_and_why(portal: Portal, anne: Person) -> None:
    client = await client_of(portal, anne)
    await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))

    card = await card_of(portal, anne, Piece.KBIS)

    assert read(card) == {
        "Pièce": "Extrait du registre",
        "SIREN": "732 829 320",
        "Entreprise": "ATELIER NORD",
        "À jour au": "lundi 16 février 2026",
        "Recevable jusqu’au": "vendredi 15 mai 2026 inclus",
    }
    assert card.version.lines[-1].fact.replace("\u00a0", " ") == "reçu le mardi 3 mars 2026, à temps"
    [why] = [line.why for line in card.version.lines if line.why.clause]
    assert (why.clause, why.clause_anchor) == ("8", "article-8")
    assert (card.version.dated, card.version.siren.replace("\u202f", " ")) == ("2026-02-16", "732 829 320")


@on_one_database
async def test_an_extract_whose_date_was_not_read_waits_for_its_sender(portal: Portal, anne: Person) -> None:
    client = await client_of(portal, anne)
    version = await send(portal, client, Piece.KBIS, blank_page())
    card = await card_of(portal, anne, Piece.KBIS)
    assert (card.state, card.tone) == ("À compléter", "soon")
    assert "indiquez-la" in card.version.waits_for
    assert read(card)["À jour au"] == "non lu"

    tab = Tab(anne.cookie)
    form = {"version": version, "piece": "kbis", "dated": "2026-02-16", "siren": "732 829 320"}
    await tab.send(PiecesState.correct, form)

    shown = tab.state(PiecesState).kbis
    assert (shown.state, shown.version.waits_for) == ("Reçu, en attente de notre lecture", "")
    assert read(shown)["À jour au"] == "lundi 16 février 2026, selon vous"
    assert read(shown)["SIREN"] == "732 829 320, selon vous"


@on_one_database
async def test_a_correction_that_the_rules_refuse_changes_nothing(portal: Portal, anne: Person) -> None:
    client = await client_of(portal, anne)
    version = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    tab = Tab(anne.cookie)
    await tab.send(PiecesState.load)

    await tab.send(PiecesState.correct, {"version": version, "piece": "kbis", "dated": "2026-03-04"})

    assert "est à venir" in tab.state(PiecesState).problem
    assert tab.state(PiecesState).kbis == await card_of(portal, anne, Piece.KBIS)
    assert tab.state(PiecesState).kbis.version.dated == "2026-02-16"


@on_one_database
async def test_what_is_typed_wrong_is_said_at_its_field(portal: Portal, anne: Person) -> None:
    tab = Tab(anne.cookie)
    led = await tab.send(PiecesState.correct, {"version": "x", "piece": "kbis", "dated": "hier"})
    assert set(tab.state(PiecesState).errors) == {"dated-kbis"}
    assert "dated_kbis" in led


@on_one_database
async def test_another_client_s_version_cannot_be_corrected(portal: Portal, anne: Person) -> None:
    version = await send(portal, await client_of(portal, anne), Piece.KBIS, kbis(date(2026, 2, 16)))
    paul = await a_client(portal, email="paul@autre.example", siren="552100554")
    before = await card_of(portal, anne, Piece.KBIS)

    led = await Tab(paul.cookie).send(
        PiecesState.correct, {"version": version, "piece": "kbis", "dated": "2026-03-01"}
    )

    assert "/404" in led
    assert await card_of(portal, anne, Piece.KBIS) == before


@on_one_database
async def test_a_refusal_says_why_and_what_to_do_and_the_next_version_keeps_it(
    portal: Portal, anne: Person
) -> None:
    client = await client_of(portal, anne)
    yves = await a_member_of_staff(portal)
    first = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    document = (await documents(portal, client))[Piece.KBIS]
    reason = READY_REASONS[Piece.KBIS][0]
    await refuse(
        portal, yves.viewer, client.contract_id, Piece.KBIS, document, reason, "Voyez la page 1.", ORIGIN
    )

    refused = await card_of(portal, anne, Piece.KBIS)
    assert (refused.state, refused.tone, refused.closed) == ("Refusé", "late", "")
    assert (refused.version.reason, refused.version.remedy) == (reason.text, reason.remedy)
    assert refused.version.remark.replace("\u00a0", " ") == "Voyez la page 1."
    assert not refused.version.can_be_corrected

    second = await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 2)))
    again = await card_of(portal, anne, Piece.KBIS)
    assert (again.version.id, [one.id for one in again.earlier]) == (second, [first])
    assert (again.version.reason, again.version.can_be_corrected) == ("", True)


@on_one_database
async def test_an_accepted_piece_asks_for_nothing_more(portal: Portal, anne: Person) -> None:
    client = await client_of(portal, anne)
    yves = await a_member_of_staff(portal)
    await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    document = (await documents(portal, client))[Piece.KBIS]
    await accept(portal, yves.viewer, client.contract_id, Piece.KBIS, document, ORIGIN)

    card = await card_of(portal, anne, Piece.KBIS)

    assert (card.state, card.tone, card.version.can_be_corrected) == ("Accepté", "done", False)
    assert "rien à renvoyer" in card.closed


@on_one_database
async def test_what_comes_too_late_is_shown_with_its_reason(
    portal: Portal, anne: Person, clock: FixedClock
) -> None:
    clock.move_to(clock.now() + timedelta(days=46))
    card = await card_of(portal, anne, Piece.CONTRACT)
    assert "devait nous parvenir avant" in card.closed


@on_one_database
async def test_another_tab_sees_the_new_version_when_it_looks_again(portal: Portal, anne: Person) -> None:
    other = Tab(anne.cookie)
    await other.send(PiecesState.load)
    assert other.state(PiecesState).kbis.state == "À envoyer"
    version = await send(portal, await client_of(portal, anne), Piece.KBIS, kbis(date(2026, 2, 16)))
    await other.send(PiecesState.refresh)
    assert other.state(PiecesState).kbis.version.id == version


@on_one_database
@pytest.mark.parametrize(
    ("changed", "label", "text", "tone"),
    [
        (
            {"signatures": (ElectronicSignature("Élodie Marchand", datetime(2026, 3, 2, 9, tzinfo=UTC), True, True, True, False),)},
            "Signature électronique",
            "de Élodie Marchand : intacte",
            "done",
        ),
        (
            {"signatures": (ElectronicSignature("Élodie Marchand", None, False, False, False, True),)},
            "Signature électronique",
            "de Élodie Marchand : le document a changé depuis",
            "late",
        ),
        (
            {"signatures": (ElectronicSignature("", None, True, False, False, True),)},
            "Signature électronique",
            "d’une personne non nommée : intacte ; quelque chose a été ajouté ensuite ; nous vérifierons le certificat",
            "soon",
        ),
        ({"ink": None}, "Signature", "Le cadre de signature n’a pas pu être regardé : nous le lirons", "soon"),
        ({"signed": False, "corrected": ("signed",)}, "Signature", "non signée, selon vous", "late"),
        ({"edition": None, "pages_seen": ()}, "Pièce", "Aucun de nos codes de page n’a été lu : nous vérifierons à l’examen", "soon"),
        ({"edition": None, "pages_seen": ()}, "Pages", "2 pages reçues", "quiet"),
        ({"pages_seen": (1,)}, "Pages", "page 1 sur 2 ; code non lu : 2", "soon"),
        ({"unread": True}, "Lecture", "Une page est une image qui n’a pas pu être lue : nous la lirons nous-mêmes", "soon"),
        ({"removed": (Removed.SCRIPT, Removed.ATTACHMENT)}, "Copie", "Retiré de la copie que nous consultons : programme, fichier joint", "quiet"),
    ],
)  # fmt: skip
async def test_each_thing_read_has_its_words(
    portal: Portal, anne: Person, changed: dict[str, object], label: str, text: str, tone: str
) -> None:
    client = await client_of(portal, anne)
    await send(portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT))
    dossier = await own_dossier(portal, anne.viewer)
    [version] = dossier.versions
    reading = replace(version.reading, **changed)  # type: ignore[arg-type]
    card = piece_card(replace(dossier, versions=(replace(version, reading=reading),)), Piece.CONTRACT)
    assert (read(card)[label], tones(card)[label]) == (text, tone)
    signed_at = [plain(line.fact) for line in card.version.lines if line.label == "Signature électronique"]
    assert set(signed_at) <= {"le lundi 2 mars 2026 à 10 h 00", ""}


# --- what is typed -------------------------------------------------------------------------------


def test_a_field_that_is_not_there_changes_nothing() -> None:
    correction = read_correction({"version": "x", "siren": " "})
    assert (correction.dated, correction.siren, correction.signed) == (None, None, None)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"dated": ""}, "dated"),
        ({"dated": "16/02/2026"}, "dated"),
        ({"dated": "2026-02-30"}, "dated"),
        ({"dated": ["2026-02-16"]}, "dated"),
        ({"siren": "732829321"}, "siren"),
        ({"siren": "73282932000074"}, "siren"),
        ({"signed": "peut-être"}, "signed"),
        ({"signed": None}, "signed"),
    ],
)
def test_what_is_no_correction_is_refused_at_its_field(form: dict[str, object], field: str) -> None:
    with pytest.raises(FormProblems) as raised:
        read_correction(form)
    assert list(raised.value.errors) == [field]


# --- what is drawn -------------------------------------------------------------------------------


def test_the_panel_has_the_places_that_the_script_looks_for() -> None:
    drawn = str(pieces_panel().render())
    for name in ("files", "progress", "figures", "told", "problem", "cancel", "retry"):
        assert drawn.count(f'"data-piece-{name}"') == len(Piece), name
    for piece in Piece:
        assert f'"data-piece":"{piece.value}"' in drawn
        assert f'htmlFor:"files-{piece.value}"' in drawn
    assert drawn.count('type:"file"') == len(Piece)
    assert '"data-pieces-refresh":"true"' in drawn


def blank_page() -> bytes:
    """A PDF of one empty page: nothing can be read of it."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(out)
    return out.getvalue()
