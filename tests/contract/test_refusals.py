"""Every refusal, word for word: a stable code, the clause, and what the person reads.

Read it from top to bottom as the person would: what is so, then what to do.
"""

import re

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.offer import Offer
from portal.contract.refusal import Refusal
from tests.contract.specification import (
    ANNE,
    BOB,
    OTHER_SIREN,
    SIREN,
    VERSION,
    Given,
    a_trial,
    an_account,
    given,
    jour,
    le,
)

START = le("31/01/2026 10:00")
ACCOUNT = e.AccountCreated(at=START, siren=SIREN, admin=ANNE)
CONTRACT, MANDATE, KBIS = Piece.CONTRACT, Piece.MANDATE, Piece.KBIS

nobody = given()
account = given(ACCOUNT)
prospect = given(*an_account(START))
trial = given(*a_trial(START, BOB))
full = given(*a_trial(START, BOB, "chloe", "dan", "eve"))
autumn = given(*a_trial(le("30/09/2026 10:00")))
over = given(*a_trial(START)).left_alone_until(le("03/03/2026"))
destroyed = given(*a_trial(START)).left_alone_until(le("18/03/2026"))


def sent(piece: Piece, *, signed: bool = True, document: str = "sha-1") -> Given:
    return trial.when(a.SubmitDocument(piece=piece, signed=signed, document=document), START).granted()


refused = sent(MANDATE).when(a.RefuseDocument(piece=MANDATE, reason="illegible"), START).granted()
accepted = sent(MANDATE).when(a.AcceptDocument(piece=MANDATE), START).granted()

