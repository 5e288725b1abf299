"""CGV, articles 10.1 à 10.3 : les options, les mois, les avoirs, les numéros, les jours d’émission et de prélèvement."""

from tests.contract.life.beginnings import (
    IN_FORCE_IN_APRIL,
    IN_FORCE_IN_APRIL_TOLD,
    IN_FORCE_IN_MARCH,
    NOTICE_SERVED_TOLD,
)
from tests.contract.life.telling import vie


def test_les_options_de_l_essai_viennent_sur_la_premiere_facture_mensuelle() -> None:
    # Recurring before one-off, in the order of the first orders; two orders of storage make one line.
    vie(
        """
        02/03/2026 10:00  ouvre un essai avec bob
        03/03/2026 10:00  commande start
        04/03/2026 10:00  commande storage x 2
        05/03/2026 10:00  commande training
        06/03/2026 10:00  commande storage
        12/03/2026 10:00  envoie le contrat
        12/03/2026 10:00  envoie le mandat
        12/03/2026 10:00  envoie un K-bis du 01/03/2026
        13/03/2026 10:00  valide le contrat
        13/03/2026 10:00  valide le mandat
        13/03/2026 10:00  valide le K-bis
        13/03/2026 10:00  valide l’identité
        17/03/2026 10:00  règle first
        31/03/2026 12:00  règle 2026-04
        """,
        jusquau="21/04/2026",
    ).raconte("""
        02/03/2026 10:00  ouvre un essai avec bob
        03/03/2026 10:00  option_ordered start x 1
        04/03/2026 10:00  option_ordered storage x 2
        05/03/2026 10:00  option_ordered training x 1
        06/03/2026 10:00  option_ordered storage x 1
        12/03/2026 10:00  document_received contrat
        12/03/2026 10:00  document_received mandat
        12/03/2026 10:00  document_received K-bis du 01/03/2026
        13/03/2026 10:00  document_accepted contrat
        13/03/2026 10:00  document_accepted mandat
        13/03/2026 10:00  document_accepted K-bis
        13/03/2026 10:00  identity_validated
        13/03/2026 10:00  invoice_issued F-2026-0001 first, 245,00 HT, 294,00 TTC, échéance 20/03/2026
        17/03/2026 10:00  payment_settled first 294,00
        17/03/2026 10:00  contract_in_force dernier jour 16/03/2027
        20/03/2026 06:00  invoice_issued F-2026-0002 2026-04, 943,55 HT, 1132,26 TTC, échéance 31/03/2026
        31/03/2026 12:00  payment_settled 2026-04 1132,26
        20/04/2026 06:00  invoice_issued F-2026-0003 2026-05, 290,00 HT, 348,00 TTC, échéance 30/04/2026
    """).facture(
        "F-2026-0002",
        """
        subscription x 5 : 245,00
        carry_over : -126,45
        option x 3 : 45,00
        option x 1 : 490,00
        option x 1 : 290,00
        943,55 HT + 188,71 TVA = 1132,26 TTC, réglé le 31/03/2026
        """,
    ).facture(
        "F-2026-0003",
        """
        subscription x 5 : 245,00
        option x 3 : 45,00
        290,00 HT + 58,00 TVA = 348,00 TTC, non réglé
        """,
    )


def test_une_option_commandee_avant_et_une_autre_apres_l_emission() -> None:
    # A recurring option is charged from the month after; a one-off one once, on the next invoice.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2026-08 : paie le jour du prélèvement
        10/05/2026 10:00  commande storage
        20/05/2026 06:00  commande training x 2
        21/05/2026 10:00  commande storage x 3
        """,
        jusquau="01/08/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        chaque mois de 2026-05 à 2026-05 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        10/05/2026 10:00  option_ordered storage x 1
        chaque mois de 2026-06 à 2026-06 : 260,00 HT, 312,00 TTC, payé, à partir de F-2026-0003
        20/05/2026 06:00  option_ordered training x 2
        21/05/2026 10:00  option_ordered storage x 3
        chaque mois de 2026-07 à 2026-07 : 885,00 HT, 1062,00 TTC, payé, à partir de F-2026-0004
        chaque mois de 2026-08 à 2026-08 : 305,00 HT, 366,00 TTC, payé, à partir de F-2026-0005
    """).facture(
        "F-2026-0004",
        """
        subscription x 5 : 245,00
        option x 4 : 60,00
        option x 2 : 580,00
        885,00 HT + 177,00 TVA = 1062,00 TTC, réglé le 30/06/2026
        """,
    )


