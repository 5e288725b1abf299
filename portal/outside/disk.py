"""Files of a local folder that are whole or not there, even after a power cut."""

import os
import shutil
import tempfile
from io import BytesIO
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads; raise `OSError`, with nothing left behind, where it fails."""
    copy_whole(BytesIO(content), path)


def copy_whole(source: BinaryIO, path: Path) -> None:
    """Write all that `source` still has to give, as `write_whole` does, without holding it in memory."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(handle)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Return once the disk holds what was written to a file, or which names a folder has."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
