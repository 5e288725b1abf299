"""CGV, articles 9 et 16 : la dénonciation, son délai d’un mois, la poste qui fait foi, le retrait."""

import pytest

from tests.contract.life.beginnings import (
    A_PAID_YEAR,
    APRIL_PAID_TOLD,
    IN_FORCE_IN_MARCH,
    PAID_TO_FEBRUARY_TOLD,
)
from tests.contract.life.telling import vie

# Eleven months from April 2026 on; each case says what becomes of March 2027, and of the third reminder.
ELEVEN_MONTHS_TOLD = f"""
    {PAID_TO_FEBRUARY_TOLD}
    18/12/2026 09:00  reminder_sent notice_limit 60
    17/01/2027 09:00  reminder_sent notice_limit 30
"""
SEVEN_DAYS = "09/02/2027 09:00  reminder_sent notice_limit 7"
LAST_SHARE = "chaque mois de 2027-03 à 2027-03 : 126,45 HT, 151,74 TTC, payé, à partir de F-2027-0013"
FULL_MARCH = "chaque mois de 2027-03 à 2027-03 : 245,00 HT, 294,00 TTC, payé, à partir de F-2027-0013"


@pytest.mark.parametrize("day", range(7, 17))
def test_denoncer_chacun_des_dix_derniers_jours_met_fin_au_terme(day: int) -> None:
    # March's share, 245,00 - 118,55, is known when its invoice leaves on Friday 19/02.
    vie(
        f"""
        {A_PAID_YEAR}
        {day:02}/02/2027 23:59  dénonce le contrat
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {ELEVEN_MONTHS_TOLD}
        {SEVEN_DAYS if day >= 9 else ""}
        {day:02}/02/2027 23:59  notice_served client posté le {day:02}/02/2027, fin le 16/03/2027
        {LAST_SHARE}
        17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
    """).reste("ended closed restitution").doit("0,00 + 0,00 + 0,00 = 0,00")


def test_denoncer_le_lendemain_met_fin_au_terme_suivant() -> None:
    # Renewed first; the second term is not reminded of a limit that no longer concerns anyone.
    vie(
        f"""
        {A_PAID_YEAR}
        17/02/2027 00:00  dénonce le contrat
        chaque mois de 2027-04 à 2028-03 : paie le jour du prélèvement
        """,
        jusquau="01/04/2028",
    ).raconte(f"""
        {ELEVEN_MONTHS_TOLD}
        {SEVEN_DAYS}
        17/02/2027 00:00  notice_served client posté le 17/02/2027, fin le 16/03/2028
        {FULL_MARCH}
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        chaque mois de 2027-04 à 2028-02 : 245,00 HT, 294,00 TTC, payé, à partir de F-2027-0014
        chaque mois de 2028-03 à 2028-03 : 126,45 HT, 151,74 TTC, payé, à partir de F-2028-0025
        17/03/2028 00:00  contract_ended notice, dernier jour 16/03/2028
        17/03/2028 00:00  service_closed
    """)


def test_le_cachet_de_la_poste_fait_foi() -> None:
    # Posted on the last day, received on 22/02, after March's invoice left in full: its other half is given back.
    vie(
        f"""
        {A_PAID_YEAR}
        22/02/2027 10:00  dénonce le contrat, posté le 16/02/2027
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {ELEVEN_MONTHS_TOLD}
        {SEVEN_DAYS}
        {FULL_MARCH}
        22/02/2027 10:00  notice_served client posté le 16/02/2027, fin le 16/03/2027
        17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
        17/03/2027 00:00  credit_note_issued A-2027-0001 2027-03, 118,55 HT, 142,26 TTC
    """)


def test_une_denonciation_du_lendemain_a_venir_ou_d_un_terme_passe_est_refusee() -> None:
    vie(
        f"""
        {IN_FORCE_IN_MARCH}
        31/03/2026 12:00  règle 2026-04
        01/04/2026 10:00  retire la dénonciation
        01/04/2026 10:01  dénonce le contrat, posté le 02/04/2026
        01/04/2026 10:02  dénonce le contrat, posté le 16/03/2026
        01/04/2026 10:03  dénonce le contrat, posté le 17/03/2026
        01/04/2026 10:04  dénonce le contrat
        01/04/2026 10:05  le vendeur dénonce le contrat
        """,
        jusquau="02/04/2026",
    ).raconte(f"""
        {APRIL_PAID_TOLD}
        01/04/2026 10:00  withdraw_notice refusé : no_notice
        01/04/2026 10:01  serve_notice refusé : notice_in_future
        01/04/2026 10:02  serve_notice refusé : notice_before_term
        01/04/2026 10:03  notice_served client posté le 17/03/2026, fin le 16/03/2027
    """)


def test_une_denonciation_se_retire_jusqu_a_la_fin_du_dernier_jour() -> None:
    # No reminder is sent while the notice stands: that of 09/02 has passed when it is withdrawn.
    vie(
        f"""
        {A_PAID_YEAR}
        05/02/2027 10:00     dénonce le contrat
        16/02/2027 23:59:59  retire la dénonciation
        16/02/2027 23:59:59  retire la dénonciation
        """,
        jusquau="19/03/2027",
    ).raconte(f"""
        {ELEVEN_MONTHS_TOLD}
        05/02/2027 10:00     notice_served client posté le 05/02/2027, fin le 16/03/2027
        16/02/2027 23:59:59  notice_withdrawn
        16/02/2027 23:59:59  withdraw_notice refusé : no_notice
        {FULL_MARCH}
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
    """)


