"""What the portal does with the bank by itself: reads what it put down, makes the files it wants, hands them over."""

import structlog

from portal.services.bank import finish_messages, take_from_folder
from portal.services.collecting import collect, hand_over
from portal.services.context import Portal

log = structlog.get_logger()


async def exchange(portal: Portal) -> int:
    """Do all that is to be done with the bank by now; return how many files went either way.

    What the bank said comes first: an invoice that it settled is not collected. A folder that cannot be reached
    keeps nothing else waiting.
    """
    await finish_messages(portal)
    exchanged = 0
    try:
        exchanged += await take_from_folder(portal)
    except OSError:
        log.exception("bank.inbox_failed")
    await collect(portal)
    try:
        exchanged += await hand_over(portal)
    except OSError:
        log.exception("bank.outbox_failed")
    return exchanged
