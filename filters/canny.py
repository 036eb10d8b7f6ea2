"""Canny's edge detector."""

from typing import Literal

import numpy as np

from ..images.colour import to_gray
from ..images.errors import EdgewiseError
from .catalogue import named_filter
from .gaussians import gaussian, gaussian_radius
from .sliding import Windows

# Strips by which edges are followed on all threads.
STRIP = 256


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
    for name in ("stride", "dilation"):
        if getattr(windows, name) not in (1, (1, 1)):
            raise EdgewiseError(f"it takes no {name}")
    if windows.padding != "same":
        raise EdgewiseError("it takes padding=same only")
    pixels = to_gray(np.asarray(image))
    if sigma > 0:
        pixels = windows.slide(pixels, gaussian(sigma))
    frame = Windows(border=windows.border, fill=windows.fill).frame(pixels, (3, 3))
    return _edges(frame[:, :, 0], low, high, norm == "l2")


def _edges(frame: np.ndarray, low: float, high: float, squared: bool) -> np.ndarray:
    from . import canny_loops

    height, width = frame.shape[0] - 2, frame.shape[1] - 2
    marks, out = np.empty((height, width), np.uint8), np.empty((height, width), np.float32)
    limits = (np.float32(v * v if squared else v) for v in (low, high))
    canny_loops.thin(frame, squared, *limits, 64, marks)
    weak = np.zeros(-(-height // STRIP), np.int64)
    canny_loops.follow(marks, STRIP, weak)
    canny_loops.follow_seams(marks, STRIP, weak)
    canny_loops.paint(marks, np.float32(255), out)
    return out
