"""Cases that between them enter every compiled loop; see test_every_loop.py.

    python loop_cases.py uncompiled|checked RESULTS.npz [FILE...]

writes what they return and, if they are uncompiled, "entered": FILE:NAME of each function.
"""

import os
import sys
import threading
from pathlib import Path

import numpy as np

import edgewise
from edgewise.filters.edges import edge_strength
from edgewise.filters.ranges import fit_range

PACKAGE = Path(edgewise.__file__).parent


def gray(dtype=np.uint8, shape=(21, 23)):
    """Return a small picture; floats are 0 to 255 too."""
    return np.random.default_rng(5).integers(0, 256, shape).astype(dtype)


def chains(*texts, shape=(21, 23), dtypes=(np.uint8,)):
    """Return what chains make of a picture of each dtype."""
    return [edgewise.apply(text, gray(dtype, shape)) for text in texts for dtype in dtypes]


def weighted():
    """Correlate with kernels of every kind."""
    rng = np.random.default_rng(6)
    low_rank = sum(np.outer(*rng.normal(size=(2, 11))) for _ in range(2))
    kernels = [(rng.normal(size=(3, 3)), {}), (rng.normal(size=(5, 5)), {"dilation": 2}),
               (low_rank, {}), (np.outer([1, 2, 1], [1, 3, 1]), {}),
               *((rng.normal(size=(5, 5)), {"stride": s}) for s in (2, 3)),
               *((rng.normal(size=(9, 9)), {"stride": s}) for s in (2, 3))]  # fmt: skip
    images = [gray(), gray(shape=(21, 23, 3))]
    results = [
        edgewise.correlate(image, weights, method="direct" if k else "auto", **settings)
        for image in images
        for weights, settings in kernels
        for k in range(2)
    ]
    # Every second column is copied in another way for each dtype.
    results += [
        edgewise.correlate(gray(dtype), kernels[4][0], stride=2)
        for dtype in (np.uint16, np.float32)
    ]
    return [*results, *chains("sobel:border=constant", "gaussian:2:stride=2")]


def edges():
    """Find edges, as floats and as whole numbers."""
    whole = [edge_strength(gray(), name, dtype=np.uint8) for name in ("sobel", "farid")]
    return [*whole, *chains("sobel", "farid", "kirsch", "robinson")]


def pooled():
    """Pool with every kind."""
    kinds = ("max", "min", "average", "sum", "lp", "median")
    rare = [{"kind": kind, **chosen} for kind in ("max", "min")
            for chosen in ({"dilation": 2}, {"padding": 1})]  # fmt: skip
    results = [edgewise.pool(gray(), 3, **chosen) for chosen in rare]
    results.append(edgewise.pool(gray(np.float32) * np.float32(1e30), 3, kind="lp"))
    return results + [
        edgewise.pool(image, 3, kind=kind, stride=stride, p=p)
        for image in (gray(np.float32), gray(shape=(21, 23, 3)))
        for kind in kinds
        for stride, p in ((1, 2), (2, 3))
    ]


def pictures_of_hog():
    """Compute HoG of every preset."""
    results = []
    for preset in ("dalal-triggs", "skimage", "opencv", "felzenszwalb"):
        for image in (gray(shape=(30, 26)), gray(shape=(30, 26, 3))):
            results.append(edgewise.hog(image, preset))
    for changes in (
        {"norm": "l1"},
        {"norm": "l1-sqrt"},
        {"norm": "l2"},
        {"signed": True},
        {"cell": 5},
        {"gamma": "sqrt"},
    ):
        results.append(edgewise.hog(gray(shape=(30, 26)), "skimage", **changes))
    # The strongest channel is found in other way for floats.
    results.append(edgewise.hog(gray(np.float32, (30, 26, 3))))
    return results


def unfiltered():
    """Undo every filter of PNG."""
    from edgewise.images.png_loops import unfilter

    rows = gray(shape=(10, 12))
    results = []
    for step in (1, 3):
        results.append(rows.copy())
        unfilter(np.arange(10, dtype=np.uint8) % 5, results[-1], step, np.zeros(12, np.uint8))
    return results


def layers():
    """Go forward and back through every layer that has a loop."""
    from edgewise.models.cnn import Network

    rng, results = np.random.default_rng(7), []
    for text in ("conv:5:3:padding=1:stride=2", "conv:4:3:groups=2", "maxpool:2",
                 "maxpool:3:stride=2", "averagepool:2", "batchnorm", "relu",
                 "flatten,dense:4"):  # fmt: skip
        network = Network.from_spec(text, (2, 7, 8), classes=3)
        x = rng.standard_normal((33, 2, 7, 8)).astype(np.float32)
        y = network.forward(x, training=True)
        network.clear_gradients()
        results += [y, network.backward(np.ones_like(y)), *network.gradients.values()]
    return results


