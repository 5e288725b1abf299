"""`portal verify` and `portal rebuild`: exit code 1 as soon as the records are not what happened."""

import sqlite3

from tests.commands.conftest import TRIED_ON, Terminal


def tamper(terminal: Terminal, statement: str) -> None:
    connection = sqlite3.connect(terminal.data / "portal.db")
    with connection:
        connection.execute(statement)
    connection.close()


def test_untouched_records_are_intact_and_equal(demonstration: Terminal) -> None:
    assert demonstration.done("verify") == "Toutes les chaînes d’événements sont intactes.\n"
    assert "égales" in demonstration.done("rebuild")


def test_an_altered_event_is_named(demonstration: Terminal) -> None:
    tamper(demonstration, "UPDATE events SET actor = 'someone else' WHERE seq = 2")
    result = demonstration("verify")
    assert result.exit_code == 1
    assert "event 2: altered" in result.stdout
    assert "modifiés hors du portail" in result.stdout.splitlines()[-1]


def test_a_history_whose_end_was_cut_off_is_named(demonstration: Terminal) -> None:
    tamper(demonstration, "DELETE FROM events WHERE kind = 'data_destroyed'")
    result = demonstration("verify")
    assert result.exit_code == 1
    assert "missing" in result.stdout


def test_a_tampered_table_is_told_and_mended(demonstration: Terminal) -> None:
    tamper(demonstration, "UPDATE situations SET users = 99")
    told = demonstration("rebuild")
    assert told.exit_code == 1
    all_of_them = len(TRIED_ON)
    wrong = f"situations : {all_of_them} ligne(s) en trop, {all_of_them} ligne(s) manquante(s), corrigées."
    assert wrong in told.stdout
    assert "égales" in demonstration.done("rebuild")


def test_a_history_that_cannot_be_read_is_told_and_nothing_is_rebuilt(demonstration: Terminal) -> None:
    tamper(demonstration, "UPDATE situations SET users = 99")
    tamper(demonstration, "UPDATE events SET body = 'not even JSON' WHERE seq = 2")
    assert "portal verify" in demonstration.refused("rebuild")
    connection = sqlite3.connect(demonstration.data / "portal.db")
    assert connection.execute("SELECT DISTINCT users FROM situations").fetchall() == [(99,)]
    connection.close()


def test_an_empty_portal_is_intact(terminal: Terminal) -> None:
    assert "intactes" in terminal.done("verify")
    assert "égales" in terminal.done("rebuild")
