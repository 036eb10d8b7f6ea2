"""How results fit the depth of a file."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError
from edgewise.filters.ranges import Fitting, fit_range

VALUES = np.float32([[-100, 0, 100.5, 300]])


@pytest.mark.parametrize(
    ("rule", "expected", "clipped"),
    [
        ("clip", [[0, 0, 100, 255]], 0.5),
        ("abs", [[100, 0, 100, 255]], 0.25),
        ("shift", [[28, 128, 228, 255]], 0.25),
        ("rescale", [[0, 64, 128, 255]], 0.0),
    ],
)
def test_rules(rule, expected, clipped):
    picture, share = fit_range(VALUES, rule, np.uint8)
    assert_array_equal(picture, np.uint8(expected))
    assert_allclose(share, clipped)


def test_float_leaves_the_values():
    picture, share = fit_range(VALUES, "float", np.uint8)
    assert_array_equal(picture, VALUES)
    assert_allclose(share, 0)


def test_sixteen_bits():
    picture, _ = fit_range(VALUES, "rescale", np.uint16)
    assert_array_equal(picture.dtype, np.uint16)
    assert_array_equal([picture.min(), picture.max()], [0, 65535])


def test_alpha_is_not_moved():
    values = np.zeros((1, 2, 4), np.float32)
    values[..., 3] = (255, 7)
    picture, _ = fit_range(values, "shift", np.uint8)
    assert_array_equal(picture[..., 3], [[255, 7]])
    assert_array_equal(picture[..., 0], [[128, 128]])


def test_a_flat_result_has_no_range():
    picture, _ = fit_range(np.full((2, 2), 9, np.float32), "rescale", np.uint8)
    assert_array_equal(picture, np.zeros((2, 2), np.uint8))


@pytest.mark.parametrize(
    ("source", "dtype", "value", "expected", "alpha"),
    [
        (np.uint8, np.uint16, 100.25, 25764, 65535),
        (np.uint16, np.uint8, 25700, 100, 255),
        (np.uint8, np.float32, 100.25, 100.25, 1),
        (np.float32, np.uint8, 100.25, 100, 255),
        (np.float32, np.uint16, 100.25, 100, 65535),
        (np.uint16, np.uint16, 999, 999, 65535),
    ],
)
def test_another_depth(source, dtype, value, expected, alpha):
    opaque = 1 if source == np.float32 else np.iinfo(source).max
    values = np.float32([[[value, value, value, opaque]]])
    fitting = Fitting("clip", dtype, source)
    fitting.look(values)
    result = fitting.fit(values)
    assert_array_equal(result.dtype, dtype)
    assert_allclose(result[0, 0], [expected, expected, expected, alpha], rtol=1e-6)


def test_a_range_of_another_depth():
    fitting = Fitting("rescale", np.uint8, np.uint16)
    values = np.float32([[-100, 0, 300]])
    fitting.look(values)
    assert_array_equal(fitting.fit(values), np.uint8([[0, 64, 255]]))
    shift = Fitting("shift", np.uint8, np.uint16)
    assert_array_equal(shift.fit(np.float32([[-257, 0, 257]])), np.uint8([[127, 128, 129]]))


def test_unknown_rule():
    with pytest.raises(EdgewiseError, match='no range "wrap"'):
        fit_range(VALUES, "wrap", np.uint8)
