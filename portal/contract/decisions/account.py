"""Account, terms and trial: what opens the relationship (CGV art. 2, 3 and 5.1)."""

from datetime import datetime

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.company import in_groups, read_siren
from portal.contract.decisions.users import counted_in_trial, too_many_users
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship, State
from portal.contract.trial import TRIAL_USERS, is_over


def create_account(state: State, act: a.CreateAccount, at: datetime) -> tuple[e.Event, ...]:
    if state.siren is not None:
        raise Refusal(
            "account_exists",
            clause="2",
            message="Ce compte existe déjà. Connectez-vous pour continuer.",
        )
    return (e.AccountCreated(at=at, siren=read_siren(act.siren), admin=act.admin),)


def accept_terms(state: State, act: a.AcceptTerms, at: datetime) -> tuple[e.Event, ...]:
    if act.version != state.offer.terms_version:
        raise Refusal(
            "terms_replaced",
            clause="3",
            message=(
                f"Les CGV ont changé entre-temps : la version {state.offer.terms_version} est en vigueur. "
                "Relisez-les, puis acceptez cette version."
            ),
        )
    if state.acceptance and state.acceptance.version == act.version:
        return ()
    return (e.TermsAccepted(at=at, version=act.version, by=act.by, evidence=act.evidence),)


def start_trial(state: State, act: a.StartTrial, at: datetime) -> tuple[e.Event, ...]:
    if state.relationship is Relationship.TRIAL:
        raise Refusal(
            "trial_running",
            clause="5.1",
            message="Votre essai est déjà en cours. Retrouvez ses dates dans votre espace.",
        )
    # A contract has one trial: another one, where staff allow it, is another contract of the account.
    allowed = state.offer.policy.trials_per_siren + act.allowed_trials
    if is_over(state) or act.earlier_trials >= allowed:
        siren = in_groups(state.siren or "")
        raise Refusal(
            "trial_already_used",
            clause="5.1",
            message=(
                f"Un essai gratuit a déjà été ouvert pour le SIREN {siren}. Vous pouvez souscrire "
                "l’abonnement, ou nous demander un nouvel essai en nous écrivant pourquoi."
            ),
        )
    if state.acceptance is None or state.acceptance.version != state.offer.terms_version:
        raise Refusal(
            "terms_not_accepted",
            clause="3",
            message="Lisez et acceptez les CGV en vigueur avant de commencer l’essai.",
        )
    admin = state.admin or ""
    users = tuple(dict.fromkeys((admin, *act.users)))
    if counted_in_trial(state, len(users)) > TRIAL_USERS:
        raise too_many_users(state)
    registered = (e.UserRegistered(at=at, user=user) for user in users)
    return (e.TrialStarted(at=at), e.ServiceOpened(at=at), *registered)
