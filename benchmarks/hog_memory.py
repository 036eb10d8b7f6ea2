"""The most memory that extraction takes: 100,000 small pictures and 10,000.

    python -m benchmarks.hog_memory

The pictures are the 600 sample garments, written again and again as PNG files.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from edgewise.sample_images import fashion

from .hog_files import command


def main() -> None:
    """Print the peak of both, and their ratio."""
    with tempfile.TemporaryDirectory() as place:
        peaks = [peak(Path(place), count) for count in (10_000, 100_000)]
    print(f"100,000 pictures take {peaks[1] / peaks[0]:.2f} times the memory of 10,000")


def peak(place: Path, count: int) -> int:
    """Return the peak of resident memory, in bytes, of one whole command."""
    folder = place / str(count)
    write_garments(folder, count)
    words = command(folder, "-o", f"{place}/shards-{count}/", "--cell", "4")
    process = subprocess.Popen(words)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"the command failed: {' '.join(words)}")
    # Linux counts in KiB, macOS in bytes.
    found = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"{count:,} pictures: {found / 2**20:.0f} MiB at most")
    return found


def write_garments(folder: Path, count: int) -> None:
    """Write PNG files, a thousand to a folder."""
    garments = [path.read_bytes() for path in sorted(fashion("train").rglob("*.png"))]
    for number in range(count):
        part = folder / f"{number // 1000:03}"
        part.mkdir(parents=True, exist_ok=True)
        (part / f"{number:06}.png").write_bytes(garments[number % len(garments)])


if __name__ == "__main__":
    main()
