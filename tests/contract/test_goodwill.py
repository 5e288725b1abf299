"""A commercial credit note: staff give a part of an invoice back, and what the months owe stays as it is."""

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.amounts import vat, without_tax
from portal.contract.arrears import dues
from portal.contract.lines import reckoning
from portal.contract.offer import Grid, Offer
from portal.contract.preview import documents_to_come
from portal.contract.reckoning import reckoned_again
from tests.contract.specification import VERSION, le, well_set
from tests.contract.subscribed import Step, a_complete_dossier, given_steps, in_force, live

FIVE = ("bob", "chloe", "dan", "eve")
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE)
AT = le("21/03/2026 10:00")
APRIL = "F-2026-0002"  # 118,55 HT, 142,26 TTC
WHY = "Geste commercial : panne du 12 mars 2026"

contract = given_steps(*CONTRACT)


def credit(net_cents: int, cites: str = APRIL) -> a.IssueCreditNote:
    return a.IssueCreditNote(cites=cites, net_cents=net_cents, label=WHY)


def note_of(events: tuple[e.Event, ...]) -> e.CreditNoteIssued:
    (note,) = (one for one in events if isinstance(one, e.CreditNoteIssued))
    return note


def test_it_cites_its_invoice_bears_its_tax_and_says_why() -> None:
    _, happened = live(*CONTRACT, (AT, credit(2_000)))
    note = note_of(happened)
    assert (note.number, note.cites, note.month) == ("A-2026-0001", APRIL, "2026-04")
    assert (note.net_cents, note.vat_cents, note.gross_cents) == (2_000, 400, 2_400)
    (line,) = note.lines
    assert (line.kind, line.goodwill, line.net_cents) == ("adjustment", True, 2_000)
    assert line.label == WHY.replace(" :", "\N{NO-BREAK SPACE}:")
    why = reckoning(line)
    assert reckoned_again(why) == why.cents == 2_000
    assert all(well_set(sentence) for sentence in why.lines())


def test_what_the_months_owe_is_not_altered() -> None:
    before, _ = live(*CONTRACT, until=AT)
    after, _ = live(*CONTRACT, (AT, credit(2_000)))
    assert after.billed == before.billed
    assert documents_to_come(after, AT) == documents_to_come(before, AT)
    assert [one.unpaid_cents for one in after.invoices] == [0, 14_226 - 2_400]


def test_given_on_a_paid_invoice_it_waits_for_the_next_one() -> None:
    paid: tuple[Step, ...] = (*CONTRACT, (le("31/03/2026 10:00"), a.Settle(month="2026-04")))
    state, _ = live(*paid, (le("01/04/2026 10:00"), credit(2_000)), until=le("21/04/2026"))
    assert [one.unpaid_cents for one in state.invoices] == [0, 0, 29_400 - 2_400]


def test_never_more_than_the_invoice_still_carries() -> None:
    contract.when(credit(11_856), AT).refused("credit_out_of_range")
    contract.when(credit(0), AT).refused("credit_out_of_range")
    most = contract.when(credit(10_000), AT).granted()
    most.when(credit(1_856), AT).refused("credit_out_of_range")
    whole = most.when(credit(1_855), AT).granted()
    assert whole.state.invoices[1].unpaid_cents == 0
    refusal = whole.when(credit(1), AT).refused("credit_out_of_range")
    assert "créditée en entier" in refusal.message


def test_an_unknown_invoice_is_refused_with_those_there_are() -> None:
    refusal = contract.when(credit(100, "F-2026-0009"), AT).refused("unknown_invoice")
    assert "F-2026-0001, F-2026-0002" in refusal.message
    account = given_steps(*a_complete_dossier(le("04/03/2026 10:00"))[:1])
    assert "pas encore" in account.when(credit(100), AT).refused("unknown_invoice").message


def test_the_rounded_tax_of_several_notes_never_exceeds_the_invoices() -> None:
    """Nine cents bear two cents of tax, 0,11 € in all; three notes of three cents would bear three."""
    offer = Offer(terms_version=VERSION, grid=Grid(minimum_users=1, user_month_cents=9))
    invoiced = given_steps(*a_complete_dossier(le("04/03/2026 10:00")), offer=offer)
    at = le("05/03/2026 10:00")
    for _ in range(2):
        invoiced = invoiced.when(credit(3, "F-2026-0001"), at).granted()
    assert "à 0,02" in invoiced.when(credit(3, "F-2026-0001"), at).refused("credit_out_of_range").message
    last = invoiced.when(credit(2, "F-2026-0001"), at).granted()
    assert sum(one.gross_cents for one in last.state.credit_notes) == 4 + 4 + 2
    last.when(credit(1, "F-2026-0001"), at).granted().when(credit(1, "F-2026-0001"), at).refused(
        "credit_out_of_range"
    )


def test_the_largest_net_amount_in_a_gross_one() -> None:
    for rate in (0, 550, 850, 2_000, 2_133):
        gross_of = [net + vat(net, rate).cents for net in range(400)]
        for gross in range(400):
            assert without_tax(gross, rate) == max(net for net in range(gross + 1) if gross_of[net] <= gross)


def test_a_first_month_given_whole_brings_the_contract_into_force() -> None:
    """Nothing is left to pay of it: the last condition is met."""
    dossier = given_steps(*a_complete_dossier(le("04/03/2026 10:00"), *FIVE))
    after = dossier.when(credit(24_500, "F-2026-0001"), le("05/03/2026 10:00")).granted()
    assert after.state.relationship == "active"


def test_it_may_restore_the_service_when_nothing_is_left_to_pay() -> None:
    suspended = given_steps(*CONTRACT, until=le("17/04/2026"))
    at = le("17/04/2026 10:00")
    assert suspended.state.service == "suspended"
    after = suspended.when(credit(11_855), at).granted()
    # The penalties of the delay are not credited: the service waits for them too.
    (due,) = dues(after.state, at)
    assert (due.invoice_cents, after.state.service) == (0, "suspended")
    restored = after.when(a.SettleEverything(), at).granted()
    assert restored.state.service == "open"


def test_after_the_end_and_after_the_destruction_an_invoice_can_still_be_credited() -> None:
    ended = given_steps(
        *CONTRACT, (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")), until=le("01/06/2026")
    )
    assert ended.state.data == "destroyed"
    ended.when(credit(100, "F-2026-0001"), le("02/06/2026 10:00")).granted()
