"""The demonstration of a CNN: LeNet-5 on the sample garments, and what is inside."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..images.atomic import atomic_file
from ..images.dataset import open_dataset
from ..images.decode import read_image
from ..images.encode import write_image
from ..models.cnn.model import CnnModel
from ..models.cnn.network import Network
from ..models.cnn.training.batches import Normalization
from ..models.cnn.training.fitting import fit
from ..models.cnn.training.history import History
from ..models.evaluation import Evaluation, count_answers
from ..models.files import save_model
from ..models.pictures import Pictures, load_pictures
from ..models.splits import hold_out
from ..sample_images import fashion
from .curves import curves_picture
from .feature_maps import features_picture
from .kernel_grid import kernels_picture
from .mistakes import mistakes_picture, worst

EXAMPLE = "ankle-boot/00.png"
# 600 pictures are soon known by heart, unless every epoch shows them changed.
VALIDATION, RATE, AUGMENT = 0.15, 0.03, "shift:2,flip"


@dataclass(frozen=True)
class CnnDemo:
    """What the demonstration made and found."""

    model: Path
    example: Path
    files: dict[Path, str]
    evaluation: Evaluation


def run_demo(
    target: Path,
    *,
    epochs: int = 40,
    seed: int = 0,
    progress: Callable[[int], object] | None = None,
) -> CnnDemo:
    """Train LeNet-5 on the sample garments and draw what is inside.

    Parameters
    ----------
    target : Path
        The folder that everything is written to; what stands there is replaced.
    epochs, seed : int
    progress : callable, optional
        Told how many epochs are done.

    Returns
    -------
    CnnDemo
    """
    model, course = _train(epochs, seed, progress)
    test = load_pictures(open_dataset(fashion("test")), classes=model.classes)
    answers = model.judge_images(test.images)
    example = fashion("test") / EXAMPLE
    pictures = {
        "curves.png": (curves_picture(course.epochs, kept=course.best), "the learning curves"),
        "kernels.png": (kernels_picture(model), "the first layer's kernels"),
        "features.png": (
            features_picture(model, read_image(example), name=EXAMPLE),
            "what becomes of one garment on its way",
        ),
        "mistakes.png": (_mistakes(model, test, answers), "where it is sure, and wrong"),
    }
    save_model(target / "garments.safetensors", model, overwrite=True)
    files = {target / "garments.safetensors": "the model"}
    with atomic_file(target / "history.csv", overwrite=True) as file:
        file.write(course.to_csv().encode())
    files[target / "history.csv"] = "loss and accuracy of every epoch"
    for name, (picture, words) in pictures.items():
        write_image(target / name, picture, overwrite=True)
        files[target / name] = words
    found = count_answers(model.classes, test.labels, answers.argmax(axis=1))
    return CnnDemo(target / "garments.safetensors", example, files, found)


def _train(epochs: int, seed: int, progress) -> tuple[CnnModel, History]:
    whole = load_pictures(open_dataset(fashion("train")))
    kept, held = (whole.subset(part) for part in hold_out(whole.labels, VALIDATION, seed=seed))
    shape, classes = (whole.channels, *whole.size), whole.classes
    network = Network.from_spec("lenet5", shape, classes=len(classes), seed=seed)
    normal = Normalization.of(kept.images)

    def told(now: dict) -> None:
        if progress and now["done"] == now["count"]:
            progress(now["epoch"])

    course = fit(
        network, kept.images, kept.labels,
        normalization=normal, validation=(held.images, held.labels), progress=told,
        epochs=epochs, seed=seed, rate=RATE, augment=AUGMENT,
    )  # fmt: skip
    facts = {"pictures": len(kept), "network": "lenet5", "epochs": epochs, "seed": seed}
    return CnnModel(network, classes, normal, facts), course


def _mistakes(model: CnnModel, test: Pictures, answers: np.ndarray) -> np.ndarray:
    wrong = worst(answers, test.labels, len(test))
    return mistakes_picture(
        [
            (
                test.images[i],
                test.names[i],
                model.classes[test.labels[i]],
                model.classes[answers[i].argmax()],
                float(answers[i].max()),
            )
            for i in wrong
        ]
    )
