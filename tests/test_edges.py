"""Edge and compass operators: against the textbook, OpenCV, SciPy and scikit-image."""

import cv2
import naive_filters
import numpy as np
import pytest
import scipy.ndimage
import skimage.filters
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError, apply, kernel
from edgewise.filters.edges import edge_strength
from edgewise.filters.magnitude import OPERATORS
from edgewise.filters.oriented import COMPASSES

chosen = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
PEERS = {
    "sobel": skimage.filters.sobel,
    "prewitt": skimage.filters.prewitt,
    "scharr": skimage.filters.scharr,
    "farid": skimage.filters.farid,
}


@chosen
@given(
    st.tuples(st.integers(1, 8), st.integers(1, 8)),
    st.sampled_from(list(OPERATORS)),
    st.sampled_from(["reflect", "symmetric", "edge", "wrap"]),
)
def test_equals_the_textbook(shape, name, border):
    image = np.random.default_rng(sum(shape)).integers(0, 256, shape, np.uint8)
    x, y = naive_filters.derivatives(image, *OPERATORS[name][:2], border)
    angle = np.degrees(np.arctan2(y, x)) % 360
    for output, expected in (("x", x), ("y", y), ("magnitude", np.hypot(x, y))):
        result = apply(f"{name}:{output}:border={border}", image)
        assert_allclose(result, expected, rtol=1e-5, atol=2e-4)
    apart = apply(f"{name}:angle:border={border}", image) - angle
    known = np.hypot(x, y) > 1e-3
    assert_allclose(((apart + 180) % 360 - 180)[known], 0, atol=0.02)


@pytest.mark.parametrize("name", PEERS)
def test_divided_is_that_of_scikit_image(rng, name):
    image = rng.random((20, 30)).astype(np.float32)
    result = apply(f"{name}:norm=divided:border=symmetric", image)
    assert_allclose(result, PEERS[name](image), atol=1e-5)


@pytest.mark.parametrize(("name", "size"), [("sobel", 3), ("scharr", -1)])
def test_raw_is_that_of_opencv(rng, name, size):
    image = rng.integers(0, 256, (20, 30), np.uint8)
    x, y = (cv2.Sobel(image, cv2.CV_32F, *d, ksize=size) for d in ((1, 0), (0, 1)))
    assert_array_equal(apply(f"{name}:x", image), x)
    assert_array_equal(apply(f"{name}:y", image), y)
    assert_allclose(apply(name, image), cv2.magnitude(x, y), rtol=1e-6)
    expected = cv2.phase(x, y, angleInDegrees=True)
    apart = apply(f"{name}:angle", image) - expected
    assert_allclose((apart + 180) % 360 - 180, 0, atol=0.5)  # OpenCV's is that coarse


def test_one_axis_is_that_of_scipy(rng):
    image = rng.random((20, 30)).astype(np.float32)
    expected = scipy.ndimage.sobel(image, axis=0, mode="wrap")
    assert_allclose(apply("sobel:y:border=wrap", image), expected, atol=1e-5)


def test_roberts_is_that_of_scikit_image(rng):
    image = rng.random((20, 30)).astype(np.float32)
    result = apply("roberts:norm=divided", image)[1:, 1:]
    assert_allclose(result, skimage.filters.roberts(image)[:-1, :-1], atol=1e-6)


def test_slope_is_in_values_per_pixel():
    ramp = np.add.outer(3.0 * np.arange(9), 4.0 * np.arange(9)).astype(np.float32)
    for name in (*OPERATORS, "roberts"):
        result = apply(f"{name}:norm=slope", ramp)[3:-3, 3:-3]
        assert_allclose(result, 5, rtol=1e-4, err_msg=name)


def test_angles_point_to_what_is_brighter():
    ramp = np.arange(9.0)
    down = np.repeat(ramp[:, None], 9, axis=1)
    for image, expected in ((down.T, 0), (down, 90), (-down.T, 180), (-down, 270)):
        assert_array_equal(apply("sobel:angle", image)[4, 4], expected)


