"""Which worker runs what: some modules as a whole, everything else test by test.

pytest-xdist's own `xdist_group` writes a name that pytest 9 no longer reads, so nothing is grouped by it.
"""

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
