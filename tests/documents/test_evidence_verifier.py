"""The verifier of an evidence file: one altered byte anywhere is found, and so is a story that does not hold.

The default suite alters a sample of bytes; `-m long` alters a thousand, and each byte of the verifier itself.
"""

import ast
import hashlib
import io
import random
import subprocess
import sys
import zipfile
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.contract import events as e
from portal.documents.evidence import verify
from portal.documents.evidence.archive import verifier
from portal.documents.evidence.verify import faults, main
from tests.documents.evidence_made import SALT, Parts, chained, made, parts

SAMPLE = 100


@pytest.fixture(scope="module")
def whole() -> bytes:
    return made(parts())


def altered(archive: bytes, place: int, mask: int = 1) -> bytes:
    changed = bytearray(archive)
    changed[place] ^= mask
    return bytes(changed)


def run(*words: object, verifier_at: Path | str) -> tuple[int, str]:
    """Run the verifier as a person does: a process of its own, with nothing of the portal's in reach."""
    ended = subprocess.run(
        [sys.executable, "-I", str(verifier_at), *map(str, words)],
        capture_output=True,
        check=False,
        env={"PYTHONUTF8": "1"},
    )
    assert ended.stderr == b""
    return ended.returncode, ended.stdout.decode()


@pytest.fixture
def opened(whole: bytes, tmp_path: Path) -> Path:
    """The file as it was handed over, and its verifier beside it."""
    (tmp_path / "preuve.zip").write_bytes(whole)
    with zipfile.ZipFile(tmp_path / "preuve.zip") as archive:
        archive.extract("verify.py", tmp_path)
    return tmp_path


# --- nothing differs -----------------------------------------------------------------------------


def test_what_was_sealed_is_found_whole(whole: bytes) -> None:
    assert faults(whole) == []


def test_any_program_opens_it(whole: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "evenements.jsonl",
            "cgv/01-2026-01.md",
            "acceptations.json",
            "factures/F-2026-0001.pdf",
            "verify.py",
            "manifest.json",
        ]


def test_the_same_contents_are_the_same_bytes(whole: bytes) -> None:
    assert made(parts()) == whole


def test_the_verifier_ends_with_0_and_says_the_head(opened: Path) -> None:
    code, said = run(opened / "preuve.zip", verifier_at=opened / "verify.py")
    assert code == 0
    assert said.splitlines()[0] == (
        f"Aucune différence\u00a0: chaque octet de {opened / 'preuve.zip'} est celui qui a été scellé."
    )
    assert f"Empreinte de tête\u00a0: {parts().lines[-1]['hash']}" in said
    assert "refait" in said


def test_the_verifier_is_plain_python_of_3_8() -> None:
    tree = ast.parse(verifier(), feature_version=(3, 8))
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    } | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {
        "__future__",
        "collections.abc",
        "hashlib",
        "json",
        "pathlib",
        "struct",
        "sys",
        "typing",
        "zlib",
    }
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"removeprefix", "removesuffix", "is_relative_to", "file_digest"}


# --- one byte ------------------------------------------------------------------------------------


def one_byte_each(archive: bytes, count: int) -> list[tuple[int, int]]:
    chance = random.Random(20261130)  # noqa: S311 -- the same bytes each time
    return [(chance.randrange(len(archive)), chance.randrange(1, 256)) for _ in range(count)]


@pytest.mark.parametrize("count", [SAMPLE, pytest.param(1000, marks=pytest.mark.long)])
def test_every_altered_byte_is_found(whole: bytes, count: int) -> None:
    missed = [place for place, mask in one_byte_each(whole, count) if not faults(altered(whole, place, mask))]
    assert missed == []


