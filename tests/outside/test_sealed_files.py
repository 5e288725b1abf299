"""Originals are unreadable where they lie, and come back as they were received, or not at all."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pyrage
import pytest
from moto.server import ThreadedMotoServer

from portal.outside.files import (
    FileDamaged,
    FileMissing,
    ObjectStore,
    StorageUnavailable,
    local_files,
    s3_files,
)
from portal.outside.sealed_files import SealedFiles, age_identity
from tests.outside.faults import full_disk

KEY = bytes(range(32))
ANOTHER_KEY = bytes(range(1, 33))
KBIS = b"%PDF-1.7 un extrait K-bis" * 1000
NAME = hashlib.sha256(KBIS).hexdigest()
REGION = "eu-west-3"
WRITTEN = "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWRYDWG"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    where = f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
    httpx.put(f"{address}/originals", content=where, trust_env=False).raise_for_status()
    yield address
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, s3: str) -> ObjectStore:
    if request.param == "folder":
        return local_files(tmp_path / "stored")
    return s3_files("originals", s3, REGION, "access", "secret", f"sealed/{tmp_path.name}")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def files(store: ObjectStore, workspace: Path) -> SealedFiles:
    return SealedFiles(store, KEY, workspace=workspace)


def received(folder: Path, content: bytes = KBIS) -> Path:
    path = folder / "received"
    path.write_bytes(content)
    return path


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def back(files: SealedFiles, key: str) -> bytes:
    return b"".join([piece async for piece in files.get(key)])


async def stored(store: ObjectStore, key: str) -> bytes:
    return b"".join([piece async for piece in store.pieces(key)])


@pytest.mark.parametrize("content", [b"", KBIS, bytes(range(256)) * 40_000], ids=["empty", "small", "10 MB"])
async def test_a_file_comes_back_as_it_was_received(
    files: SealedFiles, tmp_path: Path, content: bytes
) -> None:
    key = await files.put(received(tmp_path, content))

    assert key == hashlib.sha256(content).hexdigest()
    assert await back(files, key) == content


async def test_what_lies_in_the_storage_says_nothing_of_the_file(
    files: SealedFiles, store: ObjectStore, tmp_path: Path
) -> None:
    await files.put(received(tmp_path))

    lies = await stored(store, NAME)
    assert lies.startswith(b"age-encryption.org/v1\n-> X25519 ")
    assert b"K-bis" not in lies


async def test_the_key_opens_it_without_this_program(
    files: SealedFiles, store: ObjectStore, tmp_path: Path
) -> None:
    await files.put(received(tmp_path))

    identity = pyrage.x25519.Identity.from_str(age_identity(KEY))
    assert pyrage.decrypt(await stored(store, NAME), [identity]) == KBIS


async def test_nothing_stays_in_the_workspace(files: SealedFiles, tmp_path: Path, workspace: Path) -> None:
    await files.put(received(tmp_path))
    await back(files, NAME)

    assert names(workspace) == []


async def test_storing_twice_is_storing_once(files: SealedFiles, tmp_path: Path) -> None:
    assert await files.put(received(tmp_path)) == await files.put(received(tmp_path)) == NAME
    await files.delete(NAME)
    await files.delete(NAME)

    with pytest.raises(FileMissing):
        await back(files, NAME)


@pytest.mark.parametrize("key", ["0" * 64, "", "../../etc/passwd", NAME.upper()])
async def test_what_was_never_stored_is_missing(files: SealedFiles, key: str) -> None:
    with pytest.raises(FileMissing):
        await back(files, key)


@pytest.mark.parametrize(
    "place", [0, 30, 150, 300, -1], ids=["version", "recipient", "header", "content", "end"]
)
async def test_altered_bytes_are_noticed_before_any_is_given(
    files: SealedFiles, store: ObjectStore, tmp_path: Path, place: int
) -> None:
    await files.put(received(tmp_path))
    altered = bytearray(await stored(store, NAME))
    altered[place] ^= 1
    await store.put_file(received(tmp_path, bytes(altered)), NAME)

    given = []
    with pytest.raises(FileDamaged):
        given = [piece async for piece in files.get(NAME)]
    assert given == []


@pytest.mark.parametrize("kept", [0, 100, 20_000])
async def test_a_file_cut_short_is_damaged(
    files: SealedFiles, store: ObjectStore, tmp_path: Path, kept: int
) -> None:
    await files.put(received(tmp_path))
    cut = (await stored(store, NAME))[:kept]
    await store.put_file(received(tmp_path, cut), NAME)

    with pytest.raises(FileDamaged):
        await back(files, NAME)


async def test_another_file_under_its_name_is_damaged(
    files: SealedFiles, store: ObjectStore, tmp_path: Path
) -> None:
    other = await files.put(received(tmp_path, b"another"))
    await store.put_file(received(tmp_path, await stored(store, other)), NAME)

    with pytest.raises(FileDamaged):
        await back(files, NAME)


async def test_another_key_opens_nothing(
    files: SealedFiles, store: ObjectStore, tmp_path: Path, workspace: Path
) -> None:
    await files.put(received(tmp_path))

    with pytest.raises(FileDamaged):
        await back(SealedFiles(store, ANOTHER_KEY, workspace=workspace), NAME)


async def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, workspace: Path) -> None:
    files = SealedFiles(local_files(tmp_path / "stored"), KEY, workspace=workspace)
    big = received(tmp_path, b"x" * 3_000_000)

    with full_disk(1_000_000), pytest.raises(StorageUnavailable):
        await files.put(big)

    assert names(workspace) == []
    assert names(tmp_path / "stored") == []
    assert len(await back(files, await files.put(big))) == 3_000_000


async def test_a_workspace_that_is_gone_is_unavailable(
    files: SealedFiles, store: ObjectStore, tmp_path: Path
) -> None:
    await files.put(received(tmp_path))
    files = SealedFiles(store, KEY, workspace=tmp_path / "gone")

    with pytest.raises(StorageUnavailable):
        await files.put(received(tmp_path))
    with pytest.raises(StorageUnavailable):
        await back(files, NAME)


async def test_a_file_of_15_mb_is_never_in_memory(tmp_path: Path, workspace: Path) -> None:
    files = SealedFiles(local_files(tmp_path / "stored"), KEY, workspace=workspace)
    small = await files.put(received(tmp_path))
    await back(files, small)  # what is imported and allocated once
    big = received(tmp_path, b"\x00\x01\x02" * (5 * 1024**2))
    process = psutil.Process()

    before = most = process.memory_info().rss
    key = await files.put(big)
    most = max(most, process.memory_info().rss)
    async for _ in files.get(key):
        most = max(most, process.memory_info().rss)

    assert most - before < 8 * 1024**2


def test_the_key_is_written_as_age_writes_it() -> None:
    """The form is for ever: files of years ago must open. Checked against the `age` specification's Bech32."""
    written = age_identity(KEY)

    assert written.startswith("AGE-SECRET-KEY-1")
    assert str(pyrage.x25519.Identity.from_str(written)) == written
    assert written == WRITTEN


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        age_identity(b"k" * length)
