"""CGV, article 9 : le terme d’un an, sa reconduction, le premier et le dernier mois qui n’en font qu’un."""

from tests.contract.life.beginnings import (
    APRIL_PAID_TOLD,
    IN_FORCE_IN_APRIL,
    IN_FORCE_IN_APRIL_TOLD,
    IN_FORCE_IN_MARCH,
)
from tests.contract.life.telling import vie


def test_un_an_passe_le_contrat_se_reconduit() -> None:
    vie(
        f"""
        {IN_FORCE_IN_MARCH}
        chaque mois de 2026-04 à 2027-04 : paie le jour du prélèvement
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {APRIL_PAID_TOLD}
        chaque mois de 2026-05 à 2027-04 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0003
        18/12/2026 09:00  reminder_sent notice_limit 60
        17/01/2027 09:00  reminder_sent notice_limit 30
        09/02/2027 09:00  reminder_sent notice_limit 7
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
    """).attend("""
        next_invoice 20/04/2027 06:00
        notice_limit 17/02/2028 00:00
        term_end 17/03/2028 00:00
    """).reste("active open live")


def test_en_vigueur_le_31_mars_la_denonciation_est_bonne_le_dimanche_28_fevrier() -> None:
    # One day of March 2026 is used, 7,90; the last term's March, invoiced in full on 19/02, is less by that day.
    vie(
        """
        24/03/2026 10:00  dossier validé, 5 personnes
        31/03/2026 08:00  règle first
        30/04/2026 12:00  règle 2026-04
        chaque mois de 2026-05 à 2027-03 : paie le jour du prélèvement
        28/02/2027 23:59:59  dénonce le contrat
        """,
        jusquau="01/04/2027",
    ).raconte("""
        24/03/2026 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance 31/03/2026
        31/03/2026 08:00  entre en vigueur : 294,00 payés, dernier jour 30/03/2027
        01/04/2026 06:00  invoice_issued F-2026-0002 2026-04, 7,90 HT, 9,48 TTC, échéance 30/04/2026
        30/04/2026 12:00  payment_settled 2026-04 9,48
        chaque mois de 2026-05 à 2027-03 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0003
        30/12/2026 09:00  reminder_sent notice_limit 60
        29/01/2027 09:00  reminder_sent notice_limit 30
        21/02/2027 09:00  reminder_sent notice_limit 7
        28/02/2027 23:59:59  notice_served client posté le 28/02/2027, fin le 30/03/2027
        31/03/2027 00:00  contract_ended notice, dernier jour 30/03/2027
        31/03/2027 00:00  service_closed
        31/03/2027 00:00  credit_note_issued A-2027-0001 2027-03, 7,90 HT, 9,48 TTC
    """)


def test_en_vigueur_le_29_fevrier_le_contrat_se_reconduit_jusqu_au_28() -> None:
    vie(
        """
        22/02/2028 10:00  dossier validé, 5 personnes
        29/02/2028 12:00  règle first
        31/03/2028 12:00  règle 2028-03
        chaque mois de 2028-04 à 2029-03 : paie le jour du prélèvement
        """,
        jusquau="02/03/2029",
    ).raconte("""
        22/02/2028 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance 29/02/2028
        29/02/2028 12:00  entre en vigueur : 294,00 payés, dernier jour 28/02/2029
        01/03/2028 06:00  invoice_issued F-2028-0002 2028-03, 8,45 HT, 10,14 TTC, échéance 31/03/2028
        31/03/2028 12:00  payment_settled 2028-03 10,14
        chaque mois de 2028-04 à 2029-03 : 245,00 HT, 294,00 TTC, payé, à partir de F-2028-0003
        02/12/2028 09:00  reminder_sent notice_limit 60
        01/01/2029 09:00  reminder_sent notice_limit 30
        24/01/2029 09:00  reminder_sent notice_limit 7
        01/03/2029 00:00  contract_renewed dernier jour 28/02/2030
    """).attend("""
        next_invoice 20/03/2029 06:00
        notice_limit 01/02/2030 00:00
        term_end 01/03/2030 00:00
    """)


