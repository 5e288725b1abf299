"""`/gestion`: the clients, the mails, the clock of a demonstration."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.fields import choice, field
from portal.web.components.figures import fact
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, row_link, table
from portal.web.components.why import why
from portal.web.staff.mail_list import mail_list
from portal.web.staff.order_list import order_list
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
        problem(LIST.problem, LIST.whys),
        notice(LIST.said),
        rx.cond(LIST.refused.length() > 0, _refused_orders()),
        _search(),
        rx.cond(
            LIST.loaded,
            rx.cond(
                LIST.rows.length() > 0,
                rx.fragment(
                    table("Clients, ce qui presse d’abord", CLIENTS, rx.foreach(LIST.rows, _client)),
                    _pager(),
                ),
                rx.cond(
                    (LIST.search != "") | (LIST.relationship != ""),
                    empty(
                        "Aucun client ne répond à cette recherche",
                        "Essayez un autre mot, une autre situation, ou reprenez la liste entière.",
                        button("Afficher tous les clients", kind="other", on_click=LIST.show_all),
                    ),
                    empty("Aucun client encore", "Un client paraît ici dès qu’il confirme son adresse."),
                ),
            ),
            skeleton(8),
        ),
        area=Area.STAFF,
        here="/gestion",
    )


def _refused_orders() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Le CRM a refusé des ordres", id="ordres-refuses"),
        rx.el.p(
            typeset(
                "Le portail les lui présente de nouveau toutes les heures. Ceux du même client qui suivent attendent."
            ),
            class_name="soft",
        ),
        order_list(LIST.refused, LIST.try_order_again, of_many_clients=True),
        aria_labelledby="ordres-refuses",
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
            default_value=LIST.relationship,
            on_change=LIST.filter_by,
        ),
        role="search",
        method="post",
        on_submit=rx.prevent_default,
        class_name="field-row list-search",
        key=LIST.form_key.to_string(),
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
        rx.fragment(
            client.service,
            rx.cond(client.data != "", rx.el.span(client.data, class_name="second-line")),
        ),
        client.users,
        rx.el.span(
            client.next_due, " ", rx.el.span(why(client.next_due_why, client.name), class_name="over-row")
        ),
    )


def mails_page() -> rx.Component:
    return frame(
        rx.el.header(
            rx.el.h1("Les e-mails"),
            rx.el.p("Ce que chacun reçoit, tel qu’il le lit. Les 200 derniers.", class_name="lead"),
            class_name="page-head",
        ),
        problem(POST.problem, POST.whys),
        notice(POST.said),
        rx.cond(POST.count != "", rx.el.p(POST.count, class_name="limit")),
        rx.cond(
            POST.loaded,
            rx.cond(
                POST.rows.length() > 0,
                mail_list(POST.rows, POST.send_mail_again),
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
            rx.el.p("Il est ", fact(TIME.now), ", heure de Paris.", class_name="lead"),
            class_name="page-head",
        ),
        problem(TIME.problem, TIME.whys),
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
        rx.el.section(
            rx.el.h2("Avancer", id="avancer"),
            rx.el.p(
                typeset(
                    "L’horloge s’arrête à chaque échéance, qui s’exécute à son heure. Elle ne recule jamais."
                )
            ),
            rx.el.div(
                *(
                    button(label, kind="other", on_click=TIME.forward(days))
                    for days, label in ((1, "D’un jour"), (7, "De 7\u00a0jours"), (30, "De 30\u00a0jours"))
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
                class_name="stack task",
            ),
            aria_labelledby="avancer",
        ),
        rx.el.section(
            rx.el.h2("Échéances traversées", id="traversees"),
            rx.cond(
                TIME.stops.length() > 0,
                rx.el.ol(
                    rx.foreach(TIME.stops, lambda stop: rx.el.li(rx.el.p(fact(stop)))), class_name="history"
                ),
                empty(
                    "Aucune encore", "Les échéances exécutées en avançant paraissent ici, dans leur ordre."
                ),
            ),
            aria_labelledby="traversees",
        ),
    )
