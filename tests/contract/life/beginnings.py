"""Beginnings that several chapters share: the acts, and under the same name `_TOLD` the events they bring.

Five persons at 49,00; each name says how far the story has come. What a case is about stands in the case.
"""

# The worked case of art. 9: in force on 17/03/2026, notice until 16/02/2027, the term's last day is 16/03/2027.
# Fifteen days of 31 are used in March: April costs 118,55, and every month after it is whole.
IN_FORCE_IN_MARCH = "17/03/2026 08:00  en vigueur, 5 personnes"
IN_FORCE_IN_MARCH_TOLD = (
    f"{IN_FORCE_IN_MARCH} : 245,00 HT, 294,00 TTC, échéance 24/03/2026, dernier jour 16/03/2027"
)
APRIL_PAID_TOLD = f"""
    {IN_FORCE_IN_MARCH_TOLD}
    chaque mois de 2026-04 à 2026-04 : 118,55 HT, 142,26 TTC, payé, à partir de F-2026-0002
"""
PAID_TO_FEBRUARY_TOLD = f"""
    {APRIL_PAID_TOLD}
    chaque mois de 2026-05 à 2027-02 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0003
"""

# Every invoice of the first term is paid, March 2027's in full, and nobody has given notice.
A_PAID_YEAR = f"""
    {IN_FORCE_IN_MARCH}
    chaque mois de 2026-04 à 2027-03 : paie le jour du prélèvement
"""
A_PAID_YEAR_TOLD = f"""
    {PAID_TO_FEBRUARY_TOLD}
    chaque mois de 2027-03 à 2027-03 : 245,00 HT, 294,00 TTC, payé, à partir de F-2027-0013
    18/12/2026 09:00  reminder_sent notice_limit 60
    17/01/2027 09:00  reminder_sent notice_limit 30
    09/02/2027 09:00  reminder_sent notice_limit 7
"""

# Notice served in January: the term ends on 16/03/2027, March is charged for its share.
ENDED_BY_NOTICE = f"""
    {A_PAID_YEAR}
    10/01/2027 10:00  dénonce le contrat
"""
NOTICE_SERVED_TOLD = f"""
    {PAID_TO_FEBRUARY_TOLD}
    18/12/2026 09:00  reminder_sent notice_limit 60
    10/01/2027 10:00  notice_served client posté le 10/01/2027, fin le 16/03/2027
"""
ENDED_BY_NOTICE_TOLD = f"""
    {NOTICE_SERVED_TOLD}
    chaque mois de 2027-03 à 2027-03 : 126,45 HT, 151,74 TTC, payé, à partir de F-2027-0013
    17/03/2027 00:00  contract_ended notice, dernier jour 16/03/2027
    17/03/2027 00:00  service_closed
"""

# In force on the first of a month, notice until 28/02/2027: each month is whole, and nothing is carried over.
IN_FORCE_IN_APRIL = "01/04/2026 08:00  en vigueur, 5 personnes"
IN_FORCE_IN_APRIL_TOLD = (
    f"{IN_FORCE_IN_APRIL} : 245,00 HT, 294,00 TTC, échéance 09/04/2026, dernier jour 31/03/2027"
)
A_PAID_YEAR_FROM_APRIL_TOLD = f"""
    {IN_FORCE_IN_APRIL_TOLD}
    chaque mois de 2026-05 à 2027-03 : 245,00 HT, 294,00 TTC, payé, à partir de F-2026-0002
    30/12/2026 09:00  reminder_sent notice_limit 60
    29/01/2027 09:00  reminder_sent notice_limit 30
    21/02/2027 09:00  reminder_sent notice_limit 7
"""
