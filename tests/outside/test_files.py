"""Files are named by what they hold, come back as they were, and are stored whole or not at all."""

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from portal.outside.files import (
    FileDamaged,
    FileMissing,
    FileStore,
    StorageUnavailable,
    local_files,
    s3_files,
)
from portal.outside.unavailable import Unavailable
from tests.outside.faults import full_disk, not_ours
from tests.outside.servers import HttpServer, Reply, http_server

if TYPE_CHECKING:
    from obstore.store import ClientConfig  # exists for type checkers only

KBIS = b"%PDF-1.7 un extrait K-bis"
KEY = hashlib.sha256(KBIS).hexdigest()
ABSENT = hashlib.sha256(b"never stored").hexdigest()
REGION = "eu-west-3"
IN_CLEAR: "ClientConfig" = {"allow_http": True}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3 server that holds one bucket, `pieces`."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    where = f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
    httpx.put(f"{address}/pieces", content=where, trust_env=False).raise_for_status()
    yield address
    server.stop()


def bucket(endpoint: str, name: str = "pieces", prefix: str = "", timeout_seconds: float = 5) -> FileStore:
    return s3_files(name, endpoint, REGION, "access", "secret", prefix, timeout_seconds=timeout_seconds)


@pytest.fixture(params=["folder", "bucket", "prefix in a bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path, s3: str) -> FileStore:
    match request.param:
        case "folder":
            return local_files(tmp_path / "files")
        case "bucket":
            return bucket(s3)
        case _:
            return bucket(s3, prefix="/portal/pieces/")


@pytest.mark.parametrize("content", [b"", KBIS, bytes(range(256)) * 40_000], ids=["empty", "small", "10 MB"])
async def test_a_file_comes_back_as_it_was(files: FileStore, content: bytes) -> None:
    key = await files.put(content)

    assert key == hashlib.sha256(content).hexdigest()
    assert await files.get(key) == content


async def test_storing_twice_is_storing_once(files: FileStore) -> None:
    assert await asyncio.gather(*(files.put(KBIS) for _ in range(10))) == [KEY] * 10
    await files.delete(KEY)

    with pytest.raises(FileMissing):
        await files.get(KEY)


async def test_a_deleted_file_is_gone_and_may_be_deleted_again(files: FileStore) -> None:
    await files.put(KBIS)
    await files.delete(KEY)
    await files.delete(KEY)

    with pytest.raises(FileMissing):
        await files.get(KEY)


@pytest.mark.parametrize("key", [ABSENT, "", "..", "../../etc/passwd", KEY.upper(), f"{KEY}/..", KEY[:-1]])
async def test_what_was_never_stored_is_missing(files: FileStore, key: str) -> None:
    await files.put(KBIS)
    await files.delete(key)

    with pytest.raises(FileMissing):
        await files.get(key)
    assert await files.get(KEY) == KBIS


async def test_a_file_altered_in_its_folder_is_damaged(tmp_path: Path) -> None:
    files = local_files(tmp_path)
    await files.put(KBIS)
    (tmp_path / KEY).write_bytes(KBIS[:-1])

    with pytest.raises(FileDamaged):
        await files.get(KEY)
    await files.put(KBIS)
    assert await files.get(KEY) == KBIS


async def test_a_file_altered_in_its_bucket_is_damaged(s3: str) -> None:
    files = bucket(s3, prefix="altered")
    await files.put(KBIS)
    store = S3Store("pieces", endpoint=s3, access_key_id="a", secret_access_key="s", client_options=IN_CLEAR)
    await obstore.put_async(store, f"altered/{KEY}", b"another")

    with pytest.raises(FileDamaged):
        await files.get(KEY)


async def test_a_folder_of_files_is_entered_by_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = local_files(Path("data/files"))
    await files.put(KBIS)

    assert (tmp_path / "data/files" / KEY).read_bytes() == KBIS
    assert (tmp_path / "data/files").stat().st_mode & 0o077 == 0


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    files = local_files(tmp_path)
    big = b"x" * 3_000_000

    with full_disk(1_000_000), pytest.raises(StorageUnavailable) as unavailable:
        await files.put(big)

    assert names(tmp_path) == []
    assert isinstance(unavailable.value, Unavailable)
    assert str(tmp_path) not in str(unavailable.value)
    assert await files.get(await files.put(big)) == big


async def test_a_folder_that_is_not_ours_is_unavailable(tmp_path: Path) -> None:
    files = local_files(tmp_path / "files")
    await files.put(KBIS)

    with not_ours(tmp_path / "files"):
        with pytest.raises(StorageUnavailable):
            await files.put(b"another")
        with pytest.raises(StorageUnavailable):
            await files.delete(KEY)

    assert names(tmp_path / "files") == [KEY]
    assert await files.get(KEY) == KBIS


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")

    with pytest.raises(StorageUnavailable):
        local_files(tmp_path / "data" / "files")


async def test_a_bucket_that_does_not_exist_is_unavailable_rather_than_empty(s3: str) -> None:
    files = bucket(s3, name="elsewhere")

    with pytest.raises(StorageUnavailable):
        await files.put(KBIS)
    with pytest.raises(StorageUnavailable):
        await files.get(KEY)
    with pytest.raises(StorageUnavailable):
        await files.delete(KEY)


async def test_without_keys_the_machine_s_own_credentials_are_used(
    s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the machine's")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "own")
    files = s3_files("pieces", s3, REGION, "", "")

    assert await files.get(await files.put(KBIS)) == KBIS


async def test_files_travel_in_clear_only_where_the_operator_wrote_so(
    s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)

    with pytest.raises(StorageUnavailable):
        await s3_files("pieces", "", REGION, "access", "secret").put(KBIS)


@pytest.fixture
def broken() -> Iterator[HttpServer]:
    with http_server() as server:
        yield server


@pytest.mark.parametrize(
    "reply",
    [
        Reply(403, b"<Error><Code>AccessDenied</Code></Error>"),
        Reply(500, b"<Error><Code>InternalError</Code></Error>"),
        Reply(503, b"<Error><Code>SlowDown</Code></Error>"),
        Reply(never=True),
    ],
    ids=["forbidden", "broken", "overloaded", "silent"],
)
async def test_a_storage_that_fails_is_unavailable(broken: HttpServer, reply: Reply) -> None:
    broken.reply = reply
    files = bucket(broken.url, timeout_seconds=0.5)

    async with asyncio.timeout(5):
        with pytest.raises(StorageUnavailable):
            await files.put(KBIS)
        with pytest.raises(StorageUnavailable):
            await files.get(KEY)
        with pytest.raises(StorageUnavailable):
            await files.delete(KEY)


HEADERS = {"ETag": '"1"', "Last-Modified": "Mon, 02 Mar 2026 09:00:00 GMT"}


@pytest.mark.parametrize(
    "reply",
    [Reply(200, KBIS, HEADERS, delay=0.2), Reply(200, KBIS[:5], {**HEADERS, "Content-Length": "25"})],
    ids=["slow", "cut off"],
)
async def test_a_file_that_does_not_arrive_whole_is_unavailable(broken: HttpServer, reply: Reply) -> None:
    broken.reply = reply

    with pytest.raises(StorageUnavailable):
        await bucket(broken.url, timeout_seconds=0.5).get(KEY)


async def test_a_storage_that_is_down_is_unavailable() -> None:
    with http_server() as gone:
        files = bucket(gone.url, timeout_seconds=1)

    with pytest.raises(StorageUnavailable):
        await files.put(KBIS)
