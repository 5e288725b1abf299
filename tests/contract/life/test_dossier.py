"""CGV, articles 5.1 et 8 : les pièces du dossier, leur réception, leur examen."""

import pytest

from tests.contract.life.beginnings import IN_FORCE_IN_APRIL, IN_FORCE_IN_APRIL_TOLD
from tests.contract.life.telling import vie


def test_souscrire_sans_essai_une_piece_apres_l_autre() -> None:
    vie(
        """
        02/03/2026 09:00  valide l’identité
        02/03/2026 09:01  crée son compte
        02/03/2026 09:02  envoie le contrat
        02/03/2026 09:05  accepte les CGV
        02/03/2026 09:10  inscrit bob
        03/03/2026 10:00  envoie le contrat non signé
        03/03/2026 10:01  inscrit bob
        03/03/2026 10:02  valide le contrat
        03/03/2026 10:03  envoie le contrat
        03/03/2026 10:04  inscrit bob
        03/03/2026 10:05  valide le contrat
        03/03/2026 10:06  valide le mandat
        04/03/2026 10:00  envoie le mandat au SIREN 552100554
        04/03/2026 10:01  envoie le mandat au SIREN 732829320
        04/03/2026 10:02  envoie un K-bis
        04/03/2026 10:03  envoie un K-bis du 05/03/2026
        04/03/2026 10:04  envoie un K-bis du 04/12/2025
        04/03/2026 10:05  envoie un K-bis du 05/12/2025
        05/03/2026 10:00  refuse le K-bis sans motif
        05/03/2026 10:01  valide le K-bis
        05/03/2026 10:02  valide le K-bis
        05/03/2026 10:03  refuse le K-bis : illisible
        05/03/2026 10:04  envoie un K-bis du 05/03/2026
        05/03/2026 10:05  valide le mandat
        05/03/2026 10:06  règle first
        06/03/2026 10:00  valide l’identité
        06/03/2026 10:01  valide l’identité
        12/03/2026 15:00  règle first
        12/03/2026 15:01  règle first
        """,
        jusquau="13/03/2026",
    ).raconte("""
        02/03/2026 09:00  validate_identity refusé : account_missing
        02/03/2026 09:01  account_created
        02/03/2026 09:02  submit refusé : terms_not_accepted
        02/03/2026 09:05  terms_accepted 2026-01
        02/03/2026 09:10  register_user refusé : service_not_open
        03/03/2026 10:00  document_received contrat non signé
        03/03/2026 10:01  register_user refusé : service_not_open
        03/03/2026 10:02  accept refusé : document_unsigned
        03/03/2026 10:03  document_received contrat
        03/03/2026 10:04  user_registered bob
        03/03/2026 10:05  document_accepted contrat
        03/03/2026 10:06  accept refusé : document_missing
        04/03/2026 10:00  submit refusé : siren_differs
        04/03/2026 10:01  document_received mandat
        04/03/2026 10:02  submit refusé : kbis_undated
        04/03/2026 10:03  submit refusé : kbis_in_future
        04/03/2026 10:04  submit refusé : kbis_too_old
        04/03/2026 10:05  document_received K-bis du 05/12/2025
        05/03/2026 10:00  refuse refusé : reason_missing
        05/03/2026 10:01  document_accepted K-bis
        05/03/2026 10:03  refuse refusé : document_already_examined
        05/03/2026 10:04  submit refusé : document_already_accepted
        05/03/2026 10:05  document_accepted mandat
        05/03/2026 10:06  settle refusé : unknown_month
        06/03/2026 10:00  identity_validated
        06/03/2026 10:00  invoice_issued F-2026-0001 first, 245,00 HT, 294,00 TTC, échéance 13/03/2026
        12/03/2026 15:00  payment_settled first 294,00
        12/03/2026 15:00  contract_in_force dernier jour 11/03/2027
        12/03/2026 15:00  service_opened
        12/03/2026 15:00  user_registered anne
    """).facture(
        "F-2026-0001",
        """
        subscription x 5 : 245,00
        245,00 HT + 49,00 TVA = 294,00 TTC, réglé le 12/03/2026
        """,
    ).reste("active open live")


def test_un_k_bis_recu_son_dernier_jour_est_bon_quel_que_soit_le_jour_de_l_examen() -> None:
    vie(
        """
        13/04/2026 09:00     crée son compte
        13/04/2026 09:00     accepte les CGV
        13/04/2026 09:00     valide l’identité
        13/04/2026 09:00     envoie le contrat
        13/04/2026 09:00     envoie le mandat
        14/04/2026 23:59:59  envoie un K-bis du 15/01/2026
        15/04/2026 00:00     envoie un K-bis du 15/01/2026
        04/05/2026 09:00     valide le contrat
        04/05/2026 09:00     valide le mandat
        04/05/2026 09:00     valide le K-bis
        """,
        jusquau="05/05/2026",
    ).raconte("""
        13/04/2026 09:00     account_created
        13/04/2026 09:00     terms_accepted 2026-01
        13/04/2026 09:00     identity_validated
        13/04/2026 09:00     document_received contrat
        13/04/2026 09:00     document_received mandat
        14/04/2026 23:59:59  document_received K-bis du 15/01/2026
        15/04/2026 00:00     submit refusé : kbis_too_old
        04/05/2026 09:00     document_accepted contrat
        04/05/2026 09:00     document_accepted mandat
        04/05/2026 09:00     document_accepted K-bis
        04/05/2026 09:00     invoice_issued F-2026-0001 first, 245,00 HT, 294,00 TTC, échéance 12/05/2026
    """).reste("awaiting_payment none none")


