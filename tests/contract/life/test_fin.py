"""CGV, articles 12 et 16 : la fin du contrat, son dernier document, ce qui reste dû, les jours ouvrés de la destruction."""

import pytest

from tests.contract.life.beginnings import (
    APRIL_PAID_TOLD,
    ENDED_BY_NOTICE,
    ENDED_BY_NOTICE_TOLD,
    IN_FORCE_IN_APRIL,
    IN_FORCE_IN_APRIL_TOLD,
    IN_FORCE_IN_MARCH,
    IN_FORCE_IN_MARCH_TOLD,
    NOTICE_SERVED_TOLD,
)
from tests.contract.life.telling import vie

# Force majeure ends the contract on the day it is declared. Thirty days on, a business day, or the next one.
# April is whole, June is invoiced from 20/05 on: what is left of the last month is given back.
ENDINGS = """
ended      | invoiced to | credited                               | destroyed  | why
02/04/2026 | 2026-04     | 2026-04, 228,67 HT, 274,40 TTC         | 05/05/2026 | 02/05 is a Saturday
08/04/2026 | 2026-04     | 2026-04, 179,67 HT, 215,60 TTC         | 12/05/2026 | 08/05 is a holiday, then a weekend
14/04/2026 | 2026-04     | 2026-04, 130,67 HT, 156,80 TTC         | 16/05/2026 | 14/05 is Ascension
25/04/2026 | 2026-05     | 2026-04, 285,83 HT, 343,00 TTC         | 27/05/2026 | 25/05 is Whit Monday
14/06/2026 | 2026-06     | 2026-06, 130,67 HT, 156,80 TTC         | 16/07/2026 | 14/07 is a holiday
16/07/2026 | 2026-07     | 2026-07, 118,55 HT, 142,26 TTC         | 18/08/2026 | 15/08 is a holiday, a Saturday
"""


@pytest.mark.parametrize("line", ENDINGS.strip().splitlines()[1:])
def test_la_destruction_attend_la_fin_d_un_jour_ouvre(line: str) -> None:
    ended, invoiced, credited, destroyed, _ = (one.strip() for one in line.split("|"))
    paid = (
        f"chaque mois de 2026-05 à {invoiced} : paie le jour du prélèvement" if invoiced > "2026-05" else ""
    )
    told = {
        "2026-04": "",
        "2026-05": "chaque mois de 2026-05 à 2026-05 : 245,00 HT, 294,00 TTC, à partir de F-2026-0002",
    }.get(
        invoiced,
        f"chaque mois de 2026-05 à {invoiced} : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002",
    )
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        {paid}
        {ended} 10:00  résilie pour force majeure
        """,
        jusquau="01/09/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        {told}
        {ended} 10:00  contract_ended force_majeure, dernier jour {ended}
        {ended} 10:00  service_closed
        {ended} 10:00  credit_note_issued A-2026-0001 {credited}
        {destroyed} 00:00  data_destroyed
    """)


def test_resilie_le_lendemain_de_l_entree_en_vigueur_deux_jours_sont_dus() -> None:
    # 245,00 paid, 2 days of 31 used, 15,81: 126,45 of days before the contract and 102,74 of days after it.
    vie(
        f"""
        {IN_FORCE_IN_MARCH}
        18/03/2026 10:00  résilie pour force majeure
        """,
        jusquau="01/05/2026",
    ).raconte(f"""
        {IN_FORCE_IN_MARCH_TOLD}
        18/03/2026 10:00  contract_ended force_majeure, dernier jour 18/03/2026
        18/03/2026 10:00  service_closed
        18/03/2026 10:00  credit_note_issued A-2026-0001 2026-03, 229,19 HT, 275,03 TTC
        18/04/2026 00:00  data_destroyed
    """)


