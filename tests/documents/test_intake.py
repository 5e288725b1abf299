"""What a file is, by its bytes; and what the person reads who sent another."""

from pathlib import Path

import pytest

from portal.documents.intake import (
    MAX_BYTES,
    Fault,
    Format,
    Unacceptable,
    display_name,
    format_of,
    format_of_bytes,
    unacceptable,
)
from tests.documents.hostile import mislabelled
from tests.documents.hostile.papers import pdf, photo


def received(folder: Path, content: bytes) -> Path:
    path = folder / "received"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (pdf(), Format.PDF),
        (b"\xef\xbb\xbf\n" + pdf(), Format.PDF),
        (photo("JPEG"), Format.JPEG),
        (photo("PNG"), Format.PNG),
    ],
    ids=["PDF", "PDF after some bytes", "JPEG", "PNG"],
)
def test_its_bytes_say_what_a_file_is(tmp_path: Path, content: bytes, known: Format) -> None:
    assert format_of(received(tmp_path, content), "contrat.docx") is known


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (mislabelled.word(), "document Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ancien document Word"),
        (b"\0\0\0\x18ftypheic", "photo HEIC"),
        (b"\0\0\0\x18ftypmp42", "vidéo"),
        (mislabelled.image("TIFF"), "TIFF"),
        (mislabelled.image("GIF"), "GIF"),
        (mislabelled.image("WEBP"), "WebP"),
        (b"%!PS-Adobe-3.0", "PostScript"),
        (b"\x1f\x8b\x08", "archive"),
        (b"<html>", "ni un PDF, ni une photo"),
        (b"\n" * 2000 + pdf(), "ni un PDF, ni une photo"),
    ],
)
def test_another_file_is_named_with_its_remedy(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        format_of(received(tmp_path, content), "kbis.pdf")

    assert refused.value.fault is Fault.WRONG_TYPE
    assert refused.value.message.startswith("«\u00a0kbis.pdf\u00a0» est ") or "n’est" in refused.value.message
    assert told in refused.value.message
    assert "envoyez" in refused.value.message


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    with pytest.raises(Unacceptable, match="est vide") as refused:
        format_of(received(tmp_path, b""), "kbis.pdf")

    assert refused.value.code == "empty"


def test_fifteen_megabytes_are_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    content = pdf().ljust(MAX_BYTES, b"\n")
    assert format_of(received(tmp_path, content), "kbis.pdf") is Format.PDF

    with pytest.raises(Unacceptable, match="15\u00a0Mo") as refused:
        format_of(received(tmp_path, content + b"\n"), "kbis.pdf")
    assert refused.value.code == "too_big"


def test_the_first_kilobyte_is_enough_to_refuse() -> None:
    with pytest.raises(Unacceptable, match="ZIP"):
        format_of_bytes(mislabelled.word()[:1024], "archive.zip")


@pytest.mark.parametrize("fault", Fault)
def test_every_refusal_names_the_file_and_says_what_to_do(fault: Fault) -> None:
    message = unacceptable(fault, "../mon k-bis.pdf").message

    assert message.startswith("«\u00a0mon k-bis.pdf\u00a0» ")
    assert "\u00a0: " in message
    assert message.endswith(".")
    assert " :" not in message
    assert "'" not in message


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("kbis.pdf", "kbis.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Camille\\Bureau\\K-bis été.pdf", "K-bis été.pdf"),
        ("a/b\\c/../kbis.pdf", "kbis.pdf"),
        ("kbis\u202efdp.exe", "kbis fdp.exe"),
        ("ligne\r\nsuivante\0.pdf", "ligne suivante .pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("<script>alert(1)</script>.pdf", "script_.pdf"),
        ('un"nom*.pdf', "un_nom_.pdf"),
        ("dossier/", "dossier"),
        ("", "fichier sans nom"),
        ("..", "fichier sans nom"),
        ("/", "fichier sans nom"),
        ("\u200b\u200b", "fichier sans nom"),
    ],
)
def test_a_name_is_shown_without_folders_and_tricks(raw: str, shown: str) -> None:
    assert display_name(raw) == shown


@pytest.mark.parametrize(
    ("raw", "ending"), [("n" * 300 + ".pdf", "….pdf"), ("n" * 300, "n…"), ("a." + "b" * 300, "b…")]
)
def test_a_long_name_is_cut_before_its_ending(raw: str, ending: str) -> None:
    assert len(display_name(raw)) <= 100
    assert display_name(raw).endswith(ending)
