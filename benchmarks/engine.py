"""Filters as they are called in Python, 12 megapixels of photographs.

    python -m benchmarks engine

`apply(chain, image, dtype=np.uint8)` of uint8 pictures, against the functions below it,
and against OpenCV on all cores. Fresh memory for the result is compared with fresh memory,
and a result that is given (`out=`, where `apply` has it) with OpenCV's `dst`, which
is faster than its fresh memory. OpenCV's call is the one that a user would write: its
Gaussian is 3 sigmas wide for 8-bit pictures, ours 4; the rows with `preset=opencv`
are of one size. OpenCV has no pooling: shown is the fastest of
three ways to make it of `dilate`, `max`, `resize` and slices.

The chains of three run in OpenCV with 8-bit pictures between the steps, and with float
ones; what is wanted is measured by the faster. The first come within one level of ours on
average (6 at the most, but for a threshold), of the second some pixels in a hundred
thousand are rounded otherwise; all is checked before it is timed. Of float pictures,
everything is float32.

Memory is the peak of a process that filters beyond that of one which has the loops, the
picture and memory for the result alone.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from edgewise import apply, correlate, kernel, pool

from . import opencv_calls as opencv
from .chain_memory import memory
from .pictures import COLOURS, photograph
from .timing import Row, compare, geometric_mean

HAS_OUT = "out" in inspect.signature(apply).parameters
SHAPE = 3000, 4000
# Levels between two results, on average, inside: rounding between the steps makes up to this.
TOLERANCE = 1.0
CHAINS = {
    "gaussian:1.5,sobel,maxpool:2": opencv.pooled_edges,
    "median:3,unsharp:2:1,threshold:128": opencv.sharp_parts,
    "gaussian:1,laplacian,abs": opencv.laplacian,
}


@dataclass(frozen=True)
class Work:
    """A chain of one step, and OpenCV's call for a picture."""

    name: str
    chain: str
    opencv: Callable[[np.ndarray], opencv.Call]


def run(repeat: int) -> list[Row]:
    """Time single steps and chains of three, and measure the chains' memory."""
    pictures = {colour: photograph(*SHAPE, colour) for colour in COLOURS}
    return [
        *_own(pictures, repeat),
        *_single(pictures, repeat),
        *_same_size(pictures, repeat),
        *_chains(pictures, repeat),
        *_float_chains(pictures, repeat),
        *memory(CHAINS),
    ]


def _weights(size: int) -> np.ndarray:
    return np.round(np.random.default_rng(size).normal(size=(size, size)) / size, 4)


def _text(weights: np.ndarray) -> str:
    return "[" + "; ".join(" ".join(f"{weight:g}" for weight in row) for row in weights) + "]"


def _own(pictures: dict, repeat: int) -> list[Row]:
    """Compare steps with the functions that they are made of."""
    given = {
        "gaussian:1": kernel("gaussian", sigma=1),
        "gaussian:5": kernel("gaussian", sigma=5),
        "box:5": kernel("box", size=5),
        "laplacian": kernel("laplacian"),
        "dense 3x3": _weights(3),
        "dense 9x9": _weights(9),
    }
    rows = []
    for colour, image in pictures.items():
        for name, weights in given.items():
            chain = _text(weights) if name.startswith("dense") else name
            own = partial(correlate, image, weights, dtype=np.uint8)
            rows += compare(f"{name}, {colour}", _ours(chain, image), {"correlate": own}, repeat)
        own = partial(pool, image, 2)
        if "dtype" in inspect.signature(pool).parameters:
            own = partial(own, dtype=np.uint8)
        rows += compare(f"maxpool:2, {colour}", _ours("maxpool:2", image), {"pool": own}, repeat)
    return [row.at_most(1.1) for row in rows]


def _works() -> Iterator[Work]:
    for sigma in (1, 2, 5):
        yield Work(f"gaussian:{sigma}", f"gaussian:{sigma}", partial(opencv.gaussian, sigma=sigma))
    for size in (3, 5, 15):
        yield Work(f"box:{size}", f"box:{size}", partial(opencv.box, size=size))
    for size in (3, 5, 7, 9, 11, 15):
        weights = _weights(size)
        call = partial(opencv.dense, weights=weights)
        yield Work(f"dense {size}x{size}", _text(weights), call)
    for size in (3, 5, 9, 15, 31):
        yield Work(f"median:{size}", f"median:{size}", partial(opencv.median, size=size))
    for size in (2, 3):
        yield Work(f"maxpool:{size}", f"maxpool:{size}", partial(opencv.max_pooling, size=size))


