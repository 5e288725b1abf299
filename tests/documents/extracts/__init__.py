"""Extracts of invented companies, as greffes print them and as people send them: see `cases`."""
