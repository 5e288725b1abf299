"""The events of `/gestion/facturation` and `/gestion/tableau`: both only show."""

from typing import Any

import reflex as rx

from portal.contract.french import full_date
from portal.services.context import Role, Viewer
from portal.services.figures import figures
from portal.services.month_end import to_do
from portal.web.components.shapes import Bar, Figure, Part, Why
from portal.web.handlers import PersonalState, of
from portal.web.routes.billing import SALES
from portal.web.running import portal
from portal.web.session import draft_of
from portal.web.staff import month_views
from portal.web.staff.month_views import TermRow, ToDoRow


class MonthState(PersonalState, rx.State):
    """The month at a glance."""

    sentence: str = ""
    sentence_why: Why = Why()
    calendar: list[Figure] = []
    todo: list[ToDoRow] = []
    period: dict[str, str] = {}
    period_errors: dict[str, str] = {}

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        running = portal()
        sent = (await draft_of(self)).form(SALES.name)
        found = await figures(running, viewer)
        self.sentence = month_views.month_sentence(found)
        self.sentence_why = month_views.month_why(found.month)
        self.calendar = month_views.calendar_of_month(running.today())
        self.todo = month_views.to_do_rows(await to_do(running, viewer))
        self.period_errors = sent.errors
        self.period = sent.values if sent.errors else month_views.last_month(running.today())
        self.loaded = True


class FiguresState(PersonalState, rx.State):
    """The figures that matter."""

    today: str = ""
    headline: list[Figure] = []
    issued: list[Bar] = []
    issued_says: str = ""
    issued_why: Why = Why()
    due: list[Part] = []
    due_says: str = ""
    due_why: Why = Why()
    terms: list[TermRow] = []

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        found = await figures(portal(), viewer)
        self.today = f"Au {full_date(found.day)}."
        self.headline = month_views.headline(found)
        self.issued, self.issued_says = (
            month_views.issued_bars(found.months),
            month_views.issued_sentence(found.months),
        )
        self.due, self.due_says = month_views.due_parts(found.months), month_views.due_sentence(found.months)
        self.issued_why = month_views.issued_why(found.months)
        self.due_why = month_views.due_why(found.months)
        self.terms = month_views.term_rows(found.terms, found.day)
        self.loaded = True