@pytest.mark.parametrize(
    ("dated", "last_day", "too_late"),
    [
        ("30/11/2025", "27/02/2026", "28/02/2026"),
        ("29/11/2025", "27/02/2026", "28/02/2026"),
        ("28/11/2025", "27/02/2026", "28/02/2026"),
        ("01/12/2025", "28/02/2026", "01/03/2026"),
        ("29/02/2028", "28/05/2028", "29/05/2028"),
        ("30/11/2027", "28/02/2028", "29/02/2028"),
        ("31/12/2025", "30/03/2026", "31/03/2026"),
        ("31/08/2026", "29/11/2026", "30/11/2026"),
    ],
)
def test_le_dernier_jour_d_un_k_bis(dated: str, last_day: str, too_late: str) -> None:
    vie(
        f"""
        {last_day} 09:00  crée son compte
        {last_day} 09:00  accepte les CGV
        {last_day} 23:59  envoie un K-bis du {dated}
        {too_late} 00:00  refuse le K-bis : illisible
        {too_late} 00:01  envoie un K-bis du {dated}
        """,
        jusquau=f"{too_late} 23:00",
    ).raconte(f"""
        {last_day} 09:00  account_created
        {last_day} 09:00  terms_accepted 2026-01
        {last_day} 23:59  document_received K-bis du {dated}
        {too_late} 00:00  document_refused K-bis : illisible
        {too_late} 00:01  submit refusé : kbis_too_old
    """)


def test_un_k_bis_refuse_dit_jusqu_a_quand_le_meme_extrait_peut_etre_renvoye() -> None:
    vie(
        """
        10/04/2026 09:00  crée son compte
        10/04/2026 09:00  accepte les CGV
        10/04/2026 09:00  envoie un K-bis du 15/01/2026
        11/04/2026 09:00  refuse le K-bis : page manquante
        """,
        jusquau="12/04/2026",
    ).raconte("""
        10/04/2026 09:00  account_created
        10/04/2026 09:00  terms_accepted 2026-01
        10/04/2026 09:00  document_received K-bis du 15/01/2026
        11/04/2026 09:00  document_refused K-bis : page manquante
    """).attend("kbis_expiry 15/04/2026 00:00")


def test_une_fois_en_vigueur_seul_un_nouveau_mandat_est_attendu() -> None:
    vie(
        f"""
        {IN_FORCE_IN_APRIL}
        02/04/2026 09:00  envoie un K-bis du 01/04/2026
        02/04/2026 09:01  envoie le contrat
        02/04/2026 09:02  envoie le mandat
        03/04/2026 09:00  refuse le mandat : compte clos
        03/04/2026 10:00  envoie le mandat
        03/04/2026 11:00  valide le mandat
        """,
        jusquau="04/04/2026",
    ).raconte(f"""
        {IN_FORCE_IN_APRIL_TOLD}
        02/04/2026 09:00  submit refusé : subscription_running
        02/04/2026 09:01  submit refusé : subscription_running
        02/04/2026 09:02  document_received mandat
        03/04/2026 09:00  document_refused mandat : compte clos
        03/04/2026 10:00  document_received mandat
        03/04/2026 11:00  document_accepted mandat
    """).reste("active open live")


def test_une_piece_corrigee_a_la_derniere_seconde_sauve_les_donnees_et_ouvre_le_contrat() -> None:
    # Refused on 20/04: fifteen days to correct it, until 05/05. In force on 15/05: 17 days of 31, 134,35.
    vie(
        """
        28/02/2026 10:00     ouvre un essai
        14/04/2026 23:59:59  envoie le contrat
        14/04/2026 23:59:59  envoie le mandat
        14/04/2026 23:59:59  envoie un K-bis du 01/04/2026
        20/04/2026 10:00     valide l’identité
        20/04/2026 10:00     valide le contrat
        20/04/2026 10:00     valide le K-bis
        20/04/2026 10:00     refuse le mandat : signature illisible
        05/05/2026 23:59:59  envoie le mandat
        06/05/2026 10:00     valide le mandat
        15/05/2026 12:00     règle first
        29/05/2026 12:00     règle 2026-06
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
        14/04/2026 23:59:59  document_received K-bis du 01/04/2026
        20/04/2026 10:00     identity_validated
        20/04/2026 10:00     document_accepted contrat
        20/04/2026 10:00     document_accepted K-bis
        20/04/2026 10:00     document_refused mandat : signature illisible
        05/05/2026 23:59:59  document_received mandat
        06/05/2026 10:00     document_accepted mandat
        06/05/2026 10:00     invoice_issued F-2026-0001 first, 245,00 HT, 294,00 TTC, échéance 15/05/2026
        15/05/2026 12:00     payment_settled first 294,00
        15/05/2026 12:00     contract_in_force dernier jour 14/05/2027
        15/05/2026 12:00     data_reactivated
        15/05/2026 12:00     service_restored
        20/05/2026 06:00     invoice_issued F-2026-0002 2026-06, 134,35 HT, 161,22 TTC, échéance 31/05/2026, prélèvement 29/05/2026
        29/05/2026 12:00     payment_settled 2026-06 161,22
    """).reste("active open live")
