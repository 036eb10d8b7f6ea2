"""Whether arrays fit in memory, asked before they are made."""

from ..images.errors import EdgewiseError
from ..images.memory import memory_there as memory

__all__ = ["amount", "check_room", "memory"]


def check_room(
    needed: int, what: str, remedy: str = "make the pictures smaller, such as --size 64x64"
) -> None:
    """Raise EdgewiseError if something needs more memory than there is.

    Parameters
    ----------
    needed : int
        Bytes.
    what : str
        In the plural, such as "20 pictures of 4000x3000".
    remedy : str
    """
    there = memory()
    if needed > there:
        raise EdgewiseError(
            f"{what} need {amount(needed)} of memory, and there are {amount(there)}; {remedy}"
        )


def amount(size: int) -> str:
    """Return a number of bytes in words."""
    for unit, of in (("GiB", 2**30), ("MiB", 2**20)):
        if size >= of:
            return f"{size / of:,.1f} {unit}"
    return f"{size:,} bytes"
