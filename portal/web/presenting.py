"""From what services read to what components draw: French words, positions, tones; no rule, no query."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from portal.contract.because import Because, in_words
from portal.contract.calendar import PARIS
from portal.contract.explanations import Moment, Tense
from portal.contract.french import count, euros, full_date, full_instant, long_date, typeset, weekday
from portal.contract.reckoning import Reason, Reckoning, in_euros
from portal.web.components.shapes import Mark, SkippedDay, Why, WhyPart, WhyStep
from portal.web.components.timeline_layout import with_lanes


def clause_anchor(clause: str) -> str:
    """Return where a clause stands in the page of the terms, « article-5-1 »."""
    return f"article-{clause.replace('.', '-')}"


def why_of(because: Because, *also: Reason) -> Why:
    """Return an explanation ready to be drawn; the readings stand after the rule.

    `also` are those of what else the same line says, in the same panel: none twice.
    """
    readings = [typeset(reading.reason) for reading in because.readings]
    return Why(
        clause=because.clause,
        clause_anchor=clause_anchor(because.clause),
        starting_point=f"{because.start_label} : {full_date(because.start)}".replace(" :", "\u00a0:"),
        rule=typeset(because.rule),
        steps=[WhyStep(step.text, in_words(step.value)) for step in because.steps],
        skipped=[_skipped(one.day, one.reason) for one in because.skipped],
        readings=readings,
        result=in_words(because.result),
        also=_beside(because, also),
    )


def why_of_told(told: Iterable[Reason]) -> Why:
    """Return in one panel why what a sentence says is so; nothing where it says neither a date nor an amount."""
    whys = [_why(one) for one in told]
    return replace(whys[0], also=[*whys[1:]]) if whys else Why()


def _why(reason: Reason) -> Why:
    return why_of(reason) if isinstance(reason, Because) else why_of_amount(reason)


def _beside(reason: Reason, also: Iterable[Reason]) -> list[WhyPart]:
    """Return the reasons that are drawn after the first one, each once."""
    return [_why(one) for one in dict.fromkeys(also) if one != reason]


def why_of_amount(reckoning: Reckoning, *also: Reason) -> Why:
    """Return how an amount was reckoned, step by step, ready to be drawn; `also` as for a date."""
    return Why(
        clause=reckoning.clause,
        clause_anchor=clause_anchor(reckoning.clause),
        starting_point=typeset(f"{reckoning.start_label} : {in_euros(reckoning.start)}"),
        rule=typeset(reckoning.rule),
        steps=[WhyStep(typeset(step.text), in_euros(step.value)) for step in reckoning.steps],
        readings=[typeset(reading.reason) for reading in reckoning.readings],
        result=in_euros(reckoning.value),
        also=_beside(reckoning, also),
    )


def why_of_addition(clause: str, rule: str, parts: Iterable[tuple[str, int]], start_label: str) -> Why:
    """Return how figures of the vendor add up, each of cents under its name; nothing where there is none."""
    found = list(parts)
    if not found:
        return Why()
    return Why(
        clause=clause,
        clause_anchor=clause_anchor(clause),
        starting_point=typeset(start_label),
        rule=typeset(rule),
        steps=[WhyStep(typeset(label), euros(cents)) for label, cents in found],
        result=euros(sum(cents for _, cents in found)),
    )


def _skipped(day: date, reason: str) -> SkippedDay:
    return SkippedDay(day_text=full_date(day), short=f"{weekday(day)[:3]}. {day.day}", reason=reason)


def marks_of(moments: tuple[Moment, ...], at: datetime) -> list[Mark]:
    """Return the marks of a timeline with today's among them, placed by time from 0 to 100."""
    if not moments:
        return []
    first = min(moments[0].at, at)
    span = max(moments[-1].at, at) - first or timedelta(days=1)
    drawn = [
        replace(_mark(moment, at), x=round((moment.at - first) / span * 100, 2), short=short_name(moment))
        for moment in moments
    ]
    today = Mark(
        key="today",
        title="Aujourd’hui",
        when_text=full_instant(at),
        when_iso=at.astimezone(PARIS).isoformat(),
        short_date=short_when(at),
        x=round((at - first) / span * 100, 2),
        tone="today",
        why=None,
    )
    return with_lanes([*drawn, today])


