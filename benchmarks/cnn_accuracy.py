"""How accurate the CNNs are: the mean of several seeds, on whole test sets.

    python -m benchmarks.cnn_accuracy FOLDER [--cifar FOLDER] [WORK ...]

FOLDER holds the IDX files of MNIST (mnist-*) and Fashion-MNIST (fashion-*);
--cifar has train/ and test/ with a folder per class. The settings were chosen
on held-out training pictures, the last 10,000 of each set; see docs/cnn.md.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np

from edgewise import open_dataset
from edgewise.models.cnn import CnnModel, Network, Normalization, fit
from edgewise.models.pictures import Pictures, load_pictures

LENET = {"epochs": 12, "rate": 0.1, "smoothing": 0.05}
SMALL = {"epochs": 10, "batch": 128, "rate": 0.2, "smoothing": 0.05}

# work: (network, data set, seeds, settings)
WORKS = {
    "lenet5, MNIST": ("lenet5", "mnist", 5, LENET),
    "lenet5, MNIST with shifts": (
        "lenet5",
        "mnist",
        5,
        {**LENET, "epochs": 18, "augment": "shift:1"},
    ),
    "small, MNIST": ("small", "mnist", 5, SMALL),
    "small, Fashion-MNIST": ("small", "fashion", 5, {**SMALL, "epochs": 8}),
    "small, Fashion-MNIST with flips and shifts": (
        "small",
        "fashion",
        5,
        {"epochs": 24, "rate": 0.1, "smoothing": 0.02, "augment": "shift:1,flip"},
    ),
    "quick, CIFAR-10": (
        "quick",
        "cifar",
        3,
        {"epochs": 12, "batch": 128, "rate": 0.1, "smoothing": 0.05, "augment": "shift:3,flip"},
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cnn_accuracy", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("works", nargs="*", metavar="WORK", help="; ".join(WORKS))
    parser.add_argument("--cifar", type=Path)
    parser.add_argument("--seeds", type=int, help="how many; 5, and 3 for quick, when left out")
    chosen = parser.parse_args()
    print("| work | test accuracy, mean | each seed | seconds a training |\n|---|---:|---|---:|")
    for work in chosen.works or WORKS:
        network, name, seeds, settings = WORKS[work]
        train, test = (read(chosen, name, part) for part in ("train", "test"))
        found, seconds = [], []
        for seed in range(chosen.seeds or seeds):
            started = time.perf_counter()
            found.append(accuracy(network, train, test, seed, settings))
            seconds.append(time.perf_counter() - started)
        each = ", ".join(f"{value:.2%}" for value in found)
        mean, time_each = statistics.fmean(found), statistics.median(seconds)
        print(f"| {work} | {mean:.2%} | {each} | {time_each:.0f} |", flush=True)


def read(chosen: argparse.Namespace, name: str, part: str) -> Pictures:
    if name == "cifar":
        return load_pictures(open_dataset(chosen.cifar / part))
    file = {"train": "train", "test": "t10k"}[part]
    return load_pictures(open_dataset(chosen.folder / f"{name}-{file}-images-idx3-ubyte.gz"))


def accuracy(text: str, train: Pictures, test: Pictures, seed: int, settings: dict) -> float:
    shape = (train.channels, *train.size)
    network = Network.from_spec(text, shape, classes=len(train.classes), seed=seed)
    normal = Normalization.of(train.images)
    fit(network, train.images, train.labels, normalization=normal, seed=seed, **settings)
    model = CnnModel(network, train.classes, normal)
    return float(np.mean(model.judge_images(test.images).argmax(axis=1) == test.labels))


if __name__ == "__main__":
    main()
