"""The legal interest rate by half-year (CGV art. 10.4; art. L.441-10 C. com.): entered by staff, with its source.

Penalties rest on it. A half-year that lacks its rate refuses the computation; staff are told on the page, and by
mail once it blocks something.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final

import sqlalchemy as sa
from pydantic import AfterValidator, BeforeValidator
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.amounts import percent
from portal.contract.calendar import paris_instant
from portal.contract.offer import LEGAL_RATES
from portal.contract.refusal import Refusal
from portal.contract.state import Payment
from portal.records.billing_tables import invoices, legal_rates
from portal.records.tables import events
from portal.services.consequences import post, staff
from portal.services.context import Origin, Portal, Viewer
from portal.services.forms import Form, clean, problem, read, text_of
from portal.services.journal import note_own_act
from portal.services.names import names_of
from portal.services.typed_figures import Percent

_HALF_YEAR = re.compile(r"(?P<year>20[0-9]{2})-(?P<half>[12])")
_SECOND: Final = 7  # July begins the second half-year
_HIGHEST: Final = 15_00  # twice what it has been since 1993: above, a slip of the keyboard
_FIRST_KNOWN: Final = "décret publié au Journal officiel, connu du portail"


@dataclass(frozen=True, slots=True)
class LegalRate:
    """The rate of a half-year (« 2026-1 »), in hundredths of a percent; `at` is None for those the portal knew."""

    half_year: str
    hundredths: int
    source: str
    at: datetime | None
    by: str


def _half_year(typed: object) -> str:
    text = clean(typed)
    if not _HALF_YEAR.fullmatch(text):
        raise problem("Choisissez un semestre dans la liste.")
    return text


class RateForm(Form):
    """A rate as staff type it; `correction` says why a rate that is known already is another one."""

    half_year: Annotated[str, BeforeValidator(_half_year)]
    rate: Percent
    source: Annotated[
        str,
        AfterValidator(text_of("Indiquez la source, par exemple l’arrêté et sa date.", "La source", 200)),
    ]
    correction: Annotated[str, AfterValidator(text_of("", "Le motif", 300))]


def read_rate(form: Mapping[str, object]) -> RateForm:
    """Return a rate; raises `FormProblems`."""
    return read(RateForm, form)


async def enter_rate(portal: Portal, viewer: Viewer, entered: RateForm, origin: Origin) -> None:
    """Keep the rate of a half-year; the same twice is once.

    A rate that is known is never overwritten in silence: another value wants a reason, and is journaled. Once
    penalties were paid in its half-year or later, it stays: a settled account must not owe again.
    Raises `Refusal`: `rate_unlikely`, `rate_known`, `rate_used`.
    """
    viewer.must_be_staff()
    if not 0 < entered.rate <= _HIGHEST:
        raise Refusal(
            "rate_unlikely",
            clause="10.4",
            message="Un taux d’intérêt légal se tient entre 0,01 % et 15 % : vérifiez l’arrêté.",
        )

    async def work(connection: AsyncConnection) -> None:
        stored = await connection.scalar(
            sa.select(legal_rates.c.hundredths)
            .where(legal_rates.c.half_year == entered.half_year)
            .with_for_update()
        )
        known = LEGAL_RATES.get(entered.half_year) if stored is None else stored
        if known == entered.rate:
            return
        values = {
            "hundredths": entered.rate,
            "source": entered.source,
            "at": portal.now(),
            "by_id": viewer.person_id,
        }
        if known is not None:
            await _must_be_correctable(connection, entered, known)
        if stored is None:
            await connection.execute(sa.insert(legal_rates).values(half_year=entered.half_year, **values))
        else:
            of_half = legal_rates.c.half_year == entered.half_year
            await connection.execute(sa.update(legal_rates).where(of_half).values(**values))
        kind = "legal_rate_entered" if known is None else "legal_rate_corrected"
        await note_own_act(
            portal,
            connection,
            viewer,
            kind,
            origin,
            half_year=entered.half_year,
            before=known,
            after=entered.rate,
            reason=entered.correction or entered.source,
        )

    await portal.transact(work)


async def _must_be_correctable(connection: AsyncConnection, entered: RateForm, known: int) -> None:
    if not entered.correction:
        raise Refusal(
            "rate_known",
            clause="10.4",
            message=(
                f"Le taux de ce semestre est déjà enregistré : {percent(known)}. Pour le corriger, écrivez pourquoi."
            ),
        )
    if await _was_paid_on(connection, entered.half_year):
        raise Refusal(
            "rate_used",
            clause="10.4",
            message=(
                "Des pénalités calculées avec ce taux ont déjà été payées : le changer ferait devoir de nouveau un compte "
                "soldé. Corrigez la différence par un avoir."
            ),
        )


async def _was_paid_on(connection: AsyncConnection, half_year: str) -> bool:
    """Tell whether penalties were paid since the half-year began: its rate may be part of them."""
    begun = paris_instant(first_day_of(half_year), time())
    bodies = await connection.scalars(
        sa.select(events.c.body).where(events.c.kind == "payment_settled", events.c.at >= begun)
    )
    paid = (e.EVENT.validate_json(body) for body in bodies)
    return any(isinstance(one, e.PaymentSettled) and one.penalties_cents for one in paid)


# --- what is known, what lacks --------------------------------------------------------------------


async def known_rates(portal: Portal, viewer: Viewer) -> tuple[LegalRate, ...]:
    """Return every rate, the latest half-year first."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        rows = list(await connection.execute(sa.select(legal_rates)))
        names = await names_of(connection, {row.by_id for row in rows})
    entered = {
        row.half_year: LegalRate(row.half_year, row.hundredths, row.source, row.at, names.get(row.by_id, ""))
        for row in rows
    }
    known = {half: LegalRate(half, rate, _FIRST_KNOWN, None, "") for half, rate in LEGAL_RATES.items()}
    return tuple(sorted((known | entered).values(), key=lambda one: one.half_year, reverse=True))


