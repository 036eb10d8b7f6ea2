"""Kernels as users and other tools write them: inline, files, scaling, bias and anchor."""

import json

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import naive
from edgewise import EdgewiseError, apply, correlate, kernel, read_image
from edgewise.cli.main import run
from edgewise.filters import KERNELS
from edgewise.filters.kernel_facts import FREQUENCIES, frequency_response, kernel_facts
from edgewise.filters.kernel_settings import divisor
from edgewise.filters.kernel_text import given_kernel

SOBEL = np.float32([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


@pytest.fixture
def image(rng):
    return rng.integers(0, 256, (12, 14), np.uint8)


@pytest.mark.parametrize(
    "text",
    [
        "3x3:-1,0,1,-2,0,2,-1,0,1",
        "3x3: -1,0,1 -2,0,2 -1,0,1",
        "[3x3:-1,0,1,-2,0,2,-1,0,1]",
        "[3:-1,0,1,-2,0,2,-1,0,1]",
        "3:-1,0,1,-2,0,2,-1,0,1",
        "3: -1,0,1 -2,0,2 -1,0,1",
        "3x3:-1,nan,1,-2,-,2,-1.0,-,1e0",
        "[-1 0 1; -2,0,2; -1 0 1]",
    ],
)
def test_spellings_of_one_kernel(image, text):
    assert_array_equal(apply(text, image), correlate(image, SOBEL))
    assert_array_equal(apply(f"{text}:stride=2,abs", image), abs(correlate(image, SOBEL, stride=2)))


def test_imagemagick_kernels_follow_each_other(image):
    expected = correlate(correlate(image, [[0, 0], [0, 3]], anchor=(0, 0)), SOBEL)
    assert_array_equal(apply("2x2:0,0,0,3,3x3:-1,0,1,-2,0,2,-1,0,1", image), expected)


def test_imagemagick_says_where_the_origin_is(image):
    weights = np.arange(6.0).reshape(2, 3)
    text = "3x2+2+1:0,1,2,3,4,5"
    assert_array_equal(given_kernel(f"[{text}]").anchor, (1, 2))
    assert_array_equal(apply(text, image), correlate(image, weights, anchor=(1, 2)))
    # Its own middle, where none is given, is the first of two.
    assert_array_equal(given_kernel("[4x2:1,1,1,1,1,1,1,1]").anchor, (0, 1))


@pytest.mark.parametrize("head", ["3 3", "3 3 1", "3 3 1 0", "3 3 8 128", "3 3 0.5 -3"])
def test_libvips_matrices(tmp_path, image, head):
    (tmp_path / "k.mat").write_text(f"{head}\n-1 0 1\n-2 0 2\n-1 0 1\n")
    scale, offset = [*map(float, head.split()), *[1, 0][len(head.split()) - 2 :]][2:4]
    expected = correlate(image, SOBEL) / np.float32(scale) + np.float32(offset)
    assert_allclose(apply(f"@{tmp_path / 'k.mat'}", image), expected, rtol=1e-6, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("k.mat", "3 3\n1 2\n", "width, height, scale"),
        ("k.mat", "2 1 0 0\n1 2\n", "not 0"),
        ("k.mat", "", "width, height, scale"),
        ("k.mat", "2 1 1 0 5\n1 2\n", "width, height, scale"),
        ("k.txt", "2x2:1,2,3", "wants 4 numbers, and there are 3"),
        ("k.mat", "2 1\n1 x\n", '"x" is not a number'),
    ],
)
def test_broken_files_are_named(tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(EdgewiseError, match=f"{name}.*{message}"):
        given_kernel(f"@{tmp_path / name}")


def test_a_matlab_file_is_no_kernel(tmp_path):
    (tmp_path / "k.mat").write_bytes(b"MATLAB 5.0\xff\xfe\x00")
    with pytest.raises(EdgewiseError, match=r"k\.mat: a kernel file is text, CSV, JSON"):
        given_kernel(f"@{tmp_path / 'k.mat'}")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("k.txt", "3x3+1+1:-1,0,1,-2,0,2,-1,0,1"),
        ("k.txt", "-1 0 1 # left to right\n-2 0 2\n-1 0 1"),
        ("k.csv", "\ufeff-1,0,1\n-2,0,2\n-1,0,1\n"),
        ("k.json", json.dumps(SOBEL.tolist())),
    ],
)
def test_files_in_a_chain(tmp_path, image, name, content):
    (tmp_path / name).write_text(content, "utf-8")
    assert_array_equal(apply(f"@{tmp_path / name}", image), correlate(image, SOBEL))