def test_le_silence_de_l_administrateur_met_fin_au_contrat_et_rend_ce_qui_reste() -> None:
    # 15 days of June's 30: 122,50 are given back. 15/06 and thirty days: Wednesday 15/07.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2026-06 : paie le jour du prélèvement
        15/06/2026 10:00  résilie pour silence de l’administrateur
        15/06/2026 11:00  inscrit fay
        15/06/2026 11:01  commande training
        15/06/2026 11:02  dénonce le contrat
        15/06/2026 11:03  annonce le prix de 52,00
        """,
        jusquau="01/09/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2026-06 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        15/06/2026 10:00  contract_ended insolvency, dernier jour 15/06/2026
        15/06/2026 10:00  service_closed
        15/06/2026 10:00  credit_note_issued A-2026-0001 2026-06, 122,50 HT, 147,00 TTC
        15/06/2026 11:00  register_user refusé : service_closed
        15/06/2026 11:01  order_option refusé : service_closed
        15/06/2026 11:02  serve_notice refusé : contract_not_in_force
        15/06/2026 11:03  announce_price refusé : contract_not_in_force
        16/07/2026 00:00  data_destroyed
    """).reste("ended closed destroyed")


def test_le_dernier_document_facture_les_personnes_et_les_options_qui_restent() -> None:
    # fay comes on 25/02/2027: February 49,00, March 49,00 less its share of 15 days of 31, 23,71. With the
    # training: 364,29. Two business days after 17/03 leave time to announce the collection of 31/03.
    vie(
        f"""
        {ENDED_BY_NOTICE}
        25/02/2027 10:00  inscrit fay
        25/02/2027 10:05  commande training
        31/03/2027 12:00  règle tout
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {ENDED_BY_NOTICE_TOLD}
        25/02/2027 10:00  user_registered fay
        25/02/2027 10:05  option_ordered training x 1
        17/03/2027 00:00  invoice_issued F-2027-0014 2027-03, 364,29 HT, 437,15 TTC, échéance 31/03/2027
        31/03/2027 12:00  payment_settled 2027-03 437,15
    """).facture(
        "F-2027-0014",
        """
        adjustment : 49,00
        adjustment : 25,29
        option x 1 : 290,00
        364,29 HT + 72,86 TVA = 437,15 TTC, réglé le 31/03/2027
        """,
    )


def test_la_dette_survit_au_contrat_mais_nul_defaut_n_est_plus_consigne() -> None:
    # The final invoice is left unpaid: a penalty month begins on 01/04, no mail is sent, nothing is suspended.
    vie(
        f"""
        {ENDED_BY_NOTICE}
        25/02/2027 10:05  commande training
        10/04/2027 10:00  règle tout
        """,
        jusquau="16/04/2027",
        taux={"2027-1": 262},
    ).raconte(f"""
        {ENDED_BY_NOTICE_TOLD}
        25/02/2027 10:05  option_ordered training x 1
        17/03/2027 00:00  invoice_issued F-2027-0014 2027-03, 290,00 HT, 348,00 TTC, échéance 31/03/2027
        10/04/2027 10:00  payment_settled 2027-03 348,00, pénalités 3,05, indemnité 40,00
    """).doit("0,00 + 0,00 + 0,00 = 0,00")


def test_suspendu_au_dernier_jour_le_contrat_finit_quand_meme() -> None:
    # March 2027, 126,45, is left unpaid: mailed on 01/03, suspended on Monday 15/03, ended on the 17th.
    # 126,45 x 12,62 % / 12 = 1,33 for the month begun on 01/03; as much for that begun on 01/04: 2,66.
    vie(
        f"""
        {IN_FORCE_IN_MARCH}
        chaque mois de 2026-04 à 2027-02 : paie le jour du prélèvement
        10/01/2027 10:00  dénonce le contrat
        01/04/2027 10:00  règle tout
        """,
        jusquau="15/04/2027",
        taux={"2027-1": 262},
    ).raconte(f"""
        {NOTICE_SERVED_TOLD}
        chaque mois de 2027-03 à 2027-03 : 126,45 HT, 151,74 TTC, à partir de F-2027-0013
        01/03/2027 09:00  default_recorded 2027-03, suspension le 15/03/2027 18:00
        15/03/2027 18:00  service_suspended unpaid
        17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
        01/04/2027 10:00  payment_settled 2027-03 151,74, pénalités 2,66, indemnité 40,00
    """).reste("ended closed restitution")


