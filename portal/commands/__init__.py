"""The `portal` command: what an operator does from a terminal, one module a subject."""
