"""The pieces of the dossier and their examination (CGV art. 5.1 and 8)."""

from datetime import date, datetime

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.billing import first_invoice
from portal.contract.calendar import paris_day
from portal.contract.company import in_groups, read_siren
from portal.contract.dossier import (
    PIECE_NAMES,
    SAVING_PIECES,
    kbis_first_day,
    kbis_last_day,
    submission_limit,
)
from portal.contract.evolve import history
from portal.contract.french import full_date, full_instant
from portal.contract.refusal import Refusal
from portal.contract.state import Document, Examination, Mandate, Relationship, State
from portal.contract.subscription import BEFORE_VALIDATION, first_issue_waits


def submit_document(state: State, act: a.SubmitDocument, at: datetime) -> tuple[e.Event, ...]:
    _terms_must_be_accepted(state)
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
    _must_be_expected(state, act.piece, at)
    # Before what is in it: whoever has nothing to send has nothing to mend in it either.
    replaces = _may_replace_mandate(state, act.piece)
    if document and document.examination is Examination.ACCEPTED and not (replaces or act.supersedes):
        raise Refusal(
            "document_already_accepted",
            clause="8",
            message=f"Nous avons déjà accepté {PIECE_NAMES[act.piece]}. Vous n’avez rien à renvoyer.",
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
        received_on = paris_day(at) if act.received_on is None else min(act.received_on, paris_day(at))
        _check_kbis_date(act.dated, received_on)
    received = e.DocumentReceived(
        at=at, piece=act.piece, document=act.document, signed=act.signed, dated=act.dated
    )
    return (received,)


def must_be_expected(state: State, piece: a.Piece, at: datetime) -> None:
    """Raise `Refusal` where a piece that sets out `at` that instant cannot be received, whatever is in it."""
    _terms_must_be_accepted(state)
    _must_be_expected(state, piece, at)


def _terms_must_be_accepted(state: State) -> None:
    if state.acceptance is None:
        raise Refusal(
            "terms_not_accepted",
            clause="3",
            message="Lisez et acceptez les CGV en vigueur avant d’envoyer vos pièces.",
        )


def _must_be_expected(state: State, piece: a.Piece, at: datetime) -> None:
    if state.relationship is Relationship.LAPSED:
        raise Refusal(
            "data_destroyed",
            clause="5.1",
            message=(
                "Les données de cet essai sont détruites : une pièce ne peut plus les sauver. Votre compte demeure, "
                "et vous pouvez souscrire de nouveau."
            ),
        )
    if state.relationship not in BEFORE_VALIDATION and not _may_replace_mandate(state, piece):
        raise Refusal(
            "subscription_running",
            clause="8",
            message=(
                "Votre dossier est complet et validé : cette pièce n’est plus attendue. Pour changer de compte "
                "bancaire, envoyez un nouveau mandat une fois le contrat en vigueur."
            ),
        )
    end = submission_limit(state) if state.relationship in BEFORE_VALIDATION else None
    if end is not None and at >= end.instant:
        raise Refusal(
            "submission_too_late",
            clause="5.1",
            message=(
                f"Cette pièce devait nous parvenir avant le {full_instant(end.instant)}. "
                "Écrivez-nous : tant que vos données ne sont pas détruites, nous pouvons encore vous répondre."
            ),
            reasons=(end,),
        )


def _check_kbis_date(dated: date | None, received_on: date) -> None:
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
                f"Cet extrait K-bis, à jour au {full_date(dated)}, est daté d’un jour à venir. Si cette date est mal lue, "
                "corrigez-la ; sinon, demandez un nouvel extrait."
            ),
            reasons=(kbis_first_day(dated),),
        )
    last_day = kbis_last_day(dated)
    if received_on > last_day.day:
        raise Refusal(
            "kbis_too_old",
            clause="8",
            message=(
                f"Cet extrait K-bis, à jour au {full_date(dated)}, pouvait être reçu jusqu’au "
                f"{full_date(last_day.day)}. Demandez un nouvel extrait : il doit dater de moins de trois mois."
            ),
            reasons=(last_day,),
        )


def accept_document(state: State, act: a.AcceptDocument, at: datetime) -> tuple[e.Event, ...]:
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
    if act.piece is a.Piece.KBIS and not state.offer.policy.kbis_counts_on_receipt:
        _check_kbis_date(document.dated, paris_day(at))
    return _with_first_invoice(state, e.DocumentAccepted(at=at, piece=act.piece), at)


def refuse_document(state: State, act: a.RefuseDocument, at: datetime) -> tuple[e.Event, ...]:
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


def validate_identity(state: State, at: datetime) -> tuple[e.Event, ...]:
    if state.identity_validated_at is not None:
        return ()
    if state.acceptance is None:
        raise Refusal(
            "terms_not_accepted",
            clause="3",
            message="Le client n’a pas encore accepté les CGV : il n’y a rien à valider.",
        )
    if state.relationship is Relationship.LAPSED:
        raise Refusal(
            "data_destroyed",
            clause="5.1",
            message="Cet essai est sans suite : le client doit souscrire de nouveau.",
        )
    _vat_must_be_known(state)
    return _with_first_invoice(state, e.IdentityValidated(at=at), at)


def withdraw_mandate(state: State, at: datetime) -> tuple[e.Event, ...]:
    """Withdraw the mandate: while a debt exists, the last one stays (art. 10.2)."""
    if state.mandate is Mandate.WITHDRAWN:
        return ()
    if state.mandate is Mandate.NONE:
        raise Refusal(
            "no_mandate", clause="10.2", message="Aucun mandat n’est en vigueur : il n’y a rien à retirer."
        )
    if any(one.unpaid_cents for one in state.invoices):
        raise Refusal(
            "debt_exists",
            clause="10.2",
            message=(
                "Le mandat ne peut pas être retiré tant qu’une facture reste à payer. Réglez-la, ou signez un nouveau "
                "mandat sur un autre compte."
            ),
        )
    return (e.MandateWithdrawn(at=at),)


def _with_first_invoice(
    state: State, validated: e.DocumentAccepted | e.IdentityValidated, at: datetime
) -> tuple[e.Event, ...]:
    """Return the validation and, where it completes the dossier in time for this month, the first invoice."""
    after = history(state, (validated,))
    completes = after.relationship is Relationship.AWAITING_PAYMENT and state.validated_at is None
    if completes:
        _vat_must_be_known(state)
    if completes and first_issue_waits(after) is None:
        return (validated, first_invoice(after, at))
    return (validated,)


def _vat_must_be_known(state: State) -> None:
    """Refuse to validate a dossier whose invoices could bear a wrong VAT: staff decide it first."""
    if not state.offer.vat_known:
        raise Refusal(
            "vat_undecided",
            clause="10.1",
            message=(
                "L’adresse de ce client ne dit pas sa TVA : décidez-la d’abord (Tarifs, TVA à décider), puis validez. "
                "Sans cela, sa première facture porterait un taux faux."
            ),
        )


def _may_replace_mandate(state: State, piece: a.Piece) -> bool:
    """Tell whether a new mandate may be sent: changing the bank account of a contract in force (art. 10.2)."""
    return piece is a.Piece.MANDATE and state.relationship is Relationship.ACTIVE
