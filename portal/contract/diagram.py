"""The moves that each thing may make, drawn as Mermaid from the very table that allows them."""

from portal.contract.state import MOVES


def mermaid() -> str:
    """Return one state diagram per thing, as Markdown with Mermaid blocks."""
    return "\n".join(f"## {thing}\n\n```mermaid\n{_diagram(thing)}```\n" for thing in MOVES)


def _diagram(thing: str) -> str:
    moves = MOVES[thing]
    reached = {after for following in moves.values() for after in following}
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {before}" for before in moves if before not in reached]
    if all(before in reached for before in moves):
        # A thing that comes back to where it began still begins there.
        lines.append(f"    [*] --> {next(iter(moves))}")
    for before, following in moves.items():
        lines += [f"    {before} --> {after}" for after in moves if after in following]
        if not following:
            lines.append(f"    {before} --> [*]")
    return "\n".join(lines) + "\n"
