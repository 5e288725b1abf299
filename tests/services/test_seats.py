"""The users of a contract in force: what is shown is what is done, by one administrator or by two at once."""

import asyncio
from datetime import date

import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.acts import FIRST
from portal.contract.preview import Document
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.records.tables import journal
from portal.services import seats
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.effects import EffectChanged
from portal.services.invitations import open_account
from portal.services.links import LinkRefused, Purpose
from portal.services.named_persons import NewUser
from portal.services.reading import own_contract
from portal.services.seats import Add, OfUser, Replace, Wish, carry_out, effect_of
from portal.services.sessions import viewer_of
from portal.services.sign_in import sign_in
from tests.clock import FixedClock
from tests.people import PASSWORD, last_token, templates_sent_to
from tests.services.clients import ORIGIN, Client, a_client, act, live_until, paris
from tests.services.contracts import FAY, TEAM, a_contract

GUS = NewUser("Gus", "Henry", "gus.henry@atelier-nord.example")


async def do(portal: Portal, viewer: Viewer, wish: Wish) -> None:
    """Look at the effect, then confirm it."""
    effect = await effect_of(portal, viewer, wish)
    await carry_out(portal, viewer, wish, effect.shown, ORIGIN)


async def state_of(portal: Portal, client: Client) -> State:
    return (await own_contract(portal, client.viewer)).state


def amounts(documents: tuple[Document, ...]) -> list[tuple[str, int]]:
    return [(one.month, one.net_cents) for one in documents]


# --- what is shown is what is done -----------------------------------------------------------------------


async def test_a_user_added_costs_what_was_shown(portal: Portal, clock: FixedClock) -> None:
    client, _ = await a_contract(portal, clock)
    clock.move_to(paris(date(2026, 3, 18), 10))
    effect = await effect_of(portal, client.viewer, Add((FAY,)))
    await carry_out(portal, client.viewer, Add((FAY,)), effect.shown, ORIGIN)
    # April for six, and her share of March: 15 of 31 days.
    (april, _, _) = effect.preview.after.documents
    assert amounts((april,)) == [("2026-04", 29_400 + 2_371 - 12_645)]
    await live_until(portal, clock, client, paris(date(2026, 3, 20), 7))
    issued = (await state_of(portal, client)).invoices[-1]
    assert (issued.month, issued.net_cents, issued.gross_cents) == (
        "2026-04",
        april.net_cents,
        april.gross_cents,
    )
    user = (await own_contract(portal, client.viewer)).users[-1]
    assert (user.name, user.is_admin, user.is_suspended) == ("Fay Morel", False, False)
    assert await templates_sent_to(portal, user.person_id) == ["user_invited"]


async def test_many_are_added_together_or_not_at_all(portal: Portal, clock: FixedClock) -> None:
    client, _ = await a_contract(portal, clock)
    await do(portal, client.viewer, Add((FAY, GUS)))
    assert len((await state_of(portal, client)).users) == 7
    await live_until(portal, clock, client, paris(date(2026, 4, 17), 9))  # suspended: April is not paid
    shown = await effect_of(portal, client.viewer, Add((NewUser("Hugo", "Petit", "h@atelier.example"),)))
    assert shown.preview.refusal
    with pytest.raises(Refusal) as refused:
        await carry_out(portal, client.viewer, Add((TEAM[0],)), "", ORIGIN)
    assert refused.value.code == "service_suspended"


async def test_below_the_minimum_removing_is_refused_with_the_clause(
    portal: Portal, clock: FixedClock
) -> None:
    client, (bob, *_) = await a_contract(portal, clock)
    effect = await effect_of(portal, client.viewer, OfUser("remove", bob))
    assert effect.preview.refusal
    assert (effect.preview.refusal.code, effect.preview.refusal.clause) == ("minimum_users", "10.1")
    with pytest.raises(Refusal):
        await carry_out(portal, client.viewer, OfUser("remove", bob), effect.shown, ORIGIN)


async def test_a_replacement_keeps_the_minimum_and_costs_a_second_person(
    portal: Portal, clock: FixedClock
) -> None:
    client, (bob, *_) = await a_contract(portal, clock)
    await do(portal, client.viewer, Replace(bob, FAY))
    users = [one.name for one in (await own_contract(portal, client.viewer)).users]
    assert "Bob Roux" not in users
    assert "Fay Morel" in users
    assert len(users) == 5


