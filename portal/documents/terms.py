"""Reading the terms (CGV): one Markdown file per version, published as it is and never edited after.

The format, for a vendor who writes `FILE.md` for `portal terms publish`:

    ---
    version: 2026-01
    title: Conditions générales de vente d’EXANERGY CRM
    published_on: 2025-12-01
    applies_from: 2026-01-01
    demonstration: true
    ---

    Paragraphs before the first article are the preamble; they may be left out.

    ## 5.1 Essai gratuit

    > The plain summary, one or two sentences, shown as « En clair ».

    A paragraph, with *emphasis* and **strong emphasis** only.

    - an item of a list;
    - another one.

    ### A subheading, without a number

- Every article is a `##` heading: a number (`5`, `5.1`, up to three levels), a space, a title. Numbers
  rise through the file and never repeat; 5.1 needs a 5. A repealed article may leave a gap.
- The summary stands first, once. Then come paragraphs, `-` lists of one level and `###` subheadings;
  an article may be without any of them only if sub-articles follow it.
- `version` is letters, digits, `.`, `_` and `-`, as in `2026-01`. Dates are days in Paris.
  `demonstration` may be left out (`false`).
- All that a reader of the page would not see as written is refused: HTML and its comments, links, images,
  code, tables, numbered lists, invisible characters. What is hashed is what is read.

The file is UTF-8; its SHA-256 is taken over its exact bytes (`text_sha256`), line ends included.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from markdown_it.tree import SyntaxTreeNode

from portal.documents.terms_fault import TermsFormatError, refuse_invisible, refuse_longer
from portal.documents.terms_header import MAX_TITLE_CHARACTERS, Header, end_of_header
from portal.documents.terms_prose import (
    Block,
    BlockKind,
    Prose,
    Span,
    Weight,
    read_block,
    read_markdown,
    read_prose,
)

__all__ = [
    "Article",
    "Block",
    "BlockKind",
    "Prose",
    "Span",
    "TermsFormatError",
    "TermsText",
    "Weight",
    "decode_terms",
    "parse_terms",
    "text_sha256",
]

MAX_TEXT_CHARACTERS = 200_000
MAX_SUMMARY_CHARACTERS = 400
# Comparing two versions of an article weighs each of its passages against each of the other's.
MAX_PASSAGES = 100


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the terms: `number` is « 5.1 »; `summary` (« En clair ») and `title` are plain text."""

    number: str
    title: str
    summary: str
    blocks: tuple[Block, ...]

    @property
    def level(self) -> int:
        """1 for article 5, 2 for article 5.1."""
        return self.number.count(".") + 1

    @property
    def rank(self) -> tuple[int, ...]:
        """The number as it sorts: 5.10 comes after 5.9."""
        return tuple(int(part) for part in self.number.split("."))

    @property
    def anchor(self) -> str:
        """The article's own link within a page: « article-5-1 »."""
        return f"article-{self.number.replace('.', '-')}"


@dataclass(frozen=True, slots=True)
class TermsText:
    """A version of the terms. Dates are days in Paris; both name the day on which something begins."""

    version: str
    title: str
    published_on: date
    applies_from: date
    demonstration: bool
    preamble: tuple[Block, ...]
    articles: tuple[Article, ...]


def text_sha256(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes, in hexadecimal: what an acceptance commits to.

    Read a file with `decode_terms`, never in text mode, which would rewrite its line ends.
    """
    return hashlib.sha256(text.encode()).hexdigest()


def decode_terms(raw: bytes) -> str:
    """Return a file's exact text; raise `TermsFormatError` where it is not UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        message = (
            "le fichier n’est pas en UTF-8. Enregistrez-le avec l’encodage « UTF-8 » dans votre éditeur "
            "de texte, puis recommencez."
        )
        raise TermsFormatError(message, line=raw.count(b"\n", 0, error.start) + 1) from error


@lru_cache(maxsize=8)
def parse_terms(text: str) -> TermsText:
    """Return the terms that `text` holds; raise `TermsFormatError` at its first fault.

    A few texts are in use at a time, by every page that names their title: each is read once.
    """
    if len(text) > MAX_TEXT_CHARACTERS:
        raise TermsFormatError(
            f"Le texte compte {len(text)} caractères ; le portail en accepte {MAX_TEXT_CHARACTERS}. "
            "Vérifiez qu’il s’agit du bon fichier."
        )
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    refuse_invisible(lines)
    end = end_of_header(lines)
    header = Header(lines[1:end])
    bare = TermsText(
        version=header.version(),
        title=header.title(),
        published_on=header.published_on(),
        applies_from=header.applies_from(),
        demonstration=header.demonstration(),
        preamble=(),
        articles=(),
    )
    preamble, articles = _read_articles("\n".join(lines[end + 1 :]), lines_before=end + 1)
    return replace(bare, preamble=preamble, articles=articles)


# --- the articles --------------------------------------------------------------------------------

_HEADING = re.compile(r"((?:[1-9]\d?)(?:\.[1-9]\d?){0,2})\.?\s+(\S.*)")


