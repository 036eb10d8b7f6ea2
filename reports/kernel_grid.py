"""What a network has learned to look for: the kernels of its first layer."""

import numpy as np

from ..images.errors import EdgewiseError
from ..models.cnn.model import CnnModel
from ..models.cnn.network import Network, Node
from .page import PAGE_WIDTH, Section, around_zero, enlarged, grid, stacked

MOST_KERNELS = 256


def kernels_picture(model: CnnModel) -> np.ndarray:
    """Draw the kernels of a network's first layer.

    Parameters
    ----------
    model : CnnModel

    Returns
    -------
    ndarray, (H, W, 3) uint8
        Gray for one input channel, in colour for three; all kernels on one
        scale, which is symmetric around 0. Of a network without convolutions
        the first dense layer's weights, laid out as the picture they look at.

    Raises
    ------
    EdgewiseError
        If no layer looks at the picture itself.
    """
    node, kernels = first_kernels(model.network)
    shown = kernels[:MOST_KERNELS]
    most = float(np.abs(kernels).max())
    side = 40 if len(shown) > 128 else 64 if len(shown) > 24 else 100
    tiles = [enlarged(around_zero(_as_picture(kernel), most), side) for kernel in shown]
    columns = min(_columns(len(tiles)), max(1, PAGE_WIDTH // (tiles[0].shape[1] + 6)))
    labels = [str(number + 1) for number in range(len(tiles))]
    tall, wide = kernels.shape[2:]
    count = f"{len(kernels)} kernels of {tall} x {wide}"
    if len(shown) < len(kernels):
        count = f"the first {len(shown)} of {count}"
    channels = "" if kernels.shape[1] == 1 else " in three colours"
    note = f"{count}{channels}; gray is 0, white +{most:.2g}, black -{most:.2g}"
    if kernels.shape[1] == 3:
        note = f"{count}{channels}; middle gray is 0, each colour from -{most:.2g} to +{most:.2g}"
    picture = grid(tiles, columns=columns, labels=labels)
    return stacked(f"{node.name}: {node.layer.text}", note, [Section("", picture)])


def _as_picture(kernel: np.ndarray) -> np.ndarray:
    """Return (C, KH, KW) as (KH, KW) or (KH, KW, 3)."""
    return kernel[0] if len(kernel) == 1 else np.moveaxis(kernel, 0, 2)


def _columns(count: int) -> int:
    """Return about half as many columns again as rows, such that rows are full if they can be."""
    wanted = max(1, round(np.sqrt(1.5 * count)))
    near = [n for n in range(wanted, 2 * wanted + 1) if count % n == 0]
    return near[0] if near else wanted


def first_kernels(network: Network) -> tuple[Node, np.ndarray]:
    """Return the first layer with kernels, and these (F, C, KH, KW), C 1 or 3.

    Raises
    ------
    EdgewiseError
        If no layer looks at the picture itself.
    """
    for node in network.nodes:
        weight = network.parameters.get(f"{node.owner}.weight")
        if weight is None or weight.ndim not in (2, 4):
            continue
        kernels = weight if weight.ndim == 4 else _templates(network, node, weight)
        if kernels.shape[1] in (1, 3):
            return node, kernels
        break
    raise EdgewiseError(
        "the network has no kernels to show: its first weights are not of a picture with 1 or 3 "
        "channels"
    )


def _templates(network: Network, node: Node, weight: np.ndarray) -> np.ndarray:
    """Return dense weights (out, in) as pictures (out, C, H, W)."""
    shape = node.input_shapes[0]
    while len(shape) == 1 and node.inputs[0] != "input":
        node = network.node(node.inputs[0])
        shape = node.input_shapes[0]
        if node.layer.kind == "flatten":
            return weight.reshape(len(weight), *shape)
    return weight[:, :, None, None]
