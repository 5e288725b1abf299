"""Who may do what, decided by hand.

A page, a route or an event that is not here has been decided by nobody, and the tests that read these
tables fail until it is: that is their use. Nothing here is computed from what it judges.
"""

from enum import StrEnum


class Who(StrEnum):
    """Those who may have something, or send something."""

    ANYONE = "anyone"
    CLIENTS = "clients"
    STAFF = "staff"
    SIGNED_IN = "clients and staff"


PAGES = {
    "/": Who.ANYONE,
    "/cgv": Who.ANYONE,
    "/cgv/comparer": Who.ANYONE,
    "/essai": Who.ANYONE,
    "/essai/vous": Who.ANYONE,
    "/essai/conditions": Who.CLIENTS,
    "/connexion": Who.ANYONE,
    "/connexion/code": Who.ANYONE,
    # It shows a seed to a session that has given its password, and leads all others to the sign-in page.
    "/connexion/second-facteur": Who.ANYONE,
    "/mot-de-passe-oublie": Who.ANYONE,
    "/nouveau-mot-de-passe": Who.ANYONE,
    "/confirmer": Who.ANYONE,
    "/premier-acces": Who.ANYONE,
    "/espace": Who.CLIENTS,
    "/espace/souscrire": Who.CLIENTS,
    "/espace/factures": Who.CLIENTS,
    "/espace/facture": Who.CLIENTS,
    "/espace/paiement": Who.CLIENTS,
    "/espace/compte": Who.SIGNED_IN,
    "/gestion": Who.STAFF,
    "/gestion/client": Who.STAFF,
    "/gestion/dossiers": Who.STAFF,
    "/gestion/dossier": Who.STAFF,
    "/gestion/mails": Who.STAFF,
    "/gestion/horloge": Who.STAFF,
    "/404": Who.ANYONE,
    "/403": Who.ANYONE,
    "/erreur": Who.ANYONE,
    "/session-expiree": Who.ANYONE,
}

ROUTES = {
    "/auth/essai/entreprise": Who.ANYONE,
    "/auth/essai/personne": Who.ANYONE,
    "/auth/essai/renvoyer": Who.ANYONE,
    "/auth/confirmer": Who.ANYONE,
    "/auth/confirmer/renvoyer": Who.ANYONE,
    "/auth/connexion": Who.ANYONE,
    "/auth/connexion/code": Who.ANYONE,
    "/auth/deconnexion": Who.ANYONE,
    "/auth/mot-de-passe/oublie": Who.ANYONE,
    "/auth/mot-de-passe/nouveau": Who.ANYONE,
    "/auth/premier-acces": Who.ANYONE,
    "/auth/mot-de-passe/changer": Who.SIGNED_IN,
    "/auth/sessions/terminer": Who.SIGNED_IN,
    "/auth/second-facteur/activer": Who.SIGNED_IN,
    "/auth/second-facteur/confirmer": Who.SIGNED_IN,
    "/auth/second-facteur/retirer": Who.SIGNED_IN,
    "/auth/second-facteur/codes": Who.SIGNED_IN,
    # The key also to whoever is setting up the second factor she needs to get in.
    "/auth/second-facteur/cle": Who.SIGNED_IN,
    "/auth/second-facteur/codes-de-secours": Who.SIGNED_IN,
    "/cgv/{version:str}.pdf": Who.ANYONE,
    "/espace/echeances.ics": Who.CLIENTS,
    "/espace/papiers/{piece}.pdf": Who.CLIENTS,
    "/espace/pieces/{piece}": Who.CLIENTS,
    # A client's are hers alone: another's are not there.
    "/pieces/{version}/copie.pdf": Who.SIGNED_IN,
    "/pieces/{version}/page-{number}.webp": Who.SIGNED_IN,
    "/pieces/{version}/original-{number}": Who.SIGNED_IN,
    "/factures/{number}.pdf": Who.SIGNED_IN,
    "/espace/factures.zip": Who.CLIENTS,
    "/espace/factures.csv": Who.CLIENTS,
    "/espace/decompte.pdf": Who.CLIENTS,
    "/gestion/clients/{company}/factures.zip": Who.STAFF,
    "/gestion/clients/{company}/factures.csv": Who.STAFF,
    "/gestion/clients/{company}/decompte.pdf": Who.STAFF,
}