def test_normalisation(image):
    mean = apply("[1 2 1]:normalize=sum", image)
    assert_allclose(mean, correlate(image, np.array([[1, 2, 1]]) / 4))
    assert_allclose(apply("[-1 0 3]:normalize=abs", image), correlate(image, [[-0.25, 0, 0.75]]))
    assert_allclose(apply("box:3:scale=9", image), correlate(image, np.ones((3, 3))), rtol=1e-5)


@pytest.mark.parametrize("text", ["[-1 0 1]", "laplacian", "[1e-3 -1e-3]", "[0 0]"])
def test_kernels_that_add_up_to_nothing_are_not_divided_by_it(image, text):
    assert_array_equal(apply(f"{text}:normalize=sum", image), apply(text, image))


@given(
    st.lists(st.floats(-9, 9, width=32), min_size=1, max_size=9), st.sampled_from(["sum", "abs"])
)
def test_normalisation_never_divides_by_nothing(weights, rule):
    found = divisor(np.array([weights]), rule)
    assert np.isfinite(found)
    assert abs(found) > 0


def test_bias_keeps_negative_values_in_an_8_bit_picture(image):
    expected = np.clip(np.rint(correlate(image, SOBEL / 8) + 128), 0, 255)
    result = apply("sobel-x:scale=0.125:bias=128", image, dtype=np.uint8)
    assert_array_equal(result, expected)


def test_bias_is_in_proportion_to_alpha(image):
    alpha = np.where(np.arange(14) < 7, 255, 51).astype(np.uint8)
    picture = np.dstack([np.full_like(image, 90), np.broadcast_to(alpha, image.shape)])
    result = apply("[1]:bias=20", picture)
    assert_allclose(result[..., 0], 110, rtol=1e-5)
    assert_array_equal(result[..., 1], picture[..., 1])


def test_an_anchor_shifts_the_result(image):
    weights = np.arange(12.0).reshape(3, 4)
    for x, y in ((0, 0), (3, 2), (1, 2)):
        expected = naive.correlate(image, weights, anchor=(y, x))
        text = f"[{'; '.join(' '.join(map(str, row)) for row in weights)}]:anchor={x}:{y}"
        assert_allclose(apply(text, image), expected, rtol=1e-6)
        flipped = scipy.ndimage.convolve(
            image.astype(float), weights, mode="mirror",
            origin=(y - weights.shape[0] // 2, x - weights.shape[1] // 2),
        )  # fmt: skip
        centre = (weights.shape[0] // 2, weights.shape[1] // 2)
        if (y, x) == centre:
            assert_allclose(apply(f"{text}:flip=yes", image), flipped, rtol=1e-6)


def test_flip_is_the_flipped_kernel_around_its_own_anchor(image):
    text = "[1 2 3; 4 5 6]"
    expected = apply("[6 5 4; 3 2 1]:anchor=2:1", image)
    assert_array_equal(apply(f"{text}:anchor=0:0:flip=yes", image), expected)


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ("[1 2]:anchor=1", "anchor=1 is not a column and a row"),
        ("[1 2]:anchor=2:0", "lies outside the kernel, which has 2 columns and 1 rows"),
        ("[1 2]:anchor=0:-1", "is not a column and a row"),
        ("[1 2]:normalize=max", "normalize=max is not one of none, sum, abs"),
        ("[1 2]:bias=inf", "bias=inf is not a number"),
        ("[1 2]:scale=x", "scale=x is not a number"),
        ("[1 2]:scale=1e39", "scale=1e39 is not a number"),
        ("[1 1e39]", "finite numbers only, up to 3.4e38"),
        ("sobel:bias=3", 'no setting "bias"'),
        ("[1 -1]:border=renormalize", "sum of the weights, which is 0 here; use border=reflect"),
        ("[1 1 -1]:border=renormalize", "weights inside, which is 0 at an edge"),
        ("[3x2:1,2,3]", "3x2 wants 6 numbers, and there are 3"),
        ("3x1+3+0:1,2,3", r"the origin \+3\+0 lies outside the kernel, which has 3 columns and 1"),
        ("3x1+0-1:1,2,3", r"the origin \+0-1 lies outside"),
        ("[1 2; 3]", r'^step 1, "\[1 2; 3\]": the rows of a kernel are numbers'),
    ],
)
def test_mistakes(image, chain, message):
    with pytest.raises(EdgewiseError, match=message):
        apply(chain, image)


