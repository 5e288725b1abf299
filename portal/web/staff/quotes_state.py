"""The events of `/gestion/devis`: the quotes asked for, and our answer to one."""

from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from portal.contract.calendar import paris_day
from portal.contract.french import euros, full_instant, typeset
from portal.services import quotes
from portal.services.context import Role, Viewer
from portal.services.forms import FormProblems
from portal.services.quote_forms import USUAL_VALIDITY, read_answer
from portal.services.quotes import Quote, Standing
from portal.web.client.options_view import STANDINGS, QuoteCard, quote_card
from portal.web.components.shapes import Why
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote as staff see it: whose, what was asked, what was answered."""

    id: str = ""
    contract_id: str = ""
    company: str = ""
    service: str = ""
    need: str = ""
    asked: str = ""
    state: str = ""
    tone: str = ""
    answer: str = ""
    offered: str = ""
    offered_why: Why = field(default_factory=Why)
    until: str = ""
    until_why: Why = field(default_factory=Why)
    waits: bool = False


class QuotesState(PersonalState, rx.State):
    """What the page shows; `answering` is the quote whose form is open."""

    rows: list[QuoteRow] = []
    answering: str = ""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    form_key: int = 0

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.said, self.answering, self.errors = "", "", {}
        await self._show(viewer)

    @rx.event
    @of(Role.STAFF)
    async def open(self, viewer: Viewer, quote_id: str) -> Any:  # noqa: ARG002 -- admitted first
        """Open the form of one of the quotes shown."""
        named = next((one for one in self.rows if one.id == quote_id and one.waits), None)
        self.answering, self.errors = (named.id if named else ""), {}
        last_day = paris_day(portal().now()) + USUAL_VALIDITY
        self.typed = {
            "answer": "",
            "label": named.service if named else "",
            "price": "",
            "valid_until": last_day.isoformat(),
        }
        self.form_key += 1
        return rx.set_focus("answer") if named else None

    @rx.event
    @of(Role.STAFF)
    async def close(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        self.answering = ""

    @rx.event
    @of(Role.STAFF)
    async def answer(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Answer with a price and its last day, or say that we do not offer it; the client is written to."""
        self.said, self.errors = "", {}
        try:
            answered = read_answer(form, paris_day(portal().now()))
        except FormProblems as problems:
            self.typed, self.errors = {**self.typed, **problems.kept}, problems.errors
            return rx.set_focus(next(iter(problems.errors)))
        await quotes.answer(portal(), viewer, self.answering, answered, origin_of(self))
        self.answering = ""
        self.said = "La réponse est enregistrée ; le client est prévenu par e-mail."
        await self._show(viewer)
        return None

    async def _show(self, viewer: Viewer) -> None:
        self.rows = [quote_row(one) for one in await quotes.all_quotes(portal(), viewer)]
        self.loaded = True


def quote_row(quote: Quote) -> QuoteRow:
    """Return a quote ready to be read by staff."""
    card: QuoteCard = quote_card(quote)
    said, tone = ("à répondre", "soon") if quote.standing is Standing.ASKED else STANDINGS[quote.standing]
    if quote.standing is Standing.ANSWERED:
        said, tone = "répondu", "quiet"
    return QuoteRow(
        id=quote.id,
        contract_id=quote.contract_id,
        company=quote.company,
        service=card.service,
        need=quote.need,
        asked=typeset(f"Demandé le {full_instant(quote.asked_at)} par {quote.asked_by}"),
        state=said,
        tone=tone,
        answer=quote.answer,
        offered=typeset(f"{quote.label} : {euros(quote.price_cents)} HT") if quote.price_cents else "",
        offered_why=card.price_why,
        until=card.until,
        until_why=card.until_why,
        waits=quote.standing is Standing.ASKED,
    )
