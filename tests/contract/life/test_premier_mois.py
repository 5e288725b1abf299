"""CGV, articles 8 et 10.2 : la facture du premier mois, l’attente du paiement, ce que le service devient."""

import pytest

from tests.contract.life.telling import vie

# The first month is due on the fifth business day at the earliest, on a day when the banks collect too;
# where that day is in another month, the invoice waits for the first of it.
FIRST_INVOICES = """
validated        | issued           | due        | reminders             | why
22/04/2026 10:00 | 22/04/2026 10:00 | 29/04/2026 | 30/04/2026 07/05/2026 | five days before the end of April
23/04/2026 10:00 | 23/04/2026 10:00 | 30/04/2026 | 01/05/2026 08/05/2026 | the last day of April
24/04/2026 10:00 | 01/05/2026 06:00 | 11/05/2026 | 12/05/2026 19/05/2026 | 1 and 8 May are holidays
19/03/2027 10:00 | 19/03/2027 10:00 | 30/03/2027 | 31/03/2027 07/04/2027 | Good Friday, then Easter Monday
18/12/2028 10:00 | 18/12/2028 10:00 | 27/12/2028 | 28/12/2028 04/01/2029 | no collection on 26 December
27/02/2026 10:00 | 01/03/2026 06:00 | 06/03/2026 | 07/03/2026 14/03/2026 | issued on a Sunday
28/03/2026 10:00 | 01/04/2026 06:00 | 09/04/2026 | 10/04/2026 17/04/2026 | over Easter and the change of hour
20/02/2028 10:00 | 20/02/2028 10:00 | 25/02/2028 | 26/02/2028 04/03/2028 | validated on a Sunday
22/02/2028 10:00 | 22/02/2028 10:00 | 29/02/2028 | 01/03/2028 08/03/2028 | due on 29 February
"""


@pytest.mark.parametrize("line", FIRST_INVOICES.strip().splitlines()[1:])
def test_la_facture_du_premier_mois_laissee_impayee(line: str) -> None:
    validated, issued, due, reminders, _ = (one.strip() for one in line.split("|"))
    once, again = reminders.split()
    vie(
        f"""
        {validated}  dossier validé, 5 personnes
        """,
        jusquau="01/06/2029",
    ).raconte(f"""
        {validated}  dossier validé, 5 personnes
        {issued}  invoice_issued F-{issued[6:10]}-0001 first, 245,00 HT, 294,00 TTC, échéance {due}
        {once} 09:00  reminder_sent first_payment 1
        {again} 09:00  reminder_sent first_payment 8
    """).doit("294,00 + 0,00 + 0,00 = 294,00").reste("awaiting_payment none none")


def test_un_essai_dont_le_dossier_est_valide_n_est_plus_suspendu() -> None:
    # The trial would end on 01/04; awaiting its first payment, the service stays as the trial left it.
    # In force on 10/04: 21 of April's 30 days. Two persons more than the five paid for: 98,00 x 21/30 = 68,60.
    vie(
        """
        02/03/2026 10:00  ouvre un essai avec bob
        12/03/2026 09:00  envoie le contrat
        12/03/2026 09:00  envoie le mandat
        12/03/2026 09:00  envoie un K-bis du 01/03/2026
        12/03/2026 10:00  valide le contrat
        12/03/2026 10:00  valide le mandat
        12/03/2026 10:00  valide le K-bis
        12/03/2026 10:00  valide l’identité
        13/03/2026 09:00  inscrit chloe
        13/03/2026 09:00  inscrit dan
        13/03/2026 09:00  inscrit eve
        13/03/2026 09:00  inscrit fay
        13/03/2026 09:00  inscrit gus
        10/04/2026 11:00  règle first
        30/04/2026 12:00  règle 2026-05
        """,
        jusquau="20/05/2026",
    ).raconte("""
        02/03/2026 10:00  ouvre un essai avec bob
        12/03/2026 09:00  document_received contrat
        12/03/2026 09:00  document_received mandat
        12/03/2026 09:00  document_received K-bis du 01/03/2026
        12/03/2026 10:00  document_accepted contrat
        12/03/2026 10:00  document_accepted mandat
        12/03/2026 10:00  document_accepted K-bis
        12/03/2026 10:00  identity_validated
        12/03/2026 10:00  invoice_issued F-2026-0001 first, 245,00 HT, 294,00 TTC, échéance 19/03/2026
        13/03/2026 09:00  user_registered chloe
        13/03/2026 09:00  user_registered dan
        13/03/2026 09:00  user_registered eve
        13/03/2026 09:00  user_registered fay
        13/03/2026 09:00  user_registered gus
        20/03/2026 09:00  reminder_sent first_payment 1
        27/03/2026 09:00  reminder_sent first_payment 8
        10/04/2026 11:00  payment_settled first 294,00
        10/04/2026 11:00  contract_in_force dernier jour 09/04/2027
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 338,10 HT, 405,72 TTC, échéance 30/04/2026
        30/04/2026 12:00  payment_settled 2026-05 405,72
    """).facture(
        "F-2026-0002",
        """
        subscription x 7 : 343,00
        adjustment : 68,60
        carry_over : -73,50
        338,10 HT + 67,62 TVA = 405,72 TTC, réglé le 30/04/2026
        """,
    )


