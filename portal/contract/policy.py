"""The readings: where the terms are silent, ambiguous or contradict themselves, what we read and why.

A doubt goes against the drafter (art. 1190 Code civil): each default is the reading that favours the
client. A reading is a field of `Policy`, so that it can be named, shown beside the date it decides,
and turned the other way in a scenario or a test. Figures that the terms state plainly (30 days,
5 users) are not readings; they stand beside the rule they belong to.
"""

from dataclasses import dataclass
from functools import cache
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

    # --- dossier and entry into force ---
    kbis_counts_on_receipt: Annotated[
        bool,
        Reading(
            "8",
            "le jour où nous recevons votre K-bis compte, non celui où nous l’examinons : notre délai n’est pas le vôtre.",
        ),
    ] = True
    kbis_file_days: Annotated[
        Days,
        Reading(
            "8",
            "le fichier du K-bis nomme des personnes : nous l’effaçons peu après l’entrée en vigueur, et gardons sa date "
            "et son empreinte.",
        ),
    ] = 30
    awaiting_payment_keeps_service: Annotated[
        bool,
        Reading(
            "8",
            "entre la validation du dossier et le premier règlement, le service reste dans l’état où l’essai l’a laissé.",
        ),
    ] = True
    first_payment_reminder_days: Annotated[
        tuple[Days, ...],
        Reading(
            "8",
            "le premier mois impayé n’est ni un défaut ni une pénalité : nous vous le rappelons, puis quelqu’un "
            "vous écrit.",
        ),
    ] = (1, 8)

    # --- term, renewal, notice ---
    leap_day_term_ends_with_month: Annotated[
        bool,
        Reading(
            "9",
            "une année comptée depuis un 29 février finit le dernier jour de février, pour qu’elle soit entière.",
        ),
    ] = True
    notice_counts_from_posting: Annotated[
        bool,
        Reading("16", "pour vous, le jour où la lettre est postée compte, non celui où nous la recevons."),
    ] = True
    late_notice_takes_next_term: Annotated[
        bool,
        Reading(
            "16",
            "une résiliation tardive n’est pas perdue : elle prend effet à la fin de la période suivante.",
        ),
    ] = True
    notice_reminder_days: Annotated[
        tuple[Days, ...],
        Reading("16", "nous vous rappelons la date limite de résiliation bien avant qu’elle n’arrive."),
    ] = (60, 30, 7)

    # --- users and invoices ---
    issue_day: Annotated[
        int,
        Field(ge=1, le=28),
        Reading(
            "10.3", "la facture part le 20 du mois, assez tôt pour que vous la lisiez avant le prélèvement."
        ),
    ] = 20
    issue_hour: Annotated[
        Hour,
        Reading("10.3", "les factures du mois sont émises tôt le matin, toutes à la même heure."),
    ] = 6
    credit_waits_for_month_end: Annotated[
        bool,
        Reading(
            "10.1",
            "un mois n’est corrigé à la baisse qu’une fois terminé : jusque-là une personne peut encore s’y inscrire.",
        ),
    ] = True
    first_month_is_shared: Annotated[
        bool,
        Reading(
            "10.3",
            "une personne ajoutée le premier mois n’en doit que la part qui reste, comme l’abonnement lui-même.",
        ),
    ] = True
    last_month_by_days: Annotated[
        bool,
        Reading("10.3", "le mois où le contrat finit n’est facturé que pour ses jours."),
    ] = True
    year_costs_twelve_months: Annotated[
        bool,
        Reading(
            "10.3",
            "le premier et le dernier mois d’une année forment ensemble un mois entier : un an coûte douze mois.",
        ),
    ] = True

    # --- late payment ---
    default_hour: Annotated[
        Hour,
        Reading("10.3", "un retard est constaté et vous est écrit à l’ouverture des bureaux, un jour ouvré."),
    ] = 9
    suspension_hour: Annotated[
        Hour,
        Reading(
            "10.3",
            "la suspension attend la fermeture des bureaux : le dixième jour ouvré vous est laissé entier.",
        ),
    ] = 18
    suspension_follows_mail: Annotated[
        bool,
        Reading(
            "10.3", "les dix jours ouvrés se comptent du jour où le retard vous est écrit, non de l’échéance."
        ),
    ] = True
    penalties_alone_suspend: Annotated[
        bool,
        Reading(
            "10.3", "une facture réglée en retard ne suspend plus rien, même si ses pénalités restent dues."
        ),
    ] = False
    refund_starts_new_clock: Annotated[
        bool,
        Reading(
            "10.3",
            "un prélèvement repris par la banque n’est impayé qu’à partir de ce jour : rien n’est rétroactif.",
        ),
    ] = True
    legal_rate_floor: Annotated[
        int,
        Field(ge=0, le=10),
        Reading(
            "10.4",
            "le taux des pénalités ne peut être inférieur à trois fois l’intérêt légal (article L. 441-10 du Code de commerce).",
        ),
    ] = 3
    indemnity_per_invoice: Annotated[
        bool,
        Reading(
            "10.4",
            "l’indemnité de recouvrement est due une fois par facture (article D. 441-5 du Code de commerce).",
        ),
    ] = True
    termination_follows_suspension: Annotated[
        bool,
        Reading("16", "le contrat n’est jamais résilié pour impayé avant le lendemain de la suspension."),
    ] = True

    # --- changes, end ---
    late_change_waits_a_term: Annotated[
        bool,
        Reading(
            "10.1",
            "un changement annoncé après la date limite de résiliation attend la période suivante : vous devez pouvoir le refuser à temps.",
        ),
    ] = True
    refusal_outlives_new_announcement: Annotated[
        bool,
        Reading(
            "17",
            "un changement que vous avez refusé reste refusé s’il est annoncé autrement pour le même jour : vous seul "
            "pouvez retirer votre refus.",
        ),
    ] = True
    restitution_days: Annotated[
        Days,
        Reading(
            "15",
            "vous gardez trente jours pour demander vos données, bien que les CGV parlent d’une destruction immédiate "
            "(article 28 du RGPD).",
        ),
    ] = 30

    def reading(self, name: str) -> NamedReading:
        """Return the reading called `name`: its value here, and the reason of its default."""
        return _named(name, getattr(self, name))


@cache
def _named(name: str, value: object) -> NamedReading:
    reading = next(one for one in Policy.model_fields[name].metadata if isinstance(one, Reading))
    return NamedReading(name, value, reading.clause, typeset(reading.reason))
