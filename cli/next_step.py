"""What to type after a training: a command that can be run as it stands."""

import re
import shlex
from pathlib import Path

# A word of its own: constrained/ is no name of pictures to train with.
LEARNED = re.compile(r"(?<![a-z])train(ing)?(?![a-z])", re.IGNORECASE)
# What pictures to judge by are called where those to learn from are called train.
JUDGED = ("test", "testing", "t10k", "valid", "val")


def next_line(model: str, data: str) -> str:
    """Return the line that says how to judge a model that learned from `data`.

    The test data are named where they stand beside those learned from.
    """
    return f"Next: edgewise evaluate {shlex.quote(model)} {_test_data(data)}"


def _test_data(data: str) -> str:
    for found in reversed(list(LEARNED.finditer(data))):
        for word in JUDGED:
            name = data[: found.start()] + _like(found[0], word) + data[found.end() :]
            if _is_there(name):
                return shlex.quote(name)
    return "TEST_DATA"


def _like(word: str, other: str) -> str:
    """Return another word in the case of the first."""
    return other.upper() if word.isupper() else other.capitalize() if word[0].isupper() else other


def _is_there(name: str) -> bool:
    # A manifest's part is written MANIFEST:PART.
    path, colon, part = name.rpartition(":")
    return Path(name).exists() or bool(colon and "/" not in part and Path(path).is_file())
