"""CGV art. 8, 10.1: the first month as the page, the paper and the mail foresee it is the one that is invoiced."""

from datetime import date

import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.records.tables import persons
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from portal.services.dossiers import own_dossier
from portal.services.examining import accept, validate_identity
from portal.services.papers import paper
from portal.services.trials import accept_terms
from portal.web.client.subscribe_view import typed_of
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.mailboxes import all_mails, template_of
from tests.services.subscribing import give_facts
from tests.services.test_papers import words
from tests.web.test_subscribe_view import plain, shown

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

VALIDATED = paris(date(2026, 3, 27), 10)  # the notice does not fit into March: the invoice waits for April


async def colleagues(portal: Portal, client: Client, number: int) -> None:
    """Name persons of the company who will use the service."""
    ids = [f"colleague-{one}" for one in range(number)]
    async with portal.database.transaction() as connection:
        for one in ids:
            await connection.execute(
                sa.insert(persons).values(
                    id=one,
                    company_id=client.viewer.company_id,
                    email=f"{one}@atelier-nord.example",
                    first_name="Une",
                    last_name=one,
                    created_at=portal.now(),
                )
            )
    await act(portal, client, *(a.RegisterUser(user=one) for one in ids))


async def a_direct_subscriber(portal: Portal, clock: FixedClock, *, named: int, users: str = "6") -> Client:
    """Make a client without a trial, whose contract is signed and who has named colleagues."""
    clock.move_to(paris(date(2026, 3, 25), 10))
    await publish_demonstration(portal)
    client = await a_client(portal)
    await accept_terms(portal, client.viewer, "2026-01", ORIGIN)
    await give_facts(portal, client, users=users)
    dated = {Piece.KBIS: date(2026, 3, 2)}
    sent = (a.SubmitDocument(piece=one, document=f"{one}-1", dated=dated.get(one)) for one in Piece)
    await act(portal, client, *sent)
    await colleagues(portal, client, named)
    return client


async def validated(portal: Portal, clock: FixedClock, client: Client) -> None:
    nina = await a_colleague(portal)
    clock.move_to(VALIDATED)
    for piece in Piece:
        await accept(portal, nina, client.contract_id, piece, f"{piece}-1", ORIGIN)
    await validate_identity(portal, nina, client.contract_id, ORIGIN)


async def test_six_colleagues_and_the_administrator_are_seven_everywhere(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_direct_subscriber(portal, clock, named=6)
    dossier = await own_dossier(portal, client.viewer)
    assert (dossier.users, typed_of(dossier)["users"]) == (7, "7")
    assert (await shown(portal, client)).minimum == 7
    said = words((await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)).pdf)
    assert "411,60 € TTC (343,00 € HT)" in plain(said)

    await validated(portal, clock, client)
    foreseen = (await shown(portal, client)).first_month[1]
    assert (foreseen.label, plain(foreseen.value)) == ("Montant prévu", "411,60 € TTC")

    await live_until(portal, clock, client, paris(date(2026, 4, 1), 7))
    issued = (await shown(portal, client)).first_month[0]
    assert (plain(issued.value), issued.note) == ("411,60 € TTC", foreseen.note)
    (mail,) = [one for one in await all_mails(portal) if template_of(one) == "first_month"]
    assert "Le premier mois compte 7 utilisateurs" in plain(mail.text)


async def test_where_the_contract_is_for_more_users_than_the_first_month_counts_page_and_paper_say_why(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_direct_subscriber(portal, clock, named=2, users="7")
    why = (
        "Il compte 5 utilisateurs : ceux inscrits le jour de sa facture, et 5 au moins. Les autres comptent à partir du "
        "mois où vous les inscrivez."
    )
    said = plain(words((await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)).pdf))
    assert "Abonnement, 7 utilisateurs, un mois 343,00 € 68,60 € 411,60 €" in said
    assert f"294,00 € TTC (245,00 € HT). {why}" in said

    await validated(portal, clock, client)
    foreseen = (await shown(portal, client)).first_month[1]
    assert plain(foreseen.note) == f"245,00 € HT et 49,00 € de TVA. {why}"
    await live_until(portal, clock, client, paris(date(2026, 4, 1), 7))
    assert (await shown(portal, client)).first_month[0].note == foreseen.note


async def test_where_all_of_them_are_counted_nobody_else_is_spoken_of(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_direct_subscriber(portal, clock, named=6)
    said = plain(words((await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)).pdf))
    assert (
        "Il compte 7 utilisateurs : ceux inscrits le jour de sa facture, et 5 au moins. Il est prélevé"
        in said
    )
