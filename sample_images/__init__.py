"""Photographs and a tiny labelled set, shipped with the package.

LICENSES.md and fashion/LICENSE say where they come from.
"""

from pathlib import Path


def folder() -> Path:
    """Return the folder that holds them."""
    return Path(__file__).parent


def photographs() -> list[Path]:
    """Return the photographs, sorted by name."""
    return sorted(path for path in folder().iterdir() if path.suffix in (".jpg", ".png"))


def fashion(split: str) -> Path:
    """Return the folder of the labelled set's ``train`` or ``test`` pictures."""
    return folder() / "fashion" / split
