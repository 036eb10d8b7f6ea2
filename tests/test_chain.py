"""The chain grammar, and chains run on images."""

import json

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError, apply, convolve, correlate, kernel, pool
from edgewise.filters import FILTERS, KERNELS
from edgewise.filters.grammar import Step, parse_chain
from edgewise.filters.kernel_text import read_kernel

words = st.text(st.sampled_from("abcwxyz019.-"), min_size=1, max_size=5)
# What begins with a digit is ImageMagick's: 3x3:1,2,... and 3:1,2,...
names = words.filter(lambda word: not word[0].isdigit())


def test_parts_of_a_step():
    assert parse_chain("conv:6:5:padding=2, relu") == [
        Step(1, "conv", ("6", "5"), {"padding": "2"}),
        Step(2, "relu"),
    ]


def test_commas_and_colons_in_a_kernel_belong_to_it():
    (step,) = parse_chain("[1,2; 3,4]:stride=2")
    assert step == Step(1, "[1,2; 3,4]", (), {"stride": "2"})


@given(st.lists(st.tuples(names, st.lists(words, max_size=3)), min_size=1, max_size=4))
def test_what_is_written_is_what_is_read(steps):
    text = ",".join(":".join([name, *values]) for name, values in steps)
    expected = [Step(i, name, tuple(values)) for i, (name, values) in enumerate(steps, 1)]
    assert parse_chain(text) == expected


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ("", "step 1 is empty"),
        ("abs,,relu", "step 2 is empty"),
        ("gaussian,sobell", 'step 2, "sobell": no such filter; did you mean "sobel"?'),
        ("[1 2", "brackets"),
        ("[1 x]", '"x" is not a number'),
        ("[1 2; 3]", "equally many"),
        ("[]", "matrix of numbers"),
        ("[1]:2", "window settings only"),
        ("gaussian:x", "sigma=x is not a number"),
        ("gaussian:1:sigma=2", '"sigma" is set twice'),
        ("gaussian:sigma=1:sigma=2", '"sigma" is set twice'),
        ("gaussian:sigm=2", 'no setting "sigm"; did you mean "sigma"'),
        ("abs:1", "too many values"),
        ("sobel:stride=a", "stride=a is not a whole number or two"),
        ("sobel:flip=maybe", "neither|yes or no"),
        ("maxpool:padding=1/2/3", "padding=1/2/3 is not"),
        ("relu:border=wrap", 'no setting "border"'),
        ("gaussian:1:borde=wrap", 'no setting "borde"; did you mean "border"?'),
        ("gaussian:1:normalise=sum", 'no setting "normalise"; did you mean "normalize"?'),
        ("sobel:strid=2", 'no setting "strid"; did you mean "stride"?'),
        ("xyzzy", 'step 1, "xyzzy": no such filter; edgewise kernels lists them'),
        ("gaussian:1/2/3", "sigma=1/2/3 is not a number or two"),
        ("sharpen:1/0", "amount=1/0 is not a number"),
        ("@nowhere.txt", "nowhere.txt: no such file"),
        ("sobel:border=mirror", "means different things"),
        ("box:99:padding=valid", 'step 1, "box": a window of 99 pixels does not fit'),
    ],
)
def test_mistakes_point_at_the_step(chain, message):
    with pytest.raises(EdgewiseError, match=message.replace("?", r"\?")):
        apply(chain, np.zeros((8, 8)))


@pytest.mark.parametrize("name", [*FILTERS, *KERNELS])
def test_everything_named_runs_on_every_kind_of_image(name, rng):
    for shape in ((1, 1), (9, 7), (9, 7, 3), (9, 7, 4), (1, 5, 2)):
        if "pool" in name and min(shape[:2]) < 3:
            continue
        image = rng.integers(0, 256, shape, np.uint8)
        result = apply(name, image)
        assert_array_equal(result.dtype, np.float32)
        assert_array_equal(np.isfinite(result), True)


def test_steps_run_in_order(rng):
    image = rng.integers(0, 256, (20, 30), np.uint8)
    x = correlate(correlate(image, kernel("gaussian", sigma=2)), kernel("sobel-x"))
    y = correlate(correlate(image, kernel("gaussian", sigma=2)), kernel("sobel-y"))
    expected = pool(np.sqrt(x**2 + y**2), 2)
    assert_allclose(apply("gaussian:2,sobel,maxpool:2", image), expected, rtol=1e-5, atol=1e-4)