async def missing_rates(portal: Portal, viewer: Viewer) -> tuple[str, ...]:
    """Return the half-years whose rate is not known: the present one, and those a late invoice needs."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        needed = {half_year_of(portal.today()), *await _needed(connection, portal.today())}
        return tuple(sorted(needed - await _known(connection)))


async def alert_missing_rates(portal: Portal) -> None:
    """Write to the staff, once for each half-year, where a rate that is missing keeps penalties from being computed."""
    async with portal.database.reading() as connection:
        blocking = await _needed(connection, portal.today()) - await _known(connection)
    if not blocking:
        return

    async def work(connection: AsyncConnection) -> None:
        for half_year in sorted(blocking):
            for person_id in await staff(connection):
                await post(
                    connection,
                    key=f"legal_rate_missing:{half_year}:{person_id}",
                    template="legal_rate_missing",
                    person_id=person_id,
                    as_of=portal.now(),
                    machine_now=portal.machine_now(),
                    params={"half_year": half_year},
                )

    await portal.transact(work)


async def _known(connection: AsyncConnection) -> set[str]:
    return {*LEGAL_RATES, *await connection.scalars(sa.select(legal_rates.c.half_year))}


async def _needed(connection: AsyncConnection, today: date) -> set[str]:
    """Return the half-years in which an invoice was, or is, late."""
    late = (
        sa.select(invoices.c.due_on, invoices.c.settled_on)
        .where(
            invoices.c.occasion != "first",
            invoices.c.due_on < today,
            sa.or_(invoices.c.payment == Payment.IN_DEFAULT.value, invoices.c.settled_on > invoices.c.due_on),
        )
        .distinct()
    )
    rows = await connection.execute(late)
    return {
        half for row in rows for half in _half_years(row.due_on + timedelta(days=1), row.settled_on or today)
    }


def _half_years(first: date, last: date) -> Iterator[str]:
    day = first
    while day <= last:
        yield half_year_of(day)
        day = _next_half(day)


def _next_half(day: date) -> date:
    return date(day.year, _SECOND, 1) if day.month < _SECOND else date(day.year + 1, 1, 1)


def half_year_of(day: date) -> str:
    """Return « 2026-1 » for a day of its first half."""
    return f"{day.year}-{1 if day.month < _SECOND else 2}"


def first_day_of(half_year: str) -> date:
    year, half = half_year.split("-")
    return date(int(year), 1 if half == "1" else _SECOND, 1)


def half_year_name(half_year: str) -> str:
    """Return « premier semestre 2026 »."""
    year, half = half_year.split("-")
    return f"{'premier' if half == '1' else 'second'} semestre {year}"
