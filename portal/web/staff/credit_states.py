"""The events of `/gestion/avoirs`: a credit note proposed by one, decided by another."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from portal.contract.calendar import paris_day
from portal.contract.french import euros, long_date, typeset
from portal.contract.refusal import Refusal
from portal.services import credit_notes
from portal.services.context import Role, Viewer
from portal.services.credit_notes import CreditProposal
from portal.services.forms import FormProblems
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of


@dataclass(frozen=True, slots=True)
class CreditRow:
    """A credit note that was proposed, and what became of it."""

    proposal_id: str = ""
    contract_id: str = ""
    name: str = ""
    cites: str = ""
    cites_href: str = ""
    amount: str = ""
    label: str = ""
    reason: str = ""
    proposed: str = ""
    is_own: bool = False
    state: str = ""
    tone: str = "soon"
    decided: str = ""
    number: str = ""
    href: str = ""


def credit_row(one: CreditProposal) -> CreditRow:
    waits = one.accepted is None
    state, tone = ("à décider", "soon") if waits else ("émis", "done") if one.accepted else ("écarté", "over")
    decided = ""
    if one.decided_at is not None:
        verb = "Accepté" if one.accepted else "Écarté"
        decided = f"{verb} le {long_date(paris_day(one.decided_at))} par {one.decided_by}"
    return CreditRow(
        proposal_id=one.id,
        contract_id=one.contract_id,
        name=one.legal_name,
        cites=one.cites,
        cites_href=f"/factures/{one.cites}.pdf",
        amount=f"{euros(one.net_cents)} HT",
        label=one.label,
        reason=one.reason,
        proposed=f"Proposé le {long_date(paris_day(one.proposed_at))} par {one.proposed_by}",
        is_own=one.is_own,
        state=state,
        tone=tone,
        decided=decided,
        number=one.number,
        href=f"/factures/{one.number}.pdf" if one.number else "",
    )


class CreditsState(PersonalState, rx.State):
    """What is proposed, what was decided."""

    waiting: list[CreditRow] = []
    decided: list[CreditRow] = []
    errors: dict[str, str] = {}
    form_key: int = 0

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.said, self.errors = "", {}
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def propose(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        self.said = ""
        try:
            wished = credit_notes.read_credit(form)
            await credit_notes.propose_credit(portal(), viewer, wished, origin_of(self))
        except (FormProblems, Refusal) as problems:
            self.errors = self._errors_of(problems)
            return rx.set_focus(next(iter(self.errors)) or "invoice")
        self.errors = {}
        self.form_key += 1
        await self._show(viewer)
        self.said = typeset("L’avoir est proposé : une autre personne de l’équipe le décide.")
        return None

    @rx.event
    @of(Role.STAFF)
    async def accept(self, viewer: Viewer, proposal_id: str) -> Any:
        number = await self._decide(viewer, proposal_id, accepted=True)
        self.said = typeset(f"L’avoir {number} est émis, le client le reçoit par e-mail.")

    @rx.event
    @of(Role.STAFF)
    async def decline(self, viewer: Viewer, proposal_id: str) -> Any:
        await self._decide(viewer, proposal_id, accepted=False)
        self.said = "La proposition est écartée."

    async def _decide(self, viewer: Viewer, proposal_id: str, *, accepted: bool) -> str:
        try:
            return await credit_notes.decide_credit(
                portal(), viewer, str(proposal_id), accepted=accepted, origin=origin_of(self)
            )
        finally:
            await self._show(viewer)

    async def _show(self, viewer: Viewer) -> None:
        waiting = await credit_notes.credit_proposals_of(portal(), viewer, waiting=True)
        decided = await credit_notes.credit_proposals_of(portal(), viewer, waiting=False)
        self.waiting = [credit_row(one) for one in waiting]
        self.decided = [credit_row(one) for one in decided]
        self.loaded = True
