"""`portal serve`: the whole product on one port of 127.0.0.1, from nothing."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from filelock import FileLock, Timeout

from portal.commands.building import BuildFailed, build, reflex_environment, site_folder
from portal.commands.terminal import DataFolder, say, settings_or_stop, stop, with_portal
from portal.records.database import DamagedDatabase, check_sqlite
from portal.services.conditions import in_force, publish_demonstration
from portal.services.context import Portal
from portal.services.demonstration import is_furnished
from portal.services.staff import first_staff_link
from portal.settings import Settings
from portal.settings_review import Standing, review

ADDRESS = "127.0.0.1"


def serve(
    data: DataFolder = None,
    port: Annotated[int | None, typer.Option(help="Le port d’écoute (3000).")] = None,
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Données de démonstration et horloge déplaçable.")
    ] = False,
) -> None:
    """Servir le portail sur 127.0.0.1."""
    overrides = {"port": port} if port is not None else {}
    settings = settings_or_stop(data, **overrides, **({"demo": True} if demo else {}))
    check_mode(settings)
    with alone_in(settings):
        _check_port(settings.port)
        try:
            check_sqlite(settings.data / "portal.db")
        except DamagedDatabase:
            stop(
                f"La base {settings.data / 'portal.db'} est endommagée : restaurez une sauvegarde avant de servir."
            )
        if settings.demo:
            # Before the database: without it, what is there is real.
            settings.demonstration_marker.touch()
        prepared = prepare(settings)
        if settings.demo and not prepared.is_furnished:
            say("Préparation des données de démonstration…")
            _make_demonstration(settings)
        say("Préparation des pages…")
        try:
            build(settings, prepared.terms)
        except BuildFailed as error:
            stop(f"Les pages n’ont pas pu être construites. Le détail est dans {error}.")
        _run(settings, prepared.staff_link)


@contextmanager
def alone_in(settings: Settings) -> Iterator[None]:
    """Keep a second process out of the data folder, or end the command with a sentence."""
    settings.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.data / "serve.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        stop(
            f"Un portail sert déjà {settings.data} : arrêtez-le (Ctrl-C), ou choisissez un autre dossier (--data)."
        )
    with lock:
        yield


@dataclass(frozen=True, slots=True)
class Prepared:
    """What serving needs to know of the records: the terms in force, the first staff member's link, any client."""

    terms: str
    staff_link: str | None
    is_furnished: bool


def prepare(settings: Settings) -> Prepared:
    """Migrate, and publish the demonstration terms where there are none."""

    async def work(portal: Portal) -> Prepared:
        await publish_demonstration(portal)
        async with portal.database.reading() as connection:
            terms = (await in_force(connection, portal.now())).text
        return Prepared(terms, await first_staff_link(portal), await is_furnished(portal))

    return with_portal(settings, work)


def _make_demonstration(settings: Settings) -> None:
    # Apart, since the workers are forked from this process: obstore, once it has read a file, has
    # threads that do not live on in them, and every file would be waited for in vain.
    made = subprocess.run(  # noqa: S603 -- this very command, with a folder that is already in use
        [sys.executable, "-m", "portal", "demo", "--data", str(settings.data)],
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if made.returncode:
        stop(f"La démonstration n’a pas pu être créée dans {settings.data} : la cause est dite ci-dessus.")


def check_mode(settings: Settings) -> None:
    """Refuse to mix real data and a demonstration: a moved clock would destroy what must not be."""
    marked = settings.demonstration_marker.exists()
    if settings.demo and settings.database_url:
        stop("Une démonstration garde ses données dans son dossier : retirez PORTAL_DATABASE_URL.")
    if settings.demo and not marked and (settings.data / "portal.db").exists():
        stop(
            f"{settings.data} contient de vraies données : la démonstration s’ouvre dans un autre dossier (--data)."
        )
    if marked and not settings.demo:
        stop(
            f"{settings.data} est une démonstration : ajoutez --demo, ou choisissez un autre dossier (--data)."
        )


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            stop(
                f"Le port {port} est déjà pris : arrêtez l’autre programme, ou choisissez-en un autre (--port)."
            )


def _run(settings: Settings, link: str | None) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ.update(reflex_environment(settings))
    # Reflex's own names for "the pages are built: mount them, do not compile" (pinned in pyproject).
    os.environ.update({"__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true", "__REFLEX_SKIP_COMPILE": "true"})
    os.chdir(site_folder(settings))
    server = Granian(
        "portal.portal:app",
        address=ADDRESS,
        port=settings.port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=1,
        log_level=LogLevels.warning,
        working_dir=Path.cwd(),
        workers_kill_timeout=10,
    )

    @server.on_startup
    def announce() -> None:
        for line in _welcome(settings, link):
            say(line)

    server.serve()


def _welcome(settings: Settings, link: str | None) -> list[str]:
    lines = [f"Le portail : {settings.public_url}"]
    if link:
        lines.append(f"Devenir le premier membre de l’équipe (une fois, 24 h) : {link}")
    if settings.demo:
        lines.append(
            "Démonstration : les comptes et leurs mots de passe sont dans "
            + str(settings.data / "demonstration")
        )
    elif any(remark.standing is Standing.UNSAFE for remark in review(settings)):
        lines.append("Avant une mise en production : portal check")
    lines.append("Ctrl-C pour arrêter.")
    return lines
