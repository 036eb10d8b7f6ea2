"""What holds for all of the catalogue, and its page."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import scipy.ndimage
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError, apply, correlate, kernel, write_image
from edgewise.cli.main import run
from edgewise.filters import FILTERS, KERNELS

PAGE = (Path(__file__).parent.parent / "docs" / "catalogue.md").read_text()
SECTIONS = dict(re.findall(r"^### `([\w-]+)`\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE))
EXAMPLES = re.findall(r"^    edgewise (.*)$", PAGE, re.MULTILINE)

# What every filter and kernel makes of a flat picture of 90: nothing changes, nothing is
# left, or a number of its own.
SAME = ("box", "binomial", "gaussian", "motion", "identity", "sharpen", "emboss", "unsharp",
        "median", "minimum", "maximum", "percentile", "bilateral", "guided", "local-mean",
        "pyramid-down", "pyramid-up", "maxpool", "minpool", "avgpool", "medianpool",
        "relu", "abs", "gray", "channel", "equalize")  # fmt: skip
NOTHING = ("sobel", "prewitt", "scharr", "farid", "frei-chen", "roberts", "kirsch", "robinson",
           "highpass", "log", "dog", "laplacian", "steerable", "gaussian-derivative",
           "local-variance", "local-contrast", "lcn", "canny", "sobel-x", "sobel-y", "prewitt-x",
           "prewitt-y", "scharr-x", "scharr-y", "farid-x", "farid-y", "frei-chen-x",
           "frei-chen-y", "frei-chen-basis", "kirsch-mask", "robinson-mask", "diagonal",
           "roberts-1", "roberts-2", "rescale", "threshold", "otsu")  # fmt: skip
FLAT = {
    **dict.fromkeys(SAME, 90.0),
    **dict.fromkeys(NOTHING, 0.0),
    "adaptive": 255.0,
    "sumpool": 4 * 90.0,
    "lppool": 2 * 90.0,
    "gamma": 255 * (90 / 255) ** 0.5,
    "gabor": 90 * float(KERNELS["gabor"].function().sum()),
}
LINEAR = [*KERNELS, "local-mean", "unsharp", "highpass", "gray", "pyramid-down", "pyramid-up",
          "integral", "avgpool", "sumpool"]  # fmt: skip
# Every one of these depends on a neighbourhood of each pixel alone.
SHIFTING = [name for name, entry in FILTERS.items() if entry.correlates and entry.local]
# What every one of these makes of a pixel depends on that pixel alone.
POINTS = ("abs", "relu", "gray", "channel", "gamma", "threshold")


@pytest.fixture
def photograph(rng):
    smooth = scipy.ndimage.gaussian_filter(rng.normal(size=(40, 48, 3)), (2, 2, 0), mode="wrap")
    return np.clip(128 + 300 * smooth, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", [*FILTERS, *KERNELS])
def test_every_name_is_on_the_page_with_an_example(name):
    assert re.search(rf"^    edgewise filter (\S*,)?{name}[:, ]", SECTIONS[name], re.MULTILINE)


def test_the_page_has_no_other_names():
    assert_array_equal(sorted(SECTIONS), sorted([*FILTERS, *KERNELS]))


@pytest.mark.parametrize("words", EXAMPLES)
def test_examples_run(tmp_path, monkeypatch, photograph, words):
    monkeypatch.chdir(tmp_path)
    write_image("photo.jpg", photograph)
    assert_array_equal(run(shlex.split(words)), 0)
    assert (tmp_path / words.split(" -o ")[1].split()[0]).stat().st_size > 0


@pytest.mark.parametrize("name", [n for n in (*FILTERS, *KERNELS) if n != "integral"])
def test_a_flat_picture_stays_flat(name):
    for shape in ((12, 13), (12, 13, 3)):
        result = apply(name, np.full(shape, 90, np.uint8))
        assert_allclose(result, FLAT[name], rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("name", SHIFTING)
@pytest.mark.parametrize("border", ["symmetric", "edge", "wrap"])
def test_no_border_shows_in_a_flat_picture(name, border):
    result = apply(name, np.full((9, 8), 90, np.uint8), border=border)
    assert_allclose(result, FLAT[name], rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("name", [*SHIFTING, *KERNELS, *POINTS])
def test_nan_stays_where_it_is_seen(rng, name):
    image = (200 * rng.random((40, 44))).astype(np.float32)
    before = apply(name, image)
    image[19, 21] = np.nan
    after = apply(name, image)
    lost = np.isnan(after)
    assert 0 < lost.sum() <= 31 * 31  # the largest window here
    assert_allclose(after[~lost], before[~lost], rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("name", LINEAR)
def test_linear_filters_are_linear(rng, name):
    a, b = rng.normal(size=(2, 12, 14, 3)).astype(np.float32)
    together = apply(name, 2 * a - 3 * b)
    apart = 2 * apply(name, a) - 3 * apply(name, b)
    assert_allclose(together, apart, atol=1e-3)


@pytest.mark.parametrize("name", POINTS)
def test_point_operations_look_at_one_pixel(photograph, name):
    order = np.random.default_rng(1).permutation(photograph.shape[0] * photograph.shape[1])

    def shuffled(image):
        return image.reshape(order.size, -1)[order].reshape(image.shape)

    found = apply(name, shuffled(photograph))
    assert_array_equal(found, shuffled(apply(name, photograph)))


@pytest.mark.parametrize("name", [*SHIFTING, *KERNELS])
def test_a_shifted_picture_gives_the_shifted_result(photograph, name):
    chain = f"{name}:border=wrap"
    shifted = apply(chain, np.roll(photograph, (7, 5), axis=(0, 1)))
    expected = np.roll(apply(chain, photograph), (7, 5), axis=(0, 1))
    assert_allclose(shifted, expected, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("name", [*SHIFTING, *KERNELS])
def test_a_stride_samples(photograph, name):
    expected = apply(name, photograph)[::2, ::3]
    assert_allclose(apply(f"{name}:stride=2/3", photograph), expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", SHIFTING)
def test_alpha_goes_where_the_colour_goes(name, photograph):
    image = np.dstack([photograph, np.full(photograph.shape[:2], 255, np.uint8)])
    windows = "stride=2" if name == "guided" else "padding=valid"
    if name in ("bilateral", "local-contrast"):
        windows += ":size=5"
    result = apply(f"{name}:{windows}", image)
    assert_array_equal(result[:, :, 3], 255)
    expected = apply(f"{name}:{windows}", photograph)
    assert_allclose(result[:, :, :3], expected, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("name", [*FILTERS, *KERNELS])
def test_the_number_of_threads_does_not_matter(rng, name):
    from edgewise.compiled.threads import at_most_threads

    image = rng.integers(0, 256, (300, 90), np.uint8)
    results = []
    for count in (1, 2):
        with at_most_threads(count):
            results.append(apply(name, image))
    assert_array_equal(*results)


@pytest.mark.parametrize("name", KERNELS)
def test_every_way_of_running_a_kernel_gives_the_same(photograph, name):
    weights = kernel(name)
    dense = correlate(photograph, weights, method="direct")
    full_scale = 255 * np.abs(weights).sum()
    assert_allclose(correlate(photograph, weights), dense, atol=1e-5 * full_scale)
    transformed = correlate(photograph, weights, method="fft")
    assert_allclose(transformed, dense, atol=1e-5 * full_scale)


@pytest.mark.parametrize("name", [*FILTERS, *KERNELS])
def test_bad_arguments(name):
    entry = FILTERS.get(name) or KERNELS[name]
    image = np.zeros((9, 9), np.uint8)
    too_many = ":".join([name, *["1"] * (len(entry.parameters) + 1)])
    for chain, message in ((too_many, "too many values"), (f"{name}:colour=1", "no setting")):
        with pytest.raises(EdgewiseError, match=f'step 1, "{name}": {message}'):
            apply(chain, image)
    for key, parameter in entry.parameters.items():
        if parameter.annotation is not str:  # names are told when the picture is seen
            with pytest.raises(EdgewiseError, match=f"{key}=!! is not"):
                apply(f"{name}:{key}=!!", image)
