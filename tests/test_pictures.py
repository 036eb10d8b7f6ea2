"""Data sets in memory: one size, one colour, bytes."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from edgewise import DataError, EdgewiseError, ImageError
from edgewise.images.colour import to_gray
from edgewise.images.dataset import Dataset
from edgewise.images.resize import resize
from edgewise.models.pictures import Pictures, as_bytes, as_network_sees, load_pictures


def dataset(images, labels=None, groups=None):
    """Return a data set of arrays; an exception among them is raised."""

    def read(i):
        if isinstance(images[i], Exception):
            raise images[i]
        return images[i]

    names = tuple(f"{i}.png" for i in range(len(images)))
    return Dataset(names, labels, read, groups=groups, source="memory")


def gray(rng, rows=6, columns=5):
    return rng.integers(0, 256, (rows, columns), dtype=np.uint8)


def colour(rng, rows=6, columns=5):
    return rng.integers(0, 256, (rows, columns, 3), dtype=np.uint8)


def test_gray_pictures(rng):
    images = [gray(rng) for _ in range(20)]
    found = load_pictures(dataset(images, ("10", "9") * 10), jobs=3)
    assert_array_equal(found.images[..., 0], images)
    assert_array_equal(found.images.dtype, np.uint8)
    assert (found.size, found.channels, len(found)) == ((6, 5), 1, 20)
    assert found.classes == ("9", "10")
    assert_array_equal(found.labels, [1, 0] * 10)
    assert_array_equal(found.labels.dtype, np.int64)
    assert found.names[:2] == ("0.png", "1.png")
    assert found.groups is None


def test_colour_comes_later(rng):
    images = [gray(rng), gray(rng), colour(rng), gray(rng)]
    found = load_pictures(dataset(images, tuple("abab")))
    for i in (0, 1, 3):
        assert_array_equal(found.images[i], np.stack([images[i]] * 3, axis=2))
    assert_array_equal(found.images[2], images[2])
    assert_array_equal(found.channels, 3)


def test_colour_made_gray(rng):
    images = [colour(rng), gray(rng)]
    found = load_pictures(dataset(images, tuple("ab")), channels=1)
    assert_array_equal(found.images[0, ..., 0], to_gray(images[0]))
    assert_array_equal(found.images[1, ..., 0], images[1])


def test_gray_made_coloured(rng):
    images = [gray(rng), gray(rng)]
    found = load_pictures(dataset(images, tuple("ab")), channels=3)
    assert_array_equal(found.images, np.stack([images] * 3, axis=3))


def test_depth_and_alpha(rng):
    deep = rng.integers(0, 65536, (6, 5), dtype=np.uint16)
    alpha = rng.integers(0, 256, (6, 5, 2), dtype=np.uint8)
    rgba = rng.integers(0, 256, (6, 5, 4), dtype=np.uint8)
    found = load_pictures(dataset([deep, alpha, rgba], tuple("abc")))
    assert_array_equal(found.images[0, ..., 1], deep // 256)
    assert_array_equal(found.images[1, ..., 2], alpha[..., 0])
    assert_array_equal(found.images[2], rgba[..., :3])


def test_bytes():
    assert_array_equal(as_bytes(np.array([[0, 255, 256, 65535]], np.uint16)), [[0, 0, 1, 255]])
    floats = np.array([[-3, 0.4, 0.6, 254.5, 400]], np.float32)
    assert_array_equal(as_bytes(floats), [[0, 0, 1, 254, 255]])
    assert_array_equal(as_bytes(floats).dtype, np.uint8)


def test_floats_without_a_value_are_black():
    strange = np.array([[np.nan, np.inf, -np.inf]], np.float32)
    assert_array_equal(as_bytes(strange), [[0, 255, 0]])


def test_sizes_that_differ(rng):
    images = [gray(rng, 6, 5), gray(rng, 6, 5), gray(rng, 8, 4)]
    with pytest.raises(EdgewiseError, match=r"0\.png is 5x6 and 2\.png is 4x8.*--size 5x6"):
        load_pictures(dataset(images, tuple("aba")))
    found = load_pictures(dataset(images, tuple("aba")), size=(7, 3))
    assert_array_equal(found.images[..., 0], [resize(image, (7, 3)) for image in images])


def test_classes_that_are_given(rng):
    images = [gray(rng), gray(rng)]
    found = load_pictures(dataset(images, ("b", "d")), classes=("d", "c", "b"))
    assert found.classes == ("d", "c", "b")
    assert_array_equal(found.labels, [2, 0])
    with pytest.raises(DataError, match='the class "d" was not learned; the classes are a, b'):
        load_pictures(dataset(images, ("b", "d")), classes=("a", "b"))


def test_what_cannot_be_read_is_left_out(rng):
    images = [ImageError("0.png", "it is broken"), gray(rng), EdgewiseError("odd"), gray(rng)]
    said, steps = [], []
    found = load_pictures(
        dataset(images, tuple("abab"), groups=tuple("wxyz")),
        failed=lambda *words: said.append(words),
        progress=steps.append,
    )
    assert said == [("0.png", "it is broken"), ("2.png", "odd")]
    assert steps == [4]
    assert (found.names, found.groups) == (("1.png", "3.png"), ("x", "z"))
    assert_array_equal(found.labels, [1, 1])
    assert_array_equal(found.images[..., 0], [images[1], images[3]])


def test_nothing_can_be_read():
    broken = dataset([ImageError("0.png", "it is broken")], ("a",))
    with pytest.raises(EdgewiseError, match="memory: no picture could be read"):
        load_pictures(broken)


def test_more_pictures_than_memory(rng, monkeypatch):
    monkeypatch.setattr("edgewise.models.room.memory", lambda: 119)
    images = [colour(rng)] * 2
    assert_array_equal(len(load_pictures(dataset(images[:1], ("a",)))), 1)
    message = r"2 pictures of 5x6 need \d+ bytes .* there are 119 bytes; make .* --size 64x64"
    with pytest.raises(EdgewiseError, match=message):
        load_pictures(dataset(images, ("a", "b")))


def test_pictures_without_labels(rng):
    with pytest.raises(DataError, match="the pictures have no labels; put each class"):
        load_pictures(dataset([gray(rng)]))


def test_subset(rng):
    whole = Pictures(
        np.stack([gray(rng) for _ in range(4)])[..., None], np.array([0, 1, 0, 1]), ("a", "b"),
        tuple("wxyz"), tuple("ppqq"),
    )  # fmt: skip
    part = whole.subset(np.array([3, 0]))
    assert_array_equal(part.images, whole.images[[3, 0]])
    assert_array_equal(part.labels, [1, 0])
    assert (part.names, part.groups, part.classes) == (("z", "w"), ("q", "p"), ("a", "b"))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("shape", [(6, 5), (9, 4), (6, 5, 3), (9, 4, 4), (9, 4, 2)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_a_network_sees_its_size_and_colour(rng, channels, shape, dtype):
    top = 65536 if dtype == np.uint16 else 256
    image = rng.integers(0, top, shape).astype(dtype)
    found = as_network_sees(image, (6, 5), channels)
    assert (found.shape, found.dtype) == ((6, 5, channels), np.uint8)
    (trained,) = load_pictures(dataset([image], ("a",)), size=(6, 5), channels=channels).images
    assert_array_equal(found, trained)
