"""The two lists of names that a chain knows: kernels and filters.

The modules that define them register here when they are imported; `kernels.py`
and `steps.py` import all of these.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .operations import Operation, Run
from .registry import Named


@dataclass(frozen=True)
class Filter(Named):
    """A named filter.

    `correlates` says that it takes the window settings. `alpha` says what becomes of
    an alpha channel: ``same`` runs it through the filter too, ``mean`` takes the mean
    of the same windows, ``sample`` only takes it to the new size, ``keep`` leaves it.
    `reach` gives the (rows, columns) of the filter's window for the settings in a
    chain, by which ``sample`` goes. `linear` says that colour may be filtered
    premultiplied by its alpha; all others see the colour as it is. `local` says that
    nothing outside its window matters to a result, and `twice` that its windows lie on
    results of such windows.

    A filter with a `settle` depends on the whole picture: from the picture's parts, or
    what `look` makes of them, and the filter's settings it returns a function that
    filters a part.

    `operation` makes the `Operation` that chains run, from the windows and the settings;
    without it the function runs on strips, with a margin that is cut off.
    """

    correlates: bool = False
    alpha: str = "keep"
    reach: Callable[..., tuple[int, int]] | None = None
    linear: bool = True
    local: bool = True
    twice: bool = False
    look: Callable[..., np.ndarray] | None = None
    settle: Callable[..., Run] | None = None
    operation: Callable[..., Operation] | None = None

    def window(self, settings: dict) -> tuple[int, int]:
        """Return the (rows, columns) of the filter's window."""
        if self.reach is None:
            return 3, 3
        defaults = {key: parameter.default for key, parameter in self.parameters.items()}
        return self.reach(**{**defaults, **settings})


KERNELS: dict[str, Named] = {}
FILTERS: dict[str, Filter] = {}


def named_kernel(name: str) -> Callable:
    """Register a function that returns a kernel under a name."""

    def register(function):
        KERNELS[name] = Named(name, function)
        return function

    return register


def named_filter(name: str, **facts: Any) -> Callable:
    """Register a function of an image under a name; see `Filter`."""

    def register(function):
        FILTERS[name] = Filter(name, function, **facts)
        return function

    return register


def square_of_size(size: int, **_: object) -> tuple[int, int]:
    """Return the window of filters whose setting `size` is its side."""
    return size, size
