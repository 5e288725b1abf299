"""Every page of the portal, with its address, its title and what it loads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from portal.web.account.draft_state import DraftState
from portal.web.account.own_page import account_page, enrol_page
from portal.web.account.own_state import AccountState, EnrolState
from portal.web.account.pages import (
    code_page,
    confirm_page,
    first_staff_page,
    forgotten_page,
    invitation_page,
    new_password_page,
    sign_in_page,
)
from portal.web.client.changes_page import changes_page
from portal.web.client.changes_state import ChangesState
from portal.web.client.contract_page import contract_page
from portal.web.client.contract_state import ContractState
from portal.web.client.end_page import end_page
from portal.web.client.end_state import EndState
from portal.web.client.invoice_page import invoice_page
from portal.web.client.invoices_page import invoices_page
from portal.web.client.invoices_state import InvoicesState, InvoiceState
from portal.web.client.notice_page import notice_page
from portal.web.client.notice_state import NoticeState
from portal.web.client.options_page import options_page
from portal.web.client.options_state import OptionsState
from portal.web.client.payment_page import payment_page
from portal.web.client.payment_state import PaymentState
from portal.web.client.pieces_state import PiecesState
from portal.web.client.seats_page import seats_page
from portal.web.client.seats_state import SeatsState
from portal.web.client.space_page import space_page
from portal.web.client.space_state import SpaceState
from portal.web.client.subscribe_page import subscribe_page
from portal.web.client.subscribe_state import SubscribeState
from portal.web.components.frame import SERVICE
from portal.web.failure import FailureState
from portal.web.prospect.sign_up_page import company_page, conditions_page, person_page
from portal.web.prospect.sign_up_state import ConditionsState, SignUpState
from portal.web.public.errors import error_page, expired_session_page, forbidden_page, not_found_page
from portal.web.public.landing import landing_page
from portal.web.public.landing_state import LandingState
from portal.web.public.terms_page import compare_page, terms_page
from portal.web.public.terms_states import CompareState, TermsState
from portal.web.staff.arrears_page import arrears_page
from portal.web.staff.arrears_states import ArrearsState
from portal.web.staff.bank_page import bank_page
from portal.web.staff.bank_states import BankState
from portal.web.staff.changes_page import staff_changes_page
from portal.web.staff.changes_states import StaffChangesState
from portal.web.staff.client_page import client_page
from portal.web.staff.credit_states import CreditsState
from portal.web.staff.credits_page import credits_page
from portal.web.staff.destruction_states import DestructionsState, EarlyEndsState
from portal.web.staff.destructions_page import destructions_page
from portal.web.staff.dossier_pages import dossier_page
from portal.web.staff.dossier_states import DossiersState, DossierState
from portal.web.staff.letters_page import letters_page
from portal.web.staff.letters_states import LettersState
from portal.web.staff.month_pages import figures_page, month_page
from portal.web.staff.month_states import FiguresState, MonthState
from portal.web.staff.pages import clients_page, clock_page, mails_page
from portal.web.staff.queue_page import dossiers_page
from portal.web.staff.quotes_page import quotes_page
from portal.web.staff.quotes_state import QuotesState
from portal.web.staff.run_page import run_page
from portal.web.staff.run_states import RunState
from portal.web.staff.states import ClientFileState, ClientsState, ClockState, MailsState
from portal.web.staff.tariff_states import TariffsState
from portal.web.staff.tariffs_page import tariffs_page
from portal.web.staff.terms_page import terms_to_come_page
from portal.web.staff.terms_states import TermsToComeState


@dataclass(frozen=True, slots=True)
class Page:
    """One page. Search engines see only those that are `listed`."""

    address: str
    draw: Callable[[], rx.Component]
    title: str
    description: str = ""
    on_load: Any = None
    listed: bool = False


PAGES: list[Page] = [
    Page(
        "/",
        landing_page,
        "Essai gratuit de 30\u00a0jours",
        "Essayez EXANERGY CRM pendant trente jours, à cinq, sans moyen de paiement. Chaque date de votre contrat "
        "est écrite d’avance, avec sa raison.",
        on_load=LandingState.load,
        listed=True,
    ),
    Page(
        "/cgv",
        terms_page,
        "Conditions générales de vente",
        "Les conditions générales de vente d’EXANERGY CRM, article par article, chacune avec son résumé en clair.",
        on_load=TermsState.load,
        listed=True,
    ),
    Page("/cgv/comparer", compare_page, "Ce qui change dans les conditions", on_load=CompareState.load),
    Page("/essai", company_page, "Votre entreprise", on_load=DraftState.load),
    Page("/essai/vous", person_page, "Vous", on_load=DraftState.load),
    Page("/essai/conditions", conditions_page, "Les conditions", on_load=ConditionsState.load),
    Page("/connexion", sign_in_page, "Se connecter", on_load=DraftState.load),
    Page("/connexion/code", code_page, "Saisir le code", on_load=DraftState.load),
    Page("/connexion/second-facteur", enrol_page, "Second facteur", on_load=EnrolState.load),
    Page("/mot-de-passe-oublie", forgotten_page, "Mot de passe oublié", on_load=DraftState.load),
    Page("/nouveau-mot-de-passe", new_password_page, "Nouveau mot de passe", on_load=DraftState.load_reset),
    Page("/confirmer", confirm_page, "Confirmer votre adresse", on_load=DraftState.load_confirmation),
    Page("/premier-acces", first_staff_page, "Premier accès", on_load=DraftState.load_first_staff),
    Page("/invitation", invitation_page, "Ouvrir votre accès", on_load=DraftState.load_invitation),
    Page("/espace", space_page, "Votre espace", on_load=SpaceState.load),
    Page("/espace/contrat", contract_page, "Votre contrat", on_load=ContractState.load),
    Page("/espace/utilisateurs", seats_page, "Vos utilisateurs", on_load=SeatsState.load),
    Page("/espace/options", options_page, "Vos options", on_load=OptionsState.load),
    Page("/espace/changements", changes_page, "Ce qui change", on_load=ChangesState.load),
    Page("/espace/compte", account_page, "Votre compte", on_load=AccountState.load),
    Page("/gestion", clients_page, "Les clients", on_load=ClientsState.load),
    Page(
        "/espace/souscrire",
        subscribe_page,
        "Souscrire",
        on_load=[SubscribeState.load, PiecesState.load],
    ),
    Page("/espace/factures", invoices_page, "Vos factures", on_load=InvoicesState.load),
    Page("/espace/facture", invoice_page, "Une facture", on_load=[InvoiceState.clear, InvoiceState.load]),
    Page("/espace/paiement", payment_page, "Paiement", on_load=[PaymentState.load, PiecesState.load]),
    Page("/espace/fin", end_page, "La fin de votre contrat", on_load=[EndState.clear, EndState.load]),
    Page("/espace/resiliation", notice_page, "Résilier", on_load=NoticeState.load),
    Page("/gestion/client", client_page, "Un client", on_load=[ClientFileState.clear, ClientFileState.load]),
    Page("/gestion/dossiers", dossiers_page, "Les dossiers", on_load=DossiersState.load),
    Page("/gestion/dossier", dossier_page, "Un dossier", on_load=[DossierState.clear, DossierState.load]),
    Page("/gestion/devis", quotes_page, "Les devis", on_load=QuotesState.load),
    Page("/gestion/facturation", month_page, "La facturation", on_load=MonthState.load),
    Page("/gestion/emission", run_page, "L’émission des factures", on_load=RunState.load),
    Page("/gestion/banque", bank_page, "La banque", on_load=BankState.load),
    Page("/gestion/impayes", arrears_page, "Les impayés", on_load=ArrearsState.load),
    Page("/gestion/avoirs", credits_page, "Les avoirs", on_load=CreditsState.load),
    Page("/gestion/courriers", letters_page, "Les courriers", on_load=LettersState.load),
    Page("/gestion/tableau", figures_page, "Les chiffres", on_load=FiguresState.load),
    Page(
        "/gestion/destructions",
        destructions_page,
        "Les fins de contrat",
        on_load=[DestructionsState.load, EarlyEndsState.load],
    ),
    Page("/gestion/echeances", terms_to_come_page, "Les échéances", on_load=TermsToComeState.load),
    Page("/gestion/tarifs", tariffs_page, "Les tarifs", on_load=TariffsState.load),
    Page(
        "/gestion/changements", staff_changes_page, "Annoncer un changement", on_load=StaffChangesState.load
    ),
    Page("/gestion/mails", mails_page, "Les e-mails", on_load=MailsState.load),
    Page("/gestion/horloge", clock_page, "L’horloge", on_load=ClockState.load),
    Page("/404", not_found_page, "Page introuvable"),
    Page("/403", forbidden_page, "Accès fermé"),
    Page("/erreur", error_page, "Page indisponible"),
    Page("/session-expiree", expired_session_page, "Session terminée"),
]


# The states whose events anyone may send; all others ask for a session (see `gate`).
PUBLIC_STATES: frozenset[type[rx.State]] = frozenset(
    {LandingState, TermsState, CompareState, DraftState, SignUpState, EnrolState, FailureState}
)


def add_pages(app: rx.App) -> None:
    """Register every page."""
    for page in PAGES:
        robots = [] if page.listed else [{"name": "robots", "content": "noindex"}]
        app.add_page(
            page.draw,
            route=page.address,
            title=f"{page.title} | {SERVICE}",
            description=page.description or None,
            image="/favicon.svg",
            meta=robots,
            on_load=page.on_load,
        )
