"""The folder that stands for the e-invoicing platform: each invoice once, whole or not there."""

from pathlib import Path

import pytest

from portal.outside.e_invoicing import Deposit, FolderPlatform, PlatformUnavailable

INVOICE = Deposit("F-2026-0042", b"%PDF-1.7 whole")


def test_an_invoice_is_a_file_named_by_its_number_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "to be" / "made"
    FolderPlatform(folder).deposit(INVOICE)
    (file,) = folder.iterdir()
    assert (file.name, file.read_bytes()) == ("F-2026-0042.pdf", INVOICE.pdf)
    assert (folder.stat().st_mode & 0o077, file.stat().st_mode & 0o077) == (0, 0)


def test_deposited_twice_it_is_one_invoice(tmp_path: Path) -> None:
    platform = FolderPlatform(tmp_path)
    platform.deposit(INVOICE)
    platform.deposit(INVOICE)
    assert [file.name for file in tmp_path.iterdir()] == ["F-2026-0042.pdf"]


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(PlatformUnavailable, match="ne peut pas être écrit"):
        FolderPlatform(file / "below").deposit(INVOICE)
