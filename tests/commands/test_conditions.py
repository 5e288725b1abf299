"""`portal terms publish`: the vendor's own CGV, from a file."""

from pathlib import Path

import pytest

from tests.commands.conftest import Terminal

TEXT = """---
version: 2027-01
title: Conditions générales de vente
published_on: 2026-12-01
applies_from: 2027-01-01
---

## 1 Le Prestataire

> En un mot.

Un article.
"""
OPTIONS = ("--version", "2027-01", "--applies", "2027-01-01")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "cgv.md"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_a_text_is_published_with_its_day_and_its_sha256(terminal: Terminal, file: Path) -> None:
    said = terminal.done("terms", "publish", str(file), *OPTIONS)
    assert "CGV 2027-01 publiées, applicables à partir du vendredi\u00a01er\u00a0janvier\u00a02027" in said
    assert "SHA-256" in said


def test_publishing_it_again_says_the_same(terminal: Terminal, file: Path) -> None:
    first = terminal.done("terms", "publish", str(file), *OPTIONS)
    assert terminal.done("terms", "publish", str(file), *OPTIONS) == first


def test_another_text_under_the_same_version_is_refused(terminal: Terminal, file: Path) -> None:
    terminal.done("terms", "publish", str(file), *OPTIONS)
    file.write_text(TEXT.replace("Un article.", "Un autre article."), encoding="utf-8")
    assert "déjà publiée" in terminal.refused("terms", "publish", str(file), *OPTIONS)


@pytest.mark.parametrize(
    "options",
    [
        ("--version", "2027-02", "--applies", "2027-01-01"),
        ("--version", "2027-01", "--applies", "2027-02-01"),
    ],
)
def test_a_header_that_says_otherwise_is_refused(
    terminal: Terminal, file: Path, options: tuple[str, ...]
) -> None:
    assert "mettez les deux d’accord" in terminal.refused("terms", "publish", str(file), *options)


def test_a_file_that_cannot_be_read_is_refused(terminal: Terminal, file: Path) -> None:
    assert "ne peut pas être lu" in terminal.refused("terms", "publish", f"{file}.none", *OPTIONS)
    file.write_bytes(b"\xff\xfe")
    assert str(file) in terminal.refused("terms", "publish", str(file), *OPTIONS)
    file.write_text("no header at all", encoding="utf-8")
    assert str(file) in terminal.refused("terms", "publish", str(file), *OPTIONS)
