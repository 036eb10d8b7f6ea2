"""How much a small file may become in memory."""

from ...images.errors import DataError

# No more than this, unless the file is large itself: vectors hardly compress.
MOST_BYTES, MOST_TIMES = 1 << 30, 64
# Of a text as a Python object, beside its characters.
TEXT_BYTES = 64


def refuse_expansion(size: int, stored: int) -> None:
    """Raise DataError if what is stored would take far more memory than its file.

    Parameters
    ----------
    size, stored : int
        Bytes in memory, and of the file.
    """
    most = max(MOST_BYTES, MOST_TIMES * stored)
    if size > most:
        raise DataError(
            f"would take {size / 2**30:,.1f} GiB of memory, and the file has {stored:,} bytes; it "
            "is damaged or was made to do harm"
        )
