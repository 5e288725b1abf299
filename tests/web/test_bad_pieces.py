"""What is sent by mistake or by malice, over HTTP, beside a good version: what is wrong with which file and what to do.

The dossier stays as it was: its versions, its events, its files and what the journal says of it.
"""

import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pikepdf
import pytest
import sqlalchemy as sa

from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.records.tables import arrivals, journal
from portal.services.context import Portal
from portal.services.dossiers import own_dossier
from portal.services.papers import paper
from tests.documents.hostile import armed
from tests.documents.hostile.corpus import corpus
from tests.documents.hostile.mislabelled import word
from tests.documents.hostile.papers import pdf
from tests.documents.scans import printed
from tests.documents.sheets import one_file, pages_of
from tests.people import ORIGIN, Person
from tests.services.clients import Client, a_trial
from tests.services.subscribing import COMPANY, give_facts, kbis, signed
from tests.web.test_piece_routes import (
    a_photo,
    anne,  # noqa: F401 -- the fixture
    browser_of,
    count,
    said,
    sent,
    subscriber,
)

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
OTHER = {"siren": "552100554", "email": "paul@autre.example", "legal_name": "Autre"}


@dataclass(frozen=True)
class Desk:
    """A client whose contract and extract are received, what she may send next, and today."""

    portal: Portal
    client: Client
    contract: bytes
    mandate: bytes
    today: date

    def extract(self, siren: str = COMPANY.siren) -> bytes:
        return kbis(self.today - timedelta(days=1), replace(COMPANY, siren=siren))


Make = Callable[[Desk], Awaitable[bytes]]


def the(content: bytes) -> Make:
    async def make(_desk: Desk) -> bytes:
        return content

    return make


def dated(days: int) -> Make:
    async def make(desk: Desk) -> bytes:
        return kbis(desk.today + timedelta(days=days))

    return make


async def of_another_company(desk: Desk) -> bytes:
    return desk.extract(siren="552100554")


async def the_mandate(desk: Desk) -> bytes:
    return desk.mandate


async def without_its_last_page(desk: Desk) -> bytes:
    return pages_of(desk.contract, 1)


async def its_first_page_twice(desk: Desk) -> bytes:
    return pages_of(desk.contract, 1, 1)


async def with_a_page_of_another_dossier(desk: Desk) -> bytes:
    return one_file(pages_of(desk.contract, 1), pages_of(await _anothers(desk), 2))


async def all_of_another_dossier(desk: Desk) -> bytes:
    return await _anothers(desk)


async def _anothers(desk: Desk) -> bytes:
    clock = desk.portal.clock
    other = await a_trial(desk.portal, clock, clock.now(), **OTHER)  # type: ignore[arg-type]  # tests' own clock
    await give_facts(desk.portal, other)
    return await signed(desk.portal, other, Piece.CONTRACT)


