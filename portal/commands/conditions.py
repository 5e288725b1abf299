"""`portal terms publish`: the vendor's own CGV."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from portal.commands.terminal import DataFolder, say, settings_or_stop, stop, with_portal
from portal.contract.calendar import start_of_day
from portal.contract.french import full_date
from portal.documents.terms import TermsFormatError, decode_terms
from portal.services.conditions import CannotPublish, Edition, publish
from portal.services.context import Portal

terms = typer.Typer(help="Les conditions générales de vente.", no_args_is_help=True)


@terms.callback()
def _group() -> None:
    """Les conditions générales de vente."""


@terms.command("publish")
def publish_file(
    file: Annotated[Path, typer.Argument(help="Le texte, un fichier Markdown.")],
    version: Annotated[str, typer.Option("--version", help="Le nom de la version, par exemple 2027-01.")],
    applies: Annotated[
        datetime, typer.Option("--applies", formats=["%Y-%m-%d"], help="Le jour d’application.")
    ],
    data: DataFolder = None,
) -> None:
    """Publier une version des CGV ; un texte publié ne change plus."""
    try:
        text = decode_terms(file.read_bytes())
    except OSError:
        stop(f"{file} : ce fichier ne peut pas être lu.")
    except TermsFormatError as error:
        stop(f"{file} : {error}")
    day: date = applies.date()

    async def work(portal: Portal) -> Edition:
        return await publish(portal, text, version=version, applies_from=start_of_day(day))

    try:
        edition = with_portal(settings_or_stop(data), work)
    except (CannotPublish, TermsFormatError) as error:
        stop(f"{file} : {error}")
    say(
        f"CGV {edition.version} publiées, applicables à partir du {full_date(day)}. SHA-256 : {edition.sha256}"
    )
