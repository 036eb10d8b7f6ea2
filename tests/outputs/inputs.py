"""What the commands read: the sample pictures, and some made here without Edgewise."""

import os
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

SAMPLES = Path(__file__).resolve().parents[2] / "sample_images"
# A plan of shards notes when its inputs were changed.
CHANGED = 1_700_000_000


def make_inputs(folder: Path) -> None:
    """Write `sample_images` and `made` into a folder."""
    shutil.copytree(
        SAMPLES, folder / "sample_images", ignore=shutil.ignore_patterns("*.py*", "__*")
    )
    made = folder / "made"
    for place in ("mixed", "twins/a", "twins/b"):
        (made / place).mkdir(parents=True)
    _write_deep_pictures(made)
    (made / "kernel.txt").write_text("1 2 1\n2 4 2\n1 2 1\n")
    _write_mixed(made / "mixed")
    _write_twins(made / "twins")
    for path in folder.rglob("*"):
        os.utime(path, (CHANGED, CHANGED))


def _cat() -> np.ndarray:
    return np.asarray(Image.open(SAMPLES / "chelsea.png").convert("RGB"))[60:220, 100:260]


def _write_deep_pictures(made: Path) -> None:
    cat = _cat()
    deep = cat[..., 0].astype(np.uint16) * 257 + cat[..., 1]
    Image.fromarray(deep).save(made / "deep.png")
    np.save(made / "float.npy", cat.astype(np.float32) / 255)
    transparency = np.arange(160, dtype=np.uint8).repeat(160).reshape(160, 160, 1)
    Image.fromarray(np.dstack([cat, transparency])).save(made / "alpha.png")


def _write_mixed(folder: Path) -> None:
    Image.fromarray(_cat()).save(folder / "good.png")
    content = (folder / "good.png").read_bytes()
    (folder / "short.png").write_bytes(content[: len(content) // 2])
    (folder / "words.png").write_text("just words")


def _write_twins(folder: Path) -> None:
    cat = _cat()
    for i in range(20):
        piece = cat[5 * (i // 2) :][:60, 8 * (i // 2) :][:, :60]
        Image.fromarray(piece).save(folder / "ab"[i % 4 // 2] / f"{i:02}.png")
