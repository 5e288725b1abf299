"""The events of `/cgv` and `/cgv/comparer`: anyone may read every version."""

from typing import Any

import reflex as rx

from portal.documents.terms_changes import ChangeKind, compare_terms
from portal.services.conditions import edition, editions, in_force
from portal.services.context import NotFound
from portal.web.presenting import unbroken
from portal.web.public.terms_view import (
    ChangeView,
    EditionLine,
    EditionView,
    change_view,
    edition_lines,
    edition_view,
)
from portal.web.running import portal


class TermsState(rx.State):
    """The version asked for, where it is not the one that the page was built with."""

    other: EditionView = EditionView()
    lines: list[EditionLine] = []
    unknown: bool = False

    @rx.event
    async def load(self) -> Any:
        wanted = str(self.router.url.query_parameters.get("version", ""))[:40]
        running = portal()
        self.unknown = False
        async with running.database.reading() as connection:
            present = await in_force(connection, running.now())
            self.lines = edition_lines(await editions(connection), present.version)
            try:
                shown = await edition(connection, wanted) if wanted else present
            except NotFound:
                self.unknown, shown = True, present
        self.other = edition_view(shown)


class CompareState(rx.State):
    """Two versions side by side."""

    changes: list[ChangeView] = []
    unchanged: str = ""
    title: str = ""
    unknown: bool = False
    loaded: bool = False

    @rx.event
    async def load(self) -> Any:
        asked = self.router.url.query_parameters
        running = portal()
        self.unknown, self.changes = False, []
        async with running.database.reading() as connection:
            try:
                old = await edition(connection, str(asked.get("de", ""))[:40])
                new = await edition(connection, str(asked.get("a", ""))[:40])
            except NotFound:
                self.unknown, self.loaded = True, True
                return
        if new.applies_from < old.applies_from:
            old, new = new, old
        found = compare_terms(old.read(), new.read())
        same = [one for one in found if one.kind is ChangeKind.UNCHANGED]
        self.changes = [change_view(one) for one in found if one.kind is not ChangeKind.UNCHANGED]
        self.title = f"De la version {unbroken(old.version)} à la version {unbroken(new.version)}"
        self.unchanged = f"{len(same)} articles sont inchangés." if len(same) > 1 else ""
        self.loaded = True
