"""What a step of a chain does, in the form in which chains run it: strip by strip."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .windows import Rows

Run = Callable[[np.ndarray], np.ndarray]
# The parts of a picture, from top to bottom, as often as they are asked for.
Parts = Callable[[], Iterable[np.ndarray]]
Reach = tuple[Rows | None, Rows | None]
UNKNOWN: Reach = None, None
POINT: Reach = Rows(), Rows()  # a result comes from its own pixel
Shape = tuple[int, ...]


class Strips(Protocol):
    """Which rows of its input the rows of a step's result come from."""

    @property
    def count(self) -> int:
        """Rows of the result."""
        ...

    @property
    def periodic(self) -> bool:
        """Whether the first rows come from the last ones, and the other way round."""
        ...

    def seen(self, start: int, stop: int) -> tuple[int, int]:
        """Return (first, last + 1) of the rows that the results from start to stop come from."""
        ...


class Operation(Protocol):
    """A step ready to run on pictures of any size."""

    def strips(self, height: int) -> Strips | None:
        """Say how a picture of a height is cut; None if it must be seen whole.

        Raises
        ------
        FitError
            If no window fits.
        """
        ...

    def result(self, shape: Shape, dtype: np.dtype) -> tuple[Shape, np.dtype] | None:
        """Return shape and dtype of the result, where `strip` can fill one of any dtype."""
        ...

    def strip(
        self, source: np.ndarray, first: int, height: int, start: int, stop: int,
        out: np.ndarray | None,
    ) -> np.ndarray:  # fmt: skip
        """Return some rows of the result.

        Parameters
        ----------
        source : ndarray, (h, W) or (h, W, C)
            The rows of the input from `first` on, of `height` that it has in all.
        start, stop : int
            The rows that are wanted.
        out : ndarray, (stop - start, ...), optional
            Filled and returned, where `result` is not None.
        """
        ...

    def whole(self, image: np.ndarray) -> np.ndarray:
        """Return the result of a whole picture."""
        ...


@dataclass(frozen=True)
class KnownRows:
    """`Strips` of a height whose reach is known."""

    rows: Rows
    height: int

    @property
    def count(self) -> int:
        """Rows of the result."""
        return self.height + self.rows.before + self.rows.after - self.rows.span

    @property
    def periodic(self) -> bool:
        """Whether the picture begins anew at its edges."""
        return self.rows.periodic and self.rows.span > 0

    def seen(self, start: int, stop: int) -> tuple[int, int]:
        """Return the rows that the results from start to stop come from."""
        return self.rows.seen(start, stop, self.height)


@dataclass(frozen=True)
class Function:
    """An operation that is a function of pictures: run on a part, its edges are cut off.

    Attributes
    ----------
    run : callable
    reach : (Rows or None, Rows or None)
        Which rows and columns a result comes from, each None where that is not known.
    """

    run: Run
    reach: Reach = UNKNOWN

    def strips(self, height: int) -> Strips | None:
        """Say how a picture is cut; not at all where it begins anew at its edges."""
        rows = self.reach[0]
        known = None if rows is None else KnownRows(rows, height)
        return None if known is None or known.periodic or known.count < 1 else known

    def result(self, shape: Shape, dtype: np.dtype) -> None:
        """Functions make their own results."""
        return

    def strip(
        self, source: np.ndarray, first: int, height: int, start: int, stop: int,
        out: np.ndarray | None,
    ) -> np.ndarray:  # fmt: skip
        """Run the function on the rows that are given; see `Operation`."""
        found = self.run(source)
        return found[start - first : stop - first]

    def whole(self, image: np.ndarray) -> np.ndarray:
        """Run the function."""
        return self.run(image)
