"""`/espace/factures`: what is late, what is due, what comes next, the year, and every invoice."""

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from portal.web.client.arrears_view import DueBlock
from portal.web.client.invoices_state import InvoicesState
from portal.web.client.invoices_view import Row, ToPay
from portal.web.client.sheet import sheet_dates, sheet_of
from portal.web.components.anchors import button_link, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.chart import year_chart
from portal.web.components.countdown import countdown
from portal.web.components.empty import empty
from portal.web.components.figures import amount, date, fact, figures, strip
from portal.web.components.frame import Area, frame
from portal.web.components.notice import problem
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, row_link, table
from portal.web.components.timeline import next_dates
from portal.web.components.why import OF_AMOUNT, why

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
INVOICES: Any = InvoicesState
VIEW: Any = INVOICES.view
LATE: Any = VIEW.arrears

_DOCUMENTS = (
    Column("Numéro"),
    Column("Mois"),
    Column("Émise le"),
    Column("État"),
    Column("Montant TTC", figures=True),
    Column("PDF"),
)


def invoices_page() -> rx.Component:
    return frame(
        rx.cond(INVOICES.loaded, _page(), skeleton(8, heading=True)),
        area=Area.CLIENT,
        here="/espace/factures",
    )


def _page() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(VIEW.eyebrow, class_name="eyebrow"),
            rx.el.h1(VIEW.headline),
            rx.el.p(VIEW.lead, class_name="lead"),
            why(VIEW.lead_why, VIEW.headline),
            class_name=rx.cond(VIEW.is_late, "page-head page-head-worst", "page-head"),
        ),
        problem(INVOICES.problem, INVOICES.whys),
        rx.cond(VIEW.is_late, _arrears()),
        rx.cond(VIEW.is_late, None, next_dates(VIEW.next_marks, "Vos deux prochaines dates")),
        rx.cond(
            VIEW.is_empty,
            rx.el.section(
                empty(VIEW.empty_title, VIEW.empty_text, button_link(VIEW.empty_label, VIEW.empty_href))
            ),
        ),
        rx.cond(VIEW.to_pay.length() > 0, _to_pay()),
        rx.cond(VIEW.next_sheet.title != "", _next()),
        rx.cond(VIEW.year.bars.length() > 0, _year()),
        rx.cond(VIEW.rows.length() > 0, _documents()),
    )


# --- in arrears ------------------------------------------------------------------------------------


def _arrears() -> rx.Component:
    return rx.fragment(
        rx.el.section(
            rx.el.div(
                rx.el.p("À faire maintenant", class_name="next-step-label"),
                rx.el.h2(LATE.pay_title, id="regler"),
                rx.el.p(LATE.pay_text),
                figures(LATE.transfer),
                rx.foreach(
                    LATE.collections,
                    lambda one: rx.el.p(one.value, " ", why(one.why, one.label), class_name="limit"),
                ),
                class_name="stack",
            ),
            rx.cond(
                LATE.until_iso != "",
                rx.el.div(
                    rx.el.p("Avant la suspension", class_name="soft"),
                    countdown(LATE.until_iso, LATE.now_iso, LATE.until_left),
                    class_name="next-step-aside",
                ),
            ),
            class_name="next-step pay",
            aria_labelledby="regler",
        ),
        rx.el.section(
            rx.el.h2("Le compte, au centime", id="compte"),
            rx.cond(
                LATE.missing != "",
                rx.el.div(rx.el.p(LATE.missing), why(LATE.missing_why, "ce montant"), class_name="limit"),
            ),
            rx.el.div(
                rx.cond(LATE.sum != "", _statement()),
                rx.el.div(
                    rx.el.h3("Les dates de ce retard"),
                    strip(LATE.dates),
                    class_name="margin-dates",
                ),
                class_name="account",
            ),
            aria_labelledby="compte",
        ),
    )


def _statement() -> rx.Component:
    """Draw what each invoice owes, then the sum, over a double rule, and until when it is good."""
    return rx.el.div(
        rx.foreach(LATE.blocks, _block),
        rx.el.dl(
            rx.el.div(
                rx.el.dt("Somme à régler"),
                rx.el.dd(LATE.sum, class_name="ledger-figure"),
                rx.el.dd(why(LATE.sum_why, "Somme à régler", question=OF_AMOUNT), class_name="ledger-why"),
                class_name="ledger-line ledger-total statement-sum",
            ),
            class_name="ledger",
        ),
        rx.cond(
            LATE.holds.value != "",
            rx.el.p(
                LATE.holds.label,
                " ",
                rx.el.span(LATE.holds.value, class_name="date"),
                ". ",
                why(LATE.holds.why, LATE.holds.label),
            ),
        ),
        rx.el.p(plain_link("Télécharger ce décompte (PDF)", "/espace/decompte.pdf", download="")),
        class_name="statement",
    )


