"""The journal in French: one sentence for each kind of line, and where it came from."""

from datetime import date

from portal.contract.acts import Piece
from portal.contract.dossier import PIECE_NAMES
from portal.contract.french import full_date
from portal.services.journal import Entry

SENTENCES = {
    "account_created": "Le compte a été créé.",
    "sign_up_repeated": "Une nouvelle inscription a été tentée avec cette adresse.",
    "address_confirmed": "L’adresse e-mail a été confirmée.",
    "signed_in": "Connexion.",
    "sign_in_refused": "Une connexion a été refusée.",
    "recovery_code_used": "Un code de secours a servi à se connecter.",
    "signed_out": "Déconnexion.",
    "session_ended": "Une session a été fermée.",
    "password_reset_asked": "Un nouveau mot de passe a été demandé.",
    "password_changed": "Le mot de passe a été changé.",
    "second_factor_begun": "La double authentification a été commencée.",
    "second_factor_on": "La double authentification a été mise en place.",
    "second_factor_off": "La double authentification a été retirée.",
    "recovery_codes_made": "De nouveaux codes de secours ont été créés.",
    "terms_accepted": "Les conditions générales ont été acceptées.",
    "trial_started": "L’essai a été commencé.",
    "user_registered": "Un utilisateur a été inscrit.",
    "user_removed": "Un utilisateur a été retiré.",
    "user_suspended": "L’accès d’un utilisateur a été suspendu.",
    "user_restored": "L’accès d’un utilisateur a été rétabli.",
    "administrator_named": "Un administrateur a été désigné.",
    "administrator_invited": "L’invitation d’un administrateur a été renvoyée.",
    "administrator_relieved": "Un administrateur a été déchargé de ce rôle.",
    "option_ordered": "Une option a été commandée.",
    "quote_asked": "Un devis a été demandé.",
    "quote_answered": "Un devis a reçu notre réponse.",
    "quote_accepted": "Un devis a été accepté.",
    "quote_declined": "Un devis a été décliné.",
    "feed_made": "Un lien d’agenda privé a été créé.",
    "feed_replaced": "Le lien d’agenda privé a été remplacé : l’ancien ne donne plus rien.",
    "feed_revoked": "Le lien d’agenda privé a été supprimé.",
    "feed_ended": "Le lien d’agenda privé s’est éteint avec le rôle d’administrateur.",
    "trial_allowed": "Un nouvel essai a été autorisé.",
    "destruction_confirmed": "La destruction des données a été confirmée.",
    "contract_released": "Un contrat arrêté pour vérification a repris.",
    "mail_sent_again": "Un e-mail qui n’était pas parti a été renvoyé par notre équipe.",
    "dossier_saved": "L’entreprise, le signataire ou les utilisateurs du contrat ont été indiqués.",
    "account_saved": "Le compte à prélever a été indiqué.",
    "paper_taken": "Le contrat ou le mandat à signer a été téléchargé.",
    "invoice_taken": "Une facture ou un avoir a été téléchargé.",
    "evidence_taken": "Le fichier de preuve du contrat a été téléchargé.",
    "statement_taken": "Le décompte des sommes dues a été téléchargé.",
    "piece_sent": "Une pièce du dossier a été envoyée.",
    "piece_corrected": "Ce qui a été lu d’une pièce a été corrigé.",
    "piece_taken": "Le fichier d’une pièce a été téléchargé.",
    "piece_accepted": "Une pièce du dossier a été acceptée.",
    "piece_refused": "Une pièce du dossier a été refusée.",
    "identity_validated": "L’identité de l’entreprise et du signataire a été validée.",
    "transfer_recorded": "Le virement du premier mois a été enregistré.",
    "grid_published": "Une grille tarifaire a été publiée.",
    "grid_withdrawn": "Une grille tarifaire qui ne s’appliquait pas encore a été retirée.",
    "price_announced": "Un nouveau prix a été annoncé aux contrats en vigueur.",
    "terms_announced": "De nouvelles conditions ont été annoncées aux contrats en vigueur.",
    "terms_published": "Une version des conditions générales a été publiée.",
    "change_refused": "Un changement annoncé a été refusé.",
    "refusal_withdrawn": "Le refus d’un changement a été retiré.",
    "legal_rate_entered": "Un taux d’intérêt légal a été enregistré.",
    "legal_rate_corrected": "Un taux d’intérêt légal a été corrigé.",
    "sales_exported": "Le journal des ventes a été exporté.",
    "credit_proposed": "Un avoir a été proposé.",
    "credit_accepted": "Un avoir proposé a été accepté : il est émis.",
    "credit_declined": "Un avoir proposé a été écarté.",
    "termination_letter_drawn": "Une lettre de résiliation pour impayé a été préparée.",
    "contract_terminated": "Le contrat a été résilié pour impayé, sa lettre postée.",
    "letter_proof_kept": "La preuve de réception d’une lettre a été rangée.",
    "letter_deposit_proof_kept": "La preuve de dépôt d’une lettre a été rangée.",
    "letter_outcome_told": "Ce qu’une lettre est devenue a été noté.",
    "notice_prepared": "Une lettre de résiliation a été préparée.",
    "notice_posted": "La résiliation a été postée : elle est notifiée.",
    "notice_sending_asked": "L’envoi de la résiliation en recommandé électronique a été demandé.",
    "notice_given_up": "La lettre de résiliation préparée a été abandonnée.",
    "notice_withdrawn": "La résiliation a été retirée.",
    "vendor_notice_proposed": "Une résiliation à notre initiative a été proposée.",
    "vendor_notice_accepted": "Une résiliation à notre initiative a été décidée : sa lettre est à poster.",
    "vendor_notice_declined": "Une résiliation à notre initiative a été écartée.",
    "vendor_notice_posted": "Notre lettre de résiliation a été postée.",
    "vendor_notice_sending_asked": "L’envoi de notre lettre de résiliation en recommandé électronique a été demandé.",
    "vendor_notice_presented": "Notre lettre de résiliation a été présentée : elle compte de ce jour.",
    "vendor_notice_withdrawn": "Notre résiliation a été retirée.",
    "late_notice_waived": "Une résiliation tardive a été acceptée pour la fin de la période en cours.",
    "vat_decided": "La TVA de ce client a été décidée par notre équipe.",
    "restitution_asked": "La restitution des données a été demandée.",
    "restitution_export_kept": "L’export du CRM a été joint à la restitution demandée.",
    "restitution_taken": "Un fichier de la restitution a été téléchargé.",
    "restitution_confirmed": "La réception des données restituées a été confirmée.",
    "certificate_taken": "L’attestation de destruction a été téléchargée.",
    "litigation_hold_set": "Un gel pour contentieux a été posé : rien n’est purgé.",
    "litigation_hold_lifted": "Le gel pour contentieux a été levé.",
    "early_end_letter_drawn": "Une lettre de procédure collective ou de force majeure a été préparée.",
    "early_end_letter_posted": "Une lettre de procédure collective ou de force majeure a été postée.",
    "collection_presented_again": "Un prélèvement revenu impayé a été présenté de nouveau.",
    "collection_file_taken": "Un fichier de prélèvements a été téléchargé.",
    "bank_message_taken": "Un message de la banque a été enregistré.",
    "bank_line_resolved": "Une ligne de la banque a été traitée.",
    "subscribed_again": "Une nouvelle souscription a été commencée.",
    "order_tried_again": "Un ordre que le CRM avait refusé lui a été transmis de nouveau par notre équipe.",
}


