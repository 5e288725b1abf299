"""CGV, articles 10.3, 10.4 et 16 : le retard, la suspension, la remise en service, les pénalités, la résiliation.

The legal rate of the first half of 2026 is 2,62 %: the penalty's is 12,62 % a year. A month of 245,00 excluding
VAT costs 245,00 x 12,62 % / 12 = 2,58; one of 392,00 costs 4,12.
"""

import pytest

from tests.contract.life.beginnings import IN_FORCE_IN_APRIL, IN_FORCE_IN_APRIL_TOLD
from tests.contract.life.telling import vie

EIGHT = "01/04/2026 08:00  en vigueur, 8 personnes"
EIGHT_TOLD = f"{EIGHT} : 392,00 HT, 470,40 TTC, échéance 09/04/2026, dernier jour 31/03/2027"


def test_payer_une_minute_avant_la_suspension() -> None:
    # The worked case of art. 10.3: due on 30/04, mailed on Monday 04/05, paid on 20/05. The tenth business day
    # after the mail is 20/05, for 8 May and Ascension do not count.
    vie(
        f"""
        {EIGHT}
        20/05/2026 17:59  règle tout
        20/05/2026 17:59  règle tout
        """,
        jusquau="30/05/2026",
    ).raconte(f"""
        {EIGHT_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 392,00 HT, 470,40 TTC, échéance 30/04/2026
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        20/05/2026 06:00  invoice_issued F-2026-0003 2026-06, 392,00 HT, 470,40 TTC, échéance 31/05/2026, prélèvement 29/05/2026
        20/05/2026 17:59  payment_settled 2026-05 470,40, pénalités 4,12, indemnité 40,00
    """).doit("0,00 + 0,00 + 0,00 = 0,00").reste("active open live")


def test_ce_que_coute_un_retard_de_vingt_jours() -> None:
    # The worked case's sum.
    vie(EIGHT, jusquau="20/05/2026 17:59").raconte(f"""
        {EIGHT_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 392,00 HT, 470,40 TTC, échéance 30/04/2026
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        20/05/2026 06:00  invoice_issued F-2026-0003 2026-06, 392,00 HT, 470,40 TTC, échéance 31/05/2026, prélèvement 29/05/2026
    """).doit("470,40 + 4,12 + 40,00 = 514,52")


def test_payer_a_l_heure_de_la_suspension_la_suit_aussitot_de_la_remise_en_service() -> None:
    vie(
        f"""
        {EIGHT}
        20/05/2026 18:00  règle tout
        """,
        jusquau="30/05/2026",
    ).raconte(f"""
        {EIGHT_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 392,00 HT, 470,40 TTC, échéance 30/04/2026
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        20/05/2026 06:00  invoice_issued F-2026-0003 2026-06, 392,00 HT, 470,40 TTC, échéance 31/05/2026, prélèvement 29/05/2026
        20/05/2026 18:00  service_suspended unpaid
        20/05/2026 18:00  payment_settled 2026-05 470,40, pénalités 4,12, indemnité 40,00
        20/05/2026 18:00  service_restored
    """)


