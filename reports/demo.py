"""The demonstration: filters, HoG and a classifier on the sample pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..features.config import HogConfig
from ..features.extract import extract
from ..features.hog import hog
from ..filters.chain import compile_chain
from ..filters.ranges import fit_range
from ..images.colour import to_gray
from ..images.dataset import open_dataset
from ..images.decode import read_image
from ..images.encode import write_image
from ..models.evaluation import Evaluation, evaluate
from ..models.files import save_model
from ..models.fitting import fit_linear
from ..models.linear import LinearModel
from ..models.prediction import judge_pictures
from ..models.settings import default_config
from ..sample_images import fashion, folder
from .contact_sheet import Tile, contact_sheet
from .glyphs import hog_picture

# photograph, chain, range
FILTERS = (
    ("chelsea.png", "sobel", "clip"),
    ("coffee.png", "gaussian:4", "clip"),
    ("airplane-from-above.jpg", "sobel,threshold:120", "clip"),
    ("camera.png", "emboss", "clip"),
    ("coins.png", "laplacian:8", "shift"),
    ("rocket.jpg", "gaussian:1.5,sobel,maxpool:3", "rescale"),
    ("march-pastoral.jpg", "unsharp:2:2", "clip"),
)
HOG_PHOTOGRAPH = "astronaut.png"
SHOWN = 4  # pictures of the test set on the contact sheet


@dataclass(frozen=True)
class Demo:
    """What the demonstration made and found."""

    sheet: Path
    model: Path
    files: tuple[Path, ...]
    evaluation: Evaluation


def run_demo(target: Path, say: Callable[[str], object], *, overwrite: bool = False) -> Demo:
    """Filter photographs, draw a HoG, train and judge a classifier, and show all of it.

    Parameters
    ----------
    target : Path
        The folder that everything is written to.
    say : callable
        Told, in a sentence, what is being done.
    overwrite : bool
        Whether files may stand there already.

    Returns
    -------
    Demo
    """
    tiles: list[Tile] = []
    files: list[Path] = []

    def keep(name: str, picture: np.ndarray, title: str, note: str) -> None:
        path = target / name
        write_image(path, picture, overwrite=overwrite)
        files.append(path)
        tiles.append(Tile(picture, title, note))

    say("filtering photographs")
    for photograph, chain, rule in FILTERS:
        keep(*_filtered(photograph, chain, rule))
    say("drawing the HoG of a photograph")
    keep(*_hog_drawn())
    say("training a classifier on 600 garments, HoG and logistic regression")
    model = _train()
    save_model(target / "garments.safetensors", model, overwrite=overwrite)
    say("judging 300 others")
    tiles += _judged(model)
    found = _evaluate(model)
    heading = f"Edgewise: {found.accuracy:.1%} of {found.count} unseen garments named rightly"
    sheet = target / "contact-sheet.png"
    write_image(sheet, contact_sheet(heading, tiles, columns=4), overwrite=overwrite)
    return Demo(sheet, target / "garments.safetensors", tuple(files), found)


def _filtered(photograph: str, chain: str, rule: str) -> tuple[str, np.ndarray, str, str]:
    image = read_image(folder() / photograph)
    picture, _ = fit_range(compile_chain(chain)(image), rule, np.uint8)
    stem = Path(photograph).stem
    first = chain.split(",")[0].split(":")[0]
    note = chain if rule == "clip" else f"{chain}, range {rule}"
    return f"{stem}-{first}.png", picture, stem.replace("-", " "), note


def _hog_drawn() -> tuple[str, np.ndarray, str, str]:
    image = to_gray(read_image(folder() / HOG_PHOTOGRAPH))
    config = HogConfig(cell=(16, 16))  # strokes large enough for a small picture
    picture = hog_picture(hog(image, config), config, image.shape[:2])
    stem = Path(HOG_PHOTOGRAPH).stem
    return f"{stem}-hog.png", picture, stem, "HoG, strokes along the edges"


def _train() -> LinearModel:
    dataset = open_dataset(fashion("train"))
    return fit_linear(extract(dataset, default_config((28, 28))))


def _evaluate(model: LinearModel) -> Evaluation:
    return evaluate(model, extract(open_dataset(fashion("test")), default_config((28, 28))))


def _judged(model: LinearModel) -> list[Tile]:
    """Return a few pictures of the test set, with what the model says of them."""
    whole = open_dataset(fashion("test"))
    chosen = whole.subset(range(0, len(whole), len(whole) // SHOWN)[:SHOWN])
    tiles = []
    for i, judged in judge_pictures(model, chosen):
        if isinstance(judged, np.ndarray):
            label = model.classes[int(judged.argmax())]
            truth = (chosen.labels or ())[i]
            title = f"{label}, {judged.max():.0%}"
            tiles.append(Tile(chosen.read(i), title, f"it is: {truth}"))
    return tiles
