"""What `/espace/souscrire` is made of, whatever the dossier."""

from portal.web.client.subscribe_forms import company_form
from portal.web.client.subscribe_page import subscribe_page
from tests.web.test_components import drawn


def test_a_refusal_is_shown_though_the_page_could_not_be_loaded() -> None:
    waiting = drawn(subscribe_page()).rpartition("later-step")[2]
    assert 'role:"alert"' in waiting.partition("skeleton")[0]


def test_an_option_is_described_by_its_price_and_by_what_is_wrong_with_it() -> None:
    described = drawn(company_form()).partition('aria-describedby":(((')[2]
    assert described.startswith('one_rx_state_?.["name"]+"-hint")+" ")+(one_rx_state_?.["name"]+"-error"))')


def test_a_paper_that_cannot_be_printed_says_why_where_it_is_read() -> None:
    """A link that downloads saves the sentence of a refusal as a file, which nobody reads."""
    assert "download" not in drawn(subscribe_page())


def test_what_was_given_is_folded_once_it_is_closed() -> None:
    given = drawn(subscribe_page()).partition("Ce que vous avez donn")[2]
    for folded in ("entreprise et qui signe", "Ce que cela co", "Le compte ", "Le contrat, le mandat et"):
        _, opens, words = given.partition('className:"opens"')
        assert opens
        assert folded in words[:150]
        given = words
