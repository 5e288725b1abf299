"""`portal evidence`: the evidence file of a contract, or of all."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

from portal.commands.terminal import DataFolder, say, settings_or_stop, stop, with_portal
from portal.contract.french import count, typeset
from portal.documents.evidence.verify import head_of
from portal.outside.disk import write_whole
from portal.outside.unavailable import Unavailable
from portal.services.context import Portal
from portal.services.evidence import EvidenceName, evidence_file, evidence_names
from portal.services.invoice_papers import NotFit


def evidence(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="[CONTRAT] SORTIE",
            help="Le contrat, par son numéro ou son identifiant (aucun avec --all), puis où écrire : un dossier, créé "
            "s’il n’existe pas, ou pour un seul contrat un fichier .zip.",
        ),
    ],
    every: Annotated[bool, typer.Option("--all", help="Tous les contrats.")] = False,  # noqa: FBT002 -- typer's way
    data: DataFolder = None,
) -> None:
    """Écrire le fichier de preuve d’un contrat, ou de tous : un ZIP, avec son vérificateur, les mêmes octets chaque fois."""
    if len(what) != (1 if every else 2):
        stop(typeset("Écrivez « portal evidence CONTRAT SORTIE », ou « portal evidence --all SORTIE »."), 2)
    named, out = (None if every else what[0]), Path(what[-1])
    settings = settings_or_stop(data)
    if not settings.data.is_dir():
        stop(typeset(f"{settings.data} : ce dossier de données n’existe pas. Indiquez-le avec --data."))
    if settings.demonstration_marker.exists():
        settings = settings_or_stop(data, demo=True)
    if out.is_file() and (every or out.suffix != ".zip"):
        stop(typeset(f"{out} : c’est un fichier. Indiquez un dossier où écrire les preuves."))
    if every and out.suffix == ".zip" and not out.is_dir():
        stop(typeset(f"{out} : avec --all, indiquez un dossier : chaque contrat y a son fichier."))

    async def work(portal: Portal) -> int:
        written = 0
        async for name, content in _files(portal, named):
            path = _put_down(out, name, content)
            say(typeset(f"{path} : {count(len(content), 'octet')}, empreinte de tête {head_of(content)}"))
            say(typeset(f"  SHA-256 du fichier : {hashlib.sha256(content).hexdigest()}"))
            written += 1
        return written

    try:
        written = with_portal(settings, work)
    except OSError as error:
        stop(typeset(f"{out} : l’écriture n’est pas possible ({error.strerror})."))
    except (NotFit, Unavailable) as error:
        stop(typeset(f"Les documents gardés ne peuvent pas être lus : {error}"))
    if named is not None and not written:
        stop(typeset(f"{named} : aucun contrat ne porte ce numéro ni cet identifiant."))
    if every:
        say(typeset(f"{count(written, 'fichier')} de preuve dans {out}."))


async def _files(portal: Portal, named: str | None) -> AsyncIterator[tuple[EvidenceName, bytes]]:
    """Yield the files one by one: a single one is in memory at a time."""
    for name in await evidence_names(portal, named):
        yield name, await evidence_file(portal, name.contract_id)


def _put_down(out: Path, name: EvidenceName, content: bytes) -> Path:
    """Write a file whole or not at all; one that is there with the same bytes stays as it is."""
    is_file = out.suffix == ".zip" and not out.is_dir()
    path = out if is_file else out / name.file
    path.parent.mkdir(parents=True, exist_ok=True)
    if not (path.is_file() and path.read_bytes() == content):
        write_whole(path, content)
    return path
