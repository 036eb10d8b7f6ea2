"""What can be chosen of a training."""

import math
from dataclasses import asdict, dataclass

from ....filters.registry import suggest
from ....images.errors import EdgewiseError
from .augmentation import Augmentation
from .optimizers import OPTIMIZERS
from .schedules import SCHEDULES

DEFAULT_RATE = {"sgd": 0.05, "adamw": 0.003}
DEFAULT_DECAY = {"sgd": 5e-4, "adamw": 0.01}


@dataclass(frozen=True)
class TrainingSettings:
    """How a network is trained.

    Parameters
    ----------
    epochs : int
        How often every picture is seen.
    batch : int
        Pictures a step.
    seed : int
        Where chance starts from: the order, the augmentation, dropout.
    optimizer : {'sgd', 'adamw'}
        SGD with Nesterov momentum 0.9, or AdamW.
    rate : float, optional
        The largest learning rate; 0.05 for SGD and 0.003 for AdamW when left out.
    schedule : {'one-cycle', 'cosine', 'step', 'constant'}
        The course of the learning rate.
    decay : float, optional
        Weight decay of kernels and dense weights; 0.0005 for SGD and 0.01 for
        AdamW when left out.
    smoothing : float
        Label smoothing, 0 for none.
    averaging : float
        Keep a running average of the weights that forgets 1 - `averaging` of
        itself at each step, at first 9 / (10 + steps), and use it in the end;
        0 for none.
    augment : str
        Changes to the pictures, such as ``shift:2,flip``.
    patience : int, optional
        Stop after so many epochs without a better validation.

    Raises
    ------
    EdgewiseError
        If a setting makes no sense.
    """

    epochs: int
    batch: int = 64
    seed: int = 0
    optimizer: str = "sgd"
    rate: float | None = None
    schedule: str = "one-cycle"
    decay: float | None = None
    smoothing: float = 0.0
    averaging: float = 0.0
    augment: str = ""
    patience: int | None = None

    def __post_init__(self):
        for name, known in (("optimizer", OPTIMIZERS), ("schedule", SCHEDULES)):
            if (value := getattr(self, name)) not in known:
                raise EdgewiseError(f'no {name} "{value}"{suggest(value, known)}')
        for name, low, high, words in LIMITS:
            value = getattr(self, name)
            if value is not None and not (low <= value < high):
                raise EdgewiseError(f"{name} is {value}; it is {words}")
        for name, default in (("rate", DEFAULT_RATE), ("decay", DEFAULT_DECAY)):
            if getattr(self, name) is None:
                object.__setattr__(self, name, default[self.optimizer])
        object.__setattr__(self, "augment", self.augmentation.text)

    @property
    def augmentation(self) -> Augmentation:
        """The changes to the pictures."""
        return Augmentation.from_text(self.augment)

    def rate_at(self, step: int, steps: int) -> float:
        """Return the learning rate of a step, counted from 0, of a training of `steps`."""
        return (self.rate or 0.0) * SCHEDULES[self.schedule]((step + 0.5) / steps)

    def to_dict(self) -> dict:
        """Return the settings, ready for JSON."""
        return asdict(self)


# name, least, below, in words
LIMITS = (
    ("epochs", 1, math.inf, "1 or more"),
    ("batch", 1, math.inf, "1 or more"),
    ("seed", 0, math.inf, "0 or more"),
    ("rate", 1e-12, 1e12, "above 0, and mostly below 1"),
    ("decay", 0, 1e12, "0 or more, and mostly below 1"),
    ("smoothing", 0, 1, "at least 0 and below 1"),
    ("averaging", 0, 1, "at least 0 and below 1"),
    ("patience", 1, math.inf, "1 or more"),
)
