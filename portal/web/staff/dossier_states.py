"""The events of `/gestion/dossiers` and `/gestion/dossier`: the queue, the pieces, the decisions."""

from datetime import date
from typing import Any

import reflex as rx

from portal.contract.acts import Piece
from portal.contract.french import typeset
from portal.services import examining
from portal.services.context import NotFound, Role, Viewer
from portal.services.crosschecks import of_dossier
from portal.services.dossiers import any_dossier
from portal.services.refusal_reasons import READY_REASONS, RefusalReason, as_read
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of
from portal.web.staff.dossier_views import (
    Bar,
    DossierFile,
    WaitingRow,
    bars,
    dossier_file,
    to_examine,
    waiting_row,
)


class DossiersState(PersonalState, rx.State):
    """The queue of dossiers, by urgency."""

    rows: list[WaitingRow] = []
    bars: list[Bar] = []

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        waiting = await examining.queue(portal(), viewer)
        self.rows = [waiting_row(one) for one in waiting]
        self.bars = bars(waiting)
        self.loaded = True


class DossierState(PersonalState, rx.State):
    """One dossier; what is decided on is the version that this state shows."""

    file: DossierFile = DossierFile()
    refusing: bool = False
    reason: str = ""
    remark: str = ""
    will_read: str = ""
    transfer_error: str = ""

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.said = ""
        contract_id = str(self.router.url.query_parameters.get("contrat", ""))
        await self._show(viewer, contract_id, None)

    @rx.event
    @of(Role.STAFF)
    async def still_here(self, viewer: Viewer) -> Any:
        """Say that the page is still open; show who else looks, and what has changed."""
        if self.file.contract_id:
            await self._show(viewer, self.file.contract_id, Piece(self.file.piece), keep=True)

    @rx.event
    @of(Role.STAFF)
    async def select(self, viewer: Viewer, piece: str) -> Any:
        """Put another piece in front."""
        await self._show(viewer, self.file.contract_id, _piece(piece))

    @rx.event
    @of(Role.STAFF)
    async def accept(self, viewer: Viewer) -> Any:
        piece = _piece(self.file.piece)
        await examining.accept(
            portal(), viewer, self.file.contract_id, piece, self.file.document, origin_of(self)
        )
        await self._show(viewer, self.file.contract_id, None)
        self.said = "La pièce est acceptée, le client en est averti."

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
        self.reason = code
        self._read()

    @rx.event
    @of(Role.STAFF)
    async def say_remark(self, viewer: Viewer, text: str) -> Any:  # noqa: ARG002 -- admitted first
        self.remark = text[: examining.LONGEST_REMARK]
        self._read()

    @rx.event
    @of(Role.STAFF)
    async def refuse(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        piece = _piece(self.file.piece)
        reason = _reason(piece, str(form.get("reason", "")))
        await examining.refuse(
            portal(),
            viewer,
            self.file.contract_id,
            piece,
            self.file.document,
            reason,
            str(form.get("remark", "")),
            origin_of(self),
        )
        await self._show(viewer, self.file.contract_id, None)
        self.said = "La pièce est refusée, le client reçoit le motif et le remède."

    @rx.event
    @of(Role.STAFF)
    async def validate(self, viewer: Viewer) -> Any:
        await examining.validate_identity(portal(), viewer, self.file.contract_id, origin_of(self))
        await self._show(viewer, self.file.contract_id, None)
        self.said = "L’identité est validée."

    @rx.event
    @of(Role.STAFF)
    async def record_transfer(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        self.transfer_error = ""
        try:
            received_on = date.fromisoformat(str(form.get("received_on", "")))
        except ValueError:
            self.transfer_error = "Indiquez le jour où le virement est arrivé sur notre compte."
            return rx.set_focus("received_on")
        await examining.record_transfer(portal(), viewer, self.file.contract_id, received_on, origin_of(self))
        await self._show(viewer, self.file.contract_id, None)
        self.said = "Le virement est enregistré : le contrat est en vigueur."
        return None

    def _read(self) -> None:
        self.will_read = typeset(as_read(self.reason, self.remark))

    async def _show(
        self, viewer: Viewer, contract_id: str, piece: Piece | None, *, keep: bool = False
    ) -> None:
        running = portal()
        dossier = await any_dossier(running, viewer, contract_id)
        others = await examining.present(running, viewer, contract_id)
        self.file = dossier_file(
            dossier,
            await of_dossier(running, viewer, dossier),
            piece or to_examine(dossier),
            others,
            await examining.queue(running, viewer),
        )
        if not keep:
            self.refusing = False
        self.loaded = True


def _piece(value: str) -> Piece:
    """Return the piece of a name from the browser."""
    if value not in set(Piece):
        raise NotFound
    return Piece(value)


def _reason(piece: Piece, code: str) -> RefusalReason:
    found = next((one for one in READY_REASONS[piece] if one.code == code), None)
    if found is None:
        raise NotFound
    return found
