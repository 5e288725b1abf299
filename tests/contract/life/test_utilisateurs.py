"""CGV, articles 5.2, 7 et 10.1 : les personnes inscrites, le minimum du contrat, ce que chaque mois en doit.

Most of these contracts are in force on 1 April 2026: the first month is April in full, and nothing is carried over.
"""

import pytest

from tests.contract.life.beginnings import (
    IN_FORCE_IN_APRIL,
    IN_FORCE_IN_APRIL_TOLD,
    IN_FORCE_IN_MARCH,
    IN_FORCE_IN_MARCH_TOLD,
)
from tests.contract.life.telling import vie


def test_une_personne_ajoutee_avant_l_emission_puis_plus_rien_ne_bouge() -> None:
    # The worked case of art. 10.1: June 6 x 49,00 and May 1 x 49,00.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2026-07 : paie le jour du prélèvement
        12/05/2026 10:00  inscrit fay
        """,
        jusquau="01/07/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2026-05 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        12/05/2026 10:00  user_registered fay
        chaque mois de 2026-06 à 2026-06 : 343,00 HT, 411,60 TTC, payé, à partir de F-2026-0003
        chaque mois de 2026-07 à 2026-07 : 294,00 HT, 352,80 TTC, payé, à partir de F-2026-0004
    """).facture(
        "F-2026-0003",
        """
        subscription x 6 : 294,00
        adjustment : 49,00
        343,00 HT + 68,60 TVA = 411,60 TTC, réglé le 29/05/2026
        """,
    )


def test_une_personne_ajoutee_apres_l_emission() -> None:
    # The worked case of art. 10.1: July 6 x 49,00, May 49,00 and June 49,00.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2026-07 : paie le jour du prélèvement
        28/05/2026 10:00  inscrit fay
        """,
        jusquau="01/07/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2026-06 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        28/05/2026 10:00  user_registered fay
        chaque mois de 2026-07 à 2026-07 : 392,00 HT, 470,40 TTC, payé, à partir de F-2026-0004
    """).facture(
        "F-2026-0004",
        """
        subscription x 6 : 294,00
        adjustment : 49,00
        adjustment : 49,00
        392,00 HT + 78,40 TVA = 470,40 TTC, réglé le 30/06/2026
        """,
    )


@pytest.mark.parametrize(
    ("at", "june", "july"),
    [
        ("20/05/2026 05:59:59", "343,00 HT, 411,60 TTC", "294,00 HT, 352,80 TTC"),
        ("20/05/2026 06:00", "245,00 HT, 294,00 TTC", "392,00 HT, 470,40 TTC"),
        ("20/05/2026 06:00:01", "245,00 HT, 294,00 TTC", "392,00 HT, 470,40 TTC"),
    ],
)
def test_une_personne_ajoutee_a_l_heure_de_l_emission(at: str, june: str, july: str) -> None:
    # At 6 h sharp the invoice leaves first.
    told_before, told_after = (
        (f"{at} user_registered fay", "") if at < "20/05/2026 06:00" else ("", f"{at} user_registered fay")
    )
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        30/04/2026 12:00  règle 2026-05
        {at}  inscrit fay
        29/05/2026 12:00  règle 2026-06
        """,
        jusquau="30/06/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2026-05 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        {told_before}
        chaque mois de 2026-06 à 2026-06 : {june}, payé, à partir de F-2026-0003
        {told_after}
        chaque mois de 2026-07 à 2026-07 : {july}, à partir de F-2026-0004
    """)


def test_une_personne_retiree_puis_revenue_le_meme_mois_n_est_due_qu_une_fois() -> None:
    # Six in May, five in June's invoice; fay is back on 25/05, so that June owes one more.
    vie(
        """
        01/04/2026 08:00  en vigueur, 6 personnes
        chaque mois de 2026-05 à 2026-07 : paie le jour du prélèvement
        12/05/2026 10:00  retire fay
        25/05/2026 10:00  inscrit fay
        """,
        jusquau="01/07/2026",
    ).raconte("""
        01/04/2026 08:00  en vigueur, 6 personnes : 294,00 HT, 352,80 TTC, échéance 09/04/2026, dernier jour 31/03/2027
        chaque mois de 2026-05 à 2026-05 : 294,00 HT, 352,80 TTC, payé, à partir de F-2026-0002
        12/05/2026 10:00  user_removed fay
        chaque mois de 2026-06 à 2026-06 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0003
        25/05/2026 10:00  user_registered fay
        chaque mois de 2026-07 à 2026-07 : 343,00 HT, 411,60 TTC, payé, à partir de F-2026-0004
    """).facture(
        "F-2026-0004",
        """
        subscription x 6 : 294,00
        adjustment : 49,00
        343,00 HT + 68,60 TVA = 411,60 TTC, réglé le 30/06/2026
        """,
    )


