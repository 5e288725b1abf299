"""Many contracts in force at once, each with a history that the rules wrote: for a night's run.

As last month's run has left them, with what was kept of them then, and a payment since.
"""

import uuid
from dataclasses import replace
from datetime import date, time

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from stdnum import luhn

from portal.contract import events as e
from portal.contract.acts import Settle
from portal.contract.calendar import paris_instant
from portal.contract.decide import decide
from portal.contract.replay import replay
from portal.contract.scenario import read_scenario
from portal.contract.state import State
from portal.payments.accounts import masked
from portal.records.billing_tables import mandates
from portal.records.store import Recorded
from portal.records.tables import companies, contracts, outbox, persons, provisioning
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from portal.services.keys import keys_of
from portal.services.offers import current_offer
from portal.services.recalling import keep
from portal.services.recording import Continuation, record
from tests.contract.random_lives import ANNE, LEGAL_RATES, in_force, toml

ENTRY = "2026-02-17T10:00"
# All of them owe their invoice of April at this instant, and nothing before.
THE_RUN = paris_instant(date(2026, 4, 20), time(6))
PAID_AT = paris_instant(date(2026, 3, 28), time(10))
# Two banking days before those invoices are collected: the bank wants its file.
THE_COLLECTION = date(2026, 4, 30)
THE_FILE = paris_instant(date(2026, 4, 28), time(9))
_BEFORE = paris_instant(date(2026, 4, 19), time(12))
_IBAN = "FR1420041010050500013M02606"
_TEAM = [f"user{number}@atelier-nord.example" for number in range(5)]
AT_A_TIME = 500


def a_history() -> tuple[e.Event, ...]:
    """A contract of six users, in force since February, that pays its invoices; up to its run of March."""
    acts = in_force(ENTRY, _TEAM)
    acts += [{"at": "2026-02-28T10:00", "do": "settle", "month": "2026-03"}]
    table = {"title": "Beaucoup", "until": "2026-03-20T07:00", "legal_rates": LEGAL_RATES, "act": acts}
    return replay(read_scenario(toml(table))).events


def a_siren(nth: int) -> str:
    """A number that no company has, with its check digit."""
    digits = f"{99_000_000 + nth}"
    return digits + luhn.calc_check_digit(digits)


async def make_contracts(portal: Portal, count: int) -> tuple[str, ...]:
    """Write so many contracts, and nothing that is still to be sent; return their ids."""
    await publish_demonstration(portal)
    history = a_history()
    ids = tuple(str(uuid.uuid4()) for _ in range(count))
    for start in range(0, count, AT_A_TIME):
        some = ids[start : start + AT_A_TIME]

        async def work(connection: AsyncConnection, some: tuple[str, ...] = some, start: int = start) -> None:
            await _write(portal, connection, some, history, start)

        await portal.transact(work)
    async with portal.database.transaction() as connection:
        await connection.execute(sa.delete(outbox))
        await connection.execute(sa.delete(provisioning))
    return ids


async def sign_mandates(portal: Portal, ids: tuple[str, ...]) -> None:
    """Let each of these contracts be collected from: a mandate signed at its beginning, never used."""
    keys = keys_of(portal.settings)
    signed = [
        {
            "reference": reference,
            "contract_id": contract_id,
            "edition": 1,
            "holder": "Anne Leroy",
            "iban": keys.seal(_IBAN.encode(), bound_to=f"mandate:{reference}"),
            "iban_hint": masked(_IBAN),
            "bic": "",
            "bank_name": "",
            "signed_on": date(2026, 2, 17),
            "accepted_at": _BEFORE,
            "blocked_for": "",
        }
        for contract_id, reference in zip(
            ids, (f"CT-2026-{nth:05}-M1" for nth in range(len(ids))), strict=True
        )
    ]
    async with portal.database.transaction() as connection:
        await connection.execute(sa.insert(mandates), signed)


async def _write(
    portal: Portal,
    connection: AsyncConnection,
    ids: tuple[str, ...],
    history: tuple[e.Event, ...],
    start: int,
) -> None:
    people = {contract_id: (str(uuid.uuid4()), str(uuid.uuid4())) for contract_id in ids}
    await connection.execute(
        sa.insert(companies),
        [
            {
                "id": people[contract_id][0],
                "siren": a_siren(start + number),
                "legal_name": f"Client {start + number}",
                "legal_form": "SAS",
                "street": "14 rue du Port",
                "postcode": "59140",
                "city": "Dunkerque",
                "created_at": _BEFORE,
            }
            for number, contract_id in enumerate(ids)
        ],
    )
    await connection.execute(
        sa.insert(persons),
        [
            {
                "id": person_id,
                "company_id": company_id,
                "email": f"anne.{start + number}@client.example",
                "first_name": "Anne",
                "last_name": "Leroy",
                "created_at": _BEFORE,
            }
            for number, (company_id, person_id) in enumerate(people.values())
        ],
    )
    await connection.execute(
        sa.insert(contracts),
        [{"id": one, "company_id": people[one][0], "opened_at": _BEFORE} for one in ids],
    )
    offer = await current_offer(connection, _BEFORE)
    continuations = [
        Continuation(
            Recorded(one, people[one][0], ()),
            State(offer=offer),
            tuple(_of(event, people[one][1]) for event in history),
            "a person",
        )
        for one in ids
    ]
    reached = await record(portal, connection, continuations)
    await keep(connection, reached)
    await record(
        portal,
        connection,
        [
            Continuation(recorded, state, decide(state, Settle(month="2026-04"), PAID_AT), "a person")
            for recorded, state in reached
        ],
    )


def _of(event: e.Event, admin: str) -> e.Event:
    """Return the event with the contract's own administrator in the place of the scenario's."""
    match event:
        case e.AccountCreated():
            return replace(event, admin=admin)
        case e.TermsAccepted():
            return replace(event, by=admin)
        case e.UserRegistered(user=user) if user == ANNE:
            return replace(event, user=admin)
        case e.InvoiceIssued() | e.CreditNoteIssued():
            lines = tuple(
                replace(one, persons=tuple(admin if user == ANNE else user for user in one.persons))
                for one in event.lines
            )
            return replace(event, lines=lines)
        case _:
            return event
