"""What the vendor offers at one moment: the price grid, the terms in force, the readings.

Prices and the minimum number of users are not in the terms but in the grid (art. 10.1). All of it is
data that a contract starts from, never a constant of the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from portal.contract.policy import Policy


@dataclass(frozen=True, slots=True)
class Option:
    """An optional service of the grid (art. 5.2); `monthly` ones recur, others are charged once."""

    code: str
    label: str
    price_cents: int
    monthly: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """The price grid (Grille tarifaire): euro cents excluding VAT; `vat_hundredths` 2000 is 20 %."""

    minimum_users: int = 5
    user_month_cents: int = 4900
    vat_hundredths: int = 2000
    options: tuple[Option, ...] = (
        Option("start", "Service démarrage", 49000),
        Option("training", "Formation à distance", 29000),
        Option("storage", "Stockage supplémentaire", 1500, monthly=True),
    )

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)


# The legal interest rate by half-year, in hundredths of a percent, as published by decree.
LEGAL_RATES: Final = MappingProxyType({"2025-2": 276, "2026-1": 262})


@dataclass(frozen=True, slots=True)
class Offer:
    """The vendor's offer: `terms_version` is the version of the CGV in force.

    `legal_rates` goes from a half-year (« 2026-1 ») to hundredths of a percent; it is never carried
    over to a half-year that it lacks. Without `vat_known`, the client's place does not tell the VAT and
    staff have not decided it: the grid's rate is shown, and nothing may be invoiced at it.
    """

    terms_version: str
    grid: Grid = field(default_factory=Grid)
    policy: Policy = field(default_factory=Policy)
    legal_rates: Mapping[str, int] = field(default_factory=lambda: LEGAL_RATES)
    vat_known: bool = True


# What `portal replay` starts from, and the demonstration: the grid's defaults and the terms of texts/cgv.
DEMONSTRATION = Offer(terms_version="2026-01")