def test_une_personne_remplacee_compte_pour_deux_dans_son_mois() -> None:
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2026-07 : paie le jour du prélèvement
        15/05/2026 10:00  retire bob
        15/05/2026 10:01  inscrit fay
        15/05/2026 10:02  retire bob
        15/05/2026 10:03  retire anne
        15/05/2026 10:04  retire hugo
        15/05/2026 10:05  inscrit fay
        """,
        jusquau="01/07/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2026-05 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        15/05/2026 10:00  remove_user refusé : minimum_users
        15/05/2026 10:01  user_registered fay
        15/05/2026 10:02  user_removed bob
        15/05/2026 10:03  remove_user refusé : last_administrator
        15/05/2026 10:04  remove_user refusé : unknown_user
        chaque mois de 2026-06 à 2026-06 : 294,00 HT, 352,80 TTC, payé, à partir de F-2026-0003
        chaque mois de 2026-07 à 2026-07 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0004
    """).facture(
        "F-2026-0003",
        """
        subscription x 5 : 245,00
        adjustment : 49,00
        294,00 HT + 58,80 TVA = 352,80 TTC, réglé le 29/05/2026
        """,
    )


def test_une_personne_suspendue_reste_inscrite_et_due() -> None:
    vie(
        """
        01/04/2026 08:00  en vigueur, 6 personnes
        chaque mois de 2026-05 à 2026-06 : paie le jour du prélèvement
        05/05/2026 10:00  suspend fay
        05/05/2026 10:01  suspend fay
        05/05/2026 10:02  suspend anne
        05/05/2026 10:03  suspend hugo
        05/05/2026 10:04  rétablit bob
        22/05/2026 10:00  rétablit fay
        22/05/2026 10:01  rétablit hugo
        """,
        jusquau="01/06/2026",
    ).raconte("""
        01/04/2026 08:00  en vigueur, 6 personnes : 294,00 HT, 352,80 TTC, échéance 09/04/2026, dernier jour 31/03/2027
        chaque mois de 2026-05 à 2026-06 : 294,00 HT, 352,80 TTC, payé, à partir de F-2026-0002
        05/05/2026 10:00  user_suspended fay
        05/05/2026 10:02  suspend_user refusé : last_administrator
        05/05/2026 10:03  suspend_user refusé : unknown_user
        22/05/2026 10:00  user_restored fay
        22/05/2026 10:01  restore_user refusé : unknown_user
    """)


def test_deux_departs_apres_l_emission_sont_rendus_une_fois_le_mois_passe() -> None:
    # June is invoiced for seven on 20/05. Its invoice of 19/06 finds June running; that of 20/07 finds it over.
    vie(
        """
        01/04/2026 08:00  en vigueur, 7 personnes
        chaque mois de 2026-05 à 2026-08 : paie le jour du prélèvement
        25/05/2026 10:00  retire fay
        25/05/2026 10:00  retire gus
        """,
        jusquau="01/08/2026",
    ).raconte("""
        01/04/2026 08:00  en vigueur, 7 personnes : 343,00 HT, 411,60 TTC, échéance 09/04/2026, dernier jour 31/03/2027
        chaque mois de 2026-05 à 2026-06 : 343,00 HT, 411,60 TTC, payé, à partir de F-2026-0002
        25/05/2026 10:00  user_removed fay
        25/05/2026 10:00  user_removed gus
        chaque mois de 2026-07 à 2026-07 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0004
        chaque mois de 2026-08 à 2026-08 : 147,00 HT, 176,40 TTC, payé, à partir de F-2026-0005
    """).facture(
        "F-2026-0005",
        """
        subscription x 5 : 245,00
        adjustment : -98,00
        147,00 HT + 29,40 TVA = 176,40 TTC, réglé le 31/07/2026
        """,
    )


