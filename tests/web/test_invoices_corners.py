"""What `/espace/factures` says where an account is not an ordinary one: before, after, given back, with the bank."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.records.billing_tables import collection_files, collections, mandates
from portal.services.context import Portal
from portal.services.ledgers import own_ledger
from tests.clock import FixedClock
from tests.services.clients import Client, a_trial, act, live_until, paris
from tests.services.paying_lives import in_force, paid_until
from tests.web.test_invoices_view import opened, plain, shown, told

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


async def test_the_first_month_is_to_pay_and_never_late(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 3, 3), 10))
    dated = {Piece.KBIS: date(2026, 3, 1)}
    await act(
        portal,
        client,
        *(a.SubmitDocument(piece=piece, document=piece, dated=dated.get(piece)) for piece in Piece),
        *(a.AcceptDocument(piece=piece) for piece in Piece),
        a.ValidateIdentity(),
    )
    view = await shown(portal, client)
    assert (view.headline, view.is_late) == ("Votre premier mois", False)
    assert told(view.to_pay[0].figures) == [
        ("Reste à payer, TTC", "294,00 €"),
        ("À payer au plus tard", "mardi 10 mars 2026"),
        ("Prélèvement", "mardi 10 mars 2026"),
    ]
    assert plain(view.rows[0].what) == "premier mois"
    # She is alone: the rest is the contract's minimum.
    sheet = (await opened(portal, client, "F-2026-0001")).sheet
    assert [(plain(one.text), plain(one.value)) for one in sheet.lines[0].why.persons] == [
        ("Anne Leroy", "depuis le 3 mars 2026"),
        ("Complété jusqu’au minimum du contrat", "4 places"),
    ]

    clock.move_to(paris(date(2026, 3, 20), 10))
    late = await shown(portal, client)
    assert (late.is_late, late.rows[0].standing) == (False, "À payer")
    assert [plain(one.label) for one in late.to_pay[0].figures] == [
        "Reste à payer, TTC",
        "À payer au plus tard",
    ]


async def test_a_credit_note_stands_in_the_list_and_on_the_invoice_it_cites(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 4, 22), 10))
    note = a.IssueCreditNote(cites="F-2026-0002", net_cents=10000, label="Panne du 14 avril")
    await act(portal, client, note)
    view = await shown(portal, client)
    row = view.rows[0]
    assert (row.number, row.standing, row.since) == ("A-2026-0001", "Avoir", "sur F-2026-0002")
    assert plain(row.amount) == "−120,00 €"
    assert plain(view.to_pay[0].figures[0].value) == "350,40 €"
    assert plain(view.year.bars[1].value) == "350,40 €"

    credit = await opened(portal, client, "A-2026-0001")
    assert (credit.kind, credit.cites) == ("Avoir sur F-2026-0002", "F-2026-0002")
    assert plain(credit.sheet.gross.label) == "Total rendu, TTC"
    assert [one.label for one in credit.sheet.dates] == ["Émission"]
    cited = await opened(portal, client, "F-2026-0002")
    assert told(cited.history) == [("Avoir A-2026-0001", "−120,00 €")]
    assert plain(cited.left.why.steps[-1].text) == "moins les avoirs imputés"


async def test_a_contract_that_ended_has_its_last_document_and_nothing_to_come(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock, more=())
    await paid_until(portal, clock, client, "2026-05")
    await live_until(portal, clock, client, paris(date(2026, 5, 10), 10))
    await act(portal, client, a.Terminate(reason="force_majeure"))
    view = await shown(portal, client)
    assert plain(view.lead) == "Votre contrat est terminé et tout est réglé."
    assert (view.next_sheet.title, view.after, view.to_pay) == ("", [], [])
    assert view.rows[0].number.startswith("A-")
    assert "foreseen" not in {bar.tone for bar in view.year.bars}


async def test_what_the_calendar_has_just_brought_is_being_issued(portal: Portal, clock: FixedClock) -> None:
    """Its number is the vendor's to give: until a job has, it is none of the list, and shows none."""
    client = await in_force(portal, clock)
    await paid_until(portal, clock, client, "2026-05")
    clock.move_to(paris(date(2026, 5, 20), 6, 1))
    view = await shown(portal, client)
    assert "en cours d’émission" in plain(view.next_said)
    assert plain(view.next_sheet.title) == "Facture de juin 2026"
    assert view.next_sheet.dates[0].why.clause == "10.3"
    assert [row.number for row in view.rows] == ["F-2026-0002", "F-2026-0001"]
    assert view.to_pay == []
    assert len((await own_ledger(portal, client.viewer)).to_come) == 3


