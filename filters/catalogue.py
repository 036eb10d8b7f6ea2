"""The two lists of names that a chain knows: kernels and filters.

The modules that define them register here when they are imported; `kernels.py`
and `steps.py` import all of these.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .registry import Named


@dataclass(frozen=True)
class Filter(Named):
    """A named filter.

    `correlates` says that it takes the window settings. `alpha` says what
    becomes of an alpha channel: ``same`` runs it through the filter too,
    ``sample`` only takes it to the new size, ``keep`` leaves it. `reach` gives
    the (rows, columns) of the filter's window for the settings in a chain, by
    which ``sample`` goes. `linear` says that colour may be filtered premultiplied
    by its alpha; all others see the colour as it is. `local` says that nothing outside its window
    matters to a result.
    """

    correlates: bool = False
    alpha: str = "keep"
    reach: Callable[..., tuple[int, int]] | None = None
    linear: bool = True
    local: bool = True

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


def named_filter(
    name: str,
    *,
    correlates: bool = False,
    alpha: str = "keep",
    reach: Callable[..., tuple[int, int]] | None = None,
    linear: bool = True,
    local: bool = True,
) -> Callable:
    """Register a function of an image under a name; see `Filter`."""

    def register(function):
        FILTERS[name] = Filter(name, function, correlates, alpha, reach, linear, local)
        return function

    return register


def square_of_size(size: int, **_: object) -> tuple[int, int]:
    """Return the window of filters whose setting `size` is its side."""
    return size, size