def test_une_option_mensuelle_du_dernier_mois_en_doit_la_part() -> None:
    # Storage, 15,00: March owes 15,00 less 15,00 x 15/31, 7,26: 7,74.
    vie(
        f"""
        {IN_FORCE_IN_MARCH}
        chaque mois de 2026-04 à 2027-03 : paie le jour du prélèvement
        10/01/2027 10:00  commande storage
        10/01/2027 10:05  dénonce le contrat
        """,
        jusquau="18/03/2027",
    ).raconte(f"""
        {APRIL_PAID_TOLD}
        chaque mois de 2026-05 à 2027-01 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0003
        18/12/2026 09:00  reminder_sent notice_limit 60
        10/01/2027 10:00  option_ordered storage x 1
        10/01/2027 10:05  notice_served client posté le 10/01/2027, fin le 16/03/2027
        chaque mois de 2027-02 à 2027-02 : 260,00 HT, 312,00 TTC, payé, à partir de F-2027-0012
        chaque mois de 2027-03 à 2027-03 : 134,19 HT, 161,03 TTC, payé, à partir de F-2027-0013
        17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
    """).facture(
        "F-2027-0013",
        """
        subscription x 5 : 126,45
        option x 1 : 7,74
        134,19 HT + 26,84 TVA = 161,03 TTC, réglé le 26/02/2027
        """,
    )


def test_resilier_ou_rendre_sans_contrat_est_refuse() -> None:
    vie(
        """
        02/03/2026 10:00  ouvre un essai
        02/03/2026 11:00  résilie pour force majeure
        02/03/2026 11:01  résilie pour silence de l’administrateur
        02/03/2026 11:02  demande ses données
        02/03/2026 11:03  rend les données
        """,
        jusquau="03/03/2026",
    ).raconte("""
        02/03/2026 10:00  ouvre un essai
        02/03/2026 11:00  terminate refusé : contract_not_in_force
        02/03/2026 11:01  terminate refusé : contract_not_in_force
        02/03/2026 11:02  request_restitution refusé : contract_not_ended
        02/03/2026 11:03  complete_restitution refusé : restitution_not_requested
    """)


def test_deux_departs_apres_la_derniere_facture_sont_rendus_avec_leur_part() -> None:
    # March 2027 was invoiced for seven; five are left: 98,00 less 98,00 x 15/31 = 50,58 are given back.
    vie(
        """
        17/03/2026 08:00  en vigueur, 7 personnes
        chaque mois de 2026-04 à 2027-03 : paie le jour du prélèvement
        10/01/2027 10:00  dénonce le contrat
        25/02/2027 10:00  retire fay
        25/02/2027 10:00  retire gus
        """,
        jusquau="01/04/2027",
    ).raconte("""
        17/03/2026 08:00  en vigueur, 7 personnes : 343,00 HT, 411,60 TTC, échéance 24/03/2026, dernier jour 16/03/2027
        chaque mois de 2026-04 à 2026-04 : 165,97 HT, 199,16 TTC, payé, à partir de F-2026-0002
        chaque mois de 2026-05 à 2027-02 : 343,00 HT, 411,60 TTC, payé, à partir de F-2026-0003
        18/12/2026 09:00  reminder_sent notice_limit 60
        10/01/2027 10:00  notice_served client posté le 10/01/2027, fin le 16/03/2027
        chaque mois de 2027-03 à 2027-03 : 177,03 HT, 212,44 TTC, payé, à partir de F-2027-0013
        25/02/2027 10:00  user_removed fay
        25/02/2027 10:00  user_removed gus
        17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
        17/03/2027 00:00  credit_note_issued A-2027-0001 2027-03, 50,58 HT, 60,70 TTC
    """)


