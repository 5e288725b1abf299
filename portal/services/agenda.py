"""The calendar file (.ics, RFC 5545) of a contract's dates, with the reason of each."""

from datetime import timedelta

from icalendar import Alarm, Calendar, Event

from portal.contract.explanations import Moment, Tense
from portal.services.reading import Contract

_ALARM_BEFORE = timedelta(days=-2)


def agenda(contract: Contract) -> bytes:
    """Return the dates to come as a calendar; each keeps its identity, so that importing again updates it."""
    calendar = Calendar()
    calendar.add("prodid", "-//EXANERGY CRM//Portail//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"EXANERGY CRM, {contract.company.legal_name}")
    for moment in contract.moments:
        if moment.tense is not Tense.PAST:
            calendar.add_component(_entry(contract, moment))
    return bytes(calendar.to_ical())


def _entry(contract: Contract, moment: Moment) -> Event:
    entry = Event()
    entry.add("uid", f"{contract.id}-{moment.name}@portail.exanergy")
    # The number of the last event grows with every change, as RFC 5545 wants of a sequence.
    entry.add("sequence", contract.events[-1].seq if contract.events else 0)
    entry.add("dtstamp", contract.at)
    entry.add("dtstart", moment.at)
    entry.add("dtend", moment.at)
    entry.add("summary", moment.title)
    entry.add("description", "\n".join(moment.because.lines()))
    entry.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", moment.title)
    alarm.add("trigger", _ALARM_BEFORE)
    entry.add_component(alarm)
    return entry
