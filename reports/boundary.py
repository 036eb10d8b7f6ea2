"""Decision boundaries in the plane: what a hidden layer with an activation is good for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..models.cnn.layers import Dense, Sigmoid
from ..models.cnn.losses import softmax_cross_entropy
from ..models.cnn.network import Network
from ..models.cnn.training.optimizers import AdamW
from ..models.probabilities import softmax
from .figures import FAINT, INK, PALETTE, PAPER, figure, render, subplots
from .planar import POINT_SETS, TRIANGLE, Points, half_planes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 400
LINEAR, UNBENT, BENT = "dense:2", "dense:48,dense:2", "dense:48,relu,dense:2"
COLUMNS = {
    LINEAR: "One layer",
    UNBENT: "Two layers, no activation",
    BENT: "Two layers, a ReLU between",
}
BY_HAND = "Three perceptrons, set by hand"
STEPS, RATE = 800, 0.02
REACH, FINENESS = 1.75, 180
# How sharply a sigmoid must rise to be a perceptron's step, seen from afar.
STEEPNESS = 60.0


@dataclass(frozen=True, eq=False)
class Fit:
    """A network and the points it was made for."""

    points: str
    title: str
    network: Network
    accuracy: float


def fit_points(
    text: str, points: np.ndarray, classes: np.ndarray, *, steps: int = STEPS, seed: int = 0
) -> Network:
    """Train a network on points, all of them in every step.

    Parameters
    ----------
    text : str
        A chain of layers from 2 values to 2 scores.
    points : ndarray, (N, 2) float32
    classes : ndarray of int, (N,)
    steps, seed : int

    Returns
    -------
    Network
    """
    network = Network.from_spec(text, (2,), seed=seed)
    optimizer, no_decay = AdamW(), np.zeros_like(network.vector)
    for step in range(steps):
        scores = network.forward(points, training=True)
        _, dscores = softmax_cross_entropy(scores, classes)
        network.clear_gradients()
        network.backward(dscores)
        rate = RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
        optimizer.step(network.vector, network.tape.gradient, float(rate), no_decay)
    return network


def perceptrons(corners: np.ndarray = TRIANGLE) -> Network:
    """Return a network that finds a convex polygon, its weights set by hand.

    Parameters
    ----------
    corners : ndarray, (n, 2)
        Counter-clockwise.

    Returns
    -------
    Network
        A hidden unit for each side says whether a point lies on the inner side
        of it; the output counts whether all agree.
    """
    weight, bias = half_planes(corners)
    network = Network((2,), seed=None)
    network.add(Dense(len(corners)), name="sides")
    network.add(Sigmoid())
    network.add(Dense(2), name="all")
    arrays = network.parameters
    arrays["sides.weight"][:] = STEEPNESS * weight
    arrays["sides.bias"][:] = STEEPNESS * bias
    arrays["all.weight"][:] = [[0] * len(corners), [STEEPNESS] * len(corners)]
    arrays["all.bias"][:] = [0, -STEEPNESS * (len(corners) - 0.5)]
    return network


def accuracy(network: Network, points: np.ndarray, classes: np.ndarray) -> float:
    """Return the share of points that are named rightly."""
    return float(np.mean(network.forward(points).argmax(axis=1) == classes))


def fit_all(*, steps: int = STEPS, seed: int = 0) -> tuple[dict[str, Points], list[Fit]]:
    """Fit every network of the demonstration to every set of points.

    Returns
    -------
    sets : dict of str to (points, classes)
    fits : list of Fit
        Row by row of the picture.
    """
    random = np.random.default_rng(seed)
    sets = {name: make(POINTS, random) for name, make in POINT_SETS.items()}
    fits = [
        Fit(name, title, network, accuracy(network, points, classes))
        for name, (points, classes) in sets.items()
        for title, network in _networks(name, points, classes, steps, seed)
    ]
    return sets, fits


def _networks(name: str, points: np.ndarray, classes: np.ndarray, steps: int, seed: int):
    for text, title in COLUMNS.items():
        if name == "triangle" and text == BENT:
            yield BY_HAND, perceptrons()
        else:
            yield title, fit_points(text, points, classes, steps=steps, seed=seed)


def boundary_picture(sets: dict[str, Points], fits: list[Fit]) -> np.ndarray:
    """Draw decision regions: a row for each set of points, a column for each network.

    Parameters
    ----------
    sets, fits
        As `fit_all` returns them.

    Returns
    -------
    ndarray, (H, W, 3) uint8
    """
    page = figure(3.4 * len(COLUMNS), 3.55 * len(sets) + 0.7, dpi=100)
    page.suptitle(
        "A hidden layer bends the boundary, if there is an activation behind it",
        x=0.02, ha="left", fontsize=15, color=INK,
    )  # fmt: skip
    axes = subplots(page, len(sets), len(COLUMNS)).ravel()
    for place, fit in zip(axes, fits, strict=True):
        _draw(place, fit, *sets[fit.points])
    return render(page)


def _draw(axes: "Axes", fit: Fit, points: np.ndarray, classes: np.ndarray) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    shares = _shares(fit.network)
    # Paler than the points that lie on it.
    colours = LinearSegmentedColormap.from_list("regions", ["#bcd0e4", PAPER, "#f2cdb8"])
    extent = (-REACH, REACH, -REACH, REACH)
    axes.imshow(
        shares, extent=extent, origin="lower", cmap=colours, vmin=0, vmax=1,
        interpolation="bilinear",
    )  # fmt: skip
    if shares.min() < 0.5 < shares.max():
        axes.contour(shares, [0.5], extent=extent, colors=[INK], linewidths=1.4)
    for number, colour in enumerate(PALETTE[:2]):
        own = points[classes == number]
        axes.scatter(own[:, 0], own[:, 1], s=9, color=colour, edgecolor="white", linewidth=0.3)
    axes.set_title(fit.title, loc="left", fontsize=11)
    axes.set_xlabel(f"{fit.points}: {fit.accuracy:.1%} right", loc="left", color=FAINT)
    axes.spines[:].set_visible(False)
    axes.set(xticks=[], yticks=[], xlim=(-REACH, REACH), ylim=(-REACH, REACH))


def _shares(network: Network) -> np.ndarray:
    """Return the probability of class 1 on a grid, (FINENESS, FINENESS), from below."""
    ticks = np.linspace(-REACH, REACH, FINENESS, dtype=np.float32)
    x, y = np.meshgrid(ticks, ticks)
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    return softmax(network.forward(points))[:, 1].reshape(x.shape)
