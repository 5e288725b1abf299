"""The three cards of pieces, at the fourth step of a subscription: send, follow, look at, correct, replace.

Give the page `PiecesState.load` at its load, and the panel what else of the page a new piece changes:
`pieces_panel(SubscribeState.refresh)`. Sending is `assets/pieces.js`, which finds its places by their
`data-piece…` attributes and asks for a look at the new state by the hidden button. Photos wait in the tray until
their pages are in order (`assets/pieces-tray.js`).
"""

from typing import Any

import reflex as rx

from portal.contract.acts import Piece
from portal.contract.french import typeset
from portal.web.client.piece_lines import Line
from portal.web.client.pieces_state import PiecesState
from portal.web.client.pieces_view import Link, SentVersion
from portal.web.components.anchors import button, plain_link
from portal.web.components.badge import badge
from portal.web.components.fields import field
from portal.web.components.figures import fact
from portal.web.components.notice import notice, problem
from portal.web.components.skeleton import skeleton
from portal.web.components.why import QUESTION, why

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
PIECES: Any = PiecesState

_PHOTOS = "image/jpeg,image/png"
_ACCEPT = f"application/pdf,{_PHOTOS}"
_CALLED = {
    Piece.CONTRACT: "le contrat signé",
    Piece.MANDATE: "le mandat de prélèvement signé",
    Piece.KBIS: "l’extrait K-bis",
}
_TITLES = {piece: f"L{called[1:]}" for piece, called in _CALLED.items()}
_HINTS = {
    Piece.CONTRACT: "Toutes ses pages, signées dans le cadre : un seul PDF, ou une photo par page.",
    Piece.MANDATE: "Signé dans le cadre par qui peut engager l’entreprise : un PDF, ou une photo.",
    Piece.KBIS: "De moins de trois mois le jour où nous le recevons : un PDF, ou une photo par page.",
}
_LIMITS = "PDF, JPEG ou PNG ; 15 Mo et 60 pages au plus. Vous pouvez aussi déposer les fichiers ici."


def pieces_panel(*after: Any, only: Piece | None = None) -> rx.Component:
    """Draw the three cards, or `only` one; `after` are events of the page that follow each change of a piece."""
    return rx.el.div(
        rx.el.button(
            "Relire l’état des pièces",
            type="button",
            hidden=True,
            on_click=[PIECES.refresh, *after],
            custom_attrs={"data-pieces-refresh": "true"},
        ),
        problem(PIECES.problem, PIECES.whys),
        notice(PIECES.said),
        rx.cond(
            PIECES.loaded,
            rx.el.div(
                *(
                    _card(piece, getattr(PIECES, piece.value), after)
                    for piece in Piece
                    if only in {None, piece}
                ),
                class_name="piece-cards",
            ),
            skeleton(6),
        ),
    )


def _card(piece: Piece, card: Any, after: tuple[Any, ...]) -> rx.Component:
    title = f"piece-{piece.value}"
    return rx.el.section(
        rx.el.header(
            rx.el.h3(_TITLES[piece], id=title),
            badge(card.state, card.tone),
            class_name="piece-head",
        ),
        rx.cond(card.version.id != "", _current(piece, card.version, after)),
        _sending(piece, card),
        rx.cond(card.earlier.length() > 0, _earlier(card)),
        aria_labelledby=title,
        class_name="piece-card",
        custom_attrs={"data-piece": piece.value},
    )


# --- sending -------------------------------------------------------------------------------------


def _sending(piece: Piece, card: Any) -> rx.Component:
    """Draw what sends. The script owns what is below `data-piece-sending`: nothing there depends on the state."""
    return rx.fragment(
        rx.cond(
            card.closed != "",
            rx.fragment(rx.el.p(card.closed, class_name="soft"), why(card.closed_why, "ce refus")),
            _chooser(piece, card),
        ),
        rx.el.div(
            _tray(piece),
            rx.el.p(role="alert", class_name="piece-problem", custom_attrs={"data-piece-problem": "true"}),
            rx.el.details(
                rx.el.summary(
                    QUESTION, rx.el.span(" ce refus", class_name="unseen"), class_name="why-question"
                ),
                rx.el.div(class_name="why-panel", custom_attrs={"data-piece-reasons": "true"}),
                hidden=True,
                class_name="why",
                custom_attrs={"data-piece-why": "true"},
            ),
            *([_contest()] if piece is Piece.KBIS else ()),
            rx.el.div(
                rx.el.progress(max="100", aria_label=f"{_TITLES[piece]}, envoi en cours"),
                # Seen at every step; a screen reader hears the next line, now and then.
                rx.el.p(
                    aria_hidden="true", class_name="figures", custom_attrs={"data-piece-figures": "true"}
                ),
                button("Annuler l’envoi", kind="other", custom_attrs={"data-piece-cancel": "true"}),
                hidden=True,
                class_name="piece-progress",
                custom_attrs={"data-piece-progress": "true"},
            ),
            rx.el.p(role="status", custom_attrs={"data-piece-told": "true"}),
            button("Réessayer l’envoi", kind="other", hidden=True, custom_attrs={"data-piece-retry": "true"}),
            class_name="piece-sending",
            custom_attrs={"data-piece-sending": "true"},
        ),
    )


