"""What a client does on `/espace/souscrire`, as her browser sends it."""

from collections.abc import AsyncIterator

import pytest

from portal.contract.state import Relationship
from portal.services.conditions import publish, publish_demonstration
from portal.services.context import Portal
from portal.services.dossiers import own_dossier
from portal.services.trials import accept_and_start
from portal.web import running
from portal.web.client.iban_words import LEFT, TYPED
from portal.web.client.subscribe_state import SubscribeState
from tests.clock import FixedClock
from tests.people import ORIGIN, Person, a_client
from tests.services.subscribing import IBAN, OTHER_IBAN, subscription
from tests.services.test_conditions import FROM, text
from tests.web.events import Tab
from tests.web.test_subscribe_view import plain

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ACCOUNT = {"holder": "Atelier Nord", "iban": IBAN, "bic": ""}


@pytest.fixture
async def anne(portal: Portal, clock: FixedClock) -> AsyncIterator[Person]:
    """Someone with an account, and no trial."""
    await publish_demonstration(portal)
    running.run_with(portal)
    yield await a_client(portal)
    running.run_with(None)


@pytest.fixture
async def subscriber(portal: Portal, anne: Person) -> Person:
    await accept_and_start(portal, anne.viewer, "2026-01", ORIGIN)
    return anne


async def a_tab(person: Person) -> Tab:
    tab = Tab(person.cookie)
    await tab.send(SubscribeState.load)
    return tab


async def test_without_a_trial_the_terms_are_accepted_in_two_gestures(portal: Portal, anne: Person) -> None:
    tab = await a_tab(anne)
    state = tab.state(SubscribeState)
    assert (state.view.must_accept, state.view.is_open) == (True, False)

    # Confirming is nothing without having ticked; neither is an unticked box.
    await tab.send(SubscribeState.confirm)
    assert "accepted" in await tab.send(SubscribeState.tick, {})
    assert (state.errors["accepted"], state.ticked) == (
        "Cochez cette case pour accepter les conditions.",
        False,
    )
    await tab.send(SubscribeState.tick, {"accepted": "on"})
    await tab.send(SubscribeState.untick)
    await tab.send(SubscribeState.confirm)
    assert (await own_dossier(portal, anne.viewer)).contract.state.acceptance is None

    await tab.send(SubscribeState.tick, {"accepted": "on"})
    await tab.send(SubscribeState.confirm)

    contract = (await own_dossier(portal, anne.viewer)).contract.state
    assert contract.acceptance is not None
    assert contract.relationship is Relationship.PROSPECT
    assert (state.view.must_accept, state.view.is_open, state.ticked) == (False, True, False)


async def test_terms_replaced_since_the_trial_began_are_accepted_again_before_anything_is_signed(
    portal: Portal, clock: FixedClock, subscriber: Person
) -> None:
    await publish(portal, text(), version="2026-04", applies_from=FROM)
    clock.move_to(FROM)
    tab = await a_tab(subscriber)
    state = tab.state(SubscribeState)
    shown = state.view
    assert (shown.must_accept, shown.is_open, shown.later) == (True, False, [])
    assert (shown.accepted, shown.terms) == ("2026-01", "2026-04")
    assert (shown.next_step.title, shown.next_step.href) == (
        "Accepter la nouvelle version des conditions générales",
        "#acceptation",
    )

    await tab.send(SubscribeState.tick, {"accepted": "on"})
    await tab.send(SubscribeState.confirm)
    assert (state.view.must_accept, state.view.is_open, state.view.accepted) == (False, True, "2026-04")


async def test_the_price_follows_the_number_of_users_while_it_is_typed(subscriber: Person) -> None:
    tab = await a_tab(subscriber)
    state = tab.state(SubscribeState)

    def shown() -> list[str]:
        return [plain(f"{one.label} {one.value}") for one in state.prices[1:]]

    await tab.send(SubscribeState.price, "users", "12")
    assert shown() == ["12 utilisateurs, par mois 588,00 € HT", "12 utilisateurs, par an 7 056,00 € HT"]
    # Never below the minimum; what is no number changes nothing.
    await tab.send(SubscribeState.price, "users", "2")
    minimum = ["5 utilisateurs, par mois 245,00 € HT", "5 utilisateurs, par an 2 940,00 € HT"]
    assert shown() == minimum
    for typed in ("", "douze", "-3", "9" * 40, "١٢"):
        await tab.send(SubscribeState.price, "users", typed)
        assert shown() == minimum


