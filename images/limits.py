"""How large a picture may be."""

from .errors import ImageError

# Pillow's own limit, above which it takes a file for a decompression bomb.
MAX_PIXELS = 178_956_970


def check_size(width: int, height: int, label: str, max_pixels: int) -> None:
    """Raise ImageError if a picture has too many pixels, or none."""
    if width * height > max_pixels:
        raise ImageError(
            label,
            f"{width:,} x {height:,} pixels are more than the limit of {max_pixels:,}; "
            "raise it with --max-pixels",
        )
    if width * height <= 0:
        raise ImageError(label, "the picture has no pixels")
