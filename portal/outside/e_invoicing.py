"""The e-invoicing platform (plateforme agréée) through which French invoices must pass (CGI art. 289 bis).

Every company receives through one since 1 September 2026; a small one must issue through one from
1 September 2027. Each platform has its own interface: until one is connected, invoices wait in a folder.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from portal.outside.disk import write_whole
from portal.outside.unavailable import Unavailable


class PlatformUnavailable(Unavailable):
    """The platform did not confirm the deposit; it may have received it, so the same number is sent again."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """A Factur-X for the platform; its number is its key: deposited twice, it is one invoice."""

    number: str
    pdf: bytes


class Platform(Protocol):
    def deposit(self, invoice: Deposit) -> None:
        """Hand an invoice over, blocking; raise `PlatformUnavailable` where it fails."""
        ...


class FolderPlatform:
    """Nobody is connected: each invoice is a file of a folder, named by its number, whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deposit(self, invoice: Deposit) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._folder / f"{invoice.number}.pdf", invoice.pdf)
        except OSError as error:
            raise PlatformUnavailable("Le dossier de la plateforme ne peut pas être écrit.") from error
