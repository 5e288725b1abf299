"""CGV, articles 10.1 et 17 : le client refuse un nouveau prix ou de nouvelles CGV, puis se ravise ou non."""

from tests.contract.life.beginnings import (
    A_PAID_YEAR,
    A_PAID_YEAR_FROM_APRIL_TOLD,
    A_PAID_YEAR_TOLD,
    IN_FORCE_IN_APRIL,
    PAID_TO_FEBRUARY_TOLD,
)
from tests.contract.life.telling import vie


def test_refuser_le_prix_la_derniere_minute_du_terme_y_met_fin() -> None:
    # March left in full on 19/02, when nobody had refused: the half after the term is given back.
    vie(
        f"""
        {A_PAID_YEAR}
        01/02/2027 10:00  annonce le prix de 52,00
        16/03/2027 23:59  refuse le prix
        16/03/2027 23:59  refuse le prix
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        01/02/2027 10:00  change_announced price à partir du 17/03/2027
        16/03/2027 23:59  change_refused price
        17/03/2027 00:00  contract_ended refused_change, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
        17/03/2027 00:00  credit_note_issued A-2027-0001 2027-03, 118,55 HT, 142,26 TTC
    """).reste("ended closed restitution")


def test_refuser_une_minute_plus_tard_ne_refuse_plus_rien() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        01/02/2027 10:00  annonce le prix de 52,00
        17/03/2027 00:00  refuse le prix
        """,
        jusquau="19/03/2027",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        01/02/2027 10:00  change_announced price à partir du 17/03/2027
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        17/03/2027 00:00  refuse_change refusé : no_change_announced
    """)


def test_un_refus_connu_a_temps_arrete_les_rappels_et_partage_le_dernier_mois() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        01/12/2026 10:00  annonce le prix de 52,00
        05/01/2027 10:00  refuse le prix
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {PAID_TO_FEBRUARY_TOLD}
        01/12/2026 10:00  change_announced price à partir du 17/03/2027
        18/12/2026 09:00  reminder_sent notice_limit 60
        05/01/2027 10:00  change_refused price
        chaque mois de 2027-03 à 2027-03 : 126,45 HT, 151,74 TTC, payé, à partir de F-2027-0013
        17/03/2027 00:00  contract_ended refused_change, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
    """)


def test_un_refus_se_reprend_jusqu_a_la_fin_du_terme() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        01/02/2027 10:00  annonce le prix de 52,00
        17/02/2027 09:00  renonce au refus du prix
        20/02/2027 10:00  refuse le prix
        20/02/2027 10:05  renonce au refus des CGV
        16/03/2027 23:59:59  renonce au refus du prix
        """,
        jusquau="20/03/2027",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        01/02/2027 10:00  change_announced price à partir du 17/03/2027
        17/02/2027 09:00  withdraw_refusal refusé : no_refusal
        20/02/2027 10:00  change_refused price
        20/02/2027 10:05  withdraw_refusal refusé : no_refusal
        16/03/2027 23:59:59  refusal_withdrawn price
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        chaque mois de 2027-04 à 2027-04 : 260,00 HT, 312,00 TTC, à partir de F-2027-0014
    """)


def test_un_autre_prix_annonce_pour_le_meme_jour_ne_defait_pas_le_refus() -> None:
    # Whoever has refused and is silent since has not agreed to the second price.
    vie(
        f"""
        {A_PAID_YEAR}
        01/12/2026 10:00  annonce le prix de 52,00
        05/01/2027 10:00  refuse le prix
        06/01/2027 10:00  annonce le prix de 50,00
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {PAID_TO_FEBRUARY_TOLD}
        01/12/2026 10:00  change_announced price à partir du 17/03/2027
        18/12/2026 09:00  reminder_sent notice_limit 60
        05/01/2027 10:00  change_refused price
        06/01/2027 10:00  change_announced price à partir du 17/03/2027
        chaque mois de 2027-03 à 2027-03 : 126,45 HT, 151,74 TTC, payé, à partir de F-2027-0013
        17/03/2027 00:00  contract_ended refused_change, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
    """)


def test_qui_retire_son_refus_est_reconduit_au_dernier_prix_annonce() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        01/02/2027 10:00  annonce le prix de 52,00
        02/02/2027 10:00  refuse le prix
        03/02/2027 10:00  annonce le prix de 50,00
        04/02/2027 10:00  renonce au refus du prix
        """,
        jusquau="20/03/2027",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        01/02/2027 10:00  change_announced price à partir du 17/03/2027
        02/02/2027 10:00  change_refused price
        03/02/2027 10:00  change_announced price à partir du 17/03/2027
        04/02/2027 10:00  refusal_withdrawn price
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        chaque mois de 2027-04 à 2027-04 : 250,00 HT, 300,00 TTC, à partir de F-2027-0014
    """)


def test_une_fois_le_terme_passe_un_refus_ne_se_reprend_plus() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        01/02/2027 10:00  annonce le prix de 52,00
        20/02/2027 10:00  refuse le prix
        17/03/2027 00:00  renonce au refus du prix
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        01/02/2027 10:00  change_announced price à partir du 17/03/2027
        20/02/2027 10:00  change_refused price
        17/03/2027 00:00  contract_ended refused_change, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
        17/03/2027 00:00  credit_note_issued A-2027-0001 2027-03, 118,55 HT, 142,26 TTC
        17/03/2027 00:00  withdraw_refusal refusé : contract_not_in_force
    """)


