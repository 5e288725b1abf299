"""Writing down what continues contracts: events, what must follow them, and the tables that pages read.

The one way in which a history grows, for a person's act as for a night's run: one statement per table,
however many contracts go on, in the caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.evolve import evolve
from portal.contract.invariants import breaches, breaches_by
from portal.contract.state import State
from portal.records import projections, store
from portal.services.consequences import Step, write_down
from portal.services.context import Portal
from portal.services.invoice_papers import JustIssued, keep_facts
from portal.services.numbering import numbered


@dataclass(frozen=True, slots=True)
class Continuation:
    """How a contract goes on: its history and state so far, what is caused, and by whom.

    With nothing caused, only what pages read of it is written anew.
    """

    recorded: store.Recorded
    state: State
    caused: tuple[e.Event, ...]
    actor: str


async def record(
    portal: Portal, connection: AsyncConnection, continuations: Sequence[Continuation]
) -> tuple[tuple[store.Recorded, State], ...]:
    """Write how contracts go on; return the history and the state of each. Documents are given their numbers here."""
    caused = await numbered(connection, [one.caused for one in continuations])
    steps: list[Step] = []
    changes: list[projections.Changed] = []
    for one, events in zip(continuations, caused, strict=True):
        stored = store.chained(one.recorded, events, actor=one.actor, recorded_at=portal.now())
        state = one.state
        for each in stored:
            before, state = state, evolve(state, each.event)
            steps.append(Step(each, before, state))
        changes.append(projections.Changed(one.recorded.going_on(stored), one.state, state))
    await store.insert(connection, [step.stored for step in steps])
    await write_down(connection, steps, machine_now=portal.machine_now())
    await projections.project(connection, changes)
    await keep_facts(
        portal,
        connection,
        [
            JustIssued(step.stored.contract_id, event, step.state)
            for step in steps
            if isinstance(event := step.stored.event, e.InvoiceIssued | e.CreditNoteIssued)
        ],
    )
    return tuple((one.recorded, one.state) for one in changes)


def weighed(state: State, caused: tuple[e.Event, ...]) -> tuple[State, tuple[str, ...]]:
    """Return the state that these events lead to, and which invariants they, or that state, would break."""
    found = list[str]()
    for event in caused:
        found += breaches_by(state, event)
        state = evolve(state, event)
    return state, (*found, *breaches(state))
