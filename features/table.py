"""The feature table: what extraction gives, files hold and classifiers learn from."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..images.errors import DataError
from .config import HogConfig
from .input_index import index_rows


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
        length = self.config.length(*self.size)
        if self.X.shape != (len(self.names), length):
            raise DataError(
                f"{len(self.names)} pictures with these HoG settings have {length} values each, "
                f"but the table's shape is {self.X.shape}"
            )
        if self.labels is not None and len(self.labels) != len(self.names):
            raise DataError(f"{len(self.labels)} labels for {len(self.names)} pictures")
        if unknown := set(self.labels or ()) - set(self.classes):
            raise DataError(f'the label "{min(unknown)}" is none of the classes')

        if self.inputs is not None and len(self.inputs) != len(self.names) + len(self.failed):
            raise DataError("the index of inputs does not fit the pictures")

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
