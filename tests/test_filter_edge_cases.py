"""Small and odd inputs, and what users of other tools complain about."""

import io

import numpy as np
import pytest
import scipy.ndimage
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

import naive
from edgewise import EdgewiseError, ImageError, apply, correlate, kernel, read_image, write_image
from edgewise.cli.main import run
from edgewise.filters import FILTERS, KERNELS
from edgewise.filters.borders import BORDERS

RNG = np.random.default_rng(13)
SMALL = [(1, 1), (1, 2), (2, 1), (1, 9), (9, 1), (2, 2), (1, 1, 3), (1, 5, 4), (3, 1, 2)]


# ------------------------------------------------------------ sizes


@pytest.mark.parametrize("shape", SMALL)
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("size", [(1, 1), (7, 9), (2, 8), (11, 1)])
def test_kernels_larger_than_the_picture(shape, border, size):
    image = RNG.integers(0, 256, shape).astype(np.uint8)
    weights = RNG.integers(-9, 10, size).astype(float)
    planes = image if image.ndim == 3 else image[:, :, None]
    for stride in ((1, 1), (4, 20)):
        expected = np.stack(
            [
                naive.correlate(planes[:, :, c], weights, border=border, fill=7, stride=stride)
                for c in range(planes.shape[2])
            ],
            axis=2,
        )
        found = correlate(image, weights, border=border, fill=7, stride=stride)
        assert_allclose(found.reshape(expected.shape), expected, atol=1e-3)
        assert_array_equal(
            found.shape[:2], [-(-n // s) for n, s in zip(shape, stride, strict=False)]
        )


@pytest.mark.parametrize("shape", SMALL)
@pytest.mark.parametrize("method", ["auto", "fft"])
def test_renormalised_small_pictures(shape, method):
    image = RNG.integers(0, 256, shape).astype(np.uint8)
    found = correlate(image, np.ones((25, 31)), border="renormalize", method=method)
    expected = 775 * image.mean(axis=(0, 1), keepdims=True)
    assert_allclose(found, np.broadcast_to(expected, shape), rtol=1e-4)


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0), (0, 5, 3), (5, 5, 0)])
def test_pictures_without_pixels_are_refused(shape):
    for chain in ("sobel", "gaussian", "[1]"):
        with pytest.raises(EdgewiseError, match="no pixels"):
            apply(chain, np.zeros(shape, np.uint8))


def test_a_file_without_pixels_is_named(tmp_path, capsys):
    np.save(tmp_path / "empty.npy", np.zeros((0, 4), np.uint8))
    words = ["filter", "box", str(tmp_path / "empty.npy"), "-o", str(tmp_path / "out.npy")]
    assert_array_equal(run(words), 3)
    assert "empty.npy: " in capsys.readouterr().err


@pytest.mark.parametrize("name", [*FILTERS, *KERNELS])
def test_a_picture_of_one_pixel_or_row_runs_or_is_refused_in_words(name):
    for shape in ((1, 1), (1, 12), (12, 1), (1, 1, 3), (1, 12, 4)):
        try:
            result = apply(name, np.full(shape, 9, np.uint8))
        except EdgewiseError as error:
            assert f'"{name}"' in str(error)
            continue
        assert result.size > 0
        assert_array_equal(np.isfinite(result), True)


def test_valid_needs_room():
    with pytest.raises(EdgewiseError, match="does not fit in 3 pixels.*padding=same"):
        apply("box:5:padding=valid", np.zeros((3, 9)))
    assert_array_equal(apply("box:5:padding=valid", np.ones((5, 9))).shape, (1, 5))


@pytest.mark.parametrize("stride", [10, 1000, "9/1"])
def test_strides_larger_than_the_picture_leave_one_result(stride):
    image = RNG.integers(0, 256, (9, 8)).astype(np.uint8)
    found = apply(f"gaussian:stride={stride}", image)
    expected = apply("gaussian", image)
    assert_allclose(found[0, 0], expected[0, 0], rtol=1e-6)
    assert_array_equal(found.shape[0], 1)


# ------------------------------------------------------------ correlation or convolution


def test_correlation_is_the_default_and_flip_convolves():
    point = np.zeros((5, 5))
    point[2, 2] = 1
    weights = np.arange(9.0).reshape(3, 3)
    text = "[0 1 2; 3 4 5; 6 7 8]"
    assert_array_equal(apply(text, point)[1:4, 1:4], weights[::-1, ::-1])
    assert_array_equal(apply(f"{text}:flip=yes", point)[1:4, 1:4], weights)