# The lines about a piece, where it is known which.
_OF_PIECE = {
    "piece_sent": "a été envoyé.",
    "piece_taken": "a été téléchargé.",
    "piece_accepted": "a été accepté.",
    "piece_refused": "a été refusé.",
}


def sentence_of(entry: Entry) -> str:
    """Return a line of the journal in French, with what it is about and the address it came from."""
    sentence = _sentence(entry)
    return f"{sentence} Depuis {entry.ip}." if entry.ip else sentence


# The piece itself is never touched: what is corrected is what was read of it.
_CORRECTED = {
    Piece.CONTRACT: "Ce qui a été lu du contrat signé a été corrigé.",
    Piece.MANDATE: "Ce qui a été lu du mandat SEPA signé a été corrigé.",
    Piece.KBIS: "Ce qui a été lu de l’extrait K-bis a été corrigé.",
}


def _sentence(entry: Entry) -> str:
    if entry.details.get("piece") in set(Piece):
        piece = Piece(entry.details["piece"])
        if entry.kind == "piece_corrected":
            return _CORRECTED[piece]
        if entry.kind in _OF_PIECE:
            name = PIECE_NAMES[piece]
            return f"{name[0].upper()}{name[1:]} {_OF_PIECE[entry.kind]}"
    if entry.kind == "transfer_recorded":
        received_on = date.fromisoformat(entry.details["received_on"])
        return f"Le virement du premier mois, reçu le {full_date(received_on)}, a été enregistré."
    return SENTENCES[entry.kind]
