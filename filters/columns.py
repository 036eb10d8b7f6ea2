"""Pictures whose rows are too long for memory to hold several of them: by columns."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .operations import Operation
from .runner import Finish, allocated, run
from .windows import Rows

# Values of a row beyond which a picture is cut; of its parts' rows, a few MiB.
LONGEST, PART = 1 << 22, 1 << 20


def is_wide(image: np.ndarray, columns: Sequence[Rows | None]) -> bool:
    """Say whether a picture is filtered by parts of its columns.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
    columns : sequence of (Rows or None)
        Which columns the results of every step come from, None where they are not known.
    """
    if image[0].size <= LONGEST:
        return False
    return all(known is not None and not (known.periodic and known.span) for known in columns)


def in_columns(
    operations: Sequence[Operation],
    image: np.ndarray,
    columns: Sequence[Any],
    finish: Finish,
    out: np.ndarray | None,
) -> np.ndarray:
    """Run steps on a picture part by part from left to right; see `runner.run`."""
    widths = [image.shape[1]]
    for known in columns:
        widths.append(widths[-1] + known.before + known.after - known.span)
    step = max(1, PART * image.shape[1] // image[0].size, sum(known.span for known in columns))
    result = None
    for start in range(0, widths[-1], step):
        stop = min(start + step, widths[-1])
        first, last = start, stop
        for known, width in zip(columns[::-1], widths[-2::-1], strict=True):
            first, last = known.seen(first, last, width)
        part = np.ascontiguousarray(image[:, first:last])
        found = np.ascontiguousarray(run(operations, part, None)[:, start - first : stop - first])
        if result is None:
            shape = (len(found), widths[-1], *found.shape[2:])
            result = allocated(out, shape, finish.dtype)
        fitted = np.empty(found.shape, finish.dtype)
        finish.put(found, fitted)
        result[:, start:stop] = fitted
    assert result is not None
    return result
