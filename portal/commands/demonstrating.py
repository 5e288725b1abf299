"""`portal demo`: the demonstration's data, without serving."""

from portal.commands.serving import check_mode
from portal.commands.terminal import DataFolder, say, settings_or_stop, with_portal
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from portal.services.demonstration import furnish


def demo(data: DataFolder = None) -> None:
    """Créer les données de démonstration."""
    settings = settings_or_stop(data, demo=True)
    check_mode(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    settings.demonstration_marker.touch()

    async def work(portal: Portal) -> None:
        await publish_demonstration(portal)
        await furnish(portal)

    with_portal(settings, work)
    say(f"Données de démonstration prêtes dans {settings.data}.")
    say(settings.demonstration_marker.read_text(encoding="utf-8").rstrip("\n"))
