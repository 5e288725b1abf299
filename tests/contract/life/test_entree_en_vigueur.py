"""CGV, articles 5.1, 9 et 10 : le jour de l’entrée en vigueur, le terme qu’il fixe, le premier mois partagé."""

import pytest

from tests.contract.life.telling import vie

# Each day of March 2026: the day the portal validated the dossier and the first month's due day; the term's last
# day; what of the 245,00 paid is carried over to April, which makes April cost its complement; the first monthly
# invoice. It leaves on the 20th at 6 h, or on the day itself while five business days are left to announce the
# collection of 31/03 (until the 24th), else on 1 April. Whatever the day, the next is May's, in full.
EVERY_DAY_OF_MARCH = """
in force   | validated  | due        | last day   | carried |  April | VAT   | total  | issued           | due
01/03/2026 | 01/03/2026 | 06/03/2026 | 28/02/2027 |    0,00 | 245,00 | 49,00 | 294,00 | 20/03/2026 06:00 | 31/03/2026
02/03/2026 | 02/03/2026 | 09/03/2026 | 01/03/2027 |   -7,90 | 237,10 | 47,42 | 284,52 | 20/03/2026 06:00 | 31/03/2026
03/03/2026 | 03/03/2026 | 10/03/2026 | 02/03/2027 |  -15,81 | 229,19 | 45,84 | 275,03 | 20/03/2026 06:00 | 31/03/2026
04/03/2026 | 04/03/2026 | 11/03/2026 | 03/03/2027 |  -23,71 | 221,29 | 44,26 | 265,55 | 20/03/2026 06:00 | 31/03/2026
05/03/2026 | 05/03/2026 | 12/03/2026 | 04/03/2027 |  -31,61 | 213,39 | 42,68 | 256,07 | 20/03/2026 06:00 | 31/03/2026
06/03/2026 | 06/03/2026 | 13/03/2026 | 05/03/2027 |  -39,52 | 205,48 | 41,10 | 246,58 | 20/03/2026 06:00 | 31/03/2026
07/03/2026 | 07/03/2026 | 13/03/2026 | 06/03/2027 |  -47,42 | 197,58 | 39,52 | 237,10 | 20/03/2026 06:00 | 31/03/2026
08/03/2026 | 08/03/2026 | 13/03/2026 | 07/03/2027 |  -55,32 | 189,68 | 37,94 | 227,62 | 20/03/2026 06:00 | 31/03/2026
09/03/2026 | 09/03/2026 | 16/03/2026 | 08/03/2027 |  -63,23 | 181,77 | 36,35 | 218,12 | 20/03/2026 06:00 | 31/03/2026
10/03/2026 | 10/03/2026 | 17/03/2026 | 09/03/2027 |  -71,13 | 173,87 | 34,77 | 208,64 | 20/03/2026 06:00 | 31/03/2026
11/03/2026 | 11/03/2026 | 18/03/2026 | 10/03/2027 |  -79,03 | 165,97 | 33,19 | 199,16 | 20/03/2026 06:00 | 31/03/2026
12/03/2026 | 12/03/2026 | 19/03/2026 | 11/03/2027 |  -86,94 | 158,06 | 31,61 | 189,67 | 20/03/2026 06:00 | 31/03/2026
13/03/2026 | 13/03/2026 | 20/03/2026 | 12/03/2027 |  -94,84 | 150,16 | 30,03 | 180,19 | 20/03/2026 06:00 | 31/03/2026
14/03/2026 | 14/03/2026 | 20/03/2026 | 13/03/2027 | -102,74 | 142,26 | 28,45 | 170,71 | 20/03/2026 06:00 | 31/03/2026
15/03/2026 | 15/03/2026 | 20/03/2026 | 14/03/2027 | -110,65 | 134,35 | 26,87 | 161,22 | 20/03/2026 06:00 | 31/03/2026
16/03/2026 | 16/03/2026 | 23/03/2026 | 15/03/2027 | -118,55 | 126,45 | 25,29 | 151,74 | 20/03/2026 06:00 | 31/03/2026
17/03/2026 | 17/03/2026 | 24/03/2026 | 16/03/2027 | -126,45 | 118,55 | 23,71 | 142,26 | 20/03/2026 06:00 | 31/03/2026
18/03/2026 | 18/03/2026 | 25/03/2026 | 17/03/2027 | -134,35 | 110,65 | 22,13 | 132,78 | 20/03/2026 06:00 | 31/03/2026
19/03/2026 | 19/03/2026 | 26/03/2026 | 18/03/2027 | -142,26 | 102,74 | 20,55 | 123,29 | 20/03/2026 06:00 | 31/03/2026
20/03/2026 | 20/03/2026 | 27/03/2026 | 19/03/2027 | -150,16 |  94,84 | 18,97 | 113,81 | 20/03/2026 10:00 | 31/03/2026
21/03/2026 | 21/03/2026 | 27/03/2026 | 20/03/2027 | -158,06 |  86,94 | 17,39 | 104,33 | 21/03/2026 10:00 | 31/03/2026
22/03/2026 | 22/03/2026 | 27/03/2026 | 21/03/2027 | -165,97 |  79,03 | 15,81 |  94,84 | 22/03/2026 10:00 | 31/03/2026
23/03/2026 | 23/03/2026 | 30/03/2026 | 22/03/2027 | -173,87 |  71,13 | 14,23 |  85,36 | 23/03/2026 10:00 | 31/03/2026
24/03/2026 | 24/03/2026 | 31/03/2026 | 23/03/2027 | -181,77 |  63,23 | 12,65 |  75,88 | 24/03/2026 10:00 | 31/03/2026
25/03/2026 | 24/03/2026 | 31/03/2026 | 24/03/2027 | -189,68 |  55,32 | 11,06 |  66,38 | 01/04/2026 06:00 | 30/04/2026
26/03/2026 | 24/03/2026 | 31/03/2026 | 25/03/2027 | -197,58 |  47,42 |  9,48 |  56,90 | 01/04/2026 06:00 | 30/04/2026
27/03/2026 | 24/03/2026 | 31/03/2026 | 26/03/2027 | -205,48 |  39,52 |  7,90 |  47,42 | 01/04/2026 06:00 | 30/04/2026
28/03/2026 | 24/03/2026 | 31/03/2026 | 27/03/2027 | -213,39 |  31,61 |  6,32 |  37,93 | 01/04/2026 06:00 | 30/04/2026
29/03/2026 | 24/03/2026 | 31/03/2026 | 28/03/2027 | -221,29 |  23,71 |  4,74 |  28,45 | 01/04/2026 06:00 | 30/04/2026
30/03/2026 | 24/03/2026 | 31/03/2026 | 29/03/2027 | -229,19 |  15,81 |  3,16 |  18,97 | 01/04/2026 06:00 | 30/04/2026
31/03/2026 | 24/03/2026 | 31/03/2026 | 30/03/2027 | -237,10 |   7,90 |  1,58 |   9,48 | 01/04/2026 06:00 | 30/04/2026
"""


