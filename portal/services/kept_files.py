"""Files that the portal itself makes or is given whole: kept sealed, and read again as they were."""

import tempfile
from asyncio import to_thread
from pathlib import Path

from portal.services.context import Portal
from portal.services.opening import workspace_of


async def keep(portal: Portal, content: bytes) -> str:
    """Store a file and return its key, the SHA-256 of its bytes; raises `StorageUnavailable`."""
    with tempfile.TemporaryDirectory(dir=workspace_of(portal.settings)) as folder:
        path = Path(folder) / "kept"
        await to_thread(path.write_bytes, content)
        return await portal.files.put(path)


async def read(portal: Portal, key: str) -> bytes:
    """Return a file's bytes; raises `FileMissing`, `FileDamaged` or `StorageUnavailable`."""
    return b"".join([part async for part in portal.files.get(key)])
