"""CGV art. 2: at least one Administrateur Client, always; several where the client wishes it."""

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.evolve import evolve
from portal.contract.refusal import ImpossibleHistory
from tests.contract.specification import ANNE, BOB, a_trial, given, le
from tests.contract.subscribed import Step, a_complete_dossier, given_steps, in_force

FIVE = ("bob", "chloe", "dan", "eve")
SIX = (*FIVE, "fay")
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", *SIX)
AT = le("18/03/2026 10:00")
NAMED: tuple[Step, ...] = (*CONTRACT, (AT, a.NameAdministrator(user=BOB)))

contract = given_steps(*CONTRACT)
named = given_steps(*NAMED)


def test_another_administrator_is_named_beside_the_first_one_who_stays_the_one_written_to() -> None:
    after = contract.when(a.NameAdministrator(user=BOB), AT).then(e.AdministratorNamed(at=AT, user=BOB))
    assert (after.state.admins, after.state.admin) == ((ANNE, BOB), ANNE)


def test_named_twice_nothing_happens() -> None:
    named.when(a.NameAdministrator(user=BOB), AT).nothing_happens()


def test_an_administrator_can_be_relieved_once_there_is_another_and_stays_a_user() -> None:
    after = named.when(a.RelieveAdministrator(user=ANNE), AT).then(e.AdministratorRelieved(at=AT, user=ANNE))
    assert (after.state.admins, after.state.admin) == ((BOB,), BOB)
    assert ANNE in after.state.users
    after.when(a.RelieveAdministrator(user=BOB), AT).refused("last_administrator")
    after.when(a.RelieveAdministrator(user=ANNE), AT).nothing_happens()


def test_an_administrator_who_is_removed_no_longer_is_one() -> None:
    after = named.when(a.RemoveUser(user=ANNE), AT).then(
        e.AdministratorRelieved(at=AT, user=ANNE), e.UserRemoved(at=AT, user=ANNE)
    )
    assert (after.state.admins, after.state.users) == ((BOB,), SIX)
    after.when(a.RemoveUser(user=BOB), AT).refused("last_administrator")


def test_a_suspended_administrator_no_longer_is_one_nor_again_once_restored() -> None:
    alone = named.when(a.SuspendUser(user=ANNE), AT).then(
        e.AdministratorRelieved(at=AT, user=ANNE), e.UserSuspended(at=AT, user=ANNE)
    )
    for act in (a.SuspendUser(user=BOB), a.RemoveUser(user=BOB), a.RelieveAdministrator(user=BOB)):
        alone.when(act, AT).refused("last_administrator")
    restored = alone.when(a.RestoreUser(user=ANNE), AT).then(e.UserRestored(at=AT, user=ANNE))
    assert restored.state.admins == (BOB,)
    again = restored.when(a.NameAdministrator(user=ANNE), AT).granted()
    assert (again.state.admins, again.state.admin) == ((BOB, ANNE), BOB)


def test_only_a_user_whose_access_is_open_can_be_named() -> None:
    contract.when(a.NameAdministrator(user="zoe"), AT).refused("unknown_user")
    contract.when(a.RelieveAdministrator(user="zoe"), AT).refused("unknown_user")
    suspended = contract.when(a.SuspendUser(user=BOB), AT).granted()
    suspended.when(a.NameAdministrator(user=BOB), AT).refused("administrator_suspended")


def test_in_a_trial_too() -> None:
    trial = given(*a_trial(le("31/01/2026 10:00"), BOB))
    at = le("01/02/2026 10:00")
    after = trial.when(a.NameAdministrator(user=BOB), at).granted()
    after.when(a.RemoveUser(user=ANNE), at).granted()
    over = trial.left_alone_until(le("03/03/2026"))
    over.when(a.NameAdministrator(user=BOB), le("03/03/2026 10:00")).refused("service_suspended")


def test_the_first_administrator_acts_before_being_registered() -> None:
    """Who subscribes without a trial is registered with the entry into force."""
    dossier = given_steps(*a_complete_dossier(le("04/03/2026 10:00"), *FIVE))
    assert ANNE not in dossier.state.users
    assert dossier.state.admins == (ANNE,)
    handed_over = dossier.when(a.NameAdministrator(user=BOB), le("05/03/2026 10:00")).granted()
    relieved = handed_over.when(a.RelieveAdministrator(user=ANNE), le("05/03/2026 10:00")).granted()
    entered = relieved.when(a.Settle(month="first"), le("11/03/2026 10:00")).granted()
    assert entered.state.admins == (BOB,)
    assert entered.state.users == FIVE


@pytest.mark.parametrize(
    "event",
    [
        e.AdministratorNamed(at=AT, user=ANNE),
        e.AdministratorRelieved(at=AT, user=ANNE),
        e.AdministratorRelieved(at=AT, user=BOB),
    ],
)
def test_histories_that_cannot_be(event: e.Event) -> None:
    with pytest.raises(ImpossibleHistory):
        evolve(contract.state, event)