@pytest.mark.parametrize("line", EVERY_DAY_OF_MARCH.strip().splitlines()[1:], ids=range(1, 32))
def test_en_vigueur_chaque_jour_de_mars(line: str) -> None:
    day, validated, due, last_day, carried, net, vat, gross, issued, april_due = (
        one.strip() for one in line.split("|")
    )
    invoices = f"""
        {issued}  invoice_issued F-2026-0002 2026-04, {net} HT, {gross} TTC, échéance {april_due}
        {"31/03/2026 12:00  payment_settled 2026-04 " + gross if april_due == "31/03/2026" else ""}
        20/04/2026 06:00  invoice_issued F-2026-0003 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
    """
    settled = "réglé le 31/03/2026" if april_due == "31/03/2026" else "non réglé"
    vie(
        f"""
        {validated} 10:00  dossier validé, 5 personnes
        {day} 10:00  règle first
        {"31/03/2026 12:00  règle 2026-04" if april_due == "31/03/2026" else ""}
        """,
        jusquau="21/04/2026",
    ).raconte(f"""
        {validated} 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance {due}
        {day} 10:00  entre en vigueur : 294,00 payés, dernier jour {last_day}
        {invoices}
    """).facture(
        "F-2026-0002",
        f"""
        subscription x 5 : 245,00
        {"" if carried == "0,00" else f"carry_over : {carried}"}
        {net} HT + {vat} TVA = {gross} TTC, {settled}
        """,
    ).facture(
        "F-2026-0003",
        """
        subscription x 5 : 245,00
        245,00 HT + 49,00 TVA = 294,00 TTC, non réglé
        """,
    )


