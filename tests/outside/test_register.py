"""The company register helps where it can, and never makes anyone wait or fail."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.outside.legal_forms import legal_form
from portal.outside.register import Company, NoRegister, PublicRegister
from tests.outside.servers import HttpServer, Reply, http_server

SIREN = "732829320"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def api() -> Iterator[HttpServer]:
    with http_server() as server:
        server.reply = found(an_answer())
        yield server


def an_answer(**changes: Any) -> dict[str, Any]:
    """A company, in the fields and spelling of the public API."""
    return {
        "siren": SIREN,
        "nom_complet": "MENUISERIE DES ECOLES (MDE)",
        "nom_raison_sociale": "MENUISERIE DES ECOLES",
        "sigle": "MDE",
        "siege": {
            "siret": f"{SIREN}00074",
            "adresse": "BATIMENT B 15 BIS AVENUE DES ECOLES 06110 LE CANNET",
            "complement_adresse": "BATIMENT B",
            "numero_voie": "15",
            "indice_repetition": "BIS",
            "type_voie": "AVENUE",
            "libelle_voie": "DES ECOLES",
            "code_postal": "06110",
            "libelle_commune": "LE CANNET",
            "etat_administratif": "A",
        },
        "etat_administratif": "A",
        "nature_juridique": "5710",
        "date_creation": "2009-01-01",
        "statut_diffusion": "O",
        **changes,
    }


def found(*companies: dict[str, Any]) -> Reply:
    answer = {"results": companies, "total_results": len(companies), "page": 1, "per_page": 1}
    return Reply(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})


def register(api: HttpServer, timeout_seconds: float = 5.0) -> PublicRegister:
    return PublicRegister(api.url, timeout_seconds)


async def test_a_company_is_found_by_its_siren(api: HttpServer) -> None:
    company = await register(api).find(SIREN, AT)

    assert company == Company(
        siren=SIREN,
        legal_name="MENUISERIE DES ECOLES",
        legal_form="SAS",
        street="BATIMENT B, 15 BIS AVENUE DES ECOLES",
        postcode="06110",
        city="LE CANNET",
        active=True,
    )
    [call] = api.calls
    assert (call.method, call.path) == ("GET", "/search")
    assert call.query["q"] == [SIREN]
    assert call.headers["User-Agent"].startswith("portal/")


async def test_a_closed_company_is_said_to_be_closed(api: HttpServer) -> None:
    api.reply = found(an_answer(etat_administratif="C"))

    company = await register(api).find(SIREN, AT)

    assert company is not None
    assert company.active is False


async def test_a_sole_trader_goes_by_the_person_s_name(api: HttpServer) -> None:
    api.reply = found(an_answer(nom_raison_sociale=None, nom_complet="ANNE MARTIN", nature_juridique="1000"))

    company = await register(api).find(SIREN, AT)

    assert company is not None
    assert (company.legal_name, company.legal_form) == ("ANNE MARTIN", "Entreprise individuelle")


async def test_what_a_person_keeps_private_stays_empty(api: HttpServer) -> None:
    hidden = "[NON-DIFFUSIBLE]"
    seat = {"numero_voie": "4", "type_voie": hidden, "libelle_voie": hidden, "code_postal": hidden}
    api.reply = found(an_answer(nom_complet=hidden, nom_raison_sociale=hidden, siege=seat))

    company = await register(api).find(SIREN, AT)

    assert company is not None
    assert (company.legal_name, company.street, company.postcode, company.city) == ("", "", "", "")


async def test_the_longest_address_of_the_register_still_fits(api: HttpServer) -> None:
    seat = an_answer()["siege"] | {"complement_adresse": "C" * 38, "libelle_voie": "V" * 100}
    api.reply = found(an_answer(siege=seat, nom_raison_sociale="N" * 200))

    company = await register(api).find(SIREN, AT)

    assert company is not None
    assert (len(company.legal_name), len(company.street)) == (200, 38 + 2 + len("15 BIS AVENUE ") + 100)


async def test_a_company_without_a_known_seat_is_found_all_the_same(api: HttpServer) -> None:
    api.reply = found(an_answer(siege=None))

    company = await register(api).find(SIREN, AT)

    assert company is not None
    assert (company.legal_name, company.street) == ("MENUISERIE DES ECOLES", "")


async def test_another_company_s_answer_is_not_taken_for_ours(api: HttpServer) -> None:
    api.reply = found(an_answer(siren="552032534"))

    assert await register(api).find(SIREN, AT) is None


async def test_an_unknown_siren_finds_nobody(api: HttpServer) -> None:
    api.reply = found()

    assert await register(api).find(SIREN, AT) is None


@pytest.mark.parametrize("typed", ["", "73282932", "732 829 320", "73282932000074", "٧٣٢٨٢٩٣٢٠", "a&q=b&c=d"])
async def test_what_is_no_siren_is_not_asked_for(api: HttpServer, typed: str) -> None:
    assert await register(api).find(typed, AT) is None
    assert api.calls == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, b'{"detail": "Not Found"}'),
        Reply(500, b"<html>"),
        Reply(200, b"<html>maintenance</html>"),
        Reply(200, b""),
        Reply(200, b"[]"),
        Reply(200, b'{"results": null}'),
        Reply(200, b'{"results": [{"siren": "732829320", "siege": "Paris"}]}'),
        Reply(200, b'{"results": [{"siren": "732829320", "nom_complet": 12}]}'),
        Reply(200, b'{"results": [{"siren": "732829320", "nom_complet": "' + b"A" * 9000 + b'"}]}'),
        Reply(200, b'{"results": ' + b"[" * 100_000),
        Reply(200, b"\xff\xfe\x00"),
        Reply(200, b"\x1f\x8b\x08 not for us", {"Content-Encoding": "gzip"}),
        Reply(302, headers={"Location": "/elsewhere"}),
        Reply(200, b'{"results": []}', {"Content-Length": "500"}),
    ],
    ids=lambda reply: f"{reply.status} {reply.body[:24]!r}",
)
async def test_a_wrong_answer_is_no_answer(api: HttpServer, reply: Reply) -> None:
    api.reply = reply

    assert await register(api).find(SIREN, AT) is None
    assert [call.path for call in api.calls] == ["/search"]


async def test_a_huge_answer_is_dropped_on_the_way(api: HttpServer) -> None:
    api.reply = Reply(200, b" " * 50_000_000)

    assert await register(api).find(SIREN, AT) is None
    assert await asyncio.to_thread(api.cut_off.wait, 5)


@pytest.mark.parametrize(
    "reply",
    [Reply(never=True), Reply(200, b" " * 1000, delay=0.05)],
    ids=["silence", "a byte now and then"],
)
async def test_a_slow_register_is_left_after_the_given_time(api: HttpServer, reply: Reply) -> None:
    api.reply = reply

    async with asyncio.timeout(2):
        assert await register(api, timeout_seconds=0.3).find(SIREN, AT) is None


async def test_a_register_that_is_down_finds_nobody() -> None:
    with http_server() as gone:
        public = register(gone)

    assert await public.find(SIREN, AT) is None


async def test_an_answer_is_kept_for_a_day(api: HttpServer) -> None:
    public = register(api)
    first = await public.find(SIREN, AT)
    api.reply = found()

    assert await public.find(SIREN, AT + timedelta(hours=23, minutes=59)) == first
    assert len(api.calls) == 1
    assert await public.find(SIREN, AT + timedelta(hours=24)) is None
    assert len(api.calls) == 2


async def test_an_unknown_siren_is_remembered_too(api: HttpServer) -> None:
    api.reply = found()
    public = register(api)

    await public.find(SIREN, AT)
    await public.find(SIREN, AT + MINUTE)

    assert len(api.calls) == 1


async def test_what_is_remembered_does_not_grow_for_ever(api: HttpServer) -> None:
    public = PublicRegister(api.url, cache_size=2)
    for siren in ("732829320", "552032534", "356000000"):
        await public.find(siren, AT)

    await public.find("552032534", AT)
    assert len(api.calls) == 3
    await public.find("732829320", AT)
    assert len(api.calls) == 4


async def test_after_five_failures_the_register_is_left_alone_for_a_minute(api: HttpServer) -> None:
    api.reply = Reply(500)
    public = register(api)
    for _ in range(5):
        await public.find(SIREN, AT)
    api.reply = found(an_answer())

    assert await public.find(SIREN, AT + timedelta(seconds=59)) is None
    assert len(api.calls) == 5
    assert await public.find(SIREN, AT + MINUTE) is not None
    assert len(api.calls) == 6


async def test_a_success_in_between_starts_the_count_again(api: HttpServer) -> None:
    public = register(api)
    for reply in [Reply(500)] * 4 + [found(an_answer(siren="552032534"))] + [Reply(500)] * 4:
        api.reply = reply
        await public.find(SIREN if reply.status == 500 else "552032534", AT)
    api.reply = found(an_answer())

    assert await public.find(SIREN, AT) is not None


async def test_one_request_tries_a_rested_register_while_the_others_go_on_without(api: HttpServer) -> None:
    api.reply = Reply(500)
    public = register(api)
    for _ in range(5):
        await public.find(SIREN, AT)

    await asyncio.gather(*(public.find(SIREN, AT + MINUTE) for _ in range(10)))

    assert len(api.calls) == 6


@pytest.mark.parametrize(
    ("retry_after", "rest"),
    [
        ("300", timedelta(minutes=5)),
        ("2", MINUTE),
        ("86400", timedelta(hours=1)),
        ("Mon, 02 Mar 2026 10:00:00 GMT", MINUTE),
        ("-5", MINUTE),
    ],
)
async def test_asked_to_wait_it_waits(api: HttpServer, retry_after: str, rest: timedelta) -> None:
    api.reply = Reply(429, headers={"Retry-After": retry_after})
    public = register(api)
    assert await public.find(SIREN, AT) is None
    api.reply = found(an_answer())

    assert await public.find(SIREN, AT + rest - timedelta(seconds=1)) is None
    assert len(api.calls) == 1
    assert await public.find(SIREN, AT + rest) is not None


async def test_the_register_that_is_off_knows_nobody() -> None:
    assert await NoRegister().find(SIREN, AT) is None


def test_a_register_in_clear_is_refused() -> None:
    with pytest.raises(ValueError, match="https"):
        PublicRegister("http://annuaire.example")


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("5710", "SAS"),
        ("5720", "SASU"),
        ("5499", "SARL"),
        ("5498", "EURL"),
        ("5599", "SA"),
        ("5699", "SA"),
        ("5202", "SNC"),
        ("6540", "SCI"),
        ("6599", "Société civile"),
        ("1000", "Entreprise individuelle"),
        ("9220", "Association"),
        ("9230", "Association"),
        ("5785", "SELAS"),
        ("7210", "Collectivité territoriale"),
        ("9900", ""),
        ("", ""),
    ],
)
def test_the_legal_form_is_named_as_people_name_it(code: str, form: str) -> None:
    assert legal_form(code) == form