async def cut_before_its_end(desk: Desk) -> bytes:
    return desk.contract[: len(desk.contract) * 8 // 10]


# Which piece, what is sent, under which name, and the words of the answer.
REFUSED: dict[str, tuple[Piece, Make, str, str]] = {
    "password": (
        Piece.KBIS, the(armed.locked()), "K-bis.pdf",
        "« K-bis.pdf » est protégé par un mot de passe : enregistrez-le sans",
    ),
    "empty": (Piece.KBIS, the(b""), "K-bis.pdf", "« K-bis.pdf » est vide : choisissez-le de nouveau"),
    "Word": (
        Piece.CONTRACT, the(word()), "Contrat.docx", "« Contrat.docx » est un document Word"
    ),
    "wrong by content": (
        Piece.CONTRACT, the(b"<html>contrat</html>"), "Contrat.pdf", "« Contrat.pdf » n’est ni un PDF, ni une photo"
    ),
    "61 pages": (
        Piece.CONTRACT, the(pdf(61)), "Contrat.pdf",
        "« Contrat.pdf » compte plus de 60 pages : n’envoyez que la pièce demandée",
    ),
    "bomb": (
        Piece.KBIS, lambda _desk: _made("bomb-contents-400.pdf"), "K-bis.pdf",
        "« K-bis.pdf » est trop lourd à lire une fois ouvert",
    ),
    "path": (Piece.KBIS, the(b"root:x:0:0"), "../../etc/passwd", "« passwd » n’est ni un PDF"),
    "cut": (
        Piece.CONTRACT, cut_before_its_end, "Contrat.pdf",
        "« Contrat.pdf » est abîmé ou incomplet : enregistrez-le ou numérisez-le de nouveau",
    ),
    "mandate for contract": (
        Piece.CONTRACT, the_mandate, "Mandat.pdf",
        "« Mandat.pdf » : ce fichier est le mandat SEPA signé, et non le contrat signé. Déposez-le à sa place",
    ),
    "page missing": (
        Piece.CONTRACT, without_its_last_page, "Contrat.pdf",
        "« Contrat.pdf » : ce fichier est incomplet : le contrat signé compte 2 pages, il manque la page 2. Envoyez",
    ),
    "page twice": (
        Piece.CONTRACT, its_first_page_twice, "Contrat.pdf",
        "le contrat signé compte 2 pages, il manque la page 2 ; la page 1 y est en double. Envoyez toutes ses pages",
    ),
    "another dossier's": (
        Piece.CONTRACT, all_of_another_dossier, "Contrat.pdf", "qui n’est pas le vôtre (CT-2026-0001)"
    ),
    "a page of another dossier": (
        Piece.CONTRACT, with_a_page_of_another_dossier, "Contrat.pdf",
        "« Contrat.pdf » : la page 2 de ce fichier est du contrat CT-2026-0002",
    ),
    "another company": (
        Piece.KBIS, of_another_company, "K-bis.pdf",
        "« K-bis.pdf » : cette pièce porte le SIREN 552 100 554, votre compte le 732 829 320",
    ),
    "too old": (Piece.KBIS, dated(-120), "K-bis.pdf", "pouvait être reçu jusqu’au"),
    "tomorrow": (Piece.KBIS, dated(1), "K-bis.pdf", "est daté d’un jour à venir"),
}  # fmt: skip


async def _made(name: str) -> bytes:
    return corpus()[name]()


@pytest.fixture
async def desk(portal: Portal, anne: Person) -> Desk:  # noqa: F811 -- the fixture
    client = await subscriber(portal, anne)
    contract = await signed(portal, client, Piece.CONTRACT)
    mandate = await signed(portal, client, Piece.MANDATE)
    today = paris_day(portal.now())
    made = Desk(portal, client, contract, mandate, today)
    for piece, content in (("contract", contract), ("kbis", made.extract())):
        assert (await sent(anne, piece, ("bon.pdf", content))).status_code == 200
    return made


async def as_it_is(desk: Desk) -> tuple[object, ...]:
    """All that a refused file must leave as it was."""
    dossier = await own_dossier(desk.portal, desk.client.viewer)
    files = sorted(str(one) for one in (desk.portal.settings.data / "files").rglob("*") if one.is_file())
    workspace = [one for one in (desk.portal.settings.data / "workspace").rglob("*") if one.is_file()]
    async with desk.portal.database.reading() as connection:
        of_hers = sa.select(journal.c.kind).where(journal.c.person_id == desk.client.viewer.person_id)
        lines = list(await connection.scalars(of_hers.order_by(journal.c.id)))
    return dossier.versions, dossier.contract.events, dossier.number, files, workspace, lines


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_refused_is_told_and_leaves_the_dossier_as_it_was(
    portal: Portal,
    anne: Person,  # noqa: F811 -- the fixture
    desk: Desk,
    case: str,
) -> None:
    piece, make, name, words = REFUSED[case]
    content = await make(desk)
    before = await as_it_is(desk)
    answer = await sent(anne, piece.value, (name, content))
    assert 400 <= answer.status_code < 500, answer.text
    told = said(answer).replace("\u202f", " ")
    assert words in told, told
    assert await as_it_is(desk) == before
    assert await count(portal, arrivals) == 0


async def test_the_last_good_day_of_an_extract_and_the_day_after(
    portal: Portal,
    anne: Person,  # noqa: F811 -- the fixture
    desk: Desk,
) -> None:
    """One day too old: dated three months ago to the day (CGV art. 8)."""
    three_months_ago = date(desk.today.year, desk.today.month, desk.today.day)
    month = three_months_ago.month - 3
    exactly = three_months_ago.replace(
        year=three_months_ago.year - (month < 1), month=month + 12 * (month < 1)
    )
    before = await as_it_is(desk)
    answer = await sent(anne, "kbis", ("K-bis.pdf", kbis(exactly)))
    assert (answer.status_code, "pouvait être reçu jusqu’au" in said(answer)) == (409, True)
    assert await as_it_is(desk) == before
    assert (await sent(anne, "kbis", ("K-bis.pdf", kbis(exactly + timedelta(days=1))))).status_code == 200


async def test_a_name_that_climbs_is_only_a_name(
    portal: Portal,
    anne: Person,  # noqa: F811 -- the fixture
    desk: Desk,
) -> None:
    answer = await sent(anne, "mandate", ("../../../Mandat signé.pdf", desk.mandate))
    assert answer.status_code == 200
    version = answer.json()["version"]
    kept = (await own_dossier(portal, desk.client.viewer)).version(version)
    assert kept is not None
    assert kept.name == "Mandat signé.pdf"
    async with browser_of(anne) as browser:
        original = await browser.get(f"/pieces/{version}/original-1")
    assert original.content == desk.mandate
    assert ".." not in original.headers["content-disposition"]


async def test_what_is_armed_is_taken_disarmed_and_said(
    portal: Portal,
    anne: Person,  # noqa: F811 -- the fixture
    desk: Desk,
) -> None:
    """The original stays as received, for its owner and the evidence; what is looked at holds neither script nor file."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(desk.mandate)) as made:
        made.Root.OpenAction = pikepdf.Object.parse(armed.ACTIONS["javascript"].encode())
        made.attachments["annexe.exe"] = armed.MARK.encode()
        made.save(out)
    answer = await sent(anne, "mandate", ("Mandat.pdf", out.getvalue()))
    assert answer.status_code == 200, answer.text
    version = answer.json()["version"]
    taken = (await own_dossier(portal, desk.client.viewer)).version(version)
    assert taken is not None
    assert {one.value for one in taken.reading.removed} == {"lien ou action", "fichier joint"}
    async with browser_of(anne) as browser:
        copy = await browser.get(f"/pieces/{version}/copie.pdf")
        original = await browser.get(f"/pieces/{version}/original-1")
    with pikepdf.open(io.BytesIO(copy.content)) as looked_at:
        assert "/OpenAction" not in looked_at.Root
        assert not looked_at.attachments
        assert all(armed.MARK.encode() not in one.unparse() for one in looked_at.objects)
    assert original.content == out.getvalue()


async def test_a_photo_upside_down_is_read_and_shown_upright(
    portal: Portal,
    anne: Person,  # noqa: F811 -- the fixture
    desk: Desk,
) -> None:
    """Of a page that bears our code; of an extract, see `tests/services/test_pieces.py`."""
    (sheet,) = printed(desk.mandate, 150)
    out = io.BytesIO()
    sheet.convert("RGB").rotate(180).save(out, "JPEG", quality=85)
    answer = await sent(anne, "mandate", ("IMG_0042.jpg", out.getvalue()))
    assert answer.status_code == 200, answer.text
    taken = (await own_dossier(portal, desk.client.viewer)).version(answer.json()["version"])
    assert taken is not None
    assert (taken.reading.pages_seen, taken.reading.ink) == ((1,), True)


async def test_a_blank_photo_is_taken_and_says_what_it_lacks(
    portal: Portal,
    anne: Person,  # noqa: F811 -- the fixture
    desk: Desk,
) -> None:
    """No code, no ink: a person looks at it; it does not count as signed by itself."""
    await paper(portal, desk.client.viewer, Piece.MANDATE, ORIGIN)
    answer = await sent(anne, "mandate", ("IMG_0043.jpg", a_photo()))
    assert answer.status_code == 200
    taken = (await own_dossier(portal, desk.client.viewer)).version(answer.json()["version"])
    assert taken is not None
    assert (taken.reading.edition, taken.reading.pages_seen) == (None, ())
