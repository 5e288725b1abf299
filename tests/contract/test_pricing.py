"""CGV art. 10.1: unit prices are those the client signed, until a renewal."""

from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.pricing import priced_at
from tests.contract.specification import a_trial, jour, le


def received(at: str, piece: Piece = Piece.CONTRACT) -> e.DocumentReceived:
    return e.DocumentReceived(at=le(at), piece=piece, document="d", signed=True, dated=None)


BEGUN = a_trial(le("05/01/2026 10:00"))
IN_FORCE = e.ContractInForce(at=le("17/03/2026 11:00"), last_day=jour("16/03/2027"))


def test_without_a_signed_contract_the_grid_is_that_of_the_day() -> None:
    assert priced_at(()) is None
    assert priced_at((*BEGUN, received("06/01/2026 09:00", Piece.MANDATE))) is None


def test_a_signed_contract_keeps_the_prices_of_the_day_it_came() -> None:
    assert priced_at((*BEGUN, received("06/01/2026 09:00"))) == le("06/01/2026 09:00")


def test_a_contract_sent_again_or_corrected_keeps_the_prices_of_the_first() -> None:
    sent = (received("06/01/2026 09:00"), received("09/01/2026 09:00"))
    assert priced_at((*BEGUN, *sent)) == le("06/01/2026 09:00")


def test_a_contract_refused_and_sent_again_keeps_the_prices_of_the_first() -> None:
    refused = e.DocumentRefused(at=le("07/01/2026 09:00"), piece=Piece.CONTRACT, reason="unreadable")
    sent = (received("06/01/2026 09:00"), refused, received("09/01/2026 09:00"))
    assert priced_at((*BEGUN, *sent)) == le("06/01/2026 09:00")


def test_what_is_sent_once_in_force_changes_no_price() -> None:
    sent = (received("06/01/2026 09:00"), IN_FORCE, received("02/05/2026 09:00"))
    assert priced_at((*BEGUN, *sent)) == le("06/01/2026 09:00")


def test_a_history_without_the_paper_is_priced_as_it_came_into_force() -> None:
    assert priced_at((*BEGUN, IN_FORCE)) == le("17/03/2026 11:00")