async def collected(portal: Portal, client: Client, standing: str, reason: str = "") -> None:
    """Record that the invoice of May was handed to the bank for 30/04."""

    async def work(connection: AsyncConnection) -> None:
        at = paris(date(2026, 4, 24), 10)
        named = {"reference": "CT-2026-0001-M1", "contract_id": client.contract_id}
        await connection.execute(
            sa.insert(mandates).values(
                **named,
                edition=1,
                holder="Atelier Nord",
                iban=b"",
                iban_hint="FR76 •••• •••• 0189",
                bic="",
                bank_name="",
                signed_on=date(2026, 3, 26),
                accepted_at=at,
                blocked_for="",
            )
        )
        await connection.execute(
            sa.insert(collection_files).values(
                id="PRLV-20260430-1",
                collection_on=date(2026, 4, 30),
                made_at=at,
                lines=1,
                total_cents=47040,
                sha256="0" * 64,
                file_key="0" * 64,
            )
        )
        await connection.execute(
            sa.insert(collections).values(
                end_to_end_id="F-2026-0002-1",
                invoice_number="F-2026-0002",
                contract_id=client.contract_id,
                company_id=client.viewer.tenant,
                mandate_reference="CT-2026-0001-M1",
                sequence="FRST",
                amount_cents=47040,
                collection_on=date(2026, 4, 30),
                file_id="PRLV-20260430-1",
                standing=standing,
                reason_code=reason,
                closed_at=at if reason else None,
            )
        )

    await portal.transact(work)


async def test_a_collection_that_is_with_the_bank_is_said_to_be(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 4, 25), 10))
    await collected(portal, client, "open")
    view = await shown(portal, client)
    assert (view.rows[0].standing, plain(view.rows[0].since)) == ("Prélèvement en cours", "le 30 avril 2026")
    assert view.to_pay[0].figures[-1].why.clause == "10.2"


async def test_in_arrears_what_came_back_from_the_bank_is_told_with_its_reason(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 4, 30), 10))
    await collected(portal, client, "rejected", "AM04")
    await act(portal, client, a.ReturnPayment(month="2026-05", kind="reject"))
    await live_until(portal, clock, client, paris(date(2026, 5, 5), 10))
    view = await shown(portal, client)
    assert [plain(one.value) for one in view.arrears.collections] == [
        "F-2026-0002 : prélèvement du jeudi 30 avril 2026 revenu de votre banque, la provision est insuffisante."
    ]
    history = (await opened(portal, client, "F-2026-0002")).history
    assert plain(history[0].note) == "le jeudi 30 avril 2026 : la provision est insuffisante"


async def test_in_arrears_what_is_presented_again_is_told(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 5), 10))
    await collected(portal, client, "open")
    [one] = (await shown(portal, client)).arrears.collections
    assert one.why.clause == "10.2"
    assert plain(one.value).startswith(
        "F-2026-0002 : 470,40 € sont présentés à votre banque le jeudi 30 avril"
    )


async def test_two_late_invoices_have_a_total_each_and_one_together(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 6, 10), 10))
    view = await shown(portal, client)
    assert [plain(block.total.value) for block in view.arrears.blocks] == ["518,65 €", "514,52 €"]
    assert plain(view.arrears.sum) == "1 033,17 €"
    assert plain(view.arrears.sum_why.result) == "1 033,17 €"
    assert plain(view.lead).startswith("Le service est suspendu depuis le mercredi 20 mai 2026")
