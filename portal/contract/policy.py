"""The readings: where the terms are silent, ambiguous or contradict themselves, what we read and why.

A doubt goes against the drafter (art. 1190 Code civil): each default is the reading that favours the
client. A reading is a field of `Policy`, so that it can be named, shown beside the date it decides,
and turned the other way in a scenario or a test. Figures that the terms state plainly (30 days,
5 users) are not readings; they stand beside the rule they belong to.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from portal.contract.french import typeset


@dataclass(frozen=True, slots=True)
class Reading:
    """Why a reading was chosen: the clause in doubt and the reason, in French, shown to the client."""

    clause: str
    reason: str


@dataclass(frozen=True, slots=True)
class NamedReading:
    """A reading as it applies to a contract: its setting's name and its value."""

    name: str
    value: object
    clause: str
    reason: str


Days = Annotated[int, Field(ge=1, le=365)]
# From 3 on: one night a year Paris has no 2 h, and a reminder must exist every day.
Hour = Annotated[int, Field(ge=3, le=23)]


class Policy(BaseModel):
    """Every reading with its default. Immutable; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_day_counts: Annotated[
        bool,
        Reading("5.1", "le jour où un délai commence ne compte pas : il vous reste trente jours entiers."),
    ] = False
    administrator_counts: Annotated[
        bool,
        Reading(
            "5.1", "l’administrateur est l’un des cinq utilisateurs de l’essai, car il utilise la Solution."
        ),
    ] = True
    destruction_waits_for_business_day: Annotated[
        bool,
        Reading(
            "5.1",
            "rien n’est détruit avant la fin d’un jour ouvré, pour que vous puissiez joindre quelqu’un "
            "le dernier jour.",
        ),
    ] = True
    unexamined_document_holds: Annotated[
        bool,
        Reading("5.1", "tant qu’une pièce reçue n’a pas été examinée, rien n’est détruit."),
    ] = True
    pending_dossier_stays_open: Annotated[
        bool,
        Reading(
            "5.1",
            "tant qu’une pièce reçue attend notre examen, vous pouvez compléter votre dossier, même après les "
            "quinze jours.",
        ),
    ] = True
    destruction_follows_examination: Annotated[
        bool,
        Reading(
            "5.1",
            "lorsqu’une pièce est examinée après les quinze jours, la destruction ne peut pas précéder "
            "la fin du jour de l’examen.",
        ),
    ] = True
    correction_days: Annotated[
        Days,
        Reading("5.1", "une pièce refusée après les quinze jours ouvre un délai pour la corriger."),
    ] = 15
    trials_per_siren: Annotated[
        int,
        Field(ge=1, le=10),
        Reading("5.1", "l’essai gratuit est proposé une fois par entreprise, reconnue à son SIREN."),
    ] = 1
    trial_reminder_days: Annotated[
        tuple[Days, ...],
        Reading("5.1", "nous vous écrivons quelques jours avant la fin de l’essai."),
    ] = (7, 2)
    archive_reminder_days: Annotated[
        tuple[Days, ...],
        Reading("5.1", "nous vous écrivons quelques jours avant la fin de la conservation de vos données."),
    ] = (7, 1)
    reminder_hour: Annotated[
        Hour,
        Reading("2", "nos rappels partent à l’ouverture des bureaux, heure de Paris."),
    ] = 9
    late_destruction_hours: Annotated[
        int,
        Field(ge=1, le=24 * 30),
        Reading(
            "5.1",
            "une destruction que le portail n’a pas pu faire à l’heure, parce qu’il était arrêté, attend "
            "la décision d’une personne.",
        ),
    ] = 1

    def reading(self, name: str) -> NamedReading:
        """Return the reading called `name`: its value here, and the reason of its default."""
        metadata = type(self).model_fields[name].metadata
        reading = next(one for one in metadata if isinstance(one, Reading))
        return NamedReading(name, getattr(self, name), reading.clause, typeset(reading.reason))
