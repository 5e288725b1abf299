"""`portal invoices export`: every issued document as its PDF, whatever was exported before."""

from pathlib import Path

import pytest

from portal.documents.facturx_checks import missing_marks
from tests.commands.conftest import Terminal


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_every_document_is_written_once_and_the_same_ever_after(
    demonstration: Terminal, tmp_path: Path
) -> None:
    out = tmp_path / "chez" / "le comptable"
    said = demonstration.done("invoices", "export", str(out))
    first = files(out)
    credit_notes = [name for name in first if name.startswith("A-")]
    invoices = [name for name in first if name.startswith("F-")]
    assert len(first) == len(invoices) + len(credit_notes) >= 10
    assert credit_notes
    assert f"{len(invoices)} factures et {len(credit_notes)} avoir" in said.replace("\u00a0", " ")
    assert f"{len(first)} fichiers écrits, 0 déjà là." in said.replace("\u00a0", " ")
    assert all(missing_marks(content) == () for content in first.values())

    (out / invoices[0]).unlink()
    (out / credit_notes[0]).write_bytes(b"cut")
    (out / "notes.txt").write_text("les miennes", encoding="utf-8")
    again = demonstration.done("invoices", "export", str(out)).replace("\u00a0", " ")
    assert f"2 fichiers écrits, {len(first) - 2} déjà là." in again
    assert files(out) == first | {"notes.txt": b"les miennes"}


def test_bad_input_is_said_and_nothing_is_written(demonstration: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "fichier"
    file.write_text("le mien", encoding="utf-8")
    assert "c’est un fichier" in demonstration.refused("invoices", "export", str(file))
    assert file.read_text(encoding="utf-8") == "le mien"
    assert "ne peut pas être écrit" in demonstration.refused("invoices", "export", "/proc/nulle-part")
    nowhere = tmp_path / "absent"
    said = demonstration.refused("invoices", "export", str(tmp_path / "out"), "--data", str(nowhere))
    assert "n’existe pas" in said
    assert not nowhere.exists()
    assert not (tmp_path / "out").exists()


def test_a_lost_file_is_said_without_a_trace(demonstration: Terminal, tmp_path: Path) -> None:
    demonstration.done("invoices", "export", str(tmp_path / "out"))
    for file in (demonstration.data / "files").rglob("*"):
        if file.is_file():
            file.unlink()
    said = demonstration.refused("invoices", "export", str(tmp_path / "again"))
    assert "Les documents gardés ne peuvent pas être lus" in said


def test_without_a_folder_the_command_says_how_it_is_written(terminal: Terminal) -> None:
    assert terminal("invoices", "export").exit_code == 2
    assert "export" in terminal("invoices", "--help").stdout


@pytest.mark.usefixtures("terminal")
def test_nothing_issued_is_no_error(terminal: Terminal, tmp_path: Path) -> None:
    terminal.done("verify")
    said = terminal.done("invoices", "export", str(tmp_path / "out"))
    assert said.replace("\u00a0", " ").startswith("0 facture et 0 avoir")