# By the state's module below portal.web, its name, and the handler's.
EVENTS = {
    "public.landing_state.LandingState.load": Who.ANYONE,
    "public.terms_states.TermsState.load": Who.ANYONE,
    "public.terms_states.CompareState.load": Who.ANYONE,
    "account.draft_state.DraftState.load": Who.ANYONE,
    "account.draft_state.DraftState.load_confirmation": Who.ANYONE,
    "account.draft_state.DraftState.load_reset": Who.ANYONE,
    "account.draft_state.DraftState.load_first_staff": Who.ANYONE,
    "account.own_state.EnrolState.load": Who.ANYONE,
    "prospect.sign_up_state.SignUpState.check_siren": Who.ANYONE,
    "failure.FailureState.show": Who.ANYONE,
    "failure.FailureState.dismiss": Who.ANYONE,
    "prospect.sign_up_state.ConditionsState.load": Who.CLIENTS,
    "prospect.sign_up_state.ConditionsState.tick": Who.CLIENTS,
    "prospect.sign_up_state.ConditionsState.untick": Who.CLIENTS,
    "prospect.sign_up_state.ConditionsState.confirm": Who.CLIENTS,
    "client.space_state.SpaceState.load": Who.CLIENTS,
    "client.space_state.SpaceState.add_user": Who.CLIENTS,
    "client.space_state.SpaceState.ask_to_remove": Who.CLIENTS,
    "client.space_state.SpaceState.keep": Who.CLIENTS,
    "client.space_state.SpaceState.remove": Who.CLIENTS,
    "client.pieces_state.PiecesState.load": Who.CLIENTS,
    "client.pieces_state.PiecesState.refresh": Who.CLIENTS,
    "client.pieces_state.PiecesState.correct": Who.CLIENTS,
    "client.subscribe_state.SubscribeState.load": Who.CLIENTS,
    "client.subscribe_state.SubscribeState.refresh": Who.CLIENTS,
    "client.subscribe_state.SubscribeState.tick": Who.CLIENTS,
    "client.subscribe_state.SubscribeState.untick": Who.CLIENTS,
    "client.subscribe_state.SubscribeState.confirm": Who.CLIENTS,
    "client.subscribe_state.SubscribeState.edit": Who.CLIENTS,
    "client.subscribe_state.SubscribeState.price": Who.CLIENTS,
    "client.subscribe_state.SubscribeState.check_iban": Who.CLIENTS,
    "client.subscribe_state.SubscribeState.save_subscription": Who.CLIENTS,
    "client.subscribe_state.SubscribeState.save_account": Who.CLIENTS,
    "client.invoices_state.InvoicesState.load": Who.CLIENTS,
    "client.invoices_state.InvoiceState.load": Who.CLIENTS,
    "client.payment_state.PaymentState.load": Who.CLIENTS,
    "client.payment_state.PaymentState.refresh": Who.CLIENTS,
    "client.payment_state.PaymentState.change": Who.CLIENTS,
    "client.payment_state.PaymentState.keep": Who.CLIENTS,
    "client.payment_state.PaymentState.check_iban": Who.CLIENTS,
    "client.payment_state.PaymentState.save_account": Who.CLIENTS,
    "account.own_state.AccountState.load": Who.SIGNED_IN,
    "staff.states.ClientsState.load": Who.STAFF,
    "staff.states.ClientsState.find": Who.STAFF,
    "staff.states.ClientsState.filter_by": Who.STAFF,
    "staff.states.ClientsState.turn_page": Who.STAFF,
    "staff.states.ClientsState.show_all": Who.STAFF,
    "staff.states.ClientsState.try_order_again": Who.STAFF,
    "staff.states.ClientFileState.load": Who.STAFF,
    "staff.states.ClientFileState.ask_to_destroy": Who.STAFF,
    "staff.states.ClientFileState.keep": Who.STAFF,
    "staff.states.ClientFileState.destroy": Who.STAFF,
    "staff.states.ClientFileState.allow_trial": Who.STAFF,
    "staff.states.ClientFileState.release": Who.STAFF,
    "staff.states.ClientFileState.send_mail_again": Who.STAFF,
    "staff.states.ClientFileState.try_order_again": Who.STAFF,
    "staff.dossier_states.DossiersState.load": Who.STAFF,
    "staff.dossier_states.DossierState.load": Who.STAFF,
    "staff.dossier_states.DossierState.still_here": Who.STAFF,
    "staff.dossier_states.DossierState.select": Who.STAFF,
    "staff.dossier_states.DossierState.accept": Who.STAFF,
    "staff.dossier_states.DossierState.ask_to_refuse": Who.STAFF,
    "staff.dossier_states.DossierState.keep": Who.STAFF,
    "staff.dossier_states.DossierState.choose_reason": Who.STAFF,
    "staff.dossier_states.DossierState.say_remark": Who.STAFF,
    "staff.dossier_states.DossierState.refuse": Who.STAFF,
    "staff.dossier_states.DossierState.validate": Who.STAFF,
    "staff.dossier_states.DossierState.record_transfer": Who.STAFF,
    "staff.states.MailsState.load": Who.STAFF,
    "staff.states.MailsState.send_mail_again": Who.STAFF,
    "staff.states.ClockState.load": Who.STAFF,
    "staff.states.ClockState.forward": Who.STAFF,
    "staff.states.ClockState.go_to": Who.STAFF,
}

# What Reflex's own script sends: the first load of a page, and what follows a navigation.
FRAMEWORK_EVENTS = {
    "reflex.state.State.hydrate",
    "reflex.state.State.hydrate_and_load",
    "reflex.state.State.set_is_hydrated",
    "reflex.state.OnLoadInternalState.on_load_internal",
    "reflex.state.OnLoadInternalState.set_is_hydrated",
}
