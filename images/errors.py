"""What goes wrong with a user's files and words, each in one clear sentence."""

import os

from ..compiled.errors import EdgewiseError as EdgewiseError


class WordError(EdgewiseError):
    """A mistake in the words of a command or the arguments of a function; no file is to blame.

    Parameters
    ----------
    *words
        The sentence, which names the word.
    hint : str, optional
        What to do about it.
    text : str, optional
        The whole of what was written, and `start` and `end`, the part of it
        that is wrong: the terminal puts a caret under it.
    """

    def __init__(
        self,
        *words: object,
        hint: str | None = None,
        text: str | None = None,
        start: int = 0,
        end: int = 0,
    ):
        super().__init__(*words, hint=hint)
        self.text, self.start, self.end = text, start, end


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


def reason_of(error: EdgewiseError) -> str:
    """Return what is wrong with one input of many, without its name, and what to do about it."""
    reason = getattr(error, "reason", str(error))
    return f"{reason}; {error.hint}" if error.hint else reason
