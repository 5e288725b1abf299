"""What an act brings about: the events it causes, or the refusal that says why not.

`decide` returns `()` where the act would change nothing: pressing a button twice is not an error.
The caller has first let happen all that was due by `at` (see `deadlines.advance`).
"""

from datetime import date, datetime
from typing import assert_never

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.calendar import paris_day
from portal.contract.company import in_groups, read_siren
from portal.contract.deadlines import fall_due
from portal.contract.dossier import PIECE_NAMES, SAVING_PIECES, kbis_last_day, submission_end
from portal.contract.french import count, euros, full_date, full_instant
from portal.contract.refusal import Refusal
from portal.contract.state import Document, Examination, Relationship, Service, State
from portal.contract.trial import TRIAL_USERS, is_over


def decide(state: State, act: a.Act, at: datetime) -> tuple[e.Event, ...]:
    """Return the events that `act` causes at `at`; raise `Refusal` where a rule forbids it."""
    if state.siren is None and not isinstance(act, a.CreateAccount):
        raise Refusal(
            "account_missing",
            clause="2",
            message="Créez d’abord le compte de votre entreprise ; la suite en dépend.",
        )
    match act:
        case a.CreateAccount():
            return _create_account(state, act, at)
        case a.AcceptTerms():
            return _accept_terms(state, act, at)
        case a.StartTrial():
            return _start_trial(state, act, at)
        case a.RegisterUser():
            return _register_user(state, act, at)
        case a.RemoveUser():
            return _remove_user(state, act, at)
        case a.OrderOption():
            return _order_option(state, act, at)
        case a.SubmitDocument():
            return _submit_document(state, act, at)
        case a.AcceptDocument():
            return _accept_document(state, act, at)
        case a.RefuseDocument():
            return _refuse_document(state, act, at)
        case a.ConfirmDestruction():
            return _confirm_destruction(state, at)
        case _:
            assert_never(act)


def _create_account(state: State, act: a.CreateAccount, at: datetime) -> tuple[e.Event, ...]:
    if state.siren is not None:
        raise Refusal(
            "account_exists",
            clause="2",
            message="Ce compte existe déjà. Connectez-vous pour continuer.",
        )
    return (e.AccountCreated(at=at, siren=read_siren(act.siren), admin=act.admin),)


def _accept_terms(state: State, act: a.AcceptTerms, at: datetime) -> tuple[e.Event, ...]:
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


def _start_trial(state: State, act: a.StartTrial, at: datetime) -> tuple[e.Event, ...]:
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
    if _counted(state, len(users)) > TRIAL_USERS:
        raise _too_many_users(state)
    registered = (e.UserRegistered(at=at, user=user) for user in users)
    return (e.TrialStarted(at=at), e.ServiceOpened(at=at), *registered)


def _register_user(state: State, act: a.RegisterUser, at: datetime) -> tuple[e.Event, ...]:
    _service_must_be_open(state)
    if act.user in state.users:
        return ()
    if _counted(state, len(state.users) + 1) > TRIAL_USERS:
        raise _too_many_users(state)
    return (e.UserRegistered(at=at, user=act.user),)


def _remove_user(state: State, act: a.RemoveUser, at: datetime) -> tuple[e.Event, ...]:
    _service_must_be_open(state)
    if act.user == state.admin:
        raise Refusal(
            "last_administrator",
            clause="2",
            message=(
                "L’Administrateur Client ne peut pas être retiré : il faut toujours quelqu’un pour agir au nom de "
                "l’entreprise. Désignez d’abord un autre administrateur."
            ),
        )
    if act.user not in state.users:
        if any(one.user == act.user for one in state.registrations):
            return ()
        raise Refusal(
            "unknown_user",
            clause="5.1",
            message="Cette personne n’est pas utilisatrice de votre espace. Vérifiez la liste.",
        )
    return (e.UserRemoved(at=at, user=act.user),)


def _order_option(state: State, act: a.OrderOption, at: datetime) -> tuple[e.Event, ...]:
    _service_must_be_open(state)
    option = state.offer.grid.option(act.code)
    if option is None:
        offered = ", ".join(f"{one.label} ({euros(one.price_cents)} HT)" for one in state.offer.grid.options)
        raise Refusal(
            "unknown_option",
            clause="5.2",
            message=f"Cette option n’est pas dans la grille tarifaire. Options proposées : {offered}.",
        )
    if act.quantity < 1:
        raise Refusal(
            "quantity_invalid",
            clause="5.2",
            message="Indiquez une quantité d’au moins un.",
        )
    return (e.OptionOrdered(at=at, code=option.code, quantity=act.quantity),)