REFUSALS = [
    (
        nobody,
        a.StartTrial(),
        "31/01/2026",
        "account_missing",
        "2",
        "Créez d’abord le compte de votre entreprise ; la suite en dépend.",
    ),
    (
        account,
        a.CreateAccount(siren=SIREN, admin=BOB),
        "31/01/2026 10:00",
        "account_exists",
        "2",
        "Ce compte existe déjà. Connectez-vous pour continuer.",
    ),
    (
        account,
        a.AcceptTerms(version="2025-01", by=ANNE),
        "31/01/2026 10:00",
        "terms_replaced",
        "3",
        (
            "Les CGV ont changé entre-temps : la version 2026-01 est en vigueur. "
            "Relisez-les, puis acceptez cette version."
        ),
    ),
    (
        account,
        a.StartTrial(),
        "31/01/2026 10:00",
        "terms_not_accepted",
        "3",
        "Lisez et acceptez les CGV en vigueur avant de commencer l’essai.",
    ),
    (
        account,
        a.SubmitDocument(piece=CONTRACT),
        "31/01/2026 10:00",
        "terms_not_accepted",
        "3",
        "Lisez et acceptez les CGV en vigueur avant d’envoyer vos pièces.",
    ),
    (
        trial,
        a.StartTrial(),
        "31/01/2026 10:00",
        "trial_running",
        "5.1",
        "Votre essai est déjà en cours. Retrouvez ses dates dans votre espace.",
    ),
    (
        over,
        a.StartTrial(),
        "03/03/2026",
        "trial_already_used",
        "5.1",
        (
            "Un essai gratuit a déjà été ouvert pour le SIREN 732 829 320. Vous pouvez souscrire l’abonnement, "
            "ou nous demander un nouvel essai en nous écrivant pourquoi."
        ),
    ),
    (
        full,
        a.RegisterUser(user="fay"),
        "31/01/2026 10:00",
        "trial_user_limit",
        "5.1",
        (
            "L’essai gratuit est limité à 5 utilisateurs, administrateur compris (CGV, article 5.1). "
            "Retirez une personne pour en ajouter une autre, ou souscrivez l’abonnement."
        ),
    ),
    (
        prospect,
        a.RegisterUser(user=BOB),
        "31/01/2026 10:00",
        "service_not_open",
        "5.1",
        "Commencez d’abord votre essai : le service n’est pas encore ouvert.",
    ),
    (
        over,
        a.RegisterUser(user=BOB),
        "03/03/2026",
        "service_suspended",
        "5.1",
        "Votre essai est terminé et le service est suspendu. Souscrivez l’abonnement pour le rouvrir.",
    ),
    (
        destroyed,
        a.RegisterUser(user=BOB),
        "18/03/2026",
        "service_closed",
        "5.1",
        (
            "Le service est fermé et les données de l’essai sont détruites. Votre compte demeure, "
            "et vous pouvez souscrire de nouveau."
        ),
    ),
    (
        trial,
        a.RemoveUser(user=ANNE),
        "31/01/2026 10:00",
        "last_administrator",
        "2",
        (
            "L’Administrateur Client ne peut pas être retiré : il faut toujours quelqu’un pour agir au nom de "
            "l’entreprise. Désignez d’abord un autre administrateur."
        ),
    ),
    (
        trial,
        a.RemoveUser(user="gus"),
        "31/01/2026 10:00",
        "unknown_user",
        "5.1",
        "Cette personne n’est pas utilisatrice de votre espace. Vérifiez la liste.",
    ),
    (
        trial,
        a.OrderOption(code="yacht"),
        "31/01/2026 10:00",
        "unknown_option",
        "5.2",
        (
            "Cette option n’est pas dans la grille tarifaire. Options proposées : Service démarrage, Formation à distance, "
            "Stockage supplémentaire."
        ),
    ),
    (
        trial,
        a.OrderOption(code="start", quantity=0),
        "31/01/2026 10:00",
        "quantity_invalid",
        "5.2",
        "Indiquez une quantité d’au moins un.",
    ),
    (
        refused,
        a.SubmitDocument(piece=MANDATE, document="sha-1"),
        "31/01/2026 10:00",
        "document_already_refused",
        "8",
        (
            "Nous avons déjà refusé cette même version. Corrigez-la selon le motif que nous vous avons donné, "
            "puis envoyez la nouvelle."
        ),
    ),
    (
        accepted,
        a.SubmitDocument(piece=MANDATE, document="sha-2"),
        "31/01/2026 10:00",
        "document_already_accepted",
        "8",
        "Nous avons déjà accepté le mandat SEPA signé. Vous n’avez rien à renvoyer.",
    ),
    (
        destroyed,
        a.SubmitDocument(piece=CONTRACT),
        "18/03/2026",
        "data_destroyed",
        "5.1",
        (
            "Les données de cet essai sont détruites : une pièce ne peut plus les sauver. Votre compte demeure, "
            "et vous pouvez souscrire de nouveau."
        ),
    ),
    (
        autumn,
        a.SubmitDocument(piece=CONTRACT),
        "15/11/2026",
        "submission_too_late",
        "5.1",
        (
            "Cette pièce devait nous parvenir avant le dimanche 15 novembre 2026 à 0 h 00. Écrivez-nous : tant que "
            "vos données ne sont pas détruites, nous pouvons encore vous répondre."
        ),
    ),
    (
        trial,
        a.SubmitDocument(piece=CONTRACT, siren=OTHER_SIREN),
        "31/01/2026 10:00",
        "siren_differs",
        "8",
        (
            "Cette pièce porte le SIREN 552 100 554, votre compte le 732 829 320. "
            "Envoyez la pièce de la même entreprise."
        ),
    ),
    (
        trial,
        a.SubmitDocument(piece=KBIS),
        "31/01/2026 10:00",
        "kbis_undated",
        "8",
        "Indiquez la date à laquelle l’extrait K-bis est à jour : elle est imprimée en tête.",
    ),
    (
        trial,
        a.SubmitDocument(piece=KBIS, dated=jour("01/02/2026")),
        "31/01/2026 10:00",
        "kbis_in_future",
        "8",
        (
            "Cet extrait K-bis, à jour au dimanche 1er février 2026, est daté d’un jour à venir. Si cette date est mal lue, "
            "corrigez-la ; sinon, demandez un nouvel extrait."
        ),
    ),
    (
        trial,
        a.SubmitDocument(piece=KBIS, dated=jour("30/10/2025")),
        "31/01/2026 10:00",
        "kbis_too_old",
        "8",
        (
            "Cet extrait K-bis, à jour au jeudi 30 octobre 2025, pouvait être reçu jusqu’au jeudi 29 janvier 2026. "
            "Demandez un nouvel extrait : il doit dater de moins de trois mois."
        ),
    ),
    (
        trial,
        a.AcceptDocument(piece=CONTRACT),
        "31/01/2026 10:00",
        "document_missing",
        "8",
        "Aucune version reçue : le contrat signé n’a pas encore été envoyé.",
    ),
    (
        accepted,
        a.RefuseDocument(piece=MANDATE, reason="illegible"),
        "31/01/2026 10:00",
        "document_already_examined",
        "8",
        (
            "Cette pièce a déjà été examinée et la décision a été communiquée. "
            "Attendez une nouvelle version du client."
        ),
    ),
    (
        sent(CONTRACT, signed=False),
        a.AcceptDocument(piece=CONTRACT),
        "31/01/2026 10:00",
        "document_unsigned",
        "8",
        (
            "Cette version n’est pas signée : elle ne peut pas être acceptée. "
            "Refusez-la avec un motif, pour que le client envoie un exemplaire signé."
        ),
    ),
    (
        sent(CONTRACT),
        a.RefuseDocument(piece=CONTRACT, reason=" "),
        "31/01/2026 10:00",
        "reason_missing",
        "8",
        "Indiquez le motif du refus : le client le lira pour corriger sa pièce.",
    ),
    (
        trial,
        a.ConfirmDestruction(),
        "31/01/2026 10:00",
        "destruction_not_due",
        "5.1",
        "Aucune destruction n’est à confirmer : son heure n’est pas venue, ou une pièce la retient.",
    ),
    (
        nobody,
        a.CreateAccount(siren="732829321", admin=ANNE),
        "31/01/2026",
        "siren_invalid",
        "8",
        (
            "Le SIREN 732 829 321 n’existe pas : sa clé de contrôle est fausse. "
            "Un chiffre est sans doute mal recopié."
        ),
    ),
    (
        nobody,
        a.CreateAccount(siren="73282932X", admin=ANNE),
        "31/01/2026",
        "siren_invalid",
        "8",
        "Un SIREN ne contient que des chiffres : retirez les lettres et les symboles.",
    ),
]


def without_no_break(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def without_reason(refusal: Refusal) -> list[str]:
    """Return the dates and amounts of a refusal that none of its reasons names."""
    lines = without_no_break("\n".join(line for one in refusal.reasons for line in one.lines()))
    named = re.findall(r"(?:1er|\d+) \w+ \d{4}|[\d ]*\d,\d\d €", without_no_break(refusal.message))
    return [one for one in named if one not in lines]


@pytest.mark.parametrize(
    ("situation", "act", "at", "code", "clause", "message"), REFUSALS, ids=[one[3] for one in REFUSALS]
)
def test_what_a_person_reads(
    situation: Given, act: a.Act, at: str, code: str, clause: str, message: str
) -> None:
    refusal = situation.when(act, le(at)).refused(code)
    assert refusal.clause == clause
    assert without_no_break(refusal.message) == message
    assert without_reason(refusal) == []


def test_the_version_named_is_the_one_in_force() -> None:
    changed = given(ACCOUNT, offer=Offer(terms_version="2027-06"))
    refusal = changed.when(a.AcceptTerms(version=VERSION, by=ANNE), START).refused("terms_replaced")
    assert "la version 2027-06 est en vigueur" in refusal.message
