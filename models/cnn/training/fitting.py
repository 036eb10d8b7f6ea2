"""Training a network: epochs of batches, each a step along the gradient."""

import math
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ....compiled.threads import at_most_threads
from ....images.errors import EdgewiseError
from ..losses import softmax_cross_entropy
from ..network import Network
from ..spec import to_dict
from .batches import Batches, Normalization
from .checking import checked
from .checkpoints import (
    digest,
    load_checkpoint,
    refuse_changes,
    refuse_other_arrays,
    save_checkpoint,
)
from .history import History
from .optimizers import OPTIMIZERS
from .settings import DEFAULT_RATE, TrainingSettings
from .shards import Gradients, scores_of

Labelled = tuple[np.ndarray, np.ndarray]


def fit(
    network: Network,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    normalization: Normalization | None = None,
    validation: Labelled | None = None,
    threads: int | None = None,
    checkpoint: str | os.PathLike | None = None,
    resume: bool = False,
    progress: Callable[[dict], object] | None = None,
    **settings,
) -> History:
    """Train a network on labelled pictures, in place.

    Parameters
    ----------
    network : Network
        Its output has one score a class.
    images : ndarray, (M, H, W[, C]) uint8
    labels : ndarray of int, (M,)
        Numbers of the classes, from 0.
    normalization : Normalization, optional
        Measured on the images when left out; `Normalization.of` gives the same.
    validation : (images, labels), optional
        Judged after each epoch. The network ends with the weights of the best
        epoch; without it, with the last ones.
    threads : int, optional
        One a core when left out. The result does not depend on it.
    checkpoint : path, optional
        Written after each epoch.
    resume : bool
        Go on from the checkpoint, to the same bytes.
    progress : callable, optional
        Told after every batch: a dict with epoch, epochs, done and count
        (pictures of the epoch), loss and accuracy (of the epoch so far).
    **settings
        Of `TrainingSettings`: epochs, batch, seed, optimizer, rate, schedule,
        decay, smoothing, averaging, augment, patience.

    Returns
    -------
    History

    Raises
    ------
    DivergedError
        If the loss is no number any more; the checkpoint is deleted.
    EdgewiseError
        If a setting makes no sense, or the checkpoint is of another training.
    DataError
        If images, labels and network do not fit.
    """
    chosen = TrainingSettings(**settings)
    images, labels = checked(network, images, labels)
    unseen = checked(network, *validation) if validation else None
    normal = normalization or Normalization.of(images)
    with at_most_threads(threads):
        training = Training(network, chosen, normal)
        if checkpoint:
            training.given = {
                "pictures": digest(images, labels),
                "validation pictures": digest(*unseen) if unseen else None,
                "network": to_dict(network),
                "normalization": digest(normal.mean, normal.deviation),
            }
        if resume and checkpoint:
            training.restore(checkpoint)
        try:
            while not training.over:
                training.epoch(images, labels, unseen, progress)
                if checkpoint:
                    training.save(checkpoint)
        except DivergedError:
            # Gone on with, it would come to the same end.
            if checkpoint:
                Path(checkpoint).unlink(missing_ok=True)
            raise
        training.finish()
    return training.history


class DivergedError(EdgewiseError):
    """Loss or weights are no finite numbers any more."""