def test_kernels_are_not_transposed():
    image = RNG.integers(0, 256, (9, 9)).astype(float)
    expected = image.copy()
    expected[:, :-1] = image[:, 1:]  # what is to the right
    text = "3x1:0,0,1"
    assert_array_equal(apply(text, image)[:, :-1], expected[:, :-1])
    assert_array_equal(apply("1x3:0,0,1", image)[:-1], image[1:])
    assert_array_equal(apply("[0 0 1]", image)[:, :-1], expected[:, :-1])


def test_even_kernels_lie_as_those_of_scipy():
    image = RNG.normal(size=(9, 9))
    weights = RNG.normal(size=(4, 2))
    for ours, theirs in (
        (apply(_text(weights), image), scipy.ndimage.correlate),
        (apply(f"{_text(weights)}:flip=yes", image), scipy.ndimage.convolve),
    ):
        assert_allclose(ours, theirs(image, weights, mode="mirror"), atol=1e-5)


def _text(weights):
    return "[" + "; ".join(" ".join(map(repr, row)) for row in weights.tolist()) + "]"


# ------------------------------------------------------------ clamping and range


def test_negative_edges_survive_every_range_but_clip(tmp_path):
    image = np.zeros((9, 20), np.uint8)
    image[:, 5:15] = 60
    write_image(tmp_path / "a.png", image)

    def filtered(rule, suffix="png"):
        target = str(tmp_path / f"{rule}.{suffix}")
        words = ["filter", "[-1 0 1]", str(tmp_path / "a.png"), "-o", target, "--range", rule]
        assert_array_equal(run(words), 0)
        return read_image(target)[4].astype(float)

    assert_array_equal(filtered("clip")[[4, 5, 14, 15]], [60, 60, 0, 0])
    assert_array_equal(filtered("abs")[[4, 5, 14, 15]], 60)
    assert_array_equal(filtered("shift")[[0, 4, 14]], [128, 188, 68])
    assert_array_equal(filtered("rescale")[[0, 4, 14]], [128, 255, 0])
    assert_array_equal(filtered("float", "tif")[[0, 4, 14]], [0, 60, -60])


def test_integers_are_neither_rescaled_nor_wrapped_nor_truncated():
    image = np.full((5, 5), 200, np.uint8)
    assert_array_equal(apply("box:3", image, dtype=np.uint8), image)
    assert_array_equal(apply("[2]", image), 400)
    assert_array_equal(apply("[2]", image, dtype=np.uint8), 255)
    assert_array_equal(apply("[0.5]", np.full((2, 2), 3, np.uint8), dtype=np.uint8), 2)


def test_weights_and_fill_are_not_cut_to_the_dtype_of_the_picture():
    image = np.ones((3, 3), np.uint8)
    assert_allclose(correlate(image, [[0.25]]), 0.25)
    found = correlate(image, [[0, 0, 0.5]], border="constant", fill=-3.5)
    assert_allclose(found[:, -1], -1.75)


def test_sobel_looks_both_ways_and_one_axis_has_a_name():
    across = np.tile(np.arange(9, dtype=np.uint8) * 10, (9, 1))
    assert_allclose(apply("sobel", across)[4, 4], 80)
    assert_allclose(apply("sobel", across.T)[4, 4], 80)
    assert_allclose(apply("sobel-x", across.T), 0)


# ------------------------------------------------------------ borders


@pytest.mark.parametrize("border", [*BORDERS, "renormalize"])
@pytest.mark.parametrize("chain", ["gaussian:3", "box:7"])
def test_flat_pictures_stay_flat_up_to_the_edge(border, chain):
    flat = np.full((6, 5), 77, np.uint8)
    fill = {"fill": 77} if border == "constant" else {}
    assert_allclose(apply(chain, flat, border=border, **fill), 77, rtol=1e-5)


def test_wrap_is_a_border_and_reflect_may_be_wider_than_the_picture():
    image = np.arange(4.0)[None]
    assert_array_equal(apply("[1 0 0]:border=wrap", image), [[3, 0, 1, 2]])
    wide = apply("[1 0 0 0 0 0 0 0 0 0 0]", image)  # five to the left
    assert_array_equal(wide, [[1, 2, 3, 2]])


