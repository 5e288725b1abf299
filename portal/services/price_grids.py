"""The price grids (Grille tarifaire, CGV art. 5.2, 10.1): published by staff, each from a day on.

A grid is for the contracts that are signed from its day on. Those signed before keep their prices: announcing a
new price to them is an act of its own (art. 10.1, 17).
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Final

import sqlalchemy as sa
from pydantic import AfterValidator, BeforeValidator
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.french import typeset
from portal.contract.offer import Grid, Option
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship
from portal.records.billing_tables import grids
from portal.records.tables import situations
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.forms import Form, FormProblems, clean, kept, problem, read, text_of
from portal.services.journal import note_own_act
from portal.services.names import names_of
from portal.services.offers import grid_at, grid_of
from portal.services.typed_figures import Day, Price

MOST_OPTIONS: Final = 12
MOST_MINIMUM: Final = 1000
_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
_MONTHLY: Final = "month"


@dataclass(frozen=True, slots=True)
class PublishedGrid:
    """A grid, from `applies_from` until the eve of the next one; `id` is empty for the one nobody published."""

    id: str
    applies_from: date | None
    until: date | None
    grid: Grid
    by: str
    may_be_withdrawn: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How many contracts in force keep their prices, and how many clients have none yet."""

    keep: int
    to_come: int


@dataclass(frozen=True, slots=True)
class NewGrid:
    """A grid as staff typed it, read."""

    applies_from: date
    grid: Grid


# --- reading what is typed ------------------------------------------------------------------------


def _minimum(typed: object) -> int:
    digits = clean(typed).replace(" ", "")
    if not (digits.isascii() and digits.isdigit()) or not 0 < int(digits[:9]) <= MOST_MINIMUM:
        raise problem(f"Indiquez un nombre d’utilisateurs, de 1 à {MOST_MINIMUM}.")
    return int(digits)


def _code(typed: str) -> str:
    code = clean(typed).lower()
    if not _CODE.fullmatch(code):
        raise problem("Un code compte 2 à 40 lettres minuscules, chiffres ou tirets, par exemple stockage.")
    return code


class GridForm(Form):
    """A grid without its options."""

    applies_from: Day
    minimum_users: Annotated[int, BeforeValidator(_minimum)]
    user_month: Price


class _OptionForm(Form):
    code: Annotated[str, AfterValidator(_code)]
    label: Annotated[
        str, AfterValidator(text_of("Nommez cette option, comme le client la lira.", "Le nom", 100))
    ]
    price: Price


def read_grid(form: Mapping[str, object]) -> NewGrid:
    """Return a grid; raises `FormProblems` with one sentence for each wrong field.

    Options come as `option_<n>_code`, `_label`, `_price` and `_rhythm` (« month » or « once »), n from 0; one that
    is empty altogether is none.
    """
    fields = (*GridForm.model_fields, *(name for nth in range(MOST_OPTIONS) for name in _names(nth)))
    errors: dict[str, str] = {}
    options: list[Option] = []
    for nth in range(MOST_OPTIONS):
        typed = {name.rpartition("_")[2]: form.get(name) for name in _names(nth)}
        if not any(clean(typed[name]) for name in _OptionForm.model_fields):
            continue
        try:
            one = read(_OptionForm, typed)
        except FormProblems as problems:
            errors |= {f"option_{nth}_{name}": text for name, text in problems.errors.items()}
            continue
        if any(one.code == other.code for other in options):
            errors[f"option_{nth}_code"] = typeset(
                "Ce code est déjà celui d’une autre option : donnez-en un autre."
            )
        options.append(Option(one.code, one.label, one.price, monthly=typed["rhythm"] == _MONTHLY))
    try:
        main = read(GridForm, form)
    except FormProblems as problems:
        raise FormProblems(kept(form, fields), problems.errors | errors) from problems
    if errors:
        raise FormProblems(kept(form, fields), errors)
    grid = Grid(minimum_users=main.minimum_users, user_month_cents=main.user_month, options=tuple(options))
    return NewGrid(main.applies_from, grid)


def _names(nth: int) -> tuple[str, ...]:
    return tuple(f"option_{nth}_{name}" for name in ("code", "label", "price", "rhythm"))


