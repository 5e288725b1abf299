"""`portal bank collect`: the collection files that the bank wants by now, the same each time."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from portal.contract.calendar import Closing, add_months, last_day_of_month, last_open_day, month_of
from portal.contract.collecting import handed_over_from
from portal.payments.collection_files import verify
from portal.settings import load
from tests.commands.conftest import Terminal

NOTHING = "Aucun prélèvement n’est à remettre à la banque à ce jour.\n"


def month_end_ahead() -> date:
    """Return the collection day of a month whose invoices are still to be issued."""
    today = datetime.now(UTC).date()
    return last_open_day(last_day_of_month(add_months(month_of(today), 1)), Closing.BANKING)


def test_the_files_of_the_day_are_written_and_the_same_again(demonstration: Terminal, tmp_path: Path) -> None:
    collected_on = month_end_ahead()
    demonstration.done("travel", "--to", f"{handed_over_from(collected_on, 2)}T10:00")
    out = tmp_path / "out" / "bank"
    [line] = demonstration.done("bank", "collect", str(out)).splitlines()
    [file] = out.iterdir()
    assert file.name == f"PRLV-{collected_on:%Y%m%d}-1.xml"
    assert line.startswith(f"{file.name}\u00a0:")
    assert "prélèvement" in line
    assert "€" in line
    content = file.read_bytes()
    verify(content)
    file.unlink()
    assert demonstration.done("bank", "collect", str(out)).splitlines() == [line]
    assert file.read_bytes() == content
    demonstration.done("travel", "--to", f"{collected_on + timedelta(days=1)}T10:00")
    later = tmp_path / "later"
    assert demonstration.done("bank", "collect", str(later)) == NOTHING
    assert not later.exists()


def test_where_nothing_is_due_it_says_so(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.done("bank", "collect", str(tmp_path / "out")) == NOTHING


def test_a_file_in_the_place_of_the_folder_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("kept", encoding="utf-8")
    assert "« out »".replace(" ", "\u00a0") in terminal.refused("bank", "collect", str(file), code=2)
    assert file.read_text(encoding="utf-8") == "kept"


def test_a_folder_that_cannot_be_written_is_refused_by_name(demonstration: Terminal, tmp_path: Path) -> None:
    demonstration.done("travel", "--to", f"{handed_over_from(month_end_ahead(), 2)}T10:00")
    (tmp_path / "taken").write_text("", encoding="utf-8")
    line = demonstration.refused("bank", "collect", str(tmp_path / "taken" / "out"))
    assert "ne peut pas être écrit" in line


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORTAL_VENDOR_IBAN", "FR7630006000011234567890188", "IBAN"),
        ("PORTAL_VENDOR_CREDITOR_ID", "FR73ZZZ123456", "ICS"),
        ("PORTAL_VENDOR_BIC", "X", "BIC"),
    ],
)
def test_a_creditor_that_no_bank_knows_makes_no_file(
    demonstration: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    # The days before are travelled with the right account: the clock's own way makes files as well.
    before = handed_over_from(month_end_ahead(), 2) - timedelta(days=1)
    demonstration.done("travel", "--to", f"{before}T10:00")
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORTAL_BANK_DAYS", "4")
    assert says in demonstration.refused("bank", "collect", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["PORTAL_BANK_OUTBOX", "PORTAL_BANK_INBOX"])
def test_an_empty_folder_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    settings = load()
    assert (settings.bank_outbox, settings.bank_inbox) == (None, None)


@pytest.mark.parametrize("days", ["0", "11", "deux"])
def test_a_wrong_number_of_days_is_named(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: str
) -> None:
    monkeypatch.setenv("PORTAL_BANK_DAYS", days)
    assert "PORTAL_BANK_DAYS" in terminal.refused("bank", "collect", str(tmp_path / "out"))


def test_a_demonstration_has_a_file_that_waits_whatever_the_day(
    demonstration: Terminal, tmp_path: Path
) -> None:
    """An invoice in arrears that staff have presented again."""
    [line] = demonstration.done("bank", "collect", str(tmp_path / "bank")).splitlines()
    [file] = (tmp_path / "bank").iterdir()
    assert line.replace("\u00a0", " ").startswith(f"{file.name} : 1 prélèvement")
    verify(file.read_bytes())
