"""Services on quotation: asked for, answered by staff, accepted or declined until the end of the last day."""

import asyncio
from collections.abc import Mapping
from datetime import date

import pytest
import sqlalchemy as sa

from portal.contract.refusal import Refusal
from portal.records.tables import journal
from portal.services import options, quotes
from portal.services.context import NotFound, Portal, Viewer
from portal.services.effects import EffectChanged
from portal.services.forms import FormProblems
from portal.services.quote_forms import AnswerForm, read_answer, read_quote
from portal.services.quotes import MOST_OPEN, Quote, Standing
from portal.services.reading import own_contract
from portal.services.typed_figures import amount_in
from tests.clock import FixedClock
from tests.people import templates_sent_to
from tests.services.clients import ORIGIN, Client, a_client, live_until, paris
from tests.services.contracts import a_contract
from tests.services.dossier_lives import a_colleague

NEED = {"service": "training", "need": "Une journée pour nos trois commerciaux."}
OFFERED = AnswerForm(
    answer="Une journée à Dunkerque.",
    label="Formation sur mesure, une journée",
    price_cents=120_000,
    valid_until=date(2026, 4, 17),
)


async def a_quote(
    portal: Portal, clock: FixedClock, answered: AnswerForm | None = OFFERED
) -> tuple[Client, Viewer, Quote]:
    client, _ = await a_contract(portal, clock)
    nina = await a_colleague(portal)
    clock.move_to(paris(date(2026, 3, 18), 10))
    await quotes.ask(portal, client.viewer, read_quote(NEED), ORIGIN)
    if answered is not None:
        await quotes.answer(portal, nina, (await the(portal, client)).id, answered, ORIGIN)
    return client, nina, await the(portal, client)


async def the(portal: Portal, client: Client) -> Quote:
    (found,) = await quotes.own_quotes(portal, client.viewer)
    return found


async def accept(portal: Portal, client: Client, quote: Quote) -> None:
    effect = await quotes.effect_of(portal, client.viewer, quote.id)
    await quotes.accept(portal, client.viewer, quote.id, effect.shown, ORIGIN)


# --- asked and answered ----------------------------------------------------------------------------------


async def test_asked_staff_are_written_to_and_asked_again_it_is_one(
    portal: Portal, clock: FixedClock
) -> None:
    client, nina, quote = await a_quote(portal, clock, None)
    await quotes.ask(portal, client.viewer, read_quote(NEED), ORIGIN)
    assert (await the(portal, client)) == quote
    assert (quote.standing, quote.need, quote.asked_by) == (Standing.ASKED, NEED["need"], "Anne Leroy")
    assert (await templates_sent_to(portal, nina.person_id))[-1:] == ["quote_asked"]
    (seen,) = await quotes.all_quotes(portal, nina)
    assert seen == quote


async def test_answered_once_the_client_is_written_to(portal: Portal, clock: FixedClock) -> None:
    client, nina, quote = await a_quote(portal, clock)
    assert (quote.standing, quote.price_cents, quote.valid_until) == (
        Standing.ANSWERED,
        120_000,
        date(2026, 4, 17),
    )
    assert (await templates_sent_to(portal, client.viewer.person_id))[-1] == "quote_answered"
    with pytest.raises(Refusal) as refused:
        await quotes.answer(portal, nina, quote.id, AnswerForm("Autre chose"), ORIGIN)
    assert refused.value.code == "quote_answered"
    assert (await the(portal, client)).answer == OFFERED.answer


async def test_answered_without_a_price_there_is_nothing_to_accept(portal: Portal, clock: FixedClock) -> None:
    client, _, quote = await a_quote(portal, clock, AnswerForm("Nous ne le proposons pas."))
    assert quote.standing is Standing.NOT_OFFERED
    for deed in (quotes.effect_of(portal, client.viewer, quote.id), decline(portal, client, quote)):
        with pytest.raises(Refusal) as refused:
            await deed
        assert refused.value.code == "quote_without_price"


