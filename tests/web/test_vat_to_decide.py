"""CGV art. 10.1: where a client's place does not tell her VAT, neither the page nor the paper tells a wrong one."""

from datetime import date

import pytest

from portal.contract.acts import Piece
from portal.services.context import Portal
from portal.services.dossiers import own_dossier
from portal.services.papers import outdated_papers, paper
from portal.services.vat_deciding import decide_vat, read_vat
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, paris
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import a_subscribing_client
from tests.services.test_papers import words
from tests.services.test_vat_deciding import SAINT_MARTIN
from tests.web.test_subscribe_view import plain, shown

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
START = paris(date(2026, 3, 3), 10)


@pytest.mark.parametrize("postcode", ["97133", "97150", "97500", "98800"])
async def test_prices_are_excluding_tax_and_say_that_the_vat_is_still_to_come(
    portal: Portal, clock: FixedClock, postcode: str
) -> None:
    client = await a_subscribing_client(portal, clock, START, postcode=postcode, option_training="1")
    view = await shown(portal, client)
    assert [(plain(one.value), one.note) for one in view.prices] == [
        ("49,00 € HT", "TVA à préciser d’après votre adresse"),
        ("343,00 € HT", "TVA à préciser d’après votre adresse"),
        ("4 116,00 € HT", "TVA à préciser d’après votre adresse"),
        ("290,00 € HT", "TVA à préciser d’après votre adresse"),
    ]
    assert all(one.why.also == [] for one in view.prices)
    assert plain(view.options[0].price) == "490,00 € HT une fois, TVA à préciser d’après votre adresse"

    said = plain(words((await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)).pdf))
    assert "245,00 € HT ; TVA à préciser" in said
    assert "TVA à préciser : elle s’ajoute à ces prix" in said
    for wrong in ("20 %", "TTC", "58,80", "348,00"):
        assert wrong not in said, wrong


async def test_once_the_vat_is_decided_it_is_said_and_what_was_signed_still_holds(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_subscribing_client(portal, clock, START, postcode="97133")
    await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    nina = await a_colleague(portal)
    assert client.viewer.company_id is not None
    await decide_vat(portal, nina, client.viewer.company_id, read_vat(SAINT_MARTIN), ORIGIN)

    assert await outdated_papers(portal, await own_dossier(portal, client.viewer)) == set()
    assert plain((await shown(portal, client)).prices[0].note) == "49,00 € TTC, dont 0,00 € de TVA"
    said = plain(words((await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)).pdf))
    assert "TVA à préciser" not in said
    assert "245,00 € TTC (245,00 € HT)" in said
