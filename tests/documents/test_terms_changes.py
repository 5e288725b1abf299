"""CGV art. 17: a new version is announced with its differences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.documents.terms import BlockKind, TermsText, parse_terms
from portal.documents.terms_changes import (
    ArticleChange,
    ChangeKind,
    PassageChange,
    Segment,
    SegmentKind,
    compare_terms,
)
from tests.documents.written import ARTICLE, one_article, shipped, written

EQUAL, INSERTED, DELETED = SegmentKind.EQUAL, SegmentKind.INSERTED, SegmentKind.DELETED


def marked(segments: tuple[Segment, ...]) -> str:
    """The segments as one line: « dans [-8-]{+15+} jours »."""
    marks = {EQUAL: "{}", INSERTED: "{{+{}+}}", DELETED: "[-{}-]"}
    return "".join(marks[segment.kind].format(segment.text) for segment in segments)


def only_change(old: TermsText, new: TermsText) -> ArticleChange:
    (change,) = compare_terms(old, new)
    return change


def passages(old: TermsText, new: TermsText) -> list[str]:
    return [marked(passage.segments) for passage in only_change(old, new).passages]


def test_a_version_does_not_differ_from_itself() -> None:
    terms = parse_terms(shipped("2026-01"))
    assert {change.kind for change in compare_terms(terms, terms)} == {ChangeKind.UNCHANGED}


def test_a_changed_word_stands_beside_the_one_it_replaces() -> None:
    old, new = (
        one_article("Dans un délai de 8 jours calendaires."),
        one_article("Dans un délai de 15 jours calendaires."),
    )
    assert only_change(old, new).kind is ChangeKind.CHANGED
    assert passages(old, new) == ["Dans un délai de [-8-]{+15+} jours calendaires."]


def test_a_number_with_its_separators_is_one_word() -> None:
    old, new = (
        one_article("Limité à 300\u202f000,50 € par an."),
        one_article("Limité à 310\u202f000,50 € par an."),
    )
    assert passages(old, new) == ["Limité à [-300\u202f000,50-]{+310\u202f000,50+} € par an."]


def test_small_words_between_two_changes_belong_to_both() -> None:
    old = one_article("Le Client dispose chaque mois de cinq appels et peut écrire.")
    new = one_article("Le Client dispose chaque mois de dix demandes et peut écrire.")
    assert passages(old, new) == [
        "Le Client dispose chaque mois de [-cinq appels-]{+dix demandes+} et peut écrire."
    ]


def test_an_added_paragraph_leaves_its_neighbours_alone() -> None:
    old = one_article("Le premier paragraphe.", "Le second dit 8 jours.")
    new = one_article("Le premier paragraphe.", "Celui-ci vient d’arriver.", "Le second dit 15 jours.")
    assert passages(old, new) == [
        "Le premier paragraphe.",
        "{+Celui-ci vient d’arriver.+}",
        "Le second dit [-8-]{+15+} jours.",
    ]


def test_a_rewritten_paragraph_is_shown_whole_rather_than_in_crumbs() -> None:
    old, new = one_article("Rien de commun ici."), one_article("La facture part le vingt.")
    assert passages(old, new) == ["[-Rien de commun ici.-]", "{+La facture part le vingt.+}"]


def test_a_paragraph_that_becomes_an_item_is_deleted_and_inserted() -> None:
    change = only_change(one_article("un même texte"), one_article("- un même texte"))
    assert [passage.kind for passage in change.passages] == [BlockKind.PARAGRAPH, BlockKind.LIST]
    assert [passage.is_changed for passage in change.passages] == [True, True]


def test_a_new_title_or_summary_is_a_change() -> None:
    old = parse_terms(written())
    retitled = only_change(old, parse_terms(written(ARTICLE.replace("Objet", "But"))))
    assert (retitled.kind, marked(retitled.heading)) == (ChangeKind.CHANGED, "[-Objet-]{+But+}")
    assert retitled.title == "But"
    resumed = only_change(old, parse_terms(written(ARTICLE.replace("Nous vendons", "Vous achetez"))))
    assert (resumed.kind, marked(resumed.summary)) == (
        ChangeKind.CHANGED,
        "[-Nous vendons-]{+Vous achetez+} un service.",
    )


def test_emphasis_alone_changes_nothing() -> None:
    assert (
        only_change(one_article("Trente jours."), one_article("**Trente** jours.")).kind
        is ChangeKind.UNCHANGED
    )


def test_an_article_may_be_added_or_removed_at_its_place() -> None:
    first, second, tenth = (ARTICLE.replace("## 1 ", f"## {number} ") for number in (1, 2, 10))
    old, new = parse_terms(written(first + tenth)), parse_terms(written(first + second))
    changes = compare_terms(old, new)
    assert [(change.number, change.kind) for change in changes] == [
        ("1", ChangeKind.UNCHANGED),
        ("2", ChangeKind.ADDED),
        ("10", ChangeKind.REMOVED),
    ]
    assert marked(changes[1].heading) == "{+Objet+}"
    assert changes[2].passages == (
        PassageChange(BlockKind.PARAGRAPH, (Segment(DELETED, "Le Prestataire vend un service."),)),
    )


def test_the_preamble_is_compared_too() -> None:
    old, new = parse_terms(written()), parse_terms(written("\nUn mot d’abord.\n" + ARTICLE))
    preamble, article = compare_terms(old, new)
    assert (preamble.kind, preamble.number, preamble.title) == (ChangeKind.ADDED, "", "Préambule")
    assert article.kind is ChangeKind.UNCHANGED


def test_the_demonstration_versions_differ_where_the_newer_one_is_kinder() -> None:
    changes = compare_terms(parse_terms(shipped("2025-09")), parse_terms(shipped("2026-01")))
    by_kind = {kind: [change.number for change in changes if change.kind is kind] for kind in ChangeKind}
    assert by_kind[ChangeKind.ADDED] == ["19.3"]
    assert by_kind[ChangeKind.REMOVED] == ["10.5"]
    assert by_kind[ChangeKind.CHANGED] == ["3", "5.1", "5.2", "6.2", "6.3", "15", "16"]
    hotline = next(change for change in changes if change.number == "5.2")
    assert "[-5-]{+10+}" in marked(hotline.summary)


TEXTS = st.text(alphabet="ab9 ,.’-\u00a0é", min_size=1, max_size=60).map(lambda text: f"x{text}x")


@given(old=TEXTS, new=TEXTS)
def test_the_segments_hold_both_texts_whole(old: str, new: str) -> None:
    """Nothing is lost or invented: the old text is what is equal or deleted, the new what is equal or inserted."""
    before, after = one_article(old), one_article(new)
    segments = [segment for passage in only_change(before, after).passages for segment in passage.segments]
    kept = {
        kind: "".join(one.text for one in segments if one.kind in {EQUAL, kind})
        for kind in (DELETED, INSERTED)
    }
    assert kept[DELETED] == str(before.articles[0].blocks[0].text)
    assert kept[INSERTED] == str(after.articles[0].blocks[0].text)


@pytest.mark.timeout(20)
def test_two_long_articles_without_a_word_in_common_are_compared_in_seconds() -> None:
    old = one_article(*(f"- ancien{i} texte{i} dit{i}" for i in range(100)))
    new = one_article(*(f"- nouveau{i} propos{i} veut{i}" for i in range(100)))
    assert len(only_change(old, new).passages) == 200
