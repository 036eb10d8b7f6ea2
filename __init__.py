"""Edgewise: filter pictures, extract HoG features, train image classifiers.

The public names are loaded when they are first used, so that importing the
package, and `edgewise --help` with it, stays fast.
"""

from importlib import import_module

__version__ = "0.1.0"

_ROOM_OF_NAME = {
    "read_image": "images",
    "write_image": "images",
    "open_dataset": "images",
    "DataError": "images",
    "EdgewiseError": "images",
    "ImageError": "images",
    "correlate": "filters",
    "convolve": "filters",
    "pool": "filters",
    "kernel": "filters",
    "apply": "filters",
    "HogConfig": "features",
    "hog": "features",
    "hog_batch": "features",
    "load_model": "models",
}

__all__ = ["__version__", *_ROOM_OF_NAME]


def __getattr__(name: str):
    if name not in _ROOM_OF_NAME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ROOM_OF_NAME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
