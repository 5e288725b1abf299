"""`portal rules`, and what `portal replay` draws and tells of a contract in force."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from portal.contract.policy import Policy
from portal.contract.state import MOVES
from tests.commands.conftest import Terminal

ACTS = """
09:00|create_account|company = "Atelier Nord"; siren = "732829320"; admin = "anne@atelier-nord.example"
09:01|accept_terms|
09:02|submit|piece = "contract"
09:03|submit|piece = "mandate"
09:04|submit|piece = "kbis"; dated = "2026-03-01"
10:00|accept|piece = "contract"
10:01|accept|piece = "mandate"
10:02|accept|piece = "kbis"
10:03|validate_identity|
"""
SVG = "{http://www.w3.org/2000/svg}"


def scenario(*more: str) -> str:
    acts = [line.split("|") for line in ACTS.strip().splitlines()]
    written = [
        f'[[act]]\nat = "2026-03-04T{at}"\ndo = "{do}"\n' + "\n".join(rest.split("; "))
        for at, do, rest in acts
    ]
    return 'title = "Une année <entière>"\nuntil = "2026-06-21T00:00"\n' + "\n".join([*written, *more])


SETTLED = '[[act]]\nat = "2026-03-17T10:00"\ndo = "settle"\nmonth = "first"\n'
REFUSED = '[[act]]\nat = "2026-04-02T10:00"\ndo = "remove_user"\nuser = "anne@atelier-nord.example"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "annee.toml"
    path.write_text(scenario(SETTLED, REFUSED), encoding="utf-8")
    return path


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_story_tells_invoices_reasons_and_refusals(terminal: Terminal, file: Path) -> None:
    told = plain(terminal.done("replay", str(file)))
    assert "Mardi 17 mars 2026\n" in told
    assert "10 h 00  Le contrat entre en vigueur, jusqu’au mardi 16 mars 2027. [8]" in told
    assert "  Report du premier mois : 15 jours d’abonnement sur 31" in told
    assert any(line.endswith("142,26 €") and "Total TTC" in line for line in told.splitlines())
    assert "REFUSÉ (last_administrator) [2]" in told
    assert "sans compter vendredi 1er mai 2026 (Fête du Travail)" in told
    assert "Total dû :" in told
    assert (
        "À venir, mercredi 17 février 2027 à 0 h 00 : Dernier instant pour résilier à la fin de la période"
        in told
    )


def test_a_credit_note_is_told_with_the_invoice_that_it_corrects(terminal: Terminal, tmp_path: Path) -> None:
    ended = '[[act]]\nat = "2026-04-02T10:00"\ndo = "terminate"\nreason = "force_majeure"\n'
    path = tmp_path / "ended.toml"
    path.write_text(scenario(SETTLED, ended), encoding="utf-8")
    told = plain(terminal.done("replay", str(path)))
    assert "Avoir A-2026-0001 sur la facture F-2026-0002 : émis le 2 avril 2026" in told
    assert "contrat terminé, service fermé, données détruites." in told


def test_a_settlement_says_a_month_or_everything(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(scenario(SETTLED.replace('month = "first"\n', "")), encoding="utf-8")
    refused = plain(terminal.refused("replay", str(path), code=2))
    assert "acte 10 : champ month ou champ everything, l’un des deux et un seul" in refused


def test_on_its_due_day_an_invoice_is_due_without_penalties(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "due.toml"
    path.write_text(scenario(SETTLED).replace("2026-06-21T00:00", "2026-03-31T12:00"), encoding="utf-8")
    told = plain(terminal.done("replay", str(path)))
    assert "Reste dû (avril 2026) : 142,26 € de facture, 0,00 € de pénalités, 0,00 € d’indemnité." in told
    assert "avant toute pénalité" not in told


def test_a_missing_legal_rate_is_told_instead_of_a_sum(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "late.toml"
    path.write_text(scenario(SETTLED).replace("2026-06-21", "2026-07-05"), encoding="utf-8")
    told = plain(terminal.done("replay", str(path)))
    assert "Le taux d’intérêt légal du second semestre 2026 n’est pas encore enregistré" in told
    assert "Total dû" not in told


def test_the_line_of_time_is_drawn_as_a_picture_that_stands_alone(
    terminal: Terminal, file: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "annee.svg"
    terminal.done("replay", str(file), "--svg", str(picture))
    root = ET.fromstring(picture.read_text(encoding="utf-8"))  # noqa: S314 -- our own file
    assert root.findtext(f"{SVG}title") == "Une année <entière>"
    assert "Le service est suspendu pour non-paiement." in (root.findtext(f"{SVG}desc") or "")
    texts = [plain("".join(one.itertext())) for one in root.iter(f"{SVG}text")]
    assert "mardi 17 mars 2026" in texts
    assert "dimanche 21 juin 2026 à 0 h 00" in texts
    assert len({one for one in texts if one == "mercredi 4 mars 2026"}) == 1
    shapes = {one.get("class") for one in root.iter() if one.get("class")}
    assert {"past", "future", "last_chance", "worse", "now"} <= shapes
    heights = [float(one.get("y", "0")) for one in root.iter(f"{SVG}text")]
    assert heights == sorted(heights)
    assert max(heights) < float(root.get("height", "0"))


def test_a_picture_that_cannot_be_written_is_said_in_one_line(
    terminal: Terminal, file: Path, tmp_path: Path
) -> None:
    refused = terminal.refused("replay", str(file), "--svg", str(tmp_path / "none" / "annee.svg"), code=2)
    assert "ne peut pas être écrit" in refused


def test_every_reading_is_printed_with_its_reason(terminal: Terminal) -> None:
    printed = terminal.done("rules")
    for name in Policy.model_fields:
        assert f"{name} = {Policy().reading(name).value} [" in printed
        assert Policy().reading(name).reason in printed


def test_the_moves_are_printed_as_diagrams(terminal: Terminal) -> None:
    printed = terminal.done("rules", "--diagram")
    assert printed.count("```mermaid") == len(MOVES)
    assert "    awaiting_payment --> active\n" in printed