def test_une_seconde_plus_tard_la_denonciation_demeure() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        05/02/2027 10:00  dénonce le contrat
        17/02/2027 00:00  retire la dénonciation
        """,
        jusquau="19/03/2027",
    ).raconte(f"""
        {ELEVEN_MONTHS_TOLD}
        05/02/2027 10:00  notice_served client posté le 05/02/2027, fin le 16/03/2027
        17/02/2027 00:00  withdraw_notice refusé : notice_limit_passed
        {LAST_SHARE}
        17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
    """)


def test_une_denonciation_retiree_assez_tot_laisse_venir_le_dernier_rappel() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        20/12/2026 10:00  dénonce le contrat
        05/02/2027 10:00  retire la dénonciation
        """,
        jusquau="19/03/2027",
    ).raconte(f"""
        {PAID_TO_FEBRUARY_TOLD}
        18/12/2026 09:00  reminder_sent notice_limit 60
        20/12/2026 10:00  notice_served client posté le 20/12/2026, fin le 16/03/2027
        05/02/2027 10:00  notice_withdrawn
        {SEVEN_DAYS}
        {FULL_MARCH}
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
    """)


def test_le_vendeur_denonce_aux_memes_conditions() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        18/02/2027 10:00  le vendeur dénonce le contrat, posté le 16/02/2027
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {ELEVEN_MONTHS_TOLD}
        {SEVEN_DAYS}
        18/02/2027 10:00  notice_served vendor posté le 16/02/2027, fin le 16/03/2027
        {LAST_SHARE}
        17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
    """)


def test_une_denonciation_avant_l_entree_en_vigueur_n_a_pas_d_objet() -> None:
    vie(
        """
        02/03/2026 10:00  dossier accepté, 5 personnes
        02/03/2026 11:00  dénonce le contrat
        """,
        jusquau="03/03/2026",
    ).raconte("""
        02/03/2026 10:00  dossier accepté, 5 personnes
        02/03/2026 11:00  serve_notice refusé : contract_not_in_force
    """)


def test_une_seconde_denonciation_compte_si_elle_finit_le_contrat_plus_tot() -> None:
    # A letter of 17/02, a day late, ends the next term; one of 16/02 arrives after it and was in time, and the
    # vendor's own, late, changes nothing. March, invoiced whole on 19/02, is given back from the 17th on.
    vie(
        f"""
        {A_PAID_YEAR}
        18/02/2027 10:00  dénonce le contrat, posté le 17/02/2027
        22/02/2027 10:00  dénonce le contrat, posté le 16/02/2027
        22/02/2027 11:00  le vendeur dénonce le contrat
        """,
        jusquau="19/03/2027",
    ).raconte(f"""
        {ELEVEN_MONTHS_TOLD}
        {SEVEN_DAYS}
        18/02/2027 10:00  notice_served client posté le 17/02/2027, fin le 16/03/2028
        {FULL_MARCH}
        22/02/2027 10:00  notice_served client posté le 16/02/2027, fin le 16/03/2027
        17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
        17/03/2027 00:00  credit_note_issued A-2027-0001 2027-03, 118,55 HT, 142,26 TTC
    """)


def test_une_denonciation_tardive_se_retire_jusqu_au_dernier_jour_du_terme_qu_elle_finit() -> None:
    # Withdrawn on 16/02/2028, its own last day: the second term's reminders have passed, and the third begins.
    vie(
        f"""
        {A_PAID_YEAR}
        17/02/2027 10:00     dénonce le contrat
        chaque mois de 2027-04 à 2028-03 : paie le jour du prélèvement
        16/02/2028 23:59:59  retire la dénonciation
        """,
        jusquau="20/03/2028",
    ).raconte(f"""
        {ELEVEN_MONTHS_TOLD}
        {SEVEN_DAYS}
        17/02/2027 10:00     notice_served client posté le 17/02/2027, fin le 16/03/2028
        {FULL_MARCH}
        17/03/2027 00:00     contract_renewed dernier jour 16/03/2028
        chaque mois de 2027-04 à 2028-03 : 245,00 HT, 294,00 TTC, payé, à partir de F-2027-0014
        16/02/2028 23:59:59  notice_withdrawn
        17/03/2028 00:00     contract_renewed dernier jour 16/03/2029
    """)


def test_une_lettre_du_terme_precedent_arrivee_apres_la_reconduction_est_refusee() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        18/03/2027 10:00  dénonce le contrat, posté le 16/02/2027
        18/03/2027 10:01  dénonce le contrat, posté le 16/03/2027
        18/03/2027 10:02  dénonce le contrat, posté le 17/03/2027
        """,
        jusquau="19/03/2027",
    ).raconte(f"""
        {ELEVEN_MONTHS_TOLD}
        {SEVEN_DAYS}
        {FULL_MARCH}
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        18/03/2027 10:00  serve_notice refusé : notice_before_term
        18/03/2027 10:01  serve_notice refusé : notice_before_term
        18/03/2027 10:02  notice_served client posté le 17/03/2027, fin le 16/03/2028
    """)
