"""Every refusal of a contract's life, word for word: what a person reads, and the article that decides."""

import ast
from pathlib import Path

import pytest

import portal.contract
from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.arrears import dues
from portal.contract.decide import decide
from portal.contract.evolve import history
from portal.contract.offer import Offer
from portal.contract.refusal import Refusal
from tests.contract.specification import ANNE, VERSION, Given, an_offer, jour, le
from tests.contract.subscribed import Step, a_complete_dossier, given_steps, in_force, live
from tests.contract.test_refusals import REFUSALS as OF_A_TRIAL
from tests.contract.test_refusals import without_no_break, without_reason

FIVE = ("bob", "chloe", "dan", "eve")
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE)
PAID: tuple[Step, ...] = (*CONTRACT, (le("31/03/2026 10:00"), a.Settle(month="2026-04")))
ENDED: tuple[Step, ...] = (*PAID, (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")))

account = given_steps(*a_complete_dossier(le("04/03/2026 10:00"))[:1])
awaiting = given_steps(*a_complete_dossier(le("04/03/2026 10:00"), *FIVE))
waiting_for_april = given_steps(*a_complete_dossier(le("30/03/2026 10:00")))
contract = given_steps(*CONTRACT)
paid = given_steps(*PAID)
ended = given_steps(*ENDED)
destroyed = given_steps(*ENDED, until=le("01/06/2026"))
suspended = given_steps(*CONTRACT, until=le("17/04/2026"))
noticed = given_steps(*PAID, (le("02/04/2026 10:00"), a.ServeNotice(by="client")))
noticed_by_us = given_steps(*PAID, (le("02/04/2026 10:00"), a.ServeNotice(by="vendor")))
unmandated = given_steps(*PAID, (le("02/04/2026 10:00"), a.WithdrawMandate()))
strict = given_steps(*CONTRACT, offer=an_offer(late_notice_takes_next_term=False))
no_vat = given_steps(
    *[step for step in a_complete_dossier(le("04/03/2026 10:00")) if step[1] != a.ValidateIdentity()],
    offer=Offer(terms_version=VERSION, vat_known=False),
)

REFUSALS: list[tuple[Given, a.Act, str, str, str, str]] = [
    (
        account,
        a.ValidateIdentity(),
        "05/03/2026 10:00",
        "terms_not_accepted",
        "3",
        "Le client n’a pas encore accepté les CGV : il n’y a rien à valider.",
    ),
    (
        no_vat,
        a.ValidateIdentity(),
        "05/03/2026 10:00",
        "vat_undecided",
        "10.1",
        (
            "L’adresse de ce client ne dit pas sa TVA : décidez-la d’abord (Tarifs, TVA à décider), puis validez. "
            "Sans cela, sa première facture porterait un taux faux."
        ),
    ),
    (
        awaiting,
        a.SubmitDocument(piece=Piece.KBIS, document="new", dated=jour("01/03/2026")),
        "05/03/2026 10:00",
        "subscription_running",
        "8",
        (
            "Votre dossier est complet et validé : cette pièce n’est plus attendue. Pour changer de compte "
            "bancaire, envoyez un nouveau mandat une fois le contrat en vigueur."
        ),
    ),
    (
        waiting_for_april,
        a.Settle(month="first"),
        "31/03/2026 10:00",
        "unknown_month",
        "10.3",
        "Aucune facture n’est encore émise.",
    ),
    (
        contract,
        a.Settle(month="2027-01"),
        "21/03/2026 10:00",
        "unknown_month",
        "10.3",
        "Aucune facture n’est émise pour ce mois. Factures émises : premier mois, avril 2026.",
    ),
    (
        contract,
        a.Settle(month="2026-04", amount_cents=0),
        "21/03/2026 10:00",
        "amount_invalid",
        "10.3",
        "Indiquez une somme d’au moins un centime.",
    ),
    (
        contract,
        a.Settle(month="2026-04", amount_cents=14227),
        "21/03/2026 10:00",
        "amount_exceeds_due",
        "10.3",
        (
            "Cette somme dépasse les 142,26 € qui restent dus sur cette facture. Enregistrez la somme due, "
            "et le reste sur la facture qu’il règle."
        ),
    ),
    (
        contract,
        a.ReturnPayment(month="first", kind="reject"),
        "21/03/2026 10:00",
        "invoice_settled",
        "10.3",
        (
            "Cette facture est réglée : un prélèvement rejeté n’y change rien. Si la banque a repris une somme déjà "
            "versée, enregistrez un remboursement."
        ),
    ),
    (
        contract,
        a.ReturnPayment(month="2026-04", kind="refund"),
        "21/03/2026 10:00",
        "payment_missing",
        "10.3",
        (
            "Aucun règlement de cette facture n’est enregistré : il n’y a rien à reprendre. Si le prélèvement n’a jamais "
            "été versé, enregistrez un rejet."
        ),
    ),
    (
        contract,
        a.RemoveUser(user="bob"),
        "18/03/2026 10:00",
        "minimum_users",
        "10.1",
        (
            "Votre contrat prévoit au moins 5 utilisateurs : retirer cette personne passerait en dessous. "
            "Vous pouvez la remplacer par une autre, ou suspendre son accès."
        ),
    ),
    (
        contract,
        a.SuspendUser(user=ANNE),
        "18/03/2026 10:00",
        "last_administrator",
        "2",
        (
            "L’Administrateur Client ne peut pas être suspendu : il faut toujours quelqu’un pour agir au nom de "
            "l’entreprise. Désignez d’abord un autre administrateur."
        ),
    ),
    (
        given_steps(*CONTRACT, (le("18/03/2026 10:00"), a.SuspendUser(user="bob"))),
        a.NameAdministrator(user="bob"),
        "18/03/2026 10:00",
        "administrator_suspended",
        "2",
        (
            "L’accès de cette personne est suspendu : elle ne pourrait pas agir. Rétablissez d’abord son accès, "
            "puis désignez-la."
        ),
    ),
    (
        contract,
        a.RelieveAdministrator(user=ANNE),
        "18/03/2026 10:00",
        "last_administrator",
        "2",
        (
            "L’Administrateur Client ne peut pas être déchargé de ce rôle : il faut toujours quelqu’un pour agir au "
            "nom de l’entreprise. Désignez d’abord un autre administrateur."
        ),
    ),
    (
        contract,
        a.AcceptQuote(quote="q-1", label="Reprise de données", price_cents=0),
        "18/03/2026 10:00",
        "quote_price_invalid",
        "5.3",
        "Le prix d’un devis est d’au moins un centime. Corrigez le devis avant de l’accepter.",
    ),
    (
        contract,
        a.IssueCreditNote(cites="F-2026-0009", net_cents=100, label="Geste commercial"),
        "21/03/2026 10:00",
        "unknown_invoice",
        "10.3",
        "Ce contrat n’a pas de facture F-2026-0009. Factures émises : F-2026-0001, F-2026-0002.",
    ),
    (
        account,
        a.IssueCreditNote(cites="F-2026-0001", net_cents=100, label="Geste commercial"),
        "05/03/2026 10:00",
        "unknown_invoice",
        "10.3",
        "Ce contrat n’a pas encore de facture : il n’y a rien à créditer.",
    ),
    (
        contract,
        a.IssueCreditNote(cites="F-2026-0002", net_cents=11_856, label="Geste commercial"),
        "21/03/2026 10:00",
        "credit_out_of_range",
        "10.3",
        (
            "Indiquez une somme hors taxes d’un centime à 118,55 € : c’est ce que la facture F-2026-0002 porte encore, "
            "ses avoirs déduits."
        ),
    ),
    (
        given_steps(
            *CONTRACT,
            (
                le("21/03/2026 10:00"),
                a.IssueCreditNote(cites="F-2026-0002", net_cents=11_855, label="Geste commercial"),
            ),
        ),
        a.IssueCreditNote(cites="F-2026-0002", net_cents=1, label="Geste commercial"),
        "21/03/2026 10:00",
        "credit_out_of_range",
        "10.3",
        "La facture F-2026-0002 est déjà créditée en entier : il n’en reste rien à rendre.",
    ),
    (
        contract,
        a.RestoreUser(user="zoe"),
        "18/03/2026 10:00",
        "unknown_user",
        "5.1",
        "Cette personne n’est pas utilisatrice de votre espace. Vérifiez la liste.",
    ),
    (
        suspended,
        a.RegisterUser(user="fay"),
        "17/04/2026 10:00",
        "service_suspended",
        "10.3",
        (
            "Le service est suspendu pour non-paiement. Réglez tout ce qui est dû, pénalités et indemnités "
            "comprises : il rouvre aussitôt."
        ),
    ),
    (
        ended,
        a.RegisterUser(user="fay"),
        "03/04/2026 10:00",
        "service_closed",
        "16",
        "Le contrat est terminé et le service est fermé. Votre compte demeure, avec vos factures.",
    ),
    (
        contract,
        a.WithdrawMandate(),
        "21/03/2026 10:00",
        "debt_exists",
        "10.2",
        (
            "Le mandat ne peut pas être retiré tant qu’une facture reste à payer. Réglez-la, ou signez un nouveau "
            "mandat sur un autre compte."
        ),
    ),
    (
        account,
        a.WithdrawMandate(),
        "05/03/2026 10:00",
        "no_mandate",
        "10.2",
        "Aucun mandat n’est en vigueur : il n’y a rien à retirer.",
    ),
    (
        contract,
        a.ServeNotice(by="client", posted=jour("19/03/2026")),
        "18/03/2026 10:00",
        "notice_in_future",
        "16",
        ("Cette lettre serait postée un jour à venir. Indiquez le jour où elle a été remise à la poste."),
    ),
    (
        contract,
        a.ServeNotice(by="client", posted=jour("16/03/2026")),
        "18/03/2026 10:00",
        "notice_before_term",
        "16",
        (
            "La période en cours a commencé le mardi 17 mars 2026 : une lettre postée avant visait la précédente. "
            "Écrivez-nous avec la preuve de dépôt, nous la traiterons avec vous."
        ),
    ),
    (
        strict,
        a.ServeNotice(by="client"),
        "17/02/2027 10:00",
        "notice_too_late",
        "16",
        "La résiliation devait être postée au plus tard le mardi 16 février 2027. Le contrat est reconduit.",
    ),
    (
        contract,
        a.WithdrawNotice(),
        "18/03/2026 10:00",
        "no_notice",
        "16",
        "Aucune résiliation n’est en cours : il n’y a rien à retirer.",
    ),
    (
        noticed,
        a.WithdrawNotice(by="vendor"),
        "03/04/2026 10:00",
        "notice_of_other_party",
        "16",
        "Cette résiliation est celle du client : lui seul peut la retirer.",
    ),
    (
        noticed_by_us,
        a.WithdrawNotice(by="client"),
        "03/04/2026 10:00",
        "notice_of_other_party",
        "16",
        (
            "Cette résiliation n’est pas la vôtre : seul celui qui l’a notifiée peut la retirer. Écrivez-nous si vous "
            "souhaitez continuer."
        ),
    ),
    (
        noticed,
        a.WithdrawNotice(),
        "17/02/2027 00:00",
        "notice_limit_passed",
        "16",
        (
            "La résiliation pouvait être retirée jusqu’au mardi 16 février 2027. Le contrat finit le mardi 16 mars 2027 ; "
            "vous pouvez souscrire de nouveau."
        ),
    ),
    (
        contract,
        a.AnnouncePrice(user_month_cents=0),
        "18/03/2026 10:00",
        "price_invalid",
        "10.1",
        "Un prix est d’au moins un centime par utilisateur et par mois. Corrigez la grille.",
    ),
    (
        contract,
        a.AnnounceTerms(version=VERSION),
        "18/03/2026 10:00",
        "version_current",
        "17",
        "La version 2026-01 des CGV est déjà celle de ce contrat.",
    ),
    (
        contract,
        a.RefuseChange(what="terms"),
        "18/03/2026 10:00",
        "no_change_announced",
        "17",
        "Aucun changement n’est annoncé pour ce contrat : il n’y a rien à refuser.",
    ),
    (
        contract,
        a.WithdrawRefusal(what="price"),
        "18/03/2026 10:00",
        "no_refusal",
        "17",
        "Vous n’avez refusé aucun changement : il n’y a rien à retirer.",
    ),
    (
        awaiting,
        a.ServeNotice(by="client"),
        "05/03/2026 10:00",
        "contract_not_in_force",
        "9",
        "Le contrat n’est pas encore en vigueur : rien ne peut y être changé.",
    ),
    (
        ended,
        a.AnnouncePrice(user_month_cents=5200),
        "03/04/2026 10:00",
        "contract_not_in_force",
        "9",
        "Le contrat est terminé : rien ne peut plus y être changé.",
    ),
    (
        contract,
        a.Terminate(reason="unpaid"),
        "20/03/2026 10:00",
        "termination_not_open",
        "16",
        (
            "Aucune facture n’est en défaut, ou la suspension est retenue : la résiliation pour impayé n’est pas "
            "ouverte."
        ),
    ),
    (
        contract,
        a.Terminate(reason="unpaid"),
        "16/04/2026 19:00",
        "termination_too_early",
        "16",
        (
            "La résiliation pour impayé n’est pas possible avant le vendredi 17 avril 2026 à 0 h 00, et jamais avant la "
            "suspension du service."
        ),
    ),
    (
        contract,
        a.Terminate(reason="insolvency", since=jour("31/03/2026")),
        "30/04/2026 10:00",
        "insolvency_month_running",
        "16",
        (
            "L’administrateur judiciaire, mis en demeure le mardi 31 mars 2026, peut répondre jusqu’au jeudi 30 avril "
            "2026."
        ),
    ),
    (
        contract,
        a.Terminate(reason="force_majeure", since=jour("31/03/2026")),
        "30/04/2026 10:00",
        "force_majeure_too_short",
        "14",
        (
            "La force majeure, constatée depuis le mardi 31 mars 2026, doit durer plus de trente jours : au-delà du "
            "jeudi 30 avril 2026."
        ),
    ),
    (
        contract,
        a.RequestRestitution(),
        "18/03/2026 10:00",
        "contract_not_ended",
        "15",
        "Vos données vous sont accessibles : leur restitution se demande à la fin du contrat.",
    ),
    (
        ended,
        a.RequestRestitution(),
        "03/05/2026 00:00",
        "restitution_too_late",
        "15",
        (
            "La restitution pouvait être demandée avant le dimanche 3 mai 2026 à 0 h 00. Écrivez-nous sans attendre : "
            "nous vous dirons si vos données existent encore."
        ),
    ),
    (
        ended,
        a.CompleteRestitution(),
        "03/04/2026 10:00",
        "restitution_not_requested",
        "15",
        "Le client n’a pas demandé ses données : il n’y a rien à remettre.",
    ),
    (
        given_steps(*ENDED, (le("03/04/2026"), a.RequestRestitution())),
        a.ConfirmDestruction(),
        "05/05/2026 10:00",
        "destruction_restitution_open",
        "15",
        (
            "Le client a demandé ses données et ne les a pas encore reçues : préparez sa restitution, puis attendez "
            "qu’elle soit confirmée."
        ),
    ),
    (
        given_steps(
            *PAID,
            (le("02/04/2026 09:00"), a.SubmitDocument(piece=Piece.MANDATE, document="new account")),
            (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")),
        ),
        a.ConfirmDestruction(),
        "05/05/2026 10:00",
        "destruction_piece_unexamined",
        "5.1",
        (
            "Une pièce reçue n’a pas été examinée (le mandat SEPA signé) : rien n’est détruit avant. Examinez-la "
            "d’abord."
        ),
    ),
    (
        given_steps(*CONTRACT, until=le("02/07/2026")),
        a.SettleEverything(),
        "02/07/2026 10:00",
        "legal_rate_missing",
        "10.4",
        (
            "Le taux d’intérêt légal du second semestre 2026 n’est pas encore enregistré : les pénalités ne peuvent pas "
            "être calculées. Nous complétons ce taux, puis vous indiquons la somme exacte."
        ),
    ),
]


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


def test_no_refusal_is_missing_here() -> None:
    """Every refusal that the rules can raise is read by a test, word for word."""
    codes = set()
    for source in Path(portal.contract.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
                codes.add(ast.literal_eval(node.args[0]))
    assert codes == {one[3] for one in (*OF_A_TRIAL, *REFUSALS)} | {"destruction_invoice_unpaid"}


def test_a_late_destruction_waits_until_the_account_is_even() -> None:
    """At its own instant it would have happened by itself: only an outage makes it anyone's decision (T6)."""
    owing, _ = live(*CONTRACT, (le("20/04/2026 10:00"), a.Terminate(reason="force_majeure")))
    with pytest.raises(Refusal) as refused:
        decide(owing, a.ConfirmDestruction(), le("10/06/2026 10:00"))
    assert (refused.value.code, refused.value.clause) == ("destruction_invoice_unpaid", "12")
    assert without_no_break(refused.value.message) == (
        "Une facture reste impayée (F-2026-0002) : une destruction tardive attend que le compte soit soldé. "
        "Enregistrez son règlement, ou émettez un avoir."
    )
    late = le("10/06/2026 10:00")
    state = history(owing, decide(owing, a.SettleEverything(), late))
    assert decide(state, a.ConfirmDestruction(), late) == (e.DataDestroyed(at=late),)


def test_a_piece_examined_late_lets_the_destruction_happen_then_and_not_before() -> None:
    steps: tuple[Step, ...] = (
        *PAID,
        (le("02/04/2026 09:00"), a.SubmitDocument(piece=Piece.MANDATE, document="new account")),
        (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")),
        (le("20/05/2026 10:00"), a.AcceptDocument(piece=Piece.MANDATE)),
    )
    _, events = live(*steps, until=le("21/05/2026"))
    assert events[-1] == e.DataDestroyed(at=le("20/05/2026 10:00"))


NOTHING_HAPPENS: list[tuple[Given, a.Act, str]] = [
    (awaiting, a.ValidateIdentity(), "05/03/2026 10:00"),
    (contract, a.Settle(month="first"), "18/03/2026 10:00"),
    (contract, a.SettleEverything(), "18/03/2026 10:00"),
    (contract, a.RestoreUser(user="bob"), "18/03/2026 10:00"),
    (
        given_steps(*PAID, (le("02/04/2026 10:00"), a.SuspendUser(user="bob"))),
        a.SuspendUser(user="bob"),
        "03/04/2026",
    ),
    (unmandated, a.WithdrawMandate(), "03/04/2026 10:00"),
    (noticed, a.ServeNotice(by="vendor"), "03/04/2026 10:00"),
    (ended, a.Terminate(reason="insolvency"), "03/04/2026 10:00"),
    (given_steps(*ENDED, (le("03/04/2026"), a.RequestRestitution())), a.RequestRestitution(), "04/04/2026"),
    (
        given_steps(
            *ENDED, (le("03/04/2026"), a.RequestRestitution()), (le("04/04/2026"), a.CompleteRestitution())
        ),
        a.CompleteRestitution(),
        "05/04/2026",
    ),
    (contract, a.ReportDefaultMail(month="2026-04", sent=False), "21/03/2026 10:00"),
    (suspended, a.ReportDefaultMail(month="2026-04", sent=True), "17/04/2026 10:00"),
]


@pytest.mark.parametrize(
    ("situation", "act", "at"), NOTHING_HAPPENS, ids=[type(one[1]).__name__ for one in NOTHING_HAPPENS]
)
def test_asked_for_what_is_so_already_nothing_happens(situation: Given, act: a.Act, at: str) -> None:
    situation.when(act, le(at)).nothing_happens()


def test_a_missing_rate_is_never_carried_over() -> None:
    state = given_steps(*CONTRACT, until=le("02/07/2026")).state
    with pytest.raises(Refusal):
        dues(state, le("02/07/2026"))
    rates = {"2026-1": 262, "2026-2": 300}
    known = given_steps(
        *CONTRACT, until=le("02/07/2026"), offer=Offer(terms_version=VERSION, legal_rates=rates)
    ).state
    assert [due.penalties_cents for due in dues(known, le("02/07/2026"))] == [502, 781, 523, 265]


def test_the_data_once_destroyed_the_account_remains() -> None:
    assert destroyed.state.data == "destroyed"
    destroyed.when(a.RequestRestitution(), le("02/06/2026")).refused("restitution_too_late")