def regions(archive: bytes) -> dict[str, tuple[int, int]]:
    """Return each field of the format, and where its first occurrence and that of the verifier stand."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        entries = {entry.filename: entry for entry in opened.infolist()}
        directory = opened.start_dir
    found: dict[str, tuple[int, int]] = {}
    for name in ("evenements.jsonl", "verify.py", "manifest.json"):
        entry = entries[name]
        at = entry.header_offset
        for field, (offset, size) in LOCAL.items():
            found[f"{name}, {field}"] = (at + offset, size)
        found[f"{name}, its name"] = (at + 30, len(name))
        found[f"{name}, its content"] = (at + 30 + len(name), entry.file_size)
    for field, (offset, size) in CENTRAL.items():
        found[f"directory, {field}"] = (directory + offset, size)
    end = archive.rindex(b"PK\5\6")
    for field, (offset, size) in END.items():
        found[f"end, {field}"] = (end + offset, size)
    found["end, the comment"] = (end + 22, len(archive) - end - 22 - 64)
    found["the seal"] = (len(archive) - 64, 64)
    return found


LOCAL = {
    "signature": (0, 4),
    "version": (4, 2),
    "flags": (6, 2),
    "method": (8, 2),
    "time": (10, 2),
    "date": (12, 2),
    "checksum": (14, 4),
    "packed size": (18, 4),
    "size": (22, 4),
    "length of the name": (26, 2),
    "length of the extra field": (28, 2),
}
CENTRAL = {
    "signature": (0, 4),
    "made by": (4, 2),
    "version": (6, 2),
    "flags": (8, 2),
    "method": (10, 2),
    "time and date": (12, 4),
    "checksum": (16, 4),
    "sizes": (20, 8),
    "lengths": (28, 6),
    "disk and attributes": (34, 8),
    "offset": (42, 4),
    "name": (46, 16),
}
END = {
    "signature": (0, 4),
    "disks": (4, 4),
    "counts": (8, 4),
    "size": (12, 4),
    "offset": (16, 4),
    "length of the comment": (20, 2),
}


def test_each_field_of_the_format_is_found_by_the_seal_and_again_without_it(whole: bytes) -> None:
    for name, (begin, size) in regions(whole).items():
        for place in {begin, begin + size // 2, begin + size - 1}:
            for mask in (1, 0x80, 0xFF):
                changed = altered(whole, place, mask)
                assert verify.seal_fault(changed), (name, place)
                if name != "the seal":  # the seal stands for itself
                    assert faults(sealed_again(changed)), (name, place)


def sealed_again(archive: bytes) -> bytes:
    """Let one who altered the file mend its seal: the rest of the verifier must find it."""
    return archive[:-64] + hashlib.sha256(archive[:-64]).hexdigest().encode()


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("evenements.jsonl, its content", "evenements.jsonl : le contenu a été modifié"),
        ("verify.py, its content", "verify.py : le contenu a été modifié"),
        ("manifest.json, its content", "ce n’est pas le manifeste que la dernière ligne"),
        ("verify.py, date", "l’en-tête de verify.py a été modifié."),
        ("directory, offset", "l’entrée de evenements.jsonl au répertoire a été modifié."),
        ("end, disks", "la fin de l’archive a été modifié."),
        ("the seal", "Le sceau ne correspond pas"),
    ],
)
def test_what_differs_is_named(whole: bytes, where: str, said: str) -> None:
    begin, _ = regions(whole)[where]
    assert any(said in line for line in faults(altered(whole, begin)))


@pytest.mark.parametrize("where", ["evenements.jsonl, its content", "end, signature", "the seal"])
def test_the_verifier_ends_with_1_and_says_what(opened: Path, whole: bytes, where: str) -> None:
    begin, _ = regions(whole)[where]
    (opened / "preuve.zip").write_bytes(altered(whole, begin))
    code, said = run(opened / "preuve.zip", verifier_at=opened / "verify.py")
    assert code == 1
    assert "Le sceau ne correspond pas aux octets du fichier" in said
    assert said.splitlines()[-1].endswith("ce fichier n’est plus celui qui a été remis.")


def test_bytes_added_or_cut_off_are_found(whole: bytes) -> None:
    for changed in (
        whole + b"\n",
        whole[:-1],
        b"\0" + whole,
        whole[1:],
        whole[: len(whole) // 2],
        b"",
        b"PK",
    ):
        assert faults(changed)
    directory = whole.rindex(b"PK\5\6")
    assert faults(sealed_again(whole[:directory] + b"hidden" + whole[directory:]))


@pytest.mark.parametrize("step", [199, pytest.param(1, marks=[pytest.mark.long, pytest.mark.timeout(1800)])])
def test_an_altered_verifier_never_passes_its_own_archive(whole: bytes, tmp_path: Path, step: int) -> None:
    """Taken out of an archive in which one byte of it was altered, it does not say that nothing differs."""
    begin, size = regions(whole)["verify.py, its content"]
    file, chance = tmp_path / "preuve.zip", random.Random(1)  # noqa: S311 -- the same bytes each time
    passed = []
    for place in range(0, size, step):
        changed = altered(whole, begin + place, chance.choice([1, 2, 4, 8, 16, 32, 64]))
        file.write_bytes(changed)
        if ends_with(changed[begin : begin + size], file) == 0:
            passed.append(place)
    assert passed == []


def ends_with(source: bytes, file: Path) -> int:
    """Return how a verifier's source ends when it is run on a file."""
    arguments, sys.argv = sys.argv, ["verify.py", str(file)]
    try:
        with redirect_stdout(io.StringIO()):
            exec(compile(source, "verify.py", "exec"), {"__name__": "__main__"})  # noqa: S102 -- our own, one byte apart
    except SystemExit as ended:
        return 0 if ended.code in {0, None} else 1
    except Exception:  # noqa: BLE001 -- a traceback ends with 1
        return 1
    finally:
        sys.argv = arguments
    return 0


# --- a story that does not hold, sealed all the same ---------------------------------------------


