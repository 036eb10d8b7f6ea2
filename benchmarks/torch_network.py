"""The same network in PyTorch, from the same text."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from edgewise.models.cnn import Network

# By name, so that everything else can be checked where PyTorch is missing.
torch: Any = import_module("torch") if find_spec("torch") else None
nn = torch and torch.nn


def torch_network(network: Network) -> Any:
    """Return a torch.nn.Sequential of the same layers with the same weights.

    Parameters
    ----------
    network : Network
        A chain of the layers below.
    """
    modules = nn.Sequential(*(_module(node) for node in network.nodes))
    with torch.no_grad():
        for node, module in zip(network.nodes, modules, strict=True):
            for name, array in network.parameters.items():
                owner, _, kind = name.partition(".")
                if owner == node.name:
                    getattr(module, kind).copy_(torch.from_numpy(array.copy()))
    return modules


def _module(node) -> Any:
    layer, shape = node.layer, node.input_shapes[0]
    makers = {
        "conv": lambda: nn.Conv2d(
            shape[0], layer.filters, layer.kernel, layer.stride, layer.padding,
            layer.dilation, layer.groups, layer.bias,
        ),
        "maxpool": lambda: nn.MaxPool2d(layer.size, layer.stride, layer.padding),
        "avgpool": lambda: nn.AvgPool2d(layer.size, layer.stride, layer.padding),
        "globalpool": lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        "dense": lambda: nn.Linear(shape[0], layer.units, layer.bias),
        "flatten": nn.Flatten,
        "relu": nn.ReLU,
        "batchnorm": lambda: (nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d)(shape[0]),
        "dropout": lambda: nn.Dropout(layer.rate),
    }  # fmt: skip
    return makers[layer.kind]()
