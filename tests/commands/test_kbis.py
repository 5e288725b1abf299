"""`portal kbis`: an account in French or seven values in JSON, and one line for a file that is wrong."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.commands.conftest import Terminal
from tests.documents.extracts.companies import COMPANIES
from tests.documents.extracts.layouts import infogreffe, rne
from tests.documents.extracts.sent import WAYS
from tests.documents.extracts.sheet import Sheet, pdf_of
from tests.tesseract import ensure_installed

COMPANY = COMPANIES[0]
VALUES = {"siren", "name", "legal_form", "address", "dated", "valid_until", "sure"}


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    file = tmp_path / "kbis.pdf"
    file.write_bytes(infogreffe(COMPANY, date(2026, 1, 15)))
    return file


def test_an_extract_is_told_with_the_day_until_which_it_is_good_and_why(
    terminal: Terminal, extract: Path
) -> None:
    told = terminal.done("kbis", str(extract)).splitlines()
    assert told[0] == "Extrait K-bis"
    assert "SIREN\u00a0: 851\u202f603\u202f472" in told
    assert "Nom\u00a0: ATELIER DES QUATRE VENTS" in told
    assert "À jour au\u00a0: jeudi\u00a015\u00a0janvier\u00a02026" in told
    assert "Recevable jusqu’au mardi\u00a014\u00a0avril\u00a02026 inclus, jour de réception." in told
    assert any(line.strip().startswith("Article\u00a08 des CGV") for line in told)


def test_in_json_it_is_seven_values(terminal: Terminal, extract: Path) -> None:
    assert json.loads(terminal.done("kbis", str(extract), "--json")) == {
        "siren": "851603472",
        "name": "ATELIER DES QUATRE VENTS",
        "legal_form": "Société par actions simplifiée",
        "address": "12 rue des Tanneurs 92000 Nanterre",
        "dated": "2026-01-15",
        "valid_until": "2026-04-14",
        "sure": True,
    }


def test_a_scan_is_read_too(terminal: Terminal, extract: Path) -> None:
    ensure_installed()
    extract.write_bytes(WAYS["scan at 150"](extract.read_bytes()))
    read = json.loads(terminal.done("kbis", str(extract), "--json"))
    assert (read["siren"], read["dated"]) == ("851603472", "2026-01-15")


def test_an_attestation_of_the_rne_is_named(terminal: Terminal, extract: Path) -> None:
    extract.write_bytes(rne(COMPANY, date(2026, 1, 15)))
    assert "Registre national des entreprises" in terminal.done("kbis", str(extract)).splitlines()[0]


def test_what_is_unread_is_null_and_said(terminal: Terminal, extract: Path) -> None:
    sheet = Sheet()
    sheet.write(20, 20, "EXTRAIT D'IMMATRICULATION PRINCIPALE AU REGISTRE DU COMMERCE ET DES SOCIETES")
    sheet.write(20, 40, "délivré le 3 mars 2026")
    extract.write_bytes(pdf_of(sheet))
    assert set(json.loads(terminal.done("kbis", str(extract), "--json")).values()) == {None, False}
    told = terminal.done("kbis", str(extract))
    assert "SIREN\u00a0: non lu, à saisir à la main" in told
    assert "Recevable" not in told


def test_another_paper_is_said_to_be_none(terminal: Terminal, extract: Path) -> None:
    sheet = Sheet()
    sheet.write(20, 20, "Facture du 3 mars 2026, ALPHA SAS, SIREN 851 603 472, payable à trente jours, merci")
    extract.write_bytes(pdf_of(sheet))
    assert "ne ressemble pas à un extrait" in terminal.done("kbis", str(extract))
    assert json.loads(terminal.done("kbis", str(extract), "--json"))["siren"] is None


def test_a_wrong_file_is_refused_in_one_line(terminal: Terminal, extract: Path, tmp_path: Path) -> None:
    assert "ne peut pas être ouvert" in terminal.refused("kbis", str(tmp_path / "absent.pdf"))
    extract.write_bytes(b"not a PDF")
    assert "kbis.pdf" in terminal.refused("kbis", str(extract), "--json")


def test_without_tesseract_a_scan_is_to_be_typed(
    terminal: Terminal, extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract.write_bytes(WAYS["scan at 150"](extract.read_bytes()))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "à saisir à la main" in terminal.refused("kbis", str(extract))

    in_json = terminal("kbis", str(extract), "--json")
    assert set(json.loads(in_json.stdout)) == VALUES
    assert set(json.loads(in_json.stdout).values()) == {None, False}
    [why] = in_json.stderr.splitlines()
    assert (in_json.exit_code, "à saisir à la main" in why) == (1, True)


def test_misuse_is_two(terminal: Terminal) -> None:
    assert terminal("kbis").exit_code == 2
    assert terminal("kbis", "a.pdf", "b.pdf").exit_code == 2
