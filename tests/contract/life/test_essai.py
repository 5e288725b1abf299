"""CGV, article 5.1 : l’essai gratuit, sa suspension, les quinze jours de réflexion, la destruction."""

import pytest

from tests.contract.life.telling import vie

# Started at a month's end: reminders before the last day, suspension, reminders of the archive, destruction.
MONTH_ENDS = """
31/01/2026 | 23/02/2026 28/02/2026 | 03/03/2026 | 10/03/2026 16/03/2026 | 18/03/2026
28/02/2026 | 23/03/2026 28/03/2026 | 31/03/2026 | 07/04/2026 13/04/2026 | 15/04/2026
31/03/2026 | 23/04/2026 28/04/2026 | 01/05/2026 | 08/05/2026 14/05/2026 | 16/05/2026
30/04/2026 | 23/05/2026 28/05/2026 | 31/05/2026 | 07/06/2026 13/06/2026 | 16/06/2026
31/05/2026 | 23/06/2026 28/06/2026 | 01/07/2026 | 08/07/2026 14/07/2026 | 16/07/2026
30/06/2026 | 23/07/2026 28/07/2026 | 31/07/2026 | 07/08/2026 13/08/2026 | 15/08/2026
31/07/2026 | 23/08/2026 28/08/2026 | 31/08/2026 | 07/09/2026 13/09/2026 | 15/09/2026
31/08/2026 | 23/09/2026 28/09/2026 | 01/10/2026 | 08/10/2026 14/10/2026 | 16/10/2026
30/09/2026 | 23/10/2026 28/10/2026 | 31/10/2026 | 07/11/2026 13/11/2026 | 17/11/2026
31/10/2026 | 23/11/2026 28/11/2026 | 01/12/2026 | 08/12/2026 14/12/2026 | 16/12/2026
30/11/2026 | 23/12/2026 28/12/2026 | 31/12/2026 | 07/01/2027 13/01/2027 | 15/01/2027
31/12/2026 | 23/01/2027 28/01/2027 | 31/01/2027 | 07/02/2027 13/02/2027 | 16/02/2027
"""
# The days that are not business days, or nearly so: leap day, Good Friday, 1 May, Ascension, Christmas.
AWKWARD_DAYS = """
29/02/2028 | 23/03/2028 28/03/2028 | 31/03/2028 | 07/04/2028 13/04/2028 | 15/04/2028
17/03/2026 | 09/04/2026 14/04/2026 | 17/04/2026 | 24/04/2026 30/04/2026 | 05/05/2026
30/03/2026 | 22/04/2026 27/04/2026 | 30/04/2026 | 07/05/2026 13/05/2026 | 16/05/2026
10/11/2026 | 03/12/2026 08/12/2026 | 11/12/2026 | 18/12/2026 24/12/2026 | 29/12/2026
"""


@pytest.mark.parametrize("line", [*MONTH_ENDS.strip().splitlines(), *AWKWARD_DAYS.strip().splitlines()])
def test_un_essai_sans_suite(line: str) -> None:
    start, warnings, suspended, archive_warnings, destroyed = line.split(" | ")
    first, second = warnings.split()
    third, fourth = archive_warnings.split()
    vie(f"{start} 10:00  ouvre un essai", jusquau="01/01/2029").raconte(f"""
        {start} 10:00  ouvre un essai
        {first} 09:00  reminder_sent trial_end 7
        {second} 09:00  reminder_sent trial_end 2
        {suspended} 00:00  service_suspended trial_ended
        {suspended} 00:00  data_archived
        {third} 09:00  reminder_sent archive_end 7
        {fourth} 09:00  reminder_sent archive_end 1
        {destroyed} 00:00  service_closed
        {destroyed} 00:00  data_destroyed
    """).reste("lapsed closed destroyed").attend("").doit("0,00 + 0,00 + 0,00 = 0,00")


