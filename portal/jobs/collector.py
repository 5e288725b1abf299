"""Python's garbage collector, as a process that reads many histories wants it."""

import gc

_NEW_OBJECTS = 100_000
_YOUNGER_COLLECTIONS = 20


def collect_less_often() -> None:
    """Leave what is loaded out of its rounds, and have them after many more new objects than it would by itself.

    Histories and states hold no cycles: it finds next to nothing, and took a quarter of a night's run to look.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNGER_COLLECTIONS, _YOUNGER_COLLECTIONS)
