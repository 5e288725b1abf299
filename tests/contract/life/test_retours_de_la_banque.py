"""CGV, articles 10.3 et 10.4 : les prélèvements rejetés ou repris par la banque, les pénalités mois par mois.

The legal rate of the first half of 2026 is 2,62 %: the penalty's is 12,62 % a year. A month of 245,00 excluding
VAT costs 245,00 x 12,62 % / 12 = 2,58.
"""

import pytest

from tests.contract.life.beginnings import (
    APRIL_PAID_TOLD,
    IN_FORCE_IN_APRIL,
    IN_FORCE_IN_APRIL_TOLD,
    IN_FORCE_IN_MARCH,
)
from tests.contract.life.telling import vie


def test_un_prelevement_rejete_avant_l_echeance_attend_le_courrier() -> None:
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        30/04/2026 15:00  la banque rejette 2026-05
        30/04/2026 15:05  la banque reprend 2026-05
        04/05/2026 08:00  règle 2026-05
        04/05/2026 08:01  la banque rejette 2026-05
        04/05/2026 08:02  la banque rejette 2027-01
        """,
        jusquau="05/05/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
        30/04/2026 15:00  payment_returned 2026-05 reject
        30/04/2026 15:05  bank_return refusé : payment_missing
        04/05/2026 08:00  payment_settled 2026-05 294,00
        04/05/2026 08:01  bank_return refusé : invoice_settled
        04/05/2026 08:02  bank_return refusé : unknown_month
    """)


def test_un_prelevement_rejete_apres_l_echeance_est_un_defaut_aussitot() -> None:
    # On 1 May, a holiday: ten business days after it lead to Tuesday 19/05. No second mail on 04/05.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        01/05/2026 10:00  la banque rejette 2026-05
        06/05/2026 10:00  la banque rejette 2026-05
        """,
        jusquau="20/05/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
        01/05/2026 10:00  payment_returned 2026-05 reject
        01/05/2026 10:00  default_recorded 2026-05, suspension le 19/05/2026 18:00
        06/05/2026 10:00  payment_returned 2026-05 reject
        19/05/2026 18:00  service_suspended unpaid
    """)


def test_un_remboursement_par_la_banque_six_semaines_plus_tard_ouvre_un_nouveau_delai() -> None:
    # Refunded on Monday 15/06: penalties from 16/06, suspension on the tenth business day, Monday 29/06.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2026-07 : paie le jour du prélèvement
        15/06/2026 10:00  la banque reprend 2026-05
        15/06/2026 10:05  la banque reprend 2026-05
        29/06/2026 17:59  règle tout
        """,
        jusquau="20/07/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2026-07 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        15/06/2026 10:00  payment_returned 2026-05 refund
        15/06/2026 10:00  default_recorded 2026-05, suspension le 29/06/2026 18:00
        15/06/2026 10:05  bank_return refusé : payment_missing
        29/06/2026 17:59  payment_settled 2026-05 294,00, pénalités 2,58, indemnité 40,00
    """).doit("0,00 + 0,00 + 0,00 = 0,00")


def test_apres_un_remboursement_les_quinze_jours_finissent_apres_la_suspension() -> None:
    # Refunded on 15/06: suspended on 29/06; termination from the sixteenth day after, 01/07, on.
    # July, invoiced on 19/06, is given back but for its first day: 245,00 - 7,90.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2026-07 : paie le jour du prélèvement
        15/06/2026 10:00  la banque reprend 2026-05
        29/06/2026 17:00  résilie pour impayé
        30/06/2026 23:59:59  résilie pour impayé
        01/07/2026 00:00  résilie pour impayé
        """,
        jusquau="02/07/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2026-07 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        15/06/2026 10:00  payment_returned 2026-05 refund
        15/06/2026 10:00  default_recorded 2026-05, suspension le 29/06/2026 18:00
        29/06/2026 17:00  terminate refusé : termination_too_early
        29/06/2026 18:00  service_suspended unpaid
        30/06/2026 23:59:59  terminate refusé : termination_too_early
        01/07/2026 00:00  contract_ended unpaid, dernier jour 01/07/2026
        01/07/2026 00:00  service_closed
        01/07/2026 00:00  credit_note_issued A-2026-0001 2026-07, 237,10 HT, 284,52 TTC
    """).reste("ended closed restitution")


def test_le_premier_mois_rembourse_par_la_banque_ne_defait_pas_l_entree_en_vigueur() -> None:
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        15/04/2026 10:00  la banque reprend first
        29/04/2026 18:00  règle tout
        30/04/2026 12:00  règle 2026-05
        """,
        jusquau="20/05/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        15/04/2026 10:00  payment_returned first refund
        15/04/2026 10:00  default_recorded first, suspension le 29/04/2026 18:00
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
        29/04/2026 18:00  service_suspended unpaid
        29/04/2026 18:00  payment_settled first 294,00, pénalités 2,58, indemnité 40,00
        29/04/2026 18:00  service_restored
        30/04/2026 12:00  payment_settled 2026-05 294,00
    """)


