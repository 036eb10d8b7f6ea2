"""Cases that between them enter every compiled loop; see test_every_loop.py.

    python loop_cases.py uncompiled|checked RESULTS.npz

writes what they return and, if they are uncompiled, "entered": FILE:NAME of each loop.
"""

import sys
from pathlib import Path

import numpy as np

import edgewise
from edgewise import jit
from edgewise.filters.edges import edge_strength

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
    return [
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
    ):
        results.append(edgewise.hog(gray(shape=(30, 26)), "skimage", **changes))
    return results


def unfiltered():
    """Undo every filter of PNG."""
    from edgewise.images.png_loops import unfilter

    rows = gray(shape=(10, 12))
    unfilter(np.arange(10, dtype=np.uint8) % 5, rows, 3)
    return [rows]


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
    loops.descend(a, b, c, np.float32(0.1), d, np.float32(0.9), True)
    pair = np.float32(0.9), np.float32(0.99)
    loops.descend_adaptively(a, b, c, d, np.float32(0.1), d.copy(), pair, pair, np.float32(1e-8))
    return [x, y, counts, a, c, d]


INTEGERS, NUMBERS = (np.uint8, np.uint16), (np.uint8, np.float32)
CASES = {
    "features/block_loops.py": pictures_of_hog,
    "features/gradient_loops.py": pictures_of_hog,
    "features/loops.py": pictures_of_hog,
    "features/vote_loops.py": pictures_of_hog,
    "filters/bilateral_loops.py": lambda: [
        *chains("bilateral:2"), *chains("bilateral:2", shape=(21, 23, 3))],
    "filters/box_loops.py": lambda: chains("box:5", "box:6:border=constant", dtypes=INTEGERS),
    "filters/canny_loops.py": lambda: chains("canny", "canny:20:40", shape=(70, 20)),
    "filters/counting_loops.py": lambda: chains("median:9", dtypes=NUMBERS),
    "filters/edge_loops.py": edges,
    "filters/loops.py": weighted,
    "filters/median_loops.py": lambda: chains("median:7", dtypes=NUMBERS),
    "filters/moment_loops.py": lambda: chains("local-variance:5", "lcn"),
    "filters/network_loops.py": lambda: chains(
        "median:3", "median:5", "median:3:border=constant", dtypes=NUMBERS),
    "filters/rank_loops.py": lambda: chains(
        "percentile:30:17", "percentile:30:19", "percentile:30:21", "maximum:5", "minimum:3",
        dtypes=NUMBERS, shape=(17, 9)),
    "filters/row_loops.py": pooled,
    "filters/tiles.py": layers,
    "filters/vector_loops.py": weighted,
    "images/png_loops.py": unfiltered,
    "models/cnn/layers/loops.py": layers,
    "models/cnn/layers/pooling_loops.py": layers,
    "models/cnn/training/loops.py": training,
}  # fmt: skip


def main(mode, path):
    """Run all cases and write their results."""
    if mode == "checked":
        check_bounds()
    entered = set()

    def note(frame, what, _):
        name = frame.f_code.co_filename
        if what == "call" and name.endswith(("loops.py", "tiles.py")):
            entered.add(f"{Path(name).relative_to(PACKAGE).as_posix()}:{frame.f_code.co_name}")

    from edgewise.features import compute
    from edgewise.filters import correlation, pooling

    correlation.FEW_MULTIPLY_ADDS = pooling.FEW_COMPARISONS = 0
    compute.FEW_PIXELS = -1
    results = {}
    if mode == "uncompiled":
        sys.setprofile(note)
    for case in dict.fromkeys(CASES.values()):
        for result in case():
            results[str(len(results))] = result
    sys.setprofile(None)
    np.savez(path, entered=np.array(sorted(entered), str), **results)


def check_bounds():
    """Compile all loops for one thread: one of Numba's could not say what went wrong."""
    compiled = jit._compiled
    jit._compiled = lambda loop, *, parallel, **more: compiled(loop, parallel=False, **more)


if __name__ == "__main__":
    main(*sys.argv[1:])