async def test_the_price_counts_the_options_while_they_are_typed(subscriber: Person) -> None:
    tab = await a_tab(subscriber)
    state = tab.state(SubscribeState)

    def shown() -> dict[str, str]:
        return {one.label: plain(one.value) for one in state.prices[3:]}

    assert shown() == {}
    await tab.send(SubscribeState.price, "option_training", "2")
    await tab.send(SubscribeState.price, "option_storage", "3")
    wished = {
        "Avec les options, par mois": "290,00 € HT",
        "Avec les options, par an": "3 480,00 € HT",
        "Options, une fois": "580,00 € HT",
    }
    assert shown() == wished
    assert [one.why.clause for one in state.prices[3:]] == ["10.1", "10.1", "5.2"]
    for field, typed in (("option_training", "100"), ("option_training", "deux"), ("option_gold", "1")):
        await tab.send(SubscribeState.price, field, typed)
        assert shown() == wished
    await tab.send(SubscribeState.price, "users", "10")
    assert shown()["Avec les options, par mois"] == "535,00 € HT"
    await tab.send(SubscribeState.price, "option_storage", "")
    assert shown() == {"Options, une fois": "580,00 € HT"}


async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    portal: Portal, subscriber: Person
) -> None:
    tab = await a_tab(subscriber)
    state = tab.state(SubscribeState)
    typed = subscription(users="3", vat_number="FR00123456789", signatory_capacity="", option_training="cent")

    focused = await tab.send(SubscribeState.save_subscription, typed)

    assert set(state.errors) == {"users", "vat_number", "signatory_capacity", "option_training"}
    assert "5\u00a0utilisateurs au moins" in state.errors["users"]
    assert "FR44732829320" in state.errors["vat_number"]
    assert (state.typed["users"], state.typed["signatory_name"]) == ("3", "Élodie Marchand")
    assert any(name in focused for name in state.errors)
    assert (await own_dossier(portal, subscriber.viewer)).facts is None

    await tab.send(SubscribeState.save_subscription, {**typed, **subscription(option_training="1")})
    assert (state.errors, state.said, state.view.step) == ({}, "L’étape 1 est gardée.", 2)


async def test_an_iban_is_judged_while_it_is_typed_and_never_shown_again(
    portal: Portal, subscriber: Person
) -> None:
    tab = await a_tab(subscriber)
    state = tab.state(SubscribeState)
    await tab.send(SubscribeState.save_subscription, subscription())

    async def said(iban: str, moment: str = TYPED) -> tuple[str, str]:
        await tab.send(SubscribeState.check_iban, moment, iban)
        return state.iban.tone, plain(state.iban.words)

    assert await said(IBAN[:12]) == ("soft", "")
    assert await said(IBAN[:19]) == ("soft", "Encore 11 caractères.")
    tone, _ = await said("30006000011234567")
    assert tone == "wrong", "no letter of a country: it can no longer become right"
    assert await said("", LEFT) == ("soft", "")
    tone, words = await said(IBAN[:12], LEFT)
    assert (tone, "il en manque 17" in words) == ("wrong", True)
    tone, words = await said(IBAN[:-1] + "8")
    assert (tone, "clé" in words) == ("wrong", True)
    tone, words = await said(IBAN)
    assert (tone, "CREDIT AGRICOLE" in words) == ("right", True)

    await tab.send(SubscribeState.save_account, {**ACCOUNT, "iban": "FR76 1234"})
    assert set(state.errors) == {"iban"}
    await tab.send(SubscribeState.save_account, ACCOUNT)
    assert (state.view.step, state.said) == (3, "L’étape 2 est gardée.")
    assert plain(state.view.account[1].value) == "FR76 •••• •••• 0189"
    assert (state.typed["iban"], "30006000" in str(state.dict()).replace(" ", "")) == ("", False)


