"""Files to arrays and back: pictures, folders, data sets."""

from importlib import import_module

_MODULE_OF_NAME = {
    "EdgewiseError": "errors",
    "ImageError": "errors",
    "DataError": "errors",
    "read_image": "decode",
    "write_image": "encode",
    "find_inputs": "inputs",
    "Dataset": "dataset",
    "open_dataset": "dataset",
}

__all__ = list(_MODULE_OF_NAME)


def __getattr__(name: str):
    if name not in _MODULE_OF_NAME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULE_OF_NAME[name]}", __name__), name)
