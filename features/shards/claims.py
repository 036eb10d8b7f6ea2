"""Shards in hand: no two processes on one folder do the same one at the same time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


@contextmanager
def claimed(folder: Path, number: int, *, wait: bool = False) -> Iterator[bool]:
    """Hold the claim on a shard; gives whether it could be had.

    A claim is a lock of the operating system, which goes with the process that
    holds it, however that ends. Where there are none the answer is always yes:
    two processes then do the same work, to the same bytes.
    """
    if fcntl is None:
        yield True
        return
    (folder / "claims").mkdir(exist_ok=True)
    path = folder / "claims" / f"{number:05}"
    with open(path, "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:  # a file system without locks
            yield True
            return
        try:
            yield True
        finally:
            path.unlink(missing_ok=True)


def drop_claims(folder: Path) -> None:
    """Remove the folder of claims once nobody holds one."""
    try:
        os.rmdir(folder / "claims")
    except OSError:
        # Somebody is still at work, or it is gone already.
        return
