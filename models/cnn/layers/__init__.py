"""The layers, each with its forward beside its backward."""

from .activations import LeakyRelu, Relu, ScaledTanh, Sigmoid, Tanh
from .addition import Add
from .base import Layer, Parameter, Shape, Use
from .convolution import Conv
from .dense import Dense, Flatten
from .dropout import Dropout
from .normalization import BatchNorm, LocalResponseNorm
from .pooling import AveragePool, GlobalPool, MaxPool, ScaledPool

__all__ = [
    "LAYERS",
    "Add",
    "AveragePool",
    "BatchNorm",
    "Conv",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalPool",
    "Layer",
    "LeakyRelu",
    "LocalResponseNorm",
    "MaxPool",
    "Parameter",
    "Relu",
    "ScaledPool",
    "ScaledTanh",
    "Shape",
    "Sigmoid",
    "Tanh",
    "Use",
]

LAYERS: dict[str, type[Layer]] = {
    layer.kind: layer
    for layer in (
        Conv,
        MaxPool,
        AveragePool,
        GlobalPool,
        ScaledPool,
        Dense,
        Flatten,
        Relu,
        LeakyRelu,
        Sigmoid,
        Tanh,
        ScaledTanh,
        BatchNorm,
        Dropout,
        LocalResponseNorm,
        Add,
    )
}
