"""Drafts: what a browser has typed is there again, under a cookie that nobody can guess or plant."""

import asyncio

import pytest
import sqlalchemy as sa

from portal.records.access_tables import drafts as table
from portal.services import drafts
from portal.services.context import Portal
from portal.services.drafts import Draft, FormDraft
from portal.services.tidying import tidy
from tests.clock import FixedClock

TYPED = {"legal_name": "Atelier Nord", "city": ""}


async def test_a_form_comes_back_with_what_was_typed_and_what_was_wrong(portal: Portal) -> None:
    cookie = await drafts.keep(
        portal, None, "entreprise", values=TYPED, errors={"city": "Indiquez la ville."}
    )

    draft = await drafts.find(portal, cookie)

    assert draft == Draft({"entreprise": FormDraft(TYPED, {"city": "Indiquez la ville."}, "")})
    assert draft.form("personne") == FormDraft()


async def test_forms_do_not_disturb_one_another(portal: Portal) -> None:
    cookie = await drafts.keep(portal, None, "entreprise", values=TYPED)

    again = await drafts.keep(portal, cookie, "personne", values={"email": "a@b.fr"}, notice="Envoyé.")
    await drafts.keep(portal, cookie, "entreprise", errors={"city": "Indiquez la ville."})

    assert again == cookie
    assert (await drafts.find(portal, cookie)).forms == {
        "entreprise": FormDraft(TYPED, {"city": "Indiquez la ville."}),
        "personne": FormDraft({"email": "a@b.fr"}, {}, "Envoyé."),
    }


async def test_two_tabs_that_keep_at_once_both_keep(portal: Portal) -> None:
    cookie = await drafts.keep(portal, None, "a", values={})

    await asyncio.gather(*(drafts.keep(portal, cookie, name, values={"x": name}) for name in "bcdef"))

    assert set((await drafts.find(portal, cookie)).forms) == set("abcdef")


async def test_errors_are_for_the_page_that_follows_values_for_a_month(
    portal: Portal, machine: FixedClock
) -> None:
    cookie = await drafts.keep(
        portal, None, "entreprise", values=TYPED, errors={"city": "…"}, notice="Envoyé."
    )

    machine.advance(minutes=10)
    later = await drafts.find(portal, cookie)
    machine.advance(days=30, minutes=-11)
    much_later = await drafts.find(portal, cookie)
    machine.advance(minutes=1)

    assert later.form("entreprise") == much_later.form("entreprise") == FormDraft(TYPED)
    assert await drafts.find(portal, cookie) == Draft()


@pytest.mark.parametrize("cookie", [None, "", "0" * 43, "\ud800"])
async def test_a_cookie_that_is_not_ours_holds_nothing_and_is_not_taken_over(
    portal: Portal, cookie: str | None
) -> None:
    assert await drafts.find(portal, cookie) == Draft()

    fresh = await drafts.keep(portal, cookie, "entreprise", values=TYPED)

    assert fresh != cookie
    assert len(fresh) == 43
    assert await drafts.find(portal, cookie) == Draft()


async def test_what_is_stored_is_not_what_the_browser_holds(portal: Portal) -> None:
    cookie = await drafts.keep(portal, None, "entreprise", values=TYPED)

    async with portal.database.reading() as connection:
        [row] = (await connection.execute(sa.select(table))).all()

    assert cookie not in str(row)


async def test_finished_forms_are_forgotten_and_the_others_stay(portal: Portal) -> None:
    cookie = await drafts.keep(portal, None, "entreprise", values=TYPED)
    await drafts.keep(portal, cookie, "personne", values={})

    await drafts.clear(portal, cookie, "entreprise", "code")
    await drafts.clear(portal, None, "personne")

    assert set((await drafts.find(portal, cookie)).forms) == {"personne"}


async def test_a_draft_nobody_came_back_to_is_forgotten(portal: Portal, machine: FixedClock) -> None:
    await drafts.keep(portal, None, "entreprise", values=TYPED)
    machine.advance(days=30)

    await tidy(portal)

    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
