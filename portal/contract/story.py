"""What an event or a deadline means, in one French sentence for the person it concerns."""

from typing import assert_never

from portal.contract import events as e
from portal.contract.acts import What
from portal.contract.deadlines import DeadlineName
from portal.contract.dossier import PIECE_NAMES
from portal.contract.french import count, euros, full_date, full_instant, typeset
from portal.contract.lines import month_name
from portal.contract.offer import Grid
from portal.contract.reminders import About

REMINDED_OF: dict[About, str] = {
    "trial_end": "la fin de l’essai",
    "archive_end": "la fin de la conservation des données",
    "first_payment": "l’échéance du premier mois",
    "notice_limit": "la date limite de résiliation",
}

DEADLINE_TITLES: dict[DeadlineName, str] = {
    "trial_end": "Fin de l’essai et suspension du service",
    "archive_end": "Dernier instant pour souscrire et garder vos données",
    "correction_end": "Dernier instant pour corriger la pièce refusée",
    "destruction": "Destruction des données",
    "kbis_expiry": "Dernier instant pour nous envoyer cet extrait K-bis",
    "next_invoice": "Prochaine facture",
    "notice_limit": "Dernier instant pour résilier à la fin de la période",
    "refusal_limit": "Dernier instant pour refuser le changement annoncé",
    "term_end": "Fin de la période du contrat",
    "suspension": "Suspension du service pour non-paiement",
    "termination_open": "Résiliation pour impayé possible",
    "restitution_end": "Dernier instant pour demander vos données",
}


def told(event: e.Event, grid: Grid) -> str:
    """Return the event as a sentence, without its date."""
    return typeset(_sentence(event, grid))


def _sentence(event: e.Event, grid: Grid) -> str:
    match event:
        case e.AccountCreated():
            return "Le compte de l’entreprise est créé."
        case e.TermsAccepted():
            return f"Les CGV, version {event.version}, sont acceptées."
        case e.TrialStarted():
            return "L’essai gratuit commence."
        case e.UserRegistered():
            return "Un utilisateur est inscrit."
        case e.UserRemoved():
            return "Un utilisateur est retiré."
        case e.UserSuspended():
            return "L’accès d’un utilisateur est suspendu."
        case e.UserRestored():
            return "L’accès d’un utilisateur est rétabli."
        case e.AdministratorNamed():
            return "Un utilisateur est désigné administrateur."
        case e.AdministratorRelieved():
            return "Un utilisateur n’est plus administrateur."
        case e.QuoteAccepted():
            return f"Devis accepté : {event.label}, {euros(event.price_cents)} HT."
        case e.OptionOrdered():
            option = grid.option(event.code)
            label = option.label if option else event.code
            return f"Option commandée : {label} ({event.quantity})."
        case e.ReminderSent(about="first_payment"):
            return f"Rappel envoyé : {REMINDED_OF[event.about]}, {count(event.days, 'jour')} après."
        case e.ReminderSent():
            return f"Rappel envoyé : {REMINDED_OF[event.about]} dans {count(event.days, 'jour')}."
        case e.ServiceOpened():
            return "Le service est ouvert."
        case e.ServiceSuspended(reason="unpaid"):
            return "Le service est suspendu pour non-paiement."
        case e.ServiceSuspended():
            return "L’essai est terminé : le service est suspendu."
        case e.ServiceRestored():
            return "Le service est rétabli."
        case e.ServiceClosed():
            return "Le service est fermé."
        case e.DataArchived():
            return "Les données sont archivées : elles peuvent être réactivées sans perte."
        case e.DataReactivated():
            return "Les données archivées sont réactivées, sans perte."
        case e.DataDestroyed():
            return "Les données sont détruites définitivement."
        case e.DocumentReceived():
            return f"Pièce reçue : {PIECE_NAMES[event.piece]}."
        case e.DocumentAccepted():
            return f"Pièce acceptée : {PIECE_NAMES[event.piece]}."
        case e.DocumentRefused():
            return f"Pièce refusée : {PIECE_NAMES[event.piece]}."
        case e.IdentityValidated():
            return "Les données d’identification du client sont validées."
        case e.MandateWithdrawn():
            return "Le mandat SEPA est retiré."
        case _:
            return _in_the_life_of_a_contract(event)


