"""`/espace/paiement`: the mandate and its life, another account, the collections to come and past."""

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from portal.contract.acts import Piece
from portal.contract.french import typeset
from portal.web.client.payment_state import PaymentState
from portal.web.client.payment_view import MandateCard
from portal.web.client.pieces_panel import pieces_panel
from portal.web.client.subscribe_forms import account_form
from portal.web.components.anchors import button, button_link, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.figures import fact, figures, strip
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.timeline import next_dates

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
PAYMENT: Any = PaymentState
VIEW: Any = PAYMENT.view
_STEPS = ("Donner le compte", "Signer le mandat", "Nous l’envoyer")


def payment_page() -> rx.Component:
    return frame(
        rx.cond(PAYMENT.loaded, _page(), skeleton(8, heading=True)),
        area=Area.CLIENT,
        here="/espace/paiement",
    )


def _page() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(VIEW.eyebrow, class_name="eyebrow"),
            rx.el.h1(VIEW.headline),
            rx.el.p(VIEW.lead, class_name="lead"),
            class_name=rx.cond(VIEW.is_late, "page-head page-head-worst", "page-head"),
        ),
        problem(PAYMENT.problem, PAYMENT.whys),
        notice(PAYMENT.said),
        rx.cond(
            VIEW.arrears != "",
            rx.el.p(VIEW.arrears, " ", link("Vos factures", "/espace/factures"), class_name="limit"),
        ),
        rx.cond(
            VIEW.is_empty,
            rx.el.section(
                empty(
                    "Votre mandat sera ici",
                    VIEW.empty_text,
                    button_link("Préparer ma souscription", "/espace/souscrire"),
                )
            ),
            rx.fragment(
                next_dates(VIEW.next_marks, "Vos deux prochaines dates"),
                rx.cond(VIEW.mandate.reference != "", _mandate()),
                _to_come(),
                rx.cond(VIEW.past.length() > 0, _past()),
                rx.cond(VIEW.earlier.length() > 0, _earlier()),
            ),
        ),
    )


def _mandate() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Le mandat de prélèvement", id="mandat"),
        _card(VIEW.mandate),
        rx.cond(
            VIEW.may_change,
            rx.cond(
                PAYMENT.is_open,
                _form(),
                rx.cond(
                    VIEW.is_changing,
                    _signing(),
                    button("Changer de compte", kind="other", on_click=PAYMENT.change),
                ),
            ),
        ),
        aria_labelledby="mandat",
        class_name="stack",
    )


def _card(card: Any) -> rx.Component:
    return rx.el.div(
        rx.el.header(
            rx.el.p(
                rx.el.span(card.account, class_name="mandate-account"),
                rx.el.span(card.bank, class_name="second-line"),
            ),
            badge(card.standing, card.tone),
            class_name="sheet-head",
        ),
        rx.el.p(
            "Référence unique du mandat (RUM)\u00a0: ", rx.el.strong(card.reference, class_name="nowrap")
        ),
        rx.cond(card.problem != "", rx.el.p(fact(card.problem), class_name="piece-refusal")),
        strip(card.dates),
        class_name="sheet",
    )


def _form() -> rx.Component:
    return rx.el.div(
        _where(1),
        rx.el.h3("Le nouveau compte"),
        account_form(PAYMENT, "Garder ce compte et imprimer son mandat"),
        button("Garder le compte actuel", kind="plain", on_click=PAYMENT.keep),
        class_name="change stack",
    )


def _signing() -> rx.Component:
    return rx.el.div(
        _where(2),
        rx.el.h3("Le mandat du nouveau compte, à signer"),
        rx.el.p(
            typeset(
                "Vos prélèvements restent sur le compte actuel jusqu’à ce que nous ayons accepté ce mandat, puis passent "
                "aussitôt sur le nouveau."
            )
        ),
        figures(VIEW.new_account),
        rx.el.p(
            plain_link(
                "Télécharger le mandat à signer",
                "/espace/papiers/mandate.pdf",
                class_name="button button-main",
            ),
            rx.cond(VIEW.printed != "", rx.el.span(fact(VIEW.printed), class_name="soft")),
            class_name="button-row",
        ),
        pieces_panel(PAYMENT.refresh, only=Piece.MANDATE),
        button("Donner un autre compte", kind="plain", on_click=PAYMENT.change),
        class_name="change stack",
    )


def _where(current: int) -> rx.Component:
    """Say which of the three gestures comes now."""
    return rx.el.ol(
        *(
            rx.el.li(
                name,
                aria_current="step" if number == current else None,
                class_name="change-step change-now" if number == current else "change-step",
            )
            for number, name in enumerate(_STEPS, start=1)
        ),
        class_name="change-steps",
    )


def _to_come() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les prélèvements à venir", id="a-venir"),
        rx.cond(
            VIEW.to_come.length() > 0,
            figures(VIEW.to_come),
            rx.el.p(VIEW.nothing_to_come, class_name="soft"),
        ),
        aria_labelledby="a-venir",
    )


def _past() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Règlements et retours", id="passes"),
        figures(VIEW.past),
        aria_labelledby="passes",
    )


def _earlier() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les mandats d’avant", id="avant"),
        rx.el.ul(rx.foreach(VIEW.earlier, _earlier_one), class_name="mandates"),
        aria_labelledby="avant",
    )


def _earlier_one(card: ObjectVar[MandateCard]) -> rx.Component:
    return rx.el.li(_card(card))
