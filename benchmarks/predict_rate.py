"""Predicting in bulk: whole commands, next to extracting the same features, and starting.

    python -m benchmarks.predict_rate [--pictures 70000] [--jpegs 2000] [--repeat 5] [--start-only]

70,000 pictures of 28x28 pixels in one IDX file, and JPEGs of 500x375 cut from the
sample photographs, judged by a linear model on HoG of 64x128 pixels and by a small
CNN; the peer is `edgewise hog` on the same pictures with the same settings, written
to .npy. The ratio is the rate of predicting to the rate of extracting. Starting:
one picture, next to importing NumPy and Pillow, `quick` on a picture of 32x32
in colour. The weights are drawn by chance: no model is trained here. Also the
greatest memory of predicting 1,000 and 10,000 small PNGs.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from edgewise import HogConfig, write_image
from edgewise.models.cnn import CnnModel, Network, Normalization
from edgewise.models.files import save_model
from edgewise.models.linear import LinearModel

from .hog_files import write_pieces
from .pictures import write_idx
from .processes import edgewise, python, starting, used
from .timing import Row, beyond, compare, table

CLASSES = tuple("abcdefghij")
SIZES = {"small": (28, 28), "jpeg": (128, 64)}
CNN = "conv:8:5,relu,maxpool:2,conv:16:5,relu,maxpool:2,flatten,dense:10"
CELL = {"small": 4, "jpeg": 8}
PEER = "python -c 'import numpy, PIL.Image'"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.predict_rate", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--pictures", type=int, default=70_000)
    parser.add_argument("--jpegs", type=int, default=2_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--start-only", action="store_true", help="measure starting alone")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_models(folder)
        if chosen.start_only:
            print(table(start_up(folder, max(chosen.repeat, 15))))
            return
        small = write_idx(folder / "small-images-idx3-ubyte", chosen.pictures)
        write_pieces(folder / "jpeg", chosen.jpegs)
        rows = bulk(folder, "small", small, chosen.pictures, chosen.repeat)
        rows += bulk(folder, "jpeg", folder / "jpeg", chosen.jpegs, chosen.repeat)
        print(table(rows), flush=True)
        print(table(start_up(folder, max(chosen.repeat, 15))), flush=True)
        print(memory(folder))


def write_models(folder: Path) -> None:
    rng = np.random.default_rng(0)
    for kind, size in SIZES.items():
        config = HogConfig(cell=CELL[kind])
        weights = rng.normal(size=(10, config.length(*size))).astype(np.float32)
        bias = np.zeros(10, np.float32)
        model = LinearModel(weights, bias, "logistic", CLASSES, config, size)
        save_model(folder / f"{kind}-linear.safetensors", model)
        network = Network.from_spec(CNN, (1, *size))
        normal = Normalization(np.array([128], np.float32), np.array([64], np.float32))
        save_model(folder / f"{kind}-cnn.safetensors", CnnModel(network, CLASSES, normal))
    network = Network.from_spec("quick", (3, 32, 32), classes=10)
    normal = Normalization(np.full(3, 128, np.float32), np.full(3, 64, np.float32))
    save_model(folder / "small-quick.safetensors", CnnModel(network, CLASSES, normal))


def bulk(folder: Path, kind: str, data: Path, count: int, repeat: int) -> list[Row]:
    rows, columns = SIZES[kind]
    size = f"{columns}x{rows}"
    features = folder / "features.npy"
    words = [str(data), "-o", str(features), "--size", size, "--cell", str(CELL[kind])]
    extracting = starting(edgewise("hog", "-q", *words, "--overwrite"))
    found = []
    for model in ("linear", "cnn"):
        weights = folder / f"{kind}-{model}.safetensors"
        judging = starting(edgewise("predict", "-q", weights, data))
        found += compare(
            f"{count:,} pictures, {kind}, {model} model",
            judging,
            {"edgewise hog": extracting},
            repeat,
        )
    return found


def start_up(folder: Path, repeat: int) -> list[Row]:
    random = np.random.default_rng(0)
    found = []
    for model in ("linear", "cnn", "quick"):
        picture = folder / f"{model}.png"
        shape = (32, 32, 3) if model == "quick" else (28, 28)
        write_image(picture, random.integers(0, 256, shape, np.uint8))
        judging = starting(edgewise("predict", folder / f"small-{model}.safetensors", picture))
        peer = {PEER: starting(python("import numpy, PIL.Image"))}
        found += compare(f"one picture, {model} model", judging, peer, repeat)
    return found + [beyond(row, PEER) for row in found]


def memory(folder: Path) -> str:
    """Return the greatest memory of predicting a thousand PNGs, and ten thousand."""
    rng = np.random.default_rng(0)
    told = []
    for count in (1_000, 10_000):
        place = folder / f"png{count}"
        place.mkdir()
        for i in range(count):
            Image.fromarray(rng.integers(0, 256, (28, 28), np.uint8)).save(place / f"{i}.png")
        told.append(f"{greatest_memory(folder, place):.0f} MiB for {count:,} PNGs")
    return "greatest memory of predicting: " + ", ".join(told)


def greatest_memory(folder: Path, place: Path) -> float:
    """Return the MiB that one process took."""
    words = edgewise("predict", "-q", folder / "small-linear.safetensors", place)
    return used(words).memory / 2**20


if __name__ == "__main__":
    main()