async def decline(portal: Portal, client: Client, quote: Quote) -> None:
    await quotes.decline(portal, client.viewer, quote.id, ORIGIN)


async def test_many_requests_wait_for_their_answers(portal: Portal, clock: FixedClock) -> None:
    client, _ = await a_contract(portal, clock)
    for nth in range(MOST_OPEN):
        await quotes.ask(portal, client.viewer, read_quote({**NEED, "need": f"Besoin {nth}"}), ORIGIN)
    with pytest.raises(Refusal) as refused:
        await quotes.ask(portal, client.viewer, read_quote(NEED), ORIGIN)
    assert refused.value.code == "too_many_quotes"


async def test_before_the_service_is_open_nothing_is_asked_for(portal: Portal, clock: FixedClock) -> None:
    await a_contract(portal, clock)
    other = await a_client(portal, siren="552100554", email="paul@autre.example")
    with pytest.raises(Refusal) as refused:
        await quotes.ask(portal, other.viewer, read_quote(NEED), ORIGIN)
    assert refused.value.code == "service_not_open"


# --- accepted, declined, too late ------------------------------------------------------------------------


async def test_accepted_it_is_on_the_next_invoice_as_was_shown(portal: Portal, clock: FixedClock) -> None:
    client, _, quote = await a_quote(portal, clock)
    effect = await quotes.effect_of(portal, client.viewer, quote.id)
    await quotes.accept(portal, client.viewer, quote.id, effect.shown, ORIGIN)
    await quotes.accept(portal, client.viewer, quote.id, effect.shown, ORIGIN)
    assert (await the(portal, client)).standing is Standing.ACCEPTED
    await live_until(portal, clock, client, paris(date(2026, 3, 20), 7))
    april = (await own_contract(portal, client.viewer)).state.invoices[-1]
    assert april.net_cents == effect.preview.after.documents[0].net_cents == 11_855 + 120_000
    async with portal.database.reading() as connection:
        kinds = list(await connection.scalars(sa.select(journal.c.kind).order_by(journal.c.id)))
    assert kinds == ["quote_asked", "quote_answered", "quote_accepted"]


async def test_accepted_by_two_at_once_it_is_billed_once(portal: Portal, clock: FixedClock) -> None:
    client, _, quote = await a_quote(portal, clock)
    effect = await quotes.effect_of(portal, client.viewer, quote.id)
    await asyncio.gather(
        *(quotes.accept(portal, client.viewer, quote.id, effect.shown, ORIGIN) for _ in range(3))
    )
    assert len((await own_contract(portal, client.viewer)).state.orders) == 1


async def test_it_can_be_accepted_until_the_end_of_its_last_day(portal: Portal, clock: FixedClock) -> None:
    client, _, quote = await a_quote(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 4, 1), 9))
    clock.move_to(paris(date(2026, 4, 18), 0))
    assert (await the(portal, client)).standing is Standing.EXPIRED
    for deed in (quotes.accept(portal, client.viewer, quote.id, "", ORIGIN), decline(portal, client, quote)):
        with pytest.raises(Refusal) as refused:
            await deed
        assert refused.value.code == "quote_expired"
        assert "17\N{NO-BREAK SPACE}avril\N{NO-BREAK SPACE}2026" in refused.value.message


async def test_declined_it_is_over(portal: Portal, clock: FixedClock) -> None:
    client, _, quote = await a_quote(portal, clock)
    await decline(portal, client, quote)
    await decline(portal, client, quote)
    assert (await the(portal, client)).standing is Standing.DECLINED
    with pytest.raises(Refusal) as refused:
        await accept(portal, client, quote)
    assert refused.value.code == "quote_decided"


