"""What is typed of a notice and of its letter: the day, the reason, what the post says; and the ready reasons."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator

from portal.services.forms import Form, problem, read, text_of
from portal.services.letters import Tracking
from portal.services.typed_figures import Day

REASONS: Final[Mapping[str, str]] = {
    "price": "Le prix",
    "unused": "Nous ne l’utilisons plus assez",
    "features": "Il nous manque une fonction",
    "other_tool": "Nous passons à un autre outil",
    "closing": "Notre activité s’arrête ou change",
    "other": "Une autre raison",
}
_LONGEST_WORDS: Final = 1000


OUTCOMES: Final[Mapping[str, str]] = {
    "delivered": "remise",
    "refused": "refusée",
    "unclaimed": "non réclamée",
}


def _outcome(typed: str) -> str:
    if typed not in OUTCOMES:
        raise problem("Dites ce que la lettre est devenue : remise, refusée ou non réclamée.")
    return typed


def _reason(typed: str) -> str:
    if typed and typed not in REASONS:
        raise problem("Choisissez une raison de la liste, ou aucune.")
    return typed


class NoticeForm(Form):
    """What is asked before the letter is drawn: the day it will be posted; why, for whoever wants to say."""

    day: Day
    reason: Annotated[str, AfterValidator(_reason)]
    words: Annotated[str, AfterValidator(text_of("", "Ce texte", _LONGEST_WORDS))]


class PostedForm(Form):
    """A letter that was posted: the day, and its tracking number."""

    day: Day
    tracking: Tracking


def read_notice(form: Mapping[str, object]) -> NoticeForm:
    """Return what was typed before the letter; raises `FormProblems`."""
    return read(NoticeForm, form)


def read_posted(form: Mapping[str, object]) -> PostedForm:
    """Return what was typed of a posting; raises `FormProblems`."""
    return read(PostedForm, form)


class ProposalForm(Form):
    """A notice of ours as it is proposed."""

    contract: Annotated[
        str, AfterValidator(text_of("Indiquez le numéro du contrat, comme CT-2026-0007.", "Le numéro", 40))
    ]
    reason: Annotated[
        str, AfterValidator(text_of("Écrivez pourquoi : qui décide doit le comprendre.", "Le motif", 500))
    ]


class PresentedForm(Form):
    """What the post says of a letter of ours: the day of its first presentation."""

    day: Day


class OutcomeForm(Form):
    """What became of a letter in the end, and on which day."""

    day: Day
    outcome: Annotated[str, AfterValidator(_outcome)]


class WaiverForm(Form):
    """Why a late notice is let end the current term."""

    reason: Annotated[
        str,
        AfterValidator(text_of("Écrivez pourquoi : la raison est gardée avec le contrat.", "Le motif", 500)),
    ]


def read_proposal(form: Mapping[str, object]) -> ProposalForm:
    return read(ProposalForm, form)


def read_presented(form: Mapping[str, object]) -> PresentedForm:
    return read(PresentedForm, form)


def read_outcome(form: Mapping[str, object]) -> OutcomeForm:
    return read(OutcomeForm, form)


def read_waiver(form: Mapping[str, object]) -> WaiverForm:
    return read(WaiverForm, form)
