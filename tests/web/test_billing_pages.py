"""What staff see and do at a month's end: each page says what is so, and keeps what was typed when it refuses."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from portal.services.context import Portal
from portal.services.overdue import Step
from portal.web import running
from portal.web.staff.arrears_states import ArrearsState
from portal.web.staff.bank_states import BankState
from portal.web.staff.credit_states import CreditsState
from portal.web.staff.month_states import FiguresState, MonthState
from portal.web.staff.tariff_states import TariffsState
from tests.clock import FixedClock
from tests.people import a_member_of_staff
from tests.services.clients import Client, live_until, paris
from tests.services.late_lives import a_late_client
from tests.web.events import Tab

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

NB = "\u00a0"


@pytest.fixture
async def tab(portal: Portal) -> AsyncIterator[Tab]:
    running.run_with(portal)
    yield Tab((await a_member_of_staff(portal)).cookie)
    running.run_with(None)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock, tab: Tab) -> Client:
    """Suspended since Monday 15 June 2026; her termination is open since the 16th."""
    return await a_late_client(portal, clock, date(2026, 6, 16))


async def test_the_month_says_what_waits_the_worst_first(tab: Tab, client: Client) -> None:
    await tab.send(MonthState.load)
    month = tab.state(MonthState)
    assert [(one.what, one.tone, one.href) for one in month.todo][:1] == [
        (f"1{NB}résiliation à décider", "late", "/gestion/impayes#clients")
    ]
    assert month.sentence.startswith(f"Juin{NB}2026")
    assert [one.label for one in month.calendar] == ["Émission du mois suivant", "Prélèvement", "Échéance"]
    assert month.calendar[0].why.clause == "10.3"
    assert (month.period["first_day"], month.period["last_day"]) == ("2026-05-01", "2026-05-31")


async def test_the_figures_are_drawn_with_what_they_show(tab: Tab, client: Client) -> None:
    await tab.send(FiguresState.load)
    shown = tab.state(FiguresState)
    assert [one.value for one in shown.headline][:2] == [f"245,00{NB}€", "1"]
    assert len(shown.issued) == 12
    assert [one.month for one in shown.issued if one.value] == [f"mai{NB}2026"]
    [may] = shown.due
    assert may.label == "mai 2026"
    assert 0 < may.done < 100
    assert may.done + may.rest == pytest.approx(100, abs=0.02)
    assert "restent à encaisser" in shown.due_says


async def test_a_late_client_is_shown_with_the_next_step_and_its_reason(tab: Tab, client: Client) -> None:
    await tab.send(ArrearsState.load)
    shown = tab.state(ArrearsState)
    [late] = shown.rows
    assert (late.unpaid_why.result, late.owed_why.result) == (late.unpaid, late.owed)
    named = [one.text.replace(", ", f", {one.value}, ", 1) for one in late.unpaid_why.steps]
    assert named == late.invoices
    assert (late.name, late.step, late.may_terminate) == (
        "Atelier Nord",
        "À vous de décider",
        True,
    )
    assert late.why.clause == "16"
    assert late.age == f"16{NB}jours"
    assert [one.value for one in shown.ages] == ["", "decide", "16-30"]
    await tab.send(ArrearsState.narrow, "decide")
    assert [one.name for one in shown.rows] == ["Atelier Nord"]
    await tab.send(ArrearsState.narrow, "60+")
    assert (shown.rows, shown.count) == ([], "Aucun client")


async def test_a_contract_is_ended_by_three_gestures(tab: Tab, client: Client) -> None:
    await tab.send(ArrearsState.load)
    await tab.send(ArrearsState.draw, client.contract_id)
    shown = tab.state(ArrearsState)
    [letter] = shown.letters
    assert (letter.is_posted, letter.href) == (False, f"/gestion/lettres/{letter.letter_id}.pdf")

    await tab.send(ArrearsState.ask, {"letter": letter.letter_id, "tracking": "12"})
    assert "numéro de suivi" in shown.tracking_errors[letter.letter_id]
    assert not shown.confirming
    await tab.send(ArrearsState.ask, {"letter": letter.letter_id, "tracking": "1A 234 567 8901 2"})
    assert shown.confirming
    assert "prend fin ce mardi" in shown.effect
    await tab.send(ArrearsState.keep)
    assert not shown.confirming
    await tab.send(ArrearsState.ask, {"letter": letter.letter_id, "tracking": "1A 234 567 8901 2"})
    await tab.send(ArrearsState.terminate)
    [posted] = shown.letters
    assert (posted.is_posted, posted.state) == (True, "postée")
    assert [one.step for one in shown.rows] in ([], ["Contrat terminé"])
    assert "/404" in await tab.send(ArrearsState.ask, {"letter": "another", "tracking": "1A2345678901"})


async def test_every_step_has_its_words(engine: str) -> None:
    from portal.web.staff.arrears_views import _TONES

    assert set(_TONES) == set(Step)


async def test_a_credit_note_is_proposed_and_another_must_decide(tab: Tab, client: Client) -> None:
    await tab.send(CreditsState.load)
    shown = tab.state(CreditsState)
    await tab.send(
        CreditsState.propose, {"invoice": "F-2026-0001", "amount": "dix", "label": "", "reason": "x"}
    )
    assert set(shown.errors) == {"amount", "label"}
    form = {"invoice": "F-2026-0001", "amount": "10", "label": "Geste", "reason": "Panne"}
    await tab.send(CreditsState.propose, {**form, "invoice": "F-1"})
    assert ("Aucune facture ne porte" in shown.errors[""], shown.whys) == (True, {})
    await tab.send(CreditsState.propose, {**form, "amount": "5000"})
    # What the invoice still bears is in the refusal, and why beside it.
    why = shown.whys[shown.errors[""]]
    assert (why.clause, why.result in shown.errors[""]) == ("10.3", True)
    # Another event, refused or not, leaves the words on the page and their reason beside them.
    await tab.send(CreditsState.accept, "nothing")
    assert shown.whys[shown.errors[""]] == why
    await tab.send(CreditsState.propose, {**form, "invoice": "F-1"})
    assert shown.errors[""] not in shown.whys
    await tab.send(CreditsState.propose, form)
    [waiting] = shown.waiting
    assert (waiting.is_own, waiting.amount, shown.errors) == (True, f"10,00{NB}€ HT", {})

    await tab.send(CreditsState.accept, waiting.proposal_id)
    assert "une autre personne de l’équipe le décide" in shown.problem
    await tab.send(CreditsState.decline, waiting.proposal_id)
    assert (shown.waiting, [one.state for one in shown.decided]) == ([], ["écarté"])
    assert "/404" in await tab.send(CreditsState.accept, "nothing")


async def test_a_grid_is_refused_with_what_was_typed_and_published_once_right(
    tab: Tab, client: Client
) -> None:
    await tab.send(TariffsState.load)
    shown = tab.state(TariffsState)
    assert shown.typed["user_month"] == "49,00"
    assert shown.options == 3
    await tab.send(TariffsState.add_option)
    assert shown.options == 4
    wrong = {**shown.typed, "applies_from": "2026-06-16", "user_month": ""}
    await tab.send(TariffsState.publish, wrong)
    assert set(shown.errors) == {"user_month"}
    await tab.send(TariffsState.publish, {**wrong, "user_month": "55"})
    assert "au plus tôt demain" in shown.errors[""]
    await tab.send(TariffsState.publish, {**wrong, "user_month": "55", "applies_from": "2026-07-01"})
    assert (shown.said, shown.errors) == ("La grille est publiée.", {})
    first, second = shown.grids
    assert (first.state, first.price, first.may_be_withdrawn) == ("à venir", f"55,00{NB}€", True)
    assert (second.state, second.when) == ("en vigueur", f"Dès l’origine au 30{NB}juin{NB}2026")
    await tab.send(TariffsState.withdraw, first.grid_id)
    assert len(shown.grids) == 1
    assert "/404" in await tab.send(TariffsState.withdraw, "nothing")


async def test_a_rate_that_lacks_is_said_and_entered(
    portal: Portal, clock: FixedClock, client: Client, tab: Tab
) -> None:
    await live_until(portal, clock, client, paris(date(2026, 7, 1), 12))
    await tab.send(TariffsState.load)
    shown = tab.state(TariffsState)
    assert "second semestre 2026" in shown.missing
    assert shown.half_years[0].value == "2026-2"
    await tab.send(TariffsState.enter_rate, {"half_year": "2026-2", "rate": "2,7", "source": ""})
    assert set(shown.rate_errors) == {"source"}
    await tab.send(TariffsState.enter_rate, {"half_year": "2026-2", "rate": "2,7", "source": "Arrêté"})
    assert (shown.missing, shown.rates[0].rate, shown.rates[0].penalties) == ("", f"2,7{NB}%", f"12,7{NB}%")
    await tab.send(TariffsState.enter_rate, {"half_year": "2026-2", "rate": "2,8", "source": "Arrêté"})
    assert "déjà enregistré" in shown.rate_errors[""]


async def test_a_vat_is_decided_only_for_whom_it_was_asked(tab: Tab, client: Client) -> None:
    await tab.send(TariffsState.load)
    shown = tab.state(TariffsState)
    assert shown.vats == []
    await tab.send(TariffsState.ask_vat, "nobody")
    await tab.send(TariffsState.decide_vat, {"rate": "0", "mention": "", "reason": "x"})
    assert set(shown.vat_errors) == {"mention"}
    assert "/404" in await tab.send(
        TariffsState.decide_vat, {"rate": "0", "mention": "article 294", "reason": "x"}
    )


async def test_what_is_no_line_of_the_bank_leads_to_the_page_that_is_not_there(
    tab: Tab, client: Client
) -> None:
    await tab.send(BankState.load)
    shown = tab.state(BankState)
    assert (shown.lines, shown.returns, shown.messages) == ([], [], [])
    assert "/404" in await tab.send(BankState.resolve, {"line_reason": "Un motif"})
    await tab.send(BankState.explain, "nothing")
    await tab.send(BankState.resolve, {"line_reason": ""})
    assert shown.line_errors[""] != ""
    assert "/404" in await tab.send(BankState.resolve, {"line_reason": "Un motif"})
    await tab.send(BankState.present, {"again_on": "2026-07-01"})
    assert shown.again_errors == {"": "Cochez au moins un prélèvement à présenter de nouveau."}
