"""Vectors or images to labels: classifiers, their files and their scores."""

from importlib import import_module

_MODULE_OF_NAME = {
    "LinearModel": "linear",
    "default_config": "settings",
    "evaluate": "evaluation",
    "fit_linear": "fitting",
    "judge_pictures": "prediction",
    "load_model": "files",
    "save_model": "files",
}

__all__ = list(_MODULE_OF_NAME)


def __getattr__(name: str):
    if name not in _MODULE_OF_NAME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULE_OF_NAME[name]}", __name__), name)
