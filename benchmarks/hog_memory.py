"""HoG to shards: the most memory that 100,000 small pictures take, and 10,000.

The pictures are the 600 sample garments, written again and again as PNG files.
"""

import tempfile
import time
from pathlib import Path

from edgewise.sample_images import fashion

from .hog_files import command
from .processes import used
from .timing import Row


def run(repeat: int) -> list[Row]:
    """Measure the peak of both, once: it hardly varies."""
    with tempfile.TemporaryDirectory() as place:
        few, _ = peak(Path(place), 10_000)
        many, seconds = peak(Path(place), 100_000)
    work = "100,000 pictures of 28x28 to shards"
    row = Row(f"{work}, peak memory", "Edgewise, 10,000 pictures", many, few, few / many, "bytes")
    return [row.at_most(1.05), Row(work, "", seconds, 0.0, 0.0)]


def peak(place: Path, count: int) -> tuple[int, float]:
    """Return the peak of resident memory, in bytes, of one whole command, and its seconds."""
    folder = place / str(count)
    write_garments(folder, count)
    words = command(folder, "-o", f"{place}/shards-{count}/", "--cell", "4")
    start = time.perf_counter()
    return used(words).memory, time.perf_counter() - start


def write_garments(folder: Path, count: int) -> None:
    """Write PNG files, a thousand to a folder."""
    garments = [path.read_bytes() for path in sorted(fashion("train").rglob("*.png"))]
    for number in range(count):
        part = folder / f"{number // 1000:03}"
        part.mkdir(parents=True, exist_ok=True)
        (part / f"{number:06}.png").write_bytes(garments[number % len(garments)])
