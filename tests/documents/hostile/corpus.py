"""Some hundred files that nobody should send: broken, huge, encrypted, armed, mislabelled.

`python -m tests.documents.hostile.corpus FOLDER` writes them all. The same files each time.
"""

import random
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import pikepdf

from tests.documents.hostile import armed, bombs, mislabelled
from tests.documents.hostile.papers import opened, pdf, photo, saved

Make = Callable[[], bytes]

_CUTS = 40
_FLIPS = 60


def corpus() -> Mapping[str, Make]:
    """The files by name; each is made when it is asked for."""
    found: dict[str, Make] = {}
    for name, make in _all():
        if name in found:
            raise ValueError(f"{name} twice")
        found[name] = make
    return MappingProxyType(found)


def _all() -> Iterator[tuple[str, Make]]:
    yield from _broken("pdf", pdf(3))
    yield from _broken(
        "objstm.pdf", saved(opened(pdf(3)), object_stream_mode=pikepdf.ObjectStreamMode.generate)
    )
    yield from _broken("jpg", photo("JPEG"))
    yield from _broken("progressive.jpg", photo("JPEG", progressive=True))
    yield from _broken("png", photo("PNG"))
    yield from bombs.files()
    yield from armed.files()
    yield from mislabelled.files()


def _broken(ending: str, whole: bytes) -> Iterator[tuple[str, Make]]:
    for number in range(1, _CUTS // 2 + 1):
        kept = len(whole) * number // (_CUTS // 2 + 1)
        yield f"cut-{number:02}.{ending}", partial(_cut, whole, kept)
    for seed in range(_FLIPS // 2):
        yield f"flipped-{seed:02}.{ending}", partial(_flipped, whole, seed)
    for seed in range(4):
        yield f"hole-{seed}.{ending}", partial(_with_hole, whole, seed)
        yield f"shuffled-{seed}.{ending}", partial(_shuffled, whole, seed)


def _cut(whole: bytes, kept: int) -> bytes:
    return whole[:kept]


def _flipped(whole: bytes, seed: int) -> bytes:
    """Turn over 2 to 60 bits, none in the first bytes that say what it is."""
    chance = random.Random(seed)  # noqa: S311
    altered = bytearray(whole)
    for _ in range(2 + 2 * seed):
        altered[chance.randrange(12, len(whole))] ^= 1 << chance.randrange(8)
    return bytes(altered)


def _with_hole(whole: bytes, seed: int) -> bytes:
    start = random.Random(seed).randrange(12, len(whole) * 3 // 4)  # noqa: S311
    length = len(whole) // 8
    return whole[:start] + bytes(length) + whole[start + length :]


def _shuffled(whole: bytes, seed: int) -> bytes:
    size = len(whole) // 9
    pieces = [whole[start : start + size] for start in range(12, len(whole), size)]
    random.Random(seed).shuffle(pieces)  # noqa: S311
    return whole[:12] + b"".join(pieces)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in corpus().items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    main()
