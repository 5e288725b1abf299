"""The contract's rules: pure functions over its history, in the order of the terms.

Decision: a contract is a pure function of its history. `decide` says what an act brings about,
`fall_due` what the calendar brings about, `evolve` applies one event. None of them reads a clock,
a database or a setting: production, previews, the replay command and the tests all run these same
functions. import-linter and `tests/contract/test_purity.py` enforce it.
"""
