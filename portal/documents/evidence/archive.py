"""Writing an evidence file: contents one after the other, the manifest, the seal; the same contents, the same bytes."""

import hashlib
import json
import zlib
from dataclasses import asdict, dataclass, field
from importlib import resources
from typing import Final

from portal.documents.evidence.verify import (
    MANIFEST,
    central_header,
    end_record,
    local_header,
)

VERIFIER: Final = "verify.py"


@dataclass(frozen=True, slots=True)
class Listed:
    """A content as the manifest lists it; `proves` is what of the chain it goes with, "" for nothing."""

    path: str
    size: int
    sha256: str
    what: str
    proves: str


@dataclass(frozen=True, slots=True)
class Absent:
    """What the chain speaks of and the file lacks: erased, or not kept any more; with its SHA-256 where it is known."""

    what: str
    why: str
    sha256: str
    proves: str


@dataclass(slots=True)
class EvidenceArchive:
    """An archive being written. Its bytes grow by each content: no content is in memory beside them for long."""

    _bytes: bytearray = field(default_factory=bytearray)
    _directory: bytearray = field(default_factory=bytearray)
    _entries: int = 0
    files: list[Listed] = field(default_factory=list)
    absences: list[Absent] = field(default_factory=list)

    def add(self, path: str, content: bytes, what: str, *, proves: str = "") -> None:
        """Write a content; its path is ASCII and not there yet."""
        self.files.append(Listed(path, len(content), hashlib.sha256(content).hexdigest(), what, proves))
        self._write(path, content)

    def lack(self, what: str, why: str, *, sha256: str = "", proves: str = "") -> None:
        """Say that something is not in the file, and why."""
        self.absences.append(Absent(what, why, sha256, proves))

    def sealed(self, *, contract: dict[str, str], events: int, head: str) -> bytes:
        """Write the manifest and the seal, and return the whole: nothing more is added then."""
        manifest = {
            "contract": contract,
            "events": events,
            "head": head,
            "files": [asdict(one) for one in self.files],
            "absent": [asdict(one) for one in self.absences],
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        self._write(MANIFEST, text.encode())
        start = len(self._bytes)
        self._bytes += self._directory
        digest = hashlib.sha256(text.encode()).hexdigest()
        self._bytes += end_record(self._entries, len(self._directory), start, digest)
        self._bytes += hashlib.sha256(self._bytes).hexdigest().encode()
        return bytes(self._bytes)

    def _write(self, path: str, content: bytes) -> None:
        crc = zlib.crc32(content)
        self._directory += central_header(path, len(content), crc, len(self._bytes))
        self._bytes += local_header(path, len(content), crc)
        self._bytes += content
        self._entries += 1


def verifier() -> bytes:
    """Return the verifier's own source, as it goes into each file."""
    return (resources.files("portal.documents.evidence") / VERIFIER).read_bytes()
