"""`/espace/facture`: one invoice or credit note, every amount explained down to persons, days and clause."""

from typing import Any

import reflex as rx

from portal.web.client.invoices_state import InvoiceState
from portal.web.client.sheet import sheet_dates, sheet_of
from portal.web.components.anchors import link, plain_link
from portal.web.components.badge import badge
from portal.web.components.figures import figure, figures
from portal.web.components.frame import Area, frame
from portal.web.components.notice import problem
from portal.web.components.skeleton import skeleton

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
INVOICE: Any = InvoiceState
VIEW: Any = INVOICE.view


def invoice_page() -> rx.Component:
    return frame(
        rx.cond(INVOICE.loaded, _page(), skeleton(8, heading=True)),
        area=Area.CLIENT,
        here="/espace/factures",
    )


def _page() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(link("Vos factures", "/espace/factures"), " · ", VIEW.eyebrow, class_name="eyebrow"),
            rx.el.h1(VIEW.kind),
            rx.el.p(
                rx.el.span(VIEW.number, class_name="sheet-number"),
                badge(VIEW.standing, VIEW.tone),
                rx.el.span(VIEW.since, class_name="soft"),
                class_name="invoice-standing",
            ),
            class_name=rx.cond(VIEW.is_late, "page-head page-head-worst", "page-head"),
        ),
        problem(INVOICE.problem, INVOICE.whys),
        rx.cond(
            VIEW.is_late,
            rx.el.p(
                link("Voir la somme exacte à régler, et comment", "/espace/factures"), class_name="limit"
            ),
        ),
        rx.el.section(
            rx.el.div(
                rx.el.header(
                    rx.el.h2("Ligne par ligne", id="lignes"),
                    rx.cond(
                        VIEW.pdf != "",
                        plain_link(
                            "Télécharger le PDF", VIEW.pdf, download="", class_name="button button-other"
                        ),
                        rx.el.span("PDF en préparation", class_name="soft"),
                    ),
                    class_name="sheet-head",
                ),
                sheet_of(VIEW.sheet, caption="Les lignes de ce document"),
                class_name="sheet",
            ),
            aria_labelledby="lignes",
        ),
        rx.el.section(
            rx.el.h2("Ses dates", id="dates"),
            sheet_dates(VIEW.sheet),
            rx.cond(
                VIEW.cites != "",
                rx.el.p("Cet avoir corrige la facture ", link(VIEW.cites, VIEW.cites_href), "."),
            ),
            aria_labelledby="dates",
        ),
        rx.cond(
            (VIEW.history.length() > 0) | (VIEW.left.value != ""),
            rx.el.section(
                rx.el.h2("Ce qui en est réglé", id="reglements"),
                figures(VIEW.history, rx.cond(VIEW.left.value != "", figure(VIEW.left))),
                aria_labelledby="reglements",
            ),
        ),
    )
