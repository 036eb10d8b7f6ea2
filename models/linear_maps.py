"""Explicit feature maps: a linear model on them is about a kernel machine.

Nyström's takes the similarity to some training vectors (landmarks) as the new
values, additive chi-squared's takes every value apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..images.errors import DataError, EdgewiseError
from .fields import positive, whole
from .linear_rows import Rows, blocks
from .linear_threads import in_order, single_blas

# Distance of the frequencies that the chi-squared kernel's spectrum is sampled
# at, by the number of samples: Vedaldi and Zisserman's, as in scikit-learn.
INTERVALS = {1: 0.8, 2: 0.5, 3: 0.4}

# Directions in which the landmarks differ less than this, relative to the
# strongest, hold rounding errors.
LEAST_EIGENVALUE = 1e-6


@dataclass(frozen=True, eq=False)
class Nystroem:
    """Similarity ``exp(-gamma |x - l|^2)`` to each landmark l.

    Parameters
    ----------
    landmarks : ndarray, (m, n) float32
    gamma : float

    References
    ----------
    C. Williams and M. Seeger, "Using the Nyström method to speed up kernel
    machines", NIPS 2001.
    """

    landmarks: np.ndarray
    gamma: float

    @property
    def length(self) -> int:
        """Values of a mapped vector."""
        return len(self.landmarks)

    @property
    def source(self) -> int:
        """Values of a vector to be mapped."""
        return self.landmarks.shape[1]

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Map vectors (N, n) float32 to (N, m) float32."""
        squares = np.einsum("ij,ij->i", self.landmarks, self.landmarks)
        similar = X @ self.landmarks.T
        similar *= 2
        similar -= squares
        similar -= np.einsum("ij,ij->i", X, X)[:, None]
        similar *= np.float32(self.gamma)
        return np.exp(np.minimum(similar, 0, out=similar), out=similar)

    def basis(self) -> np.ndarray:
        """Return what makes products of mapped vectors the kernel, (m, rank) float32."""
        kernel = self.apply(self.landmarks).astype(np.float64)
        values, vectors = np.linalg.eigh((kernel + kernel.T) / 2)
        kept = values > LEAST_EIGENVALUE * values[-1]
        return (vectors[:, kept] / np.sqrt(values[kept])).astype(np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings, ready for JSON."""
        return {"name": "nystroem", "gamma": self.gamma}


@dataclass(frozen=True, eq=False)
class AdditiveChi2:
    """Values ``sqrt(x)`` times cosines of ``log(x)``: sums of 2ab/(a+b) as products.

    Parameters
    ----------
    source : int
        Values of a vector, none of them negative.
    steps : int
        1, 2 or 3; each value becomes 2 steps - 1.

    References
    ----------
    A. Vedaldi and A. Zisserman, "Efficient additive kernels via explicit
    feature maps", PAMI 2012, doi:10.1109/TPAMI.2011.153.
    """

    source: int
    steps: int = 2

    @property
    def length(self) -> int:
        """Values of a mapped vector."""
        return self.source * (2 * self.steps - 1)

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Map vectors (N, n) float32 to (N, (2 steps - 1) n) float32."""
        if X.min(initial=0) < 0:
            raise DataError("additive chi-squared needs values of at least 0; use --kernel-map rbf")
        interval = INTERVALS[self.steps]
        mapped = np.zeros((len(X), self.length), np.float32)
        width, filled = self.source, X > 0
        root = np.sqrt(X)
        mapped[:, :width] = root * np.float32(np.sqrt(interval))
        angle = np.log(X, out=np.zeros_like(X), where=filled) * np.float32(interval)
        for step in range(1, self.steps):
            strength = root * np.float32(np.sqrt(2 * interval / np.cosh(np.pi * interval * step)))
            at = (2 * step - 1) * width
            mapped[:, at : at + width] = strength * np.cos(step * angle)
            mapped[:, at + width : at + 2 * width] = strength * np.sin(step * angle)
        return mapped

    def to_dict(self) -> dict[str, Any]:
        """Return the settings, ready for JSON."""
        return {"name": "chi2", "steps": self.steps, "source": self.source}


KernelMap: TypeAlias = Nystroem | AdditiveChi2


def choose_nystroem(
    X: Rows, count: int, gamma: float | None, seed: int, rows: np.ndarray | None = None
) -> Nystroem:
    """Draw landmarks among the rows of X.

    Parameters
    ----------
    X : rows, (N, n) float32
    count : int
        Landmarks; all rows where there are fewer.
    gamma : float, optional
        Two over the mean squared distance between landmarks when left out:
        the setting that measured best.
    seed : int
    rows : ndarray of bool, (N,), optional
        Which rows may be drawn; all when left out.
    """
    places = np.random.default_rng(seed).permutation(len(X))
    places = (places if rows is None else places[rows[places]])[:count]
    landmarks = np.concatenate([X[int(i) : int(i) + 1] for i in np.sort(places)])
    if gamma is None:
        centred = landmarks - landmarks.mean(axis=0)
        spread = float(np.einsum("ij,ij->", centred, centred, dtype=np.float64)) / len(landmarks)
        gamma = GAMMA_OF_SPREAD / (2 * spread) if spread else 1.0
    return Nystroem(np.ascontiguousarray(landmarks, np.float32), float(gamma))


# gamma times the mean squared distance; found on held-out training pictures.
GAMMA_OF_SPREAD = 1.0


def parse_map(text: str) -> tuple[str, int, float | None]:
    """Return kind, number and gamma in ``rbf:2000:0.02``, ``rbf``, ``chi2`` or ``chi2:3``.

    Raises
    ------
    EdgewiseError
        If it is written otherwise.
    """
    name, *words = text.split(":")
    least, most, usual = {"rbf": (2, 20_000, 1000), "chi2": (1, 3, 2)}.get(name, (0, 0, 0))
    number = usual if not words else int(words[0]) if words[0].isdecimal() else 0
    gamma = _gamma(words[1]) if len(words) > 1 else None
    spare = len(words) > (2 if name == "rbf" else 1)
    if not least or not least <= number <= most or spare or (len(words) > 1 and gamma is None):
        raise EdgewiseError(
            f'no kernel map "{text}"; write rbf, rbf:LANDMARKS (up to 20,000), '
            "rbf:LANDMARKS:GAMMA, chi2 or chi2:STEPS (1 to 3)"
        )
    return name, number, gamma


def _gamma(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None


def mapped(
    X: Rows, apply: Callable[[np.ndarray], np.ndarray], length: int, jobs: int | None = None
) -> np.ndarray:
    """Return all rows mapped, in memory or, where that is too small, in a temporary file."""
    out = _room(len(X), length)
    # Small blocks, because a mapped one may be three times as wide.
    parts = blocks(X, 512)

    def one(part: slice) -> tuple[slice, np.ndarray]:
        return part, apply(X[part])

    with single_blas():
        for part, values in in_order(one, parts, jobs):
            out[part] = values
    return out


def _room(rows: int, columns: int) -> np.ndarray:
    from .room import memory

    there = memory()
    if 4 * rows * columns <= there // 2:
        return np.empty((rows, columns), np.float32)
    from tempfile import TemporaryFile

    # The array keeps the file, which has no name and is gone with it.
    with TemporaryFile() as file:
        return np.memmap(file, np.float32, "w+", shape=(rows, columns))


def map_from_dict(settings: dict[str, Any], arrays: dict[str, np.ndarray]) -> KernelMap:
    """Return the map that `to_dict` described; raises ValueError or KeyError."""
    if settings["name"] == "chi2":
        steps = whole(settings["steps"], "steps", most=max(INTERVALS))
        return AdditiveChi2(whole(settings["source"], "source"), steps)
    landmarks, gamma = arrays["landmarks"], positive(settings["gamma"], "gamma")
    usable = landmarks.ndim == 2 and landmarks.dtype == np.float32 and np.isfinite(landmarks).all()
    if settings["name"] != "nystroem" or not usable:
        raise ValueError("its kernel map makes no sense")
    return Nystroem(landmarks, gamma)
