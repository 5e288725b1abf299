"""CGV, articles 10.1 et 17 : un nouveau prix, de nouvelles CGV, le jour de leur annonce et celui de leur effet."""

import pytest

from tests.contract.life.beginnings import (
    A_PAID_YEAR,
    A_PAID_YEAR_FROM_APRIL_TOLD,
    A_PAID_YEAR_TOLD,
    IN_FORCE_IN_APRIL,
)
from tests.contract.life.telling import vie


def test_un_prix_annonce_le_dernier_jour_vaut_a_la_reconduction() -> None:
    # March's first day is of the old term: March keeps the old price to its end.
    vie(
        f"""
        {A_PAID_YEAR}
        16/02/2027 23:59:59  annonce le prix de 52,00
        """,
        jusquau="20/03/2027",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        16/02/2027 23:59:59  change_announced price à partir du 17/03/2027
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        chaque mois de 2027-04 à 2027-04 : 260,00 HT, 312,00 TTC, à partir de F-2027-0014
    """)


def test_un_prix_annonce_le_lendemain_attend_le_terme_suivant() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        17/02/2027 00:00  annonce le prix de 52,00
        """,
        jusquau="20/03/2027",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        17/02/2027 00:00  change_announced price à partir du 17/03/2028
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        chaque mois de 2027-04 à 2027-04 : 245,00 HT, 294,00 TTC, à partir de F-2027-0014
    """).attend("""
        next_invoice 20/04/2027 06:00
        notice_limit 17/02/2028 00:00
        refusal_limit 17/03/2028 00:00
        term_end 17/03/2028 00:00
    """)


def test_un_terme_d_un_premier_du_mois_facture_le_nouveau_prix_avant_de_commencer() -> None:
    # April's invoice leaves on Friday 19/03, in the old term, for a month whose first day is of the new one.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2027-04 : paie le jour du prélèvement
        28/02/2027 23:59  annonce le prix de 52,00
        """,
        jusquau="02/04/2027",
    ).raconte(f"""
        {A_PAID_YEAR_FROM_APRIL_TOLD}
        28/02/2027 23:59  change_announced price à partir du 01/04/2027
        chaque mois de 2027-04 à 2027-04 : 260,00 HT, 312,00 TTC, payé, à partir de F-2027-0013
        01/04/2027 00:00  contract_renewed dernier jour 31/03/2028
    """)


def test_une_annonce_plus_tardive_pour_le_meme_jour_remplace_la_premiere() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        01/02/2027 10:00  annonce le prix de 60,00
        10/02/2027 10:00  annonce le prix de 50,00
        """,
        jusquau="20/03/2027",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        01/02/2027 10:00  change_announced price à partir du 17/03/2027
        10/02/2027 10:00  change_announced price à partir du 17/03/2027
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        chaque mois de 2027-04 à 2027-04 : 250,00 HT, 300,00 TTC, à partir de F-2027-0014
    """)


def test_une_personne_de_l_ancien_terme_est_regularisee_a_l_ancien_prix() -> None:
    # fay comes on 25/03/2027: April 6 x 52,00 was issued for five; May's invoice adds March 49,00, April 52,00.
    vie(
        f"""
        {A_PAID_YEAR}
        01/02/2027 10:00  annonce le prix de 52,00
        25/03/2027 10:00  inscrit fay
        31/03/2027 12:00  règle 2027-04
        """,
        jusquau="21/04/2027",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        01/02/2027 10:00  change_announced price à partir du 17/03/2027
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        chaque mois de 2027-04 à 2027-04 : 260,00 HT, 312,00 TTC, payé, à partir de F-2027-0014
        25/03/2027 10:00  user_registered fay
        chaque mois de 2027-05 à 2027-05 : 413,00 HT, 495,60 TTC, à partir de F-2027-0015
    """).facture(
        "F-2027-0015",
        """
        subscription x 6 : 312,00
        adjustment : 49,00
        adjustment : 52,00
        413,00 HT + 82,60 TVA = 495,60 TTC, non réglé
        """,
    )


def test_les_cgv_acceptees_en_silence_valent_a_la_reconduction() -> None:
    vie(
        f"""
        {A_PAID_YEAR}
        01/02/2027 10:00  annonce les CGV 2027-01
        18/03/2027 10:00  annonce les CGV 2027-01
        """,
        jusquau="19/03/2027",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        01/02/2027 10:00  change_announced terms à partir du 17/03/2027
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        18/03/2027 10:00  announce_terms refusé : version_current
    """)