def test_une_seconde_avant_minuit_decide_du_terme_et_du_mois() -> None:
    # Paid on 31/03 at 23:59:59: one day of March is used. Paid a second later, April is the first month.
    begun = """
        24/03/2026 10:00  dossier validé, 5 personnes
    """
    awaited = """
        24/03/2026 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance 31/03/2026
    """
    vie(f"{begun} 31/03/2026 23:59:59  règle first", jusquau="21/04/2026").raconte(f"""
        {awaited}
        31/03/2026 23:59:59  entre en vigueur : 294,00 payés, dernier jour 30/03/2027
        01/04/2026 06:00  invoice_issued F-2026-0002 2026-04, 7,90 HT, 9,48 TTC, échéance 30/04/2026
        20/04/2026 06:00  invoice_issued F-2026-0003 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
    """)
    vie(f"{begun} 01/04/2026 00:00  règle first", jusquau="21/04/2026").raconte(f"""
        {awaited}
        01/04/2026 00:00  entre en vigueur : 294,00 payés, dernier jour 31/03/2027
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
    """)


def test_un_paiement_deux_mois_apres_la_validation() -> None:
    # In force on 29/05: three days of 31, 23,71. The collection of 29/05 can no longer be announced.
    vie(
        """
        02/03/2026 10:00  dossier validé, 5 personnes
        29/05/2026 10:00  règle first
        """,
        jusquau="01/07/2026",
    ).raconte("""
        02/03/2026 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance 09/03/2026
        10/03/2026 09:00  reminder_sent first_payment 1
        17/03/2026 09:00  reminder_sent first_payment 8
        29/05/2026 10:00  entre en vigueur : 294,00 payés, dernier jour 28/05/2027
        01/06/2026 06:00  invoice_issued F-2026-0002 2026-06, 23,71 HT, 28,45 TTC, échéance 30/06/2026
        19/06/2026 06:00  invoice_issued F-2026-0003 2026-07, 245,00 HT, 294,00 TTC, échéance 30/06/2026
    """).doit("322,45 + 0,00 + 0,00 = 322,45")


def test_en_vigueur_la_nuit_ou_l_on_recule_les_pendules() -> None:
    # 2:30 comes twice on 25/10: the first of the two. Seven days of 31; five business days lead to Friday 30/10.
    vie(
        """
        19/10/2026 10:00  dossier validé, 5 personnes
        25/10/2026 02:30  règle first
        30/10/2026 12:00  règle 2026-11
        """,
        jusquau="20/11/2026",
    ).raconte("""
        19/10/2026 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance 26/10/2026
        25/10/2026 02:30  entre en vigueur : 294,00 payés, dernier jour 24/10/2027
        25/10/2026 02:30  invoice_issued F-2026-0002 2026-11, 55,32 HT, 66,38 TTC, échéance 31/10/2026, prélèvement 30/10/2026
        30/10/2026 12:00  payment_settled 2026-11 66,38
    """)


def test_en_vigueur_le_29_fevrier() -> None:
    # One day of 29: 245,00 / 29 = 8,45. In February 2029, which has no 29th, the term ends on the 28th.
    vie(
        """
        22/02/2028 10:00  dossier validé, 5 personnes
        29/02/2028 12:00  règle first
        """,
        jusquau="21/03/2028",
    ).raconte("""
        22/02/2028 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance 29/02/2028
        29/02/2028 12:00  entre en vigueur : 294,00 payés, dernier jour 28/02/2029
        01/03/2028 06:00  invoice_issued F-2028-0002 2028-03, 8,45 HT, 10,14 TTC, échéance 31/03/2028
        20/03/2028 06:00  invoice_issued F-2028-0003 2028-04, 245,00 HT, 294,00 TTC, échéance 31/03/2028
    """).attend("""
        next_invoice 20/04/2028 06:00
        notice_limit 01/02/2029 00:00
        term_end 01/03/2029 00:00
    """)


