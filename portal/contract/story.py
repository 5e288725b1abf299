"""What an event or a deadline means, in one French sentence for the person it concerns."""

from typing import assert_never

from portal.contract import events as e
from portal.contract.deadlines import About, DeadlineName
from portal.contract.dossier import PIECE_NAMES
from portal.contract.french import count, typeset
from portal.contract.offer import Grid

REMINDED_OF: dict[About, str] = {
    "trial_end": "la fin de l’essai",
    "archive_end": "la fin de la conservation des données",
}

DEADLINE_TITLES: dict[DeadlineName, str] = {
    "trial_end": "Fin de l’essai et suspension du service",
    "archive_end": "Dernier instant pour souscrire et garder vos données",
    "correction_end": "Dernier instant pour corriger la pièce refusée",
    "destruction": "Destruction des données",
}


def told(event: e.Event, grid: Grid) -> str:
    """Return the event as a sentence, without its date."""
    match event:
        case e.AccountCreated():
            sentence = "Le compte de l’entreprise est créé."
        case e.TermsAccepted():
            sentence = f"Les CGV, version {event.version}, sont acceptées."
        case e.TrialStarted():
            sentence = "L’essai gratuit commence."
        case e.UserRegistered():
            sentence = "Un utilisateur est inscrit."
        case e.UserRemoved():
            sentence = "Un utilisateur est retiré."
        case e.OptionOrdered():
            option = grid.option(event.code)
            label = option.label if option else event.code
            sentence = f"Option commandée : {label} ({event.quantity})."
        case e.ReminderSent():
            sentence = f"Rappel envoyé : {REMINDED_OF[event.about]} dans {count(event.days, 'jour')}."
        case e.ServiceOpened():
            sentence = "Le service est ouvert."
        case e.ServiceSuspended():
            sentence = "L’essai est terminé : le service est suspendu."
        case e.ServiceClosed():
            sentence = "Le service est fermé."
        case e.DataArchived():
            sentence = "Les données sont archivées : elles peuvent être réactivées sans perte."
        case e.DataDestroyed():
            sentence = "Les données sont détruites définitivement."
        case e.DocumentReceived():
            sentence = f"Pièce reçue : {PIECE_NAMES[event.piece]}."
        case e.DocumentAccepted():
            sentence = f"Pièce acceptée : {PIECE_NAMES[event.piece]}."
        case e.DocumentRefused():
            sentence = f"Pièce refusée : {PIECE_NAMES[event.piece]}."
        case _:
            assert_never(event)
    return typeset(sentence)
