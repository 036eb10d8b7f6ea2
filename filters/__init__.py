"""Images to images: correlation, pooling, named kernels and filter chains."""

from .chain import apply, compile_chain
from .correlation import convolve, correlate
from .kernels import KERNELS, kernel
from .pooling import pool
from .steps import FILTERS

__all__ = [
    "FILTERS",
    "KERNELS",
    "apply",
    "compile_chain",
    "convolve",
    "correlate",
    "kernel",
    "pool",
]
