"""The events of `/gestion/courriers`: letters posted and presented, our notices with four eyes, late ones let count."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import reflex as rx

from portal.contract.french import of_name, typeset
from portal.contract.refusal import Refusal
from portal.services import vendor_letters, vendor_notices
from portal.services.context import Role, Viewer
from portal.services.forms import FormProblems, clean
from portal.services.letters import OURS, letters_sent
from portal.services.notice_forms import read_outcome, read_posted, read_presented, read_proposal, read_waiver
from portal.services.notice_lists import received_notices
from portal.services.notice_lists import vendor_notices as listed
from portal.web.components.shapes import Why
from portal.web.handlers import PersonalState, fields_of, of
from portal.web.routes.letters import POST
from portal.web.running import portal
from portal.web.session import draft_of, origin_of
from portal.web.staff.letters_views import (
    LetterGroup,
    ReceivedRow,
    VendorRow,
    letter_groups,
    received_row,
    says,
    vendor_row,
)

_FIELDS = ("contract", "reason", "day", "tracking", "outcome")


class LettersState(PersonalState, rx.State):
    """The letters, and what staff decide of notices; errors are named by the form and its field."""

    says: str = ""
    groups: list[LetterGroup] = []
    waiting: list[VendorRow] = []
    running: list[VendorRow] = []
    received: list[ReceivedRow] = []
    today: str = ""
    may_send: bool = False
    errors: dict[str, str] = {}
    typed: dict[str, str] = {}
    form_key: int = 0
    confirming: bool = False
    title: str = ""
    effect: str = ""
    reasons: list[Why] = []
    consent: str = ""
    label: str = ""
    _deed: str = ""
    _about: str = ""

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        sent = (await draft_of(self)).form(POST.name)
        self.errors, self.typed, self.confirming = {}, {}, False
        await self._show(viewer)
        self.said, self.problem = sent.notice, sent.errors.get("", "")

    # --- letters ---

    @rx.event
    @of(Role.STAFF)
    async def tell_posted(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        letter = _about(form)
        return await self._done(
            viewer,
            form,
            f"posted-{letter}",
            lambda: vendor_letters.tell_posted(portal(), viewer, letter, read_posted(form), origin_of(self)),
            "La lettre est en chemin : notez le jour de sa première présentation, c’est lui qui compte.",
        )

    @rx.event
    @of(Role.STAFF)
    async def tell_presented(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        letter = _about(form)
        return await self._done(
            viewer,
            form,
            f"presented-{letter}",
            lambda: vendor_letters.tell_presented(
                portal(), viewer, letter, read_presented(form), origin_of(self)
            ),
            "La résiliation compte de ce jour, le client en est prévenu par e-mail.",
        )

    @rx.event
    @of(Role.STAFF)
    async def tell_outcome(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        letter = _about(form)
        return await self._done(
            viewer,
            form,
            f"outcome-{letter}",
            lambda: vendor_letters.tell_outcome(
                portal(), viewer, letter, read_outcome(form), origin_of(self)
            ),
            "C’est noté. Rangez la preuve dès qu’elle arrive.",
        )

    @rx.event
    @of(Role.STAFF)
    async def send(self, viewer: Viewer, letter_id: str) -> Any:
        await vendor_letters.send(portal(), viewer, str(letter_id), origin_of(self))
        await self._show(viewer)
        self.said = typeset("Le dépôt est demandé : la lettre compte du jour de sa première présentation.")

    # --- notices of ours ---

    @rx.event
    @of(Role.STAFF)
    async def propose(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        return await self._done(
            viewer,
            form,
            "proposal",
            lambda: vendor_notices.propose(portal(), viewer, read_proposal(form), origin_of(self)),
            "La résiliation est proposée : une autre personne de l’équipe la décide.",
        )

    @rx.event
    @of(Role.STAFF)
    async def decline(self, viewer: Viewer, notice_id: str) -> Any:
        try:
            await vendor_notices.decide(
                portal(), viewer, str(notice_id), accepted=False, origin=origin_of(self)
            )
        finally:
            await self._show(viewer)
        self.said = "La proposition est écartée."

    @rx.event
    @of(Role.STAFF)
    async def ask_to_accept(self, viewer: Viewer, notice_id: str) -> Any:  # noqa: ARG002 -- admitted first
        row = next((one for one in self.waiting if one.notice_id == notice_id), None)
        if row is None:
            return
        self._ask(
            "accept",
            row.notice_id,
            title=f"Résilier le contrat {of_name(row.name)}",
            effect=f"La lettre est écrite, et reste à poster. Présentée à temps, elle met fin au contrat le {row.end}. {row.late}",
            reasons=[row.why, row.late_why],
            consent="J’ai lu le motif, et je décide cette résiliation",
            label="Décider la résiliation",
        )

    @rx.event
    @of(Role.STAFF)
    async def ask_to_withdraw(self, viewer: Viewer, notice_id: str) -> Any:  # noqa: ARG002 -- admitted first
        row = next((one for one in self.running if one.notice_id == notice_id), None)
        if row is None:
            return
        self._ask(
            "withdraw",
            row.notice_id,
            title=f"Retirer la résiliation {of_name(row.name)}",
            effect="Le contrat continue comme si elle n’avait pas été notifiée ; si elle l’était, le client en est prévenu par e-mail.",
            consent="Je retire cette résiliation",
            label="Retirer",
        )

    @rx.event
    @of(Role.STAFF)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.confirming = False

    @rx.event
    @of(Role.STAFF)
    async def confirm(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        deed, self.confirming = self._deed, False
        try:
            if deed == "accept":
                await vendor_notices.decide(
                    portal(), viewer, self._about, accepted=True, origin=origin_of(self)
                )
                said = "La résiliation est décidée : sa lettre est à poster."
            else:
                await vendor_notices.withdraw(portal(), viewer, self._about, origin_of(self))
                said = "La résiliation est retirée."
        finally:
            await self._show(viewer)
        self.said = typeset(said)

    # --- clients' notices ---

    @rx.event
    @of(Role.STAFF)
    async def waive(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        notice = _about(form)
        return await self._done(
            viewer,
            form,
            f"waiver-{notice}",
            lambda: vendor_notices.waive(portal(), viewer, notice, read_waiver(form), origin_of(self)),
            "La résiliation tardive est acceptée, le client en est prévenu par e-mail.",
        )

    async def _done(
        self,
        viewer: Viewer,
        form: dict[str, Any],
        name: str,
        deed: Callable[[], Awaitable[object]],
        said: str,
    ) -> Any:
        """Do what a form asks; what is refused is said at its field, with what was typed."""
        self.said, self.errors, self.typed = "", {}, {}
        try:
            await deed()
        except FormProblems as problems:
            self.errors = {f"{name}-{each}": words for each, words in problems.errors.items()}
        except Refusal as refusal:
            self.errors = {f"{name}-": self._words_of(refusal)}
        if self.errors:
            sent = fields_of(form)
            self.typed = {f"{name}-{each}": clean(sent.get(each)) for each in _FIELDS}
            await self._show(viewer)
            return rx.set_focus(next(iter(self.errors)))
        self.form_key += 1
        await self._show(viewer)
        self.said = typeset(said)
        return None

    def _ask(
        self,
        deed: str,
        about: str,
        *,
        title: str,
        effect: str,
        consent: str,
        label: str,
        reasons: Sequence[Why] = (),
    ) -> None:
        self._deed, self._about, self.confirming = deed, about, True
        self.reasons = list(reasons)
        self.title, self.effect = typeset(title), typeset(effect)
        self.consent, self.label = typeset(consent), label

    async def _show(self, viewer: Viewer) -> None:
        running = portal()
        self.groups = letter_groups(await letters_sent(running, viewer, OURS), running.today())
        self.says = says(self.groups)
        self.waiting = [vendor_row(one) for one in await listed(running, viewer, waiting=True)]
        self.running = [vendor_row(one) for one in await listed(running, viewer, waiting=False)]
        self.received = [received_row(one) for one in await received_notices(running, viewer)]
        self.today = running.today().isoformat()
        self.may_send = running.registered_letters.is_open
        self.loaded = True


def _about(form: dict[str, Any]) -> str:
    return clean(fields_of(form).get("about"))[:36]
