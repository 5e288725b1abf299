"""The terms (CGV): how a vendor's file is read, and what is refused with a reason (art. 3, 17)."""

import hashlib
import re
from datetime import date

import pytest

from portal.contract.dossier import KBIS_MONTHS
from portal.contract.trial import REFLECTION_DAYS, TRIAL_DAYS, TRIAL_USERS
from portal.documents.terms import (
    Article,
    Block,
    BlockKind,
    Prose,
    Span,
    TermsFormatError,
    Weight,
    decode_terms,
    parse_terms,
    text_sha256,
)
from tests.documents.written import ARTICLE, HEADER, one_article, shipped, written

SUB_ARTICLES = {5: 3, 6: 3, 10: 4, 11: 2, 19: 3}
NUMBERS = [
    number
    for article in range(1, 23)
    for number in (str(article), *(f"{article}.{sub + 1}" for sub in range(SUB_ARTICLES.get(article, 0))))
]


def refused(text: str) -> TermsFormatError:
    with pytest.raises(TermsFormatError) as caught:
        parse_terms(text)
    return caught.value


def plain(text: str) -> str:
    """The text with ordinary spaces, for comparing words."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


# --- what a file says ----------------------------------------------------------------------------


def test_the_header_names_the_version_and_its_days() -> None:
    terms = parse_terms(written())
    assert (terms.version, terms.title) == ("2030-01", "Conditions de vente")
    assert (terms.published_on, terms.applies_from) == (date(2029, 12, 1), date(2030, 1, 1))
    assert not terms.demonstration


def test_an_article_has_a_number_a_title_a_summary_and_its_blocks() -> None:
    header = HEADER.replace("title:", "\ntitle:")  # an empty line there means nothing
    body = """
## 5 Services

> Ce que vous recevez.

## 5.1 Essai gratuit

> Vous essayez
> pendant 30 jours.

Le Prestataire ouvre
la Solution.

### La suite

