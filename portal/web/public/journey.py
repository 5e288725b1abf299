"""The journey that the landing page draws: a trial's dates if it began today, or its days before they are known."""

from dataclasses import replace

from portal.contract.french import NBSP, count
from portal.contract.trial import REFLECTION_DAYS, TRIAL_DAYS
from portal.services.reading import journey_if_started
from portal.web.components.shapes import Mark, Phase
from portal.web.components.timeline_layout import with_lanes
from portal.web.presenting import marks_of
from portal.web.running import portal

# What each moment is called in the picture, where there is room for three words.
_SHORT = {
    "trial_end": "Fin de l’essai",
    "archive_end": "Dernier instant",
    "destruction": "Destruction",
}
# How long the line is before its dates are known.
BEFORE_DAYS = TRIAL_DAYS + REFLECTION_DAYS
_START = "Vous acceptez les conditions, l’essai commence"


async def from_today() -> list[Mark]:
    """Return the marks of a trial that would begin now, by the same rules as a real one."""
    running = portal()
    at = running.now()
    return with_lanes([_named(mark) for mark in marks_of(await journey_if_started(running), at)])


def phases_of(marks: list[Mark]) -> list[Phase]:
    """Name the two stretches of a trial, between the marks that bound them."""
    place = {mark.key: mark.x for mark in marks}
    return [
        Phase(f"{count(TRIAL_DAYS, 'jour')}, service ouvert", 0, place["trial_end"]),
        Phase(f"{count(REFLECTION_DAYS, 'jour')} pour décider", place["trial_end"], place["archive_end"]),
    ]


def _named(mark: Mark) -> Mark:
    if mark.tone == "today":
        return replace(mark, title="Aujourd’hui", detail=_START)
    return replace(mark, short=_SHORT.get(mark.key, ""))


def _relative(key: str, title: str, day: int, when: str, *, tone: str = "future") -> Mark:
    return Mark(
        key=key,
        title=title,
        when_text=when,
        short_date=f"jour{NBSP}{day}" if day else "Aujourd’hui",
        x=round(day / BEFORE_DAYS * 100, 2),
        tone=tone,
        short=_SHORT.get(key, "") if day else "L’essai commence",
        detail=_START if tone == "today" else "",
    )


# What the page says as built, and to those who read it without script. It announces, the dates decide.
BEFORE_DATES = with_lanes(
    [
        _relative("today", "Aujourd’hui", 0, "Le premier jour", tone="today"),
        _relative("reminder-trial_end-7", "Rappel par e-mail", 23, f"7{NBSP}jours avant la fin de l’essai"),
        _relative("reminder-trial_end-2", "Rappel par e-mail", 28, f"2{NBSP}jours avant la fin de l’essai"),
        _relative("trial_end", "Fin de l’essai et suspension du service", 30, f"Fin du jour{NBSP}30"),
        _relative(
            "reminder-archive_end-7", "Rappel par e-mail", 38, f"7{NBSP}jours avant le dernier instant"
        ),
        _relative("reminder-archive_end-1", "Rappel par e-mail", 44, "La veille du dernier jour"),
        _relative(
            "archive_end",
            "Dernier instant pour souscrire et garder vos données",
            45,
            f"Fin du jour{NBSP}45",
            tone="handle",
        ),
        _relative("destruction", "Destruction des données", 45, "Ensuite, à la fin d’un jour ouvré"),
    ]
)
