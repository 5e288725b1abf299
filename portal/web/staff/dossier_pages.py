"""`/gestion/dossiers` and `/gestion/dossier`: the queue by urgency, and a dossier on one screen.

Keys: 1, 2, 3 a piece; a accepts, r refuses; i validates the identity; j and k go to the next and the
previous dossier (`assets/shortcuts.js` finds what a key does by `data-key`).
"""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.pieces_panel import earlier_versions
from portal.web.components.anchors import button, link, plain_link
from portal.web.components.badge import badge
from portal.web.components.empty import empty
from portal.web.components.fields import choice, field, long_field
from portal.web.components.figures import fact
from portal.web.components.frame import Area, frame
from portal.web.components.heartbeat import heartbeat
from portal.web.components.keys import keys_switch
from portal.web.components.notice import notice, problem, warning
from portal.web.components.skeleton import skeleton
from portal.web.components.table import Column, row, table
from portal.web.components.why import why
from portal.web.staff.dossier_states import DossierState

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
OPEN: Any = DossierState
FILE: Any = OPEN.file

_SOURCES = (
    Column("Ce qui est comparé"),
    Column("Le compte, qui fait référence"),
    Column("Le contrat"),
    Column("Le mandat"),
    Column("Le K-bis"),
    Column("Le registre public"),
)


def dossier_page() -> rx.Component:
    return frame(
        rx.cond(OPEN.loaded, _dossier(), skeleton(10, heading=True)),
        area=Area.STAFF,
        here="/gestion/dossiers",
    )


def _dossier() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p(
                link("Les dossiers", "/gestion/dossiers"),
                " · ",
                FILE.situation,
                rx.cond(
                    FILE.limit != "",
                    rx.fragment(" · reste ", FILE.limit, " ", why(FILE.limit_why, FILE.limit)),
                ),
                class_name="eyebrow",
            ),
            rx.el.h1(FILE.name),
            rx.el.p(FILE.identity, class_name="lead"),
            class_name="page-head",
        ),
        heartbeat(OPEN.still_here),
        problem(OPEN.problem, OPEN.whys),
        problem(OPEN.objection, OPEN.whys),
        notice(OPEN.said),
        warning(FILE.others),
        rx.el.ul(rx.foreach(FILE.tabs, _tab), rx.foreach(FILE.our_part, _our_part), class_name="piece-tabs"),
        rx.el.div(
            _pages(),
            rx.el.div(
                _checks(),
                _compared(),
                _identity(),
                rx.cond(FILE.invoice != "", _payment()),
                _moving(),
                class_name="examining-side",
            ),
            class_name="examining",
        ),
        _crosscheck(),
        rx.cond(FILE.card.earlier.length() > 0, _earlier()),
    )


def _tab(tab: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(rx.el.kbd(tab.key, aria_hidden="true"), rx.el.strong(tab.label)),
            badge(tab.state, tab.tone),
            type="button",
            on_click=OPEN.select(tab.piece),
            aria_pressed=rx.cond(FILE.piece == tab.piece, "true", "false"),
            class_name="piece-tab",
            custom_attrs={"data-key": tab.key},
        )
    )


def _our_part(tab: Any) -> rx.Component:
    return rx.el.li(rx.el.strong(tab.label), badge(tab.state, tab.tone), class_name="piece-tab")


def _pages() -> rx.Component:
    return rx.el.section(
        rx.el.h2("La pièce"),
        rx.cond(
            FILE.card.version.id != "",
            rx.fragment(
                rx.el.p(
                    rx.el.strong(FILE.card.version.name),
                    rx.el.span(fact(FILE.card.version.received), class_name="second-line"),
                ),
                rx.foreach(FILE.card.version.pages, _page),
                rx.el.p(
                    plain_link("Copie (PDF)", FILE.card.version.copy_href, download=""),
                    " · ",
                    rx.foreach(
                        FILE.card.version.originals,
                        lambda one: rx.fragment(plain_link(one.label, one.href, download=""), " "),
                    ),
                ),
            ),
            empty("Pas encore envoyée", "Le client la verra parmi ce qui lui reste à faire."),
        ),
        class_name="examining-pages",
    )


