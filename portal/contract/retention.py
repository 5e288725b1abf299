"""How long each thing is kept, and why (CGV art. 12; GDPR art. 5.1.e and 28.3.g): one table, executed as it is shown.

Two hats. For what the client entered in the CRM the vendor is a processor: it goes with the contract. For the contract
itself and its accounts the vendor is the controller, and the law says how long. Where the law counts in years from an
event, a thing is kept to the end of the last day; the purge comes after it.

The accounts are closed with the civil year: ten years run from 31 December of the year of a document, so that no document
is kept shorter than the law wants whatever its day (C. com. L. 123-22).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from portal.contract.because import Because
from portal.contract.calendar import add_months
from portal.contract.ending import data_destruction
from portal.contract.french import count
from portal.contract.state import Data, State

ACCOUNTING_YEARS: Final = 10
EVIDENCE_YEARS: Final = 5
COLLECTION_MONTHS: Final = 13
PROSPECT_YEARS: Final = 3
JOURNAL_MONTHS: Final = 12
_DECEMBER = 12
_MONTHS = 12
_CLAUSE = "12"


class Category(StrEnum):
    """What is kept, by the reason for which it is."""

    CRM = "crm"
    KBIS = "kbis"
    EVIDENCE = "evidence"
    MANDATES = "mandates"
    ACCOUNTING = "accounting"
    HISTORY = "history"
    JOURNALS = "journals"
    PROSPECT = "prospect"


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of the table: what it is (French), and the last day on which it is kept; None: gone, or no day yet."""

    category: Category
    title: str
    what: str
    because: Because | None
    is_gone: bool = False


TITLES: Final = {
    Category.CRM: "Vos données dans le CRM",
    Category.KBIS: "Le fichier de votre K-bis",
    Category.EVIDENCE: "Le contrat et ses preuves",
    Category.MANDATES: "Les mandats SEPA",
    Category.ACCOUNTING: "Les pièces comptables",
    Category.HISTORY: "L’histoire scellée du contrat",
    Category.JOURNALS: "Les journaux techniques",
    Category.PROSPECT: "Le compte d’un prospect",
}
_WHATS: Final = {
    Category.CRM: "Tout ce que vos utilisateurs y ont saisi, et les copies faites pour vous le rendre.",
    Category.KBIS: "Il nomme des personnes : seules restent sa date, le SIREN et l’empreinte du fichier.",
    Category.EVIDENCE: (
        "Contrat signé, CGV acceptées et leur preuve, lettres, e-mails, noms et accès de vos utilisateurs."
    ),
    Category.MANDATES: "Titulaire, compte et mandat signé ; ensuite, la référence (RUM) seule.",
    Category.ACCOUNTING: "Factures, avoirs, prélèvements et messages de la banque.",
    Category.HISTORY: "Les faits datés du contrat, sans aucune donnée personnelle, tant qu’ils justifient ses comptes.",
    Category.JOURNALS: "Qui a fait quoi et depuis quelle adresse.",
}


# --- each day, with its reason ---------------------------------------------------------------------


def accounting_last_day(dated: date) -> Because:
    """Return the last day on which an accounting document of that date is kept (C. com. L. 123-22)."""
    because = Because(
        clause=_CLAUSE,
        rule=(
            "les pièces comptables sont gardées dix ans à compter de la clôture de leur exercice, qui est l’année civile "
            "(article L. 123-22 du Code de commerce)."
        ),
        start_label="date de la pièce",
        start=dated,
    )
    if dated.month < _DECEMBER:
        because = because.plus_months(_DECEMBER - dated.month, "en décembre de la même année")
    return because.month_end("clôture de l’exercice").plus_months(
        ACCOUNTING_YEARS * _MONTHS, f"{count(ACCOUNTING_YEARS, 'an')} après"
    )


def evidence_last_day(ended_on: date) -> Because:
    """Return the last day on which the evidence of a contract is kept (C. com. L. 110-4, C. civ. 2224)."""
    return Because(
        clause=_CLAUSE,
        rule=(
            "le contrat et ses preuves sont gardés cinq ans après sa fin, le temps où un différend peut naître "
            "(articles L. 110-4 du Code de commerce et 2224 du Code civil)."
        ),
        start_label="dernier jour du contrat",
        start=ended_on,
    ).plus_months(EVIDENCE_YEARS * _MONTHS, f"{count(EVIDENCE_YEARS, 'an')} après")