def _submit_document(state: State, act: a.SubmitDocument, at: datetime) -> tuple[e.Event, ...]:
    if state.acceptance is None:
        raise Refusal(
            "terms_not_accepted",
            clause="3",
            message="Lisez et acceptez les CGV en vigueur avant d’envoyer vos pièces.",
        )
    document = state.documents.get(act.piece)
    if document and act.document and document.document == act.document:
        # The same file: a button pressed twice, perhaps on either side of a limit.
        if document.examination is Examination.REFUSED:
            raise Refusal(
                "document_already_refused",
                clause="8",
                message=(
                    "Nous avons déjà refusé cette même version. Corrigez-la selon le motif que nous vous avons "
                    "donné, puis envoyez la nouvelle."
                ),
            )
        return ()
    if state.relationship is Relationship.LAPSED:
        raise Refusal(
            "data_destroyed",
            clause="5.1",
            message=(
                "Les données de cet essai sont détruites : une pièce ne peut plus les sauver. Votre compte demeure, "
                "et vous pouvez nous écrire pour souscrire."
            ),
        )
    end = submission_end(state)
    if end is not None and at >= end:
        raise Refusal(
            "submission_too_late",
            clause="5.1",
            message=(
                f"Cette pièce devait nous parvenir avant le {full_instant(end)}. "
                "Écrivez-nous : tant que vos données ne sont pas détruites, nous pouvons encore vous répondre."
            ),
        )
    if act.siren is not None and (siren := read_siren(act.siren)) != state.siren:
        raise Refusal(
            "siren_differs",
            clause="8",
            message=(
                f"Cette pièce porte le SIREN {in_groups(siren)}, votre compte le "
                f"{in_groups(state.siren or '')}. Envoyez la pièce de la même entreprise."
            ),
        )
    if act.piece is a.Piece.KBIS:
        _check_kbis_date(act.dated, at)
    if document and document.examination is Examination.ACCEPTED:
        raise Refusal(
            "document_already_accepted",
            clause="8",
            message=f"Nous avons déjà accepté {PIECE_NAMES[act.piece]}. Vous n’avez rien à renvoyer.",
        )
    received = e.DocumentReceived(
        at=at, piece=act.piece, document=act.document, signed=act.signed, dated=act.dated
    )
    return (received,)


def _check_kbis_date(dated: date | None, at: datetime) -> None:
    received_on = paris_day(at)
    if dated is None:
        raise Refusal(
            "kbis_undated",
            clause="8",
            message="Indiquez la date à laquelle l’extrait K-bis est à jour : elle est imprimée en tête.",
        )
    if dated > received_on:
        raise Refusal(
            "kbis_in_future",
            clause="8",
            message=(
                f"Cet extrait K-bis serait à jour au {full_date(dated)}, un jour à venir. "
                "Vérifiez la date, ou demandez un nouvel extrait."
            ),
        )
    last_day = kbis_last_day(dated).day
    if received_on > last_day:
        raise Refusal(
            "kbis_too_old",
            clause="8",
            message=(
                f"Cet extrait K-bis, à jour au {full_date(dated)}, pouvait être reçu jusqu’au "
                f"{full_date(last_day)}. Demandez un nouvel extrait : il doit dater de moins de trois mois."
            ),
        )


def _accept_document(state: State, act: a.AcceptDocument, at: datetime) -> tuple[e.Event, ...]:
    document = _to_examine(state, act.piece, Examination.ACCEPTED)
    if document is None:
        return ()
    if act.piece in SAVING_PIECES and not document.signed:
        raise Refusal(
            "document_unsigned",
            clause="8",
            message=(
                "Cette version n’est pas signée : elle ne peut pas être acceptée. "
                "Refusez-la avec un motif, pour que le client envoie un exemplaire signé."
            ),
        )
    return (e.DocumentAccepted(at=at, piece=act.piece),)


def _refuse_document(state: State, act: a.RefuseDocument, at: datetime) -> tuple[e.Event, ...]:
    if not act.reason.strip():
        raise Refusal(
            "reason_missing",
            clause="8",
            message="Indiquez le motif du refus : le client le lira pour corriger sa pièce.",
        )
    if _to_examine(state, act.piece, Examination.REFUSED) is None:
        return ()
    return (e.DocumentRefused(at=at, piece=act.piece, reason=act.reason),)


def _to_examine(state: State, piece: a.Piece, wished: Examination) -> Document | None:
    """Return the version that waits for its examination, or None if it was examined the same way."""
    document = state.documents.get(piece)
    if document is None:
        raise Refusal(
            "document_missing",
            clause="8",
            message=f"Aucune version reçue : {PIECE_NAMES[piece]} n’a pas encore été envoyé.",
        )
    if document.examination is Examination.RECEIVED:
        return document
    if document.examination is wished:
        return None
    raise Refusal(
        "document_already_examined",
        clause="8",
        message=(
            "Cette pièce a déjà été examinée et la décision a été communiquée. "
            "Attendez une nouvelle version du client."
        ),
    )


def _confirm_destruction(state: State, at: datetime) -> tuple[e.Event, ...]:
    due = fall_due(state, at)
    if due is None or not due.irreversible:
        raise Refusal(
            "destruction_not_due",
            clause="5.1",
            message="Aucune destruction n’est à confirmer : son heure n’est pas venue, ou une pièce la retient.",
        )
    return (e.ServiceClosed(at=at), e.DataDestroyed(at=at))


def _service_must_be_open(state: State) -> None:
    if state.service is Service.OPEN:
        return
    if state.service is Service.NONE:
        raise Refusal(
            "service_not_open",
            clause="5.1",
            message="Commencez d’abord votre essai : le service n’est pas encore ouvert.",
        )
    if state.service is Service.CLOSED:
        raise Refusal(
            "service_closed",
            clause="5.1",
            message=(
                "Le service est fermé et les données de l’essai sont détruites. Votre compte demeure, "
                "et vous pouvez nous écrire pour souscrire."
            ),
        )
    raise Refusal(
        "service_suspended",
        clause="5.1",
        message="Votre essai est terminé et le service est suspendu. Souscrivez l’abonnement pour le rouvrir.",
    )


def _counted(state: State, people: int) -> int:
    return people if state.offer.policy.administrator_counts else people - 1


def _too_many_users(state: State) -> Refusal:
    included = ", administrateur compris" if state.offer.policy.administrator_counts else ""
    return Refusal(
        "trial_user_limit",
        clause="5.1",
        message=(
            f"L’essai gratuit est limité à {count(TRIAL_USERS, 'utilisateur')}{included} (CGV, article 5.1). "
            "Retirez une personne pour en ajouter une autre, ou souscrivez l’abonnement."
        ),
    )
