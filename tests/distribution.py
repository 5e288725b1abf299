"""Which worker runs what: a browser module as a whole, everything else test by test.

pytest-xdist's own `xdist_group` writes a name that pytest 9 no longer reads, so nothing is grouped by it.
"""

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

_BROWSER_TESTS = "tests/e2e/"


class BrowserModulesWhole(LoadScopeScheduling):  # type: ignore[misc]
    """A server is started for each browser module; the largest groups come first, so these do."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(_BROWSER_TESTS) else nodeid
