"""The terms on paper, and the receipt of their acceptance (CGV art. 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.contract.calendar import PARIS, start_of_day
from portal.contract.french import NBSP, full_date, long_date
from portal.documents.terms import Block, Prose, TermsText
from portal.documents.typesetting import Template

_TEMPLATE = Template("terms")


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who accepted which text, when and from where: the evidence kept of an acceptance.

    `account` is the e-mail of the person's account; `version` and `sha256` are those of the accepted
    text as recorded, `accepted_at` an aware instant.
    """

    company: str
    siren: str
    person: str
    account: str
    accepted_at: datetime
    version: str
    sha256: str
    ip: str
    user_agent: str


def terms_pdf(terms: TermsText, *, sha256: str, receipt: Receipt | None) -> bytes:
    """Return the terms as a tagged PDF, behind its `receipt` where there is one.

    `sha256` is that of the text as published. The document is dated by the acceptance, else by the
    publication: the same arguments give the same bytes. Raises `ValueError` for a receipt of another
    text: evidence never travels with a text that it does not speak of.
    """
    if receipt and (receipt.version, receipt.sha256) != (terms.version, sha256):
        raise ValueError(f"the receipt is for version {receipt.version}, the text is version {terms.version}")
    at = receipt.accepted_at if receipt else start_of_day(terms.published_on)
    values = {
        "title": terms.title,
        "version": terms.version,
        "published_on": long_date(terms.published_on),
        "applies_from": long_date(terms.applies_from),
        "demonstration": terms.demonstration,
        "sha256": [sha256[:32], sha256[32:]],
        "preamble": _blocks(terms.preamble),
        "articles": [
            {
                "number": article.number,
                "level": min(article.level, 2),
                "title": article.title,
                "summary": article.summary,
                "blocks": _blocks(article.blocks),
            }
            for article in terms.articles
        ],
        "receipt": _receipt_lines(receipt) if receipt else None,
    }
    return _TEMPLATE.pdf(values, at=at)


def _blocks(blocks: Iterable[Block]) -> list[dict[str, object]]:
    return [
        {"kind": block.kind, "passages": [_spans(passage) for passage in block.passages]} for block in blocks
    ]


def _spans(prose: Prose) -> list[tuple[str, str]]:
    return [(span.weight, span.text) for span in prose.spans]


def _receipt_lines(receipt: Receipt) -> dict[str, object]:
    wall = receipt.accepted_at.astimezone(PARIS)
    hour = f"{wall.hour}{NBSP}h{NBSP}{wall:%M}{NBSP}min{NBSP}{wall:%S}{NBSP}s"
    # The offset tells apart the two hours that Paris lives twice in October.
    offset = f"UTC{int(f'{wall:%z}') // 100:+}"
    return {
        "company": receipt.company,
        "siren": receipt.siren,
        "person": receipt.person,
        "account": receipt.account,
        "day": full_date(wall.date()),
        "hour": hour,
        "offset": offset,
        "utc": receipt.accepted_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "ip": receipt.ip,
        "user_agent": receipt.user_agent,
    }
