"""What a training remembers of each epoch."""

import csv
import io
from dataclasses import dataclass, field

COLUMNS = (
    "epoch",
    "loss",
    "accuracy",
    "validation_loss",
    "validation_accuracy",
    "rate",
    "seconds",
)


@dataclass
class History:
    """The course of a training.

    Parameters
    ----------
    epochs : list of dict
        One an epoch: epoch (from 1), loss and accuracy while it was trained
        (with augmentation and dropout), validation_loss and
        validation_accuracy (None without validation pictures), rate (at its
        end), seconds.
    best : int
        The epoch whose weights the network has now.
    stopped : bool
        Whether the training ended early.
    """

    epochs: list[dict] = field(default_factory=list)
    best: int = 0
    stopped: bool = False

    def to_csv(self) -> str:
        """Return the epochs as CSV text with a header."""
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.epochs)
        return text.getvalue()
