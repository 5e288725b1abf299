"""The events of `/espace/fin`: look, ask for the data, confirm it, subscribe again."""

import re
from typing import Any, Literal

import reflex as rx

from portal.contract.french import typeset
from portal.contract.state import Relationship
from portal.services import restitutions, returning
from portal.services.certificates import has_certificate
from portal.services.context import NotFound, Role, Viewer
from portal.services.reading import Contract, contract_of, own_contract
from portal.services.retained import retained_of
from portal.web.client.end_view import EndView, end_view
from portal.web.client.seats_words import Question
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of

Act = Literal["", "request", "confirm", "return"]
_ID = re.compile(r"[0-9a-f-]{36}")

_QUESTIONS: dict[str, Question] = {
    "request": Question(
        title="Demander la restitution de vos données",
        text=typeset(
            "Nous préparons deux archives : ce que vos utilisateurs ont saisi dans le CRM, et votre contrat avec ses papiers. "
            "Rien n’est détruit avant que vous ayez confirmé les avoir reçues."
        ),
        consent="Je demande ces données au nom de l’entreprise",
        label="Demander mes données",
    ),
    "confirm": Question(
        title="Confirmer que vous avez vos données",
        text=typeset(
            "Plus rien ne retient ensuite leur destruction, au jour que dit cette page. Jusque-là les deux fichiers restent "
            "téléchargeables. Cela ne se reprend pas."
        ),
        consent="J’ai téléchargé et vérifié les deux fichiers",
        label="Confirmer la réception",
        is_grave=True,
    ),
    "return": Question(
        title="Souscrire de nouveau",
        text=typeset(
            "Un nouveau contrat est ouvert pour votre entreprise. Vous lirez les conditions en vigueur et choisirez vos options "
            "avant de signer : rien n’est encore conclu."
        ),
        consent="Je veux préparer un nouveau contrat",
        label="Commencer",
    ),
}


class EndState(PersonalState, rx.State):
    """What the page shows; nothing here is trusted on the way back."""

    view: EndView = EndView()
    asking: bool = False
    question: Question = Question()
    _act: Act = ""

    @rx.event
    @of(Role.CLIENT)
    async def clear(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        """Take the contract before away, while this one is looked up."""
        self.loaded = False

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        self.said, self.asking = "", False
        await self._show(viewer, str(self.router.url.query_parameters.get("contrat", "")))

    @rx.event
    @of(Role.CLIENT)
    async def refresh(self, viewer: Viewer) -> Any:
        """Look again at what is being prepared."""
        await self._show(viewer, self.view.contract_id)

    @rx.event
    @of(Role.CLIENT)
    async def ask(self, viewer: Viewer, act: str) -> Any:  # noqa: ARG002 -- admitted first
        """Ask before doing it."""
        question = _QUESTIONS.get(str(act))
        if question is None:
            return
        self.said, self._act, self.question, self.asking = "", str(act), question, True  # type: ignore[assignment]

    @rx.event
    @of(Role.CLIENT)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.asking, self._act = False, ""

    @rx.event
    @of(Role.CLIENT)
    async def confirm(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        act, self.asking, self._act = self._act, False, ""
        match act:
            case "request":
                await restitutions.request(portal(), viewer, self.view.contract_id, origin_of(self))
                self.said = typeset("Votre demande est reçue : nous préparons vos données.")
            case "confirm":
                await restitutions.confirm(portal(), viewer, self.view.contract_id, origin_of(self))
                self.said = typeset("C’est noté : vous avez vos données.")
            case "return":
                await returning.subscribe_again(portal(), viewer, origin_of(self))
                return rx.redirect("/espace/souscrire")
            case _:
                return None
        await self._show(viewer, self.view.contract_id)
        return None

    async def _show(self, viewer: Viewer, contract_id: str) -> None:
        running = portal()
        contracts = await returning.own_contracts(running, viewer)
        contract = await self._contract(viewer, contract_id, contracts)
        self.view = end_view(
            contract,
            await restitutions.of_contract(running, contract.id, contract.state),
            await retained_of(running, contract.id, contract.state),
            contracts,
            has_certificate=await has_certificate(running, contract.id),
        )
        self.loaded = True

    async def _contract(
        self, viewer: Viewer, contract_id: str, contracts: tuple[returning.EarlierContract, ...]
    ) -> Contract:
        """Return the contract that was asked for; else the present one, or the last that ended before it."""
        if contract_id:
            if not _ID.fullmatch(contract_id):
                raise NotFound
            return await contract_of(portal(), viewer, contract_id)
        present = await own_contract(portal(), viewer)
        ended = next((one for one in contracts if one.relationship == Relationship.ENDED), None)
        if present.state.relationship is Relationship.PROSPECT and ended is not None:
            return await contract_of(portal(), viewer, ended.contract_id)
        return present
