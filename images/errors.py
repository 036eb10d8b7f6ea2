"""What goes wrong with a user's files and words, each in one clear sentence."""

import os

from ..compiled.errors import EdgewiseError as EdgewiseError


class FitError(EdgewiseError):
    """A filter and a picture that do not fit; another picture may do."""


class ImageError(EdgewiseError):
    """A picture that cannot be read or written.

    Parameters
    ----------
    name : str or path
        The picture, as the user named it.
    reason : str
        What is wrong with it, without the name.
    hint : str, optional
        What to do about it.
    """

    def __init__(self, name: str | os.PathLike, reason: str, *, hint: str | None = None):
        super().__init__(name, reason, hint=hint)
        self.name = os.fspath(name)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


class DataError(EdgewiseError):
    """A data set, feature file or model file that cannot be used."""
