"""The free trial, its suspension, the days of reflection and the destruction (CGV art. 5.1).

Every function answers a question about a date with a `Because`, or with None where the state gives
the question no meaning. Nothing here decides an act: see `decide` and `deadlines`.
"""

from portal.contract.because import Because
from portal.contract.calendar import paris_day
from portal.contract.french import count
from portal.contract.state import Relationship, State

TRIAL_DAYS = 30
TRIAL_USERS = 5
REFLECTION_DAYS = 15


def trial_last_day(state: State) -> Because | None:
    """Return the trial's last day, included: 30 calendar days, the day of the start not counted (T2)."""
    if state.trial_started_at is None:
        return None
    policy = state.offer.policy
    because = Because(
        clause="5.1",
        rule=f"l’essai gratuit dure {_calendar_days(TRIAL_DAYS)}.",
        start_label="début de l’essai",
        start=paris_day(state.trial_started_at),
    )
    if policy.start_day_counts:
        # Turned the other way, the reading's reason would say the contrary of what is counted.
        text = f"{_calendar_days(TRIAL_DAYS - 1)} après, le jour du début étant compté"
        return because.plus_days(TRIAL_DAYS - 1, text)
    text = f"{_calendar_days(TRIAL_DAYS)} après, sans compter le jour du début"
    return because.plus_days(TRIAL_DAYS, text).under(policy.reading("start_day_counts"))


def trial_end(state: State) -> Because | None:
    """Return the instant at which the service is suspended: the end of the trial's last day."""
    last_day = trial_last_day(state)
    return last_day.end_of_day() if last_day else None


def archive_last_day(state: State) -> Because | None:
    """Return the last day to react: 15 calendar days from the trial's last day (T2)."""
    last_day = trial_last_day(state)
    if last_day is None:
        return None
    return Because(
        clause="5.1",
        rule=f"un délai de réflexion de {_calendar_days(REFLECTION_DAYS)} suit l’essai.",
        start_label="dernier jour de l’essai",
        start=last_day.day,
        readings=last_day.readings,
    ).plus_days(REFLECTION_DAYS, f"{_calendar_days(REFLECTION_DAYS)} après, sans compter ce jour")


def archive_end(state: State) -> Because | None:
    """Return the last instant to react: the end of the archive's last day, Paris time."""
    last_day = archive_last_day(state)
    return last_day.end_of_day() if last_day else None


def correction_last_day(state: State) -> Because | None:
    """Return the last day to correct a piece refused after the days of reflection, if one was."""
    archive = archive_end(state)
    refused_at = state.last_refused_at
    if archive is None or refused_at is None or refused_at < archive.instant:
        return None
    policy = state.offer.policy
    return (
        Because(
            clause="5.1",
            rule="une pièce refusée après le délai de réflexion ouvre un délai pour la corriger.",
            start_label="jour du refus",
            start=paris_day(refused_at),
        )
        .plus_days(
            policy.correction_days, f"{_calendar_days(policy.correction_days)} après, sans compter ce jour"
        )
        .under(policy.reading("correction_days"))
    )


def correction_end(state: State) -> Because | None:
    """Return the last instant to send the corrected piece, if a correction is open."""
    last_day = correction_last_day(state)
    return last_day.end_of_day() if last_day else None


def destruction(state: State) -> Because | None:
    """Return the first instant at which the data may be destroyed, were nothing to hold it.

    The end of the archive's last day, of the correction's, or of the day a piece was last examined,
    whichever is latest; and never before the end of a business day.
    """
    archive = archive_last_day(state)
    if archive is None:
        return None
    policy = state.offer.policy
    because = Because(
        clause="5.1",
        rule="passé ce délai, les données sont définitivement supprimées.",
        start_label="dernier jour de conservation des données",
        start=archive.day,
    )
    if correction := correction_last_day(state):
        because = because.or_later(correction.day, "dernier jour pour corriger la pièce refusée").under(
            *correction.readings
        )
    if state.last_examined_at and policy.destruction_follows_examination:
        examined_on = paris_day(state.last_examined_at)
        if examined_on > because.day:
            text = "jour du dernier examen d’une pièce"
            because = because.or_later(examined_on, text).under(
                policy.reading("destruction_follows_examination")
            )
    if policy.destruction_waits_for_business_day:
        because = because.first_business_day("premier jour ouvré à partir de ce jour").under(
            policy.reading("destruction_waits_for_business_day")
        )
    return because.end_of_day()


def is_over(state: State) -> bool:
    """Tell whether a trial was started and is no longer running."""
    return state.relationship in {Relationship.REFLECTION, Relationship.LAPSED}


def _calendar_days(number: int) -> str:
    return count(number, "jour calendaire", "jours calendaires")
