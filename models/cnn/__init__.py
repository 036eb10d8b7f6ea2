"""Convolutional networks: kernels that are learned, forward and backward written out."""

from importlib import import_module

_MODULE_OF_NAME = {
    "ARCHITECTURES": "architectures",
    "CnnModel": "model",
    "Network": "network",
    "fit": "training.fitting",
    "Normalization": "training.batches",
    "mean_squared_error": "losses",
    "softmax_cross_entropy": "losses",
    **dict.fromkeys(
        (
            "Add",
            "AveragePool",
            "BatchNorm",
            "Conv",
            "Dense",
            "Dropout",
            "Flatten",
            "GlobalPool",
            "LeakyRelu",
            "LocalResponseNorm",
            "MaxPool",
            "Relu",
            "ScaledPool",
            "ScaledTanh",
            "Sigmoid",
            "Tanh",
        ),
        "layers",
    ),
}

__all__ = list(_MODULE_OF_NAME)


def __getattr__(name: str):
    if name not in _MODULE_OF_NAME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULE_OF_NAME[name]}", __name__), name)