def test_une_facture_finale_du_dernier_jour_d_un_mois_est_due_a_la_fin_du_suivant() -> None:
    # Ended on 30/06: the two business days before a collection lead to July. June is whole; July, invoiced on
    # 19/06, is given back; fay owes June, and the training is charged: 49,00 - 245,00 + 290,00 = 94,00.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2026-06 : paie le jour du prélèvement
        25/06/2026 10:00  inscrit fay
        25/06/2026 10:05  commande training
        30/06/2026 09:00  règle 2026-07
        30/06/2026 10:00  résilie pour force majeure
        """,
        jusquau="29/07/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2026-06 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        chaque mois de 2026-07 à 2026-07 : 245,00 HT, 294,00 TTC, à partir de F-2026-0004
        25/06/2026 10:00  user_registered fay
        25/06/2026 10:05  option_ordered training x 1
        30/06/2026 09:00  payment_settled 2026-07 294,00
        30/06/2026 10:00  contract_ended force_majeure, dernier jour 30/06/2026
        30/06/2026 10:00  service_closed
        30/06/2026 10:00  invoice_issued F-2026-0005 2026-06, 94,00 HT, 112,80 TTC, échéance 31/07/2026
    """).doit("0,00 + 0,00 + 0,00 = 0,00")


def test_resilie_avant_la_premiere_facture_mensuelle_avec_une_personne_de_plus() -> None:
    # Six persons for 3 days of March's 31, 28,45, out of 245,00 paid: 216,55 are given back.
    vie(
        f"""
        {IN_FORCE_IN_MARCH}
        18/03/2026 10:00  inscrit fay
        19/03/2026 10:00  résilie pour force majeure
        """,
        jusquau="01/04/2026",
    ).raconte(f"""
        {IN_FORCE_IN_MARCH_TOLD}
        18/03/2026 10:00  user_registered fay
        19/03/2026 10:00  contract_ended force_majeure, dernier jour 19/03/2026
        19/03/2026 10:00  service_closed
        19/03/2026 10:00  credit_note_issued A-2026-0001 2026-03, 216,55 HT, 259,86 TTC
    """)


def test_suspendu_puis_fini_par_force_majeure_seuls_les_jours_ecoules_restent_dus() -> None:
    # 25 days of May's 31 cost 197,58, 237,10 with VAT; June, invoiced on 20/05, is given back.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        25/05/2026 10:00  résilie pour force majeure
        """,
        jusquau="01/06/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2026-06 : 245,00 HT, 294,00 TTC, à partir de F-2026-0002
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        20/05/2026 18:00  service_suspended unpaid
        25/05/2026 10:00  contract_ended force_majeure, dernier jour 25/05/2026
        25/05/2026 10:00  service_closed
        25/05/2026 10:00  credit_note_issued A-2026-0001 2026-05, 292,42 HT, 350,90 TTC
    """).doit("237,10 + 2,58 + 40,00 = 279,68")


def test_un_prelevement_repris_apres_la_fin_est_une_dette_sans_defaut() -> None:
    # Taken back on 01/04: a month of penalty begins on 02/04, 126,45 x 12,62 % / 12 = 1,33.
    vie(
        f"""
        {ENDED_BY_NOTICE}
        01/04/2027 10:00  la banque reprend 2027-03
        """,
        jusquau="10/04/2027",
        taux={"2027-1": 262},
    ).raconte(f"""
        {ENDED_BY_NOTICE_TOLD}
        01/04/2027 10:00  payment_returned 2027-03 refund
    """).doit("151,74 + 1,33 + 40,00 = 193,07")


def test_une_lettre_arrivee_apres_l_emission_du_mois_qui_ne_viendra_pas() -> None:
    # Posted on the last day, 28/02, received on 22/03: April, invoiced on 19/03, is given back in full.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2027-04 : paie le jour du prélèvement
        22/03/2027 10:00  dénonce le contrat, posté le 28/02/2027
        """,
        jusquau="15/04/2027",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2027-04 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        30/12/2026 09:00  reminder_sent notice_limit 60
        29/01/2027 09:00  reminder_sent notice_limit 30
        21/02/2027 09:00  reminder_sent notice_limit 7
        22/03/2027 10:00  notice_served client posté le 28/02/2027, fin le 31/03/2027
        01/04/2027 00:00  contract_ended notice, dernier jour 31/03/2027
        01/04/2027 00:00  service_closed
        01/04/2027 00:00  credit_note_issued A-2027-0001 2027-03, 245,00 HT, 294,00 TTC
    """)
