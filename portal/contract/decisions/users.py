"""Named users and their administrators (CGV art. 2, 5.1, 7 and 10.1)."""

from datetime import datetime

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.french import count
from portal.contract.refusal import Refusal
from portal.contract.state import Document, Relationship, Service, State
from portal.contract.trial import TRIAL_USERS

_SUBSCRIBED = frozenset({Relationship.AWAITING_PAYMENT, Relationship.ACTIVE})


def register_user(state: State, act: a.RegisterUser, at: datetime) -> tuple[e.Event, ...]:
    if state.relationship is Relationship.PROSPECT and _has_signed(state):
        pass  # Who subscribes without a trial names the users before the service opens.
    elif state.relationship is not Relationship.AWAITING_PAYMENT:
        service_must_be_open(state)
    if act.user in state.users:
        return ()
    if (
        state.relationship is Relationship.TRIAL
        and counted_in_trial(state, len(state.users) + 1) > TRIAL_USERS
    ):
        raise too_many_users(state)
    return (e.UserRegistered(at=at, user=act.user),)


def remove_user(state: State, act: a.RemoveUser, at: datetime) -> tuple[e.Event, ...]:
    _users_may_change(state)
    _not_the_last_administrator(state, act.user, "retiré")
    if act.user not in state.users:
        if any(one.user == act.user for one in state.registrations):
            return ()
        raise _unknown()
    minimum = state.offer.grid.minimum_users
    # The administrator is one of them, also where she is registered only with the entry into force.
    left = {*state.users, state.admin} - {act.user}
    if state.relationship in _SUBSCRIBED and len(left) < minimum:
        raise Refusal(
            "minimum_users",
            clause="10.1",
            message=(
                f"Votre contrat prévoit au moins {count(minimum, 'utilisateur')} : retirer cette personne passerait "
                "en dessous. Vous pouvez la remplacer par une autre, ou suspendre son accès."
            ),
        )
    return (*_relieved(state, act.user, at), e.UserRemoved(at=at, user=act.user))


def suspend_user(state: State, act: a.SuspendUser, at: datetime) -> tuple[e.Event, ...]:
    _users_may_change(state)
    _not_the_last_administrator(state, act.user, "suspendu")
    registration = state.registration(act.user)
    if registration is None:
        raise _unknown()
    if registration.suspended:
        return ()
    return (*_relieved(state, act.user, at), e.UserSuspended(at=at, user=act.user))


def restore_user(state: State, act: a.RestoreUser, at: datetime) -> tuple[e.Event, ...]:
    _users_may_change(state)
    registration = state.registration(act.user)
    if registration is None:
        raise _unknown()
    return (e.UserRestored(at=at, user=act.user),) if registration.suspended else ()


def name_administrator(state: State, act: a.NameAdministrator, at: datetime) -> tuple[e.Event, ...]:
    _users_may_change(state)
    if act.user in state.admins:
        return ()
    registration = state.registration(act.user)
    if registration is None:
        raise _unknown()
    if registration.suspended:
        raise Refusal(
            "administrator_suspended",
            clause="2",
            message=(
                "L’accès de cette personne est suspendu : elle ne pourrait pas agir. Rétablissez d’abord son accès, "
                "puis désignez-la."
            ),
        )
    return (e.AdministratorNamed(at=at, user=act.user),)


def relieve_administrator(state: State, act: a.RelieveAdministrator, at: datetime) -> tuple[e.Event, ...]:
    _users_may_change(state)
    if act.user not in state.admins:
        if state.registration(act.user) is None:
            raise _unknown()
        return ()
    _not_the_last_administrator(state, act.user, "déchargé de ce rôle")
    return (e.AdministratorRelieved(at=at, user=act.user),)


def replacement(state: State, leaving: str, coming: str) -> tuple[a.Act, a.Act]:
    """Return the two acts that replace a person by another, in the order in which both are granted.

    In a contract the new one comes first, so that the minimum holds; in a trial, which has a maximum, last.
    """
    register, remove = a.RegisterUser(user=coming), a.RemoveUser(user=leaving)
    return (register, remove) if state.relationship in _SUBSCRIBED else (remove, register)


def service_must_be_open(state: State) -> None:
    if state.service is Service.OPEN:
        return
    if state.service is Service.NONE:
        raise Refusal(
            "service_not_open",
            clause="5.1",
            message="Commencez d’abord votre essai : le service n’est pas encore ouvert.",
        )
    if state.service is Service.CLOSED:
        raise _closed(state)
    if state.relationship is Relationship.ACTIVE:
        raise Refusal(
            "service_suspended",
            clause="10.3",
            message=(
                "Le service est suspendu pour non-paiement. Réglez tout ce qui est dû, pénalités et indemnités "
                "comprises : il rouvre aussitôt."
            ),
        )
    raise Refusal(
        "service_suspended",
        clause="5.1",
        message="Votre essai est terminé et le service est suspendu. Souscrivez l’abonnement pour le rouvrir.",
    )


def counted_in_trial(state: State, people: int) -> int:
    return people if state.offer.policy.administrator_counts else people - 1


def too_many_users(state: State) -> Refusal:
    included = ", administrateur compris" if state.offer.policy.administrator_counts else ""
    return Refusal(
        "trial_user_limit",
        clause="5.1",
        message=(
            f"L’essai gratuit est limité à {count(TRIAL_USERS, 'utilisateur')}{included} (CGV, article 5.1). "
            "Retirez une personne pour en ajouter une autre, ou souscrivez l’abonnement."
        ),
    )


def _users_may_change(state: State) -> None:
    """A suspended contract still pays for its users: they may be suspended and removed, not added."""
    if state.relationship not in _SUBSCRIBED:
        service_must_be_open(state)


def _relieved(state: State, user: str, at: datetime) -> tuple[e.Event, ...]:
    """Return the end of a person's role, if she has it: who is removed or suspended no longer acts for the company."""
    return (e.AdministratorRelieved(at=at, user=user),) if user in state.admins else ()


def _not_the_last_administrator(state: State, user: str, done: str) -> None:
    if state.admins == (user,):
        raise Refusal(
            "last_administrator",
            clause="2",
            message=(
                f"L’Administrateur Client ne peut pas être {done} : il faut toujours quelqu’un pour agir au nom de "
                "l’entreprise. Désignez d’abord un autre administrateur."
            ),
        )


def _unknown() -> Refusal:
    return Refusal(
        "unknown_user",
        clause="5.1",
        message="Cette personne n’est pas utilisatrice de votre espace. Vérifiez la liste.",
    )


def _closed(state: State) -> Refusal:
    if state.relationship is Relationship.ENDED:
        return Refusal(
            "service_closed",
            clause="16",
            message="Le contrat est terminé et le service est fermé. Votre compte demeure, avec vos factures.",
        )
    return Refusal(
        "service_closed",
        clause="5.1",
        message=(
            "Le service est fermé et les données de l’essai sont détruites. Votre compte demeure, "
            "et vous pouvez souscrire de nouveau."
        ),
    )


def _has_signed(state: State) -> bool:
    document: Document | None = state.documents.get(a.Piece.CONTRACT)
    return document is not None and document.signed
