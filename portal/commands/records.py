"""`portal verify` and `portal rebuild`: proving that the records are what happened."""

import typer
from pydantic import ValidationError

from portal.commands.terminal import DataFolder, say, settings_or_stop, stop, with_portal
from portal.contract.refusal import ImpossibleHistory
from portal.records import projections, store
from portal.services.context import Portal
from portal.services.offers import offers_at


def verify(data: DataFolder = None) -> None:
    """Vérifier la chaîne d’empreintes de chaque contrat."""

    async def work(portal: Portal) -> tuple[str, ...]:
        async with portal.database.reading() as connection:
            return await store.broken_links(connection)

    broken = with_portal(settings_or_stop(data), work)
    for line in broken:
        say(line)
    if broken:
        say(f"{len(broken)} anomalie(s) : les enregistrements ont été modifiés hors du portail.")
        raise typer.Exit(1)
    say("Toutes les chaînes d’événements sont intactes.")


def rebuild(data: DataFolder = None) -> None:
    """Reconstruire les tables de lecture depuis les événements, et prouver qu’elles étaient égales."""

    async def work(portal: Portal) -> tuple[dict[str, tuple[list[object], list[object]]], dict[str, int]]:
        async with portal.database.transaction() as connection:
            offers = offers_at(portal.now())
            return await projections.differences(connection, offers), await projections.rebuild(
                connection, offers
            )

    try:
        differing, written = with_portal(settings_or_stop(data), work)
    except (ValidationError, ImpossibleHistory):
        stop("Un événement enregistré ne se lit plus, rien n’a été changé : « portal verify » dit lequel.")
    for table, (stored, derived) in differing.items():
        say(f"{table} : {len(stored)} ligne(s) en trop, {len(derived)} ligne(s) manquante(s), corrigées.")
    say(", ".join(f"{table} : {rows} ligne(s)" for table, rows in written.items()))
    if differing:
        raise typer.Exit(1)
    say("Les tables étaient égales à ce que les événements racontent.")
