"""The letter on `/espace/resiliation`: prepared, posted by hand, sent by a provider, or given up."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.services.notice_forms import REASONS
from portal.web.client.effect_panel import documents_panel
from portal.web.client.notice_state import NoticeState
from portal.web.components.anchors import button
from portal.web.components.fields import choice, field, long_field
from portal.web.components.figures import fact, figures
from portal.web.components.notice import why_refused
from portal.web.components.why import why

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = NoticeState
VIEW: Any = OPEN.view


def effect_of_notice(effect: Any) -> rx.Component:
    return rx.cond(
        effect.refusal != "",
        rx.el.div(rx.el.p(effect.refusal), why(effect.refusal_why, "ce refus"), class_name="limit"),
        rx.el.div(
            rx.cond(
                effect.is_late,
                rx.el.p(effect.sentence, " ", why(effect.limit_why, "cette limite"), class_name="limit"),
                rx.el.p(effect.sentence),
            ),
            figures(effect.dates),
            rx.el.p(effect.invoices),
            documents_panel(effect.documents),
            rx.cond(
                effect.spared != "",
                rx.fragment(
                    rx.el.p(effect.spared),
                    why(effect.spared_why, "la fin des factures"),
                ),
            ),
            class_name="notice-effect stack",
        ),
    )


def preparing() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Préparer la lettre", id="preparer", tab_index=-1),
        rx.el.p(
            typeset(
                "Dites-nous quand vous la posterez : vous voyez aussitôt ce que ce jour change. La raison est facultative."
            )
        ),
        _letter_form("Préparer ma lettre"),
        aria_labelledby="preparer",
    )


def _letter_form(label: str) -> rx.Component:
    return rx.el.form(
        field(
            "day",
            "Jour où elle sera postée",
            kind="date",
            kept=OPEN.typed["day"],
            error=OPEN.errors.get("day", ""),
            on_change=OPEN.look,
        ),
        why_refused(OPEN.errors.get("day", ""), OPEN.whys),
        rx.el.div(
            rx.cond(
                OPEN.planned_day != "",
                rx.el.div(
                    rx.el.p(fact(OPEN.planned_day), class_name="eyebrow"),
                    effect_of_notice(OPEN.planned),
                    class_name="effect",
                ),
            ),
            role="status",
        ),
        choice(
            "reason",
            "Pourquoi (facultatif)",
            [
                rx.el.option("Je préfère ne pas le dire", value=""),
                *(rx.el.option(words, value=code) for code, words in REASONS.items()),
            ],
            error=OPEN.errors.get("reason", ""),
            hint="Elle nous aide, et ne figure pas dans la lettre.",
            default_value=OPEN.typed["reason"],
        ),
        long_field(
            "words",
            "En quelques mots",
            kept=OPEN.typed["words"],
            error=OPEN.errors.get("words", ""),
            rows=3,
            optional=True,
            max_length=1000,
        ),
        button(label, type="submit"),
        on_submit=OPEN.prepare,
        method="post",
        no_validate=True,
        class_name="stack task-form",
        key=rx.Var.create("letter-") + OPEN.form_key.to_string(),
    )


def posting() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Dire qu’elle est postée", id="postee"),
        rx.el.p(
            typeset(
                "Avec le bordereau de dépôt sous les yeux : le jour que la poste y a inscrit est celui qui compte, même si vous nous "
                "le dites plus tard."
            )
        ),
        rx.el.form(
            rx.el.div(
                field(
                    "day",
                    "Jour du dépôt à la poste",
                    kind="date",
                    kept=OPEN.posted["day"],
                    error=OPEN.errors.get("posted-day", ""),
                    ident="posted-day",
                ),
                field(
                    "tracking",
                    "Numéro de suivi",
                    kept=OPEN.posted["tracking"],
                    error=OPEN.errors.get("posted-tracking", ""),
                    ident="posted-tracking",
                    auto_complete="off",
                ),
                class_name="field-row",
            ),
            why_refused(OPEN.errors.get("posted-day", ""), OPEN.whys),
            button("Voir l’effet et confirmer…", type="submit"),
            on_submit=OPEN.ask_posted,
            method="post",
            no_validate=True,
            class_name="stack task-form",
            key=rx.Var.create("posted-") + OPEN.form_key.to_string(),
        ),
        aria_labelledby="postee",
    )


def sending() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Ou l’envoyer en recommandé électronique", id="electronique"),
        rx.cond(
            VIEW.may_send,
            rx.fragment(
                rx.el.p(
                    typeset(
                        "Un prestataire qualifié la dépose pour vous et en garde les preuves. C’est le jour de ce dépôt qui compte, "
                        "non celui de votre clic : un soir de date limite, la poste est plus sûre."
                    )
                ),
                button("Envoyer en recommandé électronique…", kind="other", on_click=OPEN.ask_sending),
            ),
            rx.el.p(
                typeset(
                    "Cet envoi n’est pas ouvert sur ce portail : postez la lettre en recommandé avec accusé de réception."
                ),
                class_name="soft",
            ),
        ),
        aria_labelledby="electronique",
    )


def again() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Changer d’avis", id="changer"),
        rx.el.details(
            rx.el.summary("Préparer une autre lettre", class_name="why-question"),
            _letter_form("Refaire la lettre"),
        ),
        rx.el.p(button("Renoncer à cette lettre…", kind="plain", on_click=OPEN.ask_to_give_up)),
        aria_labelledby="changer",
    )


def giving_up() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Changer d’avis", id="changer"),
        rx.el.p(
            typeset(
                "Nous cessons de demander le dépôt. Si le prestataire l’a déjà pris, la lettre compte tout de même."
            ),
            class_name="soft",
        ),
        rx.el.p(button("Renoncer à cet envoi…", kind="plain", on_click=OPEN.ask_to_give_up)),
        aria_labelledby="changer",
    )
