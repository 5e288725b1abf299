"""The first page and those nobody asks for: their frame, their ways out, what they leave to the rules."""

import json
import re

import pytest
import reflex as rx

from portal.contract.trial import REFLECTION_DAYS, TRIAL_DAYS
from portal.web.components.anchors import plain_link
from portal.web.components.badge import badge
from portal.web.components.countdown import countdown
from portal.web.components.empty import empty
from portal.web.components.figures import amount, date, ledger_line
from portal.web.components.frame import Area, frame
from portal.web.components.next_step import next_step
from portal.web.components.notice import notice, problem, warning
from portal.web.components.skeleton import skeleton
from portal.web.public.errors import error_page, expired_session_page, forbidden_page, not_found_page
from portal.web.public.journey import BEFORE_DATES, BEFORE_DAYS, phases_of
from portal.web.public.landing import landing_page

PAGES = [landing_page, error_page, expired_session_page, forbidden_page, not_found_page]


def drawn(component: rx.Component) -> str:
    """Return what Reflex writes for the browser, with its letters as they are read."""
    text = json.dumps(component.render(), default=str).replace("\\\\u", "\\u")
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text).replace('\\"', '"')


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_one_heading_and_a_content_to_skip_to(page: type[rx.Component]) -> None:
    text = drawn(page())
    assert text.count('"name": ""h1""') == 1
    assert text.count('id:"contenu"') == 1
    assert 'href:"#contenu"' in text


@pytest.mark.parametrize("page", PAGES[1:])
def test_no_error_page_is_a_dead_end(page: type[rx.Component]) -> None:
    assert 'to:"/"' in drawn(page())


@pytest.mark.parametrize("page", PAGES)
def test_no_page_asks_for_a_style_that_the_policy_forbids(page: type[rx.Component]) -> None:
    """An inline style, or a property that Reflex does not know, becomes a style element."""
    assert not re.search(r"\bcss:", drawn(page()))


def test_the_first_page_leads_to_the_trial_and_to_signing_in() -> None:
    text = drawn(landing_page())
    assert 'to:"/essai"' in text
    assert 'to:"/connexion"' in text


def test_before_its_dates_are_known_the_journey_speaks_in_days() -> None:
    assert [mark.key for mark in BEFORE_DATES if mark.short] == [
        "today",
        "trial_end",
        "archive_end",
        "destruction",
    ]
    assert BEFORE_DAYS == TRIAL_DAYS + REFLECTION_DAYS
    assert all(mark.why is None and not mark.when_iso for mark in BEFORE_DATES)


def test_the_journeys_two_phases_meet_at_the_end_of_the_trial() -> None:
    trial, reflection = phases_of(BEFORE_DATES)
    assert (trial.label, reflection.label) == ("30\u00a0jours, service ouvert", "15\u00a0jours pour décider")
    assert trial.start == 0
    assert trial.end == reflection.start


@pytest.mark.parametrize("area", Area)
def test_only_those_who_are_signed_in_can_sign_out(area: Area) -> None:
    text = drawn(frame("contenu", area=area))
    assert ("Se déconnecter" in text) is (area in {Area.CLIENT, Area.STAFF})
    assert 'method:"post"' in text or area not in {Area.CLIENT, Area.STAFF}


def test_the_navigation_says_where_one_is() -> None:
    text = drawn(frame("contenu", area=Area.CLIENT, here="/espace/compte"))
    assert text.count('"aria-current":"page"') == 1


def test_good_news_waits_its_turn_and_bad_news_does_not() -> None:
    assert 'role:"status"' in drawn(notice("C’est fait."))
    assert 'role:"status"' in drawn(warning("Bientôt."))
    assert 'role:"alert"' in drawn(problem("Impossible."))


def test_a_state_is_told_by_more_than_its_colour() -> None:
    text = drawn(badge("En retard", "late"))
    assert "En retard" in text
    assert "badge-mark" in text


def test_what_is_left_can_be_read_without_script() -> None:
    text = drawn(countdown("2026-04-02T22:00:00+00:00", "2026-03-20T15:00:00+00:00", "13 jours et 7 heures"))
    assert "13 jours et 7 heures" in text
    assert '"data-until":"2026-04-02T22:00:00+00:00"' in text


def test_waiting_is_said_and_keeps_the_layout() -> None:
    text = drawn(skeleton(3, heading=True))
    assert "Chargement" in text
    assert text.count("skeleton-line") == 3


def test_an_empty_place_says_how_to_begin() -> None:
    text = drawn(empty("Aucune facture", "La première paraîtra ici.", plain_link("Commencer", "/essai")))
    assert "La première paraîtra ici." in text
    assert "Commencer" in text


def test_the_next_step_names_itself_and_what_presses() -> None:
    text = drawn(next_step("Inviter", "Chacun sous son nom.", aside=rx.el.p("13 jours")))
    assert '"aria-labelledby":"next-step-title"' in text
    assert "13 jours" in text


def test_dates_and_amounts_are_figures() -> None:
    assert 'dateTime:"2026-04-02"' in drawn(date("jeudi 2 avril 2026", "2026-04-02"))
    assert "date" in drawn(date("jeudi 2 avril 2026"))
    assert "amount" in drawn(amount("49,00 €"))
    assert "ledger-note" in drawn(ledger_line("Abonnement", "49,00 €", note="par mois"))
