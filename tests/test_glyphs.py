"""Pictures of HoG vectors: strokes where they belong, along the edges."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.features import HogConfig, hog
from edgewise.images.errors import EdgewiseError
from edgewise.reports.glyphs import cell_histograms, hog_picture

CONFIG = HogConfig.preset("skimage", cell=8, block=2)


def ramp(degrees, shape=(32, 40)):
    """Return a picture that brightens in one direction; 90 is downwards."""
    y, x = np.indices(shape)
    angle = np.radians(degrees)
    return (100 + 3 * (x * np.cos(angle) + y * np.sin(angle))).astype(np.float32)


def direction(drawing):
    """Return the angle of the bright pixels' main axis, 0 to 180 degrees, downwards positive."""
    y, x = np.indices(drawing.shape) - (np.array(drawing.shape)[:, None, None] - 1) / 2
    weight = drawing / drawing.sum()
    moments = (weight * x * y).sum(), (weight * (x * x - y * y)).sum()
    return np.degrees(np.arctan2(2 * moments[0], moments[1])) / 2 % 180


@pytest.mark.parametrize("gradient", [10, 30, 50, 90, 110, 170])
@pytest.mark.parametrize("preset", ["skimage", "dalal-triggs"])
def test_strokes_run_along_the_edge(preset, gradient):
    config = HogConfig.preset(preset, block=2)
    image = ramp(gradient)
    drawing = hog_picture(hog(image, config), config, image.shape, cell_pixels=24)
    assert (drawing.shape, drawing.dtype) == ((4 * 24, 5 * 24), np.uint8)
    inner = drawing[24:48, 48:72]
    assert inner.max() > 200
    assert abs(direction(inner) - (gradient + 90) % 180) < 1


def test_a_white_square_is_outlined():
    image = np.zeros((64, 64), np.uint8)
    image[20:44, 20:44] = 255
    drawing = hog_picture(hog(image, CONFIG), CONFIG, image.shape, cell_pixels=16)
    glyphs = drawing.reshape(8, 16, 8, 16).max(axis=(1, 3))
    bright = np.zeros((8, 8), bool)
    # Rows and columns 20 and 44 lie in cells 2 and 5.
    bright[[2, 5], 2:6] = bright[2:6, [2, 5]] = True
    assert (glyphs[bright] > 150).all()
    assert (glyphs[~bright] == 0).all()


def test_flat_pictures_are_black():
    assert not hog_picture(np.zeros(CONFIG.length(40, 40)), CONFIG, (40, 40)).any()


def test_brightness_follows_the_vector_alone():
    vector = hog(ramp(30), CONFIG)
    drawing = hog_picture(vector, CONFIG, (32, 40))
    assert_array_equal(hog_picture(vector * 2, CONFIG, (32, 40)), drawing)


def test_broken_values_are_left_out():
    vector = hog(ramp(30), CONFIG)
    vector[5] = np.nan
    assert hog_picture(vector, CONFIG, (32, 40)).max() == 255


@pytest.mark.parametrize("bins", [1, 2, 9])
@pytest.mark.parametrize("signed", [False, True])
def test_any_bins(bins, signed):
    config = HogConfig(bins=bins, signed=signed, norm="l2")
    drawing = hog_picture(hog(ramp(30), config), config, (32, 40))
    assert drawing.max() > 200
    if bins == 9:
        assert abs(direction(drawing[16:32, 16:32]) - 120) < 10


def test_opposite_signed_bins_are_one_stroke():
    signed, unsigned = HogConfig(bins=18, signed=True), HogConfig()
    there, back = ramp(30), ramp(210) + 200
    drawing = hog_picture(hog(there, signed), signed, (32, 40))
    assert_array_equal(hog_picture(hog(back, signed), signed, (32, 40)), drawing)
    assert_allclose(drawing, hog_picture(hog(there, unsigned), unsigned, (32, 40)), atol=1)


def test_oblong_cells_are_drawn_oblong():
    config = HogConfig(cell=(4, 8), block=(2, 1))
    assert hog_picture(hog(ramp(0), config), config, (32, 40), cell_pixels=10).shape == (80, 100)


def test_cells_are_the_mean_of_their_blocks():
    image = np.random.default_rng(0).integers(0, 256, (41, 50), np.uint8)
    config = HogConfig.preset("skimage", cell=8, block=(2, 3), block_stride=(1, 2), norm="none")
    cells = hog(image, config.replace(block=1, block_stride=1)).reshape(5, 6, 9)
    found = cell_histograms(hog(image, config), config, image.shape)
    # Without a norm every block holds the same cell; the last column is in none.
    assert_allclose(found[:, :5], cells[:, :5], rtol=1e-5)
    assert not found[:, 5].any()
    normalised = config.replace(norm="l2")
    blocks = hog(image, normalised).reshape(4, 2, 2, 3, 9)
    found = cell_histograms(hog(image, normalised), normalised, image.shape)
    # Cell (1, 2) lies in block row 0 below and 1 above, column 0 right and 1 left.
    homes = blocks[0, 0, 1, 2], blocks[0, 1, 1, 0], blocks[1, 0, 0, 2], blocks[1, 1, 0, 0]
    assert_allclose(found[1, 2], np.mean(homes, axis=0), rtol=1e-5)


def test_a_vector_of_another_length():
    with pytest.raises(EdgewiseError, match=r"shape is \(7,\), but 40x32 pixels .* give 432"):
        hog_picture(np.zeros(7), CONFIG, (32, 40))


@pytest.mark.parametrize("preset", ["opencv", "felzenszwalb", "vlfeat"])
def test_every_preset_draws_the_edge_that_there_is(preset):
    config = HogConfig.preset(preset)
    image = np.zeros((64, 64), np.uint8)
    image[:, 36:] = 200
    cells = cell_histograms(hog(image, config), config, image.shape)
    assert cells.shape == (8, 8, 9)
    # An upright edge has a gradient across: at 0 degrees, upon the centre of
    # the first bin or upon the edge between the first and the last.
    strongest = set(cells[2:6, 4].argmax(axis=1))
    assert strongest <= {0, 8}
    drawing = hog_picture(hog(image, config), config, image.shape, cell_pixels=16)
    across = np.flatnonzero(drawing[:, :].max(axis=0) > 100)
    np.testing.assert_array_equal(np.unique(across // 16) >= 3, True)
    np.testing.assert_array_equal(np.unique(across // 16) <= 5, True)
