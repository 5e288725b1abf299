"""Whatever a refusal says of a date or an amount, its reasons are there for the page to show."""

import ast
from collections.abc import Iterator
from pathlib import Path

import portal

WORDS = {"euros", "full_date", "full_instant", "long_date", "short_date"}
REFUSALS = {"Refusal", "_refused", "_running"}


def calls(node: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in names:
            yield one


def without_reasons(source: str) -> list[int]:
    """The lines of refusals that write a date or an amount and carry no reasons."""
    return [
        one.lineno
        for one in calls(ast.parse(source), REFUSALS)
        if any(calls(one, WORDS)) and "reasons" not in {word.arg for word in one.keywords}
    ]


def test_what_is_looked_for_is_found() -> None:
    named = 'Refusal("late", clause="16", message=f"Avant le {full_date(day)}."%s)'
    assert without_reasons(named % "") == [1]
    assert without_reasons(named % ", reasons=(day,)") == []
    assert without_reasons('Refusal("late", clause="16", message="Trop tard.")') == []


def test_each_date_and_each_amount_of_a_refusal_has_its_reason() -> None:
    found = {
        f"{path.name}:{line}"
        for path in Path(portal.__path__[0]).rglob("*.py")
        for line in without_reasons(path.read_text(encoding="utf-8"))
    }
    assert found == set()