async def test_a_removal_is_undone_at_no_cost(portal: Portal, clock: FixedClock) -> None:
    client, (*_, fay) = await a_contract(portal, clock, FAY)
    untouched = await effect_of(portal, client.viewer, Add(()))
    await do(portal, client.viewer, OfUser("remove", fay))
    undone = await effect_of(portal, client.viewer, OfUser("register", fay))
    assert amounts(undone.preview.after.documents) == amounts(untouched.preview.before.documents)
    await do(portal, client.viewer, OfUser("register", fay))
    assert fay in (await state_of(portal, client)).users


async def test_an_addition_undone_still_costs_its_month(portal: Portal, clock: FixedClock) -> None:
    client, _ = await a_contract(portal, clock)
    clock.move_to(paris(date(2026, 3, 18), 10))
    before = await effect_of(portal, client.viewer, Add(()))
    await do(portal, client.viewer, Add((FAY,)))
    fay = (await own_contract(portal, client.viewer)).users[-1].person_id
    undone = await effect_of(portal, client.viewer, OfUser("remove", fay))
    kept = undone.preview.after.documents[0].net_cents - before.preview.before.documents[0].net_cents
    assert kept == 2_371  # her share of March


async def test_suspended_and_restored(portal: Portal, clock: FixedClock) -> None:
    client, (bob, *_) = await a_contract(portal, clock)
    shown = await effect_of(portal, client.viewer, OfUser("suspend", bob))
    assert shown.preview.before.documents == shown.preview.after.documents
    await do(portal, client.viewer, OfUser("suspend", bob))
    users = (await own_contract(portal, client.viewer)).users
    assert [one.person_id for one in users if one.is_suspended] == [bob]
    await do(portal, client.viewer, OfUser("restore", bob))
    assert not any(one.is_suspended for one in (await own_contract(portal, client.viewer)).users)
    async with portal.database.reading() as connection:
        kinds = list(await connection.scalars(sa.select(journal.c.kind).order_by(journal.c.id)))
    assert kinds == ["user_suspended", "user_restored"]


# --- two at once -----------------------------------------------------------------------------------------


async def test_in_two_tabs_one_removal_holds_the_minimum(portal: Portal, clock: FixedClock) -> None:
    """Six users, two of them removed from two tabs that both showed six: the second is refused."""
    client, (bob, chloe, *_) = await a_contract(portal, clock, FAY)
    wishes = [OfUser("remove", bob), OfUser("remove", chloe)]
    shown = [(await effect_of(portal, client.viewer, wish)).shown for wish in wishes]
    answers = await asyncio.gather(
        *(
            carry_out(portal, client.viewer, wish, one, ORIGIN)
            for wish, one in zip(wishes, shown, strict=True)
        ),
        return_exceptions=True,
    )
    (refused,) = [one for one in answers if one is not None]
    assert isinstance(refused, Refusal)
    assert refused.code == "minimum_users"
    assert len((await state_of(portal, client)).users) == 5


async def test_what_another_administrator_has_changed_is_shown_before_it_is_done(
    portal: Portal, clock: FixedClock
) -> None:
    client, _ = await a_contract(portal, clock)
    effect = await effect_of(portal, client.viewer, Add((FAY,)))
    await do(portal, client.viewer, Add((GUS,)))
    with pytest.raises(EffectChanged) as changed:
        await carry_out(portal, client.viewer, Add((FAY,)), effect.shown, ORIGIN)
    assert len((await state_of(portal, client)).users) == 6
    await carry_out(portal, client.viewer, Add((FAY,)), changed.value.effect.shown, ORIGIN)
    assert len((await state_of(portal, client)).users) == 7


async def test_another_companys_person_is_not_there(portal: Portal, clock: FixedClock) -> None:
    client, (bob, *_) = await a_contract(portal, clock)
    other = await a_client(portal, siren="552100554", email="paul@autre.example")
    wishes: list[Wish] = [
        OfUser("remove", bob),
        OfUser("register", bob),
        OfUser("name", bob),
        Replace(bob, FAY),
        OfUser("suspend", "nobody"),
    ]
    for wish in wishes:
        with pytest.raises(NotFound):
            await effect_of(portal, other.viewer, wish)
        with pytest.raises(NotFound):
            await carry_out(portal, other.viewer, wish, "", ORIGIN)
    with pytest.raises(NotFound):
        await seats.invite_again(portal, other.viewer, bob, ORIGIN)
    staff = Viewer("staff", Role.STAFF, None, "session")
    with pytest.raises(NotFound):
        await carry_out(portal, staff, OfUser("remove", bob), "", ORIGIN)
    assert bob in (await state_of(portal, client)).users


