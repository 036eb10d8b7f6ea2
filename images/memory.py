"""How much memory there is, and what needs more of it."""

import os
from pathlib import Path

from .errors import DataError

GIB = 1 << 30
# What Linux gives the processes of a container, in its second and first version.
CONTAINER = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


class MemoryNeededError(DataError):
    """Something that would take more memory than there is."""


def memory_there() -> int:
    """Return how many bytes of memory this process may use at most."""
    found = [_of_machine(), _of_process(), *map(_of_container, CONTAINER)]
    return min(limit for limit in found if limit > 0)


def refuse_beyond_memory(needed: int, what: str) -> None:
    """Raise MemoryNeededError if something needs more memory than there is.

    Parameters
    ----------
    needed : int
        Bytes, at the least.
    what : str
        The start of the sentence, such as "a.png: filtering it".
    """
    there = memory_there()
    if needed > there:
        raise MemoryNeededError(
            f"{what} would take {needed / GIB:,.1f} GiB of memory, and there are {there / GIB:,.1f}"
        )


def _of_machine() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not on this system
        return 1 << 62


def _of_process() -> int:
    try:
        import resource
    except ImportError:  # not on this system
        return 0
    return resource.getrlimit(resource.RLIMIT_AS)[0]


def _of_container(path: str) -> int:
    try:
        return int(Path(path).read_text())
    except (OSError, ValueError):  # no such file, or "max"
        return 0
