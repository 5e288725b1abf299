"""The cards of pieces: what is shown of each, what can be corrected, and whose it is."""

import json
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import Piece
from portal.documents.kbis_zones import Kind
from portal.documents.sanitising import Removed
from portal.documents.signatures import ElectronicSignature
from portal.records.tables import pieces
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal
from portal.services.dossiers import Version, own_dossier
from portal.services.examining import accept, refuse
from portal.services.forms import FormProblems
from portal.services.papers import paper
from portal.services.piece_corrections import Correction
from portal.services.piece_readings import Reading
from portal.services.pieces import correct
from portal.services.reading import own_contract
from portal.services.refusal_reasons import READY_REASONS
from portal.services.trials import accept_and_start
from portal.web import running
from portal.web.client.pieces_panel import pieces_panel
from portal.web.client.pieces_state import PiecesState, read_correction
from portal.web.client.pieces_view import PieceCard, piece_card
from tests.clock import FixedClock
from tests.documents.extracts.layouts import rne
from tests.documents.signing import altered, person
from tests.documents.signing import signed as signed_electronically
from tests.people import ORIGIN, Person, a_client, a_member_of_staff
from tests.services.clients import Client
from tests.services.noticed import plain
from tests.services.subscribing import (
    COMPANY,
    an_unsure_kbis,
    blank_page,
    documents,
    give_facts,
    kbis,
    send,
    signed,
    with_a_broken_table,
)
from tests.web.events import Tab

GREFFE = person("Greffe de Dunkerque")
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


async def sent_extract(portal: Portal, person: Person) -> Version:
    """Send an extract of 16 February; return its version."""
    await send(portal, await client_of(portal, person), Piece.KBIS, kbis(date(2026, 2, 16)))
    [version] = (await own_dossier(portal, person.viewer)).versions
    return version


async def card_with(portal: Portal, person: Person, piece: Piece, reading: Reading) -> PieceCard:
    """The card of the one version that was sent, had it been read so."""
    dossier = await own_dossier(portal, person.viewer)
    [version] = dossier.versions
    return piece_card(replace(dossier, versions=(replace(version, reading=reading),)), piece)


def read(card: PieceCard) -> dict[str, str]:
    """What the card says was read, as a person reads it."""
    return {line.label: plain(line.text) for line in card.version.lines}


def noted(card: PieceCard) -> dict[str, str]:
    """The same, with what was recorded beside it."""
    return {
        line.label: plain("\u202f; ".join(filter(None, (line.text, line.fact))))
        for line in card.version.lines
    }


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
    assert received.startswith("reçu le mardi 3 mars 2026 à 10 h 00, ")
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
async def test_a_file_that_was_broken_is_said_to_be_mended(portal: Portal, anne: Person) -> None:
    client = await client_of(portal, anne)
    whole = kbis(date(2026, 2, 16))
    await send(portal, client, Piece.KBIS, whole)
    assert "Fichier" not in read(await card_of(portal, anne, Piece.KBIS))

    await send(portal, client, Piece.KBIS, with_a_broken_table(whole))
    card = await card_of(portal, anne, Piece.KBIS)
    assert read(card)["Fichier"] == "Le fichier était abîmé : réparé, à vérifier page par page"
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
    assert noted(shown)["Signature"] == "signée ; lu : non signée, vous avez corrigé"
    assert shown.version.is_signed
    assert tab.state(PiecesState).said.startswith("C’est noté")