def _block(block: ObjectVar[DueBlock]) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            link(block.title, block.href, class_name="statement-title"),
            rx.el.span(
                rx.cond(block.since_why.clause != "", block.since, fact(block.since)),
                class_name="second-line",
            ),
            why(block.since_why, block.since),
        ),
        figures(block.lines),
        rx.cond(
            block.total.value != "",
            rx.el.dl(
                rx.el.div(
                    rx.el.dt(block.total.label),
                    rx.el.dd(block.total.value, class_name="ledger-figure"),
                    rx.el.dd(
                        why(block.total.why, block.total.label, question=OF_AMOUNT), class_name="ledger-why"
                    ),
                    class_name="ledger-line statement-part",
                ),
                class_name="ledger",
            ),
        ),
        class_name="statement-block",
    )


# --- what is due, what comes next ------------------------------------------------------------------


def _to_pay() -> rx.Component:
    return rx.el.section(
        rx.el.h2("À payer, sans retard", id="a-payer"),
        rx.el.ul(rx.foreach(VIEW.to_pay, _one_to_pay), class_name="to-pay"),
        rx.cond(
            VIEW.transfer.length() > 0,
            rx.el.details(
                rx.el.summary("Payer plutôt par virement", class_name="why-question"),
                figures(VIEW.transfer),
                class_name="by-transfer",
            ),
        ),
        aria_labelledby="a-payer",
    )


def _one_to_pay(one: ObjectVar[ToPay]) -> rx.Component:
    return rx.el.li(
        rx.el.p(link(one.title, one.href, class_name="statement-title")),
        strip(one.figures),
    )


def _next() -> rx.Component:
    return rx.el.section(
        rx.el.h2("La prochaine, telle qu’elle se présente aujourd’hui", id="prochaine"),
        rx.el.div(
            rx.el.header(
                rx.el.h3(VIEW.next_sheet.title),
                badge("Pas encore émise", "soon"),
                class_name="sheet-head",
            ),
            rx.el.p(VIEW.next_said, class_name="soft"),
            sheet_of(VIEW.next_sheet, caption="Les lignes de la prochaine facture"),
            sheet_dates(VIEW.next_sheet),
            class_name="sheet sheet-foreseen",
        ),
        rx.cond(
            VIEW.after.length() > 0,
            rx.fragment(
                rx.el.h3("Puis, si rien ne change", class_name="after-title"),
                figures(VIEW.after),
            ),
        ),
        aria_labelledby="prochaine",
    )


def _year() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Votre année", id="annee"),
        rx.el.p(VIEW.year.title, class_name="soft"),
        year_chart(VIEW.year.bars, VIEW.year.says, "Ce que chaque mois coûte, TTC", reason=VIEW.year.why),
        aria_labelledby="annee",
    )


def _documents() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Toutes vos factures", id="factures"),
        rx.el.div(
            rx.el.p(VIEW.counted, class_name="soft"),
            rx.el.p(
                plain_link("Tous les PDF (ZIP)", "/espace/factures.zip", download=""),
                plain_link("Tableau (CSV)", "/espace/factures.csv", download=""),
                class_name="downloads",
            ),
            class_name="list-head",
        ),
        table(
            "Vos factures et vos avoirs, les plus récents d’abord", _DOCUMENTS, rx.foreach(VIEW.rows, _row)
        ),
        aria_labelledby="factures",
    )


def _row(one: ObjectVar[Row]) -> rx.Component:
    return row(
        _DOCUMENTS,
        row_link(one.number, one.href),
        one.what,
        rx.el.span(date(one.issued, reason=one.issued_why), class_name="over-row"),
        rx.el.div(
            badge(one.standing, one.tone),
            rx.cond(
                one.since_why.clause != "",
                rx.el.span(one.since, " ", why(one.since_why, one.since), class_name="second-line over-row"),
                rx.el.span(fact(one.since), class_name="second-line"),
            ),
        ),
        rx.el.span(amount(one.amount, one.why), class_name="over-row"),
        rx.cond(
            one.pdf != "",
            plain_link(
                rx.fragment("Télécharger", rx.el.span(" ", one.number, class_name="unseen")),
                one.pdf,
                download="",
                class_name="over-row",
            ),
            rx.el.span("en préparation", class_name="soft"),
        ),
    )