@pytest.mark.parametrize("name", ["mirror", "grid-mirror", "black", ""])
def test_unknown_and_ambiguous_borders(name):
    with pytest.raises(EdgewiseError, match="border"):
        apply("box", np.zeros((3, 3)), border=name)


# ------------------------------------------------------------ Gaussians


def test_a_small_sigma_still_blurs_and_a_large_one_has_no_steps():
    point = np.zeros((9, 9))
    point[4, 4] = 255
    small = apply("gaussian:0.5", point)
    assert 0 < small[4, 3] < small[4, 4] < 255
    ramp = np.tile(np.linspace(0, 255, 400), (3, 1))
    smooth = apply("gaussian:10", ramp)[1, 80:-80]
    assert_allclose(np.diff(smooth), np.diff(smooth).mean(), rtol=1e-2)


@pytest.mark.parametrize("sigma", [0.5, 1, 2, 10])
def test_a_gaussian_makes_nothing_darker(sigma):
    for value in (1, 100, 255):
        flat = np.full((20, 20), value, np.uint8)
        assert_array_equal(apply(f"gaussian:{sigma}", flat, dtype=np.uint8), flat)
    weights = kernel("gaussian", sigma=sigma)
    assert_allclose(weights.sum(dtype=float), 1, atol=1e-6)


# ------------------------------------------------------------ 16 bits


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_16_bits_do_not_come_out_black_or_white(tmp_path, suffix):
    image = np.linspace(0, 65535, 400).reshape(20, 20).astype(np.uint16)
    write_image(tmp_path / f"a.{suffix}", image)
    words = ["filter", "box:3", str(tmp_path / f"a.{suffix}"), "-o", str(tmp_path / "b.png")]
    assert_array_equal(run(words), 0)
    found = read_image(tmp_path / "b.png")
    assert_array_equal(found, apply("box:3", image, dtype=np.uint16))
    assert found.max() > 60_000
    assert len(np.unique(found)) > 300


def test_16_bits_into_a_format_of_8_say_what_can_hold_them(tmp_path, capsys):
    write_image(tmp_path / "a.png", np.full((4, 4), 999, np.uint16))
    words = ["filter", "box", str(tmp_path / "a.png"), "-o", str(tmp_path / "b.jpg")]
    assert_array_equal(run(words), 3)
    assert "JPEG cannot hold gray of uint16; PNG, TIFF" in capsys.readouterr().err
    with pytest.raises(ImageError, match="cannot hold"):
        write_image(tmp_path / "c.webp", np.zeros((4, 4), np.float32))


# ------------------------------------------------------------ alpha


@pytest.mark.parametrize("chain", ["gaussian:2", "box:5", "sharpen", "avgpool:2", "box:3:stride=2"])
def test_invisible_colour_never_shows(chain):
    clear = np.zeros((12, 12, 4), np.uint8)
    clear[3:9, 3:9] = (10, 20, 30, 255)
    loud = clear.copy()
    loud[clear[..., 3] == 0, :3] = (255, 0, 255)
    assert_allclose(apply(chain, loud), apply(chain, clear), atol=1e-3)


def test_alpha_comes_back_through_files(tmp_path):
    image = RNG.integers(0, 256, (12, 13, 4)).astype(np.uint8)
    write_image(tmp_path / "a.png", image)
    words = ["filter", "identity", str(tmp_path / "a.png"), "-o", str(tmp_path / "b.png")]
    assert_array_equal(run(words), 0)
    found = read_image(tmp_path / "b.png").astype(int)
    visible = image[..., 3] > 0
    assert_array_equal(found[..., 3], image[..., 3])
    assert_allclose(found[visible], image[visible].astype(int), atol=1)


# ------------------------------------------------------------ the shell


def test_many_steps_in_one_process_and_stdin_to_stdout(monkeypatch, capsysbinary):
    content = io.BytesIO()
    image = RNG.integers(0, 256, (16, 16)).astype(np.uint8)
    Image.fromarray(image).save(content, "PNG")

    class Stdin:
        buffer = io.BytesIO(content.getvalue())

    monkeypatch.setattr("sys.stdin", Stdin)
    assert_array_equal(run(["filter", "gaussian,sobel,maxpool:2", "-", "-o", "-"]), 0)
    found = read_image(capsysbinary.readouterr().out)
    assert_array_equal(found, apply("gaussian,sobel,maxpool:2", image, dtype=np.uint8))
