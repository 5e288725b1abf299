"""What `/espace/souscrire` is made of, whatever the dossier."""

from portal.web.client.subscribe_page import subscribe_page
from tests.web.test_components import drawn


def test_a_refusal_is_shown_though_the_page_could_not_be_loaded() -> None:
    waiting = drawn(subscribe_page()).rpartition("later-step")[2]
    assert 'role:"alert"' in waiting.partition("skeleton")[0]