def test_en_vigueur_un_premier_du_mois_tous_les_mois_sont_entiers_et_aucun_ne_suit() -> None:
    # L is the last day of March: March is whole, and no invoice leaves for April on 19/03.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2027-03 : paie le jour du prélèvement
        28/02/2027 10:00  dénonce le contrat
        """,
        jusquau="15/04/2027",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2027-03 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        30/12/2026 09:00  reminder_sent notice_limit 60
        29/01/2027 09:00  reminder_sent notice_limit 30
        21/02/2027 09:00  reminder_sent notice_limit 7
        28/02/2027 10:00  notice_served client posté le 28/02/2027, fin le 31/03/2027
        01/04/2027 00:00  contract_ended notice, dernier jour 31/03/2027
        01/04/2027 00:00  service_closed
    """)


def test_en_vigueur_le_29_fevrier_et_denonce_un_an_coute_douze_mois() -> None:
    # 8,45 for 29/02/2028, eleven months, and 245,00 - 8,45 for February 2029, which has no 29th.
    vie(
        """
        22/02/2028 10:00  dossier validé, 5 personnes
        29/02/2028 12:00  règle first
        31/03/2028 12:00  règle 2028-03
        chaque mois de 2028-04 à 2029-02 : paie le jour du prélèvement
        10/01/2029 10:00  dénonce le contrat
        """,
        jusquau="15/03/2029",
    ).raconte("""
        22/02/2028 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance 29/02/2028
        29/02/2028 12:00  entre en vigueur : 294,00 payés, dernier jour 28/02/2029
        01/03/2028 06:00  invoice_issued F-2028-0002 2028-03, 8,45 HT, 10,14 TTC, échéance 31/03/2028
        31/03/2028 12:00  payment_settled 2028-03 10,14
        chaque mois de 2028-04 à 2029-01 : 245,00 HT, 294,00 TTC, payé, à partir de F-2028-0003
        02/12/2028 09:00  reminder_sent notice_limit 60
        01/01/2029 09:00  reminder_sent notice_limit 30
        10/01/2029 10:00  notice_served client posté le 10/01/2029, fin le 28/02/2029
        chaque mois de 2029-02 à 2029-02 : 236,55 HT, 283,86 TTC, payé, à partir de F-2029-0013
        01/03/2029 00:00  contract_ended notice, dernier jour 28/02/2029
        01/03/2029 00:00  service_closed
    """)


def test_une_denonciation_retiree_apres_une_facture_partagee_fait_facturer_le_jour_qui_manque() -> None:
    # In force on 31/03: March 2027 is charged for 30 of its 31 days on 19/02, 237,10, and April's adds 7,90.
    vie(
        """
        24/03/2026 10:00  dossier validé, 5 personnes
        31/03/2026 08:00  règle first
        30/04/2026 12:00  règle 2026-04
        chaque mois de 2026-05 à 2027-03 : paie le jour du prélèvement
        10/01/2027 10:00  dénonce le contrat
        25/02/2027 10:00  retire la dénonciation
        """,
        jusquau="31/03/2027",
    ).raconte("""
        24/03/2026 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance 31/03/2026
        31/03/2026 08:00  entre en vigueur : 294,00 payés, dernier jour 30/03/2027
        01/04/2026 06:00  invoice_issued F-2026-0002 2026-04, 7,90 HT, 9,48 TTC, échéance 30/04/2026
        30/04/2026 12:00  payment_settled 2026-04 9,48
        chaque mois de 2026-05 à 2027-02 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0003
        30/12/2026 09:00  reminder_sent notice_limit 60
        10/01/2027 10:00  notice_served client posté le 10/01/2027, fin le 30/03/2027
        chaque mois de 2027-03 à 2027-03 : 237,10 HT, 284,52 TTC, payé, à partir de F-2027-0013
        25/02/2027 10:00  notice_withdrawn
        chaque mois de 2027-04 à 2027-04 : 252,90 HT, 303,48 TTC, à partir de F-2027-0014
    """)
