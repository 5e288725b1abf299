"""`/cgv` and `/cgv/comparer`: the terms by article, searched, linked, printed, compared.

The version in force is written into the page when it is built, so that it is read without script, found by
search engines and shown at once. Another version, or one published since, is fetched when the page opens.
"""

from pathlib import Path
from typing import Any

import reflex as rx

from portal.contract.calendar import start_of_day
from portal.contract.french import typeset
from portal.documents.terms import decode_terms, parse_terms, text_sha256
from portal.services.conditions import Edition
from portal.settings import load
from portal.web.components.anchors import link, plain_link
from portal.web.components.article_change import article_change
from portal.web.components.badge import badge
from portal.web.components.frame import Area, frame
from portal.web.components.skeleton import skeleton
from portal.web.public.terms_states import CompareState, TermsState
from portal.web.public.terms_view import (
    ArticleView,
    BlockView,
    ContentsLine,
    EditionView,
    edition_view,
)

# Reflex turns the vars of a state into expressions of the browser, which types do not follow.
COMPARED: Any = CompareState
READ: Any = TermsState


def terms_file() -> Path:
    """Return the file in which `portal serve` leaves the version in force before it builds the pages."""
    return load().data.absolute() / "site" / "cgv.md"


def _built_in() -> EditionView:
    text = decode_terms(terms_file().read_bytes())
    terms = parse_terms(text)
    applies = start_of_day(terms.applies_from)
    return edition_view(Edition(terms.version, text, text_sha256(text), applies, applies))


def terms_page() -> rx.Component:
    built_in = _built_in()
    is_other = (READ.other.version != "") & (READ.other.version != built_in.version)
    return frame(
        rx.cond(is_other, _edition(READ.other), _edition(built_in)),
        area=Area.PUBLIC,
        here="/cgv",
    )


def _edition(edition: EditionView) -> rx.Component:
    return rx.el.div(
        rx.el.header(
            rx.el.p(edition.applies, class_name="eyebrow"),
            rx.el.h1(edition.title),
            rx.cond(
                edition.demonstration,
                rx.el.p(
                    typeset("Texte de démonstration : il n’engage personne."), class_name="demonstration"
                ),
            ),
            rx.cond(
                READ.unknown,
                rx.el.p(
                    typeset("Cette version n’existe pas : voici celle qui est en vigueur."), role="status"
                ),
            ),
            _tools(edition),
            class_name="page-head",
        ),
        rx.el.div(
            _contents(edition),
            rx.el.article(
                rx.foreach(_typed(edition.preamble, BlockView), _block),
                rx.foreach(_typed(edition.articles, ArticleView), _article),
                class_name="terms-text",
                id="texte",
            ),
            class_name="terms",
        ),
        _versions(),
        rx.el.p(
            typeset("Empreinte SHA-256 du texte : "), rx.el.code(edition.sha256), class_name="fingerprint"
        ),
    )


def _typed(rows: Any, shape: type) -> rx.Var[Any]:
    """Tell Reflex the shape of rows written into the page, as it knows that of a state's."""
    return rx.Var.create(rows).to(list[shape])  # type: ignore[valid-type]


def _tools(edition: EditionView) -> rx.Component:
    return rx.el.div(
        rx.el.label("Chercher dans les conditions", html_for="recherche-cgv"),
        rx.el.input(
            id="recherche-cgv",
            type="search",
            auto_complete="off",
            class_name="input",
            custom_attrs={"data-search": "terms"},
        ),
        rx.el.a(
            "Télécharger le PDF",
            href=edition.pdf,
            custom_attrs={"reloadDocument": True},
            class_name="button button-other",
        ),
        rx.el.button(
            "Imprimer", type="button", class_name="button button-plain", custom_attrs={"data-print": "true"}
        ),
        rx.el.p(id="recherche-compte", role="status"),
        class_name="terms-tools no-print",
        role="search",
    )


def _contents(edition: EditionView) -> rx.Component:
    return rx.el.nav(
        rx.el.h2("Sommaire"),
        rx.el.ol(
            rx.foreach(
                _typed(edition.contents, ContentsLine),
                lambda article: rx.el.li(
                    plain_link(
                        rx.fragment(rx.el.span(article.number, class_name="number"), article.title),
                        "#" + article.anchor,
                    ),
                    class_name=rx.cond(article.is_part, "part", ""),
                ),
            )
        ),
        aria_label="Sommaire des conditions",
        class_name="terms-contents no-print",
    )


def _article(article: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            rx.el.span(article.number, class_name="number"),
            article.title,
            plain_link(
                "¶",
                "#" + article.anchor,
                aria_label="Lien vers l’article " + article.number,
                class_name="anchor no-print",
            ),
        ),
        rx.el.p(rx.el.strong("En clair. "), article.summary, class_name="plainly"),
        rx.foreach(article.blocks, _block),
        id=article.anchor,
        class_name=rx.cond(article.is_part, "part", ""),
        custom_attrs={"data-article": article.number},
    )


def _block(block: Any) -> rx.Component:
    return rx.match(
        block.kind,
        ("list", rx.el.ul(rx.foreach(block.points, _item))),
        ("subheading", rx.el.h3(rx.foreach(block.spans, _span))),
        rx.el.p(rx.foreach(block.spans, _span)),
    )


def _item(item: Any) -> rx.Component:
    return rx.el.li(rx.foreach(item.spans, _span))


def _span(span: Any) -> rx.Component:
    return rx.match(
        span.weight,
        ("strong", rx.el.strong(span.text)),
        ("emphasis", rx.el.em(span.text)),
        rx.el.span(span.text),
    )


def _versions() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Toutes les versions"),
        rx.el.ul(rx.foreach(READ.lines, _version), class_name="versions"),
        class_name="no-print",
    )


def _version(line: Any) -> rx.Component:
    return rx.el.li(
        plain_link(rx.fragment("Version ", line.version), line.href),
        " ",
        line.label,
        rx.cond(line.in_force, badge("En vigueur", "done")),
        rx.cond(
            line.compare_href != "",
            link("voir ce qui change", line.compare_href, class_name="compare"),
        ),
    )


def compare_page() -> rx.Component:
    return frame(
        rx.cond(
            COMPARED.loaded,
            rx.cond(
                COMPARED.unknown,
                rx.fragment(
                    rx.el.h1("Ces versions n’existent pas"),
                    rx.el.p(
                        "Choisissez deux versions dans ",
                        link("la liste de toutes les versions", "/cgv"),
                        ".",
                    ),
                ),
                _comparison(),
            ),
            skeleton(),
        ),
        area=Area.PUBLIC,
        here="/cgv",
    )


def _comparison() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.p("Ce qui change", class_name="eyebrow"),
            rx.el.h1(COMPARED.title),
            rx.el.p(
                rx.el.ins("Ce qui est ajouté"),
                " est souligné, ",
                rx.el.del_("ce qui est retiré"),
                " est barré. ",
                COMPARED.unchanged,
                class_name="lead",
            ),
            class_name="page-head",
        ),
        rx.el.div(rx.foreach(COMPARED.changes, article_change), class_name="terms-text changes"),
    )
