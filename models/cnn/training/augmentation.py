"""Small changes to the pictures, drawn anew in every epoch."""

from dataclasses import dataclass

import numpy as np

from ....filters.grammar import parse_chain
from ....filters.registry import suggest
from ....images.errors import EdgewiseError


@dataclass(frozen=True)
class Augmentation:
    """How far pictures are changed by chance.

    Parameters
    ----------
    shift : int
        Up to so many pixels up, down, left and right.
    flip : bool
        Left and right swapped, every second time.
    rotate : float
        Turned by up to so many degrees either way.
    crop : float
        A square part of at least this share of each side, enlarged again; 1 is
        the whole picture.
    """

    shift: int = 0
    flip: bool = False
    rotate: float = 0.0
    crop: float = 1.0

    def __post_init__(self):
        if self.shift < 0 or not 0 <= self.rotate <= 180 or not 0 < self.crop <= 1:
            raise EdgewiseError(
                f"augmentation shift:{self.shift},rotate:{self.rotate:g},crop:{self.crop:g}: shift "
                "is at least 0, rotate from 0 to 180, crop above 0 and at most 1"
            )

    @classmethod
    def from_text(cls, text: str) -> "Augmentation":
        """Read ``shift:2,flip,rotate:10,crop:0.8``, any of them.

        Raises
        ------
        EdgewiseError
            If a word or number makes no sense.
        """
        if text in ("", "none"):
            return cls()
        found: dict[str, object] = {}
        for step in parse_chain(text):
            if step.name not in READERS:
                raise step.error(f"no such augmentation{suggest(step.name, READERS)}")
            wanted = 0 if step.name == "flip" else 1
            if len(step.values) != wanted or step.options:
                raise step.error("write shift:PIXELS, flip, rotate:DEGREES or crop:SHARE")
            if step.name in found:
                raise step.error("given twice; once is enough")
            try:
                found[step.name] = READERS[step.name](*step.values)
            except ValueError:
                number = "whole number" if step.name == "shift" else "number"
                raise step.error(f'"{step.values[0]}" is not a {number}') from None
        return cls(**found)  # type: ignore[arg-type]

    @property
    def text(self) -> str:
        """What `from_text` reads."""
        words = [
            f"shift:{self.shift}" if self.shift else "",
            "flip" if self.flip else "",
            f"rotate:{self.rotate:g}" if self.rotate else "",
            f"crop:{self.crop:g}" if self.crop < 1 else "",
        ]
        return ",".join(word for word in words if word)

    @property
    def warps(self) -> bool:
        """Whether pixels have to be interpolated."""
        return self.rotate > 0 or self.crop < 1

    def draw(self, count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return shifts (count, 2) int64 and flips (count,) bool."""
        shifts = random.integers(-self.shift, self.shift, (count, 2), endpoint=True)
        return shifts, (random.random(count) < 0.5) & self.flip

    def draw_warps(
        self, count: int, height: int, width: int, random: np.random.Generator
    ) -> np.ndarray:
        """Return for each picture where its pixels come from, (count, 2, 3) float32.

        Turned and scaled about the centre, then shifted.
        """
        shifts, flips = self.draw(count, random)
        angle = np.radians(random.uniform(-self.rotate, self.rotate, count))
        share = random.uniform(self.crop, 1, count)
        free = (1 - share)[:, None] / 2 * (height - 1, width - 1)
        centre = np.array([(height - 1) / 2, (width - 1) / 2])
        turn = np.stack([np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)], axis=-1)
        matrix = turn.reshape(count, 2, 2) * share[:, None, None]
        matrix[:, :, 1] *= np.where(flips, -1, 1)[:, None]
        # The centre of the crop goes anywhere that keeps the crop inside.
        middle = centre + free * random.uniform(-1, 1, (count, 2)) - shifts
        place = middle - matrix @ centre
        return np.concatenate([matrix, place[:, :, None]], axis=2).astype(np.float32)


READERS = {"shift": int, "flip": lambda: True, "rotate": float, "crop": float}
