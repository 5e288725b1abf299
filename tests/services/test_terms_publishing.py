"""CGV art. 17: a new version read by staff before it is published: what differs, whom it reaches, what is refused."""

from datetime import date
from importlib import resources

import pytest
import sqlalchemy as sa

from portal.contract.refusal import Refusal
from portal.records.tables import journal, terms
from portal.services.announced_chunks import announce_waiting
from portal.services.announcements import announce, announcements_made
from portal.services.announcing import Choice, simulate
from portal.services.conditions import CannotPublish, publish_demonstration
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.terms_publishing import preview_terms, publish_terms
from tests.clock import FixedClock
from tests.services.clients import ORIGIN
from tests.services.contracts import a_contract

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

STAFF = Viewer("a colleague", Role.STAFF, None, "session")


def a_text(version: str = "2027-01", applies: str = "2027-01-01", more: str = "") -> str:
    text = (resources.files("portal.texts") / "cgv" / "2026-01.md").read_text(encoding="utf-8")
    text = text.replace("version: 2026-01", f"version: {version}")
    return text.replace("applies_from: 2026-01-01", f"applies_from: {applies}").rstrip() + f"\n{more}"


async def test_a_version_is_read_published_and_announced(portal: Portal, clock: FixedClock) -> None:
    await a_contract(portal, clock)
    text = a_text(more="\nUne phrase de plus.\n")
    shown = await preview_terms(portal, STAFF, text)
    assert (shown.read.version, shown.present.version) == ("2027-01", "2026-01")
    assert [one.number for one in shown.articles if one.kind.value != "unchanged"] == ["22"]
    assert shown.simulation.first is not None
    assert shown.simulation.first.day == date(2027, 3, 17)
    # Two publish the same text at once: it is published once.
    first, second = [await publish_terms(portal, STAFF, text, ORIGIN) for _ in range(2)]
    assert first.sha256 == second.sha256

    choice = Choice("terms", "2027-01")
    simulation = await simulate(portal, STAFF, choice)
    assert (simulation.reached, simulation.yearly_cents) == (1, 0)
    await announce(portal, STAFF, choice, simulation.shown, ORIGIN)
    await announce_waiting(portal)
    [made] = await announcements_made(portal, STAFF)
    assert (made.version, made.counts) == ("2027-01", {"announced": 1})
    async with portal.database.reading() as connection:
        kinds = await connection.scalars(sa.select(journal.c.kind).where(journal.c.by_id == STAFF.person_id))
        assert list(kinds) == ["terms_published", "terms_announced"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Collez le texte"),
        ("un texte sans en-tête", "en-tête"),
        (a_text().replace("## 22", "## vingt-deux"), "vingt-deux"),
    ],
)
async def test_a_text_that_is_none_says_what_to_mend(
    portal: Portal, clock: FixedClock, text: str, said: str
) -> None:
    await publish_demonstration(portal)
    with pytest.raises(CannotPublish) as refused:
        await preview_terms(portal, STAFF, text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (a_text(version="2026-01", more="\nUn autre texte.\n"), "terms_same_version"),
        (a_text(applies="2026-03-03"), "terms_in_past"),
        (a_text(applies="2026-01-01"), "terms_in_past"),
        (a_text(applies="2027-04-05"), "terms_after_limit"),
    ],
)
async def test_a_version_of_the_past_after_the_limit_or_published_already_is_refused(
    portal: Portal, clock: FixedClock, text: str, code: str
) -> None:
    await publish_demonstration(portal)
    with pytest.raises(Refusal) as refused:
        await publish_terms(portal, STAFF, text, ORIGIN)
    assert refused.value.code == code
    async with portal.database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(terms)) == 2


async def test_it_is_for_staff(portal: Portal, clock: FixedClock) -> None:
    with pytest.raises(NotFound):
        await preview_terms(portal, Viewer("a client", Role.CLIENT, "hers", "session"), a_text())
