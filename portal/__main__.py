"""The `portal` command, also `python -m portal`.

Only the command that is asked for is imported: what one needs is seconds of start for another.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

import typer
from typer.core import TyperGroup

# Each command, or group of them, by its name: the module below `portal.commands`, and what it calls it.
COMMANDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "serve": ("serving", "serve"),
        "worker": ("working", "worker"),
        "demo": ("demonstrating", "demo"),
        "travel": ("time_travel", "travel_command"),
        "check": ("checking", "check"),
        "replay": ("replaying", "replay_file"),
        "kbis": ("reading_kbis", "kbis_file"),
        "rules": ("replaying", "rules_command"),
        "evidence": ("evidence", "evidence"),
        "verify": ("records", "verify"),
        "rebuild": ("records", "rebuild"),
        "terms": ("conditions", "terms"),
        "bank": ("banking", "bank"),
        "invoices": ("invoicing", "invoices"),
    }
)


class Commands(TyperGroup):
    """The commands of the table above."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 -- inherited
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 -- inherited
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        found = getattr(import_module(f"portal.commands.{module}"), attribute)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(pretty_exceptions_enable=False)
            alone.command(cmd_name)(found)
            found = alone
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command


main = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


@main.callback()
def portal() -> None:
    """Le portail des clients d’EXANERGY CRM."""


if __name__ == "__main__":
    main()