def training():
    """Gather pictures into batches, and take a step of each kind."""
    from edgewise.models.cnn.training import loops

    rng, images = np.random.default_rng(8), gray(shape=(3, 6, 5, 2))
    one = np.ones(2, np.float32)
    x, y = np.zeros((2, 2, 6, 5, 4), np.float32)
    picks = np.array([0, 2, 1, 2])
    flips = np.array([True, False, True, False])
    loops.gather(images, picks, rng.integers(-2, 3, (4, 2)), flips, one, one, x)
    warps = rng.normal(size=(4, 2, 3)).astype(np.float32)
    loops.gather_warped(images, picks, warps, one, one, y)
    counts = np.zeros((2, 256), np.int64)
    loops.count_levels(images, counts)
    a, b, c, d = rng.random((4, 9)).astype(np.float32)
    loops.descend(a, b, c, d, np.array([0.1, 0.9], np.float32), True)
    factors = np.array([0.1, 0.9, 0.99, 0.9, 0.99, 1e-8], np.float32)
    loops.descend_adaptively(a, b, c, d, d.copy(), factors)
    return [x, y, counts, a, c, d]


INTEGERS, NUMBERS = (np.uint8, np.uint16), (np.uint8, np.float32)
CASES = {
    "compiled/tiles.py": layers,
    "compiled/views.py": weighted,
    "compiled/weighted_rows.py": weighted,
    "features/block_loops.py": pictures_of_hog,
    "features/gradient_loops.py": pictures_of_hog,
    "features/loops.py": pictures_of_hog,
    "features/vote_loops.py": pictures_of_hog,
    "filters/bilateral_loops.py": lambda: [
        *(result for channels in (1, 3, 5)
          for result in chains("bilateral:2", shape=(21, 23, channels)))],
    "filters/compass_loops.py": lambda: chains("kirsch", "robinson:direction:stride=2"),
    "filters/extreme_loops.py": lambda: chains(
        "maximum:5", "minimum:3:border=constant", dtypes=NUMBERS, shape=(17, 9)),
    "filters/histogram_loops.py": lambda: chains(
        "median:11", "percentile:30:21:stride=2", "median:17:border=constant", shape=(17, 9)),
    "filters/rank_loops.py": lambda: chains(
        *(f"median:{size}" for size in (3, 5, 7, 9)), "percentile:30:7", "median:3:border=constant",
        "median:3:stride=2", dtypes=NUMBERS, shape=(5, 75)),
    "filters/window_loops.py": lambda: chains("median:3"),
    "filters/box_loops.py": lambda: chains(
        "box:5", "box:6:border=constant", "box:17", dtypes=INTEGERS),
    "filters/canny_loops.py": lambda: chains("canny", "canny:20:40", shape=(70, 20)),
    "filters/edge_loops.py": edges,
    "filters/fit_loops.py": lambda: [
        fit_range(gray(np.float32) - 9, rule, np.uint8)[0] for rule in ("abs", "shift")],
    "filters/loops.py": weighted,
    "filters/moment_loops.py": lambda: chains("local-variance:5", "lcn"),
    "filters/point_loops.py": lambda: chains("abs", "relu", "threshold:9", "unsharp", "log:bias=3"),
    "filters/pool_loops.py": pooled,
    "filters/row_loops.py": pooled,
    "images/png_loops.py": unfiltered,
    "models/cnn/layers/loops.py": layers,
    "models/cnn/layers/pooling_loops.py": layers,
    "models/cnn/training/loops.py": training,
}  # fmt: skip


def main(mode, path, *files):
    """Run all cases, or those of some files, and write their results."""
    entered, package = set(), f"{PACKAGE}{os.sep}"

    def note(frame, what, _):
        name = frame.f_code.co_filename
        if what == "call" and name.startswith(package):
            file = Path(name).relative_to(PACKAGE).as_posix()
            entered.add(f"{file}:{frame.f_code.co_name}")

    results = {}
    if mode == "uncompiled":
        sys.setprofile(note)
        threading.setprofile(note)
    for case in dict.fromkeys(CASES[file] for file in files or CASES):
        for result in case():
            results[str(len(results))] = result
    sys.setprofile(None)
    np.savez(path, entered=np.array(sorted(entered), str), **results)


if __name__ == "__main__":
    main(*sys.argv[1:])
