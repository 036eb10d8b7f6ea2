"""How fast linear models are trained and used, next to scikit-image and scikit-learn.

    python -m benchmarks.linear_speed FOLDER [--pictures 60000]

FOLDER holds the IDX files of MNIST (mnist-*). Two works: HoG and a linear
SVM of the training pictures in memory, against skimage.feature.hog of the same
cells in one process a core with LinearSVC's defaults, once each because it
takes minutes; and judging all pictures, against describing them. One picture
from start to end is what predict_rate measures.
"""

import argparse
import os
import statistics
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from edgewise import HogConfig, open_dataset
from edgewise.features import extract
from edgewise.images.dataset import Dataset
from edgewise.models import fit_linear
from edgewise.models.linear_features import compute
from edgewise.models.settings import default_features

CELL = 4


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linear_speed")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=60_000)
    chosen = parser.parse_args()
    whole = open_dataset(chosen.folder / "mnist-train-images-idx3-ubyte.gz")
    dataset = whole.subset(range(min(chosen.pictures, len(whole))))
    extract(dataset.subset(range(5000)), default_features((28, 28), 1))  # compiles the loops
    print("| work | seconds | peer | seconds | ratio |\n|---|---:|---|---:|---:|")
    model = training(dataset)
    judging(model, dataset)


def row(work: str, ours: float, peer: str, theirs: float) -> None:
    print(f"| {work} | {ours:.3g} | {peer} | {theirs:.3g} | {theirs / ours:.2f} |", flush=True)


def training(dataset: Dataset):
    """Time HoG and SVM of both; return our model of the default features."""
    same = HogConfig.preset("skimage", cell=CELL, block=2)
    count, model = f"{len(dataset):,} pictures", None
    seconds = {}
    for name, config in (("same HoG", same), ("default features", default_features((28, 28), 1))):
        start = time.perf_counter()
        model = fit_linear(extract(dataset, config), kind="svm", C=1.0 if config is same else None)
        seconds[name] = time.perf_counter() - start
    theirs = peer(dataset)
    for name, ours in seconds.items():
        row(f"HoG + SVM, {count}, {name}", ours, "skimage.hog + LinearSVC()", theirs)
    return model


def peer(dataset: Dataset) -> float:
    """Return the seconds of skimage.feature.hog in all cores, then LinearSVC()."""
    from sklearn.svm import LinearSVC

    array, cores = dataset.array, len(os.sched_getaffinity(0))
    start = time.perf_counter()
    with ProcessPoolExecutor(cores) as pool:
        X = np.concatenate(list(pool.map(their_hog, np.array_split(array, 8 * cores))))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it did not converge
        LinearSVC().fit(X, dataset.labels)
    return time.perf_counter() - start


def their_hog(images: np.ndarray) -> np.ndarray:
    from skimage.feature import hog

    one = partial(hog, pixels_per_cell=(CELL, CELL), cells_per_block=(2, 2))
    return np.stack([one(image) for image in images])


def judging(model, dataset: Dataset) -> None:
    array = dataset.array
    parts = np.array_split(array, max(1, len(array) // 5000))
    calls = {
        "judge": lambda: [model.judge_images(part) for part in parts],
        "describe": lambda: [compute(model.config, part) for part in parts],
    }
    rounds = [{name: seconds_of(call) for name, call in calls.items()} for _ in range(5)]
    us, them = (statistics.median(r[name] for r in rounds) for name in calls)
    row(f"judge {len(array):,} pictures in memory", us, "describe them only", them)


def seconds_of(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
