"""`/essai`: from the landing page to the running trial, in three screens and eleven fields.

The forms are sent by the browser itself, so that a password never travels with events and a double click,
Back or a reload do no harm. What was typed is kept on the server under a cookie of its own.
"""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.account.draft_state import DraftState
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.fields import field, tick
from portal.web.components.figures import fact
from portal.web.components.frame import Area, frame
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.steps import steps
from portal.web.components.timeline import timeline
from portal.web.prospect.sign_up_state import ConditionsState, SignUpState

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
DRAFT: Any = DraftState
TYPED: Any = SignUpState
LAST: Any = ConditionsState

STEPS = ("Votre entreprise", "Vous", "Les conditions")
STEP_FORMS = ("entreprise", "personne")


def company_page() -> rx.Component:
    return _screen(
        1,
        "Votre entreprise",
        typeset("L’essai est proposé une fois par entreprise, reconnue à son SIREN."),
        "/auth/essai/entreprise",
        _asked(
            "entreprise",
            "siren",
            "SIREN",
            hint="Neuf chiffres, sur votre extrait K-bis",
            input_mode="numeric",
            auto_complete="off",
            on_change=TYPED.check_siren.debounce(350),
        ),
        rx.el.p(TYPED.remark, role="status", class_name="field-remark"),
        rx.el.div(
            _asked("entreprise", "legal_name", "Dénomination sociale", auto_complete="organization"),
            _asked(
                "entreprise",
                "legal_form",
                "Forme juridique",
                hint="SAS, SARL, association…",
                auto_complete="off",
            ),
            _asked("entreprise", "street", "Adresse du siège", auto_complete="street-address"),
            rx.el.div(
                _asked(
                    "entreprise", "postcode", "Code postal", input_mode="numeric", auto_complete="postal-code"
                ),
                _asked("entreprise", "city", "Ville", auto_complete="address-level2"),
                class_name="field-row",
            ),
            class_name="stack",
            key=TYPED.filled.to_string(),
        ),
        button("Continuer", type="submit"),
    )


def person_page() -> rx.Component:
    return rx.cond(DRAFT.sent_to != "", _mail_sent(), _person_form())


def _person_form() -> rx.Component:
    return _screen(
        2,
        "Vous",
        typeset("Vous serez l’administrateur de l’essai, et l’un de ses cinq utilisateurs."),
        "/auth/essai/personne",
        rx.el.div(
            _asked("personne", "first_name", "Prénom", auto_complete="given-name"),
            _asked("personne", "last_name", "Nom", auto_complete="family-name"),
            class_name="field-row",
        ),
        _asked("personne", "email", "E-mail professionnel", kind="email", auto_complete="username"),
        field(
            "password",
            "Mot de passe",
            error=DRAFT.errors.get("personne.password", ""),
            hint=typeset(
                "Douze caractères au moins. Une phrase se retient mieux qu’un code ; vous pouvez la coller."
            ),
            kind="password",
            auto_complete="new-password",
        ),
        button("Créer mon compte", type="submit"),
    )


def _mail_sent() -> rx.Component:
    return frame(
        steps(STEPS, 2),
        rx.el.header(
            rx.el.h1("Consultez vos e-mails"),
            rx.el.p(
                "Nous avons écrit à ",
                rx.el.strong(DRAFT.sent_to),
                typeset(". Le lien de cet e-mail ouvre la suite ; il vaut 24 heures."),
                class_name="lead",
            ),
            class_name="page-head",
        ),
        problem(DRAFT.errors.get("personne.", "")),
        notice(DRAFT.notices.get("personne", "")),
        rx.el.form(
            button("Renvoyer l’e-mail", kind="other", type="submit"),
            action="/auth/essai/renvoyer",
            method="post",
            on_submit=None,
        ),
        rx.el.p(
            typeset("Rien reçu ? Regardez dans les indésirables, ou "),
            link("vérifiez l’adresse", "/essai/vous?corriger=1"),
            ".",
        ),
        rx.el.p(typeset("Adresse déjà confirmée ? "), link("Connectez-vous", "/connexion"), "."),
        area=Area.SIGN_UP,
        here="/essai/vous",
        kind="task",
    )


def _screen(number: int, title: str, lead: str, action: str, *content: rx.Component) -> rx.Component:
    return frame(
        steps(STEPS, number),
        rx.el.header(rx.el.h1(title), rx.el.p(lead, class_name="lead"), class_name="page-head"),
        problem(DRAFT.errors.get(f"{STEP_FORMS[number - 1]}.", "")),
        rx.cond(
            DRAFT.loaded,
            rx.el.form(
                *content, action=action, method="post", on_submit=None, no_validate=True, class_name="stack"
            ),
            skeleton(8),
        ),
        area=Area.SIGN_UP,
        here="/essai",
        kind="task",
    )


def _asked(form: str, name: str, label: str, **props: Any) -> rx.Component:
    key = f"{form}.{name}"
    return field(name, label, kept=DRAFT.values.get(key, ""), error=DRAFT.errors.get(key, ""), **props)


def conditions_page() -> rx.Component:
    return frame(
        steps(STEPS, 3),
        rx.el.header(
            rx.el.h1("Lire et accepter les conditions"),
            rx.el.p(fact(LAST.version_text), class_name="lead"),
            class_name="page-head",
        ),
        problem(LAST.problem, LAST.whys),
        rx.cond(LAST.loaded, rx.cond(LAST.ticked, _confirm(), _read()), skeleton(10)),
        area=Area.CLIENT,
        here="/essai/conditions",
    )


def _read() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.p(
                "Les points qui comptent pour l’essai, article par article. ",
                plain_link("Lire le texte entier", "/cgv", target="_blank"),
                " ou ",
                plain_link("le télécharger (PDF)", LAST.pdf, target="_blank"),
                ".",
            ),
            rx.el.ul(
                rx.foreach(
                    LAST.summaries,
                    lambda one: rx.el.li(
                        plain_link(
                            rx.fragment("Article ", one.number, " — ", one.title),
                            "/cgv#" + one.anchor,
                            target="_blank",
                        ),
                        rx.el.p(one.summary),
                    ),
                ),
                class_name="history history-dated",
            ),
            class_name="terms-summary stack-wide",
        ),
        rx.el.form(
            tick(
                "accepted",
                "J’ai lu les conditions générales de vente et je les accepte",
                error=LAST.tick_error,
            ),
            button("Continuer", type="submit"),
            on_submit=LAST.tick,
            no_validate=True,
            method="post",
            class_name="stack agree",
        ),
    )


def _confirm() -> rx.Component:
    return rx.fragment(
        rx.el.p("Si vous commencez maintenant, voici vos dates, et pourquoi."),
        timeline(LAST.marks, "Les dates de l’essai s’il commence maintenant"),
        rx.el.div(
            button("Confirmer et commencer l’essai", on_click=LAST.confirm, disabled=LAST.working),
            button("Relire les conditions", kind="other", on_click=LAST.untick),
            class_name="button-row agree",
        ),
        notice(LAST.said),
    )