def _contest() -> rx.Component:
    """Offer a way out of a refusal that stands on a date read wrongly."""
    return rx.el.div(
        rx.el.p(
            typeset(
                "La date lue est fausse ? Gardez ce fichier ici et tapez celle qui est imprimée : il comptera du jour où il "
                "nous est parvenu, une fois la bonne date indiquée."
            )
        ),
        button(
            "Garder le fichier et taper la date", kind="other", custom_attrs={"data-piece-contested": "true"}
        ),
        hidden=True,
        class_name="stack",
        custom_attrs={"data-piece-contest": "true"},
    )


def _tray(piece: Piece) -> rx.Component:
    """Draw where photos are put in order before they go: the script fills it, and names its main button."""
    return rx.el.div(
        rx.el.p(
            typeset(
                "Vos photos, dans l’ordre des pages. Vérifiez qu’elles se lisent : rien n’est encore envoyé."
            )
        ),
        rx.el.ol(class_name="piece-order", custom_attrs={"data-piece-order": "true"}),
        rx.el.div(
            *_input(piece, "more", "Ajouter une page", _PHOTOS),
            button("Envoyer", custom_attrs={"data-piece-send": "true"}),
            button("Tout retirer", kind="plain", custom_attrs={"data-piece-clear": "true"}),
            class_name="button-row",
            custom_attrs={"data-piece-actions": "true"},
        ),
        hidden=True,
        role="group",
        aria_label=f"{_TITLES[piece]}, pages à envoyer",
        class_name="piece-tray",
        custom_attrs={"data-piece-tray": "true"},
    )


def _input(piece: Piece, name: str, label: Any, accept: str, **props: Any) -> tuple[rx.Component, ...]:
    """Return what chooses files: it is there, and unseen; its label is the button."""
    ident = f"{name}-{piece.value}"
    return (
        rx.el.input(
            id=ident,
            type="file",
            multiple=True,
            accept=accept,
            class_name="piece-input",
            custom_attrs={f"data-piece-{name}": "true"},
            **props,
        ),
        rx.el.label(
            label,
            rx.el.span(f"\u00a0: {_CALLED[piece]}", class_name="unseen"),
            html_for=ident,
            class_name="button button-other",
        ),
    )


def _chooser(piece: Piece, card: Any) -> rx.Component:
    hint = f"files-{piece.value}-hint"
    return rx.el.div(
        rx.cond(card.version.id == "", rx.el.p(typeset(_HINTS[piece]))),
        *_input(piece, "files", card.choose, _ACCEPT, aria_describedby=hint),
        rx.el.p(typeset(_LIMITS), id=hint, class_name="field-hint"),
        class_name="piece-drop",
    )


# --- what was sent -------------------------------------------------------------------------------


def _current(piece: Piece, version: Any, after: tuple[Any, ...]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p(rx.el.strong(version.name), rx.el.span(fact(version.received), class_name="second-line")),
            _refusal(version),
            rx.cond(version.waits_for != "", rx.el.p(version.waits_for, class_name="piece-waits")),
            rx.el.dl(rx.foreach(version.lines, _line), class_name="piece-lines"),
            rx.cond(version.can_be_corrected, _correction(piece, version, after)),
            _files(version),
            class_name="stack",
        ),
        _pages(version),
        class_name="piece-current",
    )


def _refusal(version: Any) -> rx.Component:
    return rx.cond(
        version.reason + version.remark + version.remedy != "",
        rx.el.div(
            rx.el.p(rx.el.strong("Pourquoi ce refus\u00a0: "), version.reason, " ", fact(version.remark)),
            rx.el.p(rx.el.strong("Que faire\u00a0: "), version.remedy),
            class_name="piece-refusal",
        ),
    )


def _line(line: rx.vars.ObjectVar[Line]) -> rx.Component:
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


def _pages(version: Any) -> rx.Component:
    """Draw the pages small; each opens larger, in place where the script runs, else on its own."""
    return rx.cond(
        version.pages.length() > 0,
        rx.el.ul(
            rx.foreach(
                version.pages,
                lambda page: rx.el.li(
                    plain_link(
                        rx.el.img(
                            src=page.href, alt=f"{page.label} de {version.name}, agrandir", loading="lazy"
                        ),
                        page.href,
                        target="_blank",
                        rel="noopener",
                        custom_attrs={"data-piece-page": page.label},
                    )
                ),
            ),
            class_name="piece-pages",
        ),
    )


