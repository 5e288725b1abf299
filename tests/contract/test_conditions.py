"""CGV art. 8: the five conditions of the entry into force, from the first piece to the first month's payment."""

import pytest

from portal.contract import acts as a
from portal.contract.acts import FIRST, Piece
from portal.contract.offer import Offer
from portal.contract.state import State
from portal.contract.subscription import Condition, ConditionName, Progress, conditions
from tests.contract.specification import ANNE, SIREN, VERSION, an_offer, jour, le
from tests.contract.subscribed import Step, live

DAY = le("02/03/2026 10:00")
STARTED: tuple[Step, ...] = (
    (DAY, a.CreateAccount(siren=SIREN, admin=ANNE)),
    (DAY, a.AcceptTerms(version=VERSION, by=ANNE)),
)


def lived(*steps: Step) -> State:
    return live(*STARTED, *steps)[0]


def said(state: State) -> dict[str, str]:
    """Each condition with its progress, and the day since when it stands so."""
    return {
        one.name.value: f"{one.progress} {one.since:%d/%m %H:%M}" if one.since else one.progress.value
        for one in conditions(state)
    }


def sent(piece: Piece) -> a.SubmitDocument:
    return a.SubmitDocument(
        piece=piece, document=piece, dated=jour("01/02/2026") if piece is Piece.KBIS else None
    )


VALIDATED: tuple[Step, ...] = (
    *((le("03/03/2026 11:00"), sent(piece)) for piece in Piece),
    *((le("04/03/2026 12:00"), a.AcceptDocument(piece=piece)) for piece in Piece),
    (le("05/03/2026 09:00"), a.ValidateIdentity()),
)


def test_of_an_account_nothing_is_there() -> None:
    assert conditions(State(offer=an_offer())) == tuple(
        Condition(name, Progress.MISSING) for name in ConditionName
    )
    assert conditions(lived()) == tuple(Condition(name, Progress.MISSING) for name in ConditionName)


@pytest.mark.parametrize("piece", list(Piece))
def test_a_piece_is_received_then_refused_then_received_again_then_met(piece: Piece) -> None:
    first = (le("03/03/2026 11:00"), sent(piece))
    refused = (le("04/03/2026 09:00"), a.RefuseDocument(piece=piece, reason="illegible"))
    again = (
        le("05/03/2026 14:00"),
        a.SubmitDocument(
            piece=piece, document="other", dated=jour("01/02/2026") if piece is Piece.KBIS else None
        ),
    )
    accepted = (le("06/03/2026 16:00"), a.AcceptDocument(piece=piece))
    assert said(lived(first))[piece] == "received 03/03 10:00"
    assert said(lived(first, refused))[piece] == "refused 04/03 08:00"
    assert said(lived(first, refused, again))[piece] == "received 05/03 13:00"
    assert said(lived(first, refused, again, accepted))[piece] == "met 06/03 15:00"


def test_the_first_month_waits_for_its_payment_once_the_rest_is_validated() -> None:
    validated = lived(*VALIDATED)
    met = {piece.value: "met 04/03 11:00" for piece in Piece} | {"identity": "met 05/03 08:00"}
    assert said(validated) == met | {"first_month": "received 04/03 23:00"}
    paid = lived(*VALIDATED, (le("10/03/2026 15:00"), a.Settle(month=FIRST)))
    assert said(paid) == met | {"first_month": "met 10/03 14:00"}


def test_a_first_month_settled_by_itself_is_met_as_well_as_one_that_brought_the_contract_into_force() -> None:
    settled_at = le("10/03/2026 15:00")
    paid = lived(*VALIDATED, (settled_at, a.Settle(month=FIRST)))
    assert conditions(paid)[-1] == Condition(ConditionName.FIRST_MONTH, Progress.MET, settled_at)
    assert paid.in_force_at == settled_at
    assert isinstance(paid.offer, Offer)


def test_a_first_month_taken_back_by_the_bank_has_still_brought_the_contract_into_force() -> None:
    refund = (le("20/04/2026 10:00"), a.ReturnPayment(month=FIRST, kind="refund"))
    returned = lived(*VALIDATED, (le("10/03/2026 15:00"), a.Settle(month=FIRST)), refund)
    assert returned.invoices[0].unpaid_cents
    assert said(returned)["first_month"] == "met 10/03 14:00"
