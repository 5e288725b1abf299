"""`/gestion`: the clients, one client's file, the mails, the clock of a demonstration."""

import reflex as rx

from portal.web.components.confirm import confirm_dialog
from portal.web.components.empty import empty_state
from portal.web.components.frame import staff_frame
from portal.web.components.notice import notices
from portal.web.components.skeleton import skeleton
from portal.web.components.timeline import timeline
from portal.web.components.why import why
from portal.web.staff.states import (
    RELATIONSHIPS,
    ClientFileState,
    ClientRow,
    ClientsState,
    ClockState,
    EventRow,
    JournalRow,
    MailRow,
    MailsState,
)


def clients_page() -> rx.Component:
    return staff_frame(
        rx.el.header(
            rx.el.h1("Les clients"), rx.el.p(ClientsState.count, class_name="lead"), class_name="page-head"
        ),
        notices(ClientsState.problem, ClientsState.said),
        _search(),
        rx.cond(
            ClientsState.loaded,
            rx.cond(
                ClientsState.rows.length() > 0,
                _clients(),
                empty_state(
                    "Aucun client ici",
                    "Un client paraît dès qu’il confirme son adresse. Élargissez la recherche ou retirez le filtre.",
                ),
            ),
            skeleton(),
        ),
        current="/gestion",
    )


def _search() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label("Chercher un client", html_for="recherche"),
            rx.el.input(
                id="recherche",
                name="search",
                type="search",
                default_value=ClientsState.search,
                placeholder="Nom, SIREN, ville ou e-mail",
                auto_complete="off",
                on_change=ClientsState.find.debounce(300),
            ),
            class_name="field",
        ),
        rx.el.div(
            rx.el.label("Situation", html_for="situation"),
            rx.el.select(
                rx.el.option("Toutes", value=""),
                *(rx.el.option(label, value=value) for value, label in RELATIONSHIPS.items()),
                id="situation",
                name="relationship",
                default_value=ClientsState.relationship,
                on_change=ClientsState.filter_by,
            ),
            class_name="field",
        ),
        role="search",
        method="post",
        on_submit=rx.prevent_default,
        class_name="search-bar",
    )


def _clients() -> rx.Component:
    return rx.fragment(
        rx.el.table(
            rx.el.caption("Clients, ce qui presse d’abord", class_name="visually-hidden"),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th("Client", scope="col"),
                    rx.el.th("SIREN", scope="col"),
                    rx.el.th("Situation", scope="col"),
                    rx.el.th("Service", scope="col"),
                    rx.el.th("Utilisateurs", scope="col", class_name="figure"),
                    rx.el.th("Prochaine échéance", scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(ClientsState.rows, _client)),
            class_name="cards-table rows-open",
        ),
        rx.el.nav(
            rx.cond(
                ClientsState.page > 1,
                rx.el.button(
                    "Page précédente", type="button", class_name="quiet", on_click=ClientsState.turn_page(-1)
                ),
            ),
            rx.cond(
                ClientsState.has_more,
                rx.el.button(
                    "Page suivante", type="button", class_name="quiet", on_click=ClientsState.turn_page(1)
                ),
            ),
            aria_label="Pages de la liste",
            class_name="pager",
        ),
    )


def _client(row: rx.vars.ObjectVar[ClientRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.el.a(row.name, href="/gestion/client?id=" + row.contract_id, class_name="row-link"),
            rx.el.span(row.city, class_name="second"),
            custom_attrs={"data-label": "Client"},
        ),
        rx.el.td(row.siren, class_name="figures", custom_attrs={"data-label": "SIREN"}),
        rx.el.td(
            rx.el.span(
                rx.cond(row.held, "Destruction à confirmer", row.situation), class_name="badge " + row.tone
            ),
            custom_attrs={"data-label": "Situation"},
        ),
        rx.el.td(row.service, custom_attrs={"data-label": "Service"}),
        rx.el.td(row.users, class_name="figure", custom_attrs={"data-label": "Utilisateurs"}),
        rx.el.td(row.next_due, custom_attrs={"data-label": "Prochaine échéance"}),
    )


def client_page() -> rx.Component:
    return staff_frame(rx.cond(ClientFileState.loaded, _file(), skeleton()), current="/gestion")


def _file() -> rx.Component:
    file = ClientFileState.file
    return rx.fragment(
        rx.el.header(
            rx.el.p(
                rx.el.a("Les clients", href="/gestion"), " · référence ", file.reference, class_name="eyebrow"
            ),
            rx.el.h1(file.name, " ", rx.el.span(file.situation, class_name="badge " + file.tone)),
            rx.el.p(file.identity, class_name="lead"),
            rx.el.p("Service : ", file.service, " · Données : ", file.data),
            class_name="page-head",
        ),
        notices(ClientFileState.problem, ClientFileState.said),
        rx.cond(file.held, _held_destruction()),
        rx.cond(file.may_allow_trial, _allow_trial()),
        rx.cond(
            file.marks.length() > 0,
            rx.el.section(
                rx.el.h2("La ligne du temps"), timeline(file.marks, label="Les dates de ce client")
            ),
        ),
        rx.el.section(
            rx.el.h2("Les événements"),
            rx.el.ol(rx.foreach(file.events, _event), class_name="events"),
        ),
        rx.el.section(
            rx.el.h2("Les utilisateurs"),
            rx.el.ul(
                rx.foreach(
                    file.users,
                    lambda user: rx.el.li(user.name, " · ", user.email, " · depuis le ", user.since),
                ),
                class_name="plain",
            ),
        ),
        rx.el.section(rx.el.h2("Les e-mails envoyés"), _mails(file.mails)),
        rx.el.section(
            rx.el.h2("Le journal"),
            rx.el.ol(rx.foreach(file.journal, _journal), class_name="events"),
        ),
        confirm_dialog(
            is_open=ClientFileState.confirming,
            title=rx.el.span("Détruire les données de ", file.name, " ?"),
            effect="Les données sont détruites aujourd’hui, définitivement, et le client en est averti par e-mail.",
            confirm_label="Détruire définitivement",
            on_confirm=ClientFileState.destroy,
            on_cancel=ClientFileState.keep,
        ),
    )


