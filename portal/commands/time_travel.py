"""`portal travel`: moving a demonstration's clock forward, through every deadline on the way."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from portal.clock import ClockWentBack
from portal.commands.terminal import DataFolder, say, settings_or_stop, stop, with_portal
from portal.contract.calendar import ImpossibleInstant, paris_instant
from portal.contract.french import full_instant
from portal.services.calendar import travel
from portal.services.context import Portal
from portal.services.crm import ask_crm
from portal.services.outbox import deliver

_SPAN = re.compile(r"(\d+)([dhm])")
# Beyond, dates end (the year 9999), and a clock that has gone there never comes back.
_FARTHEST = timedelta(days=3660)
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def travel_command(
    span: Annotated[str | None, typer.Argument(help="Une durée : 30d, 12h ou 90m.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Un instant à Paris : 2026-12-23T00:00.")] = None,
    data: DataFolder = None,
) -> None:
    """Avancer l’horloge d’une démonstration, en s’arrêtant à chaque échéance."""
    settings = settings_or_stop(data)
    if settings.demonstration_marker.exists():
        settings = settings_or_stop(data, demo=True)
    if not settings.demo:
        stop("L’horloge ne se déplace qu’en démonstration (portal serve --demo, ou PORTAL_DEMO=1).")

    async def work(portal: Portal) -> None:
        target = _target(portal.now(), span, to)
        if target - portal.now() > _FARTHEST:
            stop("L’horloge avance de dix ans au plus à la fois.", 2)
        async for stopped_at in travel(portal, target):
            say(f"Échéance : {full_instant(stopped_at)}")
        await deliver(portal)
        await ask_crm(portal)
        say(f"Il est maintenant {full_instant(portal.now())}, heure de Paris.")

    try:
        with_portal(settings, work)
    except ClockWentBack:
        stop("Cet instant est passé : l’horloge n’avance que vers l’avenir.")


def _target(now: datetime, span: str | None, to: str | None) -> datetime:
    if (span is None) == (to is None):
        stop("Indiquez une durée (30d) ou un instant (--to 2026-12-23T00:00), l’un des deux.", 2)
    if span is not None:
        match = _SPAN.fullmatch(span)
        if match is None:
            stop(f"Durée « {span} » : écrivez un nombre suivi de d (jours), h (heures) ou m (minutes).", 2)
        try:
            return now + timedelta(**{_UNITS[match[2]]: int(match[1])})
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)
    try:
        wall = datetime.fromisoformat(to or "")
        return wall if wall.tzinfo else paris_instant(wall.date(), wall.time())
    except ImpossibleInstant as error:
        stop(f"Instant « {to} » : {error}.", 2)
    except ValueError:
        stop(f"Instant « {to} » : écrivez-le comme 2026-12-23T00:00.", 2)
