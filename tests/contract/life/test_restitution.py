"""CGV, articles 12 et 15 : trente jours pour demander ses données, puis leur destruction."""

from tests.contract.life.beginnings import ENDED_BY_NOTICE, ENDED_BY_NOTICE_TOLD
from tests.contract.life.telling import vie


def test_sans_demande_les_donnees_sont_detruites_apres_trente_jours() -> None:
    # 16/03 and thirty days: Thursday 15/04/2027, a business day.
    vie(ENDED_BY_NOTICE, jusquau="01/01/2029").raconte(f"""
        {ENDED_BY_NOTICE_TOLD}
        16/04/2027 00:00  data_destroyed
    """).reste("ended closed destroyed").attend("")


def test_la_restitution_demandee_le_dernier_jour_et_faite_plus_tard() -> None:
    # Given back on Tuesday 20/04: destroyed at that business day's end.
    vie(
        f"""
        {ENDED_BY_NOTICE}
        17/03/2027 09:00     rend les données
        15/04/2027 23:59:59  demande ses données
        15/04/2027 23:59:59  demande ses données
        20/04/2027 10:00     rend les données
        """,
        jusquau="01/01/2029",
    ).raconte(f"""
        {ENDED_BY_NOTICE_TOLD}
        17/03/2027 09:00     complete_restitution refusé : restitution_not_requested
        15/04/2027 23:59:59  restitution_requested
        20/04/2027 10:00     restitution_completed
        21/04/2027 00:00     data_destroyed
    """)


def test_une_restitution_jamais_faite_retient_la_destruction() -> None:
    vie(
        f"""
        {ENDED_BY_NOTICE}
        01/04/2027 10:00  demande ses données
        """,
        jusquau="01/01/2029",
    ).raconte(f"""
        {ENDED_BY_NOTICE_TOLD}
        01/04/2027 10:00  restitution_requested
    """).reste("ended closed restitution")


def test_une_restitution_faite_aussitot_ne_precipite_pas_la_destruction() -> None:
    vie(
        f"""
        {ENDED_BY_NOTICE}
        18/03/2027 10:00  demande ses données
        19/03/2027 10:00  rend les données
        """,
        jusquau="01/05/2027",
    ).raconte(f"""
        {ENDED_BY_NOTICE_TOLD}
        18/03/2027 10:00  restitution_requested
        19/03/2027 10:00  restitution_completed
        16/04/2027 00:00  data_destroyed
    """)


def test_une_restitution_faite_le_samedi_de_la_pentecote_attend_la_fin_du_mardi() -> None:
    # Given back on Saturday 15/05/2027: the next business day is Tuesday 18/05, after Whit Monday.
    vie(
        f"""
        {ENDED_BY_NOTICE}
        15/04/2027 10:00  demande ses données
        15/05/2027 10:00  rend les données
        """,
        jusquau="01/06/2027",
    ).raconte(f"""
        {ENDED_BY_NOTICE_TOLD}
        15/04/2027 10:00  restitution_requested
        15/05/2027 10:00  restitution_completed
        19/05/2027 00:00  data_destroyed
    """)


def test_la_restitution_se_demande_entre_la_fin_et_les_trente_jours() -> None:
    vie(
        f"""
        {ENDED_BY_NOTICE}
        16/03/2027 23:59:59  demande ses données
        16/04/2027 00:00     demande ses données
        16/04/2027 00:01     rend les données
        """,
        jusquau="01/05/2027",
    ).raconte(f"""
        {ENDED_BY_NOTICE_TOLD}
        16/03/2027 23:59:59  request_restitution refusé : contract_not_ended
        16/04/2027 00:00  data_destroyed
        16/04/2027 00:00  request_restitution refusé : restitution_too_late
        16/04/2027 00:01  complete_restitution refusé : restitution_not_requested
    """)


def test_les_trente_jours_courent_depuis_le_dernier_jour() -> None:
    vie(ENDED_BY_NOTICE, jusquau="18/03/2027").raconte(ENDED_BY_NOTICE_TOLD).attend("""
        destruction 16/04/2027 00:00
        restitution_end 16/04/2027 00:00
    """)
