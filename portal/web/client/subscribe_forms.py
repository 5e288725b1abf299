"""The two forms of `/espace/souscrire`: the company and who signs, the account to collect from."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.iban_words import LEFT, TYPED
from portal.web.client.subscribe_state import SubscribeState
from portal.web.components.anchors import button
from portal.web.components.fields import field
from portal.web.components.figures import figures
from portal.web.components.why import why

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
SUBSCRIBE: Any = SubscribeState
VIEW: Any = SUBSCRIBE.view
# Milliseconds without a key, after which what is typed is looked at.
_PAUSE = 250


def company_form() -> rx.Component:
    """Ask who subscribes and signs, for how many; what it costs stands beside and follows what is typed."""
    return rx.el.form(
        rx.el.div(
            rx.el.p("SIREN\u00a0: ", rx.el.strong(VIEW.siren), class_name="soft"),
            _row(("legal_name", "Dénomination", {}), ("legal_form", "Forme juridique", {})),
            _row(
                ("capital", "Capital", {"optional": True, "hint": "En euros"}),
                ("rcs_city", "Ville du greffe (RCS)", {"optional": True, "hint": "Comme sur votre K-bis"}),
            ),
            _asked("street", "Adresse", auto_complete="street-address"),
            _row(("postcode", "Code postal", {"input_mode": "numeric"}), ("city", "Ville", {})),
            _asked(
                "vat_number",
                "Numéro de TVA",
                optional=True,
                hint="Calculé depuis votre SIREN. Laissez vide si vous n’en avez pas.",
            ),
            _row(
                (
                    "signatory_name",
                    "Prénom et nom de qui signe",
                    {"hint": "Une personne qui engage l’entreprise"},
                ),
                ("signatory_capacity", "En qualité de", {"hint": "Gérante, président, directrice générale…"}),
            ),
            _asked(
                "users",
                "Nombre d’utilisateurs",
                hint=rx.Var.create(typeset("Au moins : ")) + VIEW.minimum.to_string(),
                input_mode="numeric",
                on_change=SUBSCRIBE.price("users").debounce(_PAUSE),
            ),
        ),
        rx.el.aside(
            rx.el.h3("Ce que cela coûte"),
            figures(SUBSCRIBE.prices),
            aria_live="polite",
            class_name="price-aside",
        ),
        rx.el.div(
            rx.el.fieldset(
                rx.el.legend("Options"),
                rx.foreach(VIEW.options, _option),
                class_name="options",
            ),
            button("Garder et continuer", type="submit"),
        ),
        on_submit=SUBSCRIBE.save_subscription,
        no_validate=True,
        method="post",
        class_name="company-form",
        key=rx.Var.create("company-") + SUBSCRIBE.company_key.to_string(),
    )


def _option(one: Any) -> rx.Component:
    """Ask for how many of an option, as `field` does: its name is known to the browser alone."""
    name, wrong = one.name.to(str), SUBSCRIBE.errors.get(one.name, "").to(str)
    hint_id, wrong_id = name + "-hint", name + "-error"
    return rx.el.div(
        rx.el.label(one.label, html_for=name),
        rx.el.p(one.price, " ", why(one.why, one.label), id=hint_id, class_name="field-hint"),
        rx.el.p(wrong, id=wrong_id, class_name="field-error", role="alert"),
        rx.el.input(
            id=name,
            name=name,
            default_value=SUBSCRIBE.typed.get(one.name, one.kept),
            input_mode="numeric",
            on_change=SUBSCRIBE.price(one.name).debounce(_PAUSE),
            aria_invalid=rx.cond(wrong != "", "true", "false"),
            aria_describedby=hint_id + " " + wrong_id,
            class_name="input",
        ),
        class_name=rx.cond(wrong != "", "field field-wrong", "field"),
    )


def account_form(state: Any, label: str) -> rx.Component:
    """Ask for the account to collect from; `state` keeps what is typed, checks and saves it, `label` is the button's."""
    return rx.el.form(
        rx.el.p(
            typeset(
                "Le mandat SEPA Core nous autorise à prélever vos factures sur ce compte, annoncées d’avance. Vous "
                "pouvez en demander le remboursement à votre banque pendant huit semaines."
            ),
            class_name="soft",
        ),
        _typed(state, "holder", "Titulaire du compte", auto_complete="off"),
        _typed(
            state,
            "iban",
            "IBAN",
            auto_complete="off",
            spell_check=False,
            on_change=state.check_iban(TYPED).debounce(_PAUSE),
            # The same event: it takes the place of what is still waiting for the pause.
            on_blur=state.check_iban(LEFT).debounce(_PAUSE),
        ),
        rx.el.p(
            state.iban.words,
            role="status",
            class_name=rx.Var.create("said-") + state.iban.tone.to(str),
        ),
        _typed(
            state,
            "bic",
            "BIC",
            optional=True,
            hint="Seulement si votre banque n’est pas reconnue.",
            auto_complete="off",
        ),
        button(label, type="submit"),
        on_submit=state.save_account,
        no_validate=True,
        method="post",
        class_name="stack",
        key=rx.Var.create("account-") + state.form_key.to_string(),
    )


def _row(*fields: tuple[str, str, dict[str, Any]]) -> rx.Component:
    return rx.el.div(*(_asked(name, label, **props) for name, label, props in fields), class_name="field-row")


def _asked(name: str, label: str, **props: Any) -> rx.Component:
    return _typed(SUBSCRIBE, name, label, **props)


def _typed(state: Any, name: str, label: str, **props: Any) -> rx.Component:
    return field(name, label, kept=state.typed[name], error=state.errors.get(name, ""), **props)