def _held_destruction() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Une destruction attend votre décision"),
        rx.el.p(
            "Le portail était arrêté à l’heure prévue. Une destruction ne se rattrape pas toute seule : vérifiez "
            "qu’aucune pièce n’est arrivée par un autre chemin, puis confirmez."
        ),
        rx.el.button(
            "Confirmer la destruction…",
            type="button",
            class_name="danger",
            on_click=ClientFileState.ask_to_destroy,
        ),
        class_name="next-step late",
    )


def _allow_trial() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Autoriser un nouvel essai"),
        rx.el.form(
            rx.el.div(
                rx.el.label("Pourquoi", html_for="reason"),
                rx.el.p("Ce motif reste dans le dossier.", class_name="hint", id="reason-hint"),
                rx.el.textarea(
                    id="reason",
                    name="reason",
                    default_value=ClientFileState.reason,
                    aria_describedby="reason-hint",
                    max_length=500,
                ),
                class_name="field",
            ),
            rx.el.button("Autoriser un nouvel essai", type="submit"),
            on_submit=ClientFileState.allow_trial,
            method="post",
        ),
    )


def _event(event: rx.vars.ObjectVar[EventRow]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(event.when, class_name="when"),
            " ",
            rx.cond(event.recorded != "", rx.el.span(event.recorded, class_name="hint")),
        ),
        rx.el.p(
            event.sentence, " ", rx.el.span("par ", event.actor, class_name="second"), " ", why(event.why)
        ),
    )


def _journal(row: rx.vars.ObjectVar[JournalRow]) -> rx.Component:
    return rx.el.li(rx.el.p(rx.el.span(row.when, class_name="when")), rx.el.p(row.sentence))


def mails_page() -> rx.Component:
    return staff_frame(
        rx.el.header(
            rx.el.h1("Les e-mails"),
            rx.el.p("Ce que les clients reçoivent, tel qu’ils le lisent.", class_name="lead"),
            class_name="page-head",
        ),
        rx.cond(
            MailsState.loaded,
            rx.cond(
                MailsState.rows.length() > 0,
                _mails(MailsState.rows),
                empty_state("Aucun e-mail encore", "Le premier partira avec la première inscription."),
            ),
            skeleton(),
        ),
        current="/gestion/mails",
    )


def _mails(rows: rx.vars.ArrayVar[list[MailRow]]) -> rx.Component:
    return rx.el.ul(rx.foreach(rows, _mail), class_name="mails")


def _mail(mail: rx.vars.ObjectVar[MailRow]) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.span(mail.subject, class_name="subject"),
                rx.el.span(mail.recipient, " · ", mail.when, class_name="second"),
                rx.el.span(mail.state, class_name="badge " + mail.tone),
            ),
            rx.el.pre(mail.text, class_name="mail-text"),
        )
    )


def clock_page() -> rx.Component:
    return staff_frame(
        rx.el.header(
            rx.el.h1("L’horloge"),
            rx.el.p("Il est ", ClockState.now, ", heure de Paris.", class_name="lead"),
            class_name="page-head",
        ),
        notices(ClockState.problem, ClockState.said),
        rx.cond(ClockState.loaded, rx.cond(ClockState.movable, _moving(), _standing()), skeleton()),
        current="/gestion/horloge",
    )


def _standing() -> rx.Component:
    return empty_state(
        "Le temps passe tout seul",
        "L’horloge ne se déplace que dans une démonstration (portal serve --demo).",
    )


def _moving() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "L’horloge avance en s’arrêtant à chaque échéance, qui s’exécute à son heure. Elle ne recule jamais."
        ),
        rx.el.div(
            *(
                rx.el.button(label, type="button", on_click=ClockState.forward(days))
                for days, label in ((1, "Demain"), (7, "Dans 7 jours"), (30, "Dans 30 jours"))
            ),
            class_name="choices",
        ),
        rx.el.form(
            rx.el.div(
                rx.el.label("Ou jusqu’à un instant, heure de Paris", html_for="to"),
                rx.el.input(id="to", name="to", type="datetime-local", default_value=ClockState.typed),
                class_name="field",
            ),
            rx.el.button("Avancer jusque-là", type="submit", class_name="primary"),
            on_submit=ClockState.go_to,
            method="post",
        ),
        rx.cond(
            ClockState.stops.length() > 0,
            rx.el.section(
                rx.el.h2("Échéances traversées"),
                rx.el.ol(rx.foreach(ClockState.stops, rx.el.li), class_name="plain"),
            ),
        ),
    )