def test_refuser_apres_l_emission_du_mois_qui_ne_viendra_pas() -> None:
    # April 2027, invoiced on 19/03 at the new price and collected, is given back in full.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2027-04 : paie le jour du prélèvement
        01/02/2027 10:00  annonce le prix de 52,00
        31/03/2027 23:59  refuse le prix
        """,
        jusquau="15/04/2027",
    ).raconte(f"""
        {A_PAID_YEAR_FROM_APRIL_TOLD}
        01/02/2027 10:00  change_announced price à partir du 01/04/2027
        chaque mois de 2027-04 à 2027-04 : 260,00 HT, 312,00 TTC, payé, à partir de F-2027-0013
        31/03/2027 23:59  change_refused price
        01/04/2027 00:00  contract_ended refused_change, dernier jour 31/03/2027
        01/04/2027 00:00  service_closed
        01/04/2027 00:00  credit_note_issued A-2027-0001 2027-03, 260,00 HT, 312,00 TTC
    """)


def test_de_nouvelles_cgv_se_refusent_comme_un_prix() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        01/02/2027 10:00  annonce les CGV 2026-01
        01/02/2027 10:01  annonce les CGV 2027-01
        02/02/2027 10:00  refuse le prix
        02/02/2027 10:01  refuse les CGV
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {PAID_TO_FEBRUARY_TOLD}
        18/12/2026 09:00  reminder_sent notice_limit 60
        17/01/2027 09:00  reminder_sent notice_limit 30
        01/02/2027 10:00  announce_terms refusé : version_current
        01/02/2027 10:01  change_announced terms à partir du 17/03/2027
        02/02/2027 10:00  refuse_change refusé : no_change_announced
        02/02/2027 10:01  change_refused terms
        chaque mois de 2027-03 à 2027-03 : 126,45 HT, 151,74 TTC, payé, à partir de F-2027-0013
        17/03/2027 00:00  contract_ended refused_change, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
    """)


def test_denonce_et_refuse_a_la_fois_le_contrat_finit_par_denonciation() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        01/02/2027 10:00  annonce le prix de 52,00
        02/02/2027 10:00  refuse le prix
        03/02/2027 10:00  dénonce le contrat
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {PAID_TO_FEBRUARY_TOLD}
        18/12/2026 09:00  reminder_sent notice_limit 60
        17/01/2027 09:00  reminder_sent notice_limit 30
        01/02/2027 10:00  change_announced price à partir du 17/03/2027
        02/02/2027 10:00  change_refused price
        03/02/2027 10:00  notice_served client posté le 03/02/2027, fin le 16/03/2027
        chaque mois de 2027-03 à 2027-03 : 126,45 HT, 151,74 TTC, payé, à partir de F-2027-0013
        17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
    """)


def test_un_refus_repris_apres_une_facture_partagee_fait_facturer_le_reste_du_mois() -> None:
    # March was charged for its share, 126,45, when it was to be the last: April's invoice adds what lacks, 118,55.
    vie(
        f"""
        {A_PAID_YEAR}
        01/12/2026 10:00  annonce le prix de 52,00
        05/01/2027 10:00  refuse le prix
        16/03/2027 23:59  renonce au refus du prix
        """,
        jusquau="20/03/2027",
    ).raconte(f"""
        {PAID_TO_FEBRUARY_TOLD}
        01/12/2026 10:00  change_announced price à partir du 17/03/2027
        18/12/2026 09:00  reminder_sent notice_limit 60
        05/01/2027 10:00  change_refused price
        chaque mois de 2027-03 à 2027-03 : 126,45 HT, 151,74 TTC, payé, à partir de F-2027-0013
        16/03/2027 23:59  refusal_withdrawn price
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        chaque mois de 2027-04 à 2027-04 : 378,55 HT, 454,26 TTC, à partir de F-2027-0014
    """).facture(
        "F-2027-0014",
        """
        subscription x 5 : 260,00
        adjustment : 118,55
        378,55 HT + 75,71 TVA = 454,26 TTC, non réglé
        """,
    )


def test_refuser_un_changement_annonce_trop_tard_met_fin_au_terme_suivant() -> None:
    # Announced on 17/02/2027 for 17/03/2028: the contract is renewed once, and no one is reminded of 2028's limit.
    vie(
        f"""
        {A_PAID_YEAR}
        17/02/2027 10:00  annonce le prix de 60,00
        20/02/2027 10:00  refuse le prix
        chaque mois de 2027-04 à 2028-03 : paie le jour du prélèvement
        """,
        jusquau="01/04/2028",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        17/02/2027 10:00  change_announced price à partir du 17/03/2028
        20/02/2027 10:00  change_refused price
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        chaque mois de 2027-04 à 2028-02 : 245,00 HT, 294,00 TTC, payé, à partir de F-2027-0014
        chaque mois de 2028-03 à 2028-03 : 126,45 HT, 151,74 TTC, payé, à partir de F-2028-0025
        17/03/2028 00:00  contract_ended refused_change, dernier jour 16/03/2028
        17/03/2028 00:00  service_closed
    """)