def test_un_essai_suspendu_est_reactive_sans_perte_au_premier_paiement() -> None:
    # In force on 19/03: 13 days of 31, 245,00 x 13/31 = 102,74.
    vie(
        """
        31/01/2026 10:00  ouvre un essai avec bob
        10/03/2026 08:30  envoie le contrat
        10/03/2026 08:30  envoie le mandat
        10/03/2026 08:30  envoie un K-bis du 01/03/2026
        12/03/2026 10:00  valide l’identité
        12/03/2026 10:00  valide le contrat
        12/03/2026 10:00  valide le mandat
        12/03/2026 10:00  valide le K-bis
        19/03/2026 12:00  règle first
        31/03/2026 12:00  règle 2026-04
        """,
        jusquau="01/04/2026",
    ).raconte("""
        31/01/2026 10:00  ouvre un essai avec bob
        23/02/2026 09:00  reminder_sent trial_end 7
        28/02/2026 09:00  reminder_sent trial_end 2
        03/03/2026 00:00  service_suspended trial_ended
        03/03/2026 00:00  data_archived
        10/03/2026 08:30  document_received contrat
        10/03/2026 08:30  document_received mandat
        10/03/2026 08:30  document_received K-bis du 01/03/2026
        12/03/2026 10:00  identity_validated
        12/03/2026 10:00  document_accepted contrat
        12/03/2026 10:00  document_accepted mandat
        12/03/2026 10:00  document_accepted K-bis
        12/03/2026 10:00  invoice_issued F-2026-0001 first, 245,00 HT, 294,00 TTC, échéance 19/03/2026
        19/03/2026 12:00  payment_settled first 294,00
        19/03/2026 12:00  contract_in_force dernier jour 18/03/2027
        19/03/2026 12:00  data_reactivated
        19/03/2026 12:00  service_restored
        20/03/2026 06:00  invoice_issued F-2026-0002 2026-04, 102,74 HT, 123,29 TTC, échéance 31/03/2026
        31/03/2026 12:00  payment_settled 2026-04 123,29
    """).reste("active open live")


def test_un_premier_prelevement_rejete_n_est_ni_un_retard_ni_une_faute() -> None:
    # The worked case of art. 10.1: in force on 17/03, 15 days of 31.
    vie(
        """
        02/03/2026 09:00  dossier accepté, 5 personnes
        02/03/2026 10:00  valide l’identité
        09/03/2026 12:00  la banque rejette first
        09/03/2026 12:05  la banque reprend first
        09/03/2026 12:10  résilie pour impayé
        17/03/2026 15:00  règle first
        17/03/2026 15:01  règle first
        17/03/2026 15:02  règle 2026-04
        17/03/2026 15:03  la banque rejette first
        31/03/2026 12:00  règle 2026-04
        """,
        jusquau="20/04/2026",
    ).raconte("""
        02/03/2026 09:00  dossier accepté, 5 personnes
        02/03/2026 10:00  identity_validated
        02/03/2026 10:00  invoice_issued F-2026-0001 first, 245,00 HT, 294,00 TTC, échéance 09/03/2026
        09/03/2026 12:00  payment_returned first reject
        09/03/2026 12:05  bank_return refusé : payment_missing
        09/03/2026 12:10  terminate refusé : contract_not_in_force
        10/03/2026 09:00  reminder_sent first_payment 1
        17/03/2026 09:00  reminder_sent first_payment 8
        17/03/2026 15:00  entre en vigueur : 294,00 payés, dernier jour 16/03/2027
        17/03/2026 15:02  settle refusé : unknown_month
        17/03/2026 15:03  bank_return refusé : invoice_settled
        20/03/2026 06:00  invoice_issued F-2026-0002 2026-04, 118,55 HT, 142,26 TTC, échéance 31/03/2026
        31/03/2026 12:00  payment_settled 2026-04 142,26
    """).facture(
        "F-2026-0002",
        """
        subscription x 5 : 245,00
        carry_over : -126,45
        118,55 HT + 23,71 TVA = 142,26 TTC, réglé le 31/03/2026
        """,
    )


def test_en_attente_de_paiement_le_minimum_du_contrat_est_garde() -> None:
    vie(
        """
        02/03/2026 10:00  dossier validé, 7 personnes
        03/03/2026 10:00  suspend bob
        03/03/2026 10:01  retire chloe
        03/03/2026 10:02  retire anne
        03/03/2026 10:03  retire chloe
        03/03/2026 10:04  inscrit hugo
        03/03/2026 10:05  retire dan
        09/03/2026 10:00  règle first
        09/03/2026 10:01  retire eve
        """,
        jusquau="10/03/2026",
    ).raconte("""
        02/03/2026 10:00  dossier validé, 7 personnes : 343,00 HT, 411,60 TTC, échéance 09/03/2026
        03/03/2026 10:00  user_suspended bob
        03/03/2026 10:01  user_removed chloe
        03/03/2026 10:02  remove_user refusé : last_administrator
        03/03/2026 10:04  user_registered hugo
        03/03/2026 10:05  user_removed dan
        09/03/2026 10:00  entre en vigueur : 411,60 payés, dernier jour 08/03/2027
        09/03/2026 10:01  user_removed eve
    """)
