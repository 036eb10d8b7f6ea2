"""Whole commands on files: Sobel of many photographs, and of one picture.

200 photographs of about 500x375 from JPEG to PNG by one command, against
ImageMagick's mogrify and a shell loop over `vips sobel`, and one 512x512 PNG to
PNG against `vips sobel`. Peers that are not installed are left out. The last
rows say how much memory a 20,000x20,000 picture takes beyond its own pixels.

Wanted are 5 times the faster peer, and at most 2.5 times `vips sobel`. Of a
batch's time two thirds are PNG; tried for it, on 560 kB of Sobel edges, with
other work on the machine: Pillow's fastest 20 ms, Pillow's zlib-ng without its
row filters 5.3, zlib level 1 12.6, Z_RLE 4.6 (kept), Z_HUFFMAN_ONLY 4.2 (no runs),
smaller windows and tables of zlib 7 to 37, a Huffman coder in Numba 6.8 where
zlib took 5.7 (and 41 in NumPy, which single pictures would need for the same
bytes). Of one picture's time most is starting Python, NumPy and Pillow.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from edgewise import read_image, write_image
from edgewise.images.resize import resize
from edgewise.sample_images import folder

from .timing import Row, compare

COUNT = 200
SIDE = 20_000


def run(repeat: int) -> list[Row]:
    """Time a batch, one picture, and measure a large one."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        photographs = _photographs(place / "photographs")
        rows = _compare_batch(photographs, place, max(1, repeat // 3))
        rows += _compare_one(place, max(repeat, 9))
        return rows + _measure_large(place)


def _photographs(place: Path) -> Path:
    """Cut and scale the sample pictures into photographs, a little different each."""
    rng = np.random.default_rng(0)
    originals = [read_image(path) for path in sorted(folder().glob("*.jpg"))]
    colour = [image for image in originals if image.ndim == 3 and image.shape[2] == 3]
    for i in range(COUNT):
        image = colour[i % len(colour)]
        height, width = image.shape[:2]
        share = rng.uniform(0.6, 1)
        tall, wide = int(height * share), int(width * share)
        top, left = rng.integers(0, height - tall + 1), rng.integers(0, width - wide + 1)
        part = np.ascontiguousarray(image[top : top + tall, left : left + wide])
        size = (375, 500) if i % 3 else (500, 375)
        write_image(place / f"{i:03}.jpg", resize(part, size))
    return place


def _compare_batch(photographs: Path, place: Path, repeat: int) -> list[Row]:
    out = place / "out"
    theirs = {
        "mogrify": f"mogrify -path {out} -format png -morphology Convolve Sobel "
        f"{photographs}/*.jpg",
        "loop over vips sobel": f"for f in {photographs}/*.jpg; do "
        f'vips sobel "$f" {out}/$(basename "$f" .jpg).png; done',
    }
    ours = f"{_edgewise()} filter sobel {photographs} -o {out} --format png -q"
    peers = {
        name: (lambda line=line: _shell(line, out))
        for name, line in theirs.items()
        if shutil.which("vips" if "vips" in name else name)
    }
    work = f"{COUNT} photographs, JPEG to Sobel PNG"
    return compare(work, lambda: _shell(ours, out), peers, repeat)


def _compare_one(place: Path, repeat: int) -> list[Row]:
    source, target = place / "one.png", place / "sobel.png"
    write_image(source, resize(read_image(folder() / "camera.png"), (512, 512)))
    ours = f"{_edgewise()} filter sobel {source} -o {target} --overwrite"
    peers = {"vips sobel": lambda: _shell(f"vips sobel {source} {target}")}
    if not shutil.which("vips"):
        return []
    return compare("Sobel of 512x512, file to file", lambda: _shell(ours), peers, repeat)


def _measure_large(place: Path) -> list[Row]:
    rows = []
    source, target = place / "large.png", place / "large-out.png"
    tile = read_image(folder() / "camera.png")
    across = np.tile(tile, (1, -(-SIDE // tile.shape[1])))[:, :SIDE]
    write_image(source, np.tile(across, (-(-SIDE // len(tile)), 1))[:SIDE])
    for chain in ("gaussian:2,sobel", "sobel"):
        words = ["filter", chain, str(source), "-o", str(target), "--overwrite"]
        words += ["--max-pixels", str(SIDE**2)]
        code = (
            f"import resource; from edgewise.cli.main import run; assert run({words}) == 0;"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        start = time.perf_counter()
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        seconds = time.perf_counter() - start
        beyond = int(found.stdout) * 1024 - SIDE**2
        work = f"{chain} of {SIDE:,}x{SIDE:,} gray: memory beyond its pixels, {beyond >> 20} MiB"
        rows.append(Row(work, "", seconds, 0.0, 0.0))
    return rows


def _edgewise() -> Path:
    # The console script, as a user starts it.
    return Path(sys.executable).parent / "edgewise"


def _shell(line: str, clean: Path | None = None) -> None:
    if clean:
        shutil.rmtree(clean, ignore_errors=True)
        clean.mkdir()
    subprocess.run(["bash", "-c", line], check=True, capture_output=True)
