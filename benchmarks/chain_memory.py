"""What chains take of memory beyond their input and their output, each in a process of its own."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .pictures import photograph
from .processes import python, used
from .timing import Row

PICTURES = ((3000, 4000, "gray"), (3000, 4000, "RGB"), (10_000, 10_000, "gray"))
MOST = 64 << 20
# Both have the loops, which a megapixel needs too, the picture and memory for the result; one
# filters too.
CODE = """
import numpy as np
from edgewise import apply
image, chain = np.load({path!r}), {chain!r}
small = apply(chain, image[:1000, :1000].copy(), dtype=np.uint8)
if {filters}:
    out = apply(chain, image, dtype=np.uint8)
else:
    out = np.full({shape}, 1, np.uint8)
"""


def memory(chains: Iterable[str]) -> list[Row]:
    """Measure every chain on pictures of 12 and 100 megapixels."""
    rows = []
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "picture.npy")
        for height, width, colour in PICTURES:
            image = photograph(height, width, colour)
            np.save(path, image)
            for chain in chains:
                name = f"{chain}, {height * width / 1e6:.0f} MP {colour}: memory beyond in and out"
                taken = max(0, _taken(path, chain, image.shape))
                rows.append(Row(name, "", taken, 0.0, 0.0, "bytes").at_most(MOST, "value"))
    return rows


def _taken(path: Path, chain: str, shape: tuple[int, ...]) -> int:
    pooled = 2 if "maxpool:2" in chain else 1
    result = shape[0] // pooled, shape[1] // pooled, *shape[2:]
    peaks = [
        used(python(CODE.format(path=str(path), chain=chain, shape=result, filters=filters))).memory
        for filters in (True, False)
    ]
    return peaks[0] - peaks[1]