async def test_a_kbis_says_until_which_day_it_is_good_and_why(portal: Portal, anne: Person) -> None:
    client = await client_of(portal, anne)
    await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))

    card = await card_of(portal, anne, Piece.KBIS)

    assert read(card) == {
        "Pièce": "Extrait K-bis",
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
async def test_a_date_that_was_not_surely_read_is_not_green(portal: Portal, anne: Person) -> None:
    """A photo's date may be another: until when the extract is good hangs on it."""
    reading = (await sent_extract(portal, anne)).reading
    assert reading.extract is not None
    guessed = replace(reading, extract=replace(reading.extract, sure=False))
    card = await card_with(portal, anne, Piece.KBIS, guessed)
    assert read(card)["À jour au"] == "lundi 16 février 2026, lecture incertaine"
    assert read(card)["Recevable jusqu’au"] == "vendredi 15 mai 2026 inclus, si cette date est la bonne"
    assert (tones(card)["À jour au"], tones(card)["Recevable jusqu’au"]) == ("soon", "soon")
    sure = await card_of(portal, anne, Piece.KBIS)
    assert (tones(sure)["À jour au"], tones(sure)["Recevable jusqu’au"]) == ("quiet", "done")


@on_one_database
async def test_what_was_read_stays_beside_what_was_typed(portal: Portal, anne: Person) -> None:
    version = await sent_extract(portal, anne)
    await correct(portal, anne.viewer, version.id, Correction(dated=date(2026, 2, 17)), ORIGIN)
    dossier = await own_dossier(portal, anne.viewer)

    to_client = piece_card(dossier, Piece.KBIS)
    to_staff = piece_card(dossier, Piece.KBIS, for_staff=True)

    assert (
        noted(to_client)["À jour au"]
        == "mardi 17 février 2026 ; lu : lundi 16 février 2026, vous avez corrigé"
    )
    assert (
        noted(to_staff)["À jour au"]
        == "mardi 17 février 2026 ; lu : lundi 16 février 2026, corrigé par le client"
    )
    assert (tones(to_staff)["À jour au"], tones(to_staff)["Recevable jusqu’au"]) == ("soon", "soon")

    await correct(portal, anne.viewer, version.id, Correction(dated=date(2026, 2, 16)), ORIGIN)
    back = await card_of(portal, anne, Piece.KBIS)
    assert noted(back)["À jour au"] == "lundi 16 février 2026"


@on_one_database
async def test_an_attestation_of_the_other_register_is_no_extract(portal: Portal, anne: Person) -> None:
    client = await client_of(portal, anne)
    await send(portal, client, Piece.KBIS, rne(COMPANY, date(2026, 2, 16)))
    dossier = await own_dossier(portal, anne.viewer)
    [version] = dossier.versions
    assert version.reading.kind is Kind.RNE
    assert read(piece_card(dossier, Piece.KBIS, for_staff=True))["Pièce"] == (
        "Attestation du RNE, et non un extrait K-bis : à décider"
    )
    card = piece_card(dossier, Piece.KBIS)
    assert read(card)["Pièce"] == "Attestation du RNE, et non un extrait K-bis : nous déciderons à l’examen"
    assert tones(card)["Pièce"] == "soon"


@on_one_database
async def test_an_extract_read_before_its_kind_was_kept_is_still_shown(portal: Portal, anne: Person) -> None:
    reading = (await sent_extract(portal, anne)).reading
    kept = json.loads(TypeAdapter(Reading).dump_json(reading))
    del kept["kind"]
    before = TypeAdapter(Reading).validate_python(kept)
    assert read(await card_with(portal, anne, Piece.KBIS, before))["Pièce"] == "Extrait du registre"


@on_one_database
@pytest.mark.parametrize(("alter", "what", "tone"), [
    (altered, "le document a changé depuis ; envoyez le fichier tel que le greffe l’a délivré, sans l’enregistrer de nouveau", "late"),
    (bytes, "intacte ; certificat non reconnu ici : il prouve que rien n’a changé, pas qui a signé", "soon"),
])  # fmt: skip
async def test_the_signature_of_an_extract_says_whether_it_was_altered(
    portal: Portal, anne: Person, alter: Callable[[bytes], bytes], what: str, tone: str
) -> None:
    content = await to_thread(signed_electronically, kbis(date(2026, 2, 16)), GREFFE)
    await send(portal, await client_of(portal, anne), Piece.KBIS, alter(content))
    card = await card_of(portal, anne, Piece.KBIS)
    assert read(card)["Signature électronique"] == f"de Greffe de Dunkerque : {what}"
    assert tones(card)["Signature électronique"] == tone


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
    assert noted(shown)["À jour au"] == "lundi 16 février 2026 ; non lu, vous l’avez saisi"
    assert noted(shown)["SIREN"] == "732 829 320 ; non lu, vous l’avez saisi"


@on_one_database
async def test_a_script_that_corrects_again_and_again_is_told_to_wait_beside_the_field(
    portal: Portal, anne: Person
) -> None:
    """Each would be a mail to her and to each of us, and begin anew what we are looking at."""
    await signed(portal, await client_of(portal, anne), Piece.MANDATE)
    version = await send(portal, await client_of(portal, anne), Piece.MANDATE, blank_page())
    tab = Tab(anne.cookie)
    form = {"version": version, "piece": "mandate"}
    for number in range(20):
        await tab.send(PiecesState.correct, form | {"signed": "non" if number % 2 else "oui"})
        assert tab.state(PiecesState).errors == {}
    before = (await own_dossier(portal, anne.viewer)).contract.events

    where = await tab.send(PiecesState.correct, form | {"signed": "oui"})

    problem = plain(tab.state(PiecesState).errors["signed-mandate"])
    assert problem.startswith("Trop de tentatives. Réessayez dans ")
    assert problem.endswith(" minutes. Rien n’est changé.")
    assert "ref_signed_mandate" in where
    assert tab.state(PiecesState).said == ""
    assert (await own_dossier(portal, anne.viewer)).contract.events == before


@on_one_database
async def test_an_extract_whose_date_is_contested_waits_for_the_one_that_is_printed(
    portal: Portal, anne: Person
) -> None:
    client = await client_of(portal, anne)
    version = await send(portal, client, Piece.KBIS, kbis(date(2025, 12, 3)), contested=True)
    card = await card_of(portal, anne, Piece.KBIS)
    assert (card.state, card.version.dated) == ("À compléter", "")
    assert "est fausse, selon vous" in card.version.waits_for
    assert read(card)["À jour au"] == "à indiquer"
    [contested] = [plain(line.fact) for line in card.version.lines if line.label == "À jour au"]
    assert contested == "mercredi 3 décembre 2025 lu à tort, selon vous"

    form = {"version": version, "piece": "kbis", "dated": "2026-02-16", "company": "Atelier du Nord"}
    tab = Tab(anne.cookie)
    await tab.send(PiecesState.correct, form)

    shown = tab.state(PiecesState).kbis
    assert (shown.state, shown.version.waits_for) == ("Reçu, en attente de notre lecture", "")
    assert (
        noted(shown)["À jour au"]
        == "lundi 16 février 2026 ; lu : mercredi 3 décembre 2025, vous avez corrigé"
    )
    assert noted(shown)["Entreprise"] == "Atelier du Nord ; lu : ATELIER NORD, vous avez corrigé"


@on_one_database
async def test_an_extract_whose_number_is_not_surely_read_says_what_to_look_at(
    portal: Portal, anne: Person
) -> None:
    unsure = an_unsure_kbis(date(2026, 2, 16), "552100554")
    await send(portal, await client_of(portal, anne), Piece.KBIS, unsure)
    card = await card_of(portal, anne, Piece.KBIS)
    assert (card.state, tones(card)["SIREN"]) == ("À compléter", "late")
    assert "n’est pas celui de votre compte, et nous n’en sommes pas sûrs" in card.version.waits_for


@on_one_database
async def test_of_a_paper_without_codes_it_is_asked_which_it_is_and_whether_it_is_whole(
    portal: Portal, anne: Person
) -> None:
    client = await client_of(portal, anne)
    await paper(portal, anne.viewer, Piece.MANDATE, ORIGIN)
    version = await send(portal, client, Piece.MANDATE, blank_page())
    card = await card_of(portal, anne, Piece.MANDATE)
    assert (card.version.asks_own, card.version.asks_whole) == (True, True)
    assert card.version.own == "le mandat du contrat CT-2026-0001"

    form = {"version": version, "piece": "mandate", "signed": "oui", "own": "oui", "whole": "oui"}
    tab = Tab(anne.cookie)
    await tab.send(PiecesState.correct, form)

    shown = tab.state(PiecesState).mandate
    assert (shown.version.is_own, shown.version.is_whole) == (True, True)
    assert noted(shown)["Pièce"] == (
        "Aucun de nos codes de page n’a été lu : nous vérifierons à l’examen ; le mandat du contrat CT-2026-0001, "
        "selon vous"
    )
    assert noted(shown)["Pages"] == "1 page reçue ; toutes y sont, selon vous"
    # What our codes said is not asked.
    await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE))
    known = (await card_of(portal, anne, Piece.MANDATE)).version
    assert (known.asks_own, known.asks_whole) == (False, False)


