"""`/espace`: the next thing to do, where the trial stands, its dates with their reasons, its users."""

import reflex as rx

from portal.web.client.space_state import SpaceState
from portal.web.client.space_view import Fact, UserRow
from portal.web.components.confirm import confirm_dialog
from portal.web.components.countdown import countdown
from portal.web.components.field import field
from portal.web.components.frame import client_frame
from portal.web.components.next_step import next_step
from portal.web.components.notice import notices
from portal.web.components.skeleton import skeleton
from portal.web.components.timeline import timeline
from portal.web.components.why import why

VIEW = SpaceState.view


def space_page() -> rx.Component:
    return client_frame(rx.cond(SpaceState.loaded, _space(), skeleton()), current="/espace")


def _space() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(VIEW.company, " · référence ", VIEW.reference, class_name="eyebrow"),
            rx.el.h1(VIEW.headline),
            rx.el.p(VIEW.lead, class_name="lead"),
            class_name=rx.match(
                VIEW.stage, ("reflection", "page-head worst"), ("waiting", "page-head worst"), "page-head"
            ),
        ),
        notices(SpaceState.problem, SpaceState.said),
        next_step(
            title=VIEW.step_title,
            text=VIEW.step_text,
            label=VIEW.step_label,
            href=VIEW.step_href,
            aside=rx.cond(VIEW.countdown_iso != "", countdown(VIEW.countdown_iso, VIEW.countdown_text)),
        ),
        rx.cond(VIEW.marks.length() > 0, _dates()),
        rx.cond(VIEW.saves.length() > 0, _saves()),
        rx.cond(VIEW.remains.length() > 0, _remains()),
        rx.cond(VIEW.users.length() > 0, _users()),
        confirm_dialog(
            is_open=SpaceState.removing != "",
            title=rx.el.span("Retirer ", SpaceState.removing_name, " ?"),
            effect="Cette personne n’accède plus au service dès maintenant. Ses données restent, et sa place se libère.",
            confirm_label="Retirer cette personne",
            on_confirm=SpaceState.remove,
            on_cancel=SpaceState.keep,
        ),
    )


def _dates() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Vos dates"),
        timeline(VIEW.marks, label="Les dates de votre essai"),
        rx.el.dl(rx.foreach(VIEW.facts, _fact), class_name="facts"),
        rx.el.p(
            rx.el.a(
                "Mettre ces dates dans mon agenda (.ics)",
                href="/espace/echeances.ics",
                custom_attrs={"reloadDocument": True},
            )
        ),
        aria_labelledby="dates",
        id="dates-section",
    )


def _fact(fact: rx.vars.ObjectVar[Fact]) -> rx.Component:
    return rx.el.div(rx.el.dt(fact.label), rx.el.dd(fact.value, " ", why(fact.why)))


def _saves() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Ce qui arrête la destruction"),
        rx.el.p("Deux pièces, reçues toutes les deux avant la fin du délai de réflexion :"),
        rx.el.ul(rx.foreach(VIEW.saves, rx.el.li), class_name="pieces"),
        rx.el.p(
            "Elles sauvent vos données. Pour ouvrir le contrat, il faudra aussi un extrait K-bis de moins de trois "
            "mois, la validation de vos données et le règlement du premier mois (CGV, article 8)."
        ),
        id="suite",
    )


def _remains() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Ce qui demeure"),
        rx.el.ul(rx.foreach(VIEW.remains, rx.el.li), class_name="pieces"),
    )


def _users() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les utilisateurs"),
        rx.el.p(VIEW.users_count, class_name="count"),
        rx.el.table(
            rx.el.caption("Utilisateurs inscrits", class_name="visually-hidden"),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th("Nom", scope="col"),
                    rx.el.th("E-mail", scope="col"),
                    rx.el.th("Depuis le", scope="col"),
                    rx.el.th(rx.el.span("Action", class_name="visually-hidden"), scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(VIEW.users, _user)),
            class_name="cards-table",
        ),
        rx.cond(
            VIEW.users_open,
            rx.cond(VIEW.users_full, rx.el.p(VIEW.users_full_text, class_name="hint"), _add_user()),
            rx.el.p("Le service n’est pas ouvert : la liste ne change plus.", class_name="hint"),
        ),
        id="utilisateurs",
    )


def _user(user: rx.vars.ObjectVar[UserRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            user.name,
            rx.cond(user.is_admin, rx.el.span(" Administrateur", class_name="badge")),
            custom_attrs={"data-label": "Nom"},
        ),
        rx.el.td(user.email, custom_attrs={"data-label": "E-mail"}),
        rx.el.td(user.since, custom_attrs={"data-label": "Depuis le"}),
        rx.el.td(
            rx.cond(
                VIEW.users_open & ~user.is_admin,
                rx.el.button(
                    "Retirer",
                    rx.el.span(" ", user.name, class_name="visually-hidden"),
                    type="button",
                    class_name="quiet",
                    on_click=SpaceState.ask_to_remove(user.person_id),
                ),
            )
        ),
    )


def _add_user() -> rx.Component:
    return rx.el.form(
        rx.el.h3("Ajouter un utilisateur"),
        field("first_name", "Prénom", SpaceState.typed["first_name"], SpaceState.errors, auto_complete="off"),
        field("last_name", "Nom", SpaceState.typed["last_name"], SpaceState.errors, auto_complete="off"),
        field(
            "email", "E-mail", SpaceState.typed["email"], SpaceState.errors, type="email", auto_complete="off"
        ),
        rx.el.button("Ajouter et inviter", type="submit", class_name="primary"),
        on_submit=SpaceState.add_user,
        no_validate=True,
        method="post",
        class_name="add-user",
        key=SpaceState.form_key.to_string(),
    )
