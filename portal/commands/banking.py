"""`portal bank`: the files that the bank is given, written into a folder."""

from pathlib import Path
from typing import Annotated

import typer

from portal.commands.terminal import DataFolder, say, settings_or_stop, stop, with_portal
from portal.contract.french import count, euros, full_date, typeset
from portal.contract.refusal import Refusal
from portal.services.calendar import sweep
from portal.services.collecting import collect, put_down
from portal.services.collection_reading import KeptFile, files_to_come
from portal.services.context import Portal

bank = typer.Typer(help="La banque : fichiers de prélèvements.", no_args_is_help=True)


@bank.callback()
def _group() -> None:
    """La banque : fichiers de prélèvements."""


@bank.command("collect")
def collect_command(
    out: Annotated[Path, typer.Argument(help="Dossier où écrire les fichiers de prélèvements.")],
    data: DataFolder = None,
) -> None:
    """Écrire les fichiers de prélèvements (pain.008) que la banque attend à ce jour."""
    settings = settings_or_stop(data)
    if settings.demonstration_marker.exists():
        settings = settings_or_stop(data, demo=True)
    if out.exists() and not out.is_dir():
        stop(typeset(f"« {out.name} » est un fichier : indiquez un dossier."), 2)

    async def work(portal: Portal) -> tuple[KeptFile, ...]:
        await sweep(portal)
        await collect(portal)
        return await files_to_come(portal)

    try:
        files = with_portal(settings, work)
    except Refusal as refusal:
        stop(f"{refusal.message}")
    for file in files:
        try:
            put_down(out / file.name, file.content)
        except OSError:
            stop(
                typeset(
                    f"« {file.name} » ne peut pas être écrit dans « {out} » : vérifiez vos droits et l’espace libre."
                )
            )
        say(
            typeset(
                f"{file.name} : {count(file.lines, 'prélèvement')} le {full_date(file.collection_on)}, {euros(file.total_cents)}"
            )
        )
    if not files:
        say("Aucun prélèvement n’est à remettre à la banque à ce jour.")