def _page(page: Any) -> rx.Component:
    return plain_link(
        rx.el.img(src=page.href, alt=page.label, loading="lazy"),
        page.href,
        target="_blank",
        class_name="examining-page",
    )


def _checks() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Ce que nous avons lu"),
        rx.el.dl(rx.foreach(FILE.card.version.lines, _line), class_name="piece-lines"),
        rx.cond(
            FILE.can_decide,
            rx.cond(
                OPEN.refusing,
                _refusal(),
                rx.el.div(
                    button(
                        rx.fragment("Accepter ", rx.el.kbd("a", aria_hidden="true")),
                        on_click=OPEN.accept(FILE.document),
                        custom_attrs={"data-key": "a"},
                    ),
                    button(
                        rx.fragment("Refuser ", rx.el.kbd("r", aria_hidden="true")),
                        kind="other",
                        on_click=OPEN.ask_to_refuse,
                        custom_attrs={"data-key": "r"},
                    ),
                    class_name="button-row",
                ),
            ),
        ),
        rx.cond(
            FILE.card.version.reason + FILE.card.version.remark != "",
            rx.el.p(rx.el.strong("Motif : "), FILE.card.version.reason, " ", fact(FILE.card.version.remark)),
        ),
        class_name="stack",
    )


def _line(line: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(line.label),
        rx.el.dd(
            rx.el.span(class_name="badge-mark", aria_hidden="true"),
            rx.el.span(line.text, rx.cond(line.fact != "", rx.fragment("\u202f; ", fact(line.fact)))),
            " ",
            why(line.why, line.label),
        ),
        class_name=f"piece-line piece-line-{line.tone} badge-{line.tone}",
    )


def _refusal() -> rx.Component:
    return rx.el.form(
        rx.el.input(type="hidden", name="document", value=FILE.document),
        choice(
            "reason",
            "Motif",
            rx.foreach(FILE.reasons, lambda one: rx.el.option(one.label, value=one.code)),
            default_value=OPEN.reason,
            on_change=OPEN.choose_reason,
        ),
        long_field(
            "remark",
            "Avec vos mots",
            optional=True,
            hint="500 caractères au plus.",
            on_change=OPEN.say_remark.debounce(250),
        ),
        rx.el.div(
            rx.el.p("Ce que le client lira", class_name="soft"),
            rx.el.blockquote(OPEN.will_read, aria_live="polite"),
            class_name="will-read",
        ),
        rx.el.div(
            button("Refuser la pièce", type="submit", kind="grave"),
            button(
                rx.fragment("Ne pas refuser ", rx.el.kbd("Échap", aria_hidden="true")),
                kind="plain",
                on_click=OPEN.keep,
                custom_attrs={"data-key": "escape"},
            ),
            class_name="button-row",
        ),
        on_submit=OPEN.refuse,
        no_validate=True,
        method="post",
        class_name="stack",
    )


def _earlier() -> rx.Component:
    """Show what was sent before of this piece, and what the client was told of it."""
    return rx.el.section(
        rx.el.h2("Versions précédentes", id="versions"),
        earlier_versions(FILE.card),
        aria_labelledby="versions",
        class_name="stack",
    )


def _compared() -> rx.Component:
    """Say how the sources agree, beside the decision; all they say is under it."""
    return rx.el.p(
        rx.el.span(class_name="badge-mark", aria_hidden="true"),
        rx.el.span(FILE.comparison.text, " ", plain_link("Les comparer", "#sources")),
        class_name=f"compared badge-{FILE.comparison.tone}",
    )


def _crosscheck() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Les cinq sources, côte à côte", id="sources"),
        table("Ce que disent les cinq sources", _SOURCES, rx.foreach(FILE.checks, _check)),
        aria_labelledby="sources",
        class_name="crosscheck",
    )


def _check(one: Any) -> rx.Component:
    return row(
        _SOURCES,
        rx.el.span(rx.el.strong(one.what), rx.cond(one.differs, badge("diffère", "late"))),
        *(_cell(one.cells[place]) for place in range(len(_SOURCES) - 1)),
    )