def next_marks(moments: tuple[Moment, ...], at: datetime) -> list[Mark]:
    """Return the next two dates, each with how far it is.

    What will happen, or can still be done, goes before what is only a mail. Where several share an instant
    while another date is still to come, the one that can be acted on stands for them.
    """
    ahead = [moment for moment in moments if moment.at > at]
    weighty: dict[datetime, Moment] = {}
    for moment in ahead:
        if short_name(moment) and (moment.at not in weighty or moment.tense is Tense.LAST_CHANCE):
            weighty[moment.at] = moment
    first = list(weighty.values())
    others = [moment for moment in ahead if moment not in first]
    chosen = [*first, *sorted(others, key=lambda moment: not short_name(moment))][:_NEXT]
    return [
        replace(_mark(moment, at), short=short_name(moment), detail=_how_far(moment.at, at))
        for moment in sorted(chosen, key=lambda moment: moment.at)
    ]


_NEXT = 2


def _mark(moment: Moment, at: datetime) -> Mark:
    return Mark(
        key=moment.name,
        title=moment.title,
        when_text=when(moment.at),
        when_iso=moment.at.astimezone(PARIS).isoformat(),
        short_date=short_when(moment.at),
        tone=_tone(moment, at),
        why=why_of(moment.because, *moment.told),
    )


def short_name(moment: Moment) -> str:
    """Return what the picture calls a moment, "" for one that has no name there."""
    return _SHORT.get(moment.name.split("-", maxsplit=1)[0], "")


def _how_far(instant: datetime, at: datetime) -> str:
    days = (_day_of(instant) - at.astimezone(PARIS).date()).days
    if days == 0:
        return "aujourd’hui"
    return "demain" if days == 1 else f"dans {count(days, 'jour')}"


# The moments named in the picture; the list beside it names them all.
_SHORT = {
    "account_created": "Compte ouvert",
    "trial_started": "Début de l’essai",
    "service_suspended": "Suspension",
    "trial_end": "Suspension",
    "archive_end": "Dernier instant",
    "correction_end": "Correction",
    "destruction": "Destruction",
    "data_destroyed": "Destruction",
    "next_invoice": "Facture",
    "suspension": "Suspension",
    "notice_limit": "Résilier",
    "refusal_limit": "Refuser",
    "term_end": "Fin de période",
    "contract_in_force": "En vigueur",
    "contract_renewed": "Reconduction",
    "change_announced": "Changement annoncé",
    "notice_served": "Résiliation",
    "contract_ended": "Fin du contrat",
    "restitution_end": "Vos données",
    "default_recorded": "Impayé",
    "service_restored": "Rétabli",
    "termination_open": "Résiliation possible",
}


def _tone(moment: Moment, at: datetime) -> str:
    if moment.tense is Tense.PAST:
        return "past"
    if moment.tense is Tense.LAST_CHANCE:
        return "late" if moment.at - at <= timedelta(days=2) else "handle"
    return "future"


def when(instant: datetime) -> str:
    """Return an instant as a person says it.

    Midnight is the end of the day before: « mardi 3 mars 2026 à 0 h 00 » is read wrong by half of
    those who read it, so both are said.
    """
    wall = instant.astimezone(PARIS)
    if (wall.hour, wall.minute, wall.second) == (0, 0, 0):
        eve = (wall - timedelta(days=1)).date()
        return f"fin du {full_date(eve)} (minuit)"
    return full_instant(instant)


def unbroken(version: str) -> str:
    """Return the name of a version with hyphens at which no line breaks: for headings only, never for a link."""
    return version.replace("-", "\u2011")


def short_when(instant: datetime) -> str:
    """Return a short date for the picture, the eve of a midnight being the day that ends: « 2 mars »."""
    return long_date(_day_of(instant)).rsplit("\u00a0", 1)[0]


def _day_of(instant: datetime) -> date:
    """Return the day an instant belongs to for a person: a midnight ends the day before."""
    wall = instant.astimezone(PARIS)
    return (wall - timedelta(days=1)).date() if (wall.hour, wall.minute) == (0, 0) else wall.date()