def test_renormalize_leaves_out_what_lies_outside(image):
    weights = kernel("gaussian", sigma=1.5)
    padded = scipy.ndimage.correlate(image.astype(float), weights, mode="constant")
    inside = scipy.ndimage.correlate(np.ones(image.shape), weights, mode="constant")
    expected = padded / inside * weights.sum(dtype=float)
    assert_allclose(apply("gaussian:1.5:border=renormalize", image), expected, rtol=1e-5)
    stride = apply("gaussian:1.5:border=renormalize:stride=3/2", image)
    assert_allclose(stride, expected[::3, ::2], rtol=1e-5)


@pytest.mark.parametrize("padding", ["same", "full", "2"])
def test_renormalize_keeps_a_flat_picture_flat(padding):
    flat = np.full((5, 6, 3), 100, np.uint8)
    result = apply(f"box:3:border=renormalize:padding={padding}", flat)
    assert_allclose(result, 100, rtol=1e-5)


def test_frequency_response_is_that_of_fourier(rng):
    weights = rng.normal(size=(4, 5)).astype(np.float32)
    f, g = np.fft.fftfreq(16)[:, None], np.fft.fftfreq(16)[None]
    expected = np.abs(np.fft.fft2(weights, (16, 16)))
    assert_allclose(frequency_response(weights, f, g), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", KERNELS)
def test_facts_of_every_kernel(name):
    weights = kernel(name)
    facts = kernel_facts(weights)
    assert_array_equal(facts["rank"], np.linalg.matrix_rank(weights, tol=1e-5 * abs(weights).max()))
    for values in facts["response"].values():
        assert_array_equal(len(values), len(FREQUENCIES))
        assert_allclose(values[0], abs(facts["sum"]), atol=1e-5)


def test_the_terminal_tells_about_a_kernel(capsys):
    assert_array_equal(run(["kernels", "3x3:1,2,1,2,4,2,1,2,1"]), 0)
    out = capsys.readouterr().out
    assert "rank 1: a column times a row" in out
    assert "sum 16" in out
    assert "frequency response" in out
    assert_array_equal(run(["kernels", "[1 2 1]:normalize=sum", "--json"]), 0)
    facts = json.loads(capsys.readouterr().out)
    assert_allclose(facts["values"], [[0.25, 0.5, 0.25]])
    assert_allclose(facts["response"]["x"], [1, 0.853553, 0.5, 0.146447, 0], atol=1e-6)
    assert_array_equal(run(["kernels", "gabor:2:0:wavelength=4:size=5"]), 0)
    assert_array_equal(
        capsys.readouterr().out.split()[10:15], ["-0.60653", "0", "1", "0", "-0.60653"]
    )
    assert_array_equal(run(["kernels", "gaussian:2:stride=2"]), 2)
    assert '"stride" does not change a kernel' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["kernels", "sobel:x:norm=slope"], 0, "sobel:output=magnitude|x|y|angle"),
        (["kernels", "median:4"], 2, "size=4 is not an odd number"),
        (["kernels", "canny:9:5"], 2, "low=9.0 and high=5.0"),
        (["kernels", "canny"], 0, "\nAlso takes border= fill= flip=\n"),
        (["kernels", "median"], 0, "\nAlso takes stride= padding= border= fill= flip=\n"),
        (["kernels", "sobel"], 0, "\nAlso takes stride= dilation= padding= border= fill= flip=\n"),
        (["kernels", "gray"], 0, "mean.\n"),
        (["kernels", "guided", "--json"], 0, '"windows": ["stride", "border", "fill", "flip"]'),
        (["kernels", "maxpol"], 2, 'no kernel "maxpol"; did you mean "maxpool"?'),
        (["kernels", "Gaussian"], 2, 'did you mean "gaussian"?'),
        (["kernels", "sobel,box"], 2, "is a chain; one kernel is wanted"),
        (["show", "kernel", "sobel", "-o", "k.png"], 2, '"sobel" is a filter, not one kernel'),
    ],
)
def test_filters_are_told_from_kernels(tmp_path, monkeypatch, capsys, words, code, message):
    monkeypatch.chdir(tmp_path)
    assert_array_equal(run(words), code)
    captured = capsys.readouterr()
    assert message in captured.out + captured.err


@pytest.mark.parametrize("name", ["gaussian:2", "[-1 0 1]", "[0]"])
def test_a_kernel_is_drawn(tmp_path, name, capsys):
    target = str(tmp_path / "k.png")
    assert_array_equal(run(["show", "kernel", name, "-o", target]), 0)
    picture = read_image(target)
    assert_array_equal(picture.shape, (528, 1440, 3))
    assert picture.std() > 20
    assert_array_equal(run(["show", "kernel", name, "-o", target]), 1)
    assert "exists already" in capsys.readouterr().err
    assert_array_equal(run(["show", "kernel", "sobell", "-o", f"{target}2.png"]), 2)
