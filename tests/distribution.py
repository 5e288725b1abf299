"""Which worker runs what: some modules as a whole, everything else test by test; and which database a test meets.

pytest-xdist's own `xdist_group` writes a name that pytest 9 no longer reads, so nothing is grouped by it.
"""

from collections import defaultdict
from collections.abc import Iterable
from zlib import crc32

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# The longest of those that have a server: whoever runs it builds the pages for all of them.
_LONGEST = "tests/e2e/test_pages.py"
# What these begin with takes most of their time.
_BEGIN_SLOWLY = (
    "tests/commands/test_banking.py",
    "tests/services/test_demonstration.py",
    "tests/services/test_mail_words.py",
)
# Each has a server of its own.
_BROWSER_TESTS = "tests/e2e/"
_WHOLE = (*_BEGIN_SLOWLY, _BROWSER_TESTS)


def turn(nodeid: str) -> int:
    """Return when a test should run: the long modules first, and something else while the pages are built."""
    if nodeid.startswith(_LONGEST):
        return 0
    if nodeid.startswith(_BEGIN_SLOWLY):
        return 1
    return 2 if nodeid.startswith(_BROWSER_TESTS) else 3


class SomeModulesWhole(LoadScopeScheduling):  # type: ignore[misc]
    """Modules that are long to begin stay together; what is left is shared test by test."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(_WHOLE) else nodeid


# What the two databases do differently, locks and writers side by side, is what these are about: each of their tests
# meets both.
_ON_BOTH = (
    "tests/records/",
    "tests/jobs/",
    "tests/services/test_chunks.py",
    "tests/services/test_examining_at_once.py",
    "tests/services/test_numbering.py",
)


def left_for_the_long_run(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Return the tests whose twin on the other database is enough for the default suite; the name decides which is.

    So a service meets both databases in every run, each by some of its tests; every test does with `-m long`.
    """
    twins: dict[str, dict[str, pytest.Item]] = defaultdict(dict)
    for item in items:
        engine = getattr(item, "callspec", None) and item.callspec.params.get("engine")  # type: ignore[attr-defined]
        if engine and not item.nodeid.startswith(_ON_BOTH):
            twins[item.nodeid.replace(engine, "either", 1)][engine] = item
    return [
        pair["postgresql" if crc32(name.encode()) % 2 else "sqlite"]
        for name, pair in twins.items()
        if len(pair) > 1
    ]
