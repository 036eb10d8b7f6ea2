"""The error that all of Edgewise's own are: at the bottom, so that every room can raise it."""


class EdgewiseError(ValueError):
    """A mistake in what Edgewise was given, in one sentence.

    Parameters
    ----------
    *words
        The sentence, which names the file or the value.
    hint : str, optional
        What to do about it; the terminal shows it on a line of its own.
    """

    def __init__(self, *words: object, hint: str | None = None):
        super().__init__(*words)
        self.hint = hint


class RunTimeError(Exception):
    """A compiled loop calls what only a process with Numba has."""
