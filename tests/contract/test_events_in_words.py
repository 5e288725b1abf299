"""Every event of a contract's life, word for word: the sentence that tells it, and the rule where no count gives its instant."""

from typing import Any

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.explanations import because_of, explained
from portal.contract.offer import DEMONSTRATION
from portal.contract.state import State
from portal.contract.story import told
from tests.contract.specification import BOB, an_offer, jour, le
from tests.contract.subscribed import in_force, live
from tests.contract.test_refusals import without_no_break

AT = le("31/01/2026 10:00")
F, MAY = "F-2026-0002", "2026-05"
OF_MAY: dict[str, Any] = {"at": AT, "number": F, "month": MAY}
AMOUNTS: dict[str, Any] = {
    "lines": (),
    "net_cents": 24500,
    "vat_hundredths": 2000,
    "vat_cents": 4900,
    "gross_cents": 29400,
}
A_RULE_FOR_PIECES = "chaque pièce est validée, ou refusée avec son motif."
RECEIVED = "le jour où nous recevons une pièce compte, non celui où nous l’examinons."
PAID = "un règlement compte le jour où la banque nous l’annonce."
RESTORED = "le service est rétabli dès que tout ce qui est dû est réglé."
NAMED = "chaque utilisateur est désigné nommément."
REMINDED = "un rappel vous est envoyé."
ISSUED = "cette pièce est émise avec l’acte qui la rend nécessaire, dans le même instant."
CHANGED = "un changement s’annonce avant de s’appliquer, et peut être refusé jusqu’à la fin de la période."
NOTICE = (
    "chacun peut résilier un mois au moins avant la fin de la période, et revenir sur sa décision jusque-là."
)
AT_TERM = "le contrat se renouvelle ou finit à son terme ; résilié avant, il finit ce jour-là."
MAILED = "sans e-mail envoyé, rien n’est suspendu."
GIVEN_BACK = "après le contrat, le client peut demander la restitution de ses données."
SUSPENSION_AT = le("20/05/2026 18:00")
TO_BE = jour("31/01/2027")
LAST_DAY = jour("30/01/2027")
POSTED = jour("30/01/2026")