def mandate_last_day(ended_on: date, last_collection: date | None) -> Because:
    """Return the last day on which a mandate is kept: with the evidence, and 13 months after a collection at least."""
    because = Because(
        clause=_CLAUSE,
        rule=(
            "un mandat est gardé cinq ans après le contrat, et treize mois au moins après le dernier prélèvement, tant que "
            "vous pouvez le contester (article L. 133-24 du Code monétaire et financier)."
        ),
        start_label="dernier jour du contrat",
        start=ended_on,
    ).plus_months(EVIDENCE_YEARS * _MONTHS, f"{count(EVIDENCE_YEARS, 'an')} après")
    if last_collection is None:
        return because
    contestable = add_months(last_collection, COLLECTION_MONTHS)
    return because.or_later(contestable, "treize mois après le dernier prélèvement")


def history_last_day(ended_on: date, last_document: date | None) -> Because:
    """Return the last day of a contract's sealed history: it justifies the accounts, and goes with the last of them."""
    because = Because(
        clause=_CLAUSE,
        rule=(
            "les faits datés du contrat, qui ne nomment personne, sont gardés aussi longtemps que la dernière pièce "
            "comptable qu’ils justifient."
        ),
        start_label="dernier jour du contrat",
        start=ended_on,
    ).plus_months(EVIDENCE_YEARS * _MONTHS, f"{count(EVIDENCE_YEARS, 'an')} après")
    if last_document is None:
        return because
    return because.or_later(
        accounting_last_day(last_document).day, "dernier jour de la dernière pièce comptable"
    )


def kbis_last_day(state: State) -> Because | None:
    """Return the last day on which the file of the K-bis is kept; None while the contract is not in force."""
    if state.in_force_on is None:
        return None
    days = state.offer.policy.kbis_file_days
    return (
        Because(
            clause="8",
            rule="le K-bis a servi une fois le contrat en vigueur : son fichier est effacé, sa date et son empreinte restent.",
            start_label="entrée en vigueur",
            start=state.in_force_on,
        )
        .plus_days(days, f"{count(days, 'jour calendaire', 'jours calendaires')} après, sans compter ce jour")
        .under(state.offer.policy.reading("kbis_file_days"))
    )


def prospect_last_day(last_contact: date) -> Because:
    """Return the last day on which a prospect without a contract is kept: three years after the last contact."""
    return Because(
        clause=_CLAUSE,
        rule="ce que nous savons d’un prospect sans contrat est gardé trois ans après son dernier contact.",
        start_label="dernier contact",
        start=last_contact,
    ).plus_months(PROSPECT_YEARS * _MONTHS, f"{count(PROSPECT_YEARS, 'an')} après")


def journal_last_day(noted_on: date) -> Because:
    """Return the last day on which a line of a technical journal is kept."""
    return Because(
        clause=_CLAUSE,
        rule="un journal technique est gardé douze mois.",
        start_label="jour noté",
        start=noted_on,
    ).plus_months(JOURNAL_MONTHS, "douze mois après")


# --- the table -----------------------------------------------------------------------------------


def retention_table(
    state: State, *, last_document: date | None, last_collection: date | None
) -> tuple[Kept, ...]:
    """Return what remains of an ended contract, until when and why; raises where it has not ended.

    `last_document` is the day of the last thing that its accounts hold, `last_collection` that of the last collection.
    """
    if state.ended_on is None:
        raise ValueError("nothing is to be kept of a contract that goes on")
    ended_on = state.ended_on
    destroyed = state.data is Data.DESTROYED
    days = {
        Category.CRM: None if destroyed else data_destruction(state),
        Category.KBIS: kbis_last_day(state),
        Category.JOURNALS: journal_last_day(ended_on),
        Category.EVIDENCE: evidence_last_day(ended_on),
        Category.MANDATES: mandate_last_day(ended_on, last_collection),
        Category.ACCOUNTING: accounting_last_day(last_document or ended_on),
        Category.HISTORY: history_last_day(ended_on, last_document),
    }
    return tuple(
        Kept(category, TITLES[category], _WHATS[category], because, is_gone=because is None)
        for category, because in days.items()
    )


# --- the table, read backwards ---------------------------------------------------------------------


def accounting_since(on: date) -> date:
    """Return the day of the oldest accounting document that is still kept."""
    return date(on.year - ACCOUNTING_YEARS, 1, 1)


def journals_since(on: date) -> date:
    """Return the oldest day of which a technical journal's lines are still kept."""
    day = add_months(on, -JOURNAL_MONTHS)
    # After a 28 February that had no 29th, the months counted forwards end a day earlier than counted back.
    return day if journal_last_day(day).day >= on else day + timedelta(days=1)