def test_une_annee_de_factures_coute_douze_mois() -> None:
    # First share 118,55 and last share 126,45 make one month; every 20th that is closed is anticipated.
    vie(
        f"""
        {IN_FORCE_IN_MARCH}
        chaque mois de 2026-04 à 2027-03 : paie le jour du prélèvement
        10/01/2027 10:00  dénonce le contrat
        """,
        jusquau="01/04/2027",
    ).raconte(f"""
        {NOTICE_SERVED_TOLD}
        chaque mois de 2027-03 à 2027-03 : 126,45 HT, 151,74 TTC, payé, à partir de F-2027-0013
        17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
        17/03/2027 00:00  service_closed
    """).doit("0,00 + 0,00 + 0,00 = 0,00").reste("ended closed restitution")


def test_des_departs_qui_depassent_le_mois_font_un_avoir_repris_sur_les_factures_suivantes() -> None:
    # A grid without minimum. June is invoiced for eight, one is left: August's 49,00 less 7 x 49,00 of June.
    # The credit of 352,80 covers September to January, 58,80 each, and what is left of it, 58,80, February.
    vie(
        """
        01/04/2026 08:00  en vigueur, 8 personnes
        chaque mois de 2026-05 à 2026-07 : paie le jour du prélèvement
        25/05/2026 10:00  retire bob
        25/05/2026 10:00  retire chloe
        25/05/2026 10:00  retire dan
        25/05/2026 10:00  retire eve
        25/05/2026 10:00  retire fay
        25/05/2026 10:00  retire gus
        25/05/2026 10:00  retire hugo
        """,
        jusquau="29/12/2026",
        minimum_users=1,
    ).raconte("""
        01/04/2026 08:00  en vigueur, 8 personnes : 392,00 HT, 470,40 TTC, échéance 09/04/2026, dernier jour 31/03/2027
        chaque mois de 2026-05 à 2026-06 : 392,00 HT, 470,40 TTC, payé, à partir de F-2026-0002
        25/05/2026 10:00  user_removed bob
        25/05/2026 10:00  user_removed chloe
        25/05/2026 10:00  user_removed dan
        25/05/2026 10:00  user_removed eve
        25/05/2026 10:00  user_removed fay
        25/05/2026 10:00  user_removed gus
        25/05/2026 10:00  user_removed hugo
        chaque mois de 2026-07 à 2026-07 : 49,00 HT, 58,80 TTC, payé, à partir de F-2026-0004
        20/07/2026 06:00  credit_note_issued A-2026-0001 2026-08, 294,00 HT, 352,80 TTC
        chaque mois de 2026-09 à 2027-01 : 49,00 HT, 58,80 TTC, à partir de F-2026-0005
    """).facture(
        "A-2026-0001",
        """
        subscription x -1 : -49,00
        adjustment : 343,00
        294,00 HT + 58,80 TVA = 352,80 TTC
        """,
    ).facture(
        "F-2026-0009",
        """
        subscription x 1 : 49,00
        49,00 HT + 9,80 TVA = 58,80 TTC, réglé le 18/12/2026
        """,
    ).doit("0,00 + 0,00 + 0,00 = 0,00")


