"""The journal in French: one sentence for each kind of line, and where it came from."""

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
    "trial_allowed": "Un nouvel essai a été autorisé.",
    "destruction_confirmed": "La destruction des données a été confirmée.",
    "contract_released": "Un contrat arrêté pour vérification a repris.",
    "mail_sent_again": "Un e-mail qui n’était pas parti a été renvoyé par notre équipe.",
    "dossier_saved": "L’entreprise, le signataire ou les utilisateurs du contrat ont été indiqués.",
    "account_saved": "Le compte à prélever a été indiqué.",
    "paper_taken": "Le contrat ou le mandat à signer a été téléchargé.",
    "invoice_taken": "Une facture ou un avoir a été téléchargé.",
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
    "legal_rate_entered": "Un taux d’intérêt légal a été enregistré.",
    "legal_rate_corrected": "Un taux d’intérêt légal a été corrigé.",
    "vat_decided": "La TVA de ce client a été décidée par notre équipe.",
    "order_tried_again": "Un ordre que le CRM avait refusé lui a été transmis de nouveau par notre équipe.",
}


def sentence_of(entry: Entry) -> str:
    """Return a line of the journal in French, with the address it came from."""
    sentence = SENTENCES[entry.kind]
    return f"{sentence} Depuis {entry.ip}." if entry.ip else sentence
