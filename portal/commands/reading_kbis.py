"""`portal kbis`: what is read of an extract of the trade register, and until which day it is good here."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from portal.commands.terminal import say, stop
from portal.contract.company import in_groups
from portal.contract.dossier import kbis_last_day
from portal.contract.french import full_date, typeset
from portal.documents.kbis import UNREAD, Extract, kind_of
from portal.documents.kbis_zones import Kind

_KINDS = {
    Kind.KBIS: "Extrait K-bis",
    Kind.K: "Extrait K (entrepreneur individuel)",
    Kind.RNE: "Attestation d’immatriculation au Registre national des entreprises, à examiner par une personne",
}
_UNREAD = "non lu, à saisir à la main"


def kbis_file(
    file: Annotated[Path, typer.Argument(help="L’extrait : un PDF, ou une photo JPEG ou PNG.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Ce qui est lu, en JSON.")] = False,
) -> None:
    """Lire un extrait K-bis, et dire jusqu’à quel jour il est recevable."""
    from portal.documents.intake import Unacceptable
    from portal.documents.workshop import Limits, examined

    # Whoever sits at a terminal waits for a slow machine.
    limits = Limits(seconds=60, cpu_seconds=56)
    try:
        with TemporaryDirectory(prefix="portal-kbis-") as into:
            found = asyncio.run(examined([file], into=Path(into), limits=limits))
    except Unacceptable as error:
        stop(typeset(error.message))
    except OSError:
        stop(typeset(f"« {file.name} » ne peut pas être ouvert : vérifiez son nom et vos droits."))
    texts = [page.text for page in found.pages]
    kind = kind_of("\f".join(texts))
    if kind is None and found.unread:
        stop(typeset(f"« {file.name} » : {_why_unread()}"))
    extract = found.extract or UNREAD
    if as_json:
        say(json.dumps(asdict(extract), ensure_ascii=False, indent=2, default=date.isoformat))
    else:
        say("\n".join(_account(extract, kind)))


def _why_unread() -> str:
    from portal.documents.ocr import OcrMissing, OcrTooSlow, is_installed

    return str(OcrTooSlow() if is_installed() else OcrMissing())


def _account(extract: Extract, kind: Kind | None) -> Iterator[str]:
    if kind is None:
        yield typeset("Ce document ne ressemble pas à un extrait K-bis : rien n’en est retenu.")
        return
    yield _KINDS[kind]
    read = {
        "SIREN": in_groups(extract.siren) if extract.siren else None,
        "Nom": extract.name,
        "Forme juridique": extract.legal_form,
        "Adresse": extract.address,
        "À jour au": full_date(extract.dated) if extract.dated else None,
    }
    for label, value in read.items():
        yield f"{label}\u00a0: {value or _UNREAD}"
    sure = "sûre" if extract.sure else "à vérifier par une personne"
    yield typeset(f"Lecture du SIREN et de la date : {sure}.")
    if extract.dated:
        because = kbis_last_day(extract.dated)
        yield typeset(f"Recevable jusqu’au {full_date(because.day)} inclus, jour de réception.")
        yield from (f"  {line}" for line in because.lines())
