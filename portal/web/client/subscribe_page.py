"""`/espace/souscrire`: from the trial, or without one, to a contract in force, on one page."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.pieces_panel import pieces_panel
from portal.web.client.subscribe_forms import account_form, company_form
from portal.web.client.subscribe_state import SubscribeState
from portal.web.components.anchors import Text, button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.fields import tick
from portal.web.components.figures import fact, figures
from portal.web.components.frame import Area, frame
from portal.web.components.next_step import next_step
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.why import why

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
SUBSCRIBE: Any = SubscribeState
VIEW: Any = SUBSCRIBE.view
NEXT: Any = VIEW.next_step
LIMIT: Any = VIEW.limit


def subscribe_page() -> rx.Component:
    return frame(
        rx.cond(
            SUBSCRIBE.loaded,
            _page(),
            rx.fragment(problem(SUBSCRIBE.problem, SUBSCRIBE.whys), skeleton(8, heading=True)),
        ),
        area=Area.CLIENT,
        here="/espace/souscrire",
    )


def _page() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(
                VIEW.company,
                rx.cond(VIEW.number != "", rx.fragment(" · contrat ", VIEW.number)),
                class_name="eyebrow",
            ),
            rx.el.h1(VIEW.headline),
            rx.el.p(VIEW.lead, class_name="lead"),
            class_name="page-head",
        ),
        problem(SUBSCRIBE.problem, SUBSCRIBE.whys),
        notice(SUBSCRIBE.said),
        _conditions(),
        _next_step(),
        rx.cond(VIEW.must_accept, _terms()),
        rx.cond(VIEW.is_open, rx.fragment(_company(), _account(), _papers(), _pieces())),
        rx.cond(VIEW.first_month.length() > 0, rx.cond(VIEW.is_in_force, None, _first_month())),
        rx.cond(VIEW.in_force.length() > 0, _in_force()),
        rx.cond(VIEW.is_closed, rx.fragment(_given(), _pieces_kept())),
        rx.cond(VIEW.later.length() > 0, _later()),
    )


def _next_step() -> rx.Component:
    return next_step(
        NEXT.title,
        rx.fragment(
            rx.cond(NEXT.fact != "", rx.fragment(fact(NEXT.fact), " ")),
            NEXT.text,
            " ",
            why(NEXT.why, NEXT.title),
        ),
        plain_link(NEXT.label, NEXT.href, class_name="button button-main"),
        rx.cond(
            NEXT.other_label != "",
            plain_link(NEXT.other_label, NEXT.other_href, class_name="button button-other"),
        ),
        when=NEXT.when,
        aside=rx.cond(
            LIMIT.label != "",
            rx.fragment(
                rx.el.p(LIMIT.label, class_name="soft"),
                rx.cond(
                    LIMIT.until != "",
                    rx.fragment(rx.el.p(LIMIT.until, class_name="date"), why(LIMIT.why, LIMIT.label)),
                    rx.el.p(LIMIT.said),
                ),
            ),
        ),
    )


def _conditions() -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            "Les cinq conditions", rx.el.span(" ", VIEW.met, " sur 5", class_name="soft"), id="conditions"
        ),
        rx.el.ol(rx.foreach(VIEW.conditions, _condition), class_name="conditions"),
        aria_labelledby="conditions",
    )


def _condition(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.words, class_name="condition-words"),
        rx.el.span(
            badge(one.state, one.tone),
            rx.cond(one.since != "", rx.el.span(fact(one.since), class_name="soft condition-since")),
            class_name="condition-state",
        ),
        class_name="condition",
    )


def _terms() -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            rx.cond(VIEW.accepted == "", "Souscrire sans essai", "Nos conditions ont changé"),
            id="acceptation",
        ),
        rx.cond(
            VIEW.accepted != "",
            rx.el.p(
                "Vous aviez accepté la version ",
                VIEW.accepted,
                typeset(
                    ". Une autre s’applique depuis : un contrat imprimé avant elle ne vaut plus, imprimez-le de nouveau "
                    "une fois qu’elle est acceptée."
                ),
            ),
        ),
        rx.el.p(
            "Lisez les ",
            link("conditions générales de vente", "/cgv"),
            ", version ",
            VIEW.terms,
            ". Votre acceptation est gardée avec sa date et le texte exact.",
        ),
        rx.cond(
            SUBSCRIBE.ticked,
            rx.el.div(
                rx.el.p(
                    "Vous acceptez au nom de ",
                    rx.el.strong(VIEW.company),
                    " la version ",
                    rx.el.strong(VIEW.terms),
                    typeset(
                        ". Un reçu vous est envoyé avec son texte. Rien n’est dû tant que votre dossier n’est pas validé."
                    ),
                ),
                rx.el.div(
                    button("Confirmer mon acceptation", on_click=SUBSCRIBE.confirm),
                    button("Revenir", kind="plain", on_click=SUBSCRIBE.untick),
                    class_name="button-row",
                ),
                class_name="stack",
            ),
            rx.el.form(
                tick(
                    "accepted",
                    "J’ai lu les conditions générales de vente et je les accepte au nom de l’entreprise.",
                    error=SUBSCRIBE.errors.get("accepted", ""),
                ),
                button("Continuer", type="submit"),
                on_submit=SUBSCRIBE.tick,
                no_validate=True,
                method="post",
                class_name="stack",
            ),
        ),
        aria_labelledby="acceptation",
        class_name="subscribe-step",
    )


# --- step 1 --------------------------------------------------------------------------------------


def _company() -> rx.Component:
    return _step(
        1,
        "L’entreprise et qui signe",
        VIEW.facts,
        company_form(),
        VIEW.may_edit_facts,
    )


# --- step 2 --------------------------------------------------------------------------------------


def _account() -> rx.Component:
    return _step(
        2,
        "Le compte à prélever",
        VIEW.account,
        account_form(SUBSCRIBE, "Garder et continuer"),
        VIEW.may_edit_account,
    )


# --- steps 3 to 5 --------------------------------------------------------------------------------


def _papers() -> rx.Component:
    return rx.cond(
        VIEW.step >= 3,  # noqa: PLR2004 -- the step's number
        rx.el.section(
            _heading(
                3,
                rx.cond(
                    VIEW.papers_are_accepted,
                    "Le contrat et le mandat, signés",
                    "Le contrat et le mandat, à signer",
                ),
            ),
            rx.el.p(
                rx.cond(
                    VIEW.papers_are_accepted,
                    typeset(
                        "Vous les avez signés et nous les avons acceptés : il n’y a plus rien à y faire."
                    ),
                    typeset(
                        "Ils sont remplis. Signez-les à la main ou avec un outil de signature, dans le cadre prévu, sans rien "
                        "y changer. Si vous modifiez l’étape 1 ou 2, imprimez-les de nouveau : l’ancienne impression ne vaut "
                        "plus."
                    ),
                )
            ),
            rx.el.ul(rx.foreach(VIEW.papers, _paper), class_name="papers"),
            aria_labelledby="etape-3",
            class_name="subscribe-step",
        ),
    )


def _paper(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.strong(one.title), rx.el.p(fact(one.printed), class_name="soft")),
        plain_link(
            rx.fragment("Télécharger", rx.el.span(" ", one.title, class_name="unseen")),
            one.href,
            class_name="button button-other",
        ),
        class_name="paper",
    )


def _pieces() -> rx.Component:
    return rx.cond(
        VIEW.step >= 3,  # noqa: PLR2004 -- the step's number
        rx.el.section(
            _heading(4, "Vos trois pièces"),
            pieces_panel(SUBSCRIBE.refresh),
            aria_labelledby="etape-4",
            class_name="subscribe-step",
        ),
    )


def _first_month() -> rx.Component:
    return rx.el.section(
        _heading(5, "Le premier mois"),
        figures(VIEW.first_month),
        rx.cond(
            VIEW.transfer.length() > 0,
            rx.fragment(
                rx.el.h3("Par virement"),
                rx.el.p(
                    rx.cond(
                        VIEW.is_with_the_bank,
                        typeset("Seulement si votre banque refuse le prélèvement : nous vous l’écrirons."),
                        typeset(
                            "Dès maintenant : votre contrat entre en vigueur le jour où nous enregistrons votre virement."
                        ),
                    ),
                    class_name="soft",
                ),
                figures(VIEW.transfer),
            ),
        ),
        aria_labelledby="etape-5",
        class_name="subscribe-step",
    )


def _given() -> rx.Component:
    """Fold what she gave, once nothing of it changes here: it is hers to read again."""
    return rx.el.section(
        rx.el.h2("Ce que vous avez donné", id="donne"),
        _folded("L’entreprise et qui signe", figures(VIEW.facts)),
        _folded("Ce que cela coûte", figures(VIEW.prices)),
        rx.cond(VIEW.account.length() > 0, _folded("Le compte à prélever", figures(VIEW.account))),
        _folded(
            "Le contrat, le mandat et les conditions générales",
            rx.el.ul(rx.foreach(VIEW.papers, _paper), class_name="papers"),
            rx.el.p(
                "Conditions générales de vente acceptées\u00a0: ",
                plain_link(
                    rx.fragment("version ", VIEW.accepted, " (PDF)"),
                    rx.Var.create("/cgv/") + VIEW.accepted.to(str) + ".pdf",
                ),
            ),
        ),
        aria_labelledby="donne",
        class_name="subscribe-step",
    )


def _folded(title: str, *parts: rx.Component) -> rx.Component:
    return rx.el.details(rx.el.summary(title, class_name="opens"), *parts, class_name="opening")


def _pieces_kept() -> rx.Component:
    """Show what was sent, once it is validated: it is hers to look at and to take away."""
    return rx.el.section(
        rx.el.h2("Vos pièces", id="pieces"),
        pieces_panel(SUBSCRIBE.refresh),
        aria_labelledby="pieces",
        class_name="subscribe-step",
    )


def _later() -> rx.Component:
    """Name the steps that have not come, with what opens them."""
    return rx.el.section(
        rx.el.h2("Et ensuite", id="ensuite"),
        rx.el.ol(rx.foreach(VIEW.later, _later_step), class_name="later-steps"),
        aria_labelledby="ensuite",
        class_name="subscribe-step",
    )


def _later_step(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.number, class_name="subscribe-number", aria_hidden="true"),
        rx.el.span(one.title, class_name="later-title"),
        rx.el.span(one.opens, class_name="soft"),
        class_name="later-step",
    )


def _in_force() -> rx.Component:
    return rx.el.section(
        rx.el.h2("En vigueur", id="en-vigueur"),
        figures(VIEW.in_force),
        rx.el.p(plain_link("Toutes les dates de votre contrat", "/espace#dates")),
        aria_labelledby="en-vigueur",
        class_name="subscribe-step",
    )


# --- what the steps share ------------------------------------------------------------------------


def _step(number: int, title: str, done: Any, form: rx.Component, may_edit: Any) -> rx.Component:
    """Draw a step: its form while it is the one to do or open again, a summary once it is done."""
    is_next = VIEW.step == number
    is_open = is_next | (SUBSCRIBE.editing == number)
    return rx.cond(
        VIEW.step >= number,
        rx.el.section(
            _heading(number, title),
            rx.cond(
                is_open,
                rx.fragment(
                    form,
                    rx.cond(
                        is_next,
                        None,
                        button("Ne rien changer", kind="plain", on_click=SUBSCRIBE.edit(0)),
                    ),
                ),
                rx.fragment(
                    figures(done),
                    rx.cond(
                        may_edit,
                        button(
                            rx.fragment("Modifier", rx.el.span(" ", title, class_name="unseen")),
                            kind="plain",
                            on_click=SUBSCRIBE.edit(number),
                        ),
                        rx.el.p(
                            "Nous avons accepté le document signé qui le dit : il ne change plus ici.",
                            class_name="soft",
                        ),
                    ),
                ),
            ),
            aria_labelledby=f"etape-{number}",
            class_name="subscribe-step",
        ),
    )


def _heading(number: int, title: Text) -> rx.Component:
    return rx.el.h2(
        rx.el.span(str(number), class_name="subscribe-number", aria_hidden="true"),
        rx.el.span(title),
        id=f"etape-{number}",
        tab_index=-1,
        class_name="subscribe-heading",
    )