def test_un_total_de_zero_est_une_facture_deja_reglee() -> None:
    # Minimum 2, four persons in June's invoice, two left: August's 98,00 less June's 98,00.
    vie(
        """
        01/04/2026 08:00  en vigueur, 4 personnes
        chaque mois de 2026-05 à 2026-07 : paie le jour du prélèvement
        25/05/2026 10:00  retire bob
        25/05/2026 10:00  retire chloe
        25/05/2026 10:00  retire dan
        """,
        jusquau="20/08/2026",
        minimum_users=2,
    ).raconte("""
        01/04/2026 08:00  en vigueur, 4 personnes : 196,00 HT, 235,20 TTC, échéance 09/04/2026, dernier jour 31/03/2027
        chaque mois de 2026-05 à 2026-06 : 196,00 HT, 235,20 TTC, payé, à partir de F-2026-0002
        25/05/2026 10:00  user_removed bob
        25/05/2026 10:00  user_removed chloe
        25/05/2026 10:00  remove_user refusé : minimum_users
        chaque mois de 2026-07 à 2026-07 : 98,00 HT, 117,60 TTC, payé, à partir de F-2026-0004
        chaque mois de 2026-08 à 2026-08 : 0,00 HT, 0,00 TTC, à partir de F-2026-0005
    """).facture(
        "F-2026-0005",
        """
        subscription x 2 : 98,00
        adjustment : -98,00
        0,00 HT + 0,00 TVA = 0,00 TTC, réglé le 20/07/2026
        """,
    ).doit("0,00 + 0,00 + 0,00 = 0,00")


def test_la_tva_de_la_grille_arrondie_une_fois_sur_le_total() -> None:
    # 5 x 49,03 = 245,15; 8,5 % of it is 20,83775. April's share of 15 days of 31: 118,62, and 10,08.
    vie(
        f"""
        {IN_FORCE_IN_MARCH}
        """,
        jusquau="31/03/2026",
        user_month_cents=4903,
        vat_percent=8.5,
    ).raconte("""
        17/03/2026 08:00  en vigueur, 5 personnes : 245,15 HT, 265,99 TTC, échéance 24/03/2026, dernier jour 16/03/2027
        20/03/2026 06:00  invoice_issued F-2026-0002 2026-04, 118,62 HT, 128,70 TTC, échéance 31/03/2026
    """).facture(
        "F-2026-0002",
        """
        subscription x 5 : 245,15
        carry_over : -126,53
        118,62 HT + 10,08 TVA = 128,70 TTC, non réglé
        """,
    )


def test_un_avoir_couvre_une_partie_d_une_facture_et_la_penalite_ne_porte_que_sur_le_reste() -> None:
    # August: 49,00 less 3 x 49,00 of June, 98,00. September: 339,00, 406,80 with VAT, of which 117,60 are covered.
    # Left unpaid, 289,20 are 241,00 without VAT: 241,00 x 12,62 % / 12 = 2,53.
    vie(
        """
        01/04/2026 08:00  en vigueur, 4 personnes
        chaque mois de 2026-05 à 2026-07 : paie le jour du prélèvement
        25/05/2026 10:00  retire bob
        25/05/2026 10:00  retire chloe
        25/05/2026 10:00  retire dan
        10/08/2026 10:00  commande training
        10/09/2026 10:00  règle tout
        """,
        jusquau="18/09/2026",
        minimum_users=1,
        taux={"2026-2": 262},
    ).raconte("""
        01/04/2026 08:00  en vigueur, 4 personnes : 196,00 HT, 235,20 TTC, échéance 09/04/2026, dernier jour 31/03/2027
        chaque mois de 2026-05 à 2026-06 : 196,00 HT, 235,20 TTC, payé, à partir de F-2026-0002
        25/05/2026 10:00  user_removed bob
        25/05/2026 10:00  user_removed chloe
        25/05/2026 10:00  user_removed dan
        chaque mois de 2026-07 à 2026-07 : 49,00 HT, 58,80 TTC, payé, à partir de F-2026-0004
        20/07/2026 06:00  credit_note_issued A-2026-0001 2026-08, 98,00 HT, 117,60 TTC
        10/08/2026 10:00  option_ordered training x 1
        chaque mois de 2026-09 à 2026-09 : 339,00 HT, 406,80 TTC, à partir de F-2026-0005
        01/09/2026 09:00  default_recorded 2026-09, suspension le 15/09/2026 18:00
        10/09/2026 10:00  payment_settled 2026-09 289,20, pénalités 2,53, indemnité 40,00
    """)
