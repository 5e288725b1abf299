"""`portal replay`: a contract's whole life from a file, without database, network or clock."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from portal.commands.terminal import say, stop
from portal.contract.diagram import mermaid
from portal.contract.explanations import timeline
from portal.contract.narrative import to_text
from portal.contract.policy import Policy
from portal.contract.replay import replay, to_json
from portal.contract.scenario import ScenarioError, read_scenario
from portal.documents.timeline_svg import timeline_svg

_BAD_INPUT = 2


def replay_file(
    file: Annotated[Path, typer.Argument(help="Le scénario, un fichier TOML.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Le résultat en JSON.")] = False,
    svg: Annotated[
        Path | None, typer.Option("--svg", help="Dessiner la ligne du temps dans ce fichier.")
    ] = None,
) -> None:
    """Rejouer la vie d’un contrat depuis un scénario, avec ses raisons."""
    try:
        scenario = read_scenario(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        stop(f"{file} : ce fichier ne peut pas être lu.", _BAD_INPUT)
    except ScenarioError as error:
        stop(f"{file} : {error}", _BAD_INPUT)
    result = replay(scenario)
    if svg:
        moments = timeline(result.state, result.events, result.last)
        try:
            svg.write_text(timeline_svg(scenario.title, moments, scenario.until), encoding="utf-8")
        except OSError:
            stop(f"{svg} : ce fichier ne peut pas être écrit.", _BAD_INPUT)
    say(
        json.dumps(to_json(result), ensure_ascii=False, indent=2) if as_json else to_text(result).rstrip("\n")
    )


def rules_command(
    *,
    diagram: Annotated[bool, typer.Option("--diagram", help="Les passages permis, en Mermaid.")] = False,
) -> None:
    """Montrer les règles : les lectures retenues, ou les passages permis de chaque chose."""
    say(mermaid().rstrip("\n") if diagram else "\n".join(_readings()))


def _readings() -> Iterator[str]:
    policy = Policy()
    for name in Policy.model_fields:
        reading = policy.reading(name)
        yield f"{name} = {reading.value} [{reading.clause}]"
        yield f"  {reading.reason}"
