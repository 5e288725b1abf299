"""What components say to those who cannot see them, and what they leave out."""

from typing import Any

import reflex as rx

from portal.web.components.confirm import confirm_dialog
from portal.web.components.fields import field, tick
from portal.web.components.shapes import Mark, SkippedDay, Why, WhyPart, WhyStep
from portal.web.components.steps import steps
from portal.web.components.table import Column, row
from portal.web.components.timeline import next_dates, timeline
from portal.web.components.why import why
from portal.web.staff.dossier_pages import dossier_page
from portal.web.staff.queue_page import dossiers_page


class Sample(rx.State):
    """A page's state with everything nested that components draw."""

    marks: rx.Field[list[Mark]] = rx.field(
        [Mark(key="end", why=Why(clause="5.1", steps=[WhyStep("30 jours", "2 avril")]))]
    )
    reason: Why = Why(skipped=[SkippedDay("samedi 4 avril 2026", "sam. 4", "samedi")])
    error: str = ""
    is_open: bool = False


# On the class a var stands for what the browser will have; its type is its value's.
SAMPLE: Any = Sample


def drawn(component: rx.Component) -> str:
    return str(component.render())


def test_a_field_is_described_by_its_hint_and_its_error() -> None:
    text = drawn(field("siren", "SIREN", hint="Neuf chiffres", error=SAMPLE.error))
    assert '"aria-describedby":"siren-hint siren-error"' in text
    assert '"aria-invalid":' in text
    assert 'htmlFor:"siren"' in text
    assert 'role:"alert"' in text


def test_a_field_without_a_hint_is_described_by_its_error_alone() -> None:
    assert '"aria-describedby":"siren-error"' in drawn(field("siren", "SIREN"))


def test_a_consent_is_never_ticked_beforehand() -> None:
    text = drawn(tick("accepted", "J’accepte"))
    assert 'type:"checkbox"' in text
    assert "checked" not in text.lower()


def test_steps_say_which_one_is_current_and_which_are_done() -> None:
    text = drawn(steps(["Votre entreprise", "Vous", "Les conditions"], 2))
    assert "tape 2 sur 3" in text
    assert text.count('"aria-current":"step"') == 1
    assert text.count(": fait") == 1


def test_a_reason_is_drawn_from_a_nested_state_and_links_to_its_clause() -> None:
    text = drawn(timeline(SAMPLE.marks, "Vos dates", days=45))
    assert "/cgv#" in text
    assert "moment-" in text
    assert text.count("details") >= 1


def test_a_reason_given_as_plain_data_is_drawn_too() -> None:
    assert "5.1" in drawn(why(Why(clause="5.1", rule="trente jours")))


def test_one_question_opens_on_as_many_reasons_as_are_given() -> None:
    also = [WhyPart(clause="10.1", result="49,00 €")]
    text = drawn(why(Why(clause="10.3", result="30 avril", also=also)))
    assert text.count('"summary"') == 1
    assert "49,00" in text
    assert "30 avril" in text


def test_the_reduced_timeline_has_its_reasons() -> None:
    assert "details" in drawn(next_dates(SAMPLE.marks, "Prochaines dates"))


def test_each_cell_of_a_card_carries_its_heading() -> None:
    text = drawn(row((Column("Client"), Column("Montant", figures=True)), "Atelier Nord", "12,00 €"))
    assert '"data-heading":"Client"' in text
    assert 'className:"figures"' in text


def test_a_dialog_asks_for_two_gestures_and_offers_to_keep() -> None:
    dialog = confirm_dialog(
        SAMPLE.is_open,
        title="Retirer",
        effect="Elle n’accède plus au service.",
        consent="Oui",
        confirm_label="Retirer",
        on_confirm=rx.prevent_default,
        on_keep=rx.prevent_default,
    )
    text = drawn(dialog)
    assert "required:true" in text
    assert '"data-keep":"true"' in text
    assert '"aria-describedby":"confirm-effect"' in text


def test_the_queue_is_read_anew_every_minute_a_dossier_every_ten_seconds() -> None:
    """Each dossier of the queue is replayed; an open one says who else is on it."""
    assert '"data-heartbeat":"60"' in drawn(dossiers_page())
    assert '"data-heartbeat":"10"' in drawn(dossier_page())


def test_the_warning_of_a_second_payment_says_what_to_wait_for() -> None:
    text = drawn(dossier_page())
    assert "un virement en plus ferait deux paiements" in text