@dataclass(slots=True)
class _Draft:
    """An article while it is read."""

    number: str
    title: str
    line: int
    summary: str = ""
    blocks: list[Block] = field(default_factory=list)

    def finish(self, next_number: str | None) -> Article:
        if not self.summary:
            raise TermsFormatError(
                f"l’article {self.number} n’a pas de résumé. Ajoutez sous son titre une ligne qui commence "
                "par « > » et dit l’essentiel en une ou deux phrases.",
                line=self.line,
            )
        if not self.blocks and not (next_number or "").startswith(f"{self.number}."):
            raise TermsFormatError(
                f"l’article {self.number} est vide. Écrivez son texte sous le résumé, ou supprimez-le.",
                line=self.line,
            )
        _refuse_crowded(f"l’article {self.number}", self.blocks, self.line)
        return Article(self.number, self.title, self.summary, tuple(self.blocks))


def _refuse_crowded(what: str, blocks: list[Block], line: int) -> None:
    passages = sum(len(block.passages) for block in blocks)
    if passages > MAX_PASSAGES:
        raise TermsFormatError(
            f"{what} compte {passages} paragraphes et points de liste ; le portail en accepte {MAX_PASSAGES}. "
            "Partagez-le en sous-articles.",
            line=line,
        )


def _read_articles(body: str, *, lines_before: int) -> tuple[tuple[Block, ...], tuple[Article, ...]]:
    preamble: list[Block] = []
    articles: list[Article] = []
    places: dict[str, int] = {}
    draft: _Draft | None = None
    for node in read_markdown(body):
        line = (node.map or (0, 0))[0] + lines_before + 1
        if node.type == "heading" and node.tag == "h2":
            following = _heading(node, line)
            if draft:
                articles.append(draft.finish(following.number))
            _check_place(following, articles, places)
            places[following.number] = line
            draft = following
        elif node.type == "blockquote":
            _refuse_run_on_summary(body, node, line)
            _take_summary(draft, node, line)
        else:
            (draft.blocks if draft else preamble).append(read_block(node, line))
    if draft is None:
        raise TermsFormatError(
            "Le texte n’a pas d’article. Commencez chacun par un titre comme « ## 5.1 Essai gratuit »."
        )
    articles.append(draft.finish(None))
    _refuse_crowded("le préambule", preamble, lines_before + 1)
    return tuple(preamble), tuple(articles)


def _check_place(draft: _Draft, articles: list[Article], places: dict[str, int]) -> None:
    if draft.number in places:
        raise TermsFormatError(
            f"l’article {draft.number} existe déjà ligne {places[draft.number]}. Donnez à chacun son numéro.",
            line=draft.line,
        )
    rank = tuple(int(part) for part in draft.number.split("."))
    parent = draft.number.rpartition(".")[0]
    if parent and parent not in places:
        raise TermsFormatError(
            f"l’article {draft.number} vient sans l’article {parent}. Ajoutez avant lui un titre pour l’article "
            f"{parent}, avec son résumé.",
            line=draft.line,
        )
    if articles and rank < articles[-1].rank:
        raise TermsFormatError(
            f"l’article {draft.number} vient après l’article {articles[-1].number}. Rangez les articles dans "
            "l’ordre de leurs numéros.",
            line=draft.line,
        )


def _heading(node: SyntaxTreeNode, line: int) -> _Draft:
    written = str(read_prose(node, line))
    numbered = _HEADING.fullmatch(written)
    if numbered is None:
        raise TermsFormatError(
            f"le titre « {written[:60]} » n’a pas de numéro d’article. Écrivez-le comme « ## 5.1 Essai gratuit ».",
            line=line,
        )
    number, title = numbered.groups()
    refuse_longer("le titre", title, MAX_TITLE_CHARACTERS, line=line)
    return _Draft(number, title, line)


def _refuse_run_on_summary(body: str, node: SyntaxTreeNode, line: int) -> None:
    # Markdown lets a quotation go on without its mark: the article's first lines would end in the summary.
    first, end = node.map or (0, 0)
    for offset, written in enumerate(body.split("\n")[first:end]):
        if not written.lstrip().startswith(">"):
            raise TermsFormatError(
                "la ligne touche le résumé et se lirait comme sa suite. Laissez une ligne vide entre les deux, "
                "ou commencez-la par « > ».",
                line=line + offset,
            )


def _take_summary(draft: _Draft | None, node: SyntaxTreeNode, line: int) -> None:
    if draft is None or draft.summary or draft.blocks:
        raise TermsFormatError(
            "une ligne qui commence par « > » est un résumé : il y en a un par article, juste sous le titre.",
            line=line,
        )
    if len(node.children) != 1 or node.children[0].type != "paragraph":
        raise TermsFormatError("le résumé tient en un seul paragraphe, sans liste ni titre.", line=line)
    draft.summary = str(read_prose(node.children[0], line))
    refuse_longer("le résumé", draft.summary, MAX_SUMMARY_CHARACTERS, line=line)