def test_window_settings_of_a_step_and_of_the_chain(rng):
    image, weights = rng.integers(0, 256, (20, 30), np.uint8), kernel("diagonal")
    settings = {"stride": (2, 1), "dilation": 2, "padding": ((1, 2), (3, 4)), "border": "wrap"}
    expected = correlate(image, weights, **settings)
    step = "diagonal:stride=2/1:dilation=2:padding=1/2/3/4:border=wrap"
    assert_array_equal(apply(step, image), expected)
    assert_array_equal(apply("diagonal", image, **settings), expected)
    assert_array_equal(apply("diagonal:stride=2/1", image, **{**settings, "stride": 7}), expected)


def test_flip_convolves(rng):
    image = rng.integers(0, 256, (9, 9), np.uint8)
    expected = convolve(image, kernel("diagonal"), border="constant", fill=9)
    assert_array_equal(apply("diagonal:flip=yes:border=zero:fill=9", image), expected)


def test_pooling_does_not_take_the_chains_window_settings(rng):
    image = rng.integers(0, 256, (12, 12), np.uint8)
    assert_array_equal(apply("maxpool:3", image, stride=2, padding=1), pool(image, 3))


def test_unsharp_is_the_image_plus_what_a_blur_takes_away(rng):
    image = rng.integers(0, 256, (30, 30)).astype(float)
    blur = scipy.ndimage.gaussian_filter(image, 1.5, mode="mirror")
    expected = image + 0.8 * (image - blur)
    assert_allclose(apply("unsharp:1.5:0.8", image), expected, rtol=1e-4, atol=1e-3)


def test_point_operations():
    image = np.float32([[-2, 0, 200, np.nan]])
    assert_array_equal(apply("relu", image), np.float32([[0, 0, 200, np.nan]]))
    assert_array_equal(apply("abs", image), np.float32([[2, 0, 200, np.nan]]))
    assert_array_equal(apply("threshold:100", image), np.float32([[0, 0, 255, np.nan]]))
    assert_array_equal(
        apply("threshold:0:above=1:below=-1", image), np.float32([[-1, -1, 1, np.nan]])
    )


def test_gray_weighs_colours_by_luma():
    image = np.eye(3)[None] * 1000
    assert_allclose(apply("gray", image), [[299, 587, 114]], rtol=1e-5)


def test_an_integer_dtype_rounds_once_at_the_end():
    image = np.full((1, 3), 3, np.uint8)
    assert_array_equal(apply("[0.5],[2]", image, dtype=np.uint8), image)


def test_invisible_pixels_do_not_bleed():
    image = np.zeros((9, 9, 4), np.uint8)
    image[:, :5] = (200, 0, 0, 255)
    image[:, 5:] = (0, 255, 0, 0)  # green, but transparent
    result = apply("gaussian:1", image)
    assert_allclose(result[:, :7, 0], 200, rtol=1e-4)
    assert_allclose(result[..., 1], 0, atol=1e-4)
    assert_allclose(result[..., 3], apply("gaussian:1", image[..., 3]), atol=1e-3)


def test_edge_filters_keep_alpha():
    image = np.full((8, 8, 2), 90, np.uint8)
    for chain in ("sobel", "laplacian", "relu", "sobel:flip=yes"):
        assert_allclose(apply(chain, image)[..., 1], 90, rtol=1e-6)
    assert_array_equal(apply("sobel:stride=2", image).shape, (4, 4, 2))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("k.txt", "# mine\n1 2\n3 4\n"),
        ("k.csv", "1,2\n3,4\n"),
        ("k.json", json.dumps([[1, 2], [3, 4]])),
    ],
)
def test_kernel_files(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    assert_array_equal(read_kernel(f"@{tmp_path / name}"), np.float32([[1, 2], [3, 4]]))


def test_kernel_file_of_numpy(tmp_path):
    np.save(tmp_path / "k.npy", [[1, 2], [3, 4]])
    assert_array_equal(read_kernel(f"@{tmp_path / 'k.npy'}"), np.float32([[1, 2], [3, 4]]))


@pytest.mark.parametrize(
    ("name", "content"),
    [("k.json", "{"), ("k.json", '{"a": 1}'), ("k.npy", "text"), ("k.txt", ""), ("k.txt", "nan")],
)
def test_bad_kernel_files(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(EdgewiseError, match=name):
        read_kernel(f"@{tmp_path / name}")


def test_fractions_in_a_setting(rng):
    image = rng.integers(0, 256, (9, 9), np.uint8)
    assert_array_equal(apply("[1 2 1]:scale=1/4", image), apply("[1 2 1]:scale=0.25", image))
    assert_array_equal(apply("gamma:1/2", image), apply("gamma:0.5", image))


def test_fractions_in_a_kernel():
    assert_allclose(read_kernel("[1/9, -1/3]"), [[1 / 9, -1 / 3]], rtol=1e-6)
