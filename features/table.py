"""The feature table: what extraction gives, files hold and classifiers learn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..images.errors import DataError
from .config import HogConfig
from .input_index import index_rows

# Characters of a name, a label or a reason: more than any path has.
LONGEST_TEXT = 1 << 16


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """HoG vectors of many pictures, and all that is needed to make more like them.

    Parameters
    ----------
    X : ndarray, (N, n) float32
        One vector a row, in the order of the inputs.
    names : tuple of str
        The N pictures.
    labels : tuple of str or None
        Their N labels, if they have any.
    classes : tuple of str
        The distinct labels, in natural order; empty without labels.
    config : HogConfig
    size : (int, int)
        Rows and columns of every picture that HoG saw.
    channels : int
        1 if all pictures were gray or made gray, 3 if colour was kept.
    failed : tuple of (str, str)
        Inputs that have no row: name and reason.
    inputs : ndarray, (M, 4) int, optional
        Of each input, failed or not: its row in X, the number of its label in
        `classes`, width, height; see `index`.

    Raises
    ------
    DataError
        If the parts do not fit together.
    """

    X: np.ndarray
    names: tuple[str, ...]
    labels: tuple[str, ...] | None
    classes: tuple[str, ...]
    config: HogConfig
    size: tuple[int, int]
    channels: int = 1
    failed: tuple[tuple[str, str], ...] = ()
    inputs: np.ndarray | None = None

    def __post_init__(self) -> None:
        check_shape(self.X.shape, len(self.names), self.config, self.size)
        if self.channels not in (1, 2, 3, 4):
            raise DataError(f"there are no pictures of {self.channels} channels")
        if self.labels is not None and len(self.labels) != len(self.names):
            raise DataError(f"{len(self.labels)} labels for {len(self.names)} pictures")
        failed = [text for pair in self.failed for text in pair]
        for texts in (self.names, self.labels or (), self.classes, failed):
            _check_texts(texts)
        if unknown := set(self.labels or ()) - set(self.classes):
            raise DataError(f'the label "{min(unknown)}" is none of the classes')
        if self.inputs is not None:
            _check_inputs(self.inputs, len(self.names), len(self.failed), len(self.classes))

    @property
    def index(self) -> list[dict[str, Any]]:
        """Every input, failed ones too: name, label, width, height, status and reason.

        Empty where rows are not inputs, as windows.
        """
        if self.inputs is None:
            return []
        return index_rows(self.inputs, self.names, self.failed, self.classes)

    def __len__(self) -> int:
        return len(self.names)


def check_shape(
    shape: tuple[int, ...], pictures: int, config: HogConfig, size: tuple[int, int]
) -> None:
    """Raise DataError unless vectors of a shape are those of so many pictures of a size."""
    length = config.length(*size)
    if shape != (pictures, length):
        raise DataError(
            f"{pictures} pictures with these HoG settings have {length} values each, "
            f"but the table's shape is {shape}"
        )


def _check_texts(texts: Sequence[str]) -> None:
    longest = max(map(len, texts), default=0)
    if longest > LONGEST_TEXT:
        raise DataError(f"a name of {longest:,} characters; there may be {LONGEST_TEXT:,}")
    try:
        # A file name's stray bytes are halves of characters that can be written.
        "".join(texts).encode(errors="surrogateescape")
    except UnicodeEncodeError:
        raise DataError("a name holds half a character (a lone surrogate)") from None


def _check_inputs(inputs: np.ndarray, pictures: int, failed: int, classes: int) -> None:
    """Raise DataError unless each picture has its row, in order, and no other number is wild."""
    good = inputs.ndim == 2 and inputs.shape == (pictures + failed, 4) and inputs.dtype.kind == "i"
    if good and len(inputs):
        rows, labels = inputs[:, 0], inputs[:, 1]
        good = (
            np.array_equal(rows[rows >= 0], np.arange(pictures))
            and labels.min() >= -1
            and labels.max() < classes
        )
    if not good:
        raise DataError("the index of inputs does not fit the pictures")
