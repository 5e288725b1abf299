"""What staff see and send on their pages: clients found, mails and orders that did not leave sent again."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.outside.provisioning import Order, ProvisioningUnavailable
from portal.records.tables import events, outbox
from portal.services.calendar import sweep
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from portal.services.crm import ask_crm
from portal.services.outbox import deliver
from portal.web import running
from portal.web.staff.states import ClientFileState, ClientsState, MailsState
from tests.clock import FixedClock
from tests.people import a_member_of_staff
from tests.services.clients import Client, a_client, start_trial
from tests.services.test_parking import BROKEN, break_its_history
from tests.web.events import Tab

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


class DeafCrm:
    """A CRM that does not answer."""

    async def ask(self, order: Order, asked_at: object) -> None:
        raise ProvisioningUnavailable("Le CRM ne répond pas.")


@pytest.fixture
async def nord(portal: Portal) -> AsyncIterator[Client]:
    running.run_with(portal)
    await publish_demonstration(portal)
    client = await a_client(portal)
    await start_trial(portal, client)
    yield client
    running.run_with(None)


@pytest.fixture
async def tab(portal: Portal, nord: Client) -> Tab:
    return Tab((await a_member_of_staff(portal)).cookie)


def file_of(client: Client) -> str:
    return f"/gestion/client?id={client.contract_id}"


async def give_up_all_mails(portal: Portal) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(sa.update(outbox).values(next_attempt_at=None, problem="Refusé (code 550)."))

    await portal.transact(work)


async def test_a_page_that_has_not_loaded_is_not_taken_for_one_that_has(tab: Tab, nord: Client) -> None:
    """Whoever comes from the list must see the file, or that it is coming, never an empty one."""
    await tab.send(ClientsState.load, at="/gestion")

    assert tab.state(ClientsState).loaded
    assert not tab.state(ClientFileState).loaded
    await tab.send(ClientFileState.load, at=file_of(nord))
    assert tab.state(ClientFileState).loaded
    assert tab.state(ClientFileState).file.name == "Atelier Nord"


async def test_what_one_page_says_is_not_said_on_the_next(tab: Tab, nord: Client) -> None:
    await tab.send(ClientFileState.load, at=file_of(nord))
    await tab.send(ClientFileState.allow_trial, {"reason": ""}, at=file_of(nord))

    assert tab.state(ClientFileState).problem != ""
    assert tab.state(ClientsState).problem == ""


async def test_the_list_keeps_what_it_was_narrowed_by_until_all_is_asked_for(tab: Tab) -> None:
    await tab.send(ClientsState.load, at="/gestion")
    await tab.send(ClientsState.find, "introuvable")
    await tab.send(ClientsState.filter_by, "trial")
    await tab.send(ClientsState.load, at="/gestion")
    listed = tab.state(ClientsState)
    assert (listed.search, listed.relationship, listed.rows, listed.count) == (
        "introuvable",
        "trial",
        [],
        "Aucun client",
    )

    await tab.send(ClientsState.show_all)

    assert (listed.search, listed.relationship, listed.count) == ("", "", "1 client")
    assert [row.name for row in listed.rows] == ["Atelier Nord"]


async def test_a_mail_given_up_is_counted_shown_and_sent_again_once(portal: Portal, tab: Tab) -> None:
    await give_up_all_mails(portal)
    await tab.send(MailsState.load, at="/gestion/mails")
    post = tab.state(MailsState)
    first = post.rows[0]
    assert (first.state, first.problem, first.is_given_up) == ("Non envoyé", "Refusé (code 550).", True)
    assert "ne sont pas partis" in post.count

    await tab.send(MailsState.send_mail_again, first.mail_id)
    assert post.said == "L’e-mail repart\u00a0: il est envoyé dans la minute."
    await tab.send(MailsState.send_mail_again, first.mail_id)

    assert post.said == "Cet e-mail est déjà en route, ou déjà parti."
    assert (await deliver(portal)).sent == 1


async def test_a_mail_is_sent_again_from_the_client_s_file_and_its_journal_says_so(
    portal: Portal, tab: Tab, nord: Client
) -> None:
    await give_up_all_mails(portal)
    await tab.send(ClientFileState.load, at=file_of(nord))
    shown = tab.state(ClientFileState)

    await tab.send(ClientFileState.send_mail_again, shown.file.mails[0].mail_id)

    assert [one.state for one in shown.file.mails].count("En attente") == 1
    assert "renvoyé par notre équipe" in shown.file.journal[0].sentence


async def test_an_order_the_crm_refuses_is_on_the_list_and_on_the_file_until_it_is_taken(
    portal: Portal, tab: Tab, nord: Client
) -> None:
    await ask_crm(replace(portal, provisioning=DeafCrm()))
    await tab.send(ClientsState.load, at="/gestion")
    await tab.send(ClientFileState.load, at=file_of(nord))
    listed, shown = tab.state(ClientsState), tab.state(ClientFileState)
    [refused] = listed.refused
    assert (refused.client, refused.what, refused.problem) == (
        "Atelier Nord",
        "Ouvrir le service",
        "Le CRM ne répond pas.",
    )
    assert shown.file.is_refused_by_crm

    await tab.send(ClientsState.try_order_again, refused.order_id)
    await tab.send(ClientFileState.try_order_again, refused.order_id)

    assert listed.said == "L’ordre repart\u00a0: il est transmis au CRM dans la minute."
    assert shown.said == "Cet ordre est déjà en route, ou déjà transmis."
    assert (listed.refused, shown.file.is_refused_by_crm) == ([], False)
    assert await ask_crm(portal) == 1
    await tab.send(ClientFileState.load, at=file_of(nord))
    assert [one.state for one in shown.file.orders] == ["Transmis"]


@pytest.mark.parametrize("sent", ["", "un", "-1", "1.5", "²", "9" * 40, "999999"])
async def test_what_is_no_mail_and_no_order_leads_to_the_page_that_is_not_there(tab: Tab, sent: str) -> None:
    assert "/404" in await tab.send(MailsState.send_mail_again, sent)
    assert "/404" in await tab.send(ClientsState.try_order_again, sent)


async def test_a_contract_stopped_for_a_check_is_first_and_can_go_on(
    portal: Portal, clock: FixedClock, tab: Tab, nord: Client
) -> None:
    await break_its_history(portal, nord, clock.now())
    clock.advance(days=40)
    await sweep(portal)

    await tab.send(ClientsState.load, at="/gestion")
    assert tab.state(ClientsState).rows[0].situation == "À vérifier"
    await tab.send(ClientFileState.load, at=file_of(nord))
    assert tab.state(ClientFileState).file.situation == "À vérifier"
    assert tab.state(ClientFileState).file.parked_for == [BROKEN]
    await tab.send(ClientFileState.release, at=file_of(nord))
    assert tab.state(ClientFileState).problem == "Le contrat est toujours contredit : il reste arrêté."

    async def mend(connection: AsyncConnection) -> None:
        await connection.execute(sa.delete(events).where(events.c.kind == "invoice_issued"))

    await portal.transact(mend)
    await tab.send(ClientFileState.release, at=file_of(nord))
    assert tab.state(ClientFileState).said == "Le contrat a repris."
    assert tab.state(ClientFileState).file.parked_for == []
