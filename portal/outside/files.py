"""Files as they were received, named by what they hold: the SHA-256 of their bytes.

Storing twice is storing once, nothing is ever overwritten by something else, and what is read back is
checked against its name.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from portal.outside.disk import copy_whole, sync
from portal.outside.unavailable import Unavailable

if TYPE_CHECKING:
    from obstore import GetResult  # these exist for type checkers only
    from obstore.store import S3Config

_KEY = re.compile(r"[0-9a-f]{64}")
_PIECE = 1024**2


class StorageUnavailable(Unavailable):
    """The files cannot be reached, or there is no room: nothing was kept that can be read half."""


class FileMissing(LookupError):
    """The storage answers that it has no such file."""


class FileDamaged(Exception):
    """The bytes are not the ones that were stored; the file must come back from a copy."""


class FileStore(Protocol):
    async def put(self, content: bytes) -> str:
        """Store a file and return its key, once it is safe; raise `StorageUnavailable`."""
        ...

    async def get(self, key: str) -> bytes:
        """Return a file's bytes; raise `FileMissing`, `FileDamaged` or `StorageUnavailable`."""
        ...

    async def delete(self, key: str) -> None:
        """Delete a file; one that is not there is deleted already. Raises `StorageUnavailable`."""
        ...


class ObjectStore:
    """Files in a local folder or an S3 bucket, below `prefix`; no call lasts longer than its time."""

    def __init__(
        self, store: LocalStore | S3Store, prefix: str = "", *, timeout_seconds: float = 8.0
    ) -> None:
        self._store = store
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._timeout_seconds = timeout_seconds

    async def put(self, content: bytes) -> str:
        key = await asyncio.to_thread(_key_of, content)
        async with self._reached():
            # In one piece: the parts of a broken multipart upload stay in a bucket, unseen and paid for.
            await obstore.put_async(self._store, self._prefix + key, content, use_multipart=False)
            await self._on_disk(key)
        return key

    async def put_file(self, path: Path, key: str) -> None:
        """Store what is in a file under a name of the caller's, in place of what had it."""
        async with self._reached():
            if isinstance(self._store, LocalStore):
                folder = Path(self._store.prefix or "/") / self._prefix
                await asyncio.to_thread(_copy_file, path, folder / key)
            else:
                await obstore.put_async(self._store, self._prefix + key, path, use_multipart=False)

    async def get(self, key: str) -> bytes:
        async with self._reached():
            content = bytes(await (await self._found(key)).bytes_async())
        if await asyncio.to_thread(_key_of, content) != key:
            raise FileDamaged(key)
        return content

    async def pieces(self, key: str) -> AsyncIterator[bytes]:
        """Yield what is stored under a name, unverified; it is the time between two pieces that is limited."""
        async with self._reached():
            stream = aiter((await self._found(key)).stream(min_chunk_size=_PIECE))
        while True:
            async with self._reached():
                try:
                    piece = bytes(await anext(stream))
                except StopAsyncIteration:
                    return
            yield piece

    async def delete(self, key: str) -> None:
        if not _KEY.fullmatch(key):
            return
        async with self._reached():
            try:
                await obstore.delete_async(self._store, self._prefix + key)
            except FileNotFoundError as error:
                if _is_without_bucket(error):
                    raise
                return
            await self._on_disk("")

    async def _found(self, key: str) -> "GetResult":
        if not _KEY.fullmatch(key):
            raise FileMissing(key)
        try:
            return await obstore.get_async(self._store, self._prefix + key)
        except FileNotFoundError as error:
            if _is_without_bucket(error):
                raise
            raise FileMissing(key) from error

    @asynccontextmanager
    async def _reached(self) -> AsyncIterator[None]:
        """Turn whatever the storage answers, or its silence, into `StorageUnavailable`."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                yield
        except (BaseError, OSError) as error:
            raise StorageUnavailable("Le stockage des fichiers ne répond pas ou refuse l’accès.") from error

    async def _on_disk(self, key: str) -> None:
        """Wait until a local disk holds the file, and the names in its folder, deleted ones gone.

        The local store leaves that to the system: a power cut could undo what we said was done.
        """
        if not isinstance(self._store, LocalStore):
            return
        folder = Path(self._store.prefix or "/") / self._prefix
        if key:
            await asyncio.to_thread(sync, folder / key)
        await asyncio.to_thread(sync, folder)


def local_files(folder: Path) -> ObjectStore:
    """Keep files in a folder that only its owner enters; raise `StorageUnavailable` where it cannot be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return ObjectStore(LocalStore(folder.absolute()))
    except OSError as error:
        raise StorageUnavailable("Le dossier des fichiers ne peut pas être créé.") from error


def s3_files(
    bucket: str,
    endpoint: str,
    region: str,
    access_key: str,
    secret_key: str,
    prefix: str = "",
    *,
    timeout_seconds: float = 8.0,
) -> ObjectStore:
    """Keep files in an S3 bucket, of AWS where `endpoint` is empty; a passing fault is tried again twice.

    Without keys, the machine's own credentials are used. Nothing is connected to yet.
    """
    config: S3Config = {"region": region}
    if endpoint:
        config["endpoint"] = endpoint
    if access_key:
        config["access_key_id"], config["secret_access_key"] = access_key, secret_key
    store = S3Store(
        bucket,
        config=config,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=2),
            "timeout": timedelta(seconds=timeout_seconds),
        },
        retry_config={
            "max_retries": 2,
            "retry_timeout": timedelta(seconds=timeout_seconds),
            "backoff": {
                "init_backoff": timedelta(milliseconds=100),
                "max_backoff": timedelta(seconds=1),
                "base": 2,
            },
        },
    )
    return ObjectStore(store, prefix, timeout_seconds=timeout_seconds)


def _copy_file(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source.open("rb") as file:
        copy_whole(file, target)


def _key_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_without_bucket(error: FileNotFoundError) -> bool:
    """Tell a bucket that is not there from a file that is not: S3 answers 404 to both."""
    return "NoSuchBucket" in str(error)