# --- administrators --------------------------------------------------------------------------------------


async def test_an_administrator_who_was_named_comes_in_by_her_invitation(
    portal: Portal, clock: FixedClock
) -> None:
    client, (bob, *_) = await a_contract(portal, clock)
    await do(portal, client.viewer, OfUser("name", bob))
    assert (await state_of(portal, client)).admins == (client.viewer.person_id, bob)
    assert await templates_sent_to(portal, bob) == ["user_invited", "administrator_named"]
    token = await last_token(portal, Purpose.INVITATION)
    cookie = await open_account(portal, token, PASSWORD, ORIGIN)
    viewer = await viewer_of(portal, cookie)
    assert viewer
    assert (viewer.person_id, viewer.company_id) == (bob, client.viewer.company_id)
    signed_in = await sign_in(portal, TEAM[0].email, PASSWORD, previous=None, origin=ORIGIN)
    assert signed_in.session
    with pytest.raises(LinkRefused):
        await open_account(portal, token, PASSWORD, ORIGIN)
    # She acts like the first one, who can now go; and the first one is out at once.
    await do(portal, viewer, OfUser("relieve", client.viewer.person_id))
    assert (await state_of(portal, client)).admins == (bob,)


async def test_while_the_other_has_not_come_in_the_last_one_stays(portal: Portal, clock: FixedClock) -> None:
    client, (bob, *_) = await a_contract(portal, clock, FAY)
    anne = client.viewer.person_id
    await do(portal, client.viewer, OfUser("name", bob))
    for deed in ("relieve", "suspend", "remove"):
        with pytest.raises(Refusal) as refused:
            await do(portal, client.viewer, OfUser(deed, anne))
        assert refused.value.code == "administrator_not_in_yet"
    await do(portal, client.viewer, OfUser("relieve", bob))
    with pytest.raises(Refusal) as refused:
        await do(portal, client.viewer, OfUser("relieve", anne))
    assert refused.value.code == "last_administrator"


async def test_who_is_relieved_is_out_and_her_link_is_worth_nothing(
    portal: Portal, clock: FixedClock
) -> None:
    client, (bob, chloe, *_) = await a_contract(portal, clock, FAY)
    await do(portal, client.viewer, OfUser("name", bob))
    cookie = await open_account(portal, await last_token(portal, Purpose.INVITATION), PASSWORD, ORIGIN)
    await do(portal, client.viewer, OfUser("name", chloe))
    token = await last_token(portal, Purpose.INVITATION)
    await do(portal, client.viewer, OfUser("suspend", bob))
    await do(portal, client.viewer, OfUser("remove", chloe))
    assert await viewer_of(portal, cookie) is None
    with pytest.raises(LinkRefused):
        await open_account(portal, token, PASSWORD, ORIGIN)
    assert (await state_of(portal, client)).admins == (client.viewer.person_id,)


async def test_an_invitation_is_sent_again_and_the_one_before_is_worth_nothing(
    portal: Portal, clock: FixedClock
) -> None:
    client, (bob, *_) = await a_contract(portal, clock)
    await do(portal, client.viewer, OfUser("name", bob))
    first = await last_token(portal, Purpose.INVITATION)
    await seats.invite_again(portal, client.viewer, bob, ORIGIN)
    second = await last_token(portal, Purpose.INVITATION)
    with pytest.raises(LinkRefused):
        await open_account(portal, first, PASSWORD, ORIGIN)
    await open_account(portal, second, PASSWORD, ORIGIN)
    await seats.invite_again(portal, client.viewer, bob, ORIGIN)
    assert (await templates_sent_to(portal, bob)).count("administrator_named") == 2


async def test_the_replay_of_an_act_names_nobody_twice(portal: Portal, clock: FixedClock) -> None:
    client, (bob, *_) = await a_contract(portal, clock)
    await act(portal, client, a.SettleEverything())
    effect = await effect_of(portal, client.viewer, OfUser("name", bob))
    await carry_out(portal, client.viewer, OfUser("name", bob), effect.shown, ORIGIN)
    await carry_out(portal, client.viewer, OfUser("name", bob), effect.shown, ORIGIN)
    assert (await templates_sent_to(portal, bob)).count("administrator_named") == 1
    assert [one.month for one in (await state_of(portal, client)).invoices] == [FIRST]