# Each month's end: validated on the last day that lets the first month fall due in that month, paid on its last.
# The term ends, and the time for notice is over, at 00:00 on the days given.
MONTH_ENDS = """
validated  | due        | in force   | last day   | term ends  | notice until | first monthly invoice
23/01/2026 | 30/01/2026 | 31/01/2026 | 30/01/2027 | 31/01/2027 | 31/12/2026   | 01/02/2026
20/02/2026 | 27/02/2026 | 28/02/2026 | 27/02/2027 | 28/02/2027 | 28/01/2027   | 01/03/2026
24/03/2026 | 31/03/2026 | 31/03/2026 | 30/03/2027 | 31/03/2027 | 01/03/2027   | 01/04/2026
23/04/2026 | 30/04/2026 | 30/04/2026 | 29/04/2027 | 30/04/2027 | 30/03/2027   | 01/05/2026
23/06/2026 | 30/06/2026 | 30/06/2026 | 29/06/2027 | 30/06/2027 | 30/05/2027   | 01/07/2026
24/07/2026 | 31/07/2026 | 31/07/2026 | 30/07/2027 | 31/07/2027 | 01/07/2027   | 01/08/2026
24/08/2026 | 31/08/2026 | 31/08/2026 | 30/08/2027 | 31/08/2027 | 31/07/2027   | 01/09/2026
23/09/2026 | 30/09/2026 | 30/09/2026 | 29/09/2027 | 30/09/2027 | 30/08/2027   | 01/10/2026
23/10/2026 | 30/10/2026 | 31/10/2026 | 30/10/2027 | 31/10/2027 | 01/10/2027   | 01/11/2026
23/11/2026 | 30/11/2026 | 30/11/2026 | 29/11/2027 | 30/11/2027 | 30/10/2027   | 01/12/2026
23/12/2026 | 31/12/2026 | 31/12/2026 | 30/12/2027 | 31/12/2027 | 01/12/2027   | 01/01/2027
22/02/2028 | 29/02/2028 | 29/02/2028 | 28/02/2029 | 01/03/2029 | 01/02/2029   | 01/03/2028
"""


@pytest.mark.parametrize("line", MONTH_ENDS.strip().splitlines()[1:])
def test_en_vigueur_le_dernier_jour_d_un_mois(line: str) -> None:
    validated, due, day, last_day, end, notice, next_invoice = (one.strip() for one in line.split("|"))
    vie(
        f"""
        {validated} 10:00  dossier validé, 5 personnes
        {day} 08:00  règle first
        """,
        jusquau=f"{day} 23:59",
    ).raconte(f"""
        {validated} 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance {due}
        {day} 08:00  entre en vigueur : 294,00 payés, dernier jour {last_day}
    """).attend(f"""
        next_invoice {next_invoice} 06:00
        notice_limit {notice} 00:00
        term_end {end} 00:00
    """)


def test_en_vigueur_le_dimanche_31_mai() -> None:
    # Whit Monday is on 25/05: the last collection that May allows is that of Friday 29/05.
    vie(
        """
        21/05/2026 10:00  dossier validé, 5 personnes
        31/05/2026 08:00  règle first
        """,
        jusquau="01/06/2026",
    ).raconte("""
        21/05/2026 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance 29/05/2026
        30/05/2026 09:00  reminder_sent first_payment 1
        31/05/2026 08:00  entre en vigueur : 294,00 payés, dernier jour 30/05/2027
    """).attend("""
        next_invoice 01/06/2026 06:00
        notice_limit 01/05/2027 00:00
        term_end 31/05/2027 00:00
    """)


@pytest.mark.parametrize(
    ("paid_at", "issued_at"),
    [
        ("20/03/2026 05:59:59", "20/03/2026 06:00"),  # in force first, then invoiced with everyone else
        ("20/03/2026 06:00", "20/03/2026 06:00"),  # on its own entry into force
        ("20/03/2026 06:00:01", "20/03/2026 06:00:01"),
        ("24/03/2026 23:59:59", "24/03/2026 23:59:59"),  # the fifth business day after is 31/03
        ("25/03/2026 00:00", "01/04/2026 06:00"),
    ],
)
def test_en_vigueur_a_la_seconde_de_l_emission(paid_at: str, issued_at: str) -> None:
    amounts = {
        "20/03/2026": "94,84 HT, 113,81 TTC, échéance 31/03/2026",
        "24/03/2026": "63,23 HT, 75,88 TTC, échéance 31/03/2026",
        "25/03/2026": "55,32 HT, 66,38 TTC, échéance 30/04/2026",
    }[paid_at[:10]]
    last_day = {"20": "19", "24": "23", "25": "24"}[paid_at[:2]] + "/03/2027"
    vie(
        f"""
        19/03/2026 10:00  dossier validé, 5 personnes
        {paid_at}  règle first
        """,
        jusquau="01/04/2026 07:00",
    ).raconte(f"""
        19/03/2026 10:00  dossier validé, 5 personnes : 245,00 HT, 294,00 TTC, échéance 26/03/2026
        {paid_at}  entre en vigueur : 294,00 payés, dernier jour {last_day}
        {issued_at}  invoice_issued F-2026-0002 2026-04, {amounts}
    """)
