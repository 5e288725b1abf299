"""The events of `/gestion/dossiers` and `/gestion/dossier`: the queue, the pieces, the decisions."""

from collections.abc import Awaitable
from datetime import date
from typing import Any

import reflex as rx

from portal.contract.acts import Piece
from portal.contract.french import typeset
from portal.contract.refusal import Refusal
from portal.services import examining
from portal.services.context import NotFound, Role, Viewer
from portal.services.crosschecks import of_dossier
from portal.services.dossiers import any_dossier
from portal.services.first_collection import first_month_of
from portal.services.first_transfer import record_transfer, transfer_received_on
from portal.services.papers import outdated_papers
from portal.services.refusal_reasons import READY_REASONS, RefusalReason, as_read
from portal.web.handlers import PersonalState, fields_of, of
from portal.web.running import portal
from portal.web.session import origin_of
from portal.web.staff.dossier_views import (
    Bar,
    DossierFile,
    WaitingRow,
    bars,
    dossier_file,
    neighbours,
    to_examine,
    waiting_row,
)

_ABOUT_WHAT_IS_TYPED = frozenset({"reason_missing", "remark_too_long"})


class DossiersState(PersonalState, rx.State):
    """The queue of dossiers, by urgency."""

    rows: list[WaitingRow] = []
    bars: list[Bar] = []

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF, by_itself=True)
    async def look_again(self, viewer: Viewer) -> Any:
        """Show what has come since, and who looks at what."""
        await self._show(viewer)

    async def _show(self, viewer: Viewer) -> None:
        waiting = await examining.queue(portal(), viewer)
        self.rows = [waiting_row(one) for one in waiting]
        self.bars = bars(waiting)
        self.loaded = True


