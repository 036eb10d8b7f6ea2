"""What a chain's kernel steps take besides window settings: scaling, bias and anchor."""

from dataclasses import dataclass, fields

import numpy as np

from ..images.errors import EdgewiseError
from .correlation import as_kernel
from .kernel_text import GivenKernel

NORMALIZE = ("none", "sum", "abs")

# Sums below this share of the magnitudes' sum are float rounding of 0.
ZERO_SUM = 1e-5


@dataclass(frozen=True)
class KernelSettings:
    """How a step's kernel is changed before it runs.

    ``normalize=sum`` divides by the sum of the weights, and leaves kernels whose
    sum is 0 as they are; ``normalize=abs`` divides by the sum of magnitudes.
    Then weights are multiplied by `scale`. `bias` is added to every result.
    ``anchor=X:Y`` says which of the kernel's positions, counted from 0 at its
    left and top, lies on the pixel.
    """

    normalize: str = "none"
    scale: float = 1.0
    bias: float = 0.0
    anchor: str = ""

    def __post_init__(self) -> None:
        if self.normalize not in NORMALIZE:
            raise EdgewiseError(f"normalize={self.normalize} is not one of {', '.join(NORMALIZE)}")
        for name in ("scale", "bias"):
            if not np.isfinite(getattr(self, name)):
                raise EdgewiseError(f"{name}={getattr(self, name)} is not a finite number")

    @classmethod
    def names(cls) -> list[str]:
        """Return the keys that a chain may set."""
        return [field.name for field in fields(cls)]

    def apply(self, given: GivenKernel) -> GivenKernel:
        """Return the kernel as it runs."""
        weights = as_kernel(given.weights).astype(np.float64)
        factor = self.scale / divisor(weights, self.normalize)
        weights = as_kernel(weights * factor)
        anchor = self._anchor(weights.shape) if self.anchor else given.anchor
        return GivenKernel(weights, given.bias + self.bias, anchor)

    def _anchor(self, shape: tuple[int, int]) -> tuple[int, int]:
        x, colon, y = self.anchor.partition(":")
        if not (colon and x.isdecimal() and y.isdecimal()):
            raise EdgewiseError(
                f"anchor={self.anchor} is not a column and a row, counted from 0, as in anchor=1:0"
            )
        if int(x) >= shape[1] or int(y) >= shape[0]:
            raise EdgewiseError(
                f"anchor={self.anchor} lies outside the kernel, which has {shape[1]} columns and "
                f"{shape[0]} rows, counted from 0"
            )
        return int(y), int(x)


def is_zero_sum(weights: np.ndarray) -> bool:
    """Say whether weights add up to 0, but for rounding."""
    weights = np.asarray(weights, np.float64)
    return bool(abs(weights.sum()) <= ZERO_SUM * np.abs(weights).sum())


def divisor(weights: np.ndarray, normalize: str) -> float:
    """Return what a normalisation divides by; 1 for kernels that it leaves alone."""
    if normalize == "sum":
        return 1.0 if is_zero_sum(weights) else float(weights.sum())
    if normalize == "abs":
        return float(np.abs(weights).sum()) or 1.0
    return 1.0
