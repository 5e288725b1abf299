"""The tests; `tests/conftest.py` says what each may ask for."""

import os
import sys
from pathlib import Path

# A run starts dozens of processes (workers, servers, files opened apart). Where Python is told to keep no
# compiled modules, each would spend seconds on compiling them all again: for the tests, they are kept apart.
if sys.dont_write_bytecode:
    _COMPILED = str(Path(__file__).resolve().parents[1] / ".pytest_cache" / "compiled")
    sys.dont_write_bytecode, sys.pycache_prefix = False, _COMPILED
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = _COMPILED