async def test_a_done_step_opens_again_and_closes_without_a_change(
    portal: Portal, subscriber: Person
) -> None:
    tab = await a_tab(subscriber)
    state = tab.state(SubscribeState)
    await tab.send(SubscribeState.save_subscription, subscription())
    await tab.send(SubscribeState.save_account, ACCOUNT)
    await tab.send(SubscribeState.edit, 2)
    assert (state.editing, state.typed["holder"]) == (2, "Atelier Nord")
    assert state.typed["bic"] == ""
    await tab.send(SubscribeState.save_account, {**ACCOUNT, "iban": OTHER_IBAN})
    assert (state.editing, plain(state.view.account[1].value)) == (0, "FR14 •••• •••• 2606")
    for step in (0, 3, -1, 99):
        await tab.send(SubscribeState.edit, step)
        assert state.editing == 0


async def test_what_is_typed_in_a_step_stays_while_another_is_opened_closed_or_kept(
    subscriber: Person,
) -> None:
    """A form is drawn anew, and loses what is typed in it, only when its key changes."""
    tab = await a_tab(subscriber)
    state = tab.state(SubscribeState)
    await tab.send(SubscribeState.save_subscription, subscription(legal_name="Atelier du Nord"))
    assert state.typed["holder"] == "Atelier du Nord"

    await tab.send(SubscribeState.save_account, {**ACCOUNT, "holder": "Nord Holding", "iban": "FR76 1234"})
    half_typed, wrong = state.form_key, state.errors
    assert set(wrong) == {"iban"}
    await tab.send(SubscribeState.edit, 1)
    await tab.send(SubscribeState.save_subscription, subscription(users="3"))
    assert set(state.errors) == {"iban", "users"}
    company = state.company_key
    await tab.send(SubscribeState.save_account, {**ACCOUNT, "holder": "Nord Holding", "iban": "FR76 1234"})
    assert (state.company_key, state.typed["users"], set(state.errors)) == (company, "3", {"iban", "users"})
    await tab.send(SubscribeState.edit, 0)
    await tab.send(SubscribeState.edit, 1)
    await tab.send(SubscribeState.save_subscription, subscription(users="9"))
    assert (state.form_key, state.typed["holder"], state.errors) == (half_typed, "Nord Holding", wrong)
    assert state.company_key > company


async def test_the_page_promises_to_keep_what_it_keeps(subscriber: Person) -> None:
    tab = await a_tab(subscriber)
    assert "chaque étape gardée" in tab.state(SubscribeState).view.lead


def kept_users(state: SubscribeState) -> str:
    return next(one.value for one in state.view.facts if one.label == "Utilisateurs")


async def test_two_tabs_show_the_same_dossier_and_keep_what_is_being_typed(
    portal: Portal, subscriber: Person
) -> None:
    first, second = await a_tab(subscriber), await a_tab(subscriber)
    await first.send(SubscribeState.save_subscription, subscription(users="9"))
    await second.send(SubscribeState.refresh)
    shown = second.state(SubscribeState)
    assert (shown.view.step, kept_users(shown)) == (2, "9")
    # The step that the second tab was typing is judged as it comes: the last one kept is the one.
    await second.send(SubscribeState.save_subscription, subscription(users="6"))
    await first.send(SubscribeState.refresh)
    assert kept_users(first.state(SubscribeState)) == "6"
    facts = (await own_dossier(portal, subscriber.viewer)).facts
    assert facts is not None
    assert facts.users == 6


@pytest.mark.parametrize("form", [None, [], "x", 7, {"users": {"$gt": 0}}, {"users": ["5"]}])
async def test_what_no_form_sends_is_answered_at_the_fields(
    portal: Portal, subscriber: Person, form: object
) -> None:
    tab = await a_tab(subscriber)
    await tab.send(SubscribeState.save_subscription, form)
    assert tab.state(SubscribeState).errors
    await tab.send(SubscribeState.save_account, form)
    assert tab.state(SubscribeState).errors
    assert (await own_dossier(portal, subscriber.viewer)).facts is None
