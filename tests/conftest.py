"""What all tests share."""

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("edgewise", deadline=None, derandomize=True)
settings.load_profile("edgewise")

NEVER, ALWAYS = 10**18, 0


@pytest.fixture(params=["numpy", "numba"])
def route(request, monkeypatch):
    """Run a test twice, on the NumPy path and on the compiled loops."""
    least = NEVER if request.param == "numpy" else ALWAYS
    monkeypatch.setattr("edgewise.filters.correlation.FEW_MULTIPLY_ADDS", least)
    loaded = "edgewise.filters.correlation.loops_are_loaded"
    monkeypatch.setattr(loaded, lambda: request.param == "numba")
    monkeypatch.setattr("edgewise.filters.pooling.FEW_COMPARISONS", least)
    return request.param


@pytest.fixture
def rng():
    """Return a generator that is the same in every run."""
    return np.random.default_rng(20260)
