"""Images to vectors: histograms of oriented gradients (HoG)."""

# Imported here and now, not lazily: two functions bear their module's name, and
# whichever is bound last is what `features.hog` means. None of these imports
# Numba or Pillow.
from .config import HogConfig
from .hog import hog, hog_batch

__all__ = ["HogConfig", "hog", "hog_batch"]
