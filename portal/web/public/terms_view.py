"""The terms as a page shows them: plain data, from the published text to what components draw."""

from dataclasses import dataclass, field

from portal.contract.calendar import paris_day
from portal.contract.french import full_date
from portal.documents.terms import Article, Block, Prose
from portal.documents.terms_changes import ArticleChange, ChangeKind, Segment
from portal.services.conditions import Edition


@dataclass(frozen=True, slots=True)
class SpanView:
    text: str = ""
    weight: str = "plain"


@dataclass(frozen=True, slots=True)
class ItemView:
    spans: list[SpanView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BlockView:
    kind: str = ""
    spans: list[SpanView] = field(default_factory=list)
    points: list[ItemView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ArticleView:
    number: str = ""
    title: str = ""
    anchor: str = ""
    is_part: bool = False
    summary: str = ""
    blocks: list[BlockView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ContentsLine:
    """An article in the table of contents."""

    number: str = ""
    title: str = ""
    anchor: str = ""
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class EditionView:
    """A version of the terms; `applies` is the sentence that says since when."""

    version: str = ""
    title: str = ""
    applies: str = ""
    sha256: str = ""
    demonstration: bool = False
    pdf: str = ""
    contents: list[ContentsLine] = field(default_factory=list)
    preamble: list[BlockView] = field(default_factory=list)
    articles: list[ArticleView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One version in the list of all."""

    version: str = ""
    label: str = ""
    href: str = ""
    compare_href: str = ""
    in_force: bool = False


@dataclass(frozen=True, slots=True)
class SegmentView:
    text: str = ""
    kind: str = "equal"


@dataclass(frozen=True, slots=True)
class PassageView:
    kind: str = ""
    segments: list[SegmentView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What became of one article between two versions."""

    number: str = ""
    title: str = ""
    verb: str = ""
    kind: str = ""
    summary: list[SegmentView] = field(default_factory=list)
    passages: list[PassageView] = field(default_factory=list)


def edition_view(edition: Edition) -> EditionView:
    terms = edition.read()
    return EditionView(
        version=edition.version,
        title=terms.title,
        applies=f"Version {edition.version}, applicable depuis le {full_date(paris_day(edition.applies_from))}",
        sha256=edition.sha256,
        demonstration=terms.demonstration,
        pdf=f"/cgv/{edition.version}.pdf",
        contents=[
            ContentsLine(article.number, article.title, article.anchor, article.level > 1)
            for article in terms.articles
        ],
        preamble=[_block(block) for block in terms.preamble],
        articles=[_article(article) for article in terms.articles],
    )


def edition_lines(editions: tuple[Edition, ...], in_force: str) -> list[EditionLine]:
    """Return all versions, the newest first, each compared with the one in force."""
    return [
        EditionLine(
            version=one.version,
            label=f"depuis le {full_date(paris_day(one.applies_from))}",
            href=f"/cgv?version={one.version}",
            compare_href="" if one.version == in_force else f"/cgv/comparer?de={one.version}&a={in_force}",
            in_force=one.version == in_force,
        )
        for one in editions
    ]


_VERBS = {
    ChangeKind.ADDED: "Ajouté",
    ChangeKind.REMOVED: "Retiré",
    ChangeKind.CHANGED: "Modifié",
    ChangeKind.UNCHANGED: "Inchangé",
}


def change_view(change: ArticleChange) -> ChangeView:
    """Return an article's change with the passages that changed; an unchanged one has none."""
    return ChangeView(
        number=change.number,
        title=change.title,
        verb=_VERBS[change.kind],
        kind=change.kind.value,
        summary=_segments(change.summary) if change.kind is not ChangeKind.UNCHANGED else [],
        passages=[
            PassageView(passage.kind.value, _segments(passage.segments))
            for passage in change.passages
            if passage.is_changed
        ],
    )


def _segments(segments: tuple[Segment, ...]) -> list[SegmentView]:
    return [SegmentView(one.text, one.kind.value) for one in segments]


def _article(article: Article) -> ArticleView:
    return ArticleView(
        number=article.number,
        title=article.title,
        anchor=article.anchor,
        is_part=article.level > 1,
        summary=article.summary,
        blocks=[_block(block) for block in article.blocks],
    )


def _block(block: Block) -> BlockView:
    return BlockView(
        kind=block.kind.value,
        spans=_spans(block.text),
        points=[ItemView(_spans(item)) for item in block.items],
    )


def _spans(prose: Prose) -> list[SpanView]:
    return [SpanView(span.text, span.weight.value) for span in prose.spans]
