"""HoG to shards: the most memory that 100,000 small pictures take, and 10,000.

The pictures are the 600 sample garments, written again and again as PNG files.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from edgewise.sample_images import fashion

from .hog_files import command
from .timing import Row

# A process begins with the peak of the one it was forked from: it has to be a small one.
WATCH = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_, status, used = os.wait4(process.pid, 0)
print(used.ru_maxrss)
sys.exit(status != 0)
"""


def run(repeat: int) -> list[Row]:
    """Measure the peak of both, once: it hardly varies."""
    with tempfile.TemporaryDirectory() as place:
        few, many = (peak(Path(place), count) for count in (10_000, 100_000))
    work = "100,000 pictures of 28x28 to shards, peak memory"
    return [Row(work, "Edgewise, 10,000 pictures", many, few, few / many, "bytes")]


def peak(place: Path, count: int) -> int:
    """Return the peak of resident memory, in bytes, of one whole command."""
    folder = place / str(count)
    write_garments(folder, count)
    words = command(folder, "-o", f"{place}/shards-{count}/", "--cell", "4")
    said = subprocess.run([sys.executable, "-c", WATCH, *words], stdout=subprocess.PIPE, check=True)
    # Linux counts in KiB, macOS in bytes.
    return int(said.stdout) * (1 if sys.platform == "darwin" else 1024)


def write_garments(folder: Path, count: int) -> None:
    """Write PNG files, a thousand to a folder."""
    garments = [path.read_bytes() for path in sorted(fashion("train").rglob("*.png"))]
    for number in range(count):
        part = folder / f"{number // 1000:03}"
        part.mkdir(parents=True, exist_ok=True)
        (part / f"{number:06}.png").write_bytes(garments[number % len(garments)])