def test_an_integer_dtype_rounds_and_saturates(rng):
    image = rng.integers(0, 256, (20, 30, 3), np.uint8)
    expected = np.clip(np.rint(apply("sobel", image)), 0, 255)
    assert_array_equal(edge_strength(image, dtype=np.uint8), expected)


@pytest.mark.parametrize(
    "settings_",
    ["stride=2", "stride=3/1:padding=valid", "dilation=2", "padding=2/1/0/3:border=constant:fill=9",
     "flip=yes:border=wrap"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["sobel", "farid"])
def test_the_magnitude_is_that_of_both_derivatives(rng, name, settings_):
    image = rng.integers(0, 256, (23, 31, 3), np.uint8)
    x, y = (apply(f"{name}:{output}:{settings_}", image) for output in "xy")
    assert_allclose(apply(f"{name}:{settings_}", image), np.hypot(x, y), rtol=1e-5, atol=1e-3)


@chosen
@given(st.tuples(st.integers(1, 7), st.integers(1, 7)), st.sampled_from(list(COMPASSES)))
def test_compass_equals_the_textbook(shape, name):
    image = np.random.default_rng(sum(shape)).integers(0, 256, shape, np.uint8)
    best, which = naive_filters.compass(image, COMPASSES[name])
    assert_array_equal(apply(name, image), best)
    assert_array_equal(apply(f"{name}:direction", image), which)


def test_compass_with_other_windows(rng):
    image = rng.integers(0, 256, (13, 14, 3), np.uint8)
    for settings_ in ("stride=2", "padding=valid", "border=wrap", "dilation=2"):
        responses = [apply(f"kirsch-mask:{k}:{settings_}", image) for k in range(8)]
        assert_array_equal(apply(f"kirsch:{settings_}", image), np.max(responses, axis=0))
    flipped = np.argmax([apply(f"kirsch-mask:{k}:flip=yes", image) for k in range(8)], axis=0)
    assert_array_equal(apply("kirsch:direction:flip=yes", image), flipped)


def test_masks_turn_by_45_degrees():
    assert_array_equal(kernel("robinson-mask"), kernel("sobel-x"))
    assert_array_equal(kernel("robinson-mask", direction=6), kernel("sobel-y"))
    assert_array_equal(kernel("kirsch-mask", direction=2), [[5, 5, 5], [-3, 0, -3], [-3, -3, -3]])


def test_frei_chen_likeness():
    edge = np.zeros((9, 9), np.float32)
    edge[:, 5:] = 90
    line = np.zeros((9, 9), np.float32)
    line[:, 4] = 90
    assert_allclose(
        apply("frei-chen:edge", edge - 45)[4, 4:6], apply("frei-chen:edge", edge - 45)[3, 4:6]
    )
    assert apply("frei-chen:line", line)[4, 4] > apply("frei-chen:edge", line)[4, 4]
    likeness = apply("frei-chen:edge", edge)
    assert 0 <= likeness.min() <= likeness.max() <= 1 + 1e-6


def test_frei_chen_masks_are_orthonormal():
    masks = np.stack([kernel("frei-chen-basis", number=n).ravel() for n in range(1, 10)])
    assert_allclose(masks @ masks.T, np.eye(9), atol=1e-6)


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ("sobel:output=z", "output=z is not one of magnitude, x, y, angle"),
        ("sobel:norm=half", "norm=half is not one of raw, divided, slope"),
        ("kirsch:least", "output=least is not one of max, direction"),
        ("kirsch-mask:8", "direction=8 is not from 0 to 7"),
        ("frei-chen-basis:0", "number=0 is not from 1 to 9"),
    ],
)
def test_bad_settings(chain, message):
    with pytest.raises(EdgewiseError, match=message):
        apply(chain, np.zeros((4, 4)))