def test_un_essai_a_cinq_personnes_pas_une_de_plus() -> None:
    vie(
        """
        02/03/2026 10:00  inscrit bob
        02/03/2026 10:04  crée son compte au SIREN 334401554
        02/03/2026 10:05  crée son compte
        02/03/2026 10:06  crée son compte
        02/03/2026 10:07  commence l’essai
        02/03/2026 10:08  accepte les CGV 2025-01
        02/03/2026 10:09  inscrit bob
        02/03/2026 10:10  accepte les CGV
        02/03/2026 10:15  commence l’essai avec bob, chloe, dan, eve, fay
        02/03/2026 10:20  commence l’essai avec bob, chloe, dan
        02/03/2026 10:25  commence l’essai
        03/03/2026 09:00  inscrit eve
        03/03/2026 09:05  inscrit fay
        03/03/2026 09:10  inscrit eve
        03/03/2026 09:15  retire bob
        03/03/2026 09:20  inscrit fay
        03/03/2026 09:25  retire bob
        03/03/2026 09:30  retire anne
        03/03/2026 09:35  retire hugo
        03/03/2026 09:40  commande storage x 2
        03/03/2026 09:45  commande storage x 0
        03/03/2026 09:50  commande yacht
        """,
        jusquau="04/03/2026",
    ).raconte("""
        02/03/2026 10:00  register_user refusé : account_missing
        02/03/2026 10:04  create_account refusé : siren_invalid
        02/03/2026 10:05  account_created
        02/03/2026 10:06  create_account refusé : account_exists
        02/03/2026 10:07  start_trial refusé : terms_not_accepted
        02/03/2026 10:08  accept_terms refusé : terms_replaced
        02/03/2026 10:09  register_user refusé : service_not_open
        02/03/2026 10:10  terms_accepted 2026-01
        02/03/2026 10:15  start_trial refusé : trial_user_limit
        02/03/2026 10:20  trial_started
        02/03/2026 10:20  service_opened
        02/03/2026 10:20  user_registered anne
        02/03/2026 10:20  user_registered bob
        02/03/2026 10:20  user_registered chloe
        02/03/2026 10:20  user_registered dan
        02/03/2026 10:25  start_trial refusé : trial_running
        03/03/2026 09:00  user_registered eve
        03/03/2026 09:05  register_user refusé : trial_user_limit
        03/03/2026 09:15  user_removed bob
        03/03/2026 09:20  user_registered fay
        03/03/2026 09:30  remove_user refusé : last_administrator
        03/03/2026 09:35  remove_user refusé : unknown_user
        03/03/2026 09:40  option_ordered storage x 2
        03/03/2026 09:45  order_option refusé : quantity_invalid
        03/03/2026 09:50  order_option refusé : unknown_option
    """).attend("""
        trial_end 02/04/2026 00:00
        archive_end 17/04/2026 00:00
        destruction 17/04/2026 00:00
    """).reste("trial open live")


def test_une_suspension_d_utilisateur_pendant_l_essai() -> None:
    vie(
        """
        02/03/2026 10:00  ouvre un essai avec bob, chloe, dan, eve
        03/03/2026 09:00  suspend bob
        03/03/2026 09:01  suspend bob
        03/03/2026 09:02  inscrit fay
        03/03/2026 09:03  suspend anne
        03/03/2026 09:04  suspend hugo
        04/03/2026 09:00  rétablit bob
        04/03/2026 09:01  rétablit bob
        04/03/2026 09:02  rétablit hugo
        """,
        jusquau="05/03/2026",
    ).raconte("""
        02/03/2026 10:00  ouvre un essai avec bob, chloe, dan, eve
        03/03/2026 09:00  user_suspended bob
        03/03/2026 09:02  register_user refusé : trial_user_limit
        03/03/2026 09:03  suspend_user refusé : last_administrator
        03/03/2026 09:04  suspend_user refusé : unknown_user
        04/03/2026 09:00  user_restored bob
        04/03/2026 09:02  restore_user refusé : unknown_user
    """)


def test_un_dossier_recu_a_la_derniere_seconde_puis_refuse_et_non_corrige() -> None:
    vie(
        """
        28/02/2026 10:00     ouvre un essai
        14/04/2026 23:59:59  envoie le contrat
        14/04/2026 23:59:59  envoie le mandat
        20/04/2026 10:00     valide le contrat
        20/04/2026 10:05     refuse le mandat : signature illisible
        """,
        jusquau="01/06/2026",
    ).raconte("""
        28/02/2026 10:00     ouvre un essai
        23/03/2026 09:00     reminder_sent trial_end 7
        28/03/2026 09:00     reminder_sent trial_end 2
        31/03/2026 00:00     service_suspended trial_ended
        31/03/2026 00:00     data_archived
        07/04/2026 09:00     reminder_sent archive_end 7
        13/04/2026 09:00     reminder_sent archive_end 1
        14/04/2026 23:59:59  document_received contrat
        14/04/2026 23:59:59  document_received mandat
        20/04/2026 10:00     document_accepted contrat
        20/04/2026 10:05     document_refused mandat : signature illisible
        06/05/2026 00:00     service_closed
        06/05/2026 00:00     data_destroyed
    """).reste("lapsed closed destroyed")


