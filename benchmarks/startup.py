"""Whole processes: what one command costs from start to end.

The peers are the least that such a Python program can be; the last rows are the
differences of the times.
"""

import tempfile
from pathlib import Path

import numpy as np

from edgewise import write_image

from .processes import edgewise, python, starting
from .timing import Row, beyond, compare


def run(repeat: int) -> list[Row]:
    """Time --help against importing click, and a Sobel against importing Pillow and NumPy."""
    with tempfile.TemporaryDirectory() as folder:
        picture, edges = Path(folder) / "in.png", Path(folder) / "out.png"
        rng = np.random.default_rng(0)
        smooth = rng.integers(0, 256, (32, 32), np.uint8).repeat(16, axis=0).repeat(16, axis=1)
        write_image(picture, smooth)
        sobel = edgewise("filter", "sobel", picture, "-o", edges, "--overwrite")
        repeat = max(repeat, 15)
        rows = compare(
            "edgewise --help",
            starting(edgewise("--help")),
            {"python -c 'import click'": starting(python("import click"))},
            repeat,
        )
        rows += compare(
            "Sobel of 512x512, file to file",
            starting(sobel),
            {"python -c 'import numpy, PIL.Image'": starting(python("import numpy, PIL.Image"))},
            repeat,
        )
    return [*rows, *(beyond(row, row.peer) for row in rows)]
