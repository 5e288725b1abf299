"""Coming in: sign-in, its second step, a forgotten password, a link from a mail, the first staff member.

All forms are the browser's own: a password never travels with events, and signing in is a whole page
load, after which the websocket is opened with the new cookie.
"""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.account.draft_state import DraftState
from portal.web.components.anchors import button, link
from portal.web.components.fields import field
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
DRAFT: Any = DraftState


def sign_in_page() -> rx.Component:
    return _task(
        "connexion",
        "Se connecter",
        None,
        _form(
            "/auth/connexion",
            _field("connexion", "email", "E-mail", kind="email", auto_complete="username"),
            _secret("connexion", "password", "Mot de passe", auto_complete="current-password"),
            _hidden("suite", DRAFT.suite),
            button("Se connecter", type="submit"),
        ),
        rx.el.p(link("Mot de passe oublié", "/mot-de-passe-oublie")),
        rx.el.p(
            "Pas encore de compte ? ".replace(" ?", "\u202f?"), link("Commencer un essai gratuit", "/essai")
        ),
    )


def code_page() -> rx.Component:
    return _task(
        "code",
        "Saisir le code",
        "Ouvrez votre application d’authentification et recopiez le code à six chiffres d’EXANERGY CRM.",
        _form(
            "/auth/connexion/code",
            _secret(
                "code",
                "code",
                "Code à six chiffres",
                hint="Ou l’un de vos codes de secours",
                kind="text",
                input_mode="text",
                auto_complete="one-time-code",
            ),
            _hidden("suite", DRAFT.suite),
            button("Continuer", type="submit"),
        ),
        rx.el.p(link("Revenir à la connexion", "/connexion")),
    )


def forgotten_page() -> rx.Component:
    return _task(
        "oublie",
        "Choisir un nouveau mot de passe",
        "Indiquez votre adresse : si un compte y correspond, vous recevez un lien valable trente minutes.",
        _form(
            "/auth/mot-de-passe/oublie",
            _field("oublie", "email", "E-mail", kind="email", auto_complete="username"),
            button("Recevoir le lien", type="submit"),
        ),
        rx.el.p(link("Revenir à la connexion", "/connexion")),
    )


def new_password_page() -> rx.Component:
    return _by_link(
        "nouveau",
        "Choisir un nouveau mot de passe",
        "Toutes vos sessions ouvertes seront fermées.",
        _form(
            "/auth/mot-de-passe/nouveau",
            _hidden("jeton", DRAFT.token),
            _new_password("nouveau"),
            button("Changer mon mot de passe", type="submit"),
        ),
        again=link("Demander un nouveau lien", "/mot-de-passe-oublie"),
    )


def confirm_page() -> rx.Component:
    return _by_link(
        "confirmer",
        "Confirmer votre adresse",
        "Un geste, et la suite s’ouvre : les conditions, puis l’essai.",
        _form(
            "/auth/confirmer", _hidden("jeton", DRAFT.token), button("Confirmer mon adresse", type="submit")
        ),
        again=rx.cond(
            DRAFT.link == "expired",
            _form(
                "/auth/confirmer/renvoyer",
                _hidden("jeton", DRAFT.token),
                button("Recevoir un autre lien", type="submit"),
            ),
            link("Se connecter", "/connexion"),
        ),
    )


def invitation_page() -> rx.Component:
    return _by_link(
        "invitation",
        "Ouvrir votre accès d’administrateur",
        "Choisissez un mot de passe : vous vous connecterez avec l’adresse à laquelle cette invitation est arrivée.",
        _form(
            "/auth/invitation",
            _hidden("jeton", DRAFT.token),
            _new_password("invitation"),
            button("Ouvrir mon accès", type="submit"),
        ),
        again=rx.el.span(
            typeset(
                "Un autre administrateur peut vous renvoyer une invitation. Votre accès est déjà ouvert ? "
            ),
            link("Connectez-vous", "/connexion"),
            ".",
        ),
    )


def first_staff_page() -> rx.Component:
    return _by_link(
        "premier-acces",
        "Devenir le premier membre de l’équipe",
        "Ce compte voit tous les clients. Un second facteur vous sera demandé aussitôt après.",
        _form(
            "/auth/premier-acces",
            _hidden("jeton", DRAFT.token),
            rx.el.div(
                _field("premier-acces", "first_name", "Prénom", auto_complete="given-name"),
                _field("premier-acces", "last_name", "Nom", auto_complete="family-name"),
                class_name="field-row",
            ),
            _field("premier-acces", "email", "E-mail", kind="email", auto_complete="username"),
            _new_password("premier-acces", hint="Quinze caractères au moins. Vous pouvez le coller."),
            button("Créer ce compte", type="submit"),
        ),
        again=rx.el.span(typeset("Arrêtez le portail et relancez-le : il affiche un nouveau lien.")),
    )


def _task(form: str, title: str, lead: str | None, *content: rx.Component) -> rx.Component:
    return frame(
        rx.el.header(
            rx.el.h1(title),
            *([rx.el.p(typeset(lead), class_name="lead")] if lead else []),
            class_name="page-head",
        ),
        problem(DRAFT.errors.get(f"{form}.", "")),
        notice(DRAFT.notices.get(form, "")),
        rx.cond(DRAFT.loaded, rx.el.div(*content, class_name="stack"), skeleton(4)),
        area=Area.SIGN_UP,
        kind="task",
    )


def _by_link(form: str, title: str, lead: str, content: rx.Component, *, again: rx.Component) -> rx.Component:
    """A page that a mail's link opens; a link that is used, old or unknown says so and what to do."""
    return _task(
        form,
        title,
        lead,
        rx.match(
            DRAFT.link,
            ("good", content),
            (
                "used",
                _refused(
                    "Ce lien a déjà servi. S’il vous a menée ici une première fois, tout est fait.", again
                ),
            ),
            (
                "expired",
                _refused("Ce lien a dépassé sa durée. Rien n’est perdu : demandez-en un autre.", again),
            ),
            _refused(
                "Ce lien n’est pas complet. Ouvrez-le depuis l’e-mail, ou recopiez-le jusqu’à son dernier caractère.",
                again,
            ),
        ),
    )


def _refused(text: str, again: rx.Component) -> rx.Component:
    return rx.fragment(rx.el.p(typeset(text), role="alert"), rx.el.div(again))


def _form(action: str, *content: rx.Component) -> rx.Component:
    return rx.el.form(
        *content, action=action, method="post", on_submit=None, no_validate=True, class_name="stack"
    )


def _field(form: str, name: str, label: str, **props: Any) -> rx.Component:
    key = f"{form}.{name}"
    return field(name, label, kept=DRAFT.values.get(key, ""), error=DRAFT.errors.get(key, ""), **props)


def _secret(form: str, name: str, label: str, **props: Any) -> rx.Component:
    return field(name, label, error=DRAFT.errors.get(f"{form}.{name}", ""), **{"kind": "password", **props})


def _new_password(
    form: str,
    hint: str = "Douze caractères au moins. Une phrase se retient mieux qu’un code ; vous pouvez la coller.",
) -> rx.Component:
    return _secret(form, "password", "Nouveau mot de passe", hint=typeset(hint), auto_complete="new-password")


def _hidden(name: str, value: Any) -> rx.Component:
    return rx.el.input(type="hidden", name=name, value=value)