async def test_another_companys_quote_is_not_there(portal: Portal, clock: FixedClock) -> None:
    client, nina, quote = await a_quote(portal, clock)
    other = (await a_client(portal, siren="552100554", email="paul@autre.example")).viewer
    for deed in (
        quotes.effect_of(portal, other, quote.id),
        quotes.accept(portal, other, quote.id, "", ORIGIN),
        quotes.decline(portal, other, quote.id, ORIGIN),
        quotes.answer(portal, client.viewer, quote.id, OFFERED, ORIGIN),
        quotes.answer(portal, nina, "nobody's", OFFERED, ORIGIN),
        quotes.all_quotes(portal, client.viewer),
        quotes.own_quotes(portal, nina),
    ):
        with pytest.raises(NotFound):
            await deed
    assert await quotes.own_quotes(portal, other) == ()


# --- options of the grid ---------------------------------------------------------------------------------


async def test_an_option_ordered_twice_by_a_double_click_is_ordered_once(
    portal: Portal, clock: FixedClock
) -> None:
    client, _ = await a_contract(portal, clock)
    effect = await options.effect_of(portal, client.viewer, "storage", 2)
    await options.order(portal, client.viewer, "storage", 2, effect.shown, ORIGIN)
    with pytest.raises(EffectChanged):
        await options.order(portal, client.viewer, "storage", 2, effect.shown, ORIGIN)
    assert [one.quantity for one in (await own_contract(portal, client.viewer)).state.orders] == [2]
    await live_until(portal, clock, client, paris(date(2026, 3, 20), 7))
    april = (await own_contract(portal, client.viewer)).state.invoices[-1]
    assert april.net_cents == effect.preview.after.documents[0].net_cents


async def test_an_option_that_is_not_in_the_grid_is_refused(portal: Portal, clock: FixedClock) -> None:
    client, _ = await a_contract(portal, clock)
    for code, quantity, refusal in (("yacht", 1, "unknown_option"), ("start", 0, "quantity_invalid")):
        with pytest.raises(Refusal) as refused:
            await options.order(portal, client.viewer, code, quantity, "", ORIGIN)
        assert refused.value.code == refusal


# --- what is typed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1 200", 120_000),
        ("1\u202f234,56\u00a0€", 123_456),
        ("99.9", 9_990),
        ("0,01", 1),
        ("", None),
        ("mille", None),
        ("-5", None),
        ("1,234", None),
    ],
)
def test_an_amount_is_read_as_it_is_written(typed: str, expected: int | None) -> None:
    assert amount_in(typed) == expected


TODAY = date(2026, 3, 18)
RIGHT = {"answer": "Voici.", "label": "Formation", "price": "1 200,00", "valid_until": "2026-04-17"}


def test_a_whole_answer_is_read() -> None:
    assert read_answer(RIGHT, TODAY) == AnswerForm("Voici.", "Formation", 120_000, date(2026, 4, 17))
    assert read_answer({**RIGHT, "answer": "Non.", "not_offered": "on"}, TODAY) == AnswerForm("Non.")


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"answer": ""}, ["answer"]),
        ({"answer": "x" * 2_001}, ["answer"]),
        ({"label": ""}, ["label"]),
        ({"price": ""}, ["price"]),
        ({"price": "0"}, ["price"]),
        ({"valid_until": "2026-03-17"}, ["valid_until"]),
        ({"valid_until": "2027-06-01"}, ["valid_until"]),
        ({"valid_until": "demain", "price": "gratuit"}, ["price", "valid_until"]),
    ],
)
def test_what_is_wrong_in_an_answer_is_told_by_field(wrong: Mapping[str, str], fields: list[str]) -> None:
    with pytest.raises(FormProblems) as found:
        read_answer({**RIGHT, **wrong}, TODAY)
    assert list(found.value.errors) == fields


@pytest.mark.parametrize(("wrong", "field"), [({"service": "yacht"}, "service"), ({"need": " "}, "need")])
def test_what_is_wrong_in_a_request_is_told(wrong: Mapping[str, str], field: str) -> None:
    with pytest.raises(FormProblems) as found:
        read_quote({**NEED, **wrong})
    assert list(found.value.errors) == [field]
