"""`portal replay`: a contract's whole life from a file, without database, network or clock."""

import json
from pathlib import Path
from typing import Annotated

import typer

from portal.commands.terminal import say, stop
from portal.contract.replay import replay, to_json, to_text
from portal.contract.scenario import ScenarioError, read_scenario

_BAD_INPUT = 2


def replay_file(
    file: Annotated[Path, typer.Argument(help="Le scénario, un fichier TOML.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Le résultat en JSON.")] = False,
) -> None:
    """Rejouer la vie d’un contrat depuis un scénario, avec ses raisons."""
    try:
        scenario = read_scenario(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        stop(f"{file} : ce fichier ne peut pas être lu.", _BAD_INPUT)
    except ScenarioError as error:
        stop(f"{file} : {error}", _BAD_INPUT)
    result = replay(scenario)
    say(
        json.dumps(to_json(result), ensure_ascii=False, indent=2) if as_json else to_text(result).rstrip("\n")
    )
