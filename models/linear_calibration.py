"""Scores to probabilities, each class against the rest, then shared out to sum to 1."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from .fields import whole

NEWTON_STEPS = 100
STEEPEST = 1e-7


@dataclass(frozen=True, eq=False)
class Platt:
    """A logistic curve for each class: ``1 / (1 + exp(-(slope score + offset)))``.

    Parameters
    ----------
    slope, offset : ndarray, (classes,) float32

    References
    ----------
    J. Platt, "Probabilistic outputs for support vector machines", 1999.
    """

    slope: np.ndarray
    offset: np.ndarray

    def apply(self, scores: np.ndarray) -> np.ndarray:
        """Return probabilities (N, classes) float32 of scores."""
        # Half a tanh does not overflow, whatever the score.
        return shared_out(0.5 + 0.5 * np.tanh(0.5 * (scores * self.slope + self.offset)))

    def describe(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Return facts for JSON, and arrays."""
        arrays = {"calibration.slope": self.slope, "calibration.offset": self.offset}
        return {"name": "platt"}, arrays


@dataclass(frozen=True, eq=False)
class Isotonic:
    """A rising line through points for each class, level beyond them.

    Parameters
    ----------
    scores, probabilities : tuple of ndarray, (points,) float32
        For each class, its points in rising order.

    References
    ----------
    B. Zadrozny and C. Elkan, "Transforming classifier scores into accurate
    multiclass probability estimates", KDD 2002.
    """

    scores: tuple[np.ndarray, ...]
    probabilities: tuple[np.ndarray, ...]

    def apply(self, scores: np.ndarray) -> np.ndarray:
        """Return probabilities (N, classes) float32 of scores."""
        columns = [
            np.interp(scores[:, k], points, values)
            for k, (points, values) in enumerate(zip(self.scores, self.probabilities, strict=True))
        ]
        return shared_out(np.stack(columns, axis=1).astype(np.float32))

    def describe(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Return facts for JSON, and arrays."""
        facts = {"name": "isotonic", "points": [len(points) for points in self.scores]}
        return facts, {
            "calibration.scores": np.concatenate(self.scores),
            "calibration.probabilities": np.concatenate(self.probabilities),
        }


Calibration: TypeAlias = Platt | Isotonic


def shared_out(values: np.ndarray) -> np.ndarray:
    """Divide every row by its sum; a row of zeros is shared out evenly."""
    total = values.sum(axis=1, keepdims=True)
    even = np.full_like(values, 1 / values.shape[1])
    return np.divide(values, total, out=even, where=total > 0)


def calibrate(method: str, scores: np.ndarray, y: np.ndarray, share: np.ndarray) -> Calibration:
    """Fit a calibration to scores of rows that the classifier did not learn from.

    Parameters
    ----------
    method : {'platt', 'isotonic'}
    scores : ndarray, (N, classes)
    y : ndarray, (N,) int
    share : ndarray, (N,)
        How much every row counts.
    """
    classes = range(scores.shape[1])
    if method == "platt":
        both = [platt(scores[:, k], y == k, share) for k in classes]
        slope, offset = np.array(both, np.float32).T.copy()
        return Platt(slope, offset)
    points = [_isotonic(scores[:, k], y == k, share) for k in classes]
    return Isotonic(tuple(p[0] for p in points), tuple(p[1] for p in points))


def platt(scores: np.ndarray, positive: np.ndarray, share: np.ndarray) -> tuple[float, float]:
    """Return slope and offset of the logistic curve that suits scores best.

    Notes
    -----
    The targets are Platt's: not 0 and 1, but as far from them as so few
    examples let one be sure. Newton's steps are halved until they help, as
    H.-T. Lin, C.-J. Lin and R. Weng, "A note on Platt's probabilistic outputs
    for support vector machines", 2007.
    """
    many, few = float(share[positive].sum()), float(share[~positive].sum())
    target = np.where(positive, (many + 1) / (many + 2), 1 / (few + 2))
    design = np.stack([scores.astype(np.float64), np.ones(len(scores))], axis=1)
    at = np.array([0.0, np.log((many + 1) / (few + 1))])
    value = _cross_entropy(design @ at, target, share)
    for _ in range(NEWTON_STEPS):
        likely = 0.5 + 0.5 * np.tanh(0.5 * (design @ at))
        slope = design.T @ (share * (likely - target))
        if np.abs(slope).max() < STEEPEST * share.sum():
            break
        curvature = (design * (share * likely * (1 - likely))[:, None]).T @ design
        step = np.linalg.solve(curvature + 1e-12 * np.eye(2), slope)
        length = 1.0
        while length > 1e-10:
            tried = _cross_entropy(design @ (at - length * step), target, share)
            if tried <= value - 1e-4 * length * (slope @ step):
                break
            length /= 2
        else:
            break
        at, value = at - length * step, tried
    return float(at[0]), float(at[1])


def _cross_entropy(logits: np.ndarray, target: np.ndarray, share: np.ndarray) -> float:
    return float(share @ (np.logaddexp(0, logits) - target * logits))


def _isotonic(
    scores: np.ndarray, positive: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.isotonic import IsotonicRegression

    curve = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    curve.fit(scores.astype(np.float64), positive.astype(np.float64), sample_weight=share)
    return curve.X_thresholds_.astype(np.float32), curve.y_thresholds_.astype(np.float32)


def calibration_from_dict(
    settings: dict[str, Any], arrays: dict[str, np.ndarray], classes: int
) -> Calibration:
    """Return the calibration that `describe` described; raises ValueError or KeyError."""
    known = {"platt": ("slope", "offset"), "isotonic": ("scores", "probabilities")}
    if settings["name"] not in known:
        raise ValueError("its calibration makes no sense")
    names = known[settings["name"]]
    first, second = (arrays[f"calibration.{name}"] for name in names)
    lengths = [1] * classes if settings["name"] == "platt" else settings["points"]
    if not isinstance(lengths, list) or len(lengths) != classes:
        raise ValueError("its calibration makes no sense")
    lengths = [whole(length, "points") for length in lengths]
    usable = all(a.dtype == np.float32 and np.isfinite(a).all() for a in (first, second))
    right = first.shape == second.shape == (sum(lengths),)
    if not usable or not right:
        raise ValueError("its calibration makes no sense")
    if settings["name"] == "platt":
        return Platt(first, second)
    cuts = np.cumsum(lengths)[:-1]
    return Isotonic(tuple(np.split(first, cuts)), tuple(np.split(second, cuts)))
