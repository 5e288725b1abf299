"""The document of an invoice (CGV art. 10; CGI, ann. II, art. 242 nonies A): its facts kept at issue, the same bytes ever after."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.documents.facturx_checks import attached_xml, missing_marks
from portal.documents.invoice_reading import read
from portal.outside.e_invoicing import Deposit, PlatformUnavailable
from portal.records.billing_tables import invoice_papers, mandates
from portal.records.tables import companies, dossiers
from portal.services.context import NotFound, Portal
from portal.services.invoice_papers import deposit_waiting, document, render_waiting
from tests.clock import FixedClock
from tests.documents.test_invoice_paper import pages
from tests.services.clients import Client, act, live_until, paris
from tests.services.invoiced import HINT, in_force, numbers

APRIL = "F-2026-0002"  # issued on 20 March for April; the first month's is number 1


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    """In force on 17/03/2026, and invoiced for April."""
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 3, 21), 9))
    return client


async def changed(portal: Portal, table: sa.Table, **values: object) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(sa.update(table).values(**values))

    await portal.transact(work)


async def row_of(portal: Portal, number: str) -> sa.Row[tuple[object, ...]]:
    async with portal.database.reading() as connection:
        found = await connection.execute(sa.select(invoice_papers).where(invoice_papers.c.number == number))
        return found.one()


# --- what it says ------------------------------------------------------------------------------------


async def test_an_issued_invoice_becomes_the_document_that_says_it(portal: Portal, client: Client) -> None:
    assert await numbers(portal) == ["F-2026-0001", APRIL]
    assert await render_waiting(portal) == 2
    pdf = await document(portal, APRIL)
    assert missing_marks(pdf) == ()
    (text,) = pages(pdf)
    assert f"Prélevé le mardi 31 mars 2026 sur votre compte {HINT}." in text
    assert "À PAYER 142,26 €" in text
    assert "Contrat CT-2026-0001 Mandat CT-2026-0001-M1" in text
    assert "Atelier Nord 14 rue du Port 59140 Dunkerque SIREN 732 829 320" in text
    found = read(attached_xml(pdf) or b"")
    assert (found.net_cents, found.vat_total_cents, found.payable_cents) == (11855, 2371, 14226)
    assert (found.contract, found.mandate, found.due) == (
        "CT-2026-0001",
        "CT-2026-0001-M1",
        date(2026, 3, 31),
    )


async def test_the_first_month_is_collected_or_paid_earlier_by_transfer(
    portal: Portal, client: Client
) -> None:
    (text,) = pages(await document(portal, "F-2026-0001"))
    # Issued with the validation, before there was a mandate in the tables of this test.
    assert "Par virement" in text
    assert "Période" not in text


async def test_an_invoice_says_what_was_true_when_it_was_issued(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    await changed(portal, companies, street="1 avenue Ailleurs", city="Lille", legal_name="Autre Nom")
    await changed(portal, dossiers, vat_number="FR44732829320")
    await changed(portal, mandates, iban_hint="FR14 •••• •••• 2606")
    clock.move_to(paris(date(2026, 4, 2), 9))
    (text,) = pages(await document(portal, APRIL))
    assert "Atelier Nord 14 rue du Port 59140 Dunkerque" in text
    assert HINT in text
    assert "Ailleurs" not in text
    assert "FR44732829320" not in text
    await live_until(portal, clock, client, paris(date(2026, 4, 21), 9))
    (may,) = pages(await document(portal, (await numbers(portal))[-1]))
    assert "Autre Nom 1 avenue Ailleurs 59140 Lille SIREN 732 829 320 N° de TVA FR44732829320" in may


async def test_without_a_usable_mandate_the_invoice_asks_for_a_transfer(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    await changed(portal, mandates, blocked_at=clock.now(), blocked_for="MD01")
    await live_until(portal, clock, client, paris(date(2026, 4, 21), 9))
    pdf = await document(portal, (await numbers(portal))[-1])
    assert "Par virement, au plus tard le jeudi 30 avril 2026" in pages(pdf)[0]
    assert read(attached_xml(pdf) or b"").means == "30"


async def test_a_credit_note_cites_the_invoice_it_corrects(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    """May is invoiced on 20 April; the contract ends on the 21st: what May was charged comes back."""
    await act(portal, client, a.Settle(month="2026-04"))
    await live_until(portal, clock, client, paris(date(2026, 4, 21), 9))
    await act(portal, client, a.Terminate(reason="insolvency", since=date(2026, 3, 20)))
    may, credit_note = (await numbers(portal))[-2:]
    pdf = await document(portal, credit_note)
    (text,) = pages(pdf)
    assert credit_note == "A-2026-0001"
    assert f"Avoir sur la facture {may} du 20 avril 2026." in text
    assert "Ajustement, mai 2026 : après la fin du contrat" in text
    found = read(attached_xml(pdf) or b"")
    assert (found.cited, found.cited_on, found.type_code) == (may, date(2026, 4, 20), "381")


# --- the same ever after -------------------------------------------------------------------------------


async def test_it_is_rendered_once_and_kept(portal: Portal, clock: FixedClock, client: Client) -> None:
    first = await document(portal, APRIL)
    row = await row_of(portal, APRIL)
    assert row.pdf_key == row.pdf_sha256 == hashlib.sha256(first).hexdigest()
    clock.move_to(paris(date(2026, 9, 1), 9))
    assert await document(portal, APRIL) == first
    assert await render_waiting(portal) == 1  # the first month's
    assert await render_waiting(portal) == 0
    assert (await row_of(portal, APRIL)).rendered_at == row.rendered_at


async def test_several_who_ask_at_once_get_the_same_bytes(portal: Portal, client: Client) -> None:
    asked = await asyncio.gather(*[document(portal, APRIL) for _ in range(4)], render_waiting(portal))
    assert len(set(asked[:4])) == 1


async def test_what_it_says_and_what_was_rendered_are_unreadable_at_rest(
    portal: Portal, client: Client
) -> None:
    pdf = await document(portal, APRIL)
    row = await row_of(portal, APRIL)
    assert b"Dunkerque" not in row.facts
    stored = [file.read_bytes() for file in (portal.settings.data / "files").rglob("*") if file.is_file()]
    assert stored
    assert not any(content.startswith(b"%PDF") for content in stored)
    assert pdf.startswith(b"%PDF")


async def test_facts_are_kept_with_the_issue_or_not_at_all(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    clock.move_to(paris(date(2026, 3, 20), 9))

    async def fails(connection: AsyncConnection) -> None:
        from portal.services.histories import OpenHistory

        await OpenHistory.open(portal, connection, client.contract_id, company_id=None, at=portal.now())
        raise RuntimeError("the process dies here")

    with pytest.raises(RuntimeError):
        await portal.transact(fails)
    assert await numbers(portal) == ["F-2026-0001"]
    with pytest.raises(NotFound):
        await document(portal, APRIL)


async def test_documents_issued_before_facts_were_kept_are_rendered_too(
    portal: Portal, client: Client
) -> None:
    async def forget(connection: AsyncConnection) -> None:
        await connection.execute(sa.delete(invoice_papers))

    before = await document(portal, APRIL)
    await portal.transact(forget)
    assert await render_waiting(portal) == 2
    assert await document(portal, APRIL) == before


async def test_an_unknown_number_is_not_found(portal: Portal, client: Client) -> None:
    with pytest.raises(NotFound):
        await document(portal, "F-2026-9999")


async def test_a_document_that_would_not_be_fit_is_not_kept_and_keeps_no_other_waiting(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await changed(portal, companies, siren="732829321")
    await live_until(portal, clock, client, paris(date(2026, 3, 21), 9))
    assert await render_waiting(portal) == 1
    assert (await row_of(portal, APRIL)).pdf_key is None
    assert (await row_of(portal, "F-2026-0001")).pdf_key


# --- the e-invoicing platform --------------------------------------------------------------------------


async def test_nothing_is_deposited_before_the_day_from_which_it_must(portal: Portal, client: Client) -> None:
    await render_waiting(portal)
    assert await deposit_waiting(portal) == 0
    assert not portal.settings.e_invoicing_folder.exists()


async def test_from_that_day_each_document_is_deposited_once_rendered(portal: Portal, client: Client) -> None:
    from_then = replace(
        portal, settings=portal.settings.model_copy(update={"e_invoicing_from": date(2026, 3, 20)})
    )
    assert await deposit_waiting(from_then) == 0
    await render_waiting(from_then)
    assert await deposit_waiting(from_then) == 1
    assert await deposit_waiting(from_then) == 0
    (file,) = portal.settings.e_invoicing_folder.iterdir()
    assert file.name == f"{APRIL}.pdf"
    assert file.read_bytes() == await document(portal, APRIL)


class SilentAtFirst:
    """A platform that takes what it is given, and only answers the second time."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def deposit(self, invoice: Deposit) -> None:
        self.given.append(invoice.number)
        if len(self.given) == 1:
            raise PlatformUnavailable("La plateforme ne répond pas.")


async def test_a_platform_that_does_not_answer_is_asked_again(portal: Portal, client: Client) -> None:
    platform = SilentAtFirst()
    asked = replace(
        portal,
        platform=platform,
        settings=portal.settings.model_copy(update={"e_invoicing_from": date(2026, 3, 1)}),
    )
    await render_waiting(asked)
    assert await deposit_waiting(asked) == 0
    assert await deposit_waiting(asked) == 2
    assert platform.given == ["F-2026-0001", "F-2026-0001", APRIL]
