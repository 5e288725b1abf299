"""CGV art. 12, GDPR art. 5 and 28: how long each thing is kept, to the day, and why."""

from datetime import date, timedelta

import pytest

from portal.contract import acts as a
from portal.contract.because import Because, recomputed
from portal.contract.retention import (
    Category,
    accounting_last_day,
    accounting_since,
    evidence_last_day,
    history_last_day,
    journal_last_day,
    journals_since,
    kbis_last_day,
    mandate_last_day,
    prospect_last_day,
    retention_table,
)
from tests.contract.specification import jour, le
from tests.contract.subscribed import in_force, live

CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", "bob", "chloe", "dan", "eve")

DAYS: list[tuple[Because, str]] = [
    # From the close of the civil year of the document, whatever its day.
    (accounting_last_day(jour("01/01/2027")), "31/12/2037"),
    (accounting_last_day(jour("17/03/2027")), "31/12/2037"),
    (accounting_last_day(jour("31/12/2027")), "31/12/2037"),
    (evidence_last_day(jour("16/03/2027")), "16/03/2032"),
    (evidence_last_day(jour("29/02/2028")), "28/02/2033"),
    (mandate_last_day(jour("16/03/2027"), None), "16/03/2032"),
    (mandate_last_day(jour("16/03/2027"), jour("26/02/2027")), "16/03/2032"),
    (mandate_last_day(jour("16/03/2027"), jour("31/01/2032")), "28/02/2033"),
    (history_last_day(jour("16/03/2027"), None), "16/03/2032"),
    (history_last_day(jour("16/03/2027"), jour("17/03/2027")), "31/12/2037"),
    (prospect_last_day(jour("29/02/2028")), "28/02/2031"),
    (journal_last_day(jour("31/03/2026")), "31/03/2027"),
]


@pytest.mark.parametrize(("because", "last_day"), DAYS)
def test_the_last_day_of_each_thing(because: Because, last_day: str) -> None:
    assert because.day == recomputed(because) == jour(last_day)
    assert because.lines()


def test_an_ended_contract_has_one_table_for_its_page_its_certificate_and_its_purge() -> None:
    steps = (*CONTRACT, (le("31/03/2026 10:00"), a.Settle(month="2026-04")))
    ended, _ = live(*steps, (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")))
    table = retention_table(ended, last_document=jour("02/04/2026"), last_collection=jour("31/03/2026"))
    assert {one.category: one.because.result if one.because else None for one in table} == {
        Category.CRM: le("05/05/2026"),
        Category.KBIS: date(2026, 4, 16),
        Category.JOURNALS: date(2027, 4, 2),
        Category.EVIDENCE: date(2031, 4, 2),
        Category.MANDATES: date(2031, 4, 2),
        Category.ACCOUNTING: date(2036, 12, 31),
        Category.HISTORY: date(2036, 12, 31),
    }
    destroyed, _ = live(
        *steps, (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")), until=le("06/05/2026")
    )
    table = retention_table(destroyed, last_document=None, last_collection=None)
    assert [one.category for one in table if one.is_gone] == [Category.CRM]


def test_of_a_contract_that_goes_on_nothing_has_an_end_but_its_kbis() -> None:
    state, _ = live(*CONTRACT[:1])
    assert kbis_last_day(state) is None
    state, _ = live(*CONTRACT)
    with pytest.raises(ValueError, match="goes on"):
        retention_table(state, last_document=None, last_collection=None)


@pytest.mark.parametrize("year", range(2026, 2034))
def test_what_is_purged_is_what_has_had_its_last_day(year: int) -> None:
    """Every day of eight years, leap ones among them: the day before the oldest that is kept has had its last."""
    for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
        today = date.fromordinal(ordinal)
        for since, last_day in (
            (journals_since(today), journal_last_day),
            (accounting_since(today), accounting_last_day),
        ):
            assert last_day(since).day >= today > last_day(since - timedelta(days=1)).day
