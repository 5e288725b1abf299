"""What differs between two versions of the terms, word by word (CGV art. 17).

Articles are told apart by their number: one that moves is removed here and added there. Emphasis is not
compared, only words. Of a changed article, the passages (paragraphs, subheadings, items of lists) that
resemble each other are paired in order; what has no counterpart is inserted or deleted whole.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from portal.documents.terms import Article, BlockKind, TermsText


class ChangeKind(StrEnum):
    """What became of an article."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class SegmentKind(StrEnum):
    """Whether words stand in both versions, in the new one only, or in the old one only."""

    EQUAL = "equal"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Segment:
    """Some words of a passage, spaces included."""

    kind: SegmentKind
    text: str


@dataclass(frozen=True, slots=True)
class PassageChange:
    """A paragraph, a subheading or an item of a list (`BlockKind.LIST`), with what changed in it.

    Its equal and inserted segments, joined, are the new text; its equal and deleted ones the old.
    """

    kind: BlockKind
    segments: tuple[Segment, ...]

    @property
    def is_changed(self) -> bool:
        return _is_changed(self.segments)


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """What became of an article; `title` is the newer one.

    The preamble has no number. Of an article added or removed, all segments are inserted or deleted; of
    an unchanged one, equal. `summary` is empty for the preamble.
    """

    kind: ChangeKind
    number: str
    title: str
    heading: tuple[Segment, ...]
    summary: tuple[Segment, ...]
    passages: tuple[PassageChange, ...]


def compare_terms(old: TermsText, new: TermsText) -> list[ArticleChange]:
    """Return what became of the preamble, where there is one, and of each article, in order."""
    before = {article.number: article for article in old.articles}
    after = {article.number: article for article in new.articles}
    ranked = sorted((before | after).values(), key=lambda article: article.rank)
    return [
        *_compare(_preamble(old), _preamble(new)),
        *(change for one in ranked for change in _compare(before.get(one.number), after.get(one.number))),
    ]


_Passage = tuple[BlockKind, str]


def _preamble(terms: TermsText) -> Article | None:
    return Article("", "Préambule", "", terms.preamble) if terms.preamble else None


def _compare(old: Article | None, new: Article | None) -> Iterator[ArticleChange]:
    if (newer := new or old) is None:
        return
    heading = _words_changed(old.title if old else "", new.title if new else "")
    summary = _words_changed(old.summary if old else "", new.summary if new else "")
    passages = tuple(_pair(_passages(old), _passages(new)))
    if old is None:
        kind = ChangeKind.ADDED
    elif new is None:
        kind = ChangeKind.REMOVED
    elif _is_changed((*heading, *summary)) or any(passage.is_changed for passage in passages):
        kind = ChangeKind.CHANGED
    else:
        kind = ChangeKind.UNCHANGED
    yield ArticleChange(kind, newer.number, newer.title, heading, summary, passages)


def _passages(article: Article | None) -> list[_Passage]:
    blocks = article.blocks if article else ()
    return [(block.kind, str(passage)) for block in blocks for passage in block.passages]


def _is_changed(segments: Sequence[Segment]) -> bool:
    return any(segment.kind is not SegmentKind.EQUAL for segment in segments)


# --- pairing passages ----------------------------------------------------------------------------

_ALIKE = 0.5  # the share of common words from which two passages are one that changed


def _pair(old: Sequence[_Passage], new: Sequence[_Passage]) -> Iterator[PassageChange]:
    """Pair equal passages first; between them, those that are most alike."""
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            for kind, text in new[j:j_end]:
                yield PassageChange(kind, _words_changed(text, text))
        else:
            yield from _pair_alike(old[i:i_end], new[j:j_end])


def _pair_alike(old: Sequence[_Passage], new: Sequence[_Passage]) -> Iterator[PassageChange]:
    likeness = [[_likeness(before, after) for after in new] for before in old]

    def between(i: int, i_end: int, j: int, j_end: int) -> Iterator[PassageChange]:
        pairs = ((likeness[k][m], k, m) for k in range(i, i_end) for m in range(j, j_end))
        best, k, m = max(pairs, key=lambda pair: pair[0], default=(0.0, 0, 0))
        if best < _ALIKE:
            yield from (PassageChange(kind, _words_changed(text, "")) for kind, text in old[i:i_end])
            yield from (PassageChange(kind, _words_changed("", text)) for kind, text in new[j:j_end])
            return
        yield from between(i, k, j, m)
        yield PassageChange(new[m][0], _words_changed(old[k][1], new[m][1]))
        yield from between(k + 1, i_end, m + 1, j_end)

    return between(0, len(old), 0, len(new))


def _likeness(old: _Passage, new: _Passage) -> float:
    """Return the share of words that two passages of one kind have in common, from 0 to 1."""
    before, after = Counter(old[1].split()), Counter(new[1].split())
    if old[0] is not new[0]:
        return 0.0
    return 2 * (before & after).total() / (before.total() + after.total())


# --- the words of a passage ----------------------------------------------------------------------

# A number with its separators is one word; an elided article ("l’") is one of its own.
_WORD = re.compile(r"\d+(?:[\u202f.,]\d+)*|\w+[’']?|\s+|[^\w\s]")

_ISLAND_CHARACTERS = 3


def _words_changed(old: str, new: str) -> tuple[Segment, ...]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    segments: list[Segment] = []
    deleted = inserted = ""
    for index, (tag, i, i_end, j, j_end) in enumerate(opcodes):
        gone, come = "".join(before[i:i_end]), "".join(after[j:j_end])
        # A space or a small word between two changes belongs to both: « dix demandes » replaces « cinq
        # appels » as one, which reads better than four changes.
        is_island = 0 < index < len(opcodes) - 1 and len(come.strip()) <= _ISLAND_CHARACTERS
        if tag == "equal" and not is_island:
            segments += _segments(deleted, inserted)
            segments.append(Segment(SegmentKind.EQUAL, come))
            deleted = inserted = ""
        else:
            deleted, inserted = deleted + gone, inserted + come
    return (*segments, *_segments(deleted, inserted))


def _segments(deleted: str, inserted: str) -> Iterator[Segment]:
    if deleted:
        yield Segment(SegmentKind.DELETED, deleted)
    if inserted:
        yield Segment(SegmentKind.INSERTED, inserted)
