"""The passages of the terms: paragraphs, subheadings and lists, with emphasis and nothing else.

What Markdown knows beyond that is refused by name, so that nothing written is lost or looks otherwise.
"""

from dataclasses import dataclass
from enum import StrEnum

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from portal.documents.terms_fault import TermsFormatError


class Weight(StrEnum):
    """How a piece of text is emphasised; strong wins where both are written."""

    PLAIN = "plain"
    EMPHASIS = "emphasis"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Span:
    """Some characters of one weight."""

    text: str
    weight: Weight = Weight.PLAIN


@dataclass(frozen=True, slots=True)
class Prose:
    """A passage: its spans side by side. `str()` gives the words without their emphasis."""

    spans: tuple[Span, ...]

    def __str__(self) -> str:
        return "".join(span.text for span in self.spans)


class BlockKind(StrEnum):
    """What a block is: `LIST` has items, the others a text."""

    PARAGRAPH = "paragraph"
    SUBHEADING = "subheading"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of an article: a paragraph or subheading with its `text`, or a list with its `items`."""

    kind: BlockKind
    text: Prose = Prose(())
    items: tuple[Prose, ...] = ()

    @property
    def passages(self) -> tuple[Prose, ...]:
        """What is read as one piece: the items of a list, else the text alone."""
        return self.items if self.kind is BlockKind.LIST else (self.text,)


# --- reading them ---------------------------------------------------------------------------------

# HTML and tables are parsed only to be refused. Link definitions, indented code, underlined headings and
# entities are turned off: they would make written lines vanish, or mean something else than they show.
_MARKDOWN = MarkdownIt("commonmark", {"html": True})
_MARKDOWN.enable("table").disable(["reference", "code", "lheading", "entity"])

_REFUSED = {
    "html_block": "du HTML n’est pas permis. Écrivez du texte simple, sans balise ni commentaire.",
    "html_inline": "du HTML n’est pas permis. Écrivez du texte simple, sans balise ni commentaire.",
    "link": "un lien n’est pas permis. Écrivez l’adresse en toutes lettres, sans crochets ni chevrons.",
    "image": "une image n’est pas permise. Dites en mots ce qu’elle montre.",
    "code_inline": "du code n’est pas permis. Retirez les accents graves.",
    "fence": "un bloc de code n’est pas permis. Retirez les lignes ``` ou ~~~.",
    "ordered_list": "une liste numérotée n’est pas permise. Commencez chaque ligne par « - ».",
    "table": "un tableau n’est pas permis. Faites-en une liste.",
    "hr": "une ligne de séparation n’est pas permise. Supprimez-la.",
}


def read_markdown(body: str) -> list[SyntaxTreeNode]:
    """Return the blocks of `body`; each has in `map` the lines it stands on."""
    return SyntaxTreeNode(_MARKDOWN.parse(body)).children


def read_block(node: SyntaxTreeNode, line: int) -> Block:
    """Return the block of an article that begins on `line`; refuse what is none."""
    if node.type == "paragraph":
        _refuse_unread_heading(node.children[0].content, line)
        return Block(BlockKind.PARAGRAPH, text=read_prose(node, line))
    if node.type == "heading" and node.tag == "h3" and node.children[0].content:
        return Block(BlockKind.SUBHEADING, text=read_prose(node, line))
    if node.type == "heading":
        raise TermsFormatError(
            "le portail lit deux sortes de titres : « ## » pour un article, « ### » pour un intertitre. "
            "Changez le nombre de dièses, ou donnez un texte au titre.",
            line=line,
        )
    if node.type == "bullet_list":
        first = (node.map or (0, 0))[0]
        return Block(
            BlockKind.LIST,
            items=tuple(_item(item, line + (item.map or (first, 0))[0] - first) for item in node.children),
        )
    raise TermsFormatError(_REFUSED[node.type], line=line)


def _refuse_unread_heading(written: str, line: int) -> None:
    for offset, one in enumerate(written.split("\n")):
        if one.startswith("#"):
            raise TermsFormatError(
                "la ligne commence par un dièse sans être un titre. Mettez une espace après les dièses, ou "
                "« \\ » devant le premier si le texte commence vraiment ainsi.",
                line=line + offset,
            )


def _item(node: SyntaxTreeNode, line: int) -> Prose:
    for child in node.children:
        if child.type in _REFUSED:
            raise TermsFormatError(_REFUSED[child.type], line=line)
    if [child.type for child in node.children] != ["paragraph"]:
        raise TermsFormatError(
            "un point de liste tient en un seul paragraphe, sans liste à l’intérieur. Mettez la suite dans un "
            "autre point ou après la liste.",
            line=line,
        )
    return read_prose(node.children[0], line)


def read_prose(node: SyntaxTreeNode, line: int) -> Prose:
    """Return the text of a paragraph or heading that begins on `line`."""
    spans: list[Span] = []

    def walk(children: list[SyntaxTreeNode], weight: Weight) -> None:
        nonlocal line
        for child in children:
            match child.type:
                case "text":
                    spans.append(Span(child.content, weight))
                case "softbreak" | "hardbreak":
                    line += 1
                    spans.append(Span(" ", weight))
                case "strong":
                    walk(child.children, Weight.STRONG)
                case "em":
                    walk(child.children, Weight.STRONG if weight is Weight.STRONG else Weight.EMPHASIS)
                case refused:
                    raise TermsFormatError(_REFUSED[refused], line=line)

    walk(node.children[0].children, Weight.PLAIN)
    return Prose(tuple(span for span in spans if span.text))
