"""What a picture becomes on its way through a network."""

from collections.abc import Collection, Sequence

import numpy as np

from ..images.errors import EdgewiseError
from ..models.cnn.model import CnnModel
from ..models.cnn.network import Node
from ..models.probabilities import softmax
from .page import Section, around_zero, enlarged, from_zero, grid, stacked

MAPS = 16
# Pixels of a map's longer side: about that, and as whole pixels where it is enlarged.
SIDE, INPUT_SIDE = 84, 168
UNIT, UNITS_A_ROW, MOST_UNITS = 12, 60, 600


def features_picture(
    model: CnnModel,
    image: np.ndarray,
    *,
    name: str = "input",
    layers: Collection[str] = (),
    maps: int = MAPS,
) -> np.ndarray:
    """Draw the feature maps of each layer.

    Parameters
    ----------
    model : CnnModel
    image : ndarray, (H, W) or (H, W, C)
        Any picture; it is adapted to the model.
    name : str
        What the picture is called in the heading.
    layers : collection of str
        Names of the layers to show; when left out all but flatten and dropout,
        which change nothing.
    maps : int
        How many channels of a layer are shown at most.

    Returns
    -------
    ndarray, (H, W, 3) uint8
        Every map has its own scale: black is 0 and white its largest value, or,
        where there are values below 0, gray is 0 and the scale is symmetric.

    Raises
    ------
    EdgewiseError
        If there is no layer of such a name.
    """
    nodes = _chosen(model, layers)
    seen = model.prepare(image)
    values, shares = activations(model, seen)
    sections = [_input_section(seen)]
    sections += [_section(node, values[node.name], maps) for node in nodes]
    best = np.argsort(shares)[::-1][:3]
    answer = ", ".join(f"{model.classes[i]} {shares[i]:.1%}" for i in best)
    note = "each map on its own scale: black 0, white its maximum; with values below 0, gray is 0"
    return stacked(f"{name}: {answer}", note, sections)


def activations(model: CnnModel, seen: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the output of every layer, and the probability of every class.

    Parameters
    ----------
    model : CnnModel
    seen : ndarray, (H, W, C) uint8
        As `model.prepare` gives it.

    Returns
    -------
    values : dict of str to ndarray
        (C, H, W) or (features,) by the layer's name.
    shares : ndarray, (classes,) float32
    """
    normal = model.normalization
    x = np.moveaxis((seen - normal.mean) / normal.deviation, 2, 0)[None].astype(np.float32)
    # A model's weights may be too large; its maps then hold infinities.
    with np.errstate(all="ignore"):
        scores = model.network.forward(x)
    values = {name: value[..., 0].copy() for name, value in model.network.tape.values.items()}
    return values, softmax(scores)[0]


def _chosen(model: CnnModel, layers: Collection[str]) -> Sequence[Node]:
    if layers:
        return [model.network.node(name) for name in layers]
    return [n for n in model.network.nodes if n.layer.kind not in ("flatten", "dropout")]


def _input_section(seen: np.ndarray) -> Section:
    rows, columns, channels = seen.shape
    picture = enlarged(seen[..., 0] if channels == 1 else seen, INPUT_SIDE)
    return Section("input", picture, f"{channels} x {rows} x {columns}")


def _section(node: Node, values: np.ndarray, most: int) -> Section:
    if most < 1:
        raise EdgewiseError(f"{most} maps are too few; show 1 or more")
    if values.ndim == 1:
        picture, shown = _units(values), min(len(values), MOST_UNITS)
    else:
        maps = [enlarged(_shade(one), SIDE) for one in values[:most]]
        picture, shown = grid(maps, columns=8), len(maps)
    shape = " x ".join(map(str, node.shape))
    note = f"{node.layer.text}, {shape}{' values' if values.ndim == 1 else ''}"
    if shown < len(values):
        note += f", the first {shown} shown"
    return Section(node.name, picture, note)


def _shade(values: np.ndarray) -> np.ndarray:
    shade = around_zero if values.min() < 0 else from_zero
    return shade(values, float(np.abs(values).max()))


def _units(values: np.ndarray) -> np.ndarray:
    """Return a vector as rows of squares, all on one scale."""
    squares = _shade(values[:MOST_UNITS])
    return grid(
        [np.full((UNIT, UNIT), square, np.uint8) for square in squares],
        columns=UNITS_A_ROW,
        gap=2,
    )
