"""Whether arrays fit in memory, asked before they are made."""

import os

from ..images.errors import EdgewiseError


def memory() -> int | None:
    """Return the bytes of memory that the machine has, None if it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def check_room(needed: int, what: str) -> None:
    """Raise EdgewiseError if something needs more memory than there is.

    Parameters
    ----------
    needed : int
        Bytes.
    what : str
        In the plural, such as "20 pictures of 4000x3000".
    """
    there = memory()
    if there is not None and needed > there:
        raise EdgewiseError(
            f"{what} need {needed / 2**30:,.1f} GiB of memory, and there are "
            f"{there / 2**30:,.1f}; make the pictures smaller, such as --size 64x64"
        )
