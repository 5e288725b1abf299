"""The calendar (.ics, RFC 5545) of a contract's dates, with the reason of each: a file, or a feed that is read again.

It holds no instant of its own: as long as nothing has changed, it is the same bytes. A date that moves keeps its
identity and moves; one that is no more is no more in it.
"""

from datetime import datetime, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event, vText

from portal.contract.because import Operation
from portal.contract.explanations import Moment, Tense
from portal.services.reading import Contract

_ALARM_BEFORE: Final = timedelta(days=-2)
_READ_AGAIN: Final = timedelta(hours=1)
# Midnight belongs to the day after: the end of a day is drawn as the last hour of the day that ends.
_LAST_HOUR: Final = timedelta(hours=1)


def agenda(contract: Contract, *, url: str = "") -> bytes:
    """Return the dates to come as a calendar; each keeps its identity, so that importing again updates it.

    `url` is where a person reads more of them.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//EXANERGY CRM//Portail//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # Of names that it does not know, the library escapes none.
    name = vText(f"EXANERGY CRM, {contract.company.legal_name}")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/Paris")
    calendar.add("refresh-interval", _READ_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for moment in contract.moments:
        if moment.tense is not Tense.PAST:
            calendar.add_component(_entry(contract, moment, url))
    return bytes(calendar.to_ical())


def changed_at(contract: Contract) -> datetime:
    """Return when the dates changed last: with the last thing that happened, written down yet or not."""
    instants = [*(one.recorded_at for one in contract.events), *(one.at for one in contract.unrecorded)]
    return max(instants, default=contract.at)


def _entry(contract: Contract, moment: Moment, url: str) -> Event:
    entry = Event()
    entry.add("uid", f"{contract.id}-{moment.name}@portail.exanergy")
    # How much has happened grows with every change, as RFC 5545 wants of a sequence.
    entry.add("sequence", len(contract.events) + len(contract.unrecorded))
    entry.add("dtstamp", changed_at(contract))
    entry.add("last-modified", changed_at(contract))
    if _ends_a_day(moment):
        entry.add("dtstart", moment.at - _LAST_HOUR)
        entry.add("dtend", moment.at)
    else:
        # An instant: an end would have to come later (RFC 5545, 3.8.2.2).
        entry.add("dtstart", moment.at)
    entry.add("summary", moment.title)
    entry.add("description", "\n".join(moment.because.lines()))
    if url:
        entry.add("url", url)
    entry.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", moment.title)
    alarm.add("trigger", _ALARM_BEFORE)
    entry.add_component(alarm)
    return entry


def _ends_a_day(moment: Moment) -> bool:
    steps = moment.because.steps
    return bool(steps) and steps[-1].operation is Operation.END_OF_DAY
