"""Until when a contract runs, as its page and the first page say it: its term, or its end and who decided on it."""

from portal.contract.because import Because
from portal.contract.explanations import Moment
from portal.contract.french import full_date, long_date
from portal.contract.state import State
from portal.contract.term import End, end_because, ends_on, notice_last_day, term_last_day


def term_head(state: State, moments: tuple[Moment, ...]) -> tuple[str, str, Because]:
    """Return the headline of a contract in force or over, the sentence below it, and why on that day."""
    if state.ended_on:
        ended = moment_of_end(moments)
        return (
            f"Votre contrat a pris fin le {long_date(state.ended_on)}",
            "Ce qu’il est devenu, pièce par pièce, et ce qui reste à faire.",
            ended.because,
        )
    last_day = term_last_day(state)
    if end := ends_on(state):
        return (
            f"Votre contrat finit le {long_date(end.last_day)}",
            f"Il ne sera pas reconduit : {_why_it_ends(state, end)}.",
            end_because(state, end),
        )
    return (
        f"Votre contrat court jusqu’au {long_date(last_day.day)}",
        f"Sans résiliation postée au plus tard le {full_date(notice_last_day(last_day.day).day)}, il est reconduit pour un an.",
        last_day,
    )


def _why_it_ends(state: State, end: End) -> str:
    if end.reason == "refused_change":
        return "vous avez refusé un changement annoncé"
    notice = state.notice
    return "nous l’avons résilié" if notice and notice.by == "vendor" else "vous l’avez résilié"


def moment_of_end(moments: tuple[Moment, ...]) -> Moment:
    """Return the moment at which an ended contract ended."""
    return next(one for one in moments if one.name.startswith("contract_ended"))