def _in_the_life_of_a_contract(event: e.ContractEvent) -> str:
    match event:
        case e.InvoiceIssued():
            return (
                f"Facture {event.number} émise ({month_name(event.month)}) : {euros(event.gross_cents)} TTC, à payer "
                f"au plus tard le {full_date(event.due)}."
            )
        case e.CreditNoteIssued():
            return f"Avoir {event.number} émis sur la facture {event.cites} : {euros(event.gross_cents)} TTC."
        case e.PaymentSettled():
            costs = f", plus {paid}" if (paid := costs_of_delay(event)) else ""
            return f"Règlement reçu ({month_name(event.month)}) : {euros(event.amount_cents)}{costs}."
        case e.PaymentReturned(returned="reject"):
            return f"Prélèvement rejeté par la banque ({month_name(event.month)})."
        case e.PaymentReturned():
            return f"Prélèvement repris par la banque ({month_name(event.month)})."
        case e.DefaultRecorded():
            return (
                f"Facture impayée ({month_name(event.month)}) : sans règlement, le service sera suspendu le "
                f"{full_instant(event.suspension_at)}."
            )
        case e.DefaultMailFailed():
            return f"L’e-mail sur l’impayé ({month_name(event.month)}) n’a pas pu partir : la suspension est retenue."
        case e.DefaultMailSent():
            return (
                f"L’e-mail sur l’impayé ({month_name(event.month)}) est parti : suspension le "
                f"{full_instant(event.suspension_at)}."
            )
        case e.ContractInForce():
            return f"Le contrat entre en vigueur, jusqu’au {full_date(event.last_day)}."
        case e.ContractRenewed():
            return f"Le contrat est reconduit, jusqu’au {full_date(event.last_day)}."
        case e.ChangeAnnounced():
            return f"Changement annoncé : {WHAT_NAMES[event.what]}, applicable le {full_date(event.applies_from)}."
        case e.ChangeRefused():
            return f"Changement refusé : {WHAT_NAMES[event.what]}. Le contrat ne sera pas reconduit."
        case e.RefusalWithdrawn():
            return f"Refus retiré : {WHAT_NAMES[event.what]}."
        case e.NoticeServed():
            by = "par le client" if event.by == "client" else "par le prestataire"
            return (
                f"Résiliation {by}, postée le {full_date(event.posted)} : le contrat finit le "
                f"{full_date(event.ends)}."
            )
        case e.NoticeWithdrawn():
            return "La résiliation est retirée."
        case e.ContractEnded():
            return f"Le contrat finit le {full_date(event.last_day)} ({END_REASONS[event.reason]})."
        case e.RestitutionRequested():
            return "Le client demande la restitution de ses données."
        case e.RestitutionCompleted():
            return "Les données sont remises au client."
        case _:
            assert_never(event)


def costs_of_delay(event: e.PaymentSettled) -> str:
    """Return what was paid beside the invoice itself, « 2,58 € de pénalités et 40,00 € d’indemnité », or ""."""
    costs = ((event.penalties_cents, "de pénalités"), (event.indemnity_cents, "d’indemnité"))
    return " et ".join(f"{euros(cents)} {what}" for cents, what in costs if cents)


WHAT_NAMES: dict[What, str] = {"price": "nouveaux tarifs", "terms": "nouvelles CGV"}

END_REASONS: dict[e.EndReason, str] = {
    "notice": "résiliation",
    "refused_change": "changement refusé",
    "unpaid": "non-paiement",
    "insolvency": "procédure collective",
    "force_majeure": "force majeure",
}
