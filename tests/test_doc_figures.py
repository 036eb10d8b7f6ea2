"""The figures in the documents: each stands in one place, and other pages quote that one."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINEAR = json.loads((ROOT / "docs/figures/linear_accuracy.json").read_text())


def page(name):
    """Return the text of a page as one line."""
    place = ROOT / name if name == "README.md" else ROOT / "docs" / name
    return " ".join(place.read_text().split())


def rows(name):
    """Return the cells of the rows of all tables of a page."""
    lines = (ROOT / "docs" / name).read_text().splitlines()
    return [
        [cell.strip(" *") for cell in line.strip("| ").split("|")]
        for line in lines
        if line.startswith("|")
    ]


def accuracy(work):
    found = LINEAR[work]["accuracy"]
    return 100 * sum(found) / len(found)


def cnn(network, data, augment=""):
    (row,) = [
        row
        for row in rows("cnn.md")
        if row[:2] == [f"`{network}`", data] and row[3].strip("`") == augment
    ]
    return float(row[4].rstrip("%"))


def ratio(name, *words):
    """Return the last column of the row whose first cells are these."""
    found = [row for row in rows(name) if [row[0], *row[2:3]][: len(words)] == list(words)]
    assert len(found) == 1, words
    return float(found[0][-1])


# page: a sentence, and how to know its figures.
QUOTED = [
    (
        "README.md",
        r"with the default features reaches ([\d.]+) %, on MNIST ([\d.]+) %",
        lambda: (accuracy("Fashion-MNIST"), accuracy("MNIST")),
    ),
    (
        "README.md",
        r"On all 60,000 of Fashion-MNIST it is: ([\d.]+) % against ([\d.]+) %",
        lambda: (cnn("small", "Fashion-MNIST", "shift:1,flip"), accuracy("Fashion-MNIST")),
    ),
    (
        "cnn.md",
        r"HoG with a linear SVM reaches ([\d.]+) % on MNIST and ([\d.]+) % on Fashion-MNIST",
        lambda: (accuracy("MNIST"), accuracy("Fashion-MNIST")),
    ),
    (
        "training.md",
        r"default features, SVM .*?\| ([\d.]+) % in \d+ s \| ([\d.]+) % in \d+ s \| ([\d.]+) %",
        lambda: (accuracy("MNIST"), accuracy("Fashion-MNIST"), accuracy("CIFAR-10")),
    ),
    (
        "training.md",
        r"the same with `--copies shift:1` \| 2,448 \| ([\d.]+) %",
        lambda: (accuracy("MNIST with shifts"),),
    ),
    (
        "training.md",
        r"four scales, C = 0.3, `--copies shift:1` \| 3,216 \| ([\d.]+) %",
        lambda: (accuracy("MNIST with shifts, four scales"),),
    ),
    (
        "training.md",
        r"`--kernel-map rbf:4000` \| 4,000 \| ([\d.]+) % .*?\| ([\d.]+) % .*?\| ([\d.]+) %",
        lambda: (
            accuracy("MNIST, rbf"), accuracy("Fashion-MNIST, rbf"), accuracy("CIFAR-10, rbf")
        ),
    ),
    (
        "README.md",
        r"is ([\d.]+) times as fast as OpenCV's `filter2D` with 8-bit results and ([\d.]+) times",
        lambda: (
            ratio("benchmarks-filters.md", "geometric mean of the eight, to uint8"),
            ratio("benchmarks-filters.md", "geometric mean of the eight, to float32"),
        ),
    ),
    (
        "README.md",
        r"boxes are ([\d.]+) times as fast as OpenCV's and (\d+) times as fast as SciPy's",
        lambda: tuple(
            ratio("benchmarks-filters.md", "geometric mean of these, uint8 to uint8", peer)
            for peer in ("OpenCV", "SciPy")
        ),
    ),
    (
        "README.md",
        r"LeNet-5 on MNIST takes 1 to 2 s, ([\d.]+) to ([\d.]+) times as fast as PyTorch",
        lambda: tuple(
            ratio("benchmarks.md", f"lenet5, epoch of 60,000, batch {batch}") for batch in (64, 128)
        ),
    ),
    (
        "cnn.md",
        r"1 to 2 seconds, ([\d.]+) times \(batches of 64\) and ([\d.]+) times \(128\) as fast",
        lambda: tuple(
            ratio("benchmarks.md", f"lenet5, epoch of 60,000, batch {batch}") for batch in (64, 128)
        ),
    ),
    (
        "cnn.md",
        r"LeNet-5 judges ([\d.]+) times as many",
        lambda: (ratio("benchmarks.md", "lenet5, judging 20,000 pictures, batch 256"),),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sentence", "known"), QUOTED)
def test_pages_quote_the_one_place(name, sentence, known):
    found = re.findall(sentence, page(name))
    assert len(found) == 1
    quoted = found[0] if isinstance(found[0], tuple) else found
    for text, value in zip(quoted, known(), strict=True):
        digits = len(text.partition(".")[2])
        # Half a step of the last digit: whichever way a half is rounded.
        assert abs(float(text) - value) <= 0.5 * 10**-digits + 1e-9, (text, value)


def test_one_page_says_how_long_one_picture_takes():
    places = [
        path.name
        for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
        if re.search(r"\*\*One picture|predict(ing)? one picture", path.read_text(), re.IGNORECASE)
    ]
    assert places == ["predict.md"]


def test_a_command_writes_the_figures(tmp_path):
    place = ROOT / "benchmarks/linear_accuracy.py"
    spec = importlib.util.spec_from_file_location("linear_accuracy", place)
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    assert set(LINEAR) <= set(benchmark.WORKS)
    place = tmp_path / "figures.json"
    for work, figures in reversed(LINEAR.items()):
        benchmark.put(place, work, **figures)
    assert place.read_text() == (ROOT / "docs/figures/linear_accuracy.json").read_text()
