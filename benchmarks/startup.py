"""Whole processes: what one command costs from start to end.

The peers are the least that such a Python program can be; the last rows are the
differences of the times.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from edgewise import write_image

from .timing import Row, compare


def run(repeat: int) -> list[Row]:
    """Time --help against importing click, and a Sobel against importing Pillow and NumPy."""
    with tempfile.TemporaryDirectory() as folder:
        picture, edges = Path(folder) / "in.png", Path(folder) / "out.png"
        rng = np.random.default_rng(0)
        smooth = rng.integers(0, 256, (32, 32), np.uint8).repeat(16, axis=0).repeat(16, axis=1)
        write_image(picture, smooth)
        sobel = ["filter", "sobel", str(picture), "-o", str(edges), "--overwrite"]
        repeat = max(repeat, 15)
        rows = compare(
            "edgewise --help",
            lambda: _edgewise("--help"),
            {"python -c 'import click'": lambda: _python("import click")},
            repeat,
        )
        rows += compare(
            "Sobel of 512x512, file to file",
            lambda: _edgewise(*sobel),
            {"python -c 'import numpy, PIL.Image'": lambda: _python("import numpy, PIL.Image")},
            repeat,
        )
    return [
        *rows,
        *(
            Row(f"{row.work}: difference", row.peer, row.edgewise_s - row.peer_s, 0.0, 0.0)
            for row in rows
        ),
    ]


def _edgewise(*words: str) -> None:
    # The console script, as a user starts it.
    script = Path(sys.executable).parent / "edgewise"
    _start([str(script), *words])


def _python(code: str) -> None:
    _start([sys.executable, "-c", code])


def _start(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)