@on_one_database
async def test_a_correction_that_the_rules_refuse_changes_nothing(portal: Portal, anne: Person) -> None:
    client = await client_of(portal, anne)
    version = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 16)))
    tab = Tab(anne.cookie)
    await tab.send(PiecesState.load)

    await tab.send(PiecesState.correct, {"version": version, "piece": "kbis", "dated": "2026-03-04"})

    assert "à jour au mercredi 4 mars 2026, est daté d’un jour à venir" in plain(
        tab.state(PiecesState).problem
    )
    assert tab.state(PiecesState).whys != []
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
            "de Élodie Marchand : le document a changé depuis ; envoyez le fichier tel que l’outil de signature l’a rendu, sans l’enregistrer de nouveau",
            "late",
        ),
        (
            {"signatures": (ElectronicSignature("", None, False, False, False, True),)},
            "Signature électronique",
            "d’une personne non nommée : ne peut pas être vérifiée ici ; envoyez le fichier tel que l’outil de signature l’a rendu, sans l’enregistrer de nouveau",
            "late",
        ),
        (
            {"signatures": (ElectronicSignature("Élodie Marchand", None, True, False, True, False),)},
            "Signature électronique",
            "de Élodie Marchand : intacte ; certificat non reconnu ici : il prouve que rien n’a changé, pas qui a signé",
            "soon",
        ),
        (
            {"signatures": (ElectronicSignature("", None, True, False, False, True),)},
            "Signature électronique",
            "d’une personne non nommée : intacte ; quelque chose a été ajouté ensuite ; certificat non reconnu ici : il ne prouve pas qui a signé",
            "soon",
        ),
        ({"ink": None}, "Signature", "Le cadre de signature n’a pas pu être regardé : nous le lirons", "soon"),
        ({"signed": False, "corrected": ("signed",)}, "Signature", "non signée", "late"),
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
    [version] = (await own_dossier(portal, anne.viewer)).versions
    reading = replace(version.reading, **changed)  # type: ignore[arg-type]
    card = await card_with(portal, anne, Piece.CONTRACT, reading)
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
        ({"own": "peut-être"}, "own"),
        ({"company": "A" * 201}, "company"),
    ],
)
def test_what_is_no_correction_is_refused_at_its_field(form: dict[str, object], field: str) -> None:
    with pytest.raises(FormProblems) as raised:
        read_correction(form)
    assert list(raised.value.errors) == [field]


# --- what is drawn -------------------------------------------------------------------------------


def test_the_panel_has_the_places_that_the_script_looks_for() -> None:
    drawn = str(pieces_panel().render())
    always = ("files", "progress", "figures", "told", "problem", "cancel", "retry")
    for name in (*always, "tray", "order", "actions", "more", "send", "clear"):
        assert drawn.count(f'"data-piece-{name}"') == len(Piece), name
    for piece in Piece:
        assert f'"data-piece":"{piece.value}"' in drawn
        assert f'htmlFor:"files-{piece.value}"' in drawn
    # A file, or photos one after the other.
    assert drawn.count('type:"file"') == 2 * len(Piece)
    # Only an extract bears a date to contest.
    assert drawn.count('"data-piece-contest"') == drawn.count('"data-piece-contested"') == 1
    assert '"data-pieces-refresh":"true"' in drawn
