"""Why each date is what it is, word for word: article, rule, starting point, steps, days not counted, readings."""

from collections.abc import Callable
from dataclasses import replace
from textwrap import dedent

import pytest

from portal.contract import acts as a
from portal.contract import trial
from portal.contract.acts import Piece
from portal.contract.announcing import announced_from, last_reached_day
from portal.contract.arrears import default_mail, suspension_of, termination_opens
from portal.contract.because import Because, recomputed
from portal.contract.changes import applies_from, refusal_end
from portal.contract.decide import decide
from portal.contract.dossier import kbis_last_day
from portal.contract.ending import data_destruction, early_end_opens, letter_day, restitution_end
from portal.contract.evolve import history
from portal.contract.issue import collection_day, due_day, next_issue, regular_issue
from portal.contract.quotation import service_validity
from portal.contract.reminders import reminder_because
from portal.contract.state import State
from portal.contract.subscription import first_due_day, first_issue_waits
from portal.contract.term import end_because, ends_on, notice_end, notice_last_day, term_last_day
from tests.contract.specification import Given, a_trial, an_offer, counted_by_hand, given, jour, le
from tests.contract.subscribed import Step, a_complete_dossier, in_force, live
from tests.contract.test_refusals import without_no_break

FIVE = ("bob", "chloe", "dan", "eve")
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE)
PAID: tuple[Step, ...] = (*CONTRACT, (le("31/03/2026 10:00"), a.Settle(month="2026-04")))
ENDED: tuple[Step, ...] = (*PAID, (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")))
GIVEN_BACK: tuple[Step, ...] = (
    *ENDED,
    (le("03/04/2026 10:00"), a.RequestRestitution()),
    (le("06/05/2026 10:00"), a.CompleteRestitution()),
)


def after(*steps: Step, until: str | None = None) -> State:
    return live(*steps, until=le(until) if until else None)[0]


def refused_after_the_days_of_reflection(**readings: object) -> Given:
    held = given(*a_trial(le("31/01/2026 10:00")), offer=an_offer(**readings))
    for piece in (Piece.CONTRACT, Piece.MANDATE):
        held = held.when(a.SubmitDocument(piece=piece), le("17/03/2026 12:00")).granted()
    refuse = a.RefuseDocument(piece=Piece.MANDATE, reason="illegible")
    return held.when(refuse, le("20/03/2026 12:00")).granted()


def why_it_ends(posted: str) -> Because:
    """Notice by the client, that day, in the term of `contract`."""
    noticed = history(contract, decide(contract, a.ServeNotice(by="client"), le(posted)))
    end = ends_on(noticed)
    assert end
    because = end_because(noticed, end)
    assert because.day == end.last_day
    return because


def examined_later_still() -> State:
    accept = a.AcceptDocument(piece=Piece.CONTRACT)
    return refused_after_the_days_of_reflection().when(accept, le("25/04/2026 12:00")).granted().state


in_trial = given(*a_trial(le("30/09/2026 10:00"))).state
from_the_first_day = given(*a_trial(le("30/09/2026 10:00")), offer=an_offer(start_day_counts=True)).state
over_on_bastille_day = given(*a_trial(le("30/05/2026 10:00"))).state
to_correct = refused_after_the_days_of_reflection().state
to_correct_in_a_day = refused_after_the_days_of_reflection(correction_days=1).state
examined_on_the_last_day = replace(to_correct, last_refused_at=None, last_examined_at=le("17/03/2026 18:00"))
awaiting = after(*a_complete_dossier(le("04/03/2026 10:00"), *FIVE))
awaiting_april = after(*a_complete_dossier(le("30/03/2026 10:00")))
contract = after(*CONTRACT)
late_in_march = after(*in_force("23/03/2026 10:00", "31/03/2026 10:00", *FIVE))
leap = after(*in_force("21/02/2028 10:00", "29/02/2028 10:00", *FIVE))
suspended = after(*PAID, until="21/05/2026")
changed = after(*PAID, (le("02/06/2026 10:00"), a.AnnouncePrice(user_month_cents=5200)))
ended = after(*ENDED)
given_back = after(*GIVEN_BACK)
of_may = suspended.invoices_of("2026-05")[0]

REASONS: dict[str, tuple[Callable[[], Because | None], str]] = {
    "the end that a letter brings the day it is posted": (
        lambda: letter_day(jour("21/05/2026"), "unpaid", ends=True),
        """
        Article 16 des CGV : une résiliation avant le terme prend effet le jour où sa lettre est postée.
        Point de départ : lettre postée en recommandé, le jeudi 21 mai 2026.
        """,
    ),
    "the end for force majeure that a letter brings": (
        lambda: letter_day(jour("21/05/2026"), "force_majeure", ends=True),
        """
        Article 14 des CGV : une résiliation avant le terme prend effet le jour où sa lettre est postée.
        Point de départ : lettre postée en recommandé, le jeudi 21 mai 2026.
        """,
    ),
    "the delay that a letter opens": (
        lambda: letter_day(jour("16/03/2027"), "insolvency", ends=False),
        """
        Article 16 des CGV : le délai qu’ouvre une lettre court du jour où elle est postée.
        Point de départ : lettre postée en recommandé, le mardi 16 mars 2027.
        """,
    ),
    "a silent insolvency administrator: the contract may be ended": (
        lambda: early_end_opens(jour("31/01/2027"), "insolvency"),
        """
        Article 16 des CGV : l’administrateur judiciaire a un mois pour répondre à la mise en demeure.
        Point de départ : mise en demeure postée, le dimanche 31 janvier 2027.
        Un mois après, dernier jour compris : dimanche 28 février 2027.
        Lendemain du dernier jour : lundi 1er mars 2027.
        """,
    ),
    "a force majeure that lasts: the contract may be ended": (
        lambda: early_end_opens(jour("01/02/2028"), "force_majeure"),
        """
        Article 14 des CGV : une force majeure qui dure plus de 30 jours calendaires permet de résilier.
        Point de départ : premier jour de l’empêchement, le mardi 1er février 2028.
        30 jours calendaires après, sans compter ce jour : jeudi 2 mars 2028.
        Lendemain du dernier jour : vendredi 3 mars 2028.
        """,
    ),
    "the day after which nothing announced on a day applies": (
        lambda: last_reached_day(le("31/01/2027 10:00")),
        """
        Article 17 des CGV : annoncé après la limite de préavis, un mois avant la fin de la période, un changement attend le renouvellement suivant, un an plus tard.
        Point de départ : jour de l’annonce, le dimanche 31 janvier 2027.
        Un an et un mois après : mardi 29 février 2028.
        Le lendemain : mercredi 1er mars 2028.
        """,
    ),
    "the day from which a grid can be announced to everyone": (
        lambda: announced_from(jour("29/02/2028")),
        """
        Article 17 des CGV : annoncé un an au plus avant le jour où il peut s’appliquer, un changement atteint chaque renouvellement.
        Point de départ : premier jour où il peut s’appliquer, le mardi 29 février 2028.
        Un an avant : dimanche 28 février 2027.
        """,
    ),
    "the last day of a quotation": (
        lambda: service_validity(jour("31/12/2026")),
        """
        Article 5.3 des CGV : le devis d’un service peut être accepté jusqu’au dernier jour qu’il nomme, compris.
        Point de départ : dernier jour nommé par le devis, le jeudi 31 décembre 2026.
        """,
    ),
    "the trial's end": (
        lambda: trial.trial_end(in_trial),
        """
        Article 5.1 des CGV : l’essai gratuit dure 30 jours calendaires.
        Point de départ : début de l’essai, le mercredi 30 septembre 2026.
        30 jours calendaires après, sans compter le jour du début : vendredi 30 octobre 2026.
        Fin du vendredi 30 octobre 2026, à minuit, heure de Paris : samedi 31 octobre 2026 à 0 h 00.
        Lectures : start_day_counts.
        """,
    ),
    "the trial's end, its first day counted": (
        lambda: trial.trial_end(from_the_first_day),
        """
        Article 5.1 des CGV : l’essai gratuit dure 30 jours calendaires.
        Point de départ : début de l’essai, le mercredi 30 septembre 2026.
        29 jours calendaires après, le jour du début étant compté : jeudi 29 octobre 2026.
        Fin du jeudi 29 octobre 2026, à minuit, heure de Paris : vendredi 30 octobre 2026 à 0 h 00.
        """,
    ),
    "the archive's end": (
        lambda: trial.archive_end(in_trial),
        """
        Article 5.1 des CGV : un délai de réflexion de 15 jours calendaires suit l’essai.
        Point de départ : dernier jour de l’essai, le vendredi 30 octobre 2026.
        15 jours calendaires après, sans compter ce jour : samedi 14 novembre 2026.
        Fin du samedi 14 novembre 2026, à minuit, heure de Paris : dimanche 15 novembre 2026 à 0 h 00.
        Lectures : start_day_counts.
        """,
    ),
    "the destruction": (
        lambda: trial.destruction(in_trial),
        """
        Article 5.1 des CGV : passé ce délai, les données sont définitivement supprimées.
        Point de départ : dernier jour de conservation des données, le samedi 14 novembre 2026.
        Premier jour ouvré à partir de ce jour : lundi 16 novembre 2026.
        Fin du lundi 16 novembre 2026, à minuit, heure de Paris : mardi 17 novembre 2026 à 0 h 00.
        Jours non comptés : samedi 14 novembre 2026, dimanche 15 novembre 2026.
        Lectures : destruction_waits_for_business_day.
        """,
    ),
    "the correction's end": (
        lambda: trial.correction_end(to_correct),
        """
        Article 5.1 des CGV : une pièce refusée après le délai de réflexion ouvre un délai pour la corriger.
        Point de départ : jour du refus, le vendredi 20 mars 2026.
        15 jours calendaires après, sans compter ce jour : samedi 4 avril 2026.
        Fin du samedi 4 avril 2026, à minuit, heure de Paris : dimanche 5 avril 2026 à 0 h 00.
        Lectures : correction_days.
        """,
    ),
    "the destruction after a correction": (
        lambda: trial.destruction(to_correct),
        """
        Article 5.1 des CGV : passé ce délai, les données sont définitivement supprimées.
        Point de départ : dernier jour de conservation des données, le mardi 17 mars 2026.
        Dernier jour pour corriger la pièce refusée : samedi 4 avril 2026.
        Premier jour ouvré à partir de ce jour : mardi 7 avril 2026.
        Fin du mardi 7 avril 2026, à minuit, heure de Paris : mercredi 8 avril 2026 à 0 h 00.
        Jours non comptés : samedi 4 avril 2026, dimanche 5 avril 2026, lundi 6 avril 2026 (Lundi de Pâques).
        Lectures : correction_days, destruction_waits_for_business_day.
        """,
    ),
    "the destruction after an examination": (
        lambda: trial.destruction(examined_later_still()),
        """
        Article 5.1 des CGV : passé ce délai, les données sont définitivement supprimées.
        Point de départ : dernier jour de conservation des données, le mardi 17 mars 2026.
        Dernier jour pour corriger la pièce refusée : samedi 4 avril 2026.
        Jour du dernier examen d’une pièce : samedi 25 avril 2026.
        Premier jour ouvré à partir de ce jour : lundi 27 avril 2026.
        Fin du lundi 27 avril 2026, à minuit, heure de Paris : mardi 28 avril 2026 à 0 h 00.
        Jours non comptés : samedi 25 avril 2026, dimanche 26 avril 2026.
        Lectures : correction_days, destruction_follows_examination, destruction_waits_for_business_day.
        """,
    ),
    "the correction's end, in a day": (
        lambda: trial.correction_end(to_correct_in_a_day),
        """
        Article 5.1 des CGV : une pièce refusée après le délai de réflexion ouvre un délai pour la corriger.
        Point de départ : jour du refus, le vendredi 20 mars 2026.
        1 jour calendaire après, sans compter ce jour : samedi 21 mars 2026.
        Fin du samedi 21 mars 2026, à minuit, heure de Paris : dimanche 22 mars 2026 à 0 h 00.
        Lectures : correction_days.
        """,
    ),
    "the destruction, a piece being examined on the last day": (
        lambda: trial.destruction(examined_on_the_last_day),
        """
        Article 5.1 des CGV : passé ce délai, les données sont définitivement supprimées.
        Point de départ : dernier jour de conservation des données, le mardi 17 mars 2026.
        Premier jour ouvré à partir de ce jour : mardi 17 mars 2026.
        Fin du mardi 17 mars 2026, à minuit, heure de Paris : mercredi 18 mars 2026 à 0 h 00.
        Lectures : destruction_waits_for_business_day.
        """,
    ),
    "a K-bis": (
        lambda: kbis_last_day(jour("15/01/2026")),
        """
        Article 8 des CGV : l’extrait K-bis doit dater de moins de trois mois le jour où nous le recevons.
        Point de départ : date à laquelle l’extrait est à jour, le jeudi 15 janvier 2026.
        Trois mois après : mercredi 15 avril 2026.
        La veille de ce jour : mardi 14 avril 2026.
        """,
    ),
    "the first month's due day": (
        lambda: first_due_day(jour("27/03/2026")),
        """
        Article 10.3 des CGV : la facture du premier mois vous parvient au moins 5 jours ouvrés avant son prélèvement.
        Point de départ : émission de la facture, le vendredi 27 mars 2026.
        Cinq jours ouvrés après : vendredi 3 avril 2026.
        Premier jour à la fois ouvré et bancaire : mardi 7 avril 2026.
        Jours non comptés : samedi 28 mars 2026, dimanche 29 mars 2026, vendredi 3 avril 2026 (Vendredi saint), samedi 4 avril 2026, dimanche 5 avril 2026, lundi 6 avril 2026 (Lundi de Pâques).
        """,
    ),
    "the first month's invoice, one month later": (
        lambda: first_issue_waits(awaiting_april),
        """
        Article 10.3 des CGV : quand le préavis de 5 jours ouvrés dépasse le mois, le premier mois est facturé le 1er du mois suivant.
        Point de départ : premier jour du mois qui suit la validation du dossier, le mercredi 1er avril 2026.
        À 6 h 00, heure de Paris : mercredi 1er avril 2026 à 6 h 00.
        """,
    ),
    "the term's end": (
        lambda: term_last_day(contract),
        """
        Article 9 des CGV : l’abonnement dure un an et se renouvelle tacitement pour un an, toujours compté depuis l’entrée en vigueur.
        Point de départ : entrée en vigueur, le mardi 17 mars 2026.
        1 an après : mercredi 17 mars 2027.
        La veille de cet anniversaire : mardi 16 mars 2027.
        """,
    ),
    "the next term's end": (
        lambda: term_last_day(contract, 1),
        """
        Article 9 des CGV : l’abonnement dure un an et se renouvelle tacitement pour un an, toujours compté depuis l’entrée en vigueur.
        Point de départ : entrée en vigueur, le mardi 17 mars 2026.
        2 ans après : vendredi 17 mars 2028.
        La veille de cet anniversaire : jeudi 16 mars 2028.
        """,
    ),
    "the end, where notice came in time": (
        lambda: why_it_ends("16/02/2027 23:59"),
        """
        Article 9 des CGV : l’abonnement dure un an et se renouvelle tacitement pour un an, toujours compté depuis l’entrée en vigueur.
        Point de départ : entrée en vigueur, le mardi 17 mars 2026.
        1 an après : mercredi 17 mars 2027.
        La veille de cet anniversaire : mardi 16 mars 2027.
        """,
    ),
    "the end, where notice came a minute late": (
        lambda: why_it_ends("17/02/2027 00:00"),
        """
        Article 9 des CGV : l’abonnement dure un an et se renouvelle tacitement pour un an, toujours compté depuis l’entrée en vigueur.
        Point de départ : entrée en vigueur, le mardi 17 mars 2026.
        2 ans après : vendredi 17 mars 2028.
        La veille de cet anniversaire : jeudi 16 mars 2028.
        """,
    ),
    "a term from 29 February": (
        lambda: term_last_day(leap),
        """
        Article 9 des CGV : l’abonnement dure un an et se renouvelle tacitement pour un an, toujours compté depuis l’entrée en vigueur.
        Point de départ : entrée en vigueur, le mardi 29 février 2028.
        1 an après : mercredi 28 février 2029.
        Lectures : leap_day_term_ends_with_month.
        """,
    ),
    "the notice's limit": (
        lambda: notice_end(contract),
        """
        Article 16 des CGV : la résiliation se notifie au moins un mois avant la fin de la période.
        Point de départ : dernier jour de la période, le mardi 16 mars 2027.
        Dernier jour depuis lequel un mois entier tient avant cette fin : mardi 16 février 2027.
        Fin du mardi 16 février 2027, à minuit, heure de Paris : mercredi 17 février 2027 à 0 h 00.
        Lectures : notice_counts_from_posting.
        """,
    ),
    "a notice's limit on a Sunday": (
        lambda: notice_last_day(jour("30/03/2027")),
        """
        Article 16 des CGV : la résiliation se notifie au moins un mois avant la fin de la période.
        Point de départ : dernier jour de la période, le mardi 30 mars 2027.
        Dernier jour depuis lequel un mois entier tient avant cette fin : dimanche 28 février 2027.
        Ce jour n’est pas ouvré : postez au plus tard le vendredi 26 février 2027.
        """,
    ),
    "the next invoice": (
        lambda: next_issue(contract),
        """
        Article 10.3 des CGV : la facture du mois suivant est émise le 20 du mois, ou le dernier jour ouvré avant.
        Point de départ : le 20 du mois, le vendredi 20 mars 2026.
        Ce jour, ou le dernier jour ouvré avant lui : vendredi 20 mars 2026.
        À 6 h 00, heure de Paris : vendredi 20 mars 2026 à 6 h 00.
        """,
    ),
    "the first monthly invoice, late in a month": (
        lambda: next_issue(late_in_march),
        """
        Article 10.3 des CGV : quand le contrat entre en vigueur trop tard dans le mois, la première facture mensuelle est émise le 1er du mois suivant.
        Point de départ : premier jour du mois suivant, le mercredi 1er avril 2026.
        À 6 h 00, heure de Paris : mercredi 1er avril 2026 à 6 h 00.
        """,
    ),
    "an invoice's due day": (
        lambda: due_day(jour("18/12/2026")),
        """
        Article 10.3 des CGV : une facture est payable au plus tard le dernier jour du mois de son émission.
        Point de départ : émission de la facture, le vendredi 18 décembre 2026.
        Dernier jour de ce mois : jeudi 31 décembre 2026.
        """,
    ),
    "its collection": (
        lambda: collection_day(jour("31/01/2027")),
        """
        Article 10.2 des CGV : la facture est prélevée le dernier jour bancaire du mois.
        Point de départ : échéance de la facture, le dimanche 31 janvier 2027.
        Ce jour, ou le dernier jour bancaire avant lui : vendredi 29 janvier 2027.
        Jours non comptés : samedi 30 janvier 2027, dimanche 31 janvier 2027.
        """,
    ),
    "its collection, where the month's last weekday is Good Friday": (
        lambda: collection_day(jour("31/03/2029")),
        """
        Article 10.2 des CGV : la facture est prélevée le dernier jour bancaire du mois.
        Point de départ : échéance de la facture, le samedi 31 mars 2029.
        Ce jour, ou le dernier jour bancaire avant lui : jeudi 29 mars 2029.
        Jours non comptés : vendredi 30 mars 2029 (Vendredi saint), samedi 31 mars 2029.
        """,
    ),
    "the next invoice, where the 20th is a Saturday": (
        lambda: regular_issue(jour("01/06/2026"), 20, 6),
        """
        Article 10.3 des CGV : la facture du mois suivant est émise le 20 du mois, ou le dernier jour ouvré avant.
        Point de départ : le 20 du mois, le samedi 20 juin 2026.
        Ce jour, ou le dernier jour ouvré avant lui : vendredi 19 juin 2026.
        À 6 h 00, heure de Paris : vendredi 19 juin 2026 à 6 h 00.
        Jours non comptés : samedi 20 juin 2026.
        """,
    ),
    "a destruction that waits for 15 July": (
        lambda: trial.destruction(over_on_bastille_day),
        """
        Article 5.1 des CGV : passé ce délai, les données sont définitivement supprimées.
        Point de départ : dernier jour de conservation des données, le mardi 14 juillet 2026.
        Premier jour ouvré à partir de ce jour : mercredi 15 juillet 2026.
        Fin du mercredi 15 juillet 2026, à minuit, heure de Paris : jeudi 16 juillet 2026 à 0 h 00.
        Jours non comptés : mardi 14 juillet 2026 (Fête nationale).
        Lectures : destruction_waits_for_business_day.
        """,
    ),
    "a default": (
        lambda: default_mail(of_may.clock, 9),
        """
        Article 10.3 des CGV : une facture qui n’est pas réglée à la fin de son échéance est en défaut, et nous vous l’écrivons.
        Point de départ : échéance de la facture, le jeudi 30 avril 2026.
        Premier jour ouvré après : lundi 4 mai 2026.
        À 9 h 00, heure de Paris : lundi 4 mai 2026 à 9 h 00.
        Jours non comptés : vendredi 1er mai 2026 (Fête du Travail), samedi 2 mai 2026, dimanche 3 mai 2026.
        """,
    ),
    "the suspension": (
        lambda: suspension_of(contract, of_may, jour("04/05/2026")),
        """
        Article 10.3 des CGV : le compte est suspendu le 10e jour ouvré après le jour où le défaut vous est écrit.
        Point de départ : jour de l’e-mail, le lundi 4 mai 2026.
        Dix jours ouvrés après, sans compter ce jour : mercredi 20 mai 2026.
        À 18 h 00, heure de Paris : mercredi 20 mai 2026 à 18 h 00.
        Jours non comptés : vendredi 8 mai 2026 (Fête de la Victoire), samedi 9 mai 2026, dimanche 10 mai 2026, jeudi 14 mai 2026 (Ascension), samedi 16 mai 2026, dimanche 17 mai 2026.
        Lectures : suspension_follows_mail, suspension_hour.
        """,
    ),
    "the termination for non-payment": (
        lambda: termination_opens(suspended, of_may),
        """
        Article 16 des CGV : la résiliation pour impayé est possible quinze jours entiers après l’échéance, et après la suspension.
        Point de départ : échéance de la facture, le jeudi 30 avril 2026.
        Seizième jour après : samedi 16 mai 2026.
        Lendemain de la suspension : jeudi 21 mai 2026.
        Début du jeudi 21 mai 2026, à minuit, heure de Paris : jeudi 21 mai 2026 à 0 h 00.
        Lectures : termination_follows_suspension.
        """,
    ),
    "a change announced in time": (
        lambda: applies_from(contract, le("16/02/2027 23:59:59")),
        """
        Article 17 des CGV : un changement annoncé à temps s’applique au renouvellement du contrat, sinon au suivant.
        Point de départ : dernier jour de la période pendant laquelle il est annoncé à temps, le mardi 16 mars 2027.
        Premier jour de la période suivante : mercredi 17 mars 2027.
        Lectures : late_change_waits_a_term.
        """,
    ),
    "a change announced too late": (
        lambda: applies_from(contract, le("17/02/2027")),
        """
        Article 17 des CGV : un changement annoncé à temps s’applique au renouvellement du contrat, sinon au suivant.
        Point de départ : dernier jour de la période pendant laquelle il est annoncé à temps, le jeudi 16 mars 2028.
        Premier jour de la période suivante : vendredi 17 mars 2028.
        Lectures : late_change_waits_a_term.
        """,
    ),
    "the refusal of a change": (
        lambda: refusal_end(changed.changes[0]),
        """
        Article 17 des CGV : un changement peut être refusé jusqu’à la fin de la période en cours : le contrat n’est alors pas renouvelé.
        Point de départ : dernier jour avant le changement, le mardi 16 mars 2027.
        Fin du mardi 16 mars 2027, à minuit, heure de Paris : mercredi 17 mars 2027 à 0 h 00.
        """,
    ),
    "the restitution's end": (
        lambda: restitution_end(ended),
        """
        Article 15 des CGV : après la fin du contrat, le client peut demander la restitution de ses données.
        Point de départ : dernier jour du contrat, le jeudi 2 avril 2026.
        30 jours calendaires après, sans compter ce jour : samedi 2 mai 2026.
        Fin du samedi 2 mai 2026, à minuit, heure de Paris : dimanche 3 mai 2026 à 0 h 00.
        Lectures : restitution_days.
        """,
    ),
    "the data's destruction": (
        lambda: data_destruction(ended),
        """
        Article 12 des CGV : passé ce délai, les données du client sont détruites et aucune copie n’en est gardée.
        Point de départ : dernier jour pour demander la restitution, le samedi 2 mai 2026.
        Premier jour ouvré à partir de ce jour : lundi 4 mai 2026.
        Fin du lundi 4 mai 2026, à minuit, heure de Paris : mardi 5 mai 2026 à 0 h 00.
        Jours non comptés : samedi 2 mai 2026, dimanche 3 mai 2026.
        Lectures : restitution_days, destruction_waits_for_business_day.
        """,
    ),
    "the data's destruction, given back later": (
        lambda: data_destruction(given_back),
        """
        Article 12 des CGV : passé ce délai, les données du client sont détruites et aucune copie n’en est gardée.
        Point de départ : dernier jour pour demander la restitution, le samedi 2 mai 2026.
        Jour où les données ont été remises : mercredi 6 mai 2026.
        Premier jour ouvré à partir de ce jour : mercredi 6 mai 2026.
        Fin du mercredi 6 mai 2026, à minuit, heure de Paris : jeudi 7 mai 2026 à 0 h 00.
        Lectures : restitution_days, destruction_waits_for_business_day.
        """,
    ),
    "a warning before the trial's end": (
        lambda: reminder_because(in_trial, "trial_end", 7),
        """
        Article 5.1 des CGV : un rappel vous est envoyé avant chaque fin de délai.
        Point de départ : dernier jour du délai, le vendredi 30 octobre 2026.
        7 jours avant : vendredi 23 octobre 2026.
        À 9 h 00, heure de Paris : vendredi 23 octobre 2026 à 9 h 00.
        Lectures : trial_reminder_days, reminder_hour.
        """,
    ),
    "a warning before the archive's end": (
        lambda: reminder_because(in_trial, "archive_end", 1),
        """
        Article 5.1 des CGV : un rappel vous est envoyé avant chaque fin de délai.
        Point de départ : dernier jour du délai, le samedi 14 novembre 2026.
        1 jour avant : vendredi 13 novembre 2026.
        À 9 h 00, heure de Paris : vendredi 13 novembre 2026 à 9 h 00.
        Lectures : archive_reminder_days, reminder_hour.
        """,
    ),
    "a reminder of the first month": (
        lambda: reminder_because(awaiting, "first_payment", 8),
        """
        Article 8 des CGV : le premier mois impayé vous est rappelé ; il n’est ni un défaut ni une pénalité.
        Point de départ : échéance du premier mois, le mercredi 11 mars 2026.
        8 jours après : jeudi 19 mars 2026.
        À 9 h 00, heure de Paris : jeudi 19 mars 2026 à 9 h 00.
        Lectures : first_payment_reminder_days, reminder_hour.
        """,
    ),
    "a warning before the notice's limit": (
        lambda: reminder_because(contract, "notice_limit", 30),
        """
        Article 16 des CGV : un rappel vous est envoyé avant chaque fin de délai.
        Point de départ : dernier jour du délai, le mardi 16 février 2027.
        30 jours avant : dimanche 17 janvier 2027.
        À 9 h 00, heure de Paris : dimanche 17 janvier 2027 à 9 h 00.
        Lectures : notice_reminder_days, reminder_hour.
        """,
    ),
}


def told(because: Because) -> str:
    lines = [line for line in because.lines() if not line.startswith("Lecture retenue")]
    readings = ", ".join(reading.name for reading in because.readings)
    return without_no_break("\n".join([*lines, f"Lectures : {readings}."] if readings else lines))


@pytest.mark.parametrize(("because", "expected"), REASONS.values(), ids=REASONS)
def test_why_a_date_is_what_it_is(because: Callable[[], Because | None], expected: str) -> None:
    reason = because()
    assert reason
    assert told(reason) == dedent(expected).strip()
    assert recomputed(reason) == reason.result == counted_by_hand(reason)
