"""The events of `/gestion/tarifs`: a grid published or withdrawn, a rate entered, a VAT decided."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.contract.refusal import Refusal
from portal.services import legal_rates, price_grids, vat_deciding
from portal.services.context import Role, Viewer
from portal.services.forms import FormProblems
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import origin_of
from portal.web.staff.tariff_views import (
    GridRow,
    HalfYear,
    RateRow,
    VatRow,
    grid_rows,
    grid_sentence,
    half_years,
    missing_sentence,
    rate_rows,
    reach_sentence,
    typed_grid,
    vat_rows,
)


class TariffsState(PersonalState, rx.State):
    """What the vendor sells at, and the rates that the law gives."""

    sentence: str = ""
    reach: str = ""
    grids: list[GridRow] = []
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    options: int = 0
    # Renewed when the fields must show other values than those typed.
    form_key: int = 0
    rates: list[RateRow] = []
    missing: str = ""
    half_years: list[HalfYear] = []
    rate_errors: dict[str, str] = {}
    rate_said: str = ""
    vats: list[VatRow] = []
    vat_errors: dict[str, str] = {}
    vat_said: str = ""
    deciding: str = ""

    @rx.event
    @of(Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        self.said = self.rate_said = self.vat_said = self.deciding = ""
        self.errors, self.rate_errors, self.vat_errors = {}, {}, {}
        await self._show(viewer)
        await self._write_anew(viewer)
        self.loaded = True

    @rx.event
    @of(Role.STAFF)
    async def add_option(self, viewer: Viewer) -> Any:  # noqa: ARG002 -- admitted first
        """Open one more line of the grid."""
        self.options = min(self.options + 1, price_grids.MOST_OPTIONS)
        return rx.set_focus(f"option_{self.options - 1}_label")

    @rx.event
    @of(Role.STAFF)
    async def publish(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        self.said = ""
        try:
            new = price_grids.read_grid(form)
            await price_grids.publish_grid(portal(), viewer, new, origin_of(self))
        except (FormProblems, Refusal) as problems:
            self.errors = self._errors_of(problems)
            return rx.set_focus(next(iter(self.errors)) or "applies_from")
        self.errors = {}
        await self._show(viewer)
        await self._write_anew(viewer)
        self.said = "La grille est publiée."
        return None

    @rx.event
    @of(Role.STAFF)
    async def withdraw(self, viewer: Viewer, grid_id: str) -> Any:
        await price_grids.withdraw_grid(portal(), viewer, str(grid_id), origin_of(self))
        await self._show(viewer)
        self.said = "La grille est retirée."

    @rx.event
    @of(Role.STAFF)
    async def enter_rate(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        self.rate_said = ""
        try:
            entered = legal_rates.read_rate(form)
            await legal_rates.enter_rate(portal(), viewer, entered, origin_of(self))
        except (FormProblems, Refusal) as problems:
            self.rate_errors = self._errors_of(problems)
            return rx.set_focus(_RATE_FIELDS.get(next(iter(self.rate_errors)), "rate"))
        self.rate_errors = {}
        await self._show(viewer)
        self.rate_said = typeset("Le taux est enregistré.")
        return None

    @rx.event
    @of(Role.STAFF)
    async def ask_vat(self, viewer: Viewer, company_id: str) -> Any:  # noqa: ARG002 -- admitted first
        """Open the decision about a client."""
        self.deciding, self.vat_errors, self.vat_said = str(company_id)[:36], {}, ""
        return rx.set_focus("vat_rate")

    @rx.event
    @of(Role.STAFF)
    async def decide_vat(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        try:
            wished = vat_deciding.read_vat(form)
            await vat_deciding.decide_vat(portal(), viewer, self.deciding, wished, origin_of(self))
        except (FormProblems, Refusal) as problems:
            self.vat_errors = self._errors_of(problems)
            return rx.set_focus(_VAT_FIELDS.get(next(iter(self.vat_errors)), "vat_rate"))
        self.deciding, self.vat_errors = "", {}
        await self._show(viewer)
        self.vat_said = typeset("La TVA est décidée : le dossier peut être validé.")
        return None

    async def _show(self, viewer: Viewer) -> None:
        running, today = portal(), portal().today()
        known = await legal_rates.known_rates(running, viewer)
        missing = await legal_rates.missing_rates(running, viewer)
        self.sentence = grid_sentence(await price_grids.current_grid(running, viewer))
        self.reach = reach_sentence(await price_grids.reach(running, viewer))
        self.grids = grid_rows(await price_grids.published_grids(running, viewer), today)
        self.rates = rate_rows(known)
        self.missing = missing_sentence(missing)
        self.half_years = half_years(today, missing, known)
        self.vats = vat_rows(await vat_deciding.vats_to_decide(running, viewer))

    async def _write_anew(self, viewer: Viewer) -> None:
        """Fill the form of a new grid from the one in force."""
        grid = await price_grids.current_grid(portal(), viewer)
        self.typed, self.options = typed_grid(grid), len(grid.options)
        self.form_key += 1


# Where two forms have a field of the same name, each has an id of its own.
_RATE_FIELDS = {"half_year": "half_year", "rate": "rate", "source": "source", "correction": "correction"}
_VAT_FIELDS = {"rate": "vat_rate", "mention": "mention", "reason": "reason"}
