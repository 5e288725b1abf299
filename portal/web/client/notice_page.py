"""`/espace/resiliation`: what ending the contract changes, the letter, its proofs, and how to take it back."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.notice_letter_panel import (
    again,
    effect_of_notice,
    giving_up,
    posting,
    preparing,
    sending,
)
from portal.web.client.notice_state import NoticeState
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.confirm import confirm_dialog
from portal.web.components.countdown import countdown
from portal.web.components.fields import field
from portal.web.components.figures import fact, strip
from portal.web.components.frame import Area, frame
from portal.web.components.next_step import next_step
from portal.web.components.notice import notice, problem, warning
from portal.web.components.skeleton import skeleton
from portal.web.components.timeline import next_dates
from portal.web.components.why import why
from portal.web.staff.sending import send_file

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = NoticeState
VIEW: Any = OPEN.view


def notice_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded, _page(), skeleton(10, heading=True)),
        area=Area.CLIENT,
        here="/espace/resiliation",
    )


def _page() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(VIEW.eyebrow, class_name="eyebrow"),
            rx.el.h1(VIEW.headline),
            rx.el.p(fact(VIEW.told), " ", VIEW.lead, class_name="lead"),
            why(VIEW.why, VIEW.headline),
            class_name=rx.cond(VIEW.is_grave, "page-head page-head-worst", "page-head"),
        ),
        problem(OPEN.problem, OPEN.whys),
        notice(OPEN.said),
        next_dates(VIEW.next_marks, "Vos deux prochaines dates"),
        next_step(
            VIEW.step_title,
            VIEW.step_text,
            rx.cond(
                VIEW.letter_is_next,
                # Saved, not gone to: the browser would leave the page's connection for it.
                plain_link(VIEW.step_label, VIEW.step_href, class_name="button button-main", download=""),
                plain_link(VIEW.step_label, VIEW.step_href, class_name="button button-main"),
            ),
            rx.cond(
                (VIEW.stage == "sending") | (VIEW.stage == "deposited"),
                button("Regarder à nouveau", kind="other", on_click=OPEN.refresh),
            ),
            aside=_limit(),
        ),
        rx.cond(VIEW.problem != "", rx.el.p(VIEW.problem, class_name="limit", role="status")),
        rx.cond(VIEW.late_text != "", rx.el.p(VIEW.late_text, class_name="limit")),
        rx.cond(
            (VIEW.stage == "served") | (VIEW.stage == "ours"),
            _letter(),
        ),
        # Where the letter is ready, what remains to be done stands before what it changes.
        rx.cond(
            VIEW.may_act,
            rx.match(
                VIEW.stage,
                ("draft", rx.fragment(posting(), sending())),
                ("sending", posting()),
                rx.fragment(),
            ),
        ),
        rx.cond(VIEW.stage != "closed", _effect()),
        rx.cond(
            VIEW.may_act,
            rx.match(
                VIEW.stage,
                ("none", preparing()),
                ("draft", again()),
                ("sending", giving_up()),
                ("served", rx.fragment(_proofs(), _withdrawing())),
                rx.fragment(),
            ),
            rx.cond(
                VIEW.stage != "closed",
                rx.el.p(
                    "Seul un administrateur de l’entreprise peut résilier. ",
                    link("Vos utilisateurs", "/espace/utilisateurs"),
                    class_name="limit",
                ),
            ),
        ),
        _dialogs(),
    )


def _limit() -> rx.Component:
    return rx.cond(
        VIEW.limit_iso != "",
        rx.fragment(
            rx.el.p("Pour résilier à temps", class_name="soft"),
            countdown(VIEW.limit_iso, VIEW.now_iso, VIEW.left),
            rx.el.p(
                typeset("jusqu’au "),
                rx.el.span(VIEW.limit_text, class_name="date"),
                " à minuit",
                class_name="soft",
            ),
            rx.cond(VIEW.advice != "", rx.el.p(VIEW.advice)),
            why(VIEW.limit_why, "la date limite"),
        ),
        rx.cond(
            VIEW.limit_text != "",
            rx.fragment(
                rx.cond(
                    VIEW.stage == "served",
                    rx.el.p("Pour la retirer", class_name="soft"),
                    rx.el.p("La date limite était", class_name="soft"),
                ),
                rx.el.p(rx.el.span(VIEW.limit_text, class_name="date")),
                why(VIEW.limit_why, "cette date"),
            ),
        ),
    )


def _effect() -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            rx.cond(
                (VIEW.stage == "deposited") | (VIEW.stage == "served") | (VIEW.stage == "ours"),
                "Ce qui vient",
                "Ce que change une lettre postée aujourd’hui",
            ),
            id="effet",
        ),
        effect_of_notice(VIEW.effect),
        aria_labelledby="effet",
    )


def _letter() -> rx.Component:
    return rx.el.section(
        rx.el.h2("La lettre", id="lettre"),
        rx.el.div(strip(VIEW.letter_dates), class_name="sheet"),
        rx.cond(
            VIEW.letter_href != "",
            rx.el.p(plain_link("Télécharger la lettre (PDF)", VIEW.letter_href, download="")),
        ),
        aria_labelledby="lettre",
    )


def _proofs() -> rx.Component:
    return rx.cond(
        VIEW.has_letter,
        rx.el.section(
            rx.el.h2("Vos preuves", id="preuves", tab_index=-1),
            _proof("depot", "Preuve de dépôt", VIEW.has_deposit_proof),
            _proof("reception", "Accusé de réception", VIEW.has_receipt_proof),
            aria_labelledby="preuves",
            class_name="stack",
        ),
    )


def _proof(which: str, name: str, has_one: Any) -> rx.Component:
    href = f"/espace/resiliation/preuves/{which}"
    return rx.el.div(
        rx.cond(
            has_one,
            rx.el.p(
                rx.el.strong(name), typeset(" : rangée. "), plain_link("La reprendre", href, download="")
            ),
            rx.cond(
                VIEW.is_electronic,
                rx.el.p(name, typeset(" : le prestataire nous la remettra."), class_name="soft"),
                send_file(
                    href,
                    f"proof-{which}",
                    name,
                    hint="PDF ou photo",
                    accept=".pdf,.jpg,.jpeg,.png",
                    label="Ranger cette preuve",
                ),
            ),
        ),
    )


def _withdrawing() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Retirer la résiliation", id="retirer"),
        rx.el.p(VIEW.withdraw_text),
        why(VIEW.limit_why, "le dernier jour pour la retirer"),
        rx.cond(
            VIEW.may_withdraw,
            button("Retirer ma résiliation…", kind="other", on_click=OPEN.ask_to_withdraw),
        ),
        aria_labelledby="retirer",
    )


# --- the last questions --------------------------------------------------------------------------


def _dialogs() -> rx.Component:
    return rx.fragment(
        confirm_dialog(
            OPEN.asking != "",
            title=fact(OPEN.title),
            effect=rx.fragment(
                warning(OPEN.meanwhile),
                rx.cond(
                    OPEN.asking == "sending",
                    rx.el.p(
                        typeset(
                            "La lettre est remise au prestataire dès que vous confirmez. Elle compte du jour où il la dépose : s’il "
                            "tarde, cette page le dit, et vous pouvez encore la poster. Si elle est déposée aujourd’hui :"
                        ),
                        class_name="limit",
                    ),
                ),
                rx.cond(
                    OPEN.asking == "give_up",
                    rx.el.p(
                        "Rien n’est notifié : votre contrat continue, et se reconduit à la fin de sa période."
                    ),
                    effect_of_notice(OPEN.effect),
                ),
            ),
            consent=OPEN.consent,
            confirm_label=OPEN.label,
            on_confirm=OPEN.confirm,
            on_keep=OPEN.keep,
        ),
        rx.cond(OPEN.withdrawing, _withdraw_dialog()),
    )


def _withdraw_dialog() -> rx.Component:
    """Ask by another gesture than the one that served the notice: to copy the contract's number."""
    return rx.el.dialog(
        rx.el.form(
            rx.el.h2("Retirer votre résiliation", id="withdraw-title"),
            rx.el.p(
                typeset(
                    "Le contrat continue comme si elle n’avait pas été notifiée : il sera reconduit à la fin de sa période, et les "
                    "factures suivront leur cours."
                )
            ),
            field(
                "number",
                rx.fragment(
                    "Pour confirmer, recopiez le numéro du contrat\u00a0: ", rx.el.strong(VIEW.number)
                ),
                kept=OPEN.copied,
                error=OPEN.errors.get("number", ""),
                auto_complete="off",
            ),
            rx.el.div(
                button("Retirer la résiliation", type="submit"),
                button(
                    "Ne rien changer", kind="other", on_click=OPEN.keep, custom_attrs={"data-keep": "true"}
                ),
                class_name="button-row",
            ),
            on_submit=OPEN.withdraw,
            method="post",
            no_validate=True,
            class_name="stack",
        ),
        open=True,
        class_name="dialog dialog-mild",
        aria_labelledby="withdraw-title",
        custom_attrs={"data-modal": "true"},
    )