def _correction(piece: Piece, version: Any, after: tuple[Any, ...]) -> rx.Component:
    """Ask what was read wrongly: date, number and name of an extract; signature of our papers, and what codes did not say."""
    fields = _kbis_fields(version) if piece is Piece.KBIS else _paper_fields(piece, version)
    return rx.el.details(
        rx.el.summary("Corriger ce que nous avons lu"),
        rx.el.form(
            rx.el.input(type="hidden", name="version", value=version.id),
            rx.el.input(type="hidden", name="piece", value=piece.value),
            fields,
            button("Enregistrer la correction", kind="other", type="submit"),
            on_submit=[PIECES.correct, *after],
            no_validate=True,
            method="post",
            class_name="stack",
            # The fields keep what is typed: another version has fields of its own.
            key=f"{version.id}{version.dated}{version.siren}{version.company}{version.is_signed}"
            f"{version.is_own}{version.is_whole}",
        ),
        open=version.waits_for != "",
        class_name="piece-correction",
    )


def _kbis_fields(version: Any) -> rx.Component:
    return rx.el.div(
        field(
            "dated",
            "À jour au",
            ident="dated-kbis",
            kind="date",
            kept=version.dated,
            error=PIECES.errors.get("dated-kbis", ""),
            hint="La date imprimée en tête, et non celle de l’impression",
        ),
        field(
            "siren",
            "SIREN de l’extrait",
            ident="siren-kbis",
            kept=version.siren,
            error=PIECES.errors.get("siren-kbis", ""),
            hint="Neuf chiffres",
            input_mode="numeric",
            auto_complete="off",
        ),
        field(
            "company",
            "Entreprise",
            ident="company-kbis",
            kept=version.company,
            error=PIECES.errors.get("company-kbis", ""),
            hint="Sa dénomination, telle que l’extrait l’écrit",
            optional=True,
            auto_complete="off",
        ),
        class_name="field-row",
    )


def _paper_fields(piece: Piece, version: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(version.asks_own, _claim("own", rx.fragment("C’est bien ", version.own), version.is_own)),
        rx.cond(version.asks_whole, _claim("whole", "Toutes ses pages y sont", version.is_whole)),
        _signature_fields(piece, version),
    )


def _claim(name: str, label: Any, is_said: Any) -> rx.Component:
    """Let the client say what no code says; a box that is not ticked says no: of two values, the form keeps the last."""
    return rx.fragment(
        rx.el.input(type="hidden", name=name, value="non"),
        rx.el.label(
            rx.el.input(type="checkbox", name=name, value="oui", default_checked=is_said),
            label,
            class_name="piece-answer",
        ),
    )


def _signature_fields(piece: Piece, version: Any) -> rx.Component:
    ident = f"signed-{piece.value}"
    error = PIECES.errors.get(ident, "")
    return rx.el.fieldset(
        rx.el.legend(typeset("Ce document est-il signé ?")),
        rx.el.p(error, id=f"{ident}-error", class_name="field-error", role="alert"),
        *(
            rx.el.label(
                rx.el.input(
                    type="radio",
                    name="signed",
                    value=answer,
                    id=ident if answer == "oui" else f"{ident}-non",
                    default_checked=version.is_signed if answer == "oui" else ~version.is_signed,
                    aria_describedby=f"{ident}-error",
                ),
                said,
                class_name="piece-answer",
            )
            for answer, said in (("oui", "Oui, dans le cadre"), ("non", "Non"))
        ),
    )


def _files(version: Any) -> rx.Component:
    return rx.el.p(
        plain_link("Copie de consultation (PDF)", version.copy_href),
        rx.foreach(version.originals, _file),
        class_name="piece-files",
    )


def _file(file: rx.vars.ObjectVar[Link]) -> rx.Component:
    return rx.fragment(" · ", plain_link(file.label, file.href))


def _earlier(card: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary("Versions précédentes (", card.earlier.length(), ")"), earlier_versions(card)
    )


def earlier_versions(card: Any) -> rx.Component:
    """Draw the versions of a piece before the one in front, with what was said of those that were refused."""
    return rx.el.ul(rx.foreach(card.earlier, _earlier_one), class_name="piece-earlier")


def _earlier_one(version: rx.vars.ObjectVar[SentVersion]) -> rx.Component:
    return rx.el.li(
        rx.el.strong(version.name),
        " ",
        badge(version.state, version.tone),
        rx.el.span(fact(version.received), class_name="second-line"),
        _refusal(version),
        _files(version),
    )
