"""`edgewise show hog`, drawing over photographs, and mirrored vectors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.cli.main import run
from edgewise.features import HogConfig, flip_hog, hog, hog_batch
from edgewise.images import read_image, write_image
from edgewise.images.errors import EdgewiseError
from edgewise.reports.glyphs import hog_picture
from edgewise.reports.hog_overlay import strokes_over


@pytest.fixture
def photos(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("a.png", "b.png"):
        write_image(tmp_path / name, rng.integers(0, 256, (40, 52, 3), np.uint8))
    return tmp_path


@pytest.fixture
def features(photos):
    path = str(photos / "f.npz")
    assert run(["hog", str(photos / "a.png"), str(photos / "b.png"), "-o", path, "-q"]) == 0
    return path


@pytest.mark.parametrize(("words", "row"), [([], 0), (["--row", "1"], 1), (["--name", "b.png"], 1)])
def test_a_stored_vector_is_drawn(photos, features, words, row):
    words = [str(photos / word) if word == "b.png" else word for word in words]
    assert run(["show", "hog", features, "-o", str(photos / "h.png"), *words]) == 0
    image = read_image(photos / ("a.png", "b.png")[row])
    drawing = hog_picture(hog(image), HogConfig(), (40, 52))
    # One picture alone takes another path than two, equal up to rounding.
    assert_allclose(read_image(photos / "h.png"), drawing.astype(float), atol=1)


def test_over_the_photograph(photos, features):
    words = ["--over", str(photos / "a.png"), "--cell-pixels", "24"]
    assert run(["show", "hog", features, "-o", str(photos / "h.png"), *words]) == 0
    # 40x52 pixels hold 5x6 cells.
    assert read_image(photos / "h.png").shape == (5 * 24, 6 * 24, 3)


def test_strokes_lie_upon_the_pixels_they_come_from():
    image = np.zeros((32, 40, 3), np.uint8)
    image[:, 20:] = 200
    config = HogConfig(cell=(4, 4))
    drawing = hog_picture(hog(image, config), config, (32, 40), cell_pixels=16)
    over = strokes_over(image, drawing, config, (32, 40))
    amber = over[:, :, 0].astype(int) - over[:, :, 2]
    seen = np.flatnonzero(amber.max(axis=0) > 100)
    # The edge runs between pixels 19 and 20, and a pixel is four of the drawing.
    assert_array_equal(np.unique(seen // 64), [1])
    assert_array_equal(over[:, :40], 0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_photographs_of_any_depth(dtype):
    photo = (np.indices((16, 16)).sum(axis=0) * 8).astype(dtype)
    config = HogConfig()
    over = strokes_over(photo, np.zeros((32, 32), np.uint8), config, (16, 16))
    assert_array_equal(np.diff(over[16].mean(axis=1)) >= 0, True)
    assert over.max() > 100


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--row", "2"], "has 2 vectors, and the first is number 0"),
        (["--name", "dog.png"], 'has no vector of "dog.png"\nhint: the first of its 2 names is "'),
        (["--name", "./a.png"], 'a.png"; did you mean "'),
        (["--over", "nothing.png"], "nothing.png: "),
    ],
)
def test_what_is_not_there(photos, features, capsys, words, message):
    assert run(["show", "hog", features, "-o", str(photos / "h.png"), *words]) == 1
    assert message in capsys.readouterr().err
    assert not (photos / "h.png").exists()


def test_row_and_name_contradict(photos, features):
    words = ["--row", "0", "--name", "a.png"]
    assert run(["show", "hog", features, "-o", str(photos / "h.png"), *words]) == 2


# mirrored vectors


@settings(deadline=None, max_examples=40)
@given(
    cell=st.tuples(st.integers(3, 9), st.integers(3, 9)),
    block=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 2)),
    bins=st.integers(1, 10),
    signed=st.booleans(),
    shared=st.booleans(),
    order=st.sampled_from(["row", "column"]),
    more=st.integers(0, 3),
    seed=st.integers(0, 99),
)
def test_a_mirrored_vector_is_that_of_the_mirrored_picture(
    cell, block, stride, bins, signed, shared, order, more, seed
):
    config = HogConfig(
        cell=cell,
        block=block,
        block_stride=stride,
        bins=2 * bins if signed else bins,
        signed=signed,
        interpolate_space=shared,
        window_sigma=0.5 if shared else None,
        order=order,
    )
    size = cell[0] * block[0] + 5, cell[1] * (block[1] + more * stride[1])
    images = np.random.default_rng(seed).normal(size=(2, *size)).astype(np.float32)
    flipped = flip_hog(hog_batch(images, config), config, size)
    mirrored = np.ascontiguousarray(images[:, :, ::-1])
    assert_allclose(flipped, hog_batch(mirrored, config), atol=2e-5)


@pytest.mark.parametrize("preset", ["felzenszwalb", "vlfeat"])
@pytest.mark.parametrize("bins", [4, 9])
def test_a_mirrored_vector_of_a_layout_by_cell(preset, bins):
    # Soft bins: a gradient upon the edge between two goes to the same ones from either side.
    config = HogConfig.preset(preset, cell=6, bins=bins, interpolate_orientation=True)
    images = np.random.default_rng(4).integers(0, 256, (3, 40, 48, 3), dtype=np.uint8)
    flipped = flip_hog(hog_batch(images, config), config, (40, 48))
    mirrored = np.ascontiguousarray(images[:, :, ::-1])
    assert_allclose(flipped, hog_batch(mirrored, config), atol=2e-5)


def test_mirroring_twice_changes_nothing():
    vector = hog(np.random.default_rng(0).integers(0, 256, (48, 64), np.uint8), "skimage")
    config = HogConfig.preset("skimage")
    assert_array_equal(flip_hog(flip_hog(vector, config, (48, 64)), config, (48, 64)), vector)


@pytest.mark.parametrize(
    ("size", "changes", "message"),
    [
        ((48, 67), {}, "fill 64 of 67 columns.*64 pixels wide"),
        ((48, 64), {"bins": 9, "signed": True}, "9 signed bins"),
        ((48, 64), {"window_centre": "pixel"}, "a block window off the block's middle"),
        ((48, 64), {"gradient": "forward"}, "a forward gradient"),
    ],
)
def test_what_tells_left_from_right_is_refused(size, changes, message):
    config = HogConfig(**changes)
    with pytest.raises(EdgewiseError, match=message):
        flip_hog(np.zeros(config.length(*size), np.float32), config, size)


def test_vectors_of_another_length_are_refused():
    with pytest.raises(EdgewiseError, match="give 1260 values"):
        flip_hog(np.zeros(7, np.float32), HogConfig(), (48, 64))
