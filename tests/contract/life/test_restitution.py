"""CGV, articles 12 et 15 : trente jours pour demander ses données, puis leur destruction."""

from tests.contract.life.telling import vie

BEGUN = "17/03/2026 08:00  en vigueur, 5 personnes"
# Notice served in January: the term ends on 16/03/2027, March is charged for its share.
ENDED = f"""
    {BEGUN}
    chaque mois de 2026-04 à 2027-03 : paie le jour du prélèvement
    10/01/2027 10:00  dénonce le contrat
"""
ENDED_TOLD = f"""
    {BEGUN} : 245,00 HT, 294,00 TTC, échéance 24/03/2026, dernier jour 16/03/2027
    chaque mois de 2026-04 à 2026-04 : 118,55 HT, 142,26 TTC, payé, à partir de F-2026-0002
    chaque mois de 2026-05 à 2027-02 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0003
    18/12/2026 09:00  reminder_sent notice_limit 60
    10/01/2027 10:00  notice_served client posté le 10/01/2027, fin le 16/03/2027
    chaque mois de 2027-03 à 2027-03 : 126,45 HT, 151,74 TTC, payé, à partir de F-2027-0013
    17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
    17/03/2027 00:00  service_closed
"""


def test_sans_demande_les_donnees_sont_detruites_apres_trente_jours() -> None:
    # 16/03 and thirty days: Thursday 15/04/2027, a business day.
    vie(ENDED, jusquau="01/01/2029").raconte(f"""
        {ENDED_TOLD}
        16/04/2027 00:00  data_destroyed
    """).reste("ended closed destroyed").attend("")


def test_la_restitution_demandee_le_dernier_jour_et_faite_plus_tard() -> None:
    # Given back on Tuesday 20/04: destroyed at that business day's end.
    vie(
        f"""
        {ENDED}
        17/03/2027 09:00     rend les données
        15/04/2027 23:59:59  demande ses données
        15/04/2027 23:59:59  demande ses données
        20/04/2027 10:00     rend les données
        """,
        jusquau="01/01/2029",
    ).raconte(f"""
        {ENDED_TOLD}
        17/03/2027 09:00     complete_restitution refusé : restitution_not_requested
        15/04/2027 23:59:59  restitution_requested
        20/04/2027 10:00     restitution_completed
        21/04/2027 00:00     data_destroyed
    """)


def test_une_restitution_jamais_faite_retient_la_destruction() -> None:
    vie(
        f"""
        {ENDED}
        01/04/2027 10:00  demande ses données
        """,
        jusquau="01/01/2029",
    ).raconte(f"""
        {ENDED_TOLD}
        01/04/2027 10:00  restitution_requested
    """).reste("ended closed restitution")


def test_une_restitution_faite_aussitot_ne_precipite_pas_la_destruction() -> None:
    vie(
        f"""
        {ENDED}
        18/03/2027 10:00  demande ses données
        19/03/2027 10:00  rend les données
        """,
        jusquau="01/05/2027",
    ).raconte(f"""
        {ENDED_TOLD}
        18/03/2027 10:00  restitution_requested
        19/03/2027 10:00  restitution_completed
        16/04/2027 00:00  data_destroyed
    """)


def test_une_restitution_faite_le_samedi_de_la_pentecote_attend_la_fin_du_mardi() -> None:
    # Given back on Saturday 15/05/2027: the next business day is Tuesday 18/05, after Whit Monday.
    vie(
        f"""
        {ENDED}
        15/04/2027 10:00  demande ses données
        15/05/2027 10:00  rend les données
        """,
        jusquau="01/06/2027",
    ).raconte(f"""
        {ENDED_TOLD}
        15/04/2027 10:00  restitution_requested
        15/05/2027 10:00  restitution_completed
        19/05/2027 00:00  data_destroyed
    """)


def test_la_restitution_se_demande_entre_la_fin_et_les_trente_jours() -> None:
    vie(
        f"""
        {ENDED}
        16/03/2027 23:59:59  demande ses données
        16/04/2027 00:00     demande ses données
        16/04/2027 00:01     rend les données
        """,
        jusquau="01/05/2027",
    ).raconte(f"""
        {ENDED_TOLD}
        16/03/2027 23:59:59  request_restitution refusé : contract_not_ended
        16/04/2027 00:00  data_destroyed
        16/04/2027 00:00  request_restitution refusé : restitution_too_late
        16/04/2027 00:01  complete_restitution refusé : restitution_not_requested
    """)


def test_les_trente_jours_courent_depuis_le_dernier_jour() -> None:
    vie(ENDED, jusquau="18/03/2027").raconte(ENDED_TOLD).attend("""
        destruction 16/04/2027 00:00
        restitution_end 16/04/2027 00:00
    """)