# --- acts ----------------------------------------------------------------------------------------


async def publish_grid(portal: Portal, viewer: Viewer, new: NewGrid, origin: Origin) -> None:
    """Publish a grid from tomorrow on, or later; the same one twice is once.

    Raises `Refusal`: `grid_too_early`, `grid_same_day`.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        if new.applies_from <= portal.today():
            raise Refusal(
                "grid_too_early",
                clause="10.1",
                message=(
                    "Une grille s’applique au plus tôt demain : "
                    "des contrats ont pu être signés aujourd’hui, ou avant, aux prix actuels. Choisissez un jour à venir."
                ),
            )
        row = (
            await connection.execute(sa.select(grids).where(grids.c.applies_from == new.applies_from))
        ).first()
        if row is not None and grid_of(row) == new.grid:
            return
        if row is not None:
            raise Refusal(
                "grid_same_day",
                clause="10.1",
                message=(
                    "Une autre grille s’applique déjà à partir de ce jour. Retirez-la d’abord, ou "
                    "choisissez un autre jour."
                ),
            )
        await connection.execute(sa.insert(grids).values(**_row(portal, viewer, new)))
        from_day = new.applies_from.isoformat()
        await note_own_act(portal, connection, viewer, "grid_published", origin, applies_from=from_day)

    await portal.transact(work)


async def withdraw_grid(portal: Portal, viewer: Viewer, grid_id: str, origin: Origin) -> None:
    """Take back a grid that does not apply yet; one that does, or did, stays: contracts may rest on it."""
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        row = (await connection.execute(sa.select(grids).where(grids.c.id == grid_id))).first()
        if row is None:
            raise NotFound
        if row.applies_from <= portal.today():
            raise Refusal(
                "grid_applies",
                clause="10.1",
                message=(
                    "Cette grille s’applique déjà : des contrats ont pu être signés à ses prix. Publiez-en une autre, "
                    "à partir d’un jour à venir."
                ),
            )
        await connection.execute(sa.delete(grids).where(grids.c.id == grid_id))
        from_day = row.applies_from.isoformat()
        await note_own_act(portal, connection, viewer, "grid_withdrawn", origin, applies_from=from_day)

    await portal.transact(work)


def _row(portal: Portal, viewer: Viewer, new: NewGrid) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "applies_from": new.applies_from,
        "minimum_users": new.grid.minimum_users,
        "user_month_cents": new.grid.user_month_cents,
        "options": [
            {"code": one.code, "label": one.label, "price_cents": one.price_cents, "monthly": one.monthly}
            for one in new.grid.options
        ],
        "published_at": portal.now(),
        "by_id": viewer.person_id,
    }


# --- reads ---------------------------------------------------------------------------------------


async def published_grids(portal: Portal, viewer: Viewer) -> tuple[PublishedGrid, ...]:
    """Return every grid, the latest first; last, the one that stands until the first was published."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        rows = list(await connection.execute(sa.select(grids).order_by(grids.c.applies_from.desc())))
        names = await names_of(connection, {row.by_id for row in rows})
    today = portal.today()
    found: list[PublishedGrid] = []
    until: date | None = None
    for row in rows:
        by, is_to_come = names.get(row.by_id, ""), row.applies_from > today
        found.append(PublishedGrid(row.id, row.applies_from, until, grid_of(row), by, is_to_come))
        until = row.applies_from - timedelta(days=1)
    return (*found, PublishedGrid("", None, until, Grid(), "", may_be_withdrawn=False))


async def current_grid(portal: Portal, viewer: Viewer) -> Grid:
    """Return the grid in force, that a new one is written from."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        return await grid_at(connection, portal.now())


async def reach(portal: Portal, viewer: Viewer) -> Reach:
    """Return whom a grid published now reaches: nobody in force, those who have not subscribed yet."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        rows = await connection.execute(
            sa.select(situations.c.relationship, sa.func.count()).group_by(situations.c.relationship)
        )
        counts = {Relationship(row[0]): int(row[1]) for row in rows}
    before = (Relationship.PROSPECT, Relationship.TRIAL, Relationship.REFLECTION)
    return Reach(counts.get(Relationship.ACTIVE, 0), sum(counts.get(one, 0) for one in before))
