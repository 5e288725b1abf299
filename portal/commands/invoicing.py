"""`portal invoices export`: every issued document as its PDF."""

from pathlib import Path
from typing import Annotated

import typer

from portal.commands.terminal import DataFolder, say, settings_or_stop, stop, with_portal
from portal.contract.french import count, typeset
from portal.outside.files import FileDamaged, FileMissing
from portal.outside.unavailable import Unavailable
from portal.services.context import Portal
from portal.services.invoice_export import Exported, export_all

invoices = typer.Typer(help="Les factures et les avoirs.", no_args_is_help=True)


@invoices.callback()
def _group() -> None:
    """Les factures et les avoirs."""


@invoices.command("export")
def export(
    out: Annotated[Path, typer.Argument(help="Le dossier où écrire ; il est créé s’il n’existe pas.")],
    data: DataFolder = None,
) -> None:
    """Écrire chaque facture et chaque avoir émis en PDF (Factur-X), nommé par son numéro."""
    settings = settings_or_stop(data)
    if not settings.data.is_dir():
        stop(f"{settings.data} : ce dossier de données n’existe pas. Indiquez-le avec --data.")
    if settings.demonstration_marker.exists():
        settings = settings_or_stop(data, demo=True)
    if out.exists() and not out.is_dir():
        stop(f"{out} : c’est un fichier. Indiquez un dossier où écrire les factures.")

    async def work(portal: Portal) -> Exported:
        return await export_all(portal, out)

    try:
        done = with_portal(settings, work)
    except OSError as error:
        stop(f"{out} : ce dossier ne peut pas être écrit ({error.strerror}).")
    except (FileMissing, FileDamaged, Unavailable) as error:
        stop(f"Les documents gardés ne peuvent pas être lus : {error}")
    total = done.invoices + done.credit_notes
    say(
        typeset(
            f"{count(done.invoices, 'facture')} et {count(done.credit_notes, 'avoir')} dans {out} : "
            f"{count(done.written, 'fichier écrit', 'fichiers écrits')}, {total - done.written} déjà là."
        )
    )
    if done.failed:
        stop(f"Non remis, à examiner : {', '.join(done.failed)}.")
