"""`portal evidence`: the evidence file of a contract or of all, checked by the verifier that goes with it."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from portal.documents.evidence.verify import faults, head_of
from tests.commands.conftest import Terminal


def run(verifier: Path, file: Path) -> tuple[int, str]:
    """Verify as anyone does who has Python and nothing else."""
    ended = subprocess.run(
        [sys.executable, "-I", str(verifier), str(file)],
        capture_output=True,
        check=False,
        env={"PYTHONUTF8": "1"},
    )
    assert ended.stderr == b""
    return ended.returncode, ended.stdout.decode()


def test_every_contract_has_its_file_the_same_each_time(demonstration: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "preuves"
    said = demonstration.done("evidence", "--all", str(out))
    files = {file.name: file.read_bytes() for file in out.iterdir()}
    assert "preuve-CT-2026-0001.zip" in files
    assert said.splitlines()[-1].replace("\u00a0", " ") == f"{len(files)} fichiers de preuve dans {out}."
    for name, content in files.items():
        assert faults(content) == [], name
        assert f"empreinte de tête {head_of(content)}" in said
        assert hashlib.sha256(content).hexdigest() in said
    assert demonstration.done("evidence", "--all", str(out)) == said
    assert {file.name: file.read_bytes() for file in out.iterdir()} == files

    # One of them by its number, into a file; by its id, into a folder.
    single = tmp_path / "un.zip"
    demonstration.done("evidence", "ct-2026-0001", str(single))
    assert single.read_bytes() == files["preuve-CT-2026-0001.zip"]
    named = next(name for name in files if not name.startswith("preuve-CT-"))
    contract = named.removeprefix("preuve-").removesuffix(".zip")
    demonstration.done("evidence", contract, str(tmp_path / "dossier"))
    assert (tmp_path / "dossier" / named).read_bytes() == files[named]

    # The verifier that is in it.
    with zipfile.ZipFile(single) as archive:
        verifier = Path(archive.extract("verify.py", tmp_path))
    code, words = run(verifier, single)
    assert (code, "Aucune différence" in words) == (0, True)
    changed = bytearray(single.read_bytes())
    changed[len(changed) // 2] ^= 1
    single.write_bytes(changed)
    code, words = run(verifier, single)
    assert (code, "a été modifié" in words) == (1, True)


def test_bad_input_is_said_and_nothing_is_written(demonstration: Terminal, tmp_path: Path) -> None:
    out, file = tmp_path / "out", tmp_path / "fichier"
    file.write_text("le mien", encoding="utf-8")
    how = "Écrivez « portal evidence CONTRAT SORTIE », ou « portal evidence --all SORTIE »."
    plain = [
        line.replace("\u00a0", " ").replace("\u202f", " ")
        for line in (
            demonstration.refused("evidence", "CT-2026-0001", code=2),
            demonstration.refused("evidence", "--all", "CT-2026-0001", str(out), code=2),
            demonstration.refused("evidence", "CT-2026-9999", str(out)),
            demonstration.refused("evidence", "CT-2026-0001", str(file)),
            demonstration.refused("evidence", "--all", str(file)),
            demonstration.refused("evidence", "--all", str(tmp_path / "tout.zip")),
            demonstration.refused("evidence", "CT-2026-0001", "/proc/nulle-part"),
            demonstration.refused("evidence", "--all", str(out), "--data", str(tmp_path / "absent")),
        )
    ]
    assert plain == [
        how,
        how,
        "CT-2026-9999 : aucun contrat ne porte ce numéro ni cet identifiant.",
        f"{file} : c’est un fichier. Indiquez un dossier où écrire les preuves.",
        f"{file} : c’est un fichier. Indiquez un dossier où écrire les preuves.",
        f"{tmp_path / 'tout.zip'} : avec --all, indiquez un dossier : chaque contrat y a son fichier.",
        "/proc/nulle-part : l’écriture n’est pas possible (No such file or directory).",
        f"{tmp_path / 'absent'} : ce dossier de données n’existe pas. Indiquez-le avec --data.",
    ]
    assert file.read_text(encoding="utf-8") == "le mien"
    assert not out.exists()
    assert not (tmp_path / "absent").exists()


@pytest.mark.usefixtures("terminal")
def test_without_a_contract_there_is_no_file(terminal: Terminal, tmp_path: Path) -> None:
    terminal.done("verify")
    said = terminal.done("evidence", "--all", str(tmp_path / "out")).replace("\u00a0", " ")
    assert said == f"0 fichier de preuve dans {tmp_path / 'out'}.\n"
