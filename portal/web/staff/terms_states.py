"""The events of `/gestion/echeances`: look, filter, turn the page."""

from typing import Any

import reflex as rx

from portal.services.context import Role, Viewer
from portal.services.terms_to_come import PAGE_LENGTH, terms_to_come
from portal.web.components.shapes import Part
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.staff import terms_views
from portal.web.staff.terms_views import Choice, TermRow

_MOST_PAGES = 10_000


class TermsToComeState(PersonalState, rx.State):
    """What the page shows; nothing here is trusted on the way back."""

    year: list[Part] = []
    year_says: str = ""
    months: list[Choice] = []
    rows: list[TermRow] = []
    declared: list[TermRow] = []
    counted: str = ""
    standing: str = ""
    month: str = ""
    page: int = 1
    has_more: bool = False

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def filter_by_standing(self, viewer: Viewer, standing: str) -> Any:
        self.standing, self.page = str(standing), 1
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def filter_by_month(self, viewer: Viewer, month: str) -> Any:
        self.month, self.page = str(month), 1
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def turn_page(self, viewer: Viewer, by: int) -> Any:
        step = by if isinstance(by, int) else 0
        self.page = min(max(self.page + step, 1), _MOST_PAGES)
        await self._show(viewer)

    async def _show(self, viewer: Viewer) -> None:
        found = await terms_to_come(
            portal(), viewer, standing=self.standing, month=self.month, page=self.page
        )
        self.year, self.year_says = terms_views.month_parts(found.months), terms_views.year_says(found)
        self.months = terms_views.month_choices(found.months)
        self.rows = [terms_views.term_row(one, found) for one in found.terms]
        self.declared = [terms_views.declared_row(one, found) for one in found.declared]
        self.counted = terms_views.counted(found.total, self.page)
        self.has_more = self.page * PAGE_LENGTH < found.total
        self.loaded = True