def _cell(cell: Any) -> rx.Component:
    return rx.cond(
        cell.value != "",
        rx.el.span(
            rx.el.span(cell.value, class_name="crosscheck-value"),
            rx.cond(cell.agreement != "", badge(cell.agreement, cell.tone)),
            rx.cond(cell.remark != "", rx.el.span(cell.remark, class_name="second-line")),
            class_name="crosscheck-cell",
        ),
    )


def _identity() -> rx.Component:
    return rx.el.section(
        rx.el.h2("L’identité", id="identite"),
        rx.el.p(
            typeset("Le SIREN, l’entreprise et la personne qui signe : "),
            rx.el.strong(FILE.signatory),
            ".",
        ),
        rx.cond(FILE.identity_validated != "", rx.el.p(badge(fact(FILE.identity_validated), "done"))),
        rx.cond(
            FILE.can_validate,
            button(
                rx.fragment("Valider l’identité ", rx.el.kbd("i", aria_hidden="true")),
                # One main thing at a time: the piece first.
                class_name=rx.cond(FILE.can_decide, "button button-other", "button button-main"),
                on_click=OPEN.validate,
                custom_attrs={"data-key": "i"},
            ),
        ),
        rx.cond(
            FILE.waits_for_contract,
            rx.el.p(typeset("À valider une fois le contrat accepté : il fixe qui signe."), class_name="soft"),
        ),
        rx.cond(
            FILE.waits_for_mandate,
            rx.el.p(
                typeset(
                    "Le mandat accepté ne dit plus ce que dit le dossier : la page du client lui demande de le signer de "
                    "nouveau. L’identité se valide une fois le nouveau accepté."
                ),
                class_name="soft",
            ),
        ),
        aria_labelledby="identite",
        class_name="stack",
    )


def _payment() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Le premier mois", id="premier-mois"),
        rx.el.p(FILE.invoice, " ", why(FILE.invoice_why, "ce montant")),
        rx.cond(
            FILE.is_unpaid,
            rx.el.p(
                typeset(
                    "Impayé, et rappelé pour la dernière fois : la suite est à décider. Appelez le client ; présentez "
                    "de nouveau son prélèvement s’il est revenu ("
                ),
                link("la banque", "/gestion/banque"),
                typeset(") ; ou enregistrez son virement ici."),
                class_name="piece-waits",
            ),
        ),
        rx.cond(FILE.transfer != "", rx.el.p(badge(fact(FILE.transfer), "done"))),
        rx.cond(
            FILE.is_with_the_bank,
            rx.el.p(
                typeset(
                    "Le prélèvement est remis à la banque : un virement en plus ferait deux paiements. Attendez la réponse de la banque, "
                    "ou vérifiez que le virement est bien arrivé."
                ),
                class_name="piece-waits",
            ),
        ),
        rx.cond(
            FILE.can_record,
            rx.el.form(
                field(
                    "received_on",
                    "Virement reçu le",
                    kind="date",
                    kept=FILE.today,
                    error=OPEN.transfer_error,
                    hint=typeset(
                        "La date de valeur sur notre compte, pour le montant entier : une part ne règle rien."
                    ),
                ),
                button("Enregistrer le virement", type="submit"),
                on_submit=OPEN.record_transfer,
                no_validate=True,
                method="post",
                class_name="stack",
            ),
        ),
        aria_labelledby="premier-mois",
        class_name="stack",
    )


def _moving() -> rx.Component:
    return rx.el.nav(
        rx.cond(
            FILE.previous_href != "",
            plain_link(
                rx.fragment("Dossier précédent ", rx.el.kbd("k", aria_hidden="true")),
                FILE.previous_href,
                custom_attrs={"data-key": "k"},
            ),
        ),
        rx.cond(
            FILE.next_href != "",
            plain_link(
                rx.fragment("Dossier suivant ", rx.el.kbd("j", aria_hidden="true")),
                FILE.next_href,
                custom_attrs={"data-key": "j"},
            ),
        ),
        keys_switch(),
        aria_label="D’un dossier à l’autre",
        class_name="button-row",
    )
