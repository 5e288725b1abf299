"""The index of a restitution: one page, in French, that opens without the portal and without the network."""

import hashlib
import html
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from portal.contract.french import NBSP, count, typeset


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the archive; `sha256` is empty where it had been erased before."""

    chapter: str
    title: str
    path: str
    size: int
    sha256: str

    @classmethod
    def of(cls, chapter: str, title: str, path: str, content: bytes | None) -> "Part":
        if content is None:
            return cls(chapter, title, path, 0, "")
        return cls(chapter, title, path, len(content), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class Index:
    """What the page says: whose data it is, of which contract, when it was made (in words), and each file."""

    company: str
    contract: str
    made: str
    parts: tuple[Part, ...]


_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d2a2f; --paper: #fbf9f4; --muted: #5b676b; --hair: #d8d2c4; --deep: #0f5257; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece8dd; --paper: #14191b; --muted: #a3adaf; --hair: #36403f; --deep: #8fd0d3; }
}
body { margin: 0 auto; padding: 32px 16px 64px; max-width: 56rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 "Source Sans 3", system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 20px; margin: 32px 0 8px; }
a { color: var(--deep); }
ul { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--hair); }
li { padding: 8px 0; border-bottom: 1px solid var(--hair); }
.soft { color: var(--muted); font-size: 14px; overflow-wrap: anywhere; }
"""


def index_html(index: Index) -> str:
    """Return the page; whatever a name holds, it is text."""
    files = count(sum(1 for one in index.parts if one.sha256), "fichier")
    chapters = "".join(
        _chapter(name, list(parts)) for name, parts in groupby(index.parts, lambda one: one.chapter)
    )
    lead = typeset(
        f"Restitution des données du contrat {index.contract}, faite le {index.made} : {files}. Ce que vos utilisateurs ont "
        "saisi dans le CRM est dans l’autre archive, que vous avez téléchargée avec celle-ci."
    )
    proof = typeset(
        "L’empreinte (SHA-256) sous chaque fichier permet de vérifier qu’aucun n’a changé. La preuve du contrat se vérifie "
        "elle-même : ouvrez son propre index."
    )
    return (
        '<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(f'Vos données, {index.company}')}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>Vos données, {_text(index.company)}</h1>\n<p>{_text(lead)}</p>\n"
        f'<p class="soft">{_text(proof)}</p>\n{chapters}</main>\n</body>\n</html>\n'
    )


def _chapter(name: str, parts: list[Part]) -> str:
    return f"<h2>{_text(name)}</h2>\n<ul>\n{''.join(_items(parts))}</ul>\n"


def _items(parts: list[Part]) -> Iterator[str]:
    for one in parts:
        title = _text(typeset(one.title))
        if not one.sha256:
            yield f'<li>{title}<br><span class="soft">Effacé avant la restitution, comme le veut sa durée.</span></li>\n'
            continue
        yield (
            f'<li><a href="{_text(one.path)}">{title}</a><br><span class="soft">{_text(size_words(one.size))}, '
            f"SHA-256{NBSP}: {one.sha256}</span></li>\n"
        )


def size_words(size: int) -> str:
    """Return « 12 ko » or « 3,4 Mo »."""
    if size < 1000 * 1000:
        return f"{max(round(size / 1000), 1)}{NBSP}ko"
    return f"{size / 1000 / 1000:.1f}".replace(".", ",") + f"{NBSP}Mo"


def _text(words: str) -> str:
    return html.escape(words)
