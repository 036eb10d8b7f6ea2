"""Canny's edge detector."""

from itertools import pairwise
from typing import Literal

import numpy as np

from ..compiled.scratch import scratch
from ..compiled.threads import ranges, run_all
from ..images.colour import to_gray
from ..images.errors import EdgewiseError
from . import canny_loops
from .borders import border_name
from .catalogue import named_filter
from .gaussians import gaussian, gaussian_radius
from .layouts import laid_out
from .sliding import Windows
from .values import as_image, saturate
from .windows import Rows

# Strips by which edges are followed on all threads.
STRIP = 256
# Pixels in a band of the ridges.
BAND = 1 << 24


def _reach(sigma: float, **_: object) -> tuple[int, int]:
    size = 2 * gaussian_radius(sigma, None, 4.0) + 3 if sigma > 0 else 3
    return size, size


@named_filter("canny", correlates=True, alpha="keep", linear=False, local=False, reach=_reach)
def canny(
    image: np.ndarray,
    windows: Windows,
    low: float = 50.0,
    high: float = 100.0,
    sigma: float = 1.4,
    norm: Literal["l2", "l1"] = "l2",
) -> np.ndarray:
    """Canny edges: 255 on lines one pixel wide, else 0; colour is made gray first.

    A Gaussian of sigma (0 for none), Sobel's derivatives, the ridges of their
    magnitude (l2) or of the sum of both (l1) above `low`, of which those stay
    that hang together with one above `high`.
    """
    if not 0 <= low <= high:
        raise EdgewiseError(f"low={low} and high={high}: 0 <= low <= high is needed")
    if sigma < 0:
        raise EdgewiseError(f"sigma={sigma} is not 0 or above")
    for name in ("stride", "dilation"):
        if getattr(windows, name) not in (1, (1, 1)):
            raise EdgewiseError(f"it takes no {name}")
    if windows.padding != "same":
        raise EdgewiseError("it takes padding=same only")
    marks = _ridges(np.asarray(image), windows, sigma, (low, high), norm == "l2")
    strips = [marks[start : start + STRIP] for start in range(0, len(marks), STRIP)]
    weak = sum(run_all(_follow, strips))
    canny_loops.follow_seams(marks, STRIP, np.empty(weak + 1, np.int64))
    run_all(lambda strip: canny_loops.paint(strip, 255), strips)
    return marks


def _follow(marks: np.ndarray) -> int:
    """Follow edges inside a strip; return how many weak pixels are left."""
    weak = np.zeros(1, np.int64)
    canny_loops.follow(marks, scratch("canny stack", (1, marks.size), np.int64), weak)
    return int(weak[0])


def _ridges(image: np.ndarray, windows: Windows, sigma: float, limits, squared: bool) -> np.ndarray:
    """Mark the ridges, band by band, so that no more than a band is held as float32."""
    marks = np.empty(image.shape[:2], np.uint8)
    # The Gaussian, Sobel's derivatives, and the gradients on both sides.
    size = _reach(sigma)[0] + 2
    seen = Rows(size // 2, size // 2, size - 1)
    wraps = border_name(windows.border) == "wrap"
    count = 1 if wraps else max(1, image.shape[0] * image.shape[1] // BAND)
    edges = [len(marks) * i // count for i in range(count + 1)]
    for start, stop in pairwise(edges):
        first, last = seen.seen(start, stop, len(marks))
        found = _band_of_ridges(image[first:last], windows, sigma, limits, squared)
        marks[start:stop] = found[start - first : stop - first]
    return marks


def _band_of_ridges(image, windows: Windows, sigma: float, limits, squared: bool) -> np.ndarray:
    pixels = to_gray(image)
    if sigma > 0:
        pixels = windows.slide(pixels, gaussian(sigma))
    pixels = as_image(pixels)
    near = Windows(border=windows.border)
    fill = float(saturate(np.array([windows.fill], np.float32), pixels.dtype)[0])
    layout = laid_out(*near.axes(pixels, (3, 3)), 1, border_name(windows.border), fill)
    marks = np.empty(pixels.shape, np.uint8)
    low, high = (np.float32(v * v if squared else v) for v in limits)

    def thin(rows: tuple[int, int]) -> None:
        width = layout.columns.size - 2
        canny_loops.thin(
            pixels, layout, squared, low, high, rows[0], rows[1],
            scratch("canny rows", (1, 3, width + 2), np.float32),
            scratch("canny slopes", (1, 2, 3, width), np.float32),
            scratch("canny sizes", (1, 5, width + 2), np.float32), marks,
        )  # fmt: skip

    run_all(thin, ranges(len(marks), marks.size >> 17))
    return marks
