"""What the linear model gets where the network's pictures are changed by chance."""

from ..cnn.training.augmentation import Augmentation
from ..linear_copies import FARTHEST


def copies_like(augment: str, size: tuple[int, int]) -> str:
    """Return the copies that teach a linear model what changes teach a network.

    Parameters
    ----------
    augment : str
        As `Augmentation.from_text` reads it.
    size : (int, int)
        Rows and columns of the pictures.

    Returns
    -------
    str
        As `parse_copies` reads it: mirrored and moved copies; "" for none.
    """
    changes = Augmentation.from_text(augment)
    far = min(changes.shift, FARTHEST, min(size) - 1)
    return ",".join(["flip"] * changes.flip + [f"shift:{far}"] * (far > 0))


def without_copies(augment: str) -> str:
    """Return the changes that only a network can learn from: turned and cropped pictures."""
    changes = Augmentation.from_text(augment)
    return Augmentation(rotate=changes.rotate, crop=changes.crop).text