def test_une_annonce_sans_contrat_ou_sans_prix_est_refusee() -> None:
    vie(
        """
        02/03/2026 10:00  dossier accepté, 5 personnes
        02/03/2026 11:00  annonce le prix de 52,00
        02/03/2026 11:01  annonce les CGV 2027-01
        17/03/2026 10:00  valide l’identité
        17/03/2026 10:00  règle first
        17/03/2026 11:00  annonce le prix de 0,00
        17/03/2026 11:01  annonce le prix de -1,00
        17/03/2026 11:02  refuse le prix
        17/03/2026 11:03  refuse les CGV
        """,
        jusquau="20/03/2026",
    ).raconte("""
        02/03/2026 10:00  dossier accepté, 5 personnes
        02/03/2026 11:00  announce_price refusé : contract_not_in_force
        02/03/2026 11:01  announce_terms refusé : contract_not_in_force
        17/03/2026 10:00  identity_validated
        17/03/2026 10:00  invoice_issued F-2026-0001 first, 245,00 HT, 294,00 TTC, échéance 24/03/2026
        17/03/2026 10:00  entre en vigueur : 294,00 payés, dernier jour 16/03/2027
        17/03/2026 11:00  announce_price refusé : price_invalid
        17/03/2026 11:01  announce_price refusé : price_invalid
        17/03/2026 11:02  refuse_change refusé : no_change_announced
        17/03/2026 11:03  refuse_change refusé : no_change_announced
    """)


@pytest.mark.parametrize(
    ("begun", "due", "last_day", "limit", "applies", "next_invoice"),
    [
        ("17/03/2026", "24/03/2026", "16/03/2027", "17/02/2027", "17/03/2027", "20/03/2026"),
        ("01/04/2026", "09/04/2026", "31/03/2027", "01/03/2027", "01/04/2027", "20/04/2026"),
        ("01/03/2027", "08/03/2027", "29/02/2028", "01/02/2028", "01/03/2028", "19/03/2027"),
    ],
)
def test_un_changement_annonce_dit_jusqu_a_quand_le_refuser(
    begun: str, due: str, last_day: str, limit: str, applies: str, next_invoice: str
) -> None:
    begins = f"{begun} 08:00  en vigueur, 5 personnes"
    vie(f"{begins}\n{begun} 09:00  annonce le prix de 52,00", jusquau=f"{begun} 10:00").raconte(f"""
        {begins} : 245,00 HT, 294,00 TTC, échéance {due}, dernier jour {last_day}
        {begun} 09:00  change_announced price à partir du {applies}
    """).attend(f"""
        next_invoice {next_invoice} 06:00
        notice_limit {limit} 00:00
        refusal_limit {applies} 00:00
        term_end {applies} 00:00
    """)


def test_deux_prix_annonces_de_part_et_d_autre_du_dernier_jour_se_suivent() -> None:
    # 52,00 from 17/03/2027 on, 60,00 from 17/03/2028 on.
    vie(
        f"""
        {A_PAID_YEAR}
        16/02/2027 10:00  annonce le prix de 52,00
        17/02/2027 10:00  annonce le prix de 60,00
        chaque mois de 2027-04 à 2028-04 : paie le jour du prélèvement
        """,
        jusquau="01/04/2028",
    ).raconte(f"""
        {A_PAID_YEAR_TOLD}
        16/02/2027 10:00  change_announced price à partir du 17/03/2027
        17/02/2027 10:00  change_announced price à partir du 17/03/2028
        17/03/2027 00:00  contract_renewed dernier jour 16/03/2028
        chaque mois de 2027-04 à 2028-03 : 260,00 HT, 312,00 TTC, payé, à partir de F-2027-0014
        18/12/2027 09:00  reminder_sent notice_limit 60
        17/01/2028 09:00  reminder_sent notice_limit 30
        09/02/2028 09:00  reminder_sent notice_limit 7
        17/03/2028 00:00  contract_renewed dernier jour 16/03/2029
        chaque mois de 2028-04 à 2028-04 : 300,00 HT, 360,00 TTC, payé, à partir de F-2028-0026
    """)
