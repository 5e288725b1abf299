"""`portal demo`: the demonstration's data, without serving."""

from portal.commands.serving import check_mode, prepare
from portal.commands.terminal import DataFolder, say, settings_or_stop


def demo(data: DataFolder = None) -> None:
    """Créer les données de démonstration."""
    settings = settings_or_stop(data, demo=True)
    check_mode(settings)
    prepare(settings)
    say(f"Données de démonstration prêtes dans {settings.data}.")
    say(settings.demonstration_marker.read_text(encoding="utf-8").rstrip("\n"))
