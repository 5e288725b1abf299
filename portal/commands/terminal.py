"""What all commands share: opening the portal for the length of a command, and ending with a clear sentence."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from portal import logs
from portal.settings import Settings, SettingsError, load

if TYPE_CHECKING:
    from portal.services.context import Portal

Result = TypeVar("Result")

DataFolder = Annotated[
    Path | None, typer.Option("--data", help="Dossier des données (par défaut .portal/, ou PORTAL_DATA).")
]


def settings_or_stop(data: Path | None = None, **overrides: object) -> Settings:
    """Return the settings, or end the command with the sentence that names the wrong one."""
    if data is not None:
        overrides["data"] = data
    try:
        return load(**overrides)
    except SettingsError as error:
        stop(str(error))


def with_portal(settings: Settings, work: "Callable[[Portal], Awaitable[Result]]") -> Result:
    """Run `work` on an open, migrated portal and close it."""
    # A command that reads a file of its own has no use for a database.
    from portal.records.database import migrate
    from portal.services.opening import open_portal

    logs.configure()

    async def run() -> Result:
        settings.data.mkdir(parents=True, exist_ok=True)
        await migrate(settings.database)
        portal = open_portal(settings)
        try:
            return await work(portal)
        finally:
            await portal.database.close()

    return asyncio.run(run())


def say(text: str) -> None:
    typer.echo(text)


def stop(text: str, code: int = 1) -> NoReturn:
    """End the command with one sentence on the error output."""
    typer.echo(text, err=True)
    raise typer.Exit(code)
