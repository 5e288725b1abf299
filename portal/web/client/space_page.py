"""`/espace`: the next thing to do, where the trial stands, its dates with their reasons, its users."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.person_fields import person_fields
from portal.web.client.space_state import SpaceState
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.confirm import confirm_dialog
from portal.web.components.countdown import countdown
from portal.web.components.figures import fact
from portal.web.components.frame import Area, frame
from portal.web.components.next_step import next_step
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.components.timeline import next_dates, timeline
from portal.web.components.why import why

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
SPACE: Any = SpaceState


VIEW: Any = SPACE.view
USERS = (Column("Nom"), Column("E-mail"), Column("Depuis le"), Column("Accès"))


def space_page() -> rx.Component:
    return frame(
        rx.cond(SPACE.loaded, _space(), skeleton(8, heading=True)),
        area=Area.CLIENT,
        here="/espace",
    )


def _space() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(VIEW.company, " · référence ", VIEW.reference, class_name="eyebrow"),
            rx.el.h1(VIEW.headline),
            rx.el.p(VIEW.lead, class_name="lead"),
            why(VIEW.why, VIEW.headline),
            class_name=rx.cond(VIEW.is_worst, "page-head page-head-worst", "page-head"),
        ),
        problem(SPACE.problem, SPACE.whys),
        notice(SPACE.said),
        next_dates(VIEW.next_marks, "Vos deux prochaines dates"),
        next_step(
            VIEW.step_title,
            VIEW.step_text,
            plain_link(VIEW.step_label, VIEW.step_href, class_name="button button-main"),
            aside=rx.cond(
                VIEW.countdown_iso != "",
                rx.fragment(
                    rx.el.p(VIEW.countdown_label, class_name="soft"),
                    countdown(VIEW.countdown_iso, VIEW.now_iso, VIEW.countdown_text),
                ),
            ),
        ),
        rx.cond(VIEW.marks.length() > 0, _dates()),
        rx.cond(VIEW.saves.length() > 0, _saves()),
        rx.cond(VIEW.remains.length() > 0, _remains()),
        rx.cond(VIEW.users.length() > 0, _users()),
        confirm_dialog(
            SPACE.removing != "",
            title=rx.Var.create("Retirer ") + SPACE.removing_name,
            effect=typeset(
                "Cette personne n’accède plus au service dès maintenant. Ses données restent, et sa place se libère."
            ),
            consent="Oui, cette personne n’utilise plus EXANERGY CRM",
            confirm_label="Retirer cette personne",
            on_confirm=SPACE.remove,
            on_keep=SPACE.keep,
        ),
    )


def _dates() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Vos dates", id="dates"),
        timeline(VIEW.marks, "Les dates de votre essai"),
        rx.el.p(plain_link("Mettre ces dates dans mon agenda (.ics)", "/espace/echeances.ics")),
        aria_labelledby="dates",
    )


def _saves() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Ce qui arrête la destruction", id="suite"),
        rx.el.p(typeset("Deux pièces, reçues toutes les deux avant la fin du délai de réflexion :")),
        rx.el.ul(rx.foreach(VIEW.saves, rx.el.li)),
        rx.el.p(
            typeset(
                "Elles sauvent vos données. Pour ouvrir le contrat, il faudra aussi un extrait K-bis de moins de trois "
                "mois, la validation de vos données et le règlement du premier mois (CGV, article 8)."
            ),
            class_name="soft",
        ),
        aria_labelledby="suite",
    )


def _remains() -> rx.Component:
    return rx.el.section(rx.el.h2("Ce qui demeure"), rx.el.ul(rx.foreach(VIEW.remains, rx.el.li)))


def _users() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les utilisateurs", id="utilisateurs"),
        rx.el.p(VIEW.users_count, class_name="soft"),
        table("Utilisateurs inscrits", USERS, rx.foreach(VIEW.users, _user)),
        rx.cond(
            VIEW.users_open,
            rx.cond(VIEW.users_full, rx.el.p(VIEW.users_full_text, class_name="limit"), _add_user()),
            rx.cond(
                VIEW.users_elsewhere,
                rx.el.p(link("Ajouter, remplacer ou retirer quelqu’un", "/espace/utilisateurs")),
                rx.el.p(typeset("Le service n’est pas ouvert : la liste ne change plus."), class_name="soft"),
            ),
        ),
        aria_labelledby="utilisateurs",
    )


def _user(user: Any) -> rx.Component:
    return row(
        USERS,
        user.name,
        user.email,
        fact(user.since),
        rx.cond(
            user.is_admin,
            badge("Administrateur", "quiet"),
            rx.cond(
                VIEW.users_open,
                button(
                    rx.fragment("Retirer", rx.el.span(" ", user.name, class_name="unseen")),
                    kind="plain",
                    on_click=SPACE.ask_to_remove(user.person_id),
                ),
            ),
        ),
    )


def _add_user() -> rx.Component:
    return rx.el.form(
        rx.el.h3("Ajouter un utilisateur"),
        person_fields(SPACE),
        button("Ajouter et inviter", type="submit"),
        on_submit=SPACE.add_user,
        no_validate=True,
        method="post",
        class_name="stack",
        key=SPACE.form_key.to_string(),
    )
