"""Counting what an answer costs: two answers that cost the same cannot be told apart by their time."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from portal.services import passwords
from portal.services.context import Portal


@contextmanager
def work_counted(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Collect, in order, the statements sent to the database, the savepoints and the password hashes."""
    done: list[str] = []
    engine = portal.database.engine.sync_engine

    def statement(*arguments: object) -> None:
        words = str(arguments[2]).split()
        # Where a savepoint ends is counted below, kept or not.
        if words[0] not in {"SAVEPOINT", "RELEASE", "ROLLBACK"}:
            done.append(" ".join(words[:3]))

    def savepoint(*_arguments: object) -> None:
        done.append("savepoint")

    hasher = passwords.HASHER

    class Counting:
        def __getattr__(self, name: str) -> object:
            if name in {"hash", "verify"}:
                done.append("argon2")
            return getattr(hasher, name)

    listeners = [
        ("before_cursor_execute", statement),
        ("savepoint", savepoint),
        ("release_savepoint", savepoint),
        ("rollback_savepoint", savepoint),
    ]
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "HASHER", Counting())
        for name, listener in listeners:
            sa.event.listen(engine, name, listener)
        yield done
        for name, listener in listeners:
            sa.event.remove(engine, name, listener)