def test_un_impaye_annonce_ses_echeances() -> None:
    vie(IN_FORCE_IN_APRIL, jusquau="05/05/2026").raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
    """).attend("""
        next_invoice 20/05/2026 06:00
        suspension 20/05/2026 18:00
        termination_open 21/05/2026 00:00
        notice_limit 01/03/2027 00:00
        term_end 01/04/2027 00:00
    """).doit("294,00 + 2,58 + 40,00 = 336,58")


def test_suspendu_le_contrat_continue_et_ses_factures_aussi() -> None:
    # Two months of penalty on May's invoice by 10/06, one on June's: 5,15 and 2,58.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        21/05/2026 10:00  inscrit fay
        21/05/2026 10:05  règle 2026-05
        21/05/2026 10:06  règle 2026-05
        21/05/2026 10:10  inscrit fay
        10/06/2026 10:00  règle tout
        10/06/2026 10:05  inscrit fay
        30/06/2026 12:00  règle 2026-07
        """,
        jusquau="01/07/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        20/05/2026 06:00  invoice_issued F-2026-0003 2026-06, 245,00 HT, 294,00 TTC, échéance 31/05/2026, prélèvement 29/05/2026
        20/05/2026 18:00  service_suspended unpaid
        21/05/2026 10:00  register_user refusé : service_suspended
        21/05/2026 10:05  payment_settled 2026-05 294,00
        21/05/2026 10:10  register_user refusé : service_suspended
        01/06/2026 09:00  default_recorded 2026-06, suspension le 15/06/2026 18:00
        10/06/2026 10:00  payment_settled 2026-05 0,00, pénalités 2,58, indemnité 40,00
        10/06/2026 10:00  payment_settled 2026-06 294,00, pénalités 2,58, indemnité 40,00
        10/06/2026 10:00  service_restored
        10/06/2026 10:05  user_registered fay
        19/06/2026 06:00  invoice_issued F-2026-0004 2026-07, 343,00 HT, 411,60 TTC, échéance 30/06/2026
        30/06/2026 12:00  payment_settled 2026-07 411,60
    """).reste("active open live")


def test_deux_mois_impayes_reglees_ensemble_de_la_plus_ancienne_a_la_plus_recente() -> None:
    # By 10/06 May's invoice has two months begun (01/05, 01/06): 245,00 x 2 x 12,62 % / 12 = 5,15.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        10/06/2026 10:00  règle tout
        """,
        jusquau="19/06/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        20/05/2026 06:00  invoice_issued F-2026-0003 2026-06, 245,00 HT, 294,00 TTC, échéance 31/05/2026, prélèvement 29/05/2026
        20/05/2026 18:00  service_suspended unpaid
        01/06/2026 09:00  default_recorded 2026-06, suspension le 15/06/2026 18:00
        10/06/2026 10:00  payment_settled 2026-05 294,00, pénalités 5,15, indemnité 40,00
        10/06/2026 10:00  payment_settled 2026-06 294,00, pénalités 2,58, indemnité 40,00
        10/06/2026 10:00  service_restored
    """)


def test_regler_le_seul_mois_le_plus_ancien_suspend_au_second() -> None:
    # May is settled before its suspension, June is not: suspended on June's own tenth business day, 15/06.
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        19/05/2026 10:00  règle tout
        """,
        jusquau="16/06/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        19/05/2026 10:00  payment_settled 2026-05 294,00, pénalités 2,58, indemnité 40,00
        20/05/2026 06:00  invoice_issued F-2026-0003 2026-06, 245,00 HT, 294,00 TTC, échéance 31/05/2026, prélèvement 29/05/2026
        01/06/2026 09:00  default_recorded 2026-06, suspension le 15/06/2026 18:00
        15/06/2026 18:00  service_suspended unpaid
    """).doit("294,00 + 2,58 + 40,00 = 336,58")


def test_payer_entre_l_echeance_et_le_courrier_n_est_pas_un_defaut_mais_doit_penalite_et_indemnite() -> None:
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        02/05/2026 10:00  règle 2026-05
        """,
        jusquau="20/05/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
        02/05/2026 10:00  payment_settled 2026-05 294,00
    """).doit("0,00 + 2,58 + 40,00 = 42,58")


def test_penalite_et_indemnite_seules_ne_suspendent_jamais() -> None:
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        05/05/2026 10:00  règle 2026-05
        29/05/2026 12:00  règle 2026-06
        """,
        jusquau="19/06/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        05/05/2026 10:00  payment_settled 2026-05 294,00
        20/05/2026 06:00  invoice_issued F-2026-0003 2026-06, 245,00 HT, 294,00 TTC, échéance 31/05/2026, prélèvement 29/05/2026
        29/05/2026 12:00  payment_settled 2026-06 294,00
    """).doit("0,00 + 2,58 + 40,00 = 42,58").reste("active open live")


# The month left unpaid after all the others were paid: the mail of the next business day, and ten more of them.
UNPAID_MONTHS = """
in force   | due        | last day   | paid               | unpaid  | mail       | suspension | termination | why
01/04/2026 | 09/04/2026 | 31/03/2027 | 2026-05 to 2026-05 | 2026-06 | 01/06/2026 | 15/06/2026 | 16/06/2026  | due on a Sunday
01/04/2026 | 09/04/2026 | 31/03/2027 | 2026-05 to 2026-10 | 2026-11 | 02/11/2026 | 17/11/2026 | 18/11/2026  | All Saints, 11 November
01/10/2026 | 08/10/2026 | 30/09/2027 | 2026-11 to 2026-12 | 2027-01 | 04/01/2027 | 18/01/2027 | 19/01/2027  | New Year's day
01/04/2027 | 08/04/2027 | 31/03/2028 | 2027-05 to 2027-05 | 2027-06 | 01/06/2027 | 15/06/2027 | 16/06/2027  | nothing is closed
01/03/2027 | 08/03/2027 | 29/02/2028 | 2027-04 to 2027-04 | 2027-05 | 03/05/2027 | 19/05/2027 | 20/05/2027  | Ascension and Whit Monday
01/03/2028 | 08/03/2028 | 28/02/2029 | 2028-04 to 2028-04 | 2028-05 | 02/05/2028 | 17/05/2028 | 18/05/2028  | 1 May on the Monday after
"""


@pytest.mark.parametrize("line", UNPAID_MONTHS.strip().splitlines()[1:])
def test_les_dix_jours_ouvres_et_les_quinze_jours(line: str) -> None:
    day, due, last_day, paid, unpaid, mail, suspension, termination, _ = (
        one.strip() for one in line.split("|")
    )
    first, last = paid.split(" to ")
    number = 2 + int(last[:4]) * 12 + int(last[5:]) - int(first[:4]) * 12 - int(first[5:]) + 1
    begun = f"{day} 08:00  en vigueur, 5 personnes"
    told = f"""
        {begun} : 245,00 HT, 294,00 TTC, échéance {due}, dernier jour {last_day}
        chaque mois de {first} à {last} : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
        chaque mois de {unpaid} à {unpaid} : 245,00 HT, 294,00 TTC, à partir de F-2026-{number:04}
        {mail} 09:00  default_recorded {unpaid}, suspension le {suspension} 18:00
    """
    life = vie(
        f"""
        {begun}
        chaque mois de {first} à {last} : paie le jour du prélèvement
        {mail} 08:59  résilie pour impayé
        {mail} 09:01  résilie pour impayé
        """,
        jusquau=f"{mail} 10:00",
    ).raconte(f"""
        {told}
        {mail} 08:59  terminate refusé : termination_not_open
        {mail} 09:01  terminate refusé : termination_too_early
    """)
    dated = {one["name"]: one["at"][:10] for one in life.result["deadlines"]}
    assert (dated["suspension"], dated["termination_open"]) == tuple(
        "-".join(reversed(one.split("/"))) for one in (suspension, termination)
    )


def test_la_resiliation_pour_impaye_ne_precede_pas_le_lendemain_de_la_suspension() -> None:
    # Ended on 21/05: 21 days of May's 31 are used, 392,00 - 265,55; June, invoiced on 20/05, is given back.
    # What is owed: 265,55 and its VAT, 318,66.
    vie(
        f"""
        {EIGHT}
        15/05/2026 10:00  résilie pour impayé
        20/05/2026 18:00  résilie pour impayé
        20/05/2026 23:59:59  résilie pour impayé
        21/05/2026 00:00  résilie pour impayé
        21/05/2026 00:01  résilie pour impayé
        """,
        jusquau="31/05/2026",
    ).raconte(f"""
        {EIGHT_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 392,00 HT, 470,40 TTC, échéance 30/04/2026
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        15/05/2026 10:00  terminate refusé : termination_too_early
        20/05/2026 06:00  invoice_issued F-2026-0003 2026-06, 392,00 HT, 470,40 TTC, échéance 31/05/2026, prélèvement 29/05/2026
        20/05/2026 18:00  service_suspended unpaid
        20/05/2026 18:00  terminate refusé : termination_too_early
        20/05/2026 23:59:59  terminate refusé : termination_too_early
        21/05/2026 00:00  contract_ended unpaid, dernier jour 21/05/2026
        21/05/2026 00:00  service_closed
        21/05/2026 00:00  credit_note_issued A-2026-0001 2026-05, 518,45 HT, 622,14 TTC
    """).doit("318,66 + 4,12 + 40,00 = 362,78").reste("ended closed restitution")


def test_suspendu_on_peut_encore_retirer_quelqu_un_mais_non_inscrire() -> None:
    # June owes for six, for fay was there at its beginning: the invoice of 19/06 is for the five of July.
    vie(
        """
        01/04/2026 08:00  en vigueur, 6 personnes
        02/06/2026 10:00  suspend bob
        02/06/2026 10:01  rétablit bob
        02/06/2026 10:02  retire fay
        02/06/2026 10:03  retire eve
        02/06/2026 10:04  inscrit gus
        """,
        jusquau="20/06/2026",
    ).raconte("""
        01/04/2026 08:00  en vigueur, 6 personnes : 294,00 HT, 352,80 TTC, échéance 09/04/2026, dernier jour 31/03/2027
        chaque mois de 2026-05 à 2026-06 : 294,00 HT, 352,80 TTC, à partir de F-2026-0002
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        20/05/2026 18:00  service_suspended unpaid
        01/06/2026 09:00  default_recorded 2026-06, suspension le 15/06/2026 18:00
        02/06/2026 10:00  user_suspended bob
        02/06/2026 10:01  user_restored bob
        02/06/2026 10:02  user_removed fay
        02/06/2026 10:03  remove_user refusé : minimum_users
        02/06/2026 10:04  register_user refusé : service_suspended
        chaque mois de 2026-07 à 2026-07 : 245,00 HT, 294,00 TTC, à partir de F-2026-0004
    """).reste("active suspended live")


@pytest.mark.parametrize(
    ("paid_at", "owed"),
    [
        ("30/04/2026 23:59:59", "0,00 + 0,00 + 0,00 = 0,00"),
        ("01/05/2026 00:00", "0,00 + 2,58 + 40,00 = 42,58"),
    ],
)
def test_la_derniere_seconde_de_l_echeance(paid_at: str, owed: str) -> None:
    vie(f"{IN_FORCE_IN_APRIL}\n{paid_at}  règle 2026-05", jusquau="10/05/2026").raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
        {paid_at}  payment_settled 2026-05 294,00
    """).doit(owed)


def test_regler_a_neuf_heures_le_courrier_est_deja_parti() -> None:
    vie(f"{IN_FORCE_IN_APRIL}\n04/05/2026 09:00  règle tout", jusquau="20/05/2026").raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        20/04/2026 06:00  invoice_issued F-2026-0002 2026-05, 245,00 HT, 294,00 TTC, échéance 30/04/2026
        04/05/2026 09:00  default_recorded 2026-05, suspension le 20/05/2026 18:00
        04/05/2026 09:00  payment_settled 2026-05 294,00, pénalités 2,58, indemnité 40,00
    """)
