"""`portal check`: what is configured, what is on its default, what is unsafe for production."""

import typer

from portal.commands.terminal import DataFolder, say, settings_or_stop
from portal.settings_review import Standing, review


def check(data: DataFolder = None) -> None:
    """Dire ce qui est réglé, par défaut, ou à corriger avant la production."""
    settings = settings_or_stop(data)
    remarks = review(settings)
    width = max(len(remark.subject) for remark in remarks)
    for remark in remarks:
        say(f"{remark.subject:<{width}}  {remark.standing}  {remark.text}")
    if settings.demonstration_marker.exists() and not settings.demo:
        say(f"{settings.data} est une démonstration : elle ne peut pas être servie comme de vraies données.")
        raise typer.Exit(1)
    if any(remark.standing is Standing.UNSAFE for remark in remarks):
        raise typer.Exit(1)
