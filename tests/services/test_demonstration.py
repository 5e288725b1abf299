"""The demonstration's clients: every standing there is, each come to by living, none written by hand."""

import pytest
import sqlalchemy as sa

from portal.contract.acts import Piece
from portal.contract.company import read_siren
from portal.contract.events import EVENT, CreditNoteIssued, Event, InvoiceIssued
from portal.contract.lines import Line
from portal.records import projections, store
from portal.records.billing_tables import invoices
from portal.records.tables import events, held_destructions, outbox, provisioning
from portal.services.calendar import sweep
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal, Role, Viewer
from portal.services.demonstration import furnish
from portal.services.demonstration_clients import CLIENTS
from portal.services.examining import queue
from portal.services.invoice_papers import render_waiting
from portal.services.offers import offers_at
from portal.services.reading import clients

STAFF = Viewer("a colleague", Role.STAFF, None, "session")


# On SQLite it is what `portal serve --demo` serves to the browser tests.
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_the_demonstration_is_furnished_once_with_clients_who_lived(portal: Portal) -> None:
    await publish_demonstration(portal)
    await furnish(portal)
    await every_standing_is_there(portal)
    await every_dossier_waits_as_it_should(portal)
    await the_records_were_written_as_they_happened(portal)
    await every_kind_of_document_is_there(portal)
    assert (await sweep(portal)).done == 0, "nothing is left for the calendar to do"

    before = await everything(portal)
    await furnish(portal)
    assert await everything(portal) == before

    told = portal.settings.demonstration_marker.read_text(encoding="utf-8")
    assert all(client.admin.email in told and client.legal_name in told for client in CLIENTS)


async def every_standing_is_there(portal: Portal) -> None:
    lines, total = await clients(portal, STAFF)
    assert total == len(CLIENTS)
    assert {line.relationship for line in lines} == {
        "prospect",
        "trial",
        "reflection",
        "lapsed",
        "awaiting_payment",
        "active",
        "ended",
    }
    assert {line.data for line in lines} == {"none", "live", "archived", "destroyed", "restitution"}
    assert {line.service for line in lines} == {"none", "open", "suspended", "closed"}
    assert max(line.users for line in lines) == 7
    assert not any(line.destruction_held for line in lines)


async def every_dossier_waits_as_it_should(portal: Portal) -> None:
    waiting = {one.legal_name: (one.pieces, one.identity, one.met) for one in await queue(portal, STAFF)}
    assert waiting == {
        "Scierie des Ballons": (tuple(Piece), False, 0),
        "Cabinet Delmas Conseil": ((Piece.CONTRACT, Piece.MANDATE), False, 0),
        "Librairie des Halles": ((), False, 2),
        "Fonderie Cassel": ((), False, 4),
    }


async def the_records_were_written_as_they_happened(portal: Portal) -> None:
    async with portal.database.reading() as connection:
        assert await store.broken_links(connection) == ()
        assert await projections.differences(connection, offers_at(portal.now())) == {}
        late = sa.select(sa.func.count()).select_from(events).where(events.c.recorded_at != events.c.at)
        assert await connection.scalar(late) == 0
        for table, column in (
            (events, events.c.at),
            (outbox, outbox.c.as_of),
            (provisioning, provisioning.c.at),
        ):
            future = sa.select(sa.func.count()).select_from(table).where(column > portal.now())
            assert await connection.scalar(future) == 0
        assert await connection.scalar(sa.select(sa.func.count()).select_from(held_destructions)) == 0


async def every_kind_of_document_is_there(portal: Portal) -> None:
    """A first month, an adjustment, an option, a credit note and an arrear, numbered in the order of their issue."""
    async with portal.database.reading() as connection:
        rows = (await connection.execute(sa.select(invoices).order_by(invoices.c.number))).all()
        issued = [
            EVENT.validate_json(body)
            for body in await connection.scalars(
                sa.select(events.c.body).where(events.c.kind.in_(["invoice_issued", "credit_note_issued"]))
            )
        ]
    assert len(rows) >= 10
    for letter in ("A", "F"):
        series = [row for row in rows if row.number.startswith(letter)]
        assert series
        assert [row.issued_at for row in series] == sorted(row.issued_at for row in series)
        by_year: dict[str, list[int]] = {}
        for row in series:
            _, year, number = row.number.split("-")
            by_year.setdefault(year, []).append(int(number))
        assert all(given == list(range(1, len(given) + 1)) for given in by_year.values())
    assert {"first", "periodic", "final"} <= {row.occasion for row in rows}
    assert {"settled", "open", "in_default", ""} == {row.payment for row in rows}
    kinds = {line.kind for event in issued for line in _lines(event)}
    assert kinds == {"subscription", "adjustment", "carry_over", "option"}
    assert await render_waiting(portal) == len(rows)
    lines, _ = await clients(portal, STAFF)
    late = next(line for line in lines if line.legal_name == "Tanneries de la Creuse")
    assert late.service == "suspended"


def _lines(event: Event) -> tuple[Line, ...]:
    return event.lines if isinstance(event, InvoiceIssued | CreditNoteIssued) else ()


async def everything(portal: Portal) -> list[object]:
    async with portal.database.reading() as connection:
        rows = await connection.execute(sa.select(events).order_by(events.c.contract_id, events.c.seq))
        return [tuple(row) for row in rows]


def test_the_clients_are_invented() -> None:
    assert [read_siren(client.siren) for client in CLIENTS] == [client.siren for client in CLIENTS]
    assert len({client.siren for client in CLIENTS}) == len(CLIENTS)
    people = [person for client in CLIENTS for person in (client.admin, *client.colleagues)]
    assert all(person.email.isascii() and person.email.endswith(".example") for person in people)
    assert len({person.email for person in people}) == len(people)
