"""`/gestion`: the clients, the mails, the clock of a demonstration."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.fields import choice, field
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, row_link, table
from portal.web.staff.mail_list import mail_list
from portal.web.staff.states import ClientsState, ClockState, MailsState
from portal.web.staff.views import RELATIONSHIPS

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
TIME: Any = ClockState
POST: Any = MailsState
LIST: Any = ClientsState


CLIENTS = (
    Column("Client"),
    Column("SIREN", figures=True),
    Column("Situation"),
    Column("Service"),
    Column("Utilisateurs", figures=True),
    Column("Prochaine échéance"),
)


def clients_page() -> rx.Component:
    return frame(
        rx.el.header(
            rx.el.h1("Les clients"),
            rx.el.p(LIST.count, class_name="lead", role="status"),
            class_name="page-head",
        ),
        problem(LIST.problem),
        _search(),
        rx.cond(
            LIST.loaded,
            rx.cond(
                LIST.rows.length() > 0,
                rx.fragment(
                    table("Clients, ce qui presse d’abord", CLIENTS, rx.foreach(LIST.rows, _client)),
                    _pager(),
                ),
                empty(
                    "Aucun client ici",
                    "Un client paraît dès qu’il confirme son adresse. Élargissez la recherche, ou retirez le filtre.",
                ),
            ),
            skeleton(8),
        ),
        area=Area.STAFF,
        here="/gestion",
    )


def _search() -> rx.Component:
    return rx.el.form(
        field(
            "search",
            "Chercher un client",
            kept=LIST.search,
            hint="Nom, SIREN, ville ou e-mail",
            kind="search",
            auto_complete="off",
            on_change=LIST.find.debounce(300),
        ),
        choice(
            "relationship",
            "Situation",
            [
                rx.el.option("Toutes", value=""),
                *(rx.el.option(label, value=value) for value, label in RELATIONSHIPS.items()),
            ],
            hint="Ce que vit le client aujourd’hui",
            on_change=LIST.filter_by,
        ),
        role="search",
        method="post",
        on_submit=rx.prevent_default,
        class_name="field-row",
    )


def _pager() -> rx.Component:
    return rx.el.nav(
        rx.cond(
            LIST.page > 1,
            button("Page précédente", kind="other", on_click=LIST.turn_page(-1)),
        ),
        rx.cond(LIST.has_more, button("Page suivante", kind="other", on_click=LIST.turn_page(1))),
        aria_label="Pages de la liste",
        class_name="button-row",
    )


def _client(client: Any) -> rx.Component:
    return row(
        CLIENTS,
        rx.fragment(
            row_link(client.name, "/gestion/client?id=" + client.contract_id),
            rx.el.span(client.city, class_name="second-line"),
        ),
        client.siren,
        badge(client.situation, client.tone),
        client.service,
        client.users,
        client.next_due,
    )


def mails_page() -> rx.Component:
    return frame(
        rx.el.header(
            rx.el.h1("Les e-mails"),
            rx.el.p("Ce que les clients reçoivent, tel qu’ils le lisent.", class_name="lead"),
            class_name="page-head",
        ),
        rx.cond(
            POST.loaded,
            rx.cond(
                POST.rows.length() > 0,
                mail_list(POST.rows),
                empty("Aucun e-mail encore", "Le premier partira avec la première inscription."),
            ),
            skeleton(8),
        ),
        area=Area.STAFF,
        here="/gestion/mails",
    )


def clock_page() -> rx.Component:
    return frame(
        rx.el.header(
            rx.el.h1("L’horloge"),
            rx.el.p("Il est ", TIME.now, ", heure de Paris.", class_name="lead"),
            class_name="page-head",
        ),
        problem(TIME.problem),
        notice(TIME.said),
        rx.cond(TIME.loaded, rx.cond(TIME.movable, _moving(), _standing()), skeleton()),
        area=Area.STAFF,
        here="/gestion/horloge",
    )


def _standing() -> rx.Component:
    return empty(
        "Le temps passe tout seul",
        "L’horloge ne se déplace que dans une démonstration (portal serve --demo).",
    )


def _moving() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            typeset(
                "L’horloge avance en s’arrêtant à chaque échéance, qui s’exécute à son heure. Elle ne recule jamais."
            )
        ),
        rx.el.div(
            *(
                button(label, kind="other", on_click=TIME.forward(days))
                for days, label in ((1, "Demain"), (7, "Dans 7 jours"), (30, "Dans 30 jours"))
            ),
            class_name="button-row",
        ),
        rx.el.form(
            field(
                "to",
                "Ou jusqu’à un instant",
                kept=TIME.typed,
                hint="Heure de Paris",
                kind="datetime-local",
            ),
            button("Avancer jusque-là", type="submit"),
            on_submit=TIME.go_to,
            method="post",
            class_name="stack",
        ),
        rx.cond(
            TIME.stops.length() > 0,
            rx.el.section(
                rx.el.h2("Échéances traversées"),
                rx.el.ol(rx.foreach(TIME.stops, rx.el.li)),
            ),
        ),
    )
