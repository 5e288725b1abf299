"""« Pourquoi ? »: the same small link everywhere, opening in place what a date or an amount rests on."""

import reflex as rx
from reflex.vars import ObjectVar

from portal.contract.french import typeset
from portal.web.components.anchors import Text, link
from portal.web.components.shapes import SkippedDay, Why, WhyPart, WhyStep

QUESTION = typeset("Pourquoi ?")
OF_AMOUNT = typeset("Pourquoi ce montant ?")
OF_AMOUNTS = typeset("Pourquoi ces montants ?")


def why(
    reason: Why | rx.Var[Why] | rx.Var[Why | None], about: Text = "", *, question: str = QUESTION
) -> rx.Component:
    """Draw the explanation, closed; nothing where there is nothing to explain.

    `about` is read out after the question, so that ten of them on a page can be told apart by ear.
    """
    given: ObjectVar[Why] = rx.Var.create(reason).to(ObjectVar, Why)
    reasons = rx.Var.create([given]).to(list[WhyPart]) + given.also.to(list[WhyPart])
    return rx.cond(
        given.clause,
        rx.el.details(
            rx.el.summary(question, rx.el.span(" ", about, class_name="unseen"), class_name="why-question"),
            rx.foreach(reasons, _panel),
            class_name="why",
        ),
    )


def _panel(reason: ObjectVar[WhyPart]) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            link(
                rx.fragment("CGV, article\u00a0", reason.clause),
                f"/cgv#{reason.clause_anchor}",
                class_name="why-clause",
            ),
            rx.el.span("\u00a0: ", reason.rule),
        ),
        rx.el.dl(
            rx.el.div(rx.el.dt("Point de départ"), rx.el.dd(reason.starting_point), class_name="why-step"),
            rx.foreach(reason.steps, _step),
            class_name="why-count",
        ),
        rx.cond(reason.skipped.length() > 0, _skipped(reason)),
        rx.el.p(rx.el.span("Résultat"), rx.el.strong(reason.result), class_name="why-result"),
        rx.cond(reason.persons.length() > 0, _persons(reason)),
        rx.foreach(reason.readings, _reading),
        class_name="why-panel",
    )


def _step(step: ObjectVar[WhyStep]) -> rx.Component:
    return rx.el.div(rx.el.dt(step.text), rx.el.dd(step.value), class_name="why-step")


def _persons(reason: ObjectVar[WhyPart]) -> rx.Component:
    return rx.el.div(
        rx.el.p("Les personnes comptées", class_name="why-skipped-title"),
        rx.el.dl(rx.foreach(reason.persons, _step), class_name="why-persons"),
    )


def _reading(reading: rx.Var[str]) -> rx.Component:
    return rx.el.p("Lecture retenue\u00a0: ", reading, class_name="why-reading")


def _skipped(reason: ObjectVar[WhyPart]) -> rx.Component:
    return rx.el.div(
        rx.el.p("Jours non comptés", class_name="why-skipped-title"),
        rx.el.ul(rx.foreach(reason.skipped, _square), class_name="why-squares"),
    )


def _square(day: ObjectVar[SkippedDay]) -> rx.Component:
    """Draw a closed day as a leaf of a calendar; a plain Saturday needs no other reason."""
    return rx.el.li(
        rx.el.span(day.short, class_name="why-square", aria_hidden="true"),
        rx.el.span(day.day_text, class_name="unseen"),
        rx.cond(
            day.day_text.startswith(day.reason),
            None,
            rx.el.span(day.reason, class_name="why-square-reason"),
        ),
    )