def told_otherwise(**changed: Any) -> list[str]:
    return faults(made(replace(parts(), **changed)))


def test_an_event_rewritten_is_found() -> None:
    lines = parts().lines
    lines[0] = {**lines[0], "body": str(lines[0]["body"]).replace("732829320", "552100554")}
    assert told_otherwise(lines=lines) == [
        "Événement 1 : il a été modifié ; son empreinte ne correspond plus."
    ]


def test_an_event_taken_out_is_found() -> None:
    lines = parts().lines
    found = told_otherwise(lines=[lines[0], lines[2]], acceptances=[])
    assert "Événement 2 : il ne suit pas le précédent." in found


def test_the_last_event_taken_out_is_found() -> None:
    told = parts()
    assert told_otherwise(lines=told.lines[:2], head=str(told.lines[2]["hash"])) == [
        "La chaîne des événements ne finit pas là où le manifeste le dit."
    ]


def test_another_text_than_was_accepted_is_found() -> None:
    assert told_otherwise(text="# Autre chose\n") == [
        "cgv/01-2026-01.md : ce n’est pas le texte accepté à l’événement 2."
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"version": "2025-09"}, "elle manque, ou diffère de l’événement."),
        ({"evidence": "0" * 64}, "elle manque, ou diffère de l’événement."),
        ({"opening": {"salt": SALT, "kept": {"ip": "198.51.100.1"}}}, "ses circonstances ne sont pas celles"),
    ],
)
def test_another_acceptance_than_was_given_is_found(changed: dict[str, object], said: str) -> None:
    [acceptance] = parts().acceptances
    assert any(said in line for line in told_otherwise(acceptances=[{**acceptance, **changed}]))


def renewed(**changed: object) -> list[str]:
    """Tell of terms announced on 1 February and brought by the renewal of 17 March, and of their acceptance."""
    told = parts()
    events = [e.EVENT.validate_json(str(line["body"])) for line in told.lines]
    at = events[-1].at
    announced = e.ChangeAnnounced(at=at, what="terms", applies_from=date(2027, 3, 17), version="2026-01")
    events += [announced, e.ContractRenewed(at=at, last_day=date(2028, 3, 16))]
    [first] = told.acceptances
    same = {"version": "2026-01", "text": first["text"], "text_sha256": first["text_sha256"]}
    by_renewal: dict[str, object] = {"event": 5, "announced": 4, **same, "evidence": "", "opening": None}
    return faults(made(Parts(chained(events, at), [first, by_renewal | changed])))


def test_terms_that_a_renewal_brought_go_with_it_and_with_what_announced_them() -> None:
    assert renewed() == []
    assert renewed(event=3) == ["Acceptation de l’événement 3 : il n’y en a pas."]
    assert renewed(announced=3) == ["Acceptation de l’événement 5 : il n’y en a pas."]
    assert renewed(version="2025-09") == [
        "Acceptation de l’événement 5 : elle porte sur un autre texte que celui annoncé."
    ]
    assert renewed(text_sha256="0" * 64) == [
        "cgv/01-2026-01.md : ce n’est pas le texte que le renouvellement a rendu applicable."
    ]


def test_an_erased_opening_leaves_all_verifiable() -> None:
    [acceptance] = parts().acceptances
    assert told_otherwise(acceptances=[{**acceptance, "opening": None}]) == []


def test_an_acceptance_that_nothing_attests_is_found() -> None:
    [acceptance] = parts().acceptances
    assert told_otherwise(acceptances=[acceptance, {**acceptance, "event": 3}]) == [
        "Acceptation de l’événement 3 : il n’y en a pas."
    ]


def test_an_invoice_left_out_without_a_word_is_found() -> None:
    assert told_otherwise(with_invoice=False) == [
        "« facture:F-2026-0001 » : la chaîne l’atteste, et le fichier n’en contient ni la pièce ni l’absence."
    ]


def test_words_that_split_lines_elsewhere_do_not_split_an_event() -> None:
    told = parts()
    odd = e.QuoteAccepted(
        at=e.EVENT.validate_json(str(told.lines[0]["body"])).at,
        quote="q",
        label="Un\u2028deux\x85",
        price_cents=1,
    )
    at = odd.at
    lines = chained([*(e.EVENT.validate_json(str(line["body"])) for line in told.lines), odd], at)
    assert faults(made(Parts(lines, told.acceptances))) == []


# --- the command, typed badly --------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], ["a.zip", "b.zip"], ["absent.zip"], ["."]])
def test_typed_badly_it_says_how_and_ends_with_1(
    words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    assert capsys.readouterr().out.count("\n") == 1


def test_without_a_file_the_process_ends_with_1(opened: Path) -> None:
    assert run(verifier_at=opened / "verify.py")[0] == 1
    assert run("absent.zip", verifier_at=opened / "verify.py")[0] == 1
