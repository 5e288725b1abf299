"""What was read of a piece, and what its sender corrected: kept encrypted, since it names people."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from pydantic import TypeAdapter

from portal.documents.kbis import Extract
from portal.documents.kbis_zones import Kind
from portal.documents.sanitising import Removed
from portal.documents.signatures import ElectronicSignature
from portal.services.context import Portal
from portal.services.keys import keys_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What the portal read of one version of a piece: a proposal, which rules and people decide on.

    `pages` counts those of the file, `texts` are their words (of the first ones). Of a paper of ours, `edition`
    is the printing its codes name (None: no code was read), `pages_seen` the numbers of its pages whose code was read
    and `pages_expected` how many it has. `ink`: whether the place for the signature bears ink (None: unknown).
    `dated`, `siren` and `signed` are what counts: as read, or as typed for those named in `corrected`.
    `unread`: a page is an image that could not be read here; `rebuilt`: the file was broken, and mended. `kind` is
    of an `extract`; what was read before kinds
    were kept has none.
    `company`, `own` and `whole` are only said by its sender:
    the name on an extract, that a paper whose codes were not read is this dossier's and has all its pages.
    """

    photos: bool
    pages: int
    texts: tuple[str, ...]
    edition: int | None
    pages_seen: tuple[int, ...]
    pages_expected: int | None
    ink: bool | None
    signatures: tuple[ElectronicSignature, ...]
    extract: Extract | None
    removed: tuple[Removed, ...]
    unread: bool
    signed: bool
    dated: date | None = None
    siren: str | None = None
    corrected: tuple[str, ...] = ()
    kind: Kind | None = None
    company: str | None = None
    own: bool = False
    whole: bool = False
    rebuilt: bool = False

    @property
    def dated_sure(self) -> bool:
        """Whether the day of an extract was read, without doubt: neither guessed nor typed."""
        return self.extract is not None and self.extract.sure and self.dated == self.extract.dated

    @property
    def name(self) -> str | None:
        """The company's name on an extract: as typed, else as read."""
        return self.company or (self.extract.name if self.extract else None)

    @property
    def contested(self) -> date | None:
        """The date that was read, and that its sender says is wrong without having typed another."""
        return self.extract.dated if self.extract and self.dated is None else None

    @property
    def pages_missing(self) -> tuple[int, ...]:
        """The pages of our paper of which nothing shows that they are there."""
        if self.pages_expected is None:
            return ()
        return tuple(sorted(set(range(1, self.pages_expected + 1)) - set(self.pages_seen)))


_READING: Final = TypeAdapter(Reading)


def sealed(portal: Portal, version_id: str, reading: Reading) -> bytes:
    """Return a reading encrypted for the version it is of."""
    return keys_of(portal.settings).seal(_READING.dump_json(reading), bound_to=_bound(version_id))


def unsealed(portal: Portal, version_id: str, kept: bytes) -> Reading:
    """Return what `sealed` made; raises `CannotOpen`."""
    return _READING.validate_json(keys_of(portal.settings).unseal(kept, bound_to=_bound(version_id)))


def _bound(version_id: str) -> str:
    return f"reading:{version_id}"
