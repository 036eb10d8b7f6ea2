"""How accurate the linear models are, on whole test sets.

    python -m benchmarks.linear_accuracy FOLDER [--cifar FOLDER] [--json FILE] [WORK ...]

FOLDER holds the IDX files of MNIST (mnist-*) and Fashion-MNIST (fashion-*);
--cifar has train/ and test/ with a folder per class. The settings were chosen
on held-out training pictures; see docs/training.md. Only landmarks of the rbf
map are drawn by chance: other works give the same model for every seed, and
are trained once. --json docs/figures/linear_accuracy.json keeps the figures that
the documents quote; works that are not run again stay as they are there.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

from edgewise import open_dataset
from edgewise.features import extract
from edgewise.images.dataset import Dataset
from edgewise.models import evaluate, fit_linear
from edgewise.models.linear_copies import with_copies
from edgewise.models.linear_grammar import parse_features
from edgewise.models.settings import default_config, default_features, first_picture

SVM = {"kind": "svm"}

SHIFTS = {"copies": "shift:1"}
FLIPS = {"copies": "flip"}
FOUR_SCALES = "hog:bins=12,hog:cell=5:bins=12,hog:cell=7,hog:cell=14:block=1x1"

# work: (data set, features or "" for the default, settings)
WORKS = {
    "MNIST": ("mnist", "", SVM),
    "Fashion-MNIST": ("fashion", "", SVM),
    "CIFAR-10": ("cifar", "", {"C": 0.1}),
    "MNIST with shifts": ("mnist", "", {**SVM, **SHIFTS}),
    "MNIST with shifts, four scales": ("mnist", FOUR_SCALES, {**SVM, "C": 0.3, **SHIFTS}),
    "Fashion-MNIST with flips": ("fashion", "", {**SVM, **FLIPS}),
    "CIFAR-10 with flips": ("cifar", "", {"C": 0.1, **FLIPS}),
    "MNIST, logistic": ("mnist", "", {}),
    "Fashion-MNIST, logistic": ("fashion", "", {}),
    "MNIST, rbf": ("mnist", "", {**SVM, "kernel_map": "rbf:4000:0.043", "C": 1.0}),
    "Fashion-MNIST, rbf": ("fashion", "", {**SVM, "kernel_map": "rbf:4000:0.043", "C": 1.0}),
    "Fashion-MNIST with flips, rbf": (
        "fashion",
        "",
        {**SVM, "kernel_map": "rbf:8000:0.043", "C": 1.0, **FLIPS},
    ),
    "CIFAR-10, rbf": ("cifar", "", {**SVM, "kernel_map": "rbf:4000", "C": 1.0}),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linear_accuracy")
    parser.add_argument("folder", type=Path)
    parser.add_argument("works", nargs="*", metavar="WORK", help="; ".join(WORKS))
    parser.add_argument("--cifar", type=Path)
    parser.add_argument("--seeds", type=int, default=5, help="for landmarks; 5 when left out")
    parser.add_argument(
        "--held-out", action="store_true",
        help="choose settings: learn from all but the last 10,000 training pictures, judge those",
    )  # fmt: skip
    parser.add_argument("--features", help="other than the work's")
    parser.add_argument("--json", type=Path, help="put the figures of test sets into this file")
    chosen = parser.parse_intermixed_args()
    if chosen.json and (chosen.held_out or chosen.features):
        parser.error("--json is for the works as they are, judged by their test sets")
    print("| work | values | test accuracy, mean | each seed | seconds a training |")
    print("|---|---:|---:|---|---:|")
    for work in chosen.works or WORKS:
        name, features, settings = WORKS[work]
        settings, features = dict(settings), chosen.features or features
        train, test = tables(chosen, name, features, settings.pop("copies", None))
        found, seconds = [], []
        for seed in range(chosen.seeds if "rbf" in settings.get("kernel_map", "") else 1):
            started = time.perf_counter()
            found.append(evaluate(fit_linear(train, seed=seed, **settings), test).accuracy)
            seconds.append(time.perf_counter() - started)
        each = ", ".join(f"{value:.2%}" for value in found)
        mean, median = statistics.fmean(found), statistics.median(seconds)
        print(f"| {work} | {train.X.shape[1]:,} | {mean:.2%} | {each} | {median:.0f} |", flush=True)
        if chosen.json:
            put(
                chosen.json, work, values=train.X.shape[1], accuracy=found, seconds=round(median, 1)
            )


def put(path: Path, work: str, **figures) -> None:
    """Put the figures of one work into a file, beside those of others."""
    whole = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(whole | {work: figures}, indent=1, sort_keys=True) + "\n")


def tables(chosen: argparse.Namespace, name: str, features: str, copies: str | None):
    """Return the features of the pictures to learn from and to judge by."""
    train, test = read(chosen, name, "train"), read(chosen, name, "test")
    if chosen.held_out:
        # Every fifth of a folder, whose pictures are in the order of its classes.
        in_order = range(len(train) - 10_000, len(train))
        held = in_order if train.array is not None else range(0, len(train), 5)
        train, test = train.subset(sorted({*range(len(train))} - {*held})), train.subset(held)
    *size, channels = first_picture(train)
    size = (size[0], size[1])
    config = (
        parse_features(features, channels, default_config(size))
        if features
        else default_features(size, channels)
    )
    train = with_copies(train, copies) if copies else train
    return extract(train, config), extract(test, config)


def read(chosen: argparse.Namespace, name: str, part: str) -> Dataset:
    if name == "cifar":
        return open_dataset(chosen.cifar / part)
    file = {"train": "train", "test": "t10k"}[part]
    return open_dataset(chosen.folder / f"{name}-{file}-images-idx3-ubyte.gz")


if __name__ == "__main__":
    main()
