"""Terms as a vendor writes them, for the tests of this folder."""

from importlib import resources

from portal.documents.terms import TermsText, decode_terms, parse_terms

HEADER = """---
version: 2030-01
title: Conditions de vente
published_on: 2029-12-01
applies_from: 2030-01-01
---
"""

ARTICLE = """
## 1 Objet

> Nous vendons un service.

Le Prestataire vend un service.
"""


def written(body: str = ARTICLE, *, header: str = HEADER) -> str:
    """A file with `body` after the header; the first line of `body` is line 7 of the file."""
    return header + body


def one_article(*lines: str) -> TermsText:
    """Terms of one article, whose text is `lines`, each a block of its own."""
    return parse_terms(written("\n## 1 Objet\n\n> Résumé.\n\n" + "\n\n".join(lines) + "\n"))


def shipped(version: str) -> str:
    """The exact text of a demonstration version."""
    return decode_terms((resources.files("portal.texts") / "cgv" / f"{version}.md").read_bytes())
