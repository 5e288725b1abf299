"""The events of `/gestion/destructions`: destroy, confirm a restitution, hold for a dispute; end early, letter by letter."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import reflex as rx

from portal.contract.ending import letter_day
from portal.contract.french import full_date, of_name, typeset
from portal.contract.refusal import Refusal
from portal.services import destroying, early_end_reading, early_ends, litigation, restitutions
from portal.services.calendar import confirm_destruction
from portal.services.context import NotFound, Role, Viewer
from portal.services.forms import FormProblems
from portal.services.letters import PostingForm, read_posting
from portal.web.client.seats_words import Question
from portal.web.handlers import PersonalState, fields_of, of
from portal.web.presenting import why_of
from portal.web.routes.ends import ENDS
from portal.web.running import portal
from portal.web.session import draft_of, origin_of
from portal.web.staff.destruction_views import (
    AttestedRow,
    DestructionRow,
    EarlyEndRow,
    HoldRow,
    RestitutionRow,
    attested_row,
    destruction_row,
    early_end_row,
    end_effect,
    hold_row,
    opening_effect,
    restitution_row,
)

Typed = TypeVar("Typed")

_NOTHING: Final = {"number": "", "addressee": "", "address": "", "since": "", "reason": ""}


async def _read(
    viewer: Viewer, fields: Mapping[str, object], rest: Callable[[Mapping[str, object]], Typed]
) -> tuple[destroying.Named, Typed]:
    """Return the contract that a form names and the rest of it; raises `FormProblems` with all that is wrong."""
    problems: dict[str, str] = {}
    try:
        named = await destroying.named(portal(), viewer, fields)
    except FormProblems as found:
        problems = found.errors
    try:
        typed = rest(fields)
    except FormProblems as found:
        raise FormProblems(found.kept, problems | found.errors) from None
    if problems:
        raise FormProblems({}, problems)
    return named, typed


class DestructionsState(PersonalState, rx.State):
    """What is to be destroyed, what is to be handed over, what a dispute keeps."""

    rows: list[DestructionRow] = []
    restitutions: list[RestitutionRow] = []
    attested: list[AttestedRow] = []
    holds: list[HoldRow] = []
    typed: dict[str, str] = _NOTHING
    errors: dict[str, str] = {}
    lift_errors: dict[str, str] = {}
    asking: bool = False
    question: Question = Question()
    form_key: int = 0
    # What is confirmed: « destroy » or « restitution », and of which contract.
    _what: str = ""
    _contract: str = ""

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        sent = (await draft_of(self)).form(ENDS.name)
        self.asking, self.errors, self.lift_errors, self.typed = False, {}, {}, _NOTHING
        await self._show(viewer)
        self.said, self.problem = sent.notice, sent.errors.get("", "")

    @rx.event
    @of(Role.STAFF)
    async def refresh(self, viewer: Viewer) -> Any:
        """Look again at what is being prepared."""
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def ask_to_destroy(self, viewer: Viewer, contract_id: str) -> Any:  # noqa: ARG002 -- admitted first
        named = next((one for one in self.rows if one.contract_id == str(contract_id)), None)
        if named is None or not named.may_confirm:
            raise NotFound
        self._what, self._contract = "destroy", named.contract_id
        self.question = Question(
            title=typeset(f"Détruire les données {of_name(named.name)}"),
            text=typeset(
                "Les données sont détruites aujourd’hui, définitivement, dans le CRM et ici. Le client reçoit une attestation."
            ),
            consent="J’ai vérifié qu’aucune pièce ni aucune demande n’est arrivée par un autre chemin",
            label="Détruire définitivement",
            is_grave=True,
        )
        self.asking = True

    @rx.event
    @of(Role.STAFF)
    async def ask_to_confirm(self, viewer: Viewer, contract_id: str) -> Any:  # noqa: ARG002 -- admitted first
        named = next((one for one in self.restitutions if one.contract_id == str(contract_id)), None)
        if named is None or not named.may_confirm:
            raise NotFound
        self._what, self._contract = "restitution", named.contract_id
        self.question = Question(
            title=typeset(f"Confirmer la restitution pour {named.name}"),
            text=typeset(
                "Plus rien ne retient ensuite la destruction, à son jour. Faites-le si le client vous l’a écrit."
            ),
            consent="Le client m’a confirmé par écrit avoir reçu ses données",
            label="Confirmer pour le client",
            is_grave=True,
        )
        self.asking = True

    @rx.event
    @of(Role.STAFF)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.asking, self._what = False, ""

    @rx.event
    @of(Role.STAFF)
    async def confirm(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        what, self.asking, self._what = self._what, False, ""
        try:
            match what:
                case "destroy":
                    await confirm_destruction(portal(), viewer, self._contract, origin_of(self))
                    said = "La destruction est faite ; l’attestation part dès que le CRM l’a confirmée."
                case "restitution":
                    await restitutions.confirm(portal(), viewer, self._contract, origin_of(self))
                    said = "La restitution est confirmée."
                case _:
                    return
        except Refusal:
            await self._show(viewer)
            raise
        await self._show(viewer)
        self.said = typeset(said)

    @rx.event
    @of(Role.STAFF)
    async def set_hold(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Keep all of a company, for a dispute."""
        self.said, self.errors = "", {}
        fields = fields_of(form)
        try:
            named, reason = await _read(viewer, fields, litigation.read_reason)
        except FormProblems as problems:
            self.typed = {
                **_NOTHING,
                **{name: str(fields.get(name, ""))[:1000] for name in ("number", "reason")},
            }
            self.errors = problems.errors
            return rx.set_focus(f"hold-{next(iter(problems.errors))}")
        await litigation.set_hold(portal(), viewer, named.company_id, reason, origin_of(self))
        self.typed, self.form_key = _NOTHING, self.form_key + 1
        await self._show(viewer)
        self.said = typeset(f"Gel posé pour {named.legal_name} : rien n’est purgé.")
        return None

    @rx.event
    @of(Role.STAFF)
    async def lift_hold(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Let the retention table apply again."""
        self.said, self.lift_errors = "", {}
        fields = fields_of(form)
        named = next((one for one in self.holds if one.company_id == str(fields.get("company", ""))), None)
        if named is None:
            raise NotFound
        try:
            reason = litigation.read_reason(fields)
        except FormProblems as problems:
            self.lift_errors = {named.company_id: problems.errors["reason"]}
            return rx.set_focus(f"lift-{named.company_id}")
        await litigation.lift_hold(portal(), viewer, named.company_id, reason, origin_of(self))
        await self._show(viewer)
        self.said = typeset(f"Gel levé pour {named.name} : les durées s’appliquent de nouveau.")
        return None

    async def _show(self, viewer: Viewer) -> None:
        running = portal()
        found = await destroying.to_destroy(running, viewer)
        self.rows = [destruction_row(one) for one in found]
        self.restitutions = [
            restitution_row(one.legal_name, one.restitution) for one in found if one.restitution is not None
        ]
        self.attested = [attested_row(one) for one in await destroying.attested(running, viewer)]
        self.holds = [hold_row(one) for one in await litigation.holds(running, viewer)]
        self.loaded = True


class EarlyEndsState(PersonalState, rx.State):
    """Insolvency and force majeure: a letter that starts a delay, then one that ends the contract."""

    letters: list[EarlyEndRow] = []
    typed: dict[str, str] = _NOTHING
    errors: dict[str, str] = {}
    since_errors: dict[str, str] = {}
    tracking_errors: dict[str, str] = {}
    asking: bool = False
    question: Question = Question()
    form_key: int = 0
    _letter: str = ""
    _tracking: str = ""

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.said, self.asking, self.typed = "", False, _NOTHING
        self.errors, self.since_errors, self.tracking_errors = {}, {}, {}
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def demand(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Draw the formal demand to an insolvency administrator."""
        self.said, self.errors = "", {}
        fields = fields_of(form)
        try:
            named, administrator = await _read(viewer, fields, early_ends.read_administrator)
        except FormProblems as problems:
            self._keep_typed(fields)
            self.errors = problems.errors
            return rx.set_focus(f"demand-{next(iter(problems.errors))}")
        await early_ends.demand(portal(), viewer, named.contract_id, administrator, origin_of(self))
        return await self._drawn(viewer)

    @rx.event
    @of(Role.STAFF)
    async def observe(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Draw the observation of a force majeure."""
        self.said, self.since_errors = "", {}
        fields = fields_of(form)
        try:
            today = portal().today()
            named, since = await _read(viewer, fields, lambda form: early_ends.read_since(form, today))
        except FormProblems as problems:
            self._keep_typed(fields)
            self.since_errors = problems.errors
            return rx.set_focus(f"observe-{next(iter(problems.errors))}")
        await early_ends.observe(portal(), viewer, named.contract_id, since, origin_of(self))
        return await self._drawn(viewer)

    @rx.event
    @of(Role.STAFF)
    async def draw(self, viewer: Viewer, letter_id: str) -> Any:
        """Draw the letter that ends the contract, after the one that started the delay."""
        named = next((one for one in self.letters if one.letter_id == str(letter_id)), None)
        if named is None:
            raise NotFound
        reason = early_ends.REASONS[
            {"insolvency": "demand_insolvency"}.get(named.reason, "notice_force_majeure")
        ]
        await early_ends.draw_termination(portal(), viewer, named.contract_id, reason, origin_of(self))
        return await self._drawn(viewer)

    @rx.event
    @of(Role.STAFF)
    async def ask(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- admitted first
        """Read the tracking number, then ask the last question."""
        fields = fields_of(form)
        letter = next((one for one in self.letters if one.letter_id == str(fields.get("letter", ""))), None)
        if letter is None:
            raise NotFound
        try:
            posting = read_posting(fields)
        except FormProblems as problems:
            self.tracking_errors = {letter.letter_id: problems.errors["tracking"]}
            return rx.set_focus(f"tracking-{letter.letter_id}")
        self.tracking_errors = {}
        self._letter, self._tracking = letter.letter_id, posting.tracking
        effect = end_effect if letter.ends else opening_effect
        self.question = Question(
            title=typeset(
                f"Résilier le contrat {of_name(letter.name)}"
                if letter.ends
                else f"Lettre postée, {letter.name}"
            ),
            text=effect(letter.name, letter.subject, full_date(portal().today())),
            why=why_of(letter_day(portal().today(), letter.reason, ends=letter.ends)),
            consent="La lettre est postée aujourd’hui, en recommandé avec accusé de réception",
            label="Résilier ce contrat" if letter.ends else "Noter l’envoi",
            is_grave=letter.ends,
        )
        self.asking = True
        return None

    @rx.event
    @of(Role.STAFF)
    async def keep(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.asking = False

    @rx.event
    @of(Role.STAFF)
    async def post(self, viewer: Viewer, form: dict[str, Any]) -> Any:  # noqa: ARG002 -- the tick is the browser's
        self.asking = False
        posting = PostingForm(tracking=self._tracking)
        try:
            await early_ends.post(portal(), viewer, self._letter, posting, origin_of(self))
        except Refusal:
            await self._show(viewer)
            raise
        await self._show(viewer)
        self.said = typeset("C’est noté. Gardez ici la preuve de réception dès qu’elle arrive.")

    def _keep_typed(self, fields: dict[str, Any]) -> None:
        self.typed = {name: str(fields.get(name, ""))[:200] for name in _NOTHING}

    async def _drawn(self, viewer: Viewer) -> Any:
        self.typed, self.form_key = _NOTHING, self.form_key + 1
        await self._show(viewer)
        self.said = typeset(
            "La lettre est prête : imprimez-la, postez-la en recommandé, puis notez son numéro de suivi."
        )
        return rx.set_focus("lettres")

    async def _show(self, viewer: Viewer) -> None:
        today = portal().today().isoformat()
        self.letters = [
            early_end_row(one, today) for one in await early_end_reading.early_ends(portal(), viewer)
        ]
        self.loaded = True
