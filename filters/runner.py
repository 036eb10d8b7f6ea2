"""The runner of chains: strips of rows go through all steps while they are in the cache.

Each thread takes strips, one after the other, through all steps; what lies between two
steps is memory that the thread uses again and again. A step that must see its whole input
ends a run of strips, and begins another.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import local

import numpy as np

from ..compiled.scratch import scratch
from ..compiled.threads import run_all, threads
from ..images.errors import EdgewiseError
from .operations import Operation, Shape, Strips
from .point_loops import COPY
from .pointwise import change
from .values import KEPT, output_dtype, saturate

# Values of a strip: 1 MiB of float32 between two steps stays in the cache, and what Python
# does for a strip, some 50 us a step, is little beside the work on it. Where one loop does
# all, a thread is given more at a time.
STRIP, SINGLE_STRIP = 1 << 18, 1 << 20

_nesting = local()


class Finish:
    """What becomes of the results: rows of a picture of some dtype.

    Parameters
    ----------
    dtype : {float32, uint8, uint16}
        Rounded half to even and saturated where it is one of whole numbers.
    """

    # Whether the last loop may write the results itself.
    plain = True

    def __init__(self, dtype: object):
        self.dtype = output_dtype(dtype)

    def put(self, values: np.ndarray, out: np.ndarray) -> None:
        """Write rows of results into those of the picture."""
        if values.dtype in KEPT and values.flags.c_contiguous:
            change(values, out, COPY)
        else:
            out[...] = saturate(values.astype(np.float32, copy=False), self.dtype)


@dataclass(frozen=True)
class _Run:
    """Steps one after the other that need no whole picture between them."""

    operations: Sequence[Operation]
    strips: list[Strips]
    image: np.ndarray

    @property
    def height(self) -> int:
        """Rows of the result."""
        return self.strips[-1].count if self.strips else len(self.image)

    @property
    def result(self) -> tuple[Shape, np.dtype] | None:
        """Shape and dtype of the result, where they are known before it is."""
        if not self.operations:
            return None
        known: tuple[Shape, np.dtype] | None = self.image.shape, self.image.dtype
        for operation in self.operations:
            known = None if known is None else operation.result(*known)
        return known

    # Threads do not inherit what the caller ignores.
    @np.errstate(all="ignore")
    def rows(self, start: int, stop: int, out: np.ndarray | None = None) -> np.ndarray:
        """Return some rows of the result, in `out` where the last step can fill it."""
        with _nested():
            return self._rows(start, stop, out)

    def _rows(self, start: int, stop: int, out: np.ndarray | None) -> np.ndarray:
        needed = [(start, stop)]
        for strips in reversed(self.strips):
            needed.append(strips.seen(*needed[-1]))
        needed.reverse()
        first, last = needed[0]
        values, height = self.image[first:last], len(self.image)
        for number, (operation, strips) in enumerate(
            zip(self.operations, self.strips, strict=True)
        ):
            begin, end = needed[number + 1]
            final = number == len(self.operations) - 1
            target = (
                out
                if final and out is not None
                else _between(
                    number, operation, (height, *values.shape[1:]), values.dtype, end - begin
                )
            )
            values = operation.strip(values, first, height, begin, end, target)
            first, height = begin, strips.count
        return values

    def ranges(self) -> list[tuple[int, int]]:
        """Cut the result into strips, alike for any number of threads."""
        height = self.height
        widest = max(1, self.image.size // max(1, height))
        single = len(self.operations) == 1 and self.result is not None
        reach = sum(_reach(strips, height) for strips in self.strips)
        rows = max((SINGLE_STRIP if single else STRIP) // widest, 2 * reach, 1)
        count = max(1, -(-height // rows))
        return [(height * k // count, height * (k + 1) // count) for k in range(count)]


def _reach(strips: Strips, height: int) -> int:
    """Return how many rows more than one a row in the middle comes from."""
    middle = min(strips.count // 2, strips.count - 1)
    first, last = strips.seen(middle, middle + 1)
    return last - first - 1


def _between(
    number: int, operation: Operation, shape: Shape, dtype: np.dtype, rows: int
) -> np.ndarray | None:
    """Return memory for what a step gives to the next, which reads it before this is used again."""
    known = operation.result(shape, dtype)
    if known is None:
        return None
    (_, *rest), result = known
    use = f"between {getattr(_nesting, 'depth', 0)} {number % 2}"
    return scratch(use, (rows, *rest), result)


@contextmanager
def _nested() -> Iterator[None]:
    """Give a chain that a step runs other memory than the one it stands in."""
    _nesting.depth = getattr(_nesting, "depth", 0) + 1
    try:
        yield
    finally:
        _nesting.depth -= 1


def _runs(operations: Sequence[Operation], height: int) -> Iterator[list[Operation]]:
    """Cut the steps where one must see its whole input: that one stands alone."""
    run: list[Operation] = []
    for operation in operations:
        strips = operation.strips(height)
        if run and (strips is None or strips.periodic):
            yield run
            run = []
        if strips is None:
            yield [operation]
            # Its height is known when it has run.
            return
        run.append(operation)
        height = strips.count
    if run:
        yield run


def _prepared(operations: Sequence[Operation], image: np.ndarray) -> _Run:
    """Run all steps but those at the end that go by strips."""
    rest = list(operations)
    while rest:
        first, *more = _runs(rest, len(image))
        alone = len(first) == 1 and first[0].strips(len(image)) is None
        if not more and not alone and len(first) == len(rest):
            break
        rest = rest[len(first) :]
        image = first[0].whole(image) if alone else _filled(_run(first, image), None, None)
    return _run(rest, image)


def _run(operations: Sequence[Operation], image: np.ndarray) -> _Run:
    strips: list[Strips] = []
    height = len(image)
    for operation in operations:
        found = operation.strips(height)
        assert found is not None
        strips.append(found)
        height = found.count
    return _Run(operations, strips, image)


def _filled(run: _Run, finish: Finish | None, out: np.ndarray | None) -> np.ndarray:
    """Return all rows of a result; without a finish of the dtype that the last step gives."""
    known, ranges = run.result, run.ranges()
    direct = known is not None and (finish is None or finish.plain)
    if direct:
        assert known is not None
        result = allocated(out, known[0], known[1] if finish is None else finish.dtype)
    else:
        # What a step makes is known when it has made some of it.
        values = run.rows(*ranges[0])
        dtype = values.dtype if finish is None else finish.dtype
        result = allocated(out, (run.height, *values.shape[1:]), dtype)
        _put(values, finish, result[slice(*ranges.pop(0))])

    def work(piece: tuple[int, int]) -> None:
        rows = result[slice(*piece)]
        if direct:
            run.rows(*piece, rows)
        else:
            _put(run.rows(*piece), finish, rows)

    run_all(work, ranges)
    return result


def _put(values: np.ndarray, finish: Finish | None, rows: np.ndarray) -> None:
    if finish is None:
        rows[...] = values
    else:
        finish.put(values, rows)


def allocated(out: np.ndarray | None, shape: Shape, dtype: np.dtype) -> np.ndarray:
    """Return where a result goes: `out`, if it is given and fits.

    Raises
    ------
    EdgewiseError
        If it does not fit.
    """
    if out is None:
        return np.empty(shape, dtype)
    if out.shape != shape or out.dtype != dtype or not out.flags.c_contiguous:
        raise EdgewiseError(
            f"out is {out.dtype} {out.shape}, and the result is {dtype} {tuple(shape)}, "
            "C-contiguous"
        )
    return out


def run(
    operations: Sequence[Operation],
    image: np.ndarray,
    finish: Finish | None,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Run steps on a picture, on all threads.

    Parameters
    ----------
    operations : sequence of Operation
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32, C-contiguous
    finish : Finish, optional
        What becomes of the results; without it they have the dtype that the last step gives.
    out : ndarray, optional
        Where the result goes; of its shape and dtype, C-contiguous.

    Raises
    ------
    EdgewiseError
        If a step cannot run on this picture, or `out` does not fit.
    """
    return _filled(_prepared(operations, image), finish, out)


def parts(operations: Sequence[Operation], image: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the strips of a result from top to bottom, some of them at a time in memory."""
    run = _prepared(operations, image)
    ranges, step = run.ranges(), threads()
    for start in range(0, len(ranges), step):
        yield from run_all(lambda piece: run.rows(*piece).copy(), ranges[start : start + step])