class Training:
    """A training on its way.

    Parameters
    ----------
    network : Network
    settings : TrainingSettings
    normalization : Normalization
    """

    def __init__(self, network: Network, settings: TrainingSettings, normalization: Normalization):
        self.network, self.settings, self.normalization = network, settings, normalization
        self.history = History()
        self.optimizer = OPTIMIZERS[settings.optimizer]()
        self.gradients = Gradients(network, settings.smoothing)
        self.decay = network.decays * network.dtype.type(settings.decay or 0.0)
        self.average = network.vector.copy() if settings.averaging else None
        self.given: dict = {}
        self.best = self._weights()

    @property
    def over(self) -> bool:
        """Whether there is nothing left to do."""
        return self.history.stopped or len(self.history.epochs) >= self.settings.epochs

    def epoch(self, images, labels, validation: Labelled | None, progress) -> None:
        """Go through all pictures once, and judge what came of it."""
        started = time.perf_counter()
        number = len(self.history.epochs)
        seed = (self.settings.seed, number)
        batches = Batches(
            images, self.normalization, self.settings.augmentation, self.settings.batch, seed
        )
        row = {"epoch": number + 1} | self._steps(batches, labels, seed, progress)
        self._check_weights(number)
        row |= self._judge(validation)
        if not math.isfinite(row["validation_loss"] or 0.0):
            raise self._diverged("the validation loss is not a finite number", number)
        row["seconds"] = round(time.perf_counter() - started, 3)
        self.history.epochs.append(row)
        self._keep_best(validation is not None)

    def _steps(self, batches: Batches, labels, seed, progress) -> dict:
        epoch, steps = seed[1], len(batches)
        loss, right, done, rate = 0.0, 0, 0, 0.0
        for number in range(steps):
            size = len(batches.places(number))
            part, found, gradient = self.gradients.of(batches, labels, number, seed)
            if not math.isfinite(part):
                raise self._diverged("the loss is not a finite number", epoch, number)
            rate = self.settings.rate_at(epoch * steps + number, self.settings.epochs * steps)
            self._step(gradient, rate)
            loss, right, done = loss + part * size, right + found, done + size
            if progress:
                progress(
                    {
                        "epoch": epoch + 1,
                        "epochs": self.settings.epochs,
                        "done": done,
                        "count": len(labels),
                        "loss": loss / done,
                        "accuracy": right / done,
                    }
                )
        return {"loss": loss / done, "accuracy": right / done, "rate": rate}

    def _step(self, gradient: np.ndarray, rate: float) -> None:
        vector = self.network.vector
        self.optimizer.step(vector, gradient, rate, self.decay)
        if self.average is not None:
            self.average += vector.dtype.type(self._newest()) * (vector - self.average)

    def _newest(self) -> float:
        """Return how much of the running average of the weights is replaced now.

        At first more than later, so that a short training is rid of the weights
        it began with: TensorFlow's rule, ``(1 + steps) / (10 + steps)`` is kept at the most.
        """
        steps = self.optimizer.steps
        return max(1 - self.settings.averaging, 9 / (10 + steps))

    def _check_weights(self, epoch: int) -> None:
        weights = (self.network.vector, *self.network.state.values())
        if not all(np.isfinite(array).all() for array in weights):
            raise self._diverged("the weights are not finite numbers", epoch)

    def _diverged(self, what: str, epoch: int, number: int | None = None) -> DivergedError:
        batch = "" if number is None else f", batch {number + 1}"
        rate, optimizer = self.settings.rate or 0.0, self.settings.optimizer
        smaller = min(rate / 10, DEFAULT_RATE[optimizer])
        other = " or --optimizer adamw" if optimizer == "sgd" else ""
        return DivergedError(
            f"{what} any more, in epoch {epoch + 1}{batch}; try a smaller rate than {rate:g}, "
            f"such as --rate {smaller:g}{other}"
        )

    def _weights(self) -> dict[str, np.ndarray]:
        """Return copies of the arrays that make a model."""
        vector = self.network.vector if self.average is None else self.average
        return {"vector": vector.copy()} | {
            f"state.{name}": array.copy() for name, array in self.network.state.items()
        }

    def _use(self, weights: dict[str, np.ndarray]) -> None:
        self.network.vector[:] = weights["vector"]
        for name, array in self.network.state.items():
            array[:] = weights[f"state.{name}"]

    def _judge(self, validation: Labelled | None) -> dict:
        if validation is None:
            return {"validation_loss": None, "validation_accuracy": None}
        images, labels = validation
        training = self._weights() | {"vector": self.network.vector.copy()}
        self._use(self._weights())
        scores = scores_of(self.network, images, self.normalization)
        self._use(training)
        loss, _ = softmax_cross_entropy(scores, labels)
        right = float(np.mean(scores.argmax(axis=1) == labels))
        return {"validation_loss": loss, "validation_accuracy": right}

    def _keep_best(self, judged: bool) -> None:
        def quality(row: dict) -> tuple[float, float]:
            return row["validation_accuracy"], -row["validation_loss"]

        rows, now = self.history.epochs, self.history.epochs[-1]
        if judged and self.history.best and quality(now) <= quality(rows[self.history.best - 1]):
            patience = self.settings.patience
            self.history.stopped = patience is not None and (
                now["epoch"] - self.history.best >= patience
            )
            return
        self.history.best = now["epoch"]
        self.best = self._weights()

    def finish(self) -> None:
        """Give the network the weights of the best epoch."""
        self._use(self.best)

    def save(self, path: str | os.PathLike) -> None:
        """Write a checkpoint."""
        memory = {f"memory.{name}": array for name, array in self.optimizer.memory.items()}
        facts = {
            "settings": self.settings.to_dict(),
            "given": self.given,
            "epochs": self.history.epochs,
            "best": self.history.best,
            "stopped": self.history.stopped,
            "steps": self.optimizer.steps,
        }
        save_checkpoint(path, self._arrays() | memory, facts)

    def _arrays(self) -> dict[str, np.ndarray]:
        """Return what a checkpoint holds beside the optimizer's memory."""
        arrays = {"vector": self.network.vector}
        arrays |= {f"state.{name}": array for name, array in self.network.state.items()}
        arrays |= {f"best.{name}": array for name, array in self.best.items()}
        return arrays if self.average is None else arrays | {"average": self.average}

    def restore(self, path: str | os.PathLike) -> None:
        """Go back to where a checkpoint was written."""
        if not Path(path).exists():
            return
        arrays, facts = load_checkpoint(path)
        now = {"settings": self.settings.to_dict(), "given": self.given}
        refuse_changes(path, facts, now)
        memory = dict.fromkeys(self.optimizer.remembers, self.network.vector)
        like = {f"memory.{name}": array for name, array in memory.items()}
        refuse_other_arrays(path, arrays, self._arrays() | like)
        self._use(arrays)
        self.best = _under("best.", arrays)
        self.optimizer.memory = _under("memory.", arrays)
        self.optimizer.steps = facts["steps"]
        if self.average is not None:
            self.average = arrays["average"]
        self.history = History(facts["epochs"], facts["best"], facts["stopped"])


def _under(start: str, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {n.removeprefix(start): a.copy() for n, a in arrays.items() if n.startswith(start)}
