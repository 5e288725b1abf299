"""Pages that were built for one port, served on another.

The port is all that tells one build of the same sources from another, and it stands in one script of the
pages: writing it anew takes a moment, a build half a minute.
"""

import json
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from portal.commands.building import _fingerprint
from portal.settings import load


def serve_from(built: Path, data: Path, port: int) -> None:
    """Give a new data folder all that another has, clients of the demonstration included, its pages made for `port`."""
    site = data / "site"
    # The packages: only a build needs them, and they are most of the bytes.
    shutil.copytree(built, data, symlinks=True, ignore=shutil.ignore_patterns("node_modules"))
    addresses = json.loads((site / ".web" / "env.json").read_text(encoding="ascii"))
    written = f"localhost:{urlsplit(addresses['PING']).port}/"
    scripts = [
        script
        for script in (site / ".web" / "build" / "client").rglob("*.js")
        if written in script.read_text(encoding="utf-8")
    ]
    assert scripts, f"no script of the pages names {written}"
    for script in scripts:
        text = script.read_text(encoding="utf-8").replace(written, f"localhost:{port}/")
        script.write_text(text, encoding="utf-8")
        script.with_suffix(".js.gz").unlink(missing_ok=True)
    terms = (site / "cgv.md").read_bytes().decode()
    (site / "built").write_text(_fingerprint(load(data=data, port=port, demo=True), terms), encoding="ascii")
