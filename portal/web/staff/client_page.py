"""`/gestion/client`: one client's file, from what waits for a decision to the last line of its journal."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.confirm import confirm_dialog
from portal.web.components.empty import empty
from portal.web.components.fields import long_field
from portal.web.components.figures import fact
from portal.web.components.frame import Area, frame
from portal.web.components.next_step import next_step
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.timeline import timeline
from portal.web.components.why import why
from portal.web.staff.mail_list import mail_list
from portal.web.staff.order_list import order_list
from portal.web.staff.states import ClientFileState

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = ClientFileState


FILE: Any = OPEN.file


def client_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded, _file(), skeleton(10, heading=True)),
        area=Area.STAFF,
        here="/gestion",
    )


def _file() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(link("Les clients", "/gestion"), " · référence ", FILE.reference, class_name="eyebrow"),
            rx.el.h1(FILE.name),
            rx.el.p(badge(FILE.situation, FILE.tone)),
            rx.el.p(FILE.identity, class_name="lead"),
            rx.el.p(
                typeset("Service : "), FILE.service, typeset(" · Données : "), FILE.data, class_name="soft"
            ),
            class_name="page-head",
        ),
        problem(OPEN.problem, OPEN.whys),
        notice(OPEN.said),
        rx.cond(FILE.is_refused_by_crm, _orders("Le CRM a refusé un ordre")),
        rx.cond(FILE.parked_for.length() > 0, _parked()),
        rx.cond(FILE.held, _held_destruction()),
        rx.cond(FILE.may_allow_trial, _allow_trial()),
        rx.cond(
            FILE.marks.length() > 0,
            rx.el.section(rx.el.h2("La ligne du temps"), timeline(FILE.marks, "Les dates de ce client")),
        ),
        rx.el.section(
            rx.el.h2("Les événements"),
            rx.el.ol(rx.foreach(FILE.events, _event), class_name="history history-dated"),
            rx.el.p(
                plain_link(
                    "Télécharger le fichier de preuve (ZIP)",
                    f"/gestion/contrats/{FILE.contract_id}/preuves.zip",
                    download="",
                )
            ),
        ),
        rx.el.section(
            rx.el.h2("Les utilisateurs"),
            rx.cond(
                FILE.users.length() > 0,
                rx.el.ul(
                    rx.foreach(
                        FILE.users,
                        lambda user: rx.el.li(
                            rx.el.p(user.name, class_name="history-name"),
                            rx.el.p(
                                user.email, rx.el.span(" · depuis le ", fact(user.since), class_name="soft")
                            ),
                        ),
                    ),
                    class_name="history history-dated",
                ),
                empty("Personne encore", "Les utilisateurs paraissent avec le début de l’essai."),
            ),
        ),
        rx.el.section(
            rx.el.h2("Les e-mails envoyés"),
            rx.cond(
                FILE.mails.length() > 0,
                mail_list(FILE.mails, OPEN.send_mail_again),
                empty("Aucun e-mail encore", "Le premier part avec l’acceptation des CGV."),
            ),
        ),
        rx.cond(FILE.is_refused_by_crm, None, _orders("Les ordres au CRM")),
        rx.el.section(
            rx.el.h2("Le journal"),
            rx.cond(
                FILE.journal.length() > 0,
                rx.el.ol(rx.foreach(FILE.journal, _journal), class_name="history history-dated"),
                empty("Rien encore", "Chaque acte du client et de l’équipe paraît ici."),
            ),
        ),
        confirm_dialog(
            OPEN.confirming,
            title=rx.Var.create("Détruire les données ") + FILE.whose,
            effect="Les données sont détruites aujourd’hui, définitivement, et le client en est averti par e-mail.",
            consent="J’ai vérifié qu’aucune pièce n’est arrivée par un autre chemin",
            confirm_label="Détruire définitivement",
            on_confirm=OPEN.destroy,
            on_keep=OPEN.keep,
        ),
    )


def _parked() -> rx.Component:
    return next_step(
        "Vérifier ce contrat arrêté",
        typeset(
            "La suite de ce contrat aurait contredit les règles du portail : rien n’en a été écrit, et plus rien n’y "
            "change. Faites corriger ce qui suit, puis laissez-le reprendre ; s’il reste contredit, il s’arrêtera de nouveau."
        ),
        rx.el.ul(rx.foreach(FILE.parked_for, lambda one: rx.el.li(rx.el.code(one)))),
        button("Laisser reprendre", kind="other", on_click=OPEN.release),
    )


def _held_destruction() -> rx.Component:
    return next_step(
        "Confirmer une destruction en retard",
        typeset(
            "Le portail était arrêté à l’heure prévue. Une destruction ne se rattrape pas toute seule : vérifiez "
            "qu’aucune pièce n’est arrivée par un autre chemin, puis confirmez."
        ),
        button("Confirmer la destruction…", kind="grave", on_click=OPEN.ask_to_destroy),
    )


def _allow_trial() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Autoriser un nouvel essai"),
        rx.el.form(
            long_field(
                "reason",
                "Pourquoi ce client peut essayer une nouvelle fois",
                kept=OPEN.reason,
                hint="Ce motif reste dans le dossier.",
                max_length=500,
            ),
            button("Autoriser un nouvel essai", kind="other", type="submit"),
            on_submit=OPEN.allow_trial,
            method="post",
            class_name="stack",
        ),
    )


def _orders(title: str) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title),
        rx.cond(
            FILE.orders.length() > 0,
            order_list(FILE.orders, OPEN.try_order_again),
            empty("Aucun ordre encore", "Le premier, ouvrir le service, part avec le début de l’essai."),
        ),
    )


def _event(event: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(event.when, class_name="history-when"),
        rx.el.div(
            rx.el.p(
                event.sentence,
                rx.el.span(" · par ", event.actor, class_name="soft"),
                rx.cond(event.recorded != "", rx.el.span(", ", fact(event.recorded), class_name="soft")),
            ),
            why(event.why, event.when),
            class_name="history-what",
        ),
    )


def _journal(entry: Any) -> rx.Component:
    return rx.el.li(rx.el.p(fact(entry.when), class_name="history-when"), rx.el.p(fact(entry.sentence)))
