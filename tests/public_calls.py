"""Every public function once, run in a forked child or in many threads: see test_threads.py.

python public_calls.py fork|grandchild|threads|locked FOLDER
"""

import multiprocessing
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import numpy as np

import edgewise
from edgewise.compiled import threads
from edgewise.models import save_model
from edgewise.models.cnn import CnnModel, Network, Normalization
from edgewise.models.linear import LinearModel

FOLDER = Path(sys.argv[2])
# Enough work for several pieces of every loop, and threads that share them out.
IMAGE = np.random.default_rng(0).integers(0, 256, (901, 700), np.uint8)
threads.cores = lambda: 4


def prepare():
    """Write the files that the calls read."""
    for label in "ab":
        (FOLDER / "data" / label).mkdir(parents=True)
        edgewise.write_image(FOLDER / "data" / label / "1.png", IMAGE)
    rng = np.random.default_rng(1)
    config = edgewise.HogConfig(cell=4, bins=3)
    weights = rng.normal(size=(2, 12)).astype(np.float32)
    linear = LinearModel(weights, weights[:, 0], "logistic", ("a", "b"), config, (8, 8), 1, {})
    save_model(FOLDER / "linear.safetensors", linear)
    network = Network.from_spec(
        "conv:3:3,relu,maxpool:2,flatten,dense:classes", (1, 8, 8), classes=2
    )
    scale = np.full(1, 50, np.float32)
    save_model(
        FOLDER / "cnn.safetensors", CnnModel(network, ("a", "b"), Normalization(scale, scale))
    )
    return tuple(edgewise.load_model(FOLDER / f"{name}.safetensors") for name in ("linear", "cnn"))


MODELS = prepare()


def everything(number=0):
    """Return what the public functions make of one picture, as bytes."""
    image = edgewise.read_image(FOLDER / "data" / "a" / "1.png")
    edgewise.write_image(FOLDER / f"{os.getpid()}-{number}.png", image, overwrite=True)
    assert edgewise.open_dataset(FOLDER / "data").classes == ("a", "b")
    pictures = image.reshape(-1)[: 200 * 64].reshape(200, 8, 8, 1)
    results = [
        edgewise.correlate(image, edgewise.kernel("gaussian", sigma=2), method="direct"),
        edgewise.convolve(image, np.arange(49.0).reshape(7, 7), method="direct"),
        edgewise.pool(image, 3, stride=1),
        edgewise.apply("median:3", image),
        edgewise.hog(image),
        edgewise.hog_batch(np.stack([image[:64], image[64:128]])),
        *(model.judge_images(pictures) for model in MODELS),
    ]
    return b"".join(np.ascontiguousarray(result).tobytes() for result in results)


def in_a_pool():
    """Return whether two forked children give what this process gave before."""
    expected = everything()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return set(pool.map_async(everything, range(4)).get(100)) == {expected}


def in_a_grandchild():
    """Return whether a child of a child, and after it the child and this process, work."""
    expected = everything()
    fork = multiprocessing.get_context("fork")

    def child():
        inner = fork.Process(target=lambda: sys.exit(everything() != expected), daemon=False)
        inner.start()
        inner.join(100)
        sys.exit(inner.exitcode or everything() != expected)

    outer = fork.Process(target=child)
    outer.start()
    outer.join(100)
    return outer.exitcode == 0 and everything() == expected


def in_threads():
    """Return whether eight threads at once, that begin with the first call, give one result."""
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(everything, range(24)))
    return set(results) == {everything()}


def while_another_thread_compiles():
    """Return whether a child works that was forked while a loop was being compiled."""
    from numba.core.compiler_lock import global_compiler_lock

    import_module("edgewise.compiled.compiling")  # as where a loop is being compiled

    held = threading.Event()

    def compile_slowly():
        with global_compiler_lock:
            held.set()
            time.sleep(0.5)

    threading.Thread(target=compile_slowly).start()
    held.wait()
    child = multiprocessing.get_context("fork").Process(target=everything)
    child.start()
    child.join(100)
    return child.exitcode == 0


WAYS = {
    "fork": in_a_pool,
    "grandchild": in_a_grandchild,
    "threads": in_threads,
    "locked": while_another_thread_compiles,
}

if __name__ == "__main__":
    os.environ.pop("PYTHONWARNINGS", None)
    sys.exit(0 if WAYS[sys.argv[1]]() else "another result")
