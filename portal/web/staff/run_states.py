"""The events of `/gestion/emission`: look at the run to come, some contracts at a time, and at the last one."""

from typing import Any

import reflex as rx

from portal.services.context import Role, Viewer
from portal.services.issuing import Foreseen, foresee, last_run, next_run, run_of
from portal.web.components.shapes import Figure, Part, Why
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.staff import run_views
from portal.web.staff.run_views import RemarkRow


class RunState(PersonalState, rx.State):
    """The run to come, the last one, and what stands still."""

    coming: list[Figure] = []
    foreseen: str = ""
    foreseen_why: Why = Why()
    is_looking: bool = False
    remarks: list[RemarkRow] = []
    more_remarks: int = 0
    last: str = ""
    last_why: Why = Why()
    how_far: list[Part] = []
    halted: list[RemarkRow] = []
    _found: Foreseen = Foreseen()

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        now = portal().now()
        run = await run_of(portal(), viewer, last_run(now))
        self.coming = run_views.coming(next_run(now))
        self.last, self.how_far = run_views.run_sentence(run), run_views.how_far(run)
        self.last_why = run_views.run_why(run)
        self.halted = run_views.halted_rows(run.halted)
        self._found, self.is_looking, self.loaded = Foreseen(), True, True
        return RunState.look_on

    @rx.event
    @of(Role.STAFF)
    async def look_on(self, viewer: Viewer) -> Any:
        """Look at some more contracts: each answer shows how far it is, and asks for the next."""
        if not self.is_looking:
            return None
        self._found = await foresee(portal(), viewer, self._found)
        self.foreseen = run_views.foreseen_sentence(self._found)
        self.foreseen_why = run_views.amounts_why(self._found.net_cents, self._found.gross_cents)
        self.remarks = run_views.remark_rows(self._found.remarks)
        self.more_remarks = self._found.more_remarks
        self.is_looking = not self._found.is_whole
        return RunState.look_on if self.is_looking else None
