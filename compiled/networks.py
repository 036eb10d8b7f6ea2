"""Sorting networks that find the median of a square window.

A list of exchanges on numbered rows of values: each puts the lesser of two rows in
the first place and the greater in the second. No branch, no index: every step runs
on as many windows at a time as there are in a vector.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

LESSER, GREATER, BOTH = 0, 1, 2


class MedianNetwork(NamedTuple):
    """How the median of K x K values is found.

    `columns` (n, 3) sorts the K values of every column, by exchanges on K rows.
    Then row i * K + j of a larger buffer holds the i-th of each column, shifted by
    j columns; after `rest` (m, 3) the median is in row `found`. An exchange is
    (first, second, what is still needed of it).
    """

    columns: np.ndarray
    rest: np.ndarray
    found: int


@cache
def median_network(size: int) -> MedianNetwork:
    """Return the exchanges for the median of size x size values.

    Sorted columns first, then what is the i-th of each of them is sorted. In this
    order value (i, j) is not below (i + 1)(j + 1) - 1 others and not above
    (K - i)(K - j) - 1, so that most values cannot be the median; the others are
    sorted by Batcher's odd-even merges. Exchanges that the median does not depend
    on are left out.
    """
    middle = size * size // 2
    along = [(i * size + p, i * size + q) for i in range(size) for p, q in _batcher(size)]
    places = [(i, j) for i in range(size) for j in range(size)]
    too_low = [(size - i) * (size - j) - 1 > middle for i, j in places]
    too_high = [(i + 1) * (j + 1) - 1 > middle for i, j in places]
    kept = [
        i * size + j
        for (i, j), low, high in zip(places, too_low, too_high, strict=True)
        if not low and not high
    ]
    last = [(kept[p], kept[q]) for p, q in _batcher(len(kept))]
    found = kept[middle - sum(too_low)]
    columns = [(p, q, BOTH) for p, q in _batcher(size)]
    rest = _needed([*along, *last], found)
    return MedianNetwork(np.array(columns).reshape(-1, 3), np.array(rest).reshape(-1, 3), found)


def _batcher(count: int) -> list[tuple[int, int]]:
    """Return exchanges that sort `count` values, least first (Batcher 1968)."""
    exchanges = []
    width = 1
    while width < count:
        step = width
        while step >= 1:
            for start in range(step % width, count - step, 2 * step):
                for at in range(start, min(start + step, count - step)):
                    if at // (2 * width) == (at + step) // (2 * width):
                        exchanges.append((at, at + step))
            step //= 2
        width *= 2
    return exchanges


def _needed(exchanges: list[tuple[int, int]], found: int) -> list[tuple[int, int, int]]:
    """Leave out what one result does not depend on."""
    needed, result = {found}, []
    for first, second in reversed(exchanges):
        wanted = {first, second} & needed
        if wanted:
            one = LESSER if wanted == {first} else GREATER
            result.append((first, second, BOTH if len(wanted) == 2 else one))
            needed |= {first, second}
    return result[::-1]
