"""A network as a table: a row for each layer."""

from math import prod

from ..models.cnn.network import Network
from .tables import aligned

HEADS = ("name", "layer", "output", "arrays", "weights", "multiply-adds")


def network_rows(network: Network) -> list[dict]:
    """Return what there is to say of each layer, ready for JSON.

    Parameters
    ----------
    network : Network

    Returns
    -------
    list of dict
        name, layer (as in a chain), inputs, output (shape without the batch),
        arrays (name to shape), weights (numbers that are learned), and
        multiply_adds (of one picture's forward pass). A layer that uses
        another one's weights has none of its own.
    """
    own = {node.name: node for node in network.nodes}
    return [
        {
            "name": name,
            "layer": text,
            "inputs": list(own[name].inputs),
            "output": list(shape),
            "arrays": _arrays(own[name]),
            "weights": weights,
            "multiply_adds": work,
        }
        for name, text, shape, weights, work in network.rows()
    ]


def _arrays(node) -> dict[str, list[int]]:
    if node.owner != node.name:
        return {}
    return {key: list(p.shape) for key, p in node.layer.wanted(*node.input_shapes).items()}


def network_text(network: Network) -> str:
    """Return a network as a table with totals."""
    rows = network_rows(network)
    words = [list(HEADS), ["input", "", _times(network.input_shape), "", "", ""]]
    before = ["input", *(row["name"] for row in rows[:-1])]
    words += [_words(row, last) for row, last in zip(rows, before, strict=True)]
    weights, work = (sum(row[key] for row in rows) for key in ("weights", "multiply_adds"))
    words.append(["total", "", "", "", f"{weights:,}", f"{work:,}"])
    lines = aligned(words, left=4).split("\n")
    rule = "-" * max(map(len, lines))
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def _words(row: dict, before: str) -> list[str]:
    # In a chain every layer's input is the line above; only branches need a word.
    branches = row["inputs"] != [before]
    layer = f"{row['layer']} of {' and '.join(row['inputs'])}" if branches else row["layer"]
    return [
        row["name"],
        layer,
        _times(row["output"]),
        ", ".join(_array(key, shape) for key, shape in row["arrays"].items()),
        f"{row['weights']:,}" if row["weights"] else "",
        f"{row['multiply_adds']:,}" if row["multiply_adds"] else "",
    ]


def _array(key: str, shape: list[int]) -> str:
    count = f" = {prod(shape):,}" if len(shape) > 1 else ""
    return f"{'' if key == 'weight' else key + ' '}{_times(shape)}{count}"


def _times(shape) -> str:
    return " x ".join(map(str, shape))
