"""HoG in memory, on all cores.

Against skimage.feature.hog, and against cv2.HOGDescriptor on as many threads as
there are cores: pictures are dealt to the threads, one large picture is cut into
as many strips. OpenCV's descriptor knows one definition only, which stands
beside both the preset that equals it and the default one. Many small pictures
go to scikit-image through joblib's processes; they are the sample garments,
repeated.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cv2
import joblib
import numpy as np
from skimage.feature import hog as skimage_hog

from edgewise import hog, hog_batch, open_dataset
from edgewise.sample_images import folder

from .timing import Row, compare, wanting

CORES = os.cpu_count() or 1
WINDOW = (128, 64)


def run(repeat: int) -> list[Row]:
    """Time one picture, small and large, 10,000 windows, and 70,000 small pictures."""
    rows = []
    for channels, name in ((1, "gray"), (3, "RGB")):
        for shape in ((512, 512), (3000, 4000)):
            rows += _against_skimage(_picture(shape, channels), name, repeat)
        rows += _against_opencv(_picture((3000, 4000), channels), name, repeat)
    rows += _windows(repeat) + _many_small(repeat)
    return wanting(rows, {"512x512 RGB, preset skimage": 50, "10,000 windows": 3.5})


def _picture(shape: tuple[int, int], channels: int) -> np.ndarray:
    whole = shape if channels == 1 else (*shape, channels)
    return np.random.default_rng(0).integers(0, 256, whole, np.uint8)


def _against_skimage(image: np.ndarray, name: str, repeat: int) -> list[Row]:
    axis = None if image.ndim == 2 else 2
    few = repeat if image.shape[0] < 1000 else min(repeat, 3)
    return compare(
        f"{image.shape[1]}x{image.shape[0]} {name}, preset skimage",
        lambda: hog(image, "skimage"),
        {"scikit-image": lambda: skimage_hog(image, channel_axis=axis)},
        few,
    )


def _against_opencv(image: np.ndarray, name: str, repeat: int) -> list[Row]:
    rows, columns = image.shape[:2]
    # Strips of whole cells which share the row of cells that joins their blocks.
    step = rows // CORES // 8 * 8
    strips = [np.ascontiguousarray(image[at : at + step + 8]) for at in range(0, rows - 8, step)]
    peers = {
        f"OpenCV, {len(strips)} strips": _in_threads(
            [(_descriptor(strip.shape), strip) for strip in strips]
        )
    }
    return [
        row
        for preset in ("opencv", "dalal-triggs")
        for row in compare(
            f"{columns}x{rows} {name}, preset {preset}",
            lambda preset=preset: hog(image, preset),
            peers,
            repeat,
        )
    ]


def _descriptor(shape: tuple[int, ...]) -> cv2.HOGDescriptor:
    size = shape[1] // 8 * 8, shape[0] // 8 * 8
    return cv2.HOGDescriptor(size, (16, 16), (8, 8), (8, 8), 9)


def _in_threads(work: list[tuple[cv2.HOGDescriptor, np.ndarray]]) -> Callable[[], list]:
    pool = ThreadPoolExecutor(CORES)
    share = -(-len(work) // CORES)
    shares = [work[at : at + share] for at in range(0, len(work), share)]

    def compute(part: list) -> list:
        return [descriptor.compute(image) for descriptor, image in part]

    return lambda: list(pool.map(compute, shares))


def _windows(repeat: int) -> list[Row]:
    images = np.random.default_rng(0).integers(0, 256, (10_000, *WINDOW), np.uint8)
    # A descriptor is not safe to share between threads: one for every picture costs nothing.
    descriptors = [_descriptor(WINDOW) for _ in range(CORES)]
    share = -(-len(images) // CORES)
    work = [(descriptors[n // share], image) for n, image in enumerate(images)]
    return [
        row
        for preset in ("opencv", "dalal-triggs")
        for row in compare(
            f"10,000 windows of 64x128 gray, preset {preset}",
            lambda preset=preset: hog_batch(images, preset),
            {f"OpenCV, {CORES} threads": _in_threads(work)},
            repeat,
        )
    ]


def _many_small(repeat: int) -> list[Row]:
    garments = open_dataset(folder() / "fashion" / "train")
    few = np.stack([garments.read(n) for n in range(len(garments))])
    images = few[np.arange(70_000) % len(few)]

    def theirs() -> list:
        parts = np.array_split(images, CORES * 8)
        return joblib.Parallel(n_jobs=CORES)(joblib.delayed(_skimage_each)(part) for part in parts)

    return [
        row
        for preset in ("skimage", "dalal-triggs")
        for row in compare(
            f"70,000 pictures of 28x28, cells 4x4, blocks 2x2, preset {preset}",
            lambda preset=preset: hog_batch(images, preset, cell=4, block=2),
            {f"scikit-image, {CORES} processes": theirs},
            min(repeat, 2),
        )
    ]


def _skimage_each(images: np.ndarray) -> np.ndarray:
    return np.stack(
        [skimage_hog(image, pixels_per_cell=(4, 4), cells_per_block=(2, 2)) for image in images]
    )