REFUNDED = f"""
    {IN_FORCE_IN_APRIL}
    chaque mois de 2026-05 à 2026-07 : paie le jour du prélèvement
    15/06/2026 10:00  la banque reprend 2026-05
"""
REFUNDED_TOLD = f"""
    {IN_FORCE_IN_APRIL_TOLD}
    chaque mois de 2026-05 à 2026-07 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
    15/06/2026 10:00  payment_returned 2026-05 refund
    15/06/2026 10:00  default_recorded 2026-05, suspension le 29/06/2026 18:00
    29/06/2026 18:00  service_suspended unpaid
"""


def test_la_veille_du_mois_dont_le_taux_manque_tout_se_calcule() -> None:
    vie(f"{REFUNDED} 15/07/2026 23:59  règle tout", jusquau="16/07/2026").raconte(
        REFUNDED_TOLD
        + """
        15/07/2026 23:59  payment_settled 2026-05 294,00, pénalités 2,58, indemnité 40,00
        15/07/2026 23:59  service_restored
        """
    )


def test_un_taux_legal_manquant_refuse_le_calcul_et_le_dit() -> None:
    # A second month begins on 16/07, in the second half of 2026, whose rate nobody has entered.
    vie(
        f"""
        {REFUNDED}
        16/07/2026 00:00  règle tout
        16/07/2026 10:00  règle 2026-05
        17/07/2026 10:00  règle tout
        """,
        jusquau="20/07/2026",
    ).raconte(
        REFUNDED_TOLD
        + """
        16/07/2026 00:00  settle refusé : legal_rate_missing
        16/07/2026 10:00  payment_settled 2026-05 294,00
        17/07/2026 10:00  settle refusé : legal_rate_missing
        """
    ).doit("0,00 + ? + 40,00 = ?").reste("active suspended live")


@pytest.mark.parametrize(
    ("rate", "penalty"),
    [
        (250, "5,13"),  # 12,62 % and 12,50 %: 245,00 x 25,12 % / 12 = 5,1287
        (262, "5,15"),  # 12,62 % twice
        (500, "5,64"),  # three times 5,00 % is 5,00 % + 10 points
        (600, "6,25"),  # three times 6,00 % is more than 6,00 % + 10 points: 12,62 % and 18,00 %
    ],
)
def test_chaque_mois_de_penalite_a_le_taux_de_son_semestre(rate: int, penalty: str) -> None:
    vie(
        f"""
        {REFUNDED}
        17/07/2026 10:00  règle tout
        """,
        jusquau="20/07/2026",
        taux={"2026-2": rate},
    ).raconte(
        REFUNDED_TOLD
        + f"""
        17/07/2026 10:00  payment_settled 2026-05 294,00, pénalités {penalty}, indemnité 40,00
        17/07/2026 10:00  service_restored
        """
    ).doit("0,00 + 0,00 + 0,00 = 0,00")


@pytest.mark.parametrize(
    ("paid_at", "penalty"),
    [
        ("27/02/2027 12:00", "2,58"),  # the month begun on 31/01
        ("28/02/2027 12:00", "5,15"),  # and that begun on 28/02, for want of a 31st
        ("30/03/2027 12:00", "5,15"),
        ("31/03/2027 12:00", "7,73"),  # on 31/03 again, not on the 28th: 245,00 x 3 x 12,62 % / 12 = 7,7298
    ],
)
def test_les_mois_de_penalite_se_comptent_depuis_le_premier_jour(paid_at: str, penalty: str) -> None:
    # January's collection is taken back by the bank on Saturday 30/01/2027; ten business days lead to 12/02.
    vie(
        f"""
        {IN_FORCE_IN_MARCH}
        chaque mois de 2026-04 à 2027-04 : paie le jour du prélèvement
        30/01/2027 10:00  la banque reprend 2027-01
        {paid_at}  règle tout
        """,
        jusquau="20/04/2027",
        taux={"2026-2": 262, "2027-1": 262},
    ).raconte(f"""
        {APRIL_PAID_TOLD}
        chaque mois de 2026-05 à 2027-04 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0003
        18/12/2026 09:00  reminder_sent notice_limit 60
        17/01/2027 09:00  reminder_sent notice_limit 30
        09/02/2027 09:00  reminder_sent notice_limit 7
        30/01/2027 10:00  payment_returned 2027-01 refund
        30/01/2027 10:00  default_recorded 2027-01, suspension le 12/02/2027 18:00
        12/02/2027 18:00  service_suspended unpaid
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        {paid_at}  payment_settled 2027-01 294,00, pénalités {penalty}, indemnité 40,00
        {paid_at}  service_restored
    """)


