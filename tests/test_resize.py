"""Pictures of another size and another shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from edgewise.features.config import HogConfig
from edgewise.features.extract import extract
from edgewise.features.hog import hog
from edgewise.images.dataset import open_dataset
from edgewise.images.errors import EdgewiseError
from edgewise.images.resize import resize
from edgewise.models.linear_features import Joined, Pixels, with_fit

random = np.random.default_rng(5)


def bilinear(image, size):
    return np.array(Image.fromarray(image).resize(size[::-1], Image.Resampling.BILINEAR))


@pytest.mark.parametrize("shape", [(40, 88), (88, 40), (40, 88, 3)])
def test_crop_is_the_middle_of_the_resized_whole(shape):
    image = random.integers(0, 256, shape, np.uint8)
    rows, columns = (slice((n // 2 - 20) // 2, (n // 2 - 20) // 2 + 20) for n in shape[:2])
    whole = bilinear(image, (shape[0] // 2, shape[1] // 2))
    assert_array_equal(resize(image, (20, 20), "crop"), whole[rows, columns])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_pad_repeats_the_border_around_the_middle(dtype):
    image = random.integers(0, 256, (30, 60)).astype(dtype)
    result = resize(image, (21, 20), "pad")
    inside = resize(image, (10, 20))
    assert result.dtype == dtype
    assert_array_equal(result[5:15], inside)
    assert_array_equal(result[:5], np.broadcast_to(inside[0], (5, 20)))
    assert_array_equal(result[15:], np.broadcast_to(inside[-1], (6, 20)))


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.tuples(st.integers(1, 30), st.integers(1, 30)),
    st.sampled_from(["stretch", "crop", "pad"]),
    st.sampled_from([(), (1,), (3,), (5,)]),
)
@settings(deadline=None, max_examples=60)
def test_every_fit_gives_the_size_and_keeps_a_constant(shape, size, fit, channels):
    result = resize(np.full(shape + channels, 77, np.uint8), size, fit)
    assert_array_equal(result, np.full(size + channels, 77, np.uint8))


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 5))
@settings(deadline=None, max_examples=30)
def test_fits_agree_where_the_shape_is_the_same(rows, columns, times):
    image = random.integers(0, 256, (4 * rows * times, 4 * columns * times), np.uint8)
    size = (4 * rows, 4 * columns)
    assert_array_equal(resize(image, size, "crop"), resize(image, size))
    assert_array_equal(resize(image, size, "pad"), resize(image, size))


def test_a_long_picture_is_cropped_without_a_longer_one():
    image = np.tile(np.arange(256, dtype=np.uint8), 400)[None]
    assert_array_equal(resize(image, (512, 2), "crop").shape, (512, 2))


def test_an_unknown_fit_is_refused():
    with pytest.raises(EdgewiseError, match='no fit "fill"; there are stretch, crop, pad'):
        resize(np.zeros((2, 2), np.uint8), (3, 3), "fill")


@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_hog_sees_the_fitted_picture(fit, tmp_path):
    image = random.integers(0, 256, (48, 96), np.uint8)
    Image.fromarray(image).save(tmp_path / "a.png")
    config = HogConfig(fit=fit)
    table = extract(open_dataset([str(tmp_path)], labelled=False), config, size=(32, 32))
    assert_allclose(table.X[0], hog(resize(image, (32, 32), fit), config), atol=1e-6)
    assert_array_equal(table.config.fit, fit)


def test_all_parts_of_joined_features_have_one_fit():
    joined = with_fit(Joined((HogConfig(), Pixels())), "crop")
    assert_array_equal([joined.fit, joined.parts[0].fit], ["crop", "crop"])
    with pytest.raises(EdgewiseError, match="its fit cannot be both crop and stretch"):
        Joined((HogConfig(), HogConfig(fit="crop")))
    with pytest.raises(EdgewiseError, match="pixels alone are of stretched pictures"):
        with_fit(Joined((Pixels(),)), "crop")