IN_WORDS: list[tuple[e.Event, str, str]] = [
    (e.UserSuspended(at=AT, user=BOB), "L’accès d’un utilisateur est suspendu.", NAMED),
    (e.UserRestored(at=AT, user=BOB), "L’accès d’un utilisateur est rétabli.", NAMED),
    (
        e.ReminderSent(at=AT, about="first_payment", days=1),
        "Rappel envoyé : l’échéance du premier mois, 1 jour après.",
        REMINDED,
    ),
    (
        e.ReminderSent(at=AT, about="notice_limit", days=60),
        "Rappel envoyé : la date limite de résiliation dans 60 jours.",
        REMINDED,
    ),
    (
        e.ServiceSuspended(at=AT, reason="unpaid"),
        "Le service est suspendu pour non-paiement.",
        "la suspension annoncée pour une facture impayée est passée.",
    ),
    (e.ServiceRestored(at=AT), "Le service est rétabli.", RESTORED),
    (e.DataReactivated(at=AT), "Les données archivées sont réactivées, sans perte.", RESTORED),
    (
        e.DocumentReceived(at=AT, piece=Piece.CONTRACT, document="sha", signed=True, dated=None),
        "Pièce reçue : le contrat signé.",
        RECEIVED,
    ),
    (
        e.DocumentReceived(at=AT, piece=Piece.MANDATE, document="sha", signed=True, dated=None),
        "Pièce reçue : le mandat SEPA signé.",
        RECEIVED,
    ),
    (
        e.IdentityValidated(at=AT),
        "Les données d’identification du client sont validées.",
        A_RULE_FOR_PIECES,
    ),
    (
        e.MandateWithdrawn(at=AT),
        "Le mandat SEPA est retiré.",
        "un mandat peut être retiré tant qu’aucune facture ne reste à payer.",
    ),
    (
        e.InvoiceIssued(**{**OF_MAY, "month": "first"}, **AMOUNTS, due=LAST_DAY, collection=LAST_DAY),
        "Facture F-2026-0002 émise (premier mois) : 294,00 € TTC, à payer au plus tard le samedi 30 janvier 2027.",
        "le premier mois est facturé dès que votre dossier est validé.",
    ),
    (
        e.InvoiceIssued(**OF_MAY, **AMOUNTS, due=LAST_DAY, collection=LAST_DAY),
        "Facture F-2026-0002 émise (mai 2026) : 294,00 € TTC, à payer au plus tard le samedi 30 janvier 2027.",
        ISSUED,
    ),
    (
        e.CreditNoteIssued(**{**OF_MAY, "number": "A-2026-0001"}, **AMOUNTS, cites=F),
        "Avoir A-2026-0001 émis sur la facture F-2026-0002 : 294,00 € TTC.",
        ISSUED,
    ),
    (e.PaymentSettled(**OF_MAY, amount_cents=29400), "Règlement reçu (mai 2026) : 294,00 €.", PAID),
    (
        e.PaymentSettled(**OF_MAY, amount_cents=29400, penalties_cents=258, indemnity_cents=4000),
        "Règlement reçu (mai 2026) : 294,00 €, plus 2,58 € de pénalités et 40,00 € d’indemnité.",
        PAID,
    ),
    (
        e.PaymentReturned(**OF_MAY, returned="reject", amount_cents=0),
        "Prélèvement rejeté par la banque (mai 2026).",
        PAID,
    ),
    (
        e.PaymentReturned(**OF_MAY, returned="refund", amount_cents=29400),
        "Prélèvement repris par la banque (mai 2026).",
        PAID,
    ),
    (
        e.DefaultMailFailed(**OF_MAY),
        "L’e-mail sur l’impayé (mai 2026) n’a pas pu partir : la suspension est retenue.",
        MAILED,
    ),
    (
        e.DefaultMailSent(**OF_MAY, suspension_at=SUSPENSION_AT),
        "L’e-mail sur l’impayé (mai 2026) est parti : suspension le mercredi 20 mai 2026 à 18 h 00.",
        MAILED,
    ),
    (
        e.ContractInForce(at=AT, last_day=LAST_DAY),
        "Le contrat entre en vigueur, jusqu’au samedi 30 janvier 2027.",
        "le contrat entre en vigueur le jour où la dernière condition est remplie.",
    ),
    (
        e.ContractRenewed(at=AT, last_day=LAST_DAY),
        "Le contrat est reconduit, jusqu’au samedi 30 janvier 2027.",
        AT_TERM,
    ),
    (
        e.ChangeAnnounced(at=AT, what="price", applies_from=TO_BE, user_month_cents=5200),
        "Changement annoncé : nouveaux tarifs, applicable le dimanche 31 janvier 2027.",
        CHANGED,
    ),
    (
        e.ChangeRefused(at=AT, what="terms", applies_from=TO_BE),
        "Changement refusé : nouvelles CGV. Le contrat ne sera pas reconduit.",
        CHANGED,
    ),
    (e.RefusalWithdrawn(at=AT, what="terms", applies_from=TO_BE), "Refus retiré : nouvelles CGV.", CHANGED),
    (
        e.NoticeServed(at=AT, by="client", posted=POSTED, ends=LAST_DAY),
        "Résiliation par le client, postée le vendredi 30 janvier 2026 : le contrat finit le samedi 30 janvier 2027.",
        NOTICE,
    ),
    (
        e.NoticeServed(at=AT, by="vendor", posted=POSTED, ends=LAST_DAY),
        "Résiliation par le prestataire, postée le vendredi 30 janvier 2026 : le contrat finit le samedi 30 janvier 2027.",
        NOTICE,
    ),
    (e.NoticeWithdrawn(at=AT), "La résiliation est retirée.", NOTICE),
    (
        e.ContractEnded(at=AT, reason="notice", last_day=LAST_DAY),
        "Le contrat finit le samedi 30 janvier 2027 (résiliation).",
        AT_TERM,
    ),
    (
        e.ContractEnded(at=AT, reason="refused_change", last_day=LAST_DAY),
        "Le contrat finit le samedi 30 janvier 2027 (changement refusé).",
        AT_TERM,
    ),
    (
        e.ContractEnded(at=AT, reason="unpaid", last_day=LAST_DAY),
        "Le contrat finit le samedi 30 janvier 2027 (non-paiement).",
        AT_TERM,
    ),
    (
        e.ContractEnded(at=AT, reason="insolvency", last_day=LAST_DAY),
        "Le contrat finit le samedi 30 janvier 2027 (procédure collective).",
        AT_TERM,
    ),
    (
        e.ContractEnded(at=AT, reason="force_majeure", last_day=LAST_DAY),
        "Le contrat finit le samedi 30 janvier 2027 (force majeure).",
        AT_TERM,
    ),
    (e.RestitutionRequested(at=AT), "Le client demande la restitution de ses données.", GIVEN_BACK),
    (e.RestitutionCompleted(at=AT), "Les données sont remises au client.", GIVEN_BACK),
]


@pytest.mark.parametrize(("event", "sentence", "_"), IN_WORDS)
def test_an_event_of_a_contract_is_told_in_one_sentence(event: e.Event, sentence: str, _: str) -> None:
    assert without_no_break(told(event, DEMONSTRATION.grid)) == sentence


@pytest.mark.parametrize(("event", "_", "rule"), IN_WORDS)
def test_an_event_that_no_count_explains_rests_on_its_rule(event: e.Event, _: str, rule: str) -> None:
    assert because_of(State(offer=an_offer()), event).rule == rule


def test_a_return_by_the_bank_is_a_default_at_once() -> None:
    *_, (event, clause, because, _) = explained(
        an_offer(),
        live(
            *in_force("04/03/2026 10:00", "17/03/2026 10:00", "bob", "chloe", "dan", "eve"),
            (le("01/04/2026 08:00"), a.ReturnPayment(month="2026-04", kind="reject")),
        )[1],
    )
    assert without_no_break(told(event, DEMONSTRATION.grid)) == (
        "Facture impayée (avril 2026) : sans règlement, le service sera suspendu le jeudi 16 avril 2026 à 18 h 00."
    )
    assert (clause, because.rule) == (
        "10.3",
        "un prélèvement retourné par la banque vous est écrit aussitôt.",
    )


def test_what_opens_and_closes_the_service_of_a_contract_is_no_trial() -> None:
    steps = (
        *in_force("04/03/2026 10:00", "17/03/2026 10:00", "bob", "chloe", "dan", "eve"),
        (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")),
    )
    said = [
        (one.event.kind, one.clause, one.because.rule)
        for one in explained(an_offer(), live(*steps)[1])
        if isinstance(one.event, e.ServiceOpened | e.ServiceClosed)
    ]
    assert said == [
        ("service_opened", "8", "le service s’ouvre dès que le contrat est en vigueur."),
        ("service_closed", "16", "le service ferme à la fin du contrat."),
    ]
