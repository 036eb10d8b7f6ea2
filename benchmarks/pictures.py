"""Pictures to measure with: the sample photographs, scaled, tiled and with some grain."""

from pathlib import Path

import cv2
import numpy as np

from edgewise import read_image, write_image
from edgewise.images.resize import resize
from edgewise.sample_images import folder

SIDE = 1000
COLOURS = ("gray", "RGB")


def photograph(height: int, width: int, colour: str) -> np.ndarray:
    """Return sample photographs beside each other, each of 1000x1000 pixels, with grain."""
    tiles = [_tile(path, colour) for path in _coloured()]
    down, across = -(-height // SIDE), -(-width // SIDE)
    picks = iter(range(down * across))
    rows = [
        np.hstack([tiles[next(picks) % len(tiles)] for _ in range(across)]) for _ in range(down)
    ]
    return np.ascontiguousarray(np.vstack(rows)[:height, :width])


def tiled(height: int, width: int) -> np.ndarray:
    """Return one gray photograph of 512x512 again and again, which deflates seven times better."""
    image = read_image(folder() / "camera.png")
    down, across = -(-height // len(image)), -(-width // image.shape[1])
    return np.ascontiguousarray(np.tile(image, (down, across))[:height, :width])


def _coloured() -> list[Path]:
    paths = sorted(folder().glob("*.jpg")) + sorted(folder().glob("[ac]*.png"))
    return [path for path in paths if read_image(path).ndim == 3]


def _tile(path: Path, colour: str) -> np.ndarray:
    image = cv2.resize(read_image(path), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    if colour == "gray":
        image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    grain = np.random.default_rng(0).normal(0, 2, image.shape)
    return np.clip(np.rint(image + grain), 0, 255).astype(np.uint8)


def write_photographs(place: Path, count: int) -> None:
    """Cut and scale the sample pictures into photographs, a little different each."""
    rng = np.random.default_rng(0)
    originals = [read_image(path) for path in sorted(folder().glob("*.jpg"))]
    colour = [image for image in originals if image.ndim == 3 and image.shape[2] == 3]
    for i in range(count):
        image = colour[i % len(colour)]
        height, width = image.shape[:2]
        share = rng.uniform(0.6, 1)
        tall, wide = int(height * share), int(width * share)
        top, left = rng.integers(0, height - tall + 1), rng.integers(0, width - wide + 1)
        part = np.ascontiguousarray(image[top : top + tall, left : left + wide])
        size = (375, 500) if i % 3 else (500, 375)
        write_image(place / f"{i:03}.jpg", resize(part, size))


def write_idx(path: Path, count: int) -> Path:
    """Write an IDX file of random pictures of 28x28."""
    rng = np.random.default_rng(0)
    head = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (count, 28, 28))
    path.write_bytes(head + rng.integers(0, 256, count * 28 * 28, np.uint8).tobytes())
    return path