class DossierState(PersonalState, rx.State):
    """One dossier; what is decided on is the version that this state shows.

    A decision names the version it was taken on, and puts the next piece in front: pressed twice, or sent again
    after a lost connection, it decides nothing of what came to the front meanwhile.
    """

    file: DossierFile = DossierFile()
    refusing: bool = False
    reason: str = ""
    remark: str = ""
    will_read: str = ""
    transfer_error: str = ""
    # Why nothing was decided; unlike `problem`, it stays until the next decision: the page looks again by itself.
    objection: str = ""

    @rx.event
    @of(Role.STAFF)
    async def clear(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        """Take the dossier before away, while this one is looked up."""
        self.loaded = False

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.said = self.objection = ""
        contract_id = str(self.router.url.query_parameters.get("contrat", ""))
        # Where it stands among the others is looked up once: whoever goes on looks it up anew from there.
        between = neighbours(contract_id, await examining.queue(portal(), viewer))
        await self._show(viewer, contract_id, None, between=between)

    @rx.event
    @of(Role.STAFF, by_itself=True)
    async def still_here(self, viewer: Viewer) -> Any:
        """Say that the page is still open; show who else looks, and what has changed."""
        if not self.file.contract_id:
            return
        read = self.file.document if self.file.can_decide else ""
        await self._show(viewer, self.file.contract_id, Piece(self.file.piece), keep=True)
        if read and self.file.document != read:
            # What was begun about the earlier version does not strike the one that nobody has read yet.
            self.refusing = False
            self.objection = self._words_of(examining.replaced(Piece(self.file.piece)))

    @rx.event
    @of(Role.STAFF)
    async def select(self, viewer: Viewer, piece: str) -> Any:
        """Put another piece in front."""
        self.said = self.objection = ""
        await self._show(viewer, self.file.contract_id, _piece(piece))

    @rx.event
    @of(Role.STAFF)
    async def accept(self, viewer: Viewer, document: str) -> Any:
        """Accept the version that was in front when the button was pressed."""
        if document != self.file.document:
            return
        await self._decide(
            viewer,
            examining.accept(
                portal(), viewer, self.file.contract_id, _piece(self.file.piece), document, origin_of(self)
            ),
            "La pièce est acceptée, le client en est averti.",
        )

    @rx.event
    @of(Role.STAFF)
    async def ask_to_refuse(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        """Open the form of a refusal, with the first ready reason."""
        self.refusing = self.file.can_decide
        if self.refusing:
            self.reason, self.remark = READY_REASONS[_piece(self.file.piece)][0].code, ""
            self._read()
            return rx.set_focus("reason")
        return None

    @rx.event
    @of(Role.STAFF)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        """Close the form without refusing."""
        self.refusing = False

    @rx.event
    @of(Role.STAFF)
    async def choose_reason(self, viewer: Viewer, code: str) -> Any:  # noqa: ARG002 -- admitted first
        self.reason = _reason(_piece(self.file.piece), code).code
        self._read()

    @rx.event
    @of(Role.STAFF)
    async def say_remark(self, viewer: Viewer, text: str) -> Any:  # noqa: ARG002 -- admitted first
        self.remark = str(text)[: examining.LONGEST_REMARK]
        self._read()

    @rx.event
    @of(Role.STAFF)
    async def refuse(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Refuse the version that the form was opened for."""
        piece, contract_id = _piece(self.file.piece), self.file.contract_id
        typed = fields_of(form)
        if typed.get("document") != self.file.document:
            return
        reason, remark = _reason(piece, str(typed.get("reason", ""))), str(typed.get("remark", ""))
        origin = origin_of(self)
        await self._decide(
            viewer,
            examining.refuse(
                portal(), viewer, contract_id, piece, self.file.document, reason, remark, origin
            ),
            "La pièce est refusée, le client reçoit le motif et le remède.",
        )

    @rx.event
    @of(Role.STAFF)
    async def validate(self, viewer: Viewer) -> Any:
        await self._decide(
            viewer,
            examining.validate_identity(portal(), viewer, self.file.contract_id, origin_of(self)),
            "L’identité est validée.",
        )

    @rx.event
    @of(Role.STAFF)
    async def record_transfer(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        self.transfer_error = ""
        try:
            received_on = date.fromisoformat(str(fields_of(form).get("received_on", "")))
        except ValueError:
            self.transfer_error = "Indiquez le jour où le virement est arrivé sur notre compte."
            return rx.set_focus("received_on")
        await self._decide(
            viewer,
            record_transfer(portal(), viewer, self.file.contract_id, received_on, origin_of(self)),
            "Le virement est enregistré : le contrat est en vigueur.",
        )
        return None

    async def _decide(self, viewer: Viewer, decision: Awaitable[None], said: str) -> None:
        """Take a decision and show what it brought; what the rules object to, with the dossier as it is now."""
        self.said = self.objection = ""
        try:
            await decision
        except Refusal as refusal:
            self.objection = self._words_of(refusal)
            is_typing = refusal.code in _ABOUT_WHAT_IS_TYPED
            await self._show(viewer, self.file.contract_id, _piece(self.file.piece), keep=is_typing)
        else:
            await self._show(viewer, self.file.contract_id, None)
            self.said = typeset(said)

    def _read(self) -> None:
        self.will_read = typeset(as_read(self.reason, self.remark))

    async def _show(
        self,
        viewer: Viewer,
        contract_id: str,
        piece: Piece | None,
        *,
        keep: bool = False,
        between: tuple[str, str] | None = None,
    ) -> None:
        running = portal()
        dossier = await any_dossier(running, viewer, contract_id)
        asked = await first_month_of(running, viewer, dossier.contract)
        before, after = between or (self.file.previous_href, self.file.next_href)
        self.file = dossier_file(
            dossier,
            await of_dossier(running, viewer, dossier),
            piece or to_examine(dossier),
            await examining.present(running, viewer, contract_id),
            await transfer_received_on(running, viewer, contract_id),
            await outdated_papers(running, dossier),
            before,
            after,
            way=asked.way if asked else None,
        )
        if not keep:
            self.refusing = False
        self.loaded = True


def _piece(value: str) -> Piece:
    """Return the piece of a name from the browser."""
    if not isinstance(value, str) or value not in set(Piece):
        raise NotFound
    return Piece(value)


def _reason(piece: Piece, code: str) -> RefusalReason:
    found = next((one for one in READY_REASONS[piece] if one.code == code), None)
    if found is None:
        raise NotFound
    return found