def _single(pictures: dict, repeat: int) -> list[Row]:
    fresh, given = [], []
    for colour, image in pictures.items():
        for work in _works():
            both = _against_opencv(f"{work.name}, {colour}", work, image, repeat)
            fresh.append(both[0].at_least(0.9))
            given.append(both[1].at_least(0.9))
    means = [
        geometric_mean(fresh, "geometric mean, fresh memory").at_least(1.8),
        geometric_mean(given, "geometric mean, memory given").at_least(1.8),
    ]
    return [row for both in zip(fresh, given, strict=True) for row in both] + means


def _against_opencv(name: str, work: Work, image: np.ndarray, repeat: int) -> list[Row]:
    """Return the rows of fresh results, and of results in memory that is given."""
    theirs = work.opencv(image)
    ours, dst = _ours(work.chain, image), np.empty_like(_checked(work.chain, image, theirs))
    filling = _ours(work.chain, image, np.empty_like(dst))
    row = compare(name, ours, {"OpenCV": lambda: theirs(None)}, repeat)
    return row + compare(
        f"{name}, out=" if HAS_OUT else name, filling, {"OpenCV, dst=": lambda: theirs(dst)}, repeat
    )


def _same_size(pictures: dict, repeat: int) -> list[Row]:
    rows = []
    for colour, image in pictures.items():
        for sigma in (1, 2, 5):
            chain = f"gaussian:{sigma}:preset=opencv"
            work = Work(chain, chain, partial(opencv.gaussian, sigma=sigma))
            rows += _against_opencv(f"{chain}, {colour}", work, image, repeat)
    return rows


def _chains(pictures: dict, repeat: int) -> list[Row]:
    pairs = [
        pair
        for colour, image in pictures.items()
        for chain, call in CHAINS.items()
        for pair in _chain(f"{chain}, {colour}", chain, image, call, repeat)
    ]
    faster = [min(pair, key=lambda row: row.peer_s) for pair in pairs]
    rows = [row.at_least(1.2) if row in faster else row for pair in pairs for row in pair]
    means = {
        "the faster OpenCV": geometric_mean(faster, "").at_least(3),
        "OpenCV, float": geometric_mean([pair[1] for pair in pairs], ""),
    }
    named = [replace(row, work="geometric mean", peer=peer) for peer, row in means.items()]
    return [*rows, *named]


def _chain(
    name: str, chain: str, image: np.ndarray, call: Callable, repeat: int
) -> list[list[Row]]:
    """Return both rows, of 8 bits and of float, for fresh results and for those given."""
    ways = {"8 bits": call(image, cv2.CV_8U), "float": call(image, cv2.CV_32F)}
    for way in ways.values():
        dst = np.empty_like(_checked(chain, image, way))
    peers = {f"OpenCV, {how}": partial(way, dst) for how, way in ways.items()}
    variants = {name: _ours(chain, image)}
    if HAS_OUT:
        variants[f"{name}, out="] = _ours(chain, image, np.empty_like(dst))
    return [compare(title, ours, peers, repeat) for title, ours in variants.items()]


def _float_chains(pictures: dict, repeat: int) -> list[Row]:
    """Compare those chains of float pictures that OpenCV can run on float pictures."""
    rows = []
    for colour, image in pictures.items():
        values = image.astype(np.float32)
        for chain, call in CHAINS.items():
            if chain.startswith("gaussian"):
                theirs = call(values, cv2.CV_32F)
                dst = np.empty_like(_checked(chain, values, theirs, np.float32))
                ours = _ours(chain, values, np.empty_like(dst), np.float32)
                peers = {"OpenCV, dst=": partial(theirs, dst)}
                rows += compare(f"{chain}, {colour}, float to float", ours, peers, repeat)
    return rows


def _ours(
    chain: str, image: np.ndarray, out: np.ndarray | None = None, dtype: type = np.uint8
) -> Callable:
    """Return the call, which fills `out` where it can."""
    settings = {"out": out} if HAS_OUT and out is not None else {}
    return lambda: apply(chain, image, dtype=dtype, **settings)


def _checked(
    chain: str, image: np.ndarray, theirs: opencv.Call, dtype: type = np.uint8
) -> np.ndarray:
    """Return OpenCV's result, if it is ours."""
    result = theirs(None)
    inside = slice(40, -40), slice(40, -40)
    difference = cv2.absdiff(apply(chain, image, dtype=dtype)[inside], result[inside]).mean()
    if difference > TOLERANCE:
        raise RuntimeError(f"{chain}: OpenCV's result is {difference:.2f} levels from ours")
    return result
