"""The index of inputs: one row for each, the failed ones too, in the order they were given."""

from typing import Any

import numpy as np

from ..images.dataset import Dataset

# What is known of an input: its row in X, the number of its class (each -1 where
# there is none), and its width and height (0 where it could not be read).
COLUMNS = ("row", "label", "width", "height")


def inputs_of(
    dataset: Dataset, sizes: np.ndarray, kept: list[int], classes: tuple[str, ...]
) -> np.ndarray:
    """Return `COLUMNS` of every picture of a data set, (M, 4) int32.

    Parameters
    ----------
    dataset : Dataset
    sizes : ndarray, (M, 2)
        Rows and columns in the files.
    kept : list of int
        The numbers of the pictures that have a row in X, in the order of the rows.
    classes : tuple of str
    """
    inputs = np.full((len(dataset), 4), -1, np.int32)
    inputs[kept, 0] = np.arange(len(kept))
    if dataset.labels is not None:
        number = {name: n for n, name in enumerate(classes)}
        inputs[:, 1] = [number.get(label, -1) for label in dataset.labels]
    inputs[:, 2:] = sizes[:, ::-1]
    return inputs


def index_rows(inputs: np.ndarray, names, failed, classes) -> list[dict[str, Any]]:
    """Return what is known of every input, as dictionaries.

    Parameters
    ----------
    inputs : ndarray, (M, 4) int
        `COLUMNS` of each.
    names : sequence of str
        Of the rows of X.
    failed : sequence of (str, str)
        Names and reasons of the inputs without a row, in their order.
    classes : sequence of str

    Returns
    -------
    list of dict
        name, label, width, height, status ("ok" or "failed") and reason.
    """
    reasons = iter(failed)
    return [_described(one, names, reasons, classes) for one in inputs.tolist()]


def _described(one: list[int], names, reasons, classes) -> dict[str, Any]:
    row, label, width, height = one
    name, reason = next(reasons) if row < 0 else (names[row], None)
    return {
        "name": name,
        "label": classes[label] if label >= 0 else None,
        "width": width or None,
        "height": height or None,
        "status": "failed" if row < 0 else "ok",
        "reason": reason,
    }
