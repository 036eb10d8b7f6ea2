"""Networks that have a name."""

from ...filters.grammar import Step, parse_chain

# Pooling comes before the rectifier: the maximum of rectified numbers is the
# rectified maximum, and a quarter of the numbers are left to rectify. Before
# batch norm, as in SMALL and QUICK, it is another network, and a cheaper one.
LENET5 = (
    "conv:6:5:padding=2,maxpool:2,relu,conv:16:5,maxpool:2,relu,"
    "flatten,dense:120,relu,dense:84,relu,dense:classes"
)
LENET5_1998 = (
    "conv:6:5:padding=2,scaledpool:2,scaledtanh,conv:16:5,scaledpool:2,scaledtanh,"
    "flatten,dense:120,scaledtanh,dense:84,scaledtanh,dense:classes"
)
SMALL = (
    "conv:24:3:padding=1:bias=no,maxpool:2,batchnorm,relu,"
    "conv:48:3:padding=1:bias=no,batchnorm,relu,"
    "conv:48:3:padding=1:bias=no,maxpool:2,batchnorm,relu,"
    "conv:64:3:padding=1:bias=no,batchnorm,relu,"
    "conv:64:3:padding=1:bias=no,batchnorm,relu,"
    "globalpool,dense:classes"
)
QUICK = (
    "conv:32:5:padding=2:bias=no,maxpool:2,batchnorm,relu,"
    "conv:64:3:padding=1:bias=no,maxpool:2,batchnorm,relu,"
    "conv:128:3:padding=1:bias=no,maxpool:2,batchnorm,relu,"
    "flatten,dropout:0.25,dense:classes"
)
ALEXNET = (
    "conv:96:11:stride=4,relu,localresponsenorm:alpha=0.0005,maxpool:3:stride=2,"
    "conv:256:5:padding=2:groups=2,relu,localresponsenorm:alpha=0.0005,maxpool:3:stride=2,"
    "conv:384:3:padding=1,relu,conv:384:3:padding=1:groups=2,relu,"
    "conv:256:3:padding=1:groups=2,relu,maxpool:3:stride=2,flatten,"
    "dropout:0.5,dense:4096,relu,dropout:0.5,dense:4096,relu,dense:classes"
)

TEXTS = {
    "lenet5": LENET5,
    "lenet5-1998": LENET5_1998,
    "small": SMALL,
    "quick": QUICK,
    "alexnet": ALEXNET,
}


ARCHITECTURES = (*TEXTS, "mlp")

# Below this a picture is too small for the three poolings of `quick` to leave much.
QUICK_SIDE = 24
# The digits of 1998 stood on 32x32 pixels, margins included; smaller ones get them here.
LENET_SIDE = 32


def default_network(size: tuple[int, int], channels: int) -> str:
    """Return the network for pictures of a size (rows, columns): `quick` for colour."""
    return "quick" if channels == 3 and min(size) >= QUICK_SIDE else "small"


def expand(text: str, shape: tuple[int, ...] | None = None) -> str:
    """Return the chain that a text stands for: its own, or that of a named network.

    Parameters
    ----------
    text : str
    shape : tuple of int, optional
        The input, (C, H, W): on 32x32 pixels and more ``lenet5-1998`` pads none.

    Raises
    ------
    ChainError
        If a named network is given settings it does not have.
    """
    first, *others = parse_chain(text)
    if others or first.name not in ARCHITECTURES:
        return text
    if first.name == "mlp":
        return _mlp(first)
    if first.values or first.options:
        raise first.error("a named network has no settings; write its chain to change it")
    large = shape is not None and min(shape[1:], default=0) >= LENET_SIDE
    if first.name == "lenet5-1998" and large:
        return LENET5_1998.replace(":padding=2", "", 1)
    return TEXTS[first.name]


def _mlp(step: Step) -> str:
    """Return dense layers of the given widths, rectified, then the classes."""
    if step.options or not all(width.isdecimal() for width in step.values):
        raise step.error("write the widths of the hidden layers, such as mlp:128:64")
    hidden = "".join(f"dense:{width},relu," for width in step.values)
    return f"flatten,{hidden}dense:classes"
