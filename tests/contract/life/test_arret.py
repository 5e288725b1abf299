"""T6 : un portail arrêté trois semaines finit dans le même état qu’un portail qui n’a jamais cessé."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.contract.deadlines import advance
from portal.contract.events import EVENT, Event
from portal.contract.replay import replay
from portal.contract.scenario import read_scenario
from portal.contract.state import State
from tests.contract.life.beginnings import IN_FORCE_IN_APRIL
from tests.contract.life.telling import as_toml

STOPS = [
    pytest.param(
        IN_FORCE_IN_APRIL,
        "03/05/2026",
        "24/05/2026",
        ["default_recorded", "invoice_issued", "service_suspended"],
        id="suspension",
    ),
    pytest.param(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2027-04 : paie le jour du prélèvement
        01/02/2027 10:00  annonce le prix de 52,00
        """,
        "31/03/2027 13:00",
        "21/04/2027",
        ["contract_renewed", "invoice_issued"],
        id="renewal",
    ),
    pytest.param(
        f"""
        {IN_FORCE_IN_APRIL}
        chaque mois de 2026-05 à 2027-02 : paie le jour du prélèvement
        01/02/2027 10:00  annonce le prix de 52,00
        02/02/2027 10:00  refuse le prix
        """,
        "20/03/2027",
        "10/04/2027",
        ["contract_ended", "service_closed"],
        id="end, with its month unpaid",
    ),
    pytest.param(
        "28/02/2026 10:00  ouvre un essai",
        "22/03/2026",
        "12/04/2026",
        ["reminder_sent", "reminder_sent", "service_suspended", "data_archived", "reminder_sent"],
        id="trial, over the change of hour",
    ),
    pytest.param(
        """
        24/04/2026 10:00  dossier validé, 5 personnes
        """,
        "30/04/2026",
        "21/05/2026",
        ["invoice_issued", "reminder_sent", "reminder_sent"],
        id="first invoice, over the first of May",
    ),
]


@pytest.mark.parametrize(("acts", "stopped", "resumed", "kinds"), STOPS)
@pytest.mark.parametrize("hours", [1, 7, 24, 100])
def test_un_arret_de_trois_semaines_ne_change_rien(
    acts: str, stopped: str, resumed: str, kinds: list[str], hours: int
) -> None:
    scenario = read_scenario(as_toml(acts, jusquau=stopped))
    state = replay(scenario).state
    end = read_scenario(as_toml(acts, jusquau=resumed)).until
    in_one_go = advance(state, end)
    assert [event.kind for event in in_one_go[1]] == kinds
    assert stepwise(state, scenario.until, end, timedelta(hours=hours)) == in_one_go
    # What is stored says the same instants, whoever stopped and for how long.
    assert all(EVENT.validate_json(EVENT.dump_json(event)) == event for event in in_one_go[1])


def stepwise(
    state: State, start: datetime, end: datetime, step: timedelta
) -> tuple[State, tuple[Event, ...]]:
    """What a portal that never stops sees: it looks every few hours."""
    happened: list[Event] = []
    at = start.astimezone(UTC)
    while at < end:
        at = min(at + step, end)
        state, due = advance(state, at)
        happened.extend(due)
    return state, tuple(happened)
