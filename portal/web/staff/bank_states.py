"""The events of `/gestion/banque`: a line explained, a collection presented again."""

from typing import Any

import reflex as rx

from portal.contract.french import count, typeset
from portal.contract.refusal import Refusal
from portal.services import bank_list, collection_reading
from portal.services.collecting import present_again
from portal.services.context import NotFound, Role, Viewer
from portal.services.forms import Form, FormProblems, read
from portal.services.typed_figures import Day
from portal.web.handlers import PersonalState, of
from portal.web.routes.billing import BANK
from portal.web.running import portal
from portal.web.session import draft_of, origin_of
from portal.web.staff.bank_views import (
    FileRow,
    LeftOutRow,
    LineRow,
    MessageRow,
    ReturnRow,
    file_row,
    left_out_row,
    line_row,
    message_row,
    return_row,
)

_FILES, _MESSAGES, _LINES = 12, 20, 50


class _AgainForm(Form):
    again_on: Day


class BankState(PersonalState, rx.State):
    """What goes to the bank and what comes from it."""

    files: list[FileRow] = []
    left_out: list[LeftOutRow] = []
    left_out_says: str = ""
    messages: list[MessageRow] = []
    lines: list[LineRow] = []
    returns: list[ReturnRow] = []
    line: str = ""
    line_errors: dict[str, str] = {}
    again_errors: dict[str, str] = {}
    again_said: str = ""

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        sent = (await draft_of(self)).form(BANK.name)
        self.line = self.again_said = ""
        self.line_errors, self.again_errors = {}, {}
        await self._show(viewer)
        self.said, self.problem = sent.notice, sent.errors.get("", "")

    @rx.event
    @of(Role.STAFF, by_itself=True)
    async def refresh(self, viewer: Viewer) -> Any:
        """Show how far the reading of a message has come."""
        if any(one.state == "en cours de lecture" for one in self.messages):
            await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def explain(self, viewer: Viewer, line_id: str) -> Any:  # noqa: ARG002 -- admitted first
        """Open a line that nobody has explained."""
        self.line, self.line_errors, self.said = str(line_id)[:36], {}, ""
        return rx.set_focus("line_reason")

    @rx.event
    @of(Role.STAFF)
    async def resolve(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Say what a line is: with an invoice's number it pays that one, without one nothing is to be done of it."""
        if not self.line:
            raise NotFound
        number, reason = str(form.get("line_invoice", "")).strip(), str(form.get("line_reason", ""))
        try:
            if number:
                await bank_list.pays(portal(), viewer, self.line, number, reason, origin_of(self))
            else:
                await bank_list.set_aside(portal(), viewer, self.line, reason, origin_of(self))
        except Refusal as refusal:
            self.line_errors = self._errors_of(refusal)
            return rx.set_focus("line_reason" if refusal.code == "reason_missing" else "line_invoice")
        self.line, self.line_errors = "", {}
        await self._show(viewer)
        self.said = typeset(
            "Le paiement est enregistré." if number else "La ligne est classée, avec son motif."
        )
        return None

    @rx.event
    @of(Role.STAFF)
    async def present(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Present the ticked collections again, and announce it to their clients."""
        self.again_said = ""
        ticked = [one.invoice for one in self.returns if one.may_present and form.get(one.name)]
        if not ticked:
            self.again_errors = {"": "Cochez au moins un prélèvement à présenter de nouveau."}
            return rx.set_focus("again_on")
        try:
            day = read(_AgainForm, form).again_on
            await present_again(portal(), viewer, ticked, day, origin_of(self))
        except (FormProblems, Refusal) as problems:
            self.again_errors = self._errors_of(problems)
            return rx.set_focus("again_on")
        self.again_errors = {}
        await self._show(viewer)
        self.again_said = typeset(
            f"{count(len(ticked), 'prélèvement')} à présenter de nouveau : le fichier est prêt, chaque client est prévenu."
        )
        return None

    async def _show(self, viewer: Viewer) -> None:
        running = portal()
        files = await collection_reading.files_for_bank(running, viewer, limit=_FILES)
        messages = await bank_list.messages(running, viewer, limit=_MESSAGES)
        waiting = await bank_list.waiting_lines(running, viewer, limit=_LINES)
        self.files = [file_row(one, running.today()) for one in files]
        self.left_out = [left_out_row(one) for one in await collection_reading.not_collected(running, viewer)]
        self.left_out_says = f"{count(len(self.left_out), 'facture')} qu’aucun fichier ne prend, et pourquoi"
        self.messages = [message_row(one) for one in messages]
        self.lines = [line_row(one) for one in waiting]
        self.returns = [return_row(one) for one in await collection_reading.came_back(running, viewer)]
        self.loaded = True
