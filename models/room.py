"""Whether arrays fit in memory, asked before they are made."""

import os

from ..images.errors import EdgewiseError


def memory() -> int | None:
    """Return the bytes of memory that the machine has, None if it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


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
    if there is not None and needed > there:
        raise EdgewiseError(
            f"{what} need {amount(needed)} of memory, and there are {amount(there)}; {remedy}"
        )


def amount(size: int) -> str:
    """Return a number of bytes in words."""
    for unit, of in (("GiB", 2**30), ("MiB", 2**20)):
        if size >= of:
            return f"{size / of:,.1f} {unit}"
    return f"{size:,} bytes"
