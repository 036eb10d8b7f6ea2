"""Images to vectors: histograms of oriented gradients (HoG)."""

# Imported here and now, not lazily: two functions bear their module's name, and
# whichever is bound last is what the name means. None of these imports Numba
# or Pillow.
from .config import HogConfig
from .extract import extract
from .files import load_features, save_features
from .flip import flip_hog
from .hog import hog, hog_batch
from .opening import open_features
from .preparation import prepare
from .table import FeatureTable
from .windows import hog_windows

__all__ = [
    "FeatureTable",
    "HogConfig",
    "extract",
    "flip_hog",
    "hog",
    "hog_batch",
    "hog_windows",
    "load_features",
    "open_features",
    "prepare",
    "save_features",
]
