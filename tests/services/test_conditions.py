"""Publishing the CGV: a published text never changes, and its header says what is recorded (art. 17)."""

import asyncio
from datetime import date, timedelta

import pytest

from portal.contract.calendar import start_of_day
from portal.documents.terms import TermsFormatError, text_sha256
from portal.services.conditions import (
    CannotPublish,
    edition,
    editions,
    in_force,
    publish,
    publish_demonstration,
)
from portal.services.context import NotFound, Portal
from portal.services.offers import current_offer
from tests.clock import FixedClock

DAY = date(2026, 4, 1)
FROM = start_of_day(DAY)


def text(version: str = "2026-04", day: date = DAY, article: str = "Un article.") -> str:
    return (
        f"---\nversion: {version}\ntitle: Conditions\npublished_on: 2026-03-01\napplies_from: {day}\n---\n\n"
        f"## 1 Le Prestataire\n\n> En un mot.\n\n{article}\n"
    )


async def published(portal: Portal) -> list[str]:
    async with portal.database.reading() as connection:
        return [one.version for one in await editions(connection)]


async def test_a_published_text_is_read_back_to_the_byte(portal: Portal) -> None:
    await publish(portal, text(), version="2026-04", applies_from=FROM)
    async with portal.database.reading() as connection:
        read = await edition(connection, "2026-04")
    assert (read.text, read.sha256) == (text(), text_sha256(text()))
    assert (read.published_at, read.applies_from) == (portal.now(), FROM)


async def test_publishing_the_same_again_changes_nothing(portal: Portal, clock: FixedClock) -> None:
    first = await publish(portal, text(), version="2026-04", applies_from=FROM)
    clock.advance(days=1)
    assert await publish(portal, text(), version="2026-04", applies_from=FROM) == first
    assert await published(portal) == ["2026-04"]


async def test_the_same_published_five_times_at_once_is_one_edition(portal: Portal) -> None:
    await asyncio.gather(*(publish(portal, text(), version="2026-04", applies_from=FROM) for _ in range(5)))
    assert await published(portal) == ["2026-04"]


async def test_another_text_under_a_published_version_is_refused(portal: Portal) -> None:
    await publish(portal, text(), version="2026-04", applies_from=FROM)
    with pytest.raises(CannotPublish, match="autre numéro"):
        await publish(portal, text(article="Un autre."), version="2026-04", applies_from=FROM)
    async with portal.database.reading() as connection:
        assert (await edition(connection, "2026-04")).text == text()


@pytest.mark.parametrize(
    ("version", "day", "says"),
    [("2026-05", DAY, "version 2026-04"), ("2026-04", DAY + timedelta(1), "applicable")],
)
async def test_a_header_that_says_otherwise_is_refused(
    portal: Portal, version: str, day: date, says: str
) -> None:
    with pytest.raises(CannotPublish, match=says):
        await publish(portal, text(), version=version, applies_from=start_of_day(day))
    assert await published(portal) == []


async def test_a_text_without_a_header_is_refused(portal: Portal) -> None:
    with pytest.raises(TermsFormatError):
        await publish(portal, "Un texte.", version="2026-04", applies_from=FROM)
    assert await published(portal) == []


async def test_a_version_is_in_force_from_its_day_on(portal: Portal, clock: FixedClock) -> None:
    await publish(
        portal,
        text("2026-03", date(2026, 3, 1)),
        version="2026-03",
        applies_from=start_of_day(date(2026, 3, 1)),
    )
    await publish(portal, text(), version="2026-04", applies_from=FROM)
    async with portal.database.reading() as connection:
        for at, version in ((FROM - timedelta(microseconds=1), "2026-03"), (FROM, "2026-04")):
            assert (await in_force(connection, at)).version == version
            assert (await current_offer(connection, at)).terms_version == version
        with pytest.raises(NotFound):
            await in_force(connection, start_of_day(date(2026, 2, 1)))


async def test_a_version_that_does_not_exist_is_not_found(portal: Portal) -> None:
    async with portal.database.reading() as connection:
        with pytest.raises(NotFound):
            await edition(connection, "1999-01")


async def test_the_demonstrations_terms_are_published_where_there_are_none(portal: Portal) -> None:
    for _ in range(2):
        await publish_demonstration(portal)
    assert await published(portal) == ["2026-01", "2025-09"]


async def test_the_demonstrations_terms_never_come_beside_the_vendors(portal: Portal) -> None:
    await publish(portal, text(), version="2026-04", applies_from=FROM)
    await publish_demonstration(portal)
    assert await published(portal) == ["2026-04"]
