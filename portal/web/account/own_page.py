"""`/espace/compte`: one's password, second factor, sessions and journal; and a second factor being set up."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.account.draft_state import DraftState
from portal.web.account.own_state import AccountState, EnrolState
from portal.web.client.evidence_panel import evidence_panel
from portal.web.client.feed_panel import feed_panel
from portal.web.components.anchors import button
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.fields import field
from portal.web.components.figures import fact
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem
from portal.web.components.private import only_hers
from portal.web.components.skeleton import skeleton
from portal.web.components.timeline import next_dates
from portal.web.routes.secrets import CODES, KEY

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
ACCOUNT: Any = AccountState
DRAFT: Any = DraftState
ENROL: Any = EnrolState


def account_page() -> rx.Component:
    return rx.cond(ACCOUNT.is_staff, _framed(Area.STAFF), _framed(Area.CLIENT))


def _framed(area: Area) -> rx.Component:
    return frame(
        rx.el.header(
            rx.el.h1("Votre compte"),
            rx.el.p("Ce qui le protège, et ce qui s’y est passé.", class_name="lead"),
            class_name="page-head",
        ),
        rx.cond(
            ACCOUNT.loaded,
            rx.fragment(
                next_dates(ACCOUNT.next_marks, "Vos deux prochaines dates"),
                _password(),
                _factor(),
                _sessions(),
                *([feed_panel(), evidence_panel()] if area is Area.CLIENT else []),
                _journal(),
            ),
            skeleton(10),
        ),
        area=area,
        here="/espace/compte",
    )


def _said(form: str) -> rx.Component:
    return rx.fragment(problem(DRAFT.errors.get(f"{form}.", "")), notice(DRAFT.notices.get(form, "")))


def _password() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Le mot de passe", id="mot-de-passe"),
        _said("mot-de-passe"),
        _form(
            "/auth/mot-de-passe/changer",
            _secret("mot-de-passe", "current", "Mot de passe actuel", auto_complete="current-password"),
            _secret(
                "mot-de-passe",
                "password",
                "Nouveau mot de passe",
                hint=typeset("Vos autres sessions seront fermées."),
                auto_complete="new-password",
            ),
            button("Changer mon mot de passe", kind="other", type="submit"),
        ),
        class_name="task",
        aria_labelledby="mot-de-passe",
    )


def _factor() -> rx.Component:
    return rx.el.section(
        rx.el.h2("La double authentification", id="second-facteur"),
        _said("second-facteur"),
        rx.cond(
            ACCOUNT.factor_on,
            _factor_on(),
            rx.cond(
                ACCOUNT.is_setting_up,
                set_up(),
                _begin("Activer la double authentification"),
            ),
        ),
        class_name="task",
        aria_labelledby="second-facteur",
    )


def _factor_on() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            badge("En place", "done"),
            typeset(
                " À chaque connexion, un code de votre téléphone est demandé. Codes de secours restants : "
            ),
            ACCOUNT.codes_left,
            ".",
        ),
        rx.cond(
            ACCOUNT.has_codes_to_read,
            rx.el.div(
                rx.el.p("Vos codes de secours, chacun bon une seule fois. Recopiez-les maintenant."),
                only_hers(CODES),
                class_name="limit",
            ),
        ),
        _form(
            "/auth/second-facteur/codes",
            _secret("second-facteur", "current", "Mot de passe actuel", auto_complete="current-password"),
            rx.el.div(
                button("Créer de nouveaux codes de secours", kind="other", type="submit"),
                rx.cond(
                    ACCOUNT.is_staff,
                    None,
                    button(
                        "Retirer la double authentification",
                        kind="grave",
                        type="submit",
                        form_action="/auth/second-facteur/retirer",
                    ),
                ),
                class_name="button-row",
            ),
        ),
    )


def _begin(label: str) -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Un code à six chiffres, affiché par une application de votre téléphone, s’ajoute au mot de passe. "
            "Qui apprendrait votre mot de passe n’entrerait pas."
        ),
        _form(
            "/auth/second-facteur/activer",
            _secret("second-facteur", "current", "Mot de passe actuel", auto_complete="current-password"),
            button(label, kind="other", type="submit"),
        ),
    )


def set_up() -> rx.Component:
    """Show the seed as a picture and as letters, and ask for the first code."""
    return rx.fragment(
        rx.el.ol(
            rx.el.li("Ouvrez une application d’authentification sur votre téléphone."),
            rx.el.li("Scannez cette image, ou recopiez la clé."),
            rx.el.li("Saisissez le code qu’elle affiche."),
            class_name="numbered",
        ),
        rx.el.div(
            rx.el.p(typeset("La clé :")),
            only_hers(KEY, alt="Code QR de la clé, à scanner"),
            class_name="private-key",
        ),
        _form(
            "/auth/second-facteur/confirmer",
            _secret(
                "second-facteur",
                "code",
                "Code à six chiffres",
                kind="text",
                input_mode="numeric",
                auto_complete="one-time-code",
            ),
            button("Mettre en place", type="submit"),
        ),
    )


def _sessions() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Vos sessions ouvertes", id="sessions"),
        _said("sessions"),
        rx.el.ul(rx.foreach(ACCOUNT.open_sessions, _session), class_name="history"),
        rx.cond(
            ACCOUNT.open_sessions.length() > 1,
            _form(
                "/auth/sessions/terminer",
                rx.el.input(type="hidden", name="toutes", value="1"),
                button("Fermer toutes les autres sessions", kind="other", type="submit"),
            ),
        ),
        aria_labelledby="sessions",
    )


def _session(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(one.device, " ", rx.cond(one.is_current, badge("Cette session", "quiet"))),
        rx.el.span("Ouverte le ", fact(one.since), ", vue le ", fact(one.seen), class_name="second-line"),
        rx.cond(
            one.is_current,
            None,
            _form(
                "/auth/sessions/terminer",
                rx.el.input(type="hidden", name="session", value=one.public_id),
                button("Fermer cette session", kind="plain", type="submit"),
            ),
        ),
    )


def _journal() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Le journal de votre compte", id="journal"),
        rx.cond(
            ACCOUNT.entries.length() > 0,
            rx.el.ol(
                rx.foreach(
                    ACCOUNT.entries,
                    lambda one: rx.el.li(
                        rx.el.span(fact(one.when), class_name="second-line"), rx.el.p(fact(one.sentence))
                    ),
                ),
                class_name="history",
            ),
            empty("Rien encore", "Chaque connexion et chaque changement paraît ici."),
        ),
        aria_labelledby="journal",
    )


def enrol_page() -> rx.Component:
    return frame(
        rx.el.header(
            rx.el.h1("Mettre en place le second facteur"),
            rx.el.p(
                typeset("L’équipe voit tous les clients : un mot de passe n’y suffit pas."), class_name="lead"
            ),
            class_name="page-head",
        ),
        _said("second-facteur"),
        rx.cond(
            ENROL.loaded,
            rx.cond(ENROL.is_setting_up, set_up(), _begin("Commencer")),
            skeleton(6),
        ),
        area=Area.SIGN_UP,
        kind="task",
    )


def _form(action: str, *content: rx.Component) -> rx.Component:
    return rx.el.form(
        *content, action=action, method="post", on_submit=None, no_validate=True, class_name="stack"
    )


def _secret(form: str, name: str, label: str, **props: Any) -> rx.Component:
    key = f"{form}.{name}"
    ident = f"{form}-{name}"
    return field(name, label, error=DRAFT.errors.get(key, ""), ident=ident, **{"kind": "password", **props})
