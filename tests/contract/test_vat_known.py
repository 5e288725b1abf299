"""CGV art. 10.1: nothing is invoiced at a VAT that nobody has decided."""

from dataclasses import replace

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.contract.offer import Offer
from tests.contract.specification import VERSION, an_offer, given, le
from tests.contract.subscribed import Step, a_complete_dossier, given_steps

AT = le("03/03/2026 10:00")
UNDECIDED = Offer(terms_version=VERSION, vat_known=False)


def steps_without(*left_out: a.Act) -> tuple[Step, ...]:
    return tuple(step for step in a_complete_dossier(AT) if step[1] not in left_out)


def test_a_dossier_is_not_validated_before_its_vat_is_known() -> None:
    dossier = given_steps(*steps_without(a.ValidateIdentity()), offer=UNDECIDED)
    refusal = dossier.when(a.ValidateIdentity(), AT).refused("vat_undecided")
    assert refusal.clause == "10.1"
    assert "décidez-la d’abord" in refusal.message


def test_once_it_is_decided_the_same_dossier_is_validated() -> None:
    dossier = given_steps(*steps_without(a.ValidateIdentity()), offer=UNDECIDED)
    decided = replace(dossier, state=replace(dossier.state, offer=an_offer()))
    decided.when(a.ValidateIdentity(), AT).granted()


def test_the_last_piece_does_not_complete_a_dossier_whose_place_has_changed_meanwhile() -> None:
    last = a.AcceptDocument(piece=Piece.KBIS)
    dossier = given_steps(*steps_without(last))
    moved = replace(dossier, state=replace(dossier.state, offer=UNDECIDED))
    moved.when(last, AT).refused("vat_undecided")


def test_before_the_last_piece_its_vat_holds_nothing_up() -> None:
    given(offer=UNDECIDED).when(a.CreateAccount(siren="732829320", admin="anne"), AT).granted()
    given_steps(*steps_without(a.ValidateIdentity()), offer=UNDECIDED)
