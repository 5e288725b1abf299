"""The page of an evidence file that a person reads: what is in it, how it is verified, what that proves and what not."""

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from portal.contract.french import NARROW, typeset


def index_html(values: Mapping[str, object]) -> bytes:
    """Return the page; the same values give the same bytes."""
    return _environment().get_template("index.html.jinja").render(values).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("portal.texts", "evidence"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"set": typeset, "figure": _figure}
    return environment


def _figure(number: int) -> str:
    """Return « 12 345 »."""
    return f"{number:,}".replace(",", NARROW)
