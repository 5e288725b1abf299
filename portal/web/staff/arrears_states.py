"""The events of `/gestion/impayes`: narrowing the list, drawing a letter, ending a contract."""

from typing import Any

import reflex as rx

from portal.contract.ending import letter_day
from portal.contract.french import full_date, of_name, typeset
from portal.contract.refusal import Refusal
from portal.services import letters, overdue, terminating
from portal.services.context import NotFound, Role, Viewer
from portal.services.forms import FormProblems
from portal.web.components.shapes import Part, Why
from portal.web.handlers import PersonalState, of
from portal.web.presenting import why_of
from portal.web.routes.letters import LETTERS
from portal.web.running import portal
from portal.web.session import draft_of, origin_of
from portal.web.staff.arrears_views import (
    TO_DECIDE,
    AgeChoice,
    LateRow,
    LetterRow,
    age_choices,
    age_parts,
    ages_sentence,
    ages_why,
    late_row,
    letter_row,
    termination_effect,
)


class ArrearsState(PersonalState, rx.State):
    """Who is late, and what staff decide of it."""

    says: str = ""
    says_why: Why = Why()
    parts: list[Part] = []
    ages: list[AgeChoice] = []
    age: str = ""
    rows: list[LateRow] = []
    count: str = ""
    page: int = 1
    has_more: bool = False
    letters: list[LetterRow] = []
    tracking_errors: dict[str, str] = {}
    confirming: bool = False
    title: str = ""
    effect: str = ""
    end_why: Why = Why()
    # What is confirmed: the letter, and its tracking number as it was read.
    _letter: str = ""
    _tracking: str = ""

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        sent = (await draft_of(self)).form(LETTERS.name)
        self.page, self.confirming = 1, False
        await self._show(viewer)
        self.said, self.problem = sent.notice, sent.errors.get("", "")

    @rx.event
    @of(Role.STAFF)
    async def narrow(self, viewer: Viewer, age: str) -> Any:
        self.age, self.page, self.said = str(age)[:10], 1, ""
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def turn_page(self, viewer: Viewer, by: int) -> Any:
        self.page = max(self.page + (1 if by == 1 else -1), 1)
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def draw(self, viewer: Viewer, contract_id: str) -> Any:
        """Draw the letter that would end a contract today."""
        await terminating.draw_letter(portal(), viewer, str(contract_id), origin_of(self))
        await self._show(viewer)
        self.said = typeset(
            "La lettre est prête : imprimez-la, postez-la en recommandé, puis notez son numéro de suivi."
        )
        return rx.set_focus("lettres")

    @rx.event
    @of(Role.STAFF)
    async def ask(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- admitted first
        """Read the tracking number, then ask the last question."""
        letter = next((one for one in self.letters if one.letter_id == str(form.get("letter", ""))), None)
        if letter is None:
            raise NotFound
        try:
            posting = letters.read_posting(form)
        except FormProblems as problems:
            self.tracking_errors = {letter.letter_id: problems.errors["tracking"]}
            return rx.set_focus(f"tracking-{letter.letter_id}")
        self.tracking_errors = {}
        self._letter, self._tracking = letter.letter_id, posting.tracking
        self.title = typeset(f"Résilier le contrat {of_name(letter.name)}")
        self.effect = termination_effect(letter.name, full_date(portal().today()))
        self.end_why = why_of(letter_day(portal().today(), "unpaid", ends=True))
        self.confirming = True
        return None

    @rx.event
    @of(Role.STAFF)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.confirming = False

    @rx.event
    @of(Role.STAFF)
    async def terminate(self, viewer: Viewer) -> Any:
        self.confirming = False
        posting = letters.PostingForm(tracking=self._tracking)
        try:
            await terminating.terminate_unpaid(portal(), viewer, self._letter, posting, origin_of(self))
        except Refusal:
            await self._show(viewer)
            raise
        await self._show(viewer)
        self.said = typeset("Le contrat est résilié. Gardez ici la preuve de réception dès qu’elle arrive.")

    async def _show(self, viewer: Viewer) -> None:
        running = portal()
        bands = await overdue.ages(running, viewer)
        terminations = await overdue.terminations_open(running, viewer)
        found, total = await overdue.in_arrears(
            running, viewer, age=self.age, to_terminate=self.age == TO_DECIDE, page=self.page
        )
        self.parts, self.says = age_parts(bands), ages_sentence(bands)
        self.says_why = ages_why(bands)
        self.ages = age_choices(bands, terminations)
        self.rows = [late_row(one) for one in found]
        self.count = "Aucun client" if total == 0 else f"{total} client{'s' if total > 1 else ''}"
        self.has_more = self.page * overdue.A_PAGE < total
        self.letters = [letter_row(one) for one in await letters.letters_sent(running, viewer)]
        self.loaded = True