@pytest.mark.parametrize(
    ("removed", "august", "credited"),
    [
        ("31/05/2026 23:59:59", "196,00 HT, 235,20 TTC", True),
        ("01/06/2026 00:00:01", "245,00 HT, 294,00 TTC", False),
    ],
)
def test_un_depart_autour_du_dernier_minuit_de_mai(removed: str, august: str, credited: bool) -> None:
    # A person registered at any moment of June owes June, a single second of it included.
    lines = ["subscription x 5 : 245,00", *(["adjustment : -49,00"] if credited else [])]
    net, gross = august.removesuffix(" TTC").split(" HT, ")
    vat = {"196,00": "39,20", "245,00": "49,00"}[net]
    vie(
        f"""
        01/04/2026 08:00  en vigueur, 6 personnes
        chaque mois de 2026-05 à 2026-07 : paie le jour du prélèvement
        {removed}  retire fay
        """,
        jusquau="31/07/2026",
    ).raconte(f"""
        01/04/2026 08:00  en vigueur, 6 personnes : 294,00 HT, 352,80 TTC, échéance 09/04/2026, dernier jour 31/03/2027
        chaque mois de 2026-05 à 2026-06 : 294,00 HT, 352,80 TTC, payé, à partir de F-2026-0002
        {removed}  user_removed fay
        chaque mois de 2026-07 à 2026-07 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0004
        chaque mois de 2026-08 à 2026-08 : {august}, à partir de F-2026-0005
    """).facture("F-2026-0005", "\n".join([*lines, f"{net} HT + {vat} TVA = {gross} TTC, non réglé"]))


def test_une_personne_ajoutee_le_mois_de_l_entree_en_vigueur_en_doit_la_meme_part() -> None:
    # In force on 17/03: 15 days of 31. fay owes 49,00 x 15/31 = 23,71 of March; gus, after the 20th, too.
    vie(
        f"""
        {IN_FORCE_IN_MARCH}
        18/03/2026 10:00  inscrit fay
        25/03/2026 10:00  inscrit gus
        31/03/2026 12:00  règle 2026-04
        """,
        jusquau="21/04/2026",
    ).raconte(f"""
        {IN_FORCE_IN_MARCH_TOLD}
        18/03/2026 10:00  user_registered fay
        20/03/2026 06:00  invoice_issued F-2026-0002 2026-04, 191,26 HT, 229,51 TTC, échéance 31/03/2026
        25/03/2026 10:00  user_registered gus
        31/03/2026 12:00  payment_settled 2026-04 229,51
        20/04/2026 06:00  invoice_issued F-2026-0003 2026-05, 415,71 HT, 498,85 TTC, échéance 30/04/2026
    """).facture(
        "F-2026-0002",
        """
        subscription x 6 : 294,00
        adjustment : 23,71
        carry_over : -126,45
        191,26 HT + 38,25 TVA = 229,51 TTC, réglé le 31/03/2026
        """,
    ).facture(
        "F-2026-0003",
        """
        subscription x 7 : 343,00
        adjustment : 23,71
        adjustment : 49,00
        415,71 HT + 83,14 TVA = 498,85 TTC, non réglé
        """,
    )


def test_une_personne_partie_avant_l_entree_en_vigueur_est_rendue_au_meme_prorata() -> None:
    # Seven are paid for, six are there on 17/03: 343,00 - 165,97 carried over; then 23,71 of March given back.
    vie(
        """
        02/03/2026 10:00  dossier validé, 7 personnes
        09/03/2026 08:00  retire gus
        17/03/2026 08:00  règle first
        31/03/2026 12:00  règle 2026-04
        """,
        jusquau="21/04/2026",
    ).raconte("""
        02/03/2026 10:00  dossier validé, 7 personnes : 343,00 HT, 411,60 TTC, échéance 09/03/2026
        09/03/2026 08:00  user_removed gus
        10/03/2026 09:00  reminder_sent first_payment 1
        17/03/2026 08:00  entre en vigueur : 411,60 payés, dernier jour 16/03/2027
        20/03/2026 06:00  invoice_issued F-2026-0002 2026-04, 116,97 HT, 140,36 TTC, échéance 31/03/2026
        31/03/2026 12:00  payment_settled 2026-04 140,36
        20/04/2026 06:00  invoice_issued F-2026-0003 2026-05, 270,29 HT, 324,35 TTC, échéance 30/04/2026
    """).facture(
        "F-2026-0002",
        """
        subscription x 6 : 294,00
        carry_over : -177,03
        116,97 HT + 23,39 TVA = 140,36 TTC, réglé le 31/03/2026
        """,
    ).facture(
        "F-2026-0003",
        """
        subscription x 6 : 294,00
        adjustment : -23,71
        270,29 HT + 54,06 TVA = 324,35 TTC, non réglé
        """,
    )
