"""The section of the calendar feed, for any page of a client's; that page's first event loads `FeedState.load` too."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.feed_state import FeedState
from portal.web.components.anchors import button
from portal.web.components.confirm import confirm_dialog
from portal.web.components.figures import fact
from portal.web.components.notice import notice, problem
from portal.web.components.private import only_hers
from portal.web.routes.secrets import FEED_LINK

FEED: Any = FeedState


def feed_panel() -> rx.Component:
    """Draw the section; it asks before a link ends."""
    return rx.el.section(
        rx.el.h2("Vos dates dans votre agenda", id="agenda"),
        rx.el.p(
            typeset(
                "Un lien privé, à donner une fois à votre programme d’agenda : toutes vos échéances y paraissent, "
                "chacune avec sa raison, et suivent ce qui change. Une date qui tombe à la fin d’un jour occupe la "
                "dernière heure de ce jour."
            )
        ),
        problem(FEED.problem, FEED.whys),
        notice(FEED.said),
        rx.cond(FEED.is_new, _to_copy()),
        rx.cond(FEED.loaded, rx.cond(FEED.view.why_not != "", _why_not(), _standing())),
        confirm_dialog(
            FEED.asking,
            title=FEED.question.title,
            effect=FEED.question.effect,
            consent=FEED.question.consent,
            confirm_label=FEED.question.label,
            on_confirm=FEED.confirm,
            on_keep=FEED.keep,
            keep_label="Garder le lien",
            grave=FEED.question.is_grave,
        ),
        aria_labelledby="agenda",
        class_name="task",
    )


def _to_copy() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            typeset(
                "Copiez-le maintenant : dans dix minutes, ou dès qu’un programme l’a lu, il n’est plus montré."
            ),
            class_name="shown-once-head",
            id="lien",
        ),
        only_hers(FEED_LINK, key=FEED.made_nth.to(str), named="lien"),
        rx.el.p(
            typeset(
                "Puis, dans votre programme d’agenda : « S’abonner à un agenda », ou « Ajouter par URL ». Qui a ce lien "
                "lit vos dates, et rien d’autre : gardez-le pour vous."
            )
        ),
        class_name="limit",
    )


def _why_not() -> rx.Component:
    return rx.el.p(FEED.view.why_not, class_name="soft")


def _standing() -> rx.Component:
    return rx.cond(
        FEED.view.is_made,
        rx.fragment(
            rx.el.p(
                "Créé le ",
                fact(FEED.view.made),
                rx.cond(
                    FEED.view.read != "",
                    rx.fragment(
                        ". Un programme l’a lu pour la dernière fois le ",
                        fact(FEED.view.read),
                        ", à une heure près.",
                    ),
                    ". Aucun programme ne l’a encore lu.",
                ),
                class_name="soft",
            ),
            rx.el.div(
                button("Remplacer le lien", kind="other", on_click=FEED.ask_to_replace),
                button("Supprimer le lien", kind="grave", on_click=FEED.ask_to_revoke),
                class_name="button-row",
            ),
        ),
        rx.el.p(button("Créer mon lien d’agenda", kind="other", on_click=FEED.make)),
    )
