"""Every kind of line that the services write in the journal is said in French wherever the journal is read."""

import ast
from pathlib import Path

import portal.services
from portal.services.journal_words import SENTENCES

FOLDER = Path(portal.services.__file__).parent
WRITERS = {"note", "note_own_act"}


def kinds_written() -> set[str]:
    """Return the kinds given as literals to what writes in the journal."""
    calls = (
        node
        for path in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITERS
    )
    given = (
        value
        for call in calls
        for value in (*call.args, *(one.value for one in call.keywords if one.arg == "kind"))
    )
    return {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_kind_of_line_has_its_sentence() -> None:
    written = kinds_written()
    assert "collection_presented_again" in written
    assert written - set(SENTENCES) == set()
