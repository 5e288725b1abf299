"""The rules are pure: no clock, no chance, no environment, and only the imports they are allowed."""

import ast
import sys
from pathlib import Path

import pytest

import portal.contract
from portal.contract import decide

ROOM = Path(portal.contract.__path__[0])
MODULES = sorted(ROOM.rglob("*.py"))
ALLOWED = {"pydantic", "holidays", "dateutil", "stdnum", "portal.contract"}
# Of the standard library, what would let time, chance, files, the network or the environment in.
FORBIDDEN_MODULES = {
    "time",
    "random",
    "secrets",
    "uuid",
    "os",
    "io",
    "pathlib",
    "socket",
    "subprocess",
    "asyncio",
}
FORBIDDEN_CALLS = {
    "today", "now", "utcnow", "fromtimestamp", "utcfromtimestamp", "time_ns", "perf_counter", "monotonic",
    "uuid1", "uuid4", "random", "randint", "choice", "shuffle", "urandom", "getenv", "open", "input", "print",
    "localtime", "gmtime", "exec", "eval", "__import__", "import_module",
}  # fmt: skip


def imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            names.add(node.module or "")
    return names


def faults(source: str) -> set[str]:
    """What in a module is not pure."""
    tree = ast.parse(source)
    found = set()
    for name in imported(tree):
        top = name.split(".", maxsplit=1)[0]
        is_ours = name == "portal.contract" or name.startswith("portal.contract.")
        if not (is_ours or top in ALLOWED or top in sys.stdlib_module_names) or top in FORBIDDEN_MODULES:
            found.add(f"import {name}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_CALLS | {"environ"}:
            found.add(f".{node.attr}")
        elif isinstance(node, ast.Name) and node.id in FORBIDDEN_CALLS:
            found.add(node.id)
        elif isinstance(node, ast.Global):
            found.add("global")
    return found


def test_there_are_modules_to_look_at() -> None:
    assert Path(decide.__file__) in MODULES
    assert len(MODULES) > 15


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_of_the_rules_is_pure(module: Path) -> None:
    assert faults(module.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_of_the_rules_is_short(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) < 400


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import time", "import time"),
        ("from uuid import uuid4", "import uuid"),
        ("import sqlalchemy", "import sqlalchemy"),
        ("from portal.clock import Clock", "import portal.clock"),
        ("from portal import settings", "import portal"),
        ("from datetime import date\ndate.today()", ".today"),
        ("import datetime as d\nd.datetime.now(d.UTC)", ".now"),
        ("from datetime import datetime\nclock = datetime.now", ".now"),
        ("datetime.utcnow()", ".utcnow"),
        ("open('x')", "open"),
        ("def f():\n    global x", "global"),
    ],
)
def test_the_looking_itself_finds_what_it_looks_for(source: str, fault: str) -> None:
    assert fault in faults(source)
