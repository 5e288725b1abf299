"""What the landing page learns when it opens: the dates of a trial begun today, the prices in force."""

import reflex as rx

from portal.contract.offer import DEMONSTRATION
from portal.services.reading import offer_now
from portal.web.components.shapes import Mark, Phase
from portal.web.components.timeline_layout import span_days
from portal.web.public.journey import BEFORE_DATES, BEFORE_DAYS, from_today, phases_of
from portal.web.public.prices import Prices, prices_of
from portal.web.running import portal


class LandingState(rx.State):
    """Anyone's: nothing here is about a person."""

    marks: list[Mark] = BEFORE_DATES
    phases: list[Phase] = phases_of(BEFORE_DATES)
    days: float = BEFORE_DAYS
    prices: Prices = prices_of(DEMONSTRATION.grid)

    @rx.event
    async def load(self) -> None:
        self.marks = await from_today()
        self.phases = phases_of(self.marks)
        self.days = span_days(self.marks)
        self.prices = prices_of((await offer_now(portal())).grid)
