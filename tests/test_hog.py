"""HoG against its definition, against scikit-image, and against itself."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from skimage.feature import hog as skimage_hog

from edgewise.compiled.threads import at_most_threads
from edgewise.features import HogConfig, hog, hog_batch
from edgewise.images.errors import EdgewiseError
from naive_hog import hog as naive_hog

COMPUTE = sys.modules["edgewise.features.compute"]

DTYPES = (np.uint8, np.uint16, np.float32)


def picture(seed, shape, dtype, values="full"):
    """Return random values: over the full range, few whole ones, or in steps."""
    random = np.random.default_rng(seed)
    if values == "few":
        return random.integers(0, 7, shape).astype(dtype)
    if dtype == np.float32:
        full = random.random(shape, np.float32)
        return np.float32(np.round(full * 9) / 9) if values == "steps" else full
    return random.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


pairs = st.tuples(st.integers(1, 5), st.integers(1, 5))

configs = st.builds(
    HogConfig,
    cell=pairs,
    block=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    block_stride=st.tuples(st.integers(1, 2), st.integers(1, 3)),
    # The roots of whole numbers lie upon bin edges at multiples of 7.5
    # degrees, where rounding decides; these bins have no such edges.
    bins=st.sampled_from([5, 7, 11]),
    signed=st.booleans(),
    gamma=st.sampled_from(["none", "sqrt"]),
    norm=st.sampled_from(["l2-hys", "l2", "l1", "l1-sqrt", "none"]),
    clip=st.sampled_from([0.1, 0.2, 0.5]),
    interpolate_orientation=st.booleans(),
    interpolate_space=st.booleans(),
    window_sigma=st.sampled_from([None, 0.25, 0.5, 1.3]),
)


def assert_same_vector(found, wanted, config, tolerance=1e-5):
    if config.norm == "l1-sqrt":
        # The root makes much of the rounding of next to nothing.
        found, wanted = found**2, wanted**2
    scale = max(1.0, np.abs(wanted).max()) if config.norm == "none" else 1.0
    assert_allclose(found, wanted, rtol=0, atol=tolerance * scale)


def sized(config, margin):
    """Return a picture's size that holds a block, and `margin` more."""
    return config.least_size[0] + margin[0], config.least_size[1] + margin[1]


@settings(max_examples=120)
@given(
    config=configs,
    margin=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    channels=st.sampled_from([None, 1, 3]),
    dtype=st.sampled_from(DTYPES),
    seed=st.integers(0, 2**32),
)
def test_hog_is_its_definition(config, margin, channels, dtype, seed):
    shape = sized(config, margin) + (() if channels is None else (channels,))
    image = picture(seed, shape, dtype)
    found = hog(image, config)
    assert found.dtype == np.float32
    assert_same_vector(found, naive_hog(image, config), config)


@settings(max_examples=60)
@given(
    bins=st.integers(1, 36),
    signed=st.booleans(),
    soft=st.booleans(),
    dtype=st.sampled_from(DTYPES),
    seed=st.integers(0, 2**32),
)
def test_gradients_upon_bin_edges(bins, signed, soft, dtype, seed):
    # Few whole values: many gradients at multiples of 45 degrees.
    config = HogConfig(
        cell=4, block=1, bins=bins, signed=signed, interpolate_orientation=soft, norm="l1"
    )
    image = picture(seed, (13, 11), dtype, "few")
    assert_same_vector(hog(image, config), naive_hog(image, config), config)


@settings(max_examples=150)
@given(
    bins=st.integers(1, 24),
    cell=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    block=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    norm=st.sampled_from(["L1", "L1-sqrt", "L2", "L2-Hys"]),
    margin=st.tuples(st.integers(0, 20), st.integers(0, 20)),
    channels=st.sampled_from([None, 2, 3, 4]),
    axis=st.sampled_from([0, 1, -1]),
    dtype=st.sampled_from(DTYPES),
    values=st.sampled_from(["full", "few", "steps"]),
    seed=st.integers(0, 2**32),
)
def test_skimage_preset_is_skimage(
    bins, cell, block, norm, margin, channels, axis, dtype, values, seed
):
    size = tuple(cell[a] * block[a] + margin[a] for a in (0, 1))
    image = picture(seed, size if channels is None else (*size, channels), dtype, values)
    moved = image if channels is None else np.moveaxis(image, -1, axis)
    wanted = skimage_hog(
        moved, bins, cell, block, norm, channel_axis=None if channels is None else axis
    )
    found = hog(image, "skimage", bins=bins, cell=cell, block=block, norm=norm.lower())
    assert_allclose(found, wanted, rtol=0, atol=1e-5)


