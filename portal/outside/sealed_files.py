"""Originals at rest: each file encrypted in the age format (age-encryption.org/v1), in a folder or a bucket.

A file is named by the SHA-256 of its bytes as they were received, so what comes back is proven to be
that. Anybody who has the key opens it with the `age` command, without this program. Files go through
in pieces: one of 15 MB is never in memory.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Final

import pyrage

from portal.outside.files import FileDamaged, ObjectStore, StorageUnavailable

KEY_BYTES: Final = 32
_PIECE = 256 * 1024
_LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_PREFIX: Final = "age-secret-key-"
_CHECKSUM_LENGTH = 6


class SealedFiles:
    """Files that only `key` opens. What passes through `workspace` is encrypted, or has no name there."""

    def __init__(self, store: ObjectStore, key: bytes, *, workspace: Path) -> None:
        self._store = store
        self._identity = pyrage.x25519.Identity.from_str(age_identity(key))
        self._workspace = workspace

    async def put(self, path: Path) -> str:
        """Store a file and return its key, once it is safe; raises `StorageUnavailable`."""
        try:
            key, sealed = await asyncio.to_thread(self._sealed, path)
        except (OSError, pyrage.EncryptError) as error:
            raise StorageUnavailable(
                "Le fichier ne peut pas être chiffré : le disque est peut-être plein."
            ) from error
        try:
            await self._store.put_file(sealed, key)
        finally:
            await asyncio.to_thread(sealed.unlink, missing_ok=True)
        return key

    async def get(self, key: str) -> AsyncIterator[bytes]:
        """Yield a file in pieces, all of it verified before the first.

        Raises `FileMissing`, `FileDamaged` (altered, or sealed with another key) or `StorageUnavailable`.
        """
        try:
            with (
                tempfile.TemporaryFile(dir=self._workspace) as sealed,
                tempfile.TemporaryFile(dir=self._workspace) as plain,
            ):
                async for piece in self._store.pieces(key):
                    await asyncio.to_thread(sealed.write, piece)
                if not await asyncio.to_thread(self._opened, sealed, plain, key):
                    raise FileDamaged(key)
                while piece := await asyncio.to_thread(plain.read, _PIECE):
                    yield piece
        except OSError as error:
            raise StorageUnavailable(
                "Le fichier ne peut pas être lu : le disque est peut-être plein."
            ) from error

    async def delete(self, key: str) -> None:
        """Delete a file; one that is not there is deleted already. Raises `StorageUnavailable`."""
        await self._store.delete(key)

    def _sealed(self, path: Path) -> tuple[str, Path]:
        with path.open("rb") as plain:
            key = hashlib.file_digest(plain, "sha256").hexdigest()
            plain.seek(0)
            with tempfile.NamedTemporaryFile(dir=self._workspace, suffix=".age", delete=False) as sealed:
                try:
                    pyrage.encrypt_io(plain, sealed, [self._identity.to_public()])
                except BaseException:
                    Path(sealed.name).unlink()
                    raise
        return key, Path(sealed.name)

    def _opened(self, sealed: IO[bytes], plain: IO[bytes], key: str) -> bool:
        sealed.seek(0)
        try:
            pyrage.decrypt_io(sealed, plain, [self._identity])
        except pyrage.DecryptError:
            return False
        except OSError as error:
            if error.errno:  # the disk's
                raise
            return False  # age says so of a piece that is altered or missing
        plain.seek(0)
        found = hashlib.sha256()
        while piece := plain.read(_PIECE):
            found.update(piece)
        plain.seek(0)
        return found.hexdigest() == key


def age_identity(key: bytes) -> str:
    """Return 32 bytes as age writes an X25519 identity, « AGE-SECRET-KEY-1… » (Bech32, BIP 173)."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key of files is {KEY_BYTES} bytes long")
    # 256 bits in groups of five, the last one filled up with zeros.
    bits = int.from_bytes(key, "big") << 4
    data = [bits >> shift & 31 for shift in range(255, -1, -5)]
    prefix = [ord(letter) >> 5 for letter in _PREFIX] + [0] + [ord(letter) & 31 for letter in _PREFIX]
    checksum = _polymod([*prefix, *data, *[0] * _CHECKSUM_LENGTH]) ^ 1
    data += [checksum >> 5 * (_CHECKSUM_LENGTH - 1 - place) & 31 for place in range(_CHECKSUM_LENGTH)]
    return f"{_PREFIX}1{''.join(_LETTERS[value] for value in data)}".upper()


def _polymod(values: list[int]) -> int:
    sum_ = 1
    for value in values:
        top = sum_ >> 25
        sum_ = (sum_ & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            if top >> place & 1:
                sum_ ^= generator
    return sum_
