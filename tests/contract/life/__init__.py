"""Whole lives of a contract, told in French, one module per chapter of the terms.

A life is a list of dated acts; what came of it is a list of dated events, complete from the account to
the last instant looked at. The expected dates and amounts were found by hand, from the terms, a wall
calendar and a pencil: where the portal disagrees with a life, one of the two has misread the terms.
"""

import pytest

# So that a disagreement is shown line by line.
pytest.register_assert_rewrite("tests.contract.life.telling")
