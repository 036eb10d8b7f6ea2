"""Every setting of HoG against its definition."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.features import HogConfig, hog, hog_batch
from edgewise.features.config import WORDS
from edgewise.features.presets import PRESETS
from edgewise.images.errors import EdgewiseError
from naive_hog import hog as naive_hog

COMPUTE = sys.modules["edgewise.features.compute"]


def assert_same(found, wanted, config, tolerance=2e-5):
    if config.norm == "l1-sqrt":
        # The root makes much of the rounding of next to nothing.
        found, wanted = found**2, wanted**2
    scale = max(1.0, np.abs(wanted).max()) if config.norm == "none" else 1.0
    assert_allclose(found, wanted, rtol=0, atol=tolerance * scale)


def picture(seed, size, channels, dtype):
    shape = size if channels is None else (*size, channels)
    random = np.random.default_rng(seed)
    if dtype == np.float32:
        return random.random(shape, np.float32) * 200
    return random.integers(0, 256, shape).astype(dtype)


small = st.tuples(st.integers(1, 5), st.integers(1, 5))

configs = st.builds(
    HogConfig,
    cell=small,
    block=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    block_stride=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    # No edges at odd multiples of 45 degrees, upon which rounding decides.
    bins=st.sampled_from([5, 7, 11]),
    signed=st.booleans(),
    gamma=st.sampled_from(["none", "sqrt", "log", 0.7]),
    gradient=st.sampled_from(WORDS["gradient"]),
    border=st.sampled_from(WORDS["border"]),
    colour=st.sampled_from(WORDS["colour"]),
    vote=st.sampled_from(WORDS["vote"]),
    vote_limit=st.sampled_from([3.0, 64.0]),
    bin_origin=st.sampled_from(WORDS["bin_origin"]),
    interpolate_orientation=st.booleans(),
    interpolate_space=st.booleans(),
    window_sigma=st.sampled_from([None, 0.3, (0.25, 1.0)]),
    window_unit=st.sampled_from(WORDS["window_unit"]),
    window_centre=st.sampled_from(WORDS["window_centre"]),
    cell_value=st.sampled_from(WORDS["cell_value"]),
    norm=st.sampled_from(WORDS["norm"]),
    epsilon=st.sampled_from([1e-3, 0.1]),
    epsilon_rule=st.sampled_from(WORDS["epsilon_rule"]),
    second_epsilon=st.sampled_from([None, 1e-2]),
    order=st.sampled_from(WORDS["order"]),
)
by_cell = st.builds(
    replace,
    st.sampled_from([PRESETS["felzenszwalb"], PRESETS["vlfeat"]]),
    cell=small,
    bins=st.sampled_from([5, 7, 9]),
    border=st.sampled_from(["skip", "edge"]),
    interpolate_orientation=st.booleans(),
    interpolate_space=st.booleans(),
    colour=st.sampled_from(["strongest", "gray"]),
)
margins = st.tuples(st.integers(0, 7), st.integers(0, 7))
channels = st.sampled_from([None, 1, 3])
dtypes = st.sampled_from([np.uint8, np.uint16, np.float32])


def masks(seed, size):
    return np.random.default_rng(seed + 1).random(size) < 0.8


@settings(max_examples=70)
@given(configs, margins, channels, dtypes, st.booleans(), st.integers(0, 2**32))
def test_every_setting_is_its_definition(config, margin, channels, dtype, masked, seed):
    size = config.least_size[0] + margin[0], config.least_size[1] + margin[1]
    image = picture(seed, size, channels, dtype)
    mask = masks(seed, size) if masked else None
    found = hog(image, config, mask=mask)
    assert_same(found, naive_hog(image, config, mask), config)


@settings(max_examples=40)
@given(by_cell, margins, channels, dtypes, st.booleans(), st.integers(0, 2**32))
def test_layouts_by_cell_are_their_definition(config, margin, channels, dtype, masked, seed):
    size = config.least_size[0] + margin[0], config.least_size[1] + margin[1]
    image = picture(seed, size, channels, dtype)
    mask = masks(seed, size) if masked else None
    found = hog(image, config, mask=mask)
    assert_same(found, naive_hog(image, config, mask), config)


@settings(max_examples=40)
@given(
    config=st.builds(
        HogConfig,
        cell=small,
        block=st.tuples(st.integers(1, 2), st.integers(1, 3)),
        block_stride=st.tuples(st.integers(1, 2), st.integers(1, 2)),
        bins=st.sampled_from([5, 7]),
        interpolate_orientation=st.booleans(),
        interpolation_scope=st.just("grid"),
        window_sigma=st.none(),
        order=st.sampled_from(WORDS["order"]),
    ),
    margin=margins,
    seed=st.integers(0, 2**32),
)
def test_votes_across_blocks_are_their_definition(config, margin, seed):
    size = config.least_size[0] + margin[0], config.least_size[1] + margin[1]
    image = picture(seed, size, None, np.uint8)
    assert_same(hog(image, config), naive_hog(image, config), config)


@pytest.mark.parametrize("preset", PRESETS)
def test_wide_pictures_are_cut_into_pieces_unseen(preset):
    # Wide enough for several pieces of work, next to each other and below.
    config = HogConfig.preset(preset, cell=16)
    image = picture(4, (83, 1100), None, np.uint8)
    assert_same(hog(image, config), naive_hog(image, config), config, 5e-4)


@pytest.mark.parametrize("preset", PRESETS)
def test_batches_with_a_mask_each(preset, monkeypatch):
    # So few at a time that the batch is cut.
    monkeypatch.setattr(COMPUTE, "PIXELS_AT_ONCE", 2 * 40 * 36)
    images = np.stack([picture(seed, (40, 36), 3, np.uint8) for seed in range(5)])
    mask = np.stack([masks(seed, (40, 36)) for seed in range(5)])
    found = hog_batch(images, preset, mask=mask)
    each = [hog(image, preset, mask=valid) for image, valid in zip(images, mask, strict=True)]
    assert_array_equal(found, each)
    assert_array_equal(
        hog_batch(images, preset, mask=mask[0])[3], hog(images[3], preset, mask=mask[0])
    )


def test_what_is_masked_is_never_read():
    image = picture(1, (40, 40), None, np.float32)
    mask = np.ones((40, 40), bool)
    mask[10:14, 20:25] = False
    clean = hog(image, mask=mask)
    image[10:14, 20:25] = np.nan
    assert_array_equal(hog(image, mask=mask), clean)
    assert np.isfinite(clean).all()


def test_all_valid_changes_nothing():
    image = picture(2, (50, 45), 3, np.uint8)
    for preset in PRESETS:
        assert_allclose(
            hog(image, preset, mask=np.ones((50, 45), bool)), hog(image, preset), atol=1e-6
        )


@pytest.mark.parametrize("mask", [np.ones((16, 15), bool), np.ones((16, 16)), np.ones(16, bool)])
def test_masks_that_do_not_fit(mask):
    with pytest.raises(EdgewiseError, match=r"a mask holds True and False .* \(16, 16\)"):
        hog(np.zeros((16, 16), np.uint8), mask=mask)


def test_of_equal_channels_the_last():
    image = np.zeros((16, 16, 3), np.uint8)
    image[:, :, 0] = np.arange(0, 64, 4)
    image[:, :, 2] = np.arange(0, 64, 4)[:, None]
    first = hog(image, "skimage", block=1).reshape(-1, 9)
    last = hog(image, "skimage", block=1, colour="strongest-last").reshape(-1, 9)
    assert_array_equal(first.argmax(axis=1), 0)
    assert_array_equal(last.argmax(axis=1), 4)
