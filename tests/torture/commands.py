"""Which commands are run over which files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edgewise.sample_images import fashion, folder

from .running import Runner

CHAINS = (
    ("gaussian:2,sobel",),
    ("median:3,maxpool:2", "--depth", "16"),
    ("[-1 0 1; -2 0 2; -1 0 1]", "--range", "float"),
    ("canny", "--gray"),
)
FORMATS = ("png", "tif", "npy", "tif", "jpg")
PLANS = ("plan.json", "comparison-plan.json")
FEATURES = ("f.npz", "f.csv", "f.npy", "f.svm", "f.parquet", "shards/")


@dataclass(frozen=True)
class World:
    """Good files that commands over one bad file need beside it."""

    place: Path
    linear: Path = field(init=False)
    cnn: Path = field(init=False)
    train: Path = field(init=False)
    picture: Path = field(init=False)

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "linear", self.place / "linear.safetensors")
        set_(self, "cnn", self.place / "cnn.safetensors")
        set_(self, "train", self.place / "train")
        set_(self, "picture", folder() / "camera.png")


def make_world(runner: Runner) -> World:
    """Train a linear model and a CNN on two classes of garments."""
    world = World(runner.place())
    for label in ("bag", "sneaker"):
        (world.train / label).mkdir(parents=True)
        for path in sorted((fashion("train") / label).glob("*.png"))[:20]:
            (world.train / label / path.name).symlink_to(path)
    train = str(world.train)
    for words in (
        ["train", "linear", train, "-o", str(world.linear)],
        ["train", "cnn", train, "--epochs", "1", "--network", "quick", "-o", str(world.cnn)],
    ):
        shown = runner.fresh([*words, "-q"], runner.place(), runner.limits.many(600))
        if shown.code:
            raise SystemExit(f"{words}: {shown.stderr}")
    return world


@dataclass(frozen=True)
class Batch:
    """A command over many files.

    `reads` is "list" if it is given every file, "folder" if it searches for
    pictures; `accounts` whether it has to write or to name every one of them.
    """

    words: tuple[str, ...]
    reads: str
    accounts: bool = False


def batches(number: int, world: World) -> Iterator[Batch]:
    """Yield the commands over a folder; {data}, {list} and {out} are filled in.

    Chains and formats take turns from folder to folder.
    """
    for shift, reads in enumerate(("list", "folder")):
        chain, *options = CHAINS[(number + 2 * shift) % len(CHAINS)]
        suffix = "tif" if "float" in options else FORMATS[(number + shift) % len(FORMATS)]
        source = "@{list}" if reads == "list" else "{data}"
        words = ("filter", chain, source, "-o", "{out}/f", *options, "--format", suffix)
        yield Batch(words, reads, accounts=True)
    features = FEATURES[number % len(FEATURES)]
    sure = features.endswith((".npz", ".csv"))
    yield Batch(("hog", "{data}", "-o", "{out}/" + features, "--size", "48x48"), "folder", sure)
    yield Batch(("predict", str(world.linear), "@{list}"), "list", accounts=True)
    yield Batch(("predict", str(world.cnn), "{data}", "--copy-to", "{out}/c"), "folder", True)
    yield Batch(("evaluate", str(world.linear), "{data}", "--predictions", "{out}/a.csv"), "folder",
                accounts=True)  # fmt: skip
    yield Batch(("inspect", "{data}"), "folder")
    yield Batch(("train", "linear", "{data}", "--size", "24x24", "-o", "{out}/m.safetensors"),
                "folder")  # fmt: skip
    cnn = ("train", "cnn", "{data}", "--size", "16x16", "--epochs", "1", "--network", "quick")
    yield Batch((*cnn, "-o", "{out}/m.safetensors"), "folder")
    if number == 0:
        yield Batch(
            ("compare", "{data}", "--size", "16x16", "--epochs", "1", "--points", "1", "-o",
             "{out}/cmp"), "folder",
        )  # fmt: skip


MODELS = (".safetensors",)
FEATURE_FILES = (".npz", ".npy", ".csv", ".svm", ".parquet")
DATA_SETS = (".csv", ".tsv", ".jsonl", "-ubyte", "-ubyte.gz")
KERNELS = (".txt", ".csv", ".json", ".npy", ".mat")
LISTS = (".txt", ".lst")


def alone(path: Path, world: World) -> Iterator[tuple[str, ...]]:
    """Yield the commands that read one file; {out} is filled in."""
    name, lower = str(path), path.name.lower()
    yield ("inspect", name)
    if lower.endswith(MODELS):
        yield ("predict", name, str(world.picture))
        yield ("evaluate", name, str(world.train))
        yield ("export", name, "-o", "{out}/m.onnx")
        yield ("show", "model", name, "-o", "{out}/m.png")
        yield ("show", "features", name, str(world.picture), "-o", "{out}/f.png")
        yield ("show", "network", name)
    if lower.endswith(FEATURE_FILES):
        yield ("train", "linear", name, "-o", "{out}/m.safetensors")
        yield ("evaluate", str(world.linear), name)
        yield ("show", "hog", name, "-o", "{out}/h.png")
    elif lower.endswith(DATA_SETS):
        yield ("train", "linear", name, "--size", "24x24", "-o", "{out}/m.safetensors")
        yield ("evaluate", str(world.linear), name)
    if lower.endswith(DATA_SETS):
        yield ("hog", name, "--size", "24x24", "-o", "{out}/f.npz")
        yield ("predict", str(world.cnn), name)
    if lower.endswith(KERNELS):
        yield ("kernels", f"@{name}")
        yield ("show", "kernel", f"@{name}", "-o", "{out}/k.png")
    if lower.endswith(LISTS):
        yield ("filter", "box", f"@{name}", "-o", "{out}/")


def work_folders(plan: Path, world: World) -> Iterator[tuple[str, ...]]:
    """Yield the commands that go on from a folder with a plan, of which {copy} is a copy."""
    train = str(world.train)
    yield ("inspect", "{copy}")
    if plan.name == PLANS[0]:
        yield ("hog", train, "-o", "{copy}/")
        yield ("train", "linear", "{copy}", "-o", "{out}/m.safetensors")
        yield ("evaluate", str(world.linear), "{copy}")
    else:
        brief = ("--size", "16x16", "--epochs", "1", "--points", "1")
        yield ("compare", train, *brief, "-o", "{copy}")


def accounted(out: Path, stdout: str) -> str:
    """Return all that a command wrote of names, as one text."""
    texts = [stdout]
    for path in out.rglob("*"):
        texts.append(path.name)
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as found:
                texts += map(str, found["names"])
        elif path.suffix == ".csv":
            texts.append(path.read_text(errors="replace"))
    return json.dumps(texts)