- un point ;
- un autre.
"""
    _, trial = parse_terms(written(body, header=header)).articles
    assert trial == Article(
        number="5.1",
        title="Essai gratuit",
        summary="Vous essayez pendant 30 jours.",
        blocks=(
            Block(
                BlockKind.PARAGRAPH,
                text=Prose((Span("Le Prestataire ouvre"), Span(" "), Span("la Solution."))),
            ),
            Block(BlockKind.SUBHEADING, text=Prose((Span("La suite"),))),
            Block(BlockKind.LIST, items=(Prose((Span("un point ;"),)), Prose((Span("un autre."),)))),
        ),
    )
    assert (trial.level, trial.anchor) == (2, "article-5-1")


def test_emphasis_is_kept_and_strong_wins_inside_it() -> None:
    terms = one_article("Dans *un délai de **trente** jours*, **au *plus* tard**.")
    text = terms.articles[0].blocks[0].text
    assert text.spans == (
        Span("Dans "),
        Span("un délai de ", Weight.EMPHASIS),
        Span("trente", Weight.STRONG),
        Span(" jours", Weight.EMPHASIS),
        Span(", "),
        Span("au ", Weight.STRONG),
        Span("plus", Weight.STRONG),
        Span(" tard", Weight.STRONG),
        Span("."),
    )
    assert str(text) == "Dans un délai de trente jours, au plus tard."


def test_a_hard_line_break_reads_as_a_space() -> None:
    assert str(one_article("Une ligne  \nl’autre.").articles[0].blocks[0].text) == "Une ligne l’autre."


def test_what_precedes_the_first_article_is_the_preamble() -> None:
    terms = parse_terms(written("\nLisez *bien*.\n\n- avant ;\n- après.\n" + ARTICLE))
    assert [block.kind for block in terms.preamble] == [BlockKind.PARAGRAPH, BlockKind.LIST]
    assert [str(passage) for passage in terms.preamble[1].passages] == ["avant ;", "après."]


def test_articles_keep_their_numbers_over_a_repealed_one() -> None:
    terms = parse_terms(
        written(ARTICLE + ARTICLE.replace("## 1 ", "## 9 ") + ARTICLE.replace("## 1 ", "## 10. "))
    )
    assert [article.number for article in terms.articles] == ["1", "9", "10"]


def test_windows_line_ends_and_a_byte_order_mark_read_the_same() -> None:
    assert parse_terms("\ufeff" + written().replace("\n", "\r\n")) == parse_terms(written())


@pytest.mark.parametrize(
    "literal",
    ["R&D et 5 < 6", "&nbsp; &#8238;", "[adresse]: https://exemple.fr", '#read("x") $x$ @nom', "a_b_c et 2 * 3 * 4"],
)  # fmt: skip
def test_what_looks_like_code_but_is_none_stays_as_written(literal: str) -> None:
    assert str(one_article(f"Texte : {literal}").articles[0].blocks[0].text) == f"Texte : {literal}"


def test_the_hash_is_of_the_exact_bytes() -> None:
    raw = written().replace("\n", "\r\n").encode()
    assert text_sha256(decode_terms(raw)) == hashlib.sha256(raw).hexdigest()
    assert text_sha256(decode_terms(raw)) != text_sha256(written())


# --- what is refused, where, and how to mend it --------------------------------------------------------


def test_a_file_without_header_is_refused() -> None:
    fault = refused(ARTICLE)
    assert fault.line == 1
    assert "l’en-tête manque" in fault.message


def test_a_header_left_open_is_refused() -> None:
    assert "n’est pas refermé" in refused("---\nversion: 1\n").message


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("version: 2030-01\n", "", 5, "ne donne pas version"),
        ("title: Conditions de vente\n", "title:\n", 3, "ne donne pas title"),
        ("version: 2030-01", "version: été 2030", 2, "pas un nom de version"),
        ("version: 2030-01", "version: " + "a" * 41, 2, "pas un nom de version"),
        ("version: 2030-01", "version: 1\nversion: 2", 3, "version est déjà donné ligne 2"),
        ("version: 2030-01", "auteur: moi", 2, "pas une ligne d’en-tête"),
        ("version: 2030-01", "version 2030-01", 2, "pas une ligne d’en-tête"),
        ("2029-12-01", "1er décembre 2029", 4, "published_on n’est pas une date"),
        ("2030-01-01", "2030-02-30", 5, "applies_from n’est pas une date"),
        ("2030-01-01", "2029-11-30", 5, "avant d’être publié"),
        ("title: Conditions", "demonstration: oui\ntitle: Conditions", 3, "true ou false"),
        ("Conditions de vente", "x" * 121, 3, "le titre compte 121 caractères"),
    ],
)
def test_a_wrong_header_is_refused_at_its_line(old: str, new: str, line: int, says: str) -> None:
    fault = refused(written(header=HEADER.replace(old, new)))
    assert fault.line == line
    assert says in plain(fault.message)


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("## 1 Objet\n\nTexte.\n", 7, "l’article 1 n’a pas de résumé"),
        ("## 1 Objet\n\n> Résumé.\n", 7, "l’article 1 est vide"),
        ("## 1 Objet\n\n> Résumé.\n\n## 2 Prix\n\n> Résumé.\n\nTexte.\n", 7, "l’article 1 est vide"),
        (f"{ARTICLE}\n## 1 Prix\n\n> Résumé.\n\nTexte.\n", 14, "l’article 1 existe déjà ligne 8"),
        (f"{ARTICLE.replace('## 1', '## 3')}\n## 2 Prix\n", 14, "l’article 2 vient après l’article 3"),
        (f"{ARTICLE}\n## 2.1 Prix\n", 14, "l’article 2.1 vient sans l’article 2"),
        ("## Objet\n", 7, "« Objet » n’a pas de numéro"),
        ("## 1.2.3.4 Objet\n", 7, "n’a pas de numéro"),
        ("## 0 Objet\n", 7, "n’a pas de numéro"),
        ("##\n", 7, "n’a pas de numéro"),
        (f"## 1 {'x' * 121}\n", 7, "le titre compte 121 caractères"),
        (f"## 1 Objet\n\n> {'x' * 401}\n\nTexte.\n", 9, "le résumé compte 401 caractères"),
        ("> Résumé.\n", 7, "un résumé"),
        (f"{ARTICLE}\n> Encore.\n", 14, "un résumé"),
        ("## 1 Objet\n\n> - Résumé.\n", 9, "un seul paragraphe"),
        ("## 1 Objet\n\n> Résumé.\nTexte.\n", 10, "touche le résumé"),
        (f"{ARTICLE}\n##2 Prix\n", 14, "un dièse sans être un titre"),
        (f"{ARTICLE}\nTexte\n#2 Prix\n", 15, "un dièse sans être un titre"),
        ("# Conditions\n", 7, "deux sortes de titres"),
        (f"{ARTICLE}\n#### Détail\n", 14, "deux sortes de titres"),
        (f"{ARTICLE}\n###\n", 14, "deux sortes de titres"),
        (f"{ARTICLE}\n<script>x</script>\n", 14, "du HTML"),
        (f"{ARTICLE}\n<!-- caché -->\n", 14, "du HTML"),
        (f"{ARTICLE}\nUn texte\nen <b>gras</b>.\n", 15, "du HTML"),
        (f"{ARTICLE}\n- un point\n- <br>\n", 15, "du HTML"),
        (f"{ARTICLE}\n[ici](https://exemple.fr)\n", 14, "un lien"),
        (f"{ARTICLE}\n<https://exemple.fr>\n", 14, "un lien"),
        (f"{ARTICLE}\n![logo](logo.png)\n", 14, "une image"),
        (f"{ARTICLE}\nLa commande `ls`.\n", 14, "du code"),
        (f"{ARTICLE}\n```\nls\n```\n", 14, "un bloc de code"),
        (f"{ARTICLE}\n1. Un\n2. Deux\n", 14, "une liste numérotée"),
        (f"{ARTICLE}\n| a | b |\n|---|---|\n| 1 | 2 |\n", 14, "un tableau"),
        (f"{ARTICLE}\n***\n", 14, "une ligne de séparation"),
        (f"{ARTICLE}\n- un\n- deux\n  - trois\n", 15, "un seul paragraphe"),
        (f"{ARTICLE}\n- un\n\n  encore un\n", 14, "un seul paragraphe"),
        (f"{ARTICLE}\n- un\n-\n", 15, "un seul paragraphe"),
        (f"{ARTICLE}\n- un\u202ed\n", 14, "invisible (U+202E)"),
        (f"{ARTICLE}\nzéro\u200blargeur\n", 14, "invisible (U+200B)"),
        (f"{ARTICLE}\ncloche\x07\n", 14, "invisible (U+0007)"),
        (f"{ARTICLE}\n" + "- point\n" * 101, 8, "compte 102 paragraphes"),
        ("- point\n" * 101 + ARTICLE, 7, "le préambule compte 101 paragraphes"),
    ],
)
def test_a_fault_is_refused_at_its_line_with_what_it_is(body: str, line: int, says: str) -> None:
    fault = refused(written(body))
    assert fault.line == line
    assert says in plain(fault.message)
    assert fault.message.startswith(f"Ligne {line}\u00a0: ")


def test_a_text_without_article_is_refused_as_a_whole() -> None:
    fault = refused(written("\nBonjour.\n"))
    assert fault.line is None
    assert "n’a pas d’article" in fault.message


def test_an_endless_text_is_refused_before_it_is_read() -> None:
    fault = refused(written() + "x" * 200_000)
    assert fault.line is None
    assert "200000" in fault.message


def test_the_first_fault_is_the_one_told() -> None:
    text = written("\n## Sans numéro\n", header=HEADER.replace("2030-01-01", "bientôt"))
    assert refused(text).line == 5


def test_a_file_that_is_not_utf_8_is_refused_with_the_remedy() -> None:
    with pytest.raises(TermsFormatError, match="UTF-8") as caught:
        decode_terms(written("\n## 1 Durée\n").encode("cp1252"))
    assert caught.value.line == 8


def test_every_refusal_says_how_to_mend() -> None:
    """A message is a fault, then a sentence that tells the vendor what to write instead."""
    for body in ("## 1 Objet\n", "# Titre\n", f"{ARTICLE}\n<b>\n", f"{ARTICLE}\n| a |\n|---|\n"):
        sentences = refused(written(body)).message.rstrip(".").split(". ")
        assert len(sentences) >= 2


# --- the demonstration's own terms ---------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2025-09", "2026-01"])
def test_the_demonstration_texts_are_valid_and_say_what_they_are(version: str) -> None:
    terms = parse_terms(shipped(version))
    assert terms.version == version
    assert terms.demonstration
    assert "Texte de démonstration" in str(terms.preamble[0].text)


def test_the_demonstration_text_has_the_articles_of_the_terms() -> None:
    assert [article.number for article in parse_terms(shipped("2026-01")).articles] == NUMBERS


@pytest.mark.parametrize("version", ["2025-09", "2026-01"])
def test_the_demonstration_texts_are_set_as_french_is(version: str) -> None:
    body = shipped(version).split("---\n", 2)[2]
    assert not re.findall(r".{12} [;:!?»%€].?|« .{10}|.{10}[^\u202f][;!?]", body)
    assert "'" not in body
    assert '"' not in body
    assert not re.findall(r"\d (?:jours|heures|appels|mois|ans|h)\b", body)


def test_the_demonstration_text_states_the_figures_that_the_rules_enforce() -> None:
    articles = {article.number: article for article in parse_terms(shipped("2026-01")).articles}

    def says(number: str, words: str) -> bool:
        passages = [str(passage) for block in articles[number].blocks for passage in block.passages]
        return words in plain(" ".join(passages))

    assert says("5.1", f"{TRIAL_USERS} Utilisateurs")
    assert says("5.1", f"{TRIAL_DAYS} jours calendaires")
    assert says("5.1", f"{REFLECTION_DAYS} jours calendaires pour s’abonner")
    assert KBIS_MONTHS == 3
    assert says("8", "de moins de trois mois")
    assert says("10.3", "10e jour ouvré")
    assert says("10.4", "40 € par facture")
    assert says("15", "30 jours calendaires")
    assert says("16", "un mois")
    assert says("19.1", "10 jours ouvrés")
