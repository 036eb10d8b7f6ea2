"""What all tests share."""

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("edgewise", deadline=None, derandomize=True)
settings.load_profile("edgewise")


@pytest.fixture
def rng():
    """Return a generator that is the same in every run."""
    return np.random.default_rng(20260)