def test_repris_par_la_banque_apres_un_premier_retard_l_indemnite_n_est_due_qu_une_fois() -> None:
    # Paid on 20/05 with all that it owed; taken back on 15/06: a new clock, nothing retroactive, no second 40,00.
    # The invoice's two months are rounded together, 5,15, of which 2,58 are paid.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        20/05/2026 17:00  règle tout
        29/05/2026 12:00  règle 2026-06
        15/06/2026 10:00  la banque reprend 2026-05
        29/06/2026 10:00  règle tout
        """,
        jusquau="30/06/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2026-07 : 245,00 HT, 294,00 TTC, à partir de F-2026-0002
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        20/05/2026 17:00  payment_settled 2026-05 294,00, pénalités 2,58, indemnité 40,00
        29/05/2026 12:00  payment_settled 2026-06 294,00
        15/06/2026 10:00  payment_returned 2026-05 refund
        15/06/2026 10:00  default_recorded 2026-05, suspension le 29/06/2026 18:00
        29/06/2026 10:00  payment_settled 2026-05 294,00, pénalités 2,57
    """).doit("0,00 + 0,00 + 0,00 = 0,00")


LEFT_EARLY = """
    04/03/2026 10:00  dossier validé, 8 personnes
    05/03/2026 10:00  retire fay
    05/03/2026 10:00  retire gus
    05/03/2026 10:00  retire hugo
    31/03/2026 23:00  règle first
"""
LEFT_EARLY_TOLD = """
    04/03/2026 10:00  dossier validé, 8 personnes : 392,00 HT, 470,40 TTC, échéance 11/03/2026
    05/03/2026 10:00  user_removed fay
    05/03/2026 10:00  user_removed gus
    05/03/2026 10:00  user_removed hugo
    12/03/2026 09:00  reminder_sent first_payment 1
    19/03/2026 09:00  reminder_sent first_payment 8
    31/03/2026 23:00  payment_settled first 470,40
    31/03/2026 23:00  contract_in_force dernier jour 30/03/2027
    31/03/2026 23:00  service_opened
    31/03/2026 23:00  user_registered anne
    01/04/2026 06:00  credit_note_issued A-2026-0001 2026-04, 139,09 HT, 166,91 TTC
"""


def test_l_avoir_qui_attendait_est_impute_sur_la_facture_que_la_banque_rend_impayee() -> None:
    # 166,91 were kept for May: they are set against the first month, of which 470,40 - 166,91 = 303,49 are owed.
    # A month of penalty on 392,00 x 303,49 / 470,40 at 12,62 % a year is 2,66. Nothing is left for May.
    vie(
        f"{LEFT_EARLY}\n02/04/2026 10:00  la banque reprend first",
        jusquau="21/04/2026",
    ).raconte(f"""
        {LEFT_EARLY_TOLD}
        02/04/2026 10:00  payment_returned first refund
        02/04/2026 10:00  default_recorded first, suspension le 17/04/2026 18:00
        17/04/2026 18:00  service_suspended unpaid
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
    """).doit("303,49 + 2,66 + 40,00 = 346,15")


def test_un_avoir_qui_suffit_regle_la_facture_que_la_banque_rend_impayee() -> None:
    # April was invoiced 142,26, the first month being carried over; 28 days of 30 are given back at its full price.
    vie(
        """
        17/03/2026 10:00  en vigueur, 5 personnes
        31/03/2026 10:00  règle 2026-04
        02/04/2026 10:00  résilie pour force majeure
        10/04/2026 10:00  la banque reprend 2026-04
        """,
        jusquau="01/05/2026",
    ).raconte("""
        17/03/2026 10:00  en vigueur, 5 personnes : 245,00 HT, 294,00 TTC, échéance 24/03/2026, dernier jour 16/03/2027
        20/03/2026 06:00  invoice_issued F-2026-0002 2026-04, 118,55 HT, 142,26 TTC, échéance 31/03/2026
        31/03/2026 10:00  payment_settled 2026-04 142,26
        02/04/2026 10:00  contract_ended force_majeure, dernier jour 02/04/2026
        02/04/2026 10:00  service_closed
        02/04/2026 10:00  credit_note_issued A-2026-0001 2026-04, 228,67 HT, 274,40 TTC
        10/04/2026 10:00  payment_returned 2026-04 refund
    """).facture(
        "F-2026-0002",
        """
        subscription x 5 : 245,00
        carry_over : -126,45
        118,55 HT + 23,71 TVA = 142,26 TTC, réglé le 10/04/2026
        """,
    ).doit("0,00 + 0,00 + 0,00 = 0,00")