def test_une_seconde_trop_tard_les_donnees_sont_detruites() -> None:
    vie(
        """
        28/02/2026 10:00  ouvre un essai
        15/04/2026 00:00  envoie le contrat
        15/04/2026 09:00  commence l’essai
        15/04/2026 09:05  inscrit bob
        """,
        jusquau="01/06/2026",
    ).raconte("""
        28/02/2026 10:00  ouvre un essai
        23/03/2026 09:00  reminder_sent trial_end 7
        28/03/2026 09:00  reminder_sent trial_end 2
        31/03/2026 00:00  service_suspended trial_ended
        31/03/2026 00:00  data_archived
        07/04/2026 09:00  reminder_sent archive_end 7
        13/04/2026 09:00  reminder_sent archive_end 1
        15/04/2026 00:00  service_closed
        15/04/2026 00:00  data_destroyed
        15/04/2026 00:00  submit refusé : data_destroyed
        15/04/2026 09:00  start_trial refusé : trial_already_used
        15/04/2026 09:05  register_user refusé : service_closed
    """)


def test_le_dimanche_avant_la_destruction_une_piece_vient_trop_tard() -> None:
    # The fifteen days end on Saturday 14/11; the data live on until Monday's end, which opens no new delay.
    vie(
        """
        30/09/2026 10:00  ouvre un essai
        02/11/2026 10:00  inscrit bob
        15/11/2026 10:00  envoie le contrat
        """,
        jusquau="01/12/2026",
    ).raconte("""
        30/09/2026 10:00  ouvre un essai
        23/10/2026 09:00  reminder_sent trial_end 7
        28/10/2026 09:00  reminder_sent trial_end 2
        31/10/2026 00:00  service_suspended trial_ended
        31/10/2026 00:00  data_archived
        02/11/2026 10:00  register_user refusé : service_suspended
        07/11/2026 09:00  reminder_sent archive_end 7
        13/11/2026 09:00  reminder_sent archive_end 1
        15/11/2026 10:00  submit refusé : submission_too_late
        17/11/2026 00:00  service_closed
        17/11/2026 00:00  data_destroyed
    """)


def test_un_k_bis_non_examine_retient_la_destruction_puis_ouvre_quinze_jours() -> None:
    # Refused on Wednesday 02/12: corrections until 17/12, a Thursday; destruction from the 18th on.
    vie(
        """
        30/09/2026 10:00  ouvre un essai
        14/11/2026 18:00  envoie un K-bis du 02/11/2026
        02/12/2026 10:00  refuse le K-bis : page manquante
        """,
        jusquau="01/02/2027",
    ).raconte("""
        30/09/2026 10:00  ouvre un essai
        23/10/2026 09:00  reminder_sent trial_end 7
        28/10/2026 09:00  reminder_sent trial_end 2
        31/10/2026 00:00  service_suspended trial_ended
        31/10/2026 00:00  data_archived
        07/11/2026 09:00  reminder_sent archive_end 7
        13/11/2026 09:00  reminder_sent archive_end 1
        14/11/2026 18:00  document_received K-bis du 02/11/2026
        02/12/2026 10:00  document_refused K-bis : page manquante
        18/12/2026 00:00  service_closed
        18/12/2026 00:00  data_destroyed
    """)


def test_une_correction_qui_finit_un_jour_ferie_attend_la_fin_du_jour_ouvre() -> None:
    # Refused on 17/12: fifteen days end on Friday 01/01/2027, a holiday; the first business day is Monday 04/01.
    vie(
        """
        30/09/2026 10:00  ouvre un essai
        14/11/2026 18:00  envoie le mandat
        17/12/2026 10:00  refuse le mandat : compte d’une autre société
        """,
        jusquau="01/02/2027",
    ).raconte("""
        30/09/2026 10:00  ouvre un essai
        23/10/2026 09:00  reminder_sent trial_end 7
        28/10/2026 09:00  reminder_sent trial_end 2
        31/10/2026 00:00  service_suspended trial_ended
        31/10/2026 00:00  data_archived
        07/11/2026 09:00  reminder_sent archive_end 7
        13/11/2026 09:00  reminder_sent archive_end 1
        14/11/2026 18:00  document_received mandat
        17/12/2026 10:00  document_refused mandat : compte d’une autre société
        05/01/2027 00:00  service_closed
        05/01/2027 00:00  data_destroyed
    """)
