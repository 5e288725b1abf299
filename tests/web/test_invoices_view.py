"""What `/espace/factures` and `/espace/facture` say at each standing of an account (CGV art. 10)."""

from collections.abc import Iterator
from datetime import date

import pytest

from portal.contract import acts as a
from portal.services.context import NotFound, Portal
from portal.services.ledgers import names_of, own_document, own_ledger
from portal.services.seats import remove_user
from portal.web import running
from portal.web.client.invoice_view import InvoiceView, invoice_view
from portal.web.client.invoices_state import InvoicesState, InvoiceState
from portal.web.client.invoices_view import InvoicesView, invoices_view
from portal.web.client.sheet_view import people_of
from portal.web.components.shapes import Figure
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_trial, act, live_until, paris
from tests.services.paying_lives import in_force, paid_until, register
from tests.web.events import a_tab

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


async def shown(portal: Portal, client: Client) -> InvoicesView:
    ledger = await own_ledger(portal, client.viewer)
    return invoices_view(ledger, await names_of(portal, client.viewer, people_of(ledger.to_come[:1])))


async def opened(portal: Portal, client: Client, number: str) -> InvoiceView:
    return invoice_view(await own_document(portal, client.viewer, number))


def plain(text: str) -> str:
    """With ordinary spaces, as a person types it."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def told(lines: list[Figure]) -> list[tuple[str, str]]:
    return [(plain(one.label), plain(one.value)) for one in lines]


async def test_a_trial_has_no_invoice_and_the_page_says_how_the_first_comes(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 3, 3), 10))
    view = await shown(portal, client)
    assert view.is_empty
    assert view.empty_href == "/espace/souscrire"
    assert plain(view.lead) == "L’essai ne coûte rien : il n’y a pas de facture."
    assert (view.rows, view.to_pay, view.year.bars, view.is_late) == ([], [], [], False)


async def test_the_worked_case_of_late_payment_to_the_cent(portal: Portal, clock: FixedClock) -> None:
    """Rules, section 8: due 30/04, mail Monday 04/05, suspension Wednesday 20/05 18:00; 514,52 on 20/05."""
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 20), 9))
    view = await shown(portal, client)
    late = view.arrears
    assert view.is_late
    assert plain(view.headline) == "514,52 € à régler avant le mercredi 20 mai 2026 à 18 h 00"
    assert "échue le jeudi 30 avril 2026" in plain(view.lead)
    [block] = late.blocks
    assert told(block.lines) == [
        ("Reste dû de la facture, TTC", "470,40 €"),
        ("Pénalités de retard, sans TVA", "4,12 €"),
        ("Indemnité de recouvrement, sans TVA", "40,00 €"),
    ]
    assert [plain(one.why.result) for one in block.lines] == ["470,40 €", "4,12 €", "40,00 €"]
    assert told(late.dates) == [
        ("E-mail sur F-2026-0002", "lundi 4 mai 2026 à 9 h 00"),
        ("Suspension du service", "mercredi 20 mai 2026 à 18 h 00"),
        ("Résiliation possible à partir du", "jeudi 21 mai 2026"),
    ]
    assert [one.why.clause for one in late.dates] == ["10.3", "10.3", "16"]
    # The invoice issued this morning falls due on 31/05: the sum is good until the eve.
    assert plain(late.holds.value) == "samedi 30 mai 2026 inclus"
    assert plain(late.sum_why.result) == "514,52 €"
    assert ("Montant", "514,52 €") in told(late.transfer)
    # What a transfer is recognised by.
    assert told(late.transfer)[-1] == ("Référence à indiquer", "F-2026-0002")
    assert [plain(one.title) for one in view.to_pay] == ["F-2026-0003 · juin 2026"]


async def test_suspended_the_page_says_that_payment_restores_at_once(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 22), 9))
    view = await shown(portal, client)
    assert plain(view.headline) == "514,52 € à régler pour rétablir le service"
    assert "suspendu depuis le mercredi 20 mai 2026 à 18 h 00" in plain(view.lead)
    assert "Il se rétablit dès que ce règlement est enregistré" in plain(view.lead)
    assert ("Service suspendu", "mercredi 20 mai 2026 à 18 h 00") in told(view.arrears.dates)
    assert view.arrears.until_iso == ""
    await act(portal, client, a.SettleEverything())
    restored = await shown(portal, client)
    assert (restored.is_late, restored.headline) == (False, "Vos factures")


async def test_before_the_mail_its_day_and_the_suspension_that_follows_are_told(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 2), 9))
    view = await shown(portal, client)
    assert plain(view.headline) == "514,52 € à régler"
    assert told(view.arrears.dates) == [
        ("Nous vous l’écrivons par e-mail", "lundi 4 mai 2026 à 9 h 00"),
        ("Puis suspension du service", "mercredi 20 mai 2026 à 18 h 00"),
    ]
    # June's invoice is not issued yet; it will fall due on 31/05 and add to the sum.
    assert plain(view.arrears.holds.value) == "samedi 30 mai 2026 inclus"


async def test_a_held_suspension_is_said_to_be_held(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 4), 10))
    await act(portal, client, a.ReportDefaultMail(month="2026-05", sent=False))
    view = await shown(portal, client)
    assert ("Suspension du service", "retenue") in told(view.arrears.dates)


async def test_what_a_delay_cost_stays_due_once_the_invoice_is_paid(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 10), 10))
    await act(portal, client, a.Settle(month="2026-05"))
    view = await shown(portal, client)
    assert plain(view.headline) == "44,12 € à régler"
    assert plain(view.lead).startswith("Vos factures sont réglées ; restent les pénalités")
    assert [label for label, _ in told(view.arrears.blocks[0].lines)] == [
        "Pénalités de retard, sans TVA",
        "Indemnité de recouvrement, sans TVA",
    ]


async def test_what_was_paid_for_a_delay_is_explained_part_by_part(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 10), 10))
    await act(portal, client, a.SettleEverything())
    paid = (await opened(portal, client, "F-2026-0002")).history[0]
    assert plain(paid.value) == "514,52 €"
    assert plain(paid.note) == "le dimanche 10 mai 2026, dont 4,12 € de pénalités et 40,00 € d’indemnité"
    assert [plain(also.result) for also in paid.why.also] == ["470,40 €", "4,12 €", "40,00 €", "514,52 €"]


async def test_a_missing_legal_rate_is_told_and_what_is_known_is_summed(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 7, 2), 10))
    view = await shown(portal, client)
    late = view.arrears
    assert view.is_late
    assert (late.sum, late.blocks, view.to_pay) == ("", [], [])
    assert "second semestre 2026" in plain(late.missing)
    assert "1 531,20 € sont dus" in plain(late.missing)  # three invoices of 470,40 and three indemnities


async def test_an_ordinary_month_says_what_is_collected_and_what_comes_next(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 4, 22), 10))
    view = await shown(portal, client)
    assert plain(view.lead) == "Rien n’est en retard. 470,40 € seront prélevés le jeudi 30 avril 2026."
    assert (view.is_late, view.is_empty) == (False, False)
    [due] = view.to_pay
    assert told(due.figures) == [
        ("Reste à payer, TTC", "470,40 €"),
        ("À payer au plus tard", "jeudi 30 avril 2026"),
        ("Prélèvement", "jeudi 30 avril 2026"),
    ]
    assert [one.why.clause for one in due.figures] == ["10.3", "10.3", "10.2"]
    assert plain(view.next_sheet.title) == "Facture de juin 2026"
    assert told(view.next_sheet.dates) == [
        ("Émission", "mercredi 20 mai 2026 à 6 h 00"),
        ("À payer au plus tard", "dimanche 31 mai 2026"),
        ("Prélèvement", "vendredi 29 mai 2026"),
    ]
    assert [told(view.transfer)[0], told(view.transfer)[-1]] == [
        ("Montant", "470,40 €"),
        ("Référence à indiquer", "F-2026-0002"),
    ]
    assert [plain(one.value) for one in view.after] == ["470,40 € TTC", "470,40 € TTC"]
    assert [row.number for row in view.rows] == ["F-2026-0002", "F-2026-0001"]
    assert [(row.standing, row.tone) for row in view.rows] == [("À prélever", "quiet"), ("Réglée", "done")]


async def test_the_next_invoice_follows_the_users_of_today(portal: Portal, clock: FixedClock) -> None:
    """Rules, section 7: a user added on 12/05 to 5 costs June and May."""
    client = await in_force(portal, clock, more=())
    await paid_until(portal, clock, client, "2026-05")
    await live_until(portal, clock, client, paris(date(2026, 5, 12), 10))
    await register(portal, client, "Zoé Martin")
    sheet = (await shown(portal, client)).next_sheet
    assert [plain(line.net) for line in sheet.lines] == ["294,00 €", "49,00 €"]
    assert plain(sheet.totals[0].value) == "343,00 €"
    assert [(plain(one.text), plain(one.value)) for one in sheet.lines[1].why.persons][-1] == (
        "Zoé Martin",
        "depuis le 12 mai 2026",
    )


async def test_every_line_of_an_invoice_is_explained_down_to_persons(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock, more=())
    await live_until(portal, clock, client, paris(date(2026, 4, 22), 10))
    view = await opened(portal, client, "F-2026-0002")
    assert plain(view.kind) == "Facture de mai 2026"
    [line] = view.sheet.lines
    assert (line.quantity, plain(line.unit), plain(line.net)) == ("5", "49,00 €", "245,00 €")
    assert (line.why.clause, plain(line.why.result)) == ("10.1", "245,00 €")
    assert [plain(one.text) for one in line.why.persons] == [
        "Anne Leroy",
        "Hugo Petit",
        "Salima Benali",
        "Marc Thomas",
        "Ines Roche",
    ]
    assert {plain(one.value) for one in line.why.persons} == {"depuis le 4 mars 2026"}
    assert told(view.sheet.totals) == [("Total hors taxes", "245,00 €"), ("TVA à 20 %", "49,00 €")]
    assert plain(view.sheet.gross.why.result) == "294,00 €"
    assert plain(view.left.value) == "294,00 €"
    await live_until(portal, clock, client, paris(date(2026, 4, 30), 10))
    await act(portal, client, a.Settle(month="2026-05"))
    paid = await opened(portal, client, "F-2026-0002")
    assert told(paid.history) == [("Règlement reçu", "294,00 €")]
    assert paid.left.value == ""


async def test_a_person_removed_within_a_month_is_shown_with_her_days(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock, more=())
    await paid_until(portal, clock, client, "2026-05")
    clock.move_to(paris(date(2026, 5, 4), 10))
    await register(portal, client, "Zoé Martin")
    ledger = await own_ledger(portal, client.viewer)
    zoe = ledger.state.users[-1]
    clock.move_to(paris(date(2026, 5, 11), 10))
    await remove_user(portal, client.viewer, zoe, ORIGIN)
    sheet = (await shown(portal, client)).next_sheet
    assert plain(sheet.lines[1].why.persons[-1].value) == "du 4 mai 2026 au 11 mai 2026"


async def test_a_bank_s_return_is_told_on_its_invoice(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 4, 30), 10))
    await act(portal, client, a.Settle(month="2026-05"))
    clock.move_to(paris(date(2026, 5, 13), 10))
    await act(portal, client, a.ReturnPayment(month="2026-05", kind="refund"))
    view = await opened(portal, client, "F-2026-0002")
    assert told(view.history) == [
        ("Règlement reçu", "470,40 €"),
        ("Prélèvement repris par la banque", "−470,40 €"),
    ]
    assert (view.is_late, view.standing) == (True, "Impayée")


async def test_what_the_bank_took_back_is_in_arrears_from_that_day(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 4, 30), 10))
    await act(portal, client, a.Settle(month="2026-05"))
    clock.move_to(paris(date(2026, 5, 13), 10))
    await act(portal, client, a.ReturnPayment(month="2026-05", kind="refund"))
    view = await shown(portal, client)
    assert view.is_late
    assert plain(view.headline) == "470,40 € à régler avant le vendredi 29 mai 2026 à 18 h 00"
    assert "reprise par la banque le mercredi 13 mai 2026" in plain(view.lead)
    assert view.to_pay == []


async def test_another_company_s_number_is_not_there(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    names = {"siren": "552100554", "email": "paul.aubry@autre.example", "legal_name": "Autre"}
    other = await a_trial(portal, clock, paris(date(2026, 4, 2), 10), **names)
    for number in ("F-2026-0001", "F-2026-9999", ""):
        with pytest.raises(NotFound):
            await own_document(portal, other.viewer, number)
    assert (await opened(portal, client, "F-2026-0001")).number == "F-2026-0001"


async def test_names_are_those_of_one_s_own_company(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    names = {"siren": "552100554", "email": "paul.aubry@autre.example", "legal_name": "Autre"}
    other = await a_trial(portal, clock, paris(date(2026, 4, 2), 10), **names)
    people = (client.viewer.person_id, other.viewer.person_id)
    assert await names_of(portal, other.viewer, people) == {other.viewer.person_id: "Anne Leroy"}


# --- the year --------------------------------------------------------------------------------------


async def test_the_year_shows_twelve_months_each_by_its_standing(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 6), 10))
    year = (await shown(portal, client)).year
    assert plain(year.title) == "D’avril 2026 à mars 2027"
    assert len(year.bars) == 12
    assert [bar.tone for bar in year.bars] == ["settled", "late", *["foreseen"] * 3, *["none"] * 7]
    assert [bar.height for bar in year.bars][:6] == [100, 100, 100, 100, 100, 0]
    assert plain(year.says) == (
        "940,80 € TTC facturés pour 2 mois : 470,40 € sont réglés, 470,40 € restent à payer. En retard : mai 2026. "
        "Les 3 mois suivants sont prévus à 470,40 € chacun, si rien ne change."
    )
    (invoiced,) = year.why.also
    assert [plain(step.value) for step in invoiced.steps] == ["470,40 €", "470,40 €"]
    assert plain(invoiced.result) == "940,80 €"
    assert year.bars[1].href == "/espace/facture?numero=F-2026-0002"
    assert year.bars[2].href == ""


# --- the events ------------------------------------------------------------------------------------


@pytest.fixture
def _running(portal: Portal) -> Iterator[None]:
    running.run_with(portal)
    yield
    running.run_with(None)


@pytest.mark.usefixtures("_running")
async def test_the_page_of_a_document_is_its_owner_s(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    names = {"siren": "552100554", "email": "paul.aubry@autre.example", "legal_name": "Autre"}
    other = await a_trial(portal, clock, paris(date(2026, 4, 2), 10), **names)
    at = "/espace/facture?numero=F-2026-0001"

    hers = await a_tab(portal, client)
    await hers.send(InvoiceState.load, at=at)
    assert hers.state(InvoiceState).view.number == "F-2026-0001"
    await hers.send(InvoicesState.load)
    assert [row.number for row in hers.state(InvoicesState).view.rows] == ["F-2026-0001"]

    theirs = await a_tab(portal, other)
    for asked in (at, "/espace/facture?numero=F-2026-9999", "/espace/facture", f"{at}{'9' * 300}"):
        assert '"/404"' in await theirs.send(InvoiceState.load, at=asked)
        assert not theirs.state(InvoiceState).loaded
        assert theirs.state(InvoiceState).view.number == ""
