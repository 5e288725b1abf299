"""What the portal does with the bank by itself: reads what it put down, makes the files it wants, hands them over."""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from portal.services.bank import finish_messages, take_from_folder
from portal.services.collecting import collect, hand_over
from portal.services.context import Portal

log = structlog.get_logger()

# What the bank said comes first: an invoice that it settled is not collected.
_PARTS: Final[tuple[Callable[[Portal], Awaitable[object]], ...]] = (
    finish_messages,
    take_from_folder,
    collect,
    hand_over,
)


async def exchange(portal: Portal) -> None:
    """Do all that is to be done with the bank by now.

    A folder that cannot be reached, or an account that is set up wrong, keeps nothing else waiting: it is tried
    again the next time.
    """
    for part in _PARTS:
        try:
            await part(portal)
        except Exception:
            log.exception("bank.part_failed", part=part.__name__)
