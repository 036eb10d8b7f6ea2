"""Which size of pictures to suggest: what a small network learns from in reasonable time."""

# Of the longer side; details beyond it cost more than they tell a small network.
MODERATE_SIDE = 64


def moderate_size(rows: int, columns: int, side: int = MODERATE_SIDE) -> tuple[int, int]:
    """Return a size of about the same proportion whose longer side is `side` at most.

    Parameters
    ----------
    rows, columns : int
    side : int

    Returns
    -------
    (int, int)
        Multiples of 4, unless the pictures are small enough as they are.
    """
    longer = max(rows, columns)
    if longer <= side:
        return rows, columns
    rows, columns = (max(8, 4 * round(n * side / longer / 4)) for n in (rows, columns))
    return rows, columns


def as_option(rows: int, columns: int) -> str:
    """Return a size as it is given on a command line."""
    return f"--size {columns}x{rows}"
