"""Canny's edge detector."""

from itertools import pairwise
from typing import Literal

import numpy as np

from ..images.colour import to_gray
from ..images.errors import EdgewiseError
from .borders import border_name
from .catalogue import named_filter
from .gaussians import gaussian, gaussian_radius
from .sliding import Windows
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
    from . import canny_loops

    marks = _ridges(np.asarray(image), windows, sigma, (low, high), norm == "l2")
    weak = np.zeros(-(-len(marks) // STRIP), np.int64)
    canny_loops.follow(marks, STRIP, weak)
    canny_loops.follow_seams(marks, STRIP, weak)
    canny_loops.paint(marks, np.uint8(255), marks)
    return marks


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
    from . import canny_loops

    pixels = to_gray(image)
    if sigma > 0:
        pixels = windows.slide(pixels, gaussian(sigma))
    frame = Windows(border=windows.border, fill=windows.fill).frame(pixels, (3, 3))[:, :, 0]
    marks = np.empty(pixels.shape, np.uint8)
    low, high = (np.float32(v * v if squared else v) for v in limits)
    canny_loops.thin(frame, squared, low, high, 64, marks)
    return marks