@settings(max_examples=60)
@given(
    # Not those with edges at multiples of 7.5 degrees: see `configs`.
    bins=st.sampled_from([1, 5, 7, 10, 11, 13]),
    cell=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    norm=st.sampled_from(["L1", "L2-Hys"]),
    channels=st.sampled_from([None, 3]),
    dtype=st.sampled_from(DTYPES),
    seed=st.integers(0, 2**32),
)
def test_skimage_preset_with_roots(bins, cell, norm, channels, dtype, seed):
    size = (cell[0] * 2 + 3, cell[1] * 3 + 1)
    image = picture(seed, size if channels is None else (*size, channels), dtype)
    wanted = skimage_hog(
        image, bins, cell, (2, 2), norm,
        transform_sqrt=True, channel_axis=None if channels is None else -1,
    )  # fmt: skip
    changes = {"bins": bins, "cell": cell, "block": (2, 2), "norm": norm.lower()}
    found = hog(image, "skimage", gamma="sqrt", **changes)
    assert_allclose(found, wanted, rtol=0, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_roots_of_nearly_equal_whole_numbers(dtype):
    # The difference of two roots in float32 would have two digits here.
    most = {np.uint8: 251, np.uint16: 40_123}[dtype]
    image = most - picture(1, (40, 30), dtype, "few")
    wanted = skimage_hog(image, 7, transform_sqrt=True)
    assert_allclose(hog(image, "skimage", bins=7, gamma="sqrt"), wanted, rtol=0, atol=1e-5)


@pytest.mark.parametrize("transform_sqrt", [False, True])
def test_skimage_defaults_on_a_wide_picture(transform_sqrt):
    # Wide enough for several pieces of work, next to each other and below.
    image = picture(3, (150, 1400), np.uint8)
    gamma = "sqrt" if transform_sqrt else "none"
    wanted = skimage_hog(image, transform_sqrt=transform_sqrt)
    assert_allclose(hog(image, "skimage", gamma=gamma), wanted, rtol=0, atol=1e-5)


def test_dalal_triggs_on_a_wide_picture():
    config = HogConfig()
    image = picture(4, (75, 1100), np.uint8)
    assert_same_vector(hog(image), naive_hog(image, config), config)


def test_least_upward_gradients_vote_into_the_last_bin():
    # scikit-image computes -1e-17 % 180 = 180, which is in no bin.
    image = np.zeros((3, 3), np.float32)
    image[1, 2], image[0, 1] = 1, 1e-20
    assert not skimage_hog(image, 9, (3, 3), (1, 1)).any()
    assert hog(image, "skimage", cell=3, block=1).argmax() == 8
    assert hog(image, "skimage", cell=3, block=1).argmax() == 8


@pytest.mark.parametrize("preset", ["skimage", "dalal-triggs"])
@pytest.mark.parametrize(
    "shape", [(37, 28, 28), (3, 64, 128), (2, 40, 300, 3), (1, 90, 1200), (20, 9, 11, 3)]
)
def test_batch_is_each_picture(preset, shape):
    images = picture(5, shape, np.uint8)
    changes = {"cell": 4, "block": 2}
    found = hog_batch(images, preset, **changes)
    assert_array_equal(found, [hog(image, preset, **changes) for image in images])


@pytest.mark.parametrize("preset", ["skimage", "dalal-triggs"])
@pytest.mark.parametrize("shape", [(1, 300, 1300), (90, 28, 28), (2, 130, 700, 3)])
def test_threads_do_not_change_a_byte(preset, shape, monkeypatch):
    monkeypatch.setattr(COMPUTE, "PIXELS_A_THREAD", 1)
    images = picture(6, shape, np.uint8)
    many = hog_batch(images, preset)
    with at_most_threads(1):
        assert_array_equal(hog_batch(images, preset), many)
    monkeypatch.undo()
    assert_array_equal(hog_batch(images, preset), many)


@pytest.mark.parametrize(("side", "shared"), [(200, False), (2000, True)])
def test_small_work_is_not_shared(side, shared, monkeypatch):
    seen = []
    monkeypatch.setattr(COMPUTE, "run_all", lambda work, pieces: seen.append(len(pieces)))
    hog(np.zeros((side, side), np.uint8))
    assert [count > 1 for count in seen] == [shared]


def test_out_is_filled():
    images = picture(7, (5, 16, 16), np.uint8)
    out = np.full((9, 36), -1, np.float32)
    assert hog_batch(images, out=out[2:7]).base is out
    assert_array_equal(out[2:7], hog_batch(images))
    assert (out[[0, 1, 7, 8]] == -1).all()
    for wrong in (
        np.zeros((5, 35), np.float32),
        np.zeros((5, 36)),
        np.zeros((5, 72), "f4")[:, ::2],
    ):
        with pytest.raises(EdgewiseError, match="out is not a C-contiguous float32 array"):
            hog_batch(images, out=wrong)


@pytest.mark.parametrize("preset", ["skimage", "dalal-triggs"])
def test_not_a_number_stays_where_it_is(preset):
    config = HogConfig.preset(preset, cell=5, block=2)
    image = picture(8, (60, 50), np.float32)
    clean = hog(image, config)
    image[22, 31] = np.nan
    vectors = hog(image, config).reshape(11, 9, -1)
    for i in range(11):
        for j in range(9):
            touched = any(
                5 * i <= y < 5 * i + 10 and 5 * j <= x < 5 * j + 10
                for y, x in ((21, 31), (23, 31), (22, 30), (22, 32))
            )
            assert np.isnan(vectors[i, j]).all() if touched else np.isfinite(vectors[i, j]).all()
    assert np.isfinite(clean).all()


def test_flat_pictures_are_zero():
    for preset in ("skimage", "dalal-triggs"):
        assert not hog(np.full((30, 30), 77, np.uint8), preset).any()


@pytest.mark.parametrize(
    ("step", "bin_"),
    # Brighter to the right, to the lower right, below, to the lower left.
    [((0, 1), 0), ((1, 1), 2), ((1, 0), 4), ((1, -1), 6)],
)
def test_a_ramp_is_in_the_bin_of_its_direction(step, bin_):
    y, x = np.mgrid[:26, :26]
    ramp = (100 + 3 * (y * step[0] + x * step[1])).astype(np.uint8)
    cells = hog(ramp, "skimage", cell=8, block=1, norm="none").reshape(3, 3, 9)
    assert_allclose(cells[1, 1, bin_], np.hypot(6 * step[0], 6 * step[1]), rtol=1e-6)
    assert cells[1, 1].argmax() == bin_
    assert np.count_nonzero(cells[1, 1]) == 1


def test_signed_bins_tell_a_gradient_from_its_opposite():
    ramp = np.tile(np.arange(0, 64, 2, dtype=np.uint8), (16, 1))
    config = HogConfig.preset("skimage", block=1, bins=4, signed=True)
    assert hog(ramp, config)[:4].argmax() == 0
    assert hog(ramp[:, ::-1], config)[:4].argmax() == 2


def test_any_memory_layout():
    image = picture(9, (40, 30), np.uint8)
    assert_array_equal(hog(np.asfortranarray(image)), hog(image))
    wide = np.repeat(image, 2, axis=1)
    assert_array_equal(hog(wide[:, ::2]), hog(image))
    assert_array_equal(hog(image.astype(np.float64)), hog(image.astype(np.float32)))
    assert_array_equal(hog(image.astype(">u2")), hog(image.astype(np.uint16)))
    assert_array_equal(hog(image.astype(np.uint16)), hog(image))
    assert hog_batch(np.empty((0, 40, 30), np.uint8)).shape == (0, hog(image).size)


@pytest.mark.parametrize(
    ("image", "text"),
    [
        (np.zeros(9), r"the shape \(H, W\) or \(H, W, C\), not \(9,\)"),
        (np.zeros((2, 2, 2, 2)), "the shape"),
        (np.zeros((20, 20), complex), "real numbers, not complex128"),
        (np.zeros((20, 20, 0)), "no pixels"),
        (np.zeros((15, 20)), "20x15 pixels is too small .* at least 16x16"),
    ],
)
def test_what_is_no_picture(image, text):
    with pytest.raises(EdgewiseError, match=text):
        hog(image)


def test_roots_of_negative_values():
    with pytest.raises(EdgewiseError, match="gamma sqrt needs values of at least 0"):
        hog(np.full((16, 16), -1, np.float32), gamma="sqrt")


def test_batches_have_an_axis_more():
    with pytest.raises(EdgewiseError, match=r"\(N, H, W\) or \(N, H, W, C\), not \(20, 20\)"):
        hog_batch(np.zeros((20, 20)))


UNCOMPILED = """
import sys
import numpy as np
sys.path.insert(0, {tests!r})
from naive_hog import hog as naive_hog
from edgewise.features import HogConfig, hog
random = np.random.default_rng(1)
for shape in ((21, 18), (20, 17, 3)):
    image = random.integers(0, 256, shape, dtype=np.uint8)
    for name, changes in (("skimage", {{}}), ("dalal-triggs", {{"signed": True}})):
        config = HogConfig.preset(name, cell=5, block=2, **changes)
        np.testing.assert_allclose(hog(image, config), naive_hog(image, config), rtol=0, atol=1e-5)
"""


def test_with_the_compiler_switched_off():
    code = UNCOMPILED.format(tests=os.path.dirname(__file__))
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, env=environment)


def test_numba_is_not_loaded_where_loops_are_compiled():
    code = (
        "import sys, numpy as np; from edgewise.features import hog;"
        "hog(np.eye(64, dtype=np.uint8)); hog(np.ones((600, 500, 3), np.uint8), 'skimage');"
        "assert 'numba' not in sys.modules"
    )
    for preset, shape in (("dalal-triggs", (64, 64)), ("skimage", (64, 64, 3))):
        hog(np.zeros(shape, np.uint8), preset)
    subprocess.run([sys.executable, "-c", code], check=True)
