"""What describes a picture to a linear model: HoG, pixels, several joined, changed copies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError, HogConfig, hog_batch
from edgewise.images.dataset import Dataset
from edgewise.models.linear_copies import with_copies
from edgewise.models.linear_features import Joined, Pixels, compute, features_from_dict
from edgewise.models.linear_grammar import parse_features
from edgewise.models.settings import default_features

BASE = HogConfig(cell=4, bins=6)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12), st.integers(1, 12))
@settings(max_examples=40)
def test_means_over_a_grid_by_hand(rows, columns, down, across):
    image = np.random.default_rng(rows * 13 + columns).integers(
        0, 256, (rows, columns, 3), np.uint8
    )
    pixels = Pixels((down, across), 3, 0.5)
    if down > rows or across > columns:
        with pytest.raises(EdgewiseError, match="is finer than the pictures"):
            pixels.compute(image[None])
        return
    found = pixels.compute(image[None]).reshape(down, across, 3)
    for i in range(down):
        for j in range(across):
            top, bottom = i * rows // down, (i + 1) * rows // down
            left, right = j * columns // across, (j + 1) * columns // across
            part = image[top:bottom, left:right].reshape(-1, 3)
            assert_allclose(found[i, j], part.mean(axis=0) / 255 / 2, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("dtype", "most"), [(np.uint8, 255), (np.uint16, 65535), (np.float32, 255)]
)
def test_pixels_run_from_0_to_1(dtype, most):
    white = np.full((1, 2, 2), most, dtype)
    assert_allclose(Pixels().compute(white), np.ones((1, 4)), rtol=1e-6)


def test_gray_among_colour_and_colour_among_gray(rng):
    gray = rng.integers(0, 256, (2, 4, 4), np.uint8)
    assert_allclose(Pixels(None, 3).compute(gray).reshape(2, 16, 3)[..., 1] * 255,
                    gray.reshape(2, 16), rtol=1e-5)  # fmt: skip
    colour = np.repeat(gray[..., None], 3, axis=3)
    assert_allclose(Pixels(None, 1).compute(colour), Pixels(None, 1).compute(gray), rtol=1e-5)


def test_joined_is_one_after_the_other(rng):
    images = rng.integers(0, 256, (3, 16, 16), np.uint8)
    parts = (BASE, BASE.replace(cell=8), Pixels((4, 4)))
    joined = Joined(parts)
    found = compute(joined, images)
    assert_array_equal(found.shape, (3, joined.length(16, 16)))
    assert_array_equal(found[:, joined.columns_of(parts[1], (16, 16))], hog_batch(images, parts[1]))
    assert_allclose(found[:, joined.columns_of(parts[2], (16, 16))], parts[2].compute(images))
    assert joined.hog is parts[0]
    assert features_from_dict(joined.to_dict()) == joined
    assert features_from_dict(BASE.to_dict()) == BASE


def test_features_from_text():
    found = parse_features("hog:cell=2x4:signed,skimage:bins=8,pixels:6x5:scale=0.5", 3, BASE)
    assert found.parts == (
        BASE.replace(cell=(2, 4), signed=True),
        HogConfig.preset("skimage", bins=8),
        Pixels((5, 6), 3, 0.5),
    )
    assert parse_features("hog:window_sigma=none:norm=l1", 1, BASE) == BASE.replace(
        window_sigma=None, norm="l1"
    )
    assert parse_features("pixels", 1, BASE) == Joined((Pixels(),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sift", 'step 1, "sift": no such features; write hog'),
        ("hog:teeth=3", 'step 1, "hog": no HoG setting "teeth"'),
        ("hog:cell=big", '"big" is not a number'),
        ("hog,pixels:8", 'step 2, "pixels": "8" is not a grid; write it as WxH'),
        ("pixels:8x8:colour=3", "pixels are written"),
        ("pixels:scale=0", "scale is a number above 0"),
        ("hog,", "step 2 is empty"),
    ],
)
def test_text_that_makes_no_sense(text, message):
    with pytest.raises(EdgewiseError, match=message):
        parse_features(text, 1, BASE)


@pytest.mark.parametrize("side", [4, 8, 15, 16, 17, 28, 32, 61, 128, 300])
@pytest.mark.parametrize("channels", [1, 3])
def test_default_features_fit_every_size(side, channels):
    found = default_features((side, side + 3), channels)
    assert 0 < found.length(side, side + 3) < 6000


def dataset(**changes):
    array = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    parts = {"names": ("a", "b"), "labels": ("x", "y"), "reader": lambda i: array[i]}
    return Dataset(**{**parts, **changes}), array


def test_copies_by_hand():
    plain, array = dataset()
    found = with_copies(plain, "shift:1,flip")
    assert_array_equal(len(found), 20)
    assert_array_equal(found.labels, np.repeat(["x", "y"], 10))
    assert_array_equal(len(set(found.names)), 20)
    assert_array_equal(found.groups, np.repeat(["a", "b"], 10))
    assert_array_equal(found.read(0), array[0])
    assert_array_equal(found.read(11), array[1][[0, 0, 1]])
    assert_array_equal(found.read(12), array[1][[1, 2, 2]])
    assert_array_equal(found.read(13), array[1][:, [0, 0, 1, 2]])
    assert_array_equal(found.read(15), array[1][:, ::-1])


def test_copies_in_memory_are_those_that_are_read():
    plain, array = dataset()
    in_memory = with_copies(dataset(array=array)[0], "flip,shift:2")
    read = with_copies(plain, "flip,shift:2")
    assert_array_equal(in_memory.array, [read.read(i) for i in range(len(read))])
    assert_array_equal(in_memory.read(7), in_memory.array[7])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rotate", "copies are flip, shift:PIXELS"),
        ("shift:0", "not a number of pixels from 1 to 8"),
        ("shift:far", "not a number of pixels"),
        ("shift:3", "too small to be moved so far"),
    ],
)
def test_copies_that_make_no_sense(text, message):
    with pytest.raises(EdgewiseError, match=message):
        with_copies(dataset()[0], text).read(1)
