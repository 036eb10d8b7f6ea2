"""HoG presets against the programs that they are named after."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from edgewise.features import hog
from edgewise.images import read_image

ASTRONAUT = Path(__file__).parent.parent / "sample_images" / "astronaut.png"
REFERENCE = np.load(Path(__file__).parent / "hog_reference.npz")


def in_pixels(pair, cell):
    return pair[1] * cell[1], pair[0] * cell[0]


even = st.integers(1, 5).map(lambda n: 2 * n)
# Four bins and two cells at least: of fewer values a block OpenCV reads past the
# end of, and crashes now and then.
cells = st.tuples(st.integers(1, 3), st.integers(2, 3))


@settings(max_examples=100)
@given(
    cell=st.tuples(even, even),
    block=cells,
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    more=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    bins=st.integers(4, 18),
    signed=st.booleans(),
    gamma=st.booleans(),
    coloured=st.booleans(),
    few=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_opencv_preset_is_opencv(
    cell, block, stride, more, bins, signed, gamma, coloured, few, seed
):
    if coloured:
        # In the columns beyond the last multiple of 4 OpenCV chooses another
        # one of equally strong channels: here there are none.
        cell = (cell[0], 2 * cell[1])
    size = [cell[a] * (block[a] + more[a] * stride[a]) for a in (0, 1)]
    # Roots of few values are often equally strong but for rounding.
    few = few and not (gamma and coloured)
    shape = (*size, 3) if coloured else tuple(size)
    image = np.random.default_rng(seed).integers(0, 7 if few else 256, shape, dtype=np.uint8)
    peer = cv2.HOGDescriptor(
        (size[1], size[0]), in_pixels(block, cell), in_pixels(stride, cell), cell[::-1],
        bins, 1, -1, 0, 0.2, gamma, 64, signed,
    )  # fmt: skip
    wanted = peer.compute(np.ascontiguousarray(image[..., ::-1]) if coloured else image).ravel()
    found = hog(
        image, "opencv", cell=cell, block=block, block_stride=stride, bins=bins,
        signed=signed, gamma="sqrt" if gamma else "none",
    )  # fmt: skip
    assert_allclose(found, wanted, rtol=0, atol=1e-4)


def test_opencv_preset_is_its_default_descriptor_on_a_photograph():
    window = np.ascontiguousarray(read_image(ASTRONAUT)[100:228, 200:264])
    wanted = cv2.HOGDescriptor().compute(np.ascontiguousarray(window[..., ::-1])).ravel()
    found = hog(window, "opencv", gamma="sqrt")
    assert_allclose(found, wanted, rtol=0, atol=1e-4)


def kept(peer):
    """Return the numbers of the pictures whose values by a peer are kept."""
    return sorted({name.split(".")[1] for name in REFERENCE.files if name.startswith(peer)})


@pytest.mark.parametrize("number", kept("dlib"))
def test_felzenszwalb_preset_is_dlib(number):
    picture, cell, wanted = (
        REFERENCE[f"dlib.{number}.{name}"] for name in ("picture", "cell", "values")
    )
    found = hog(picture, "felzenszwalb", cell=int(cell))
    # dlib has 0.2357 for the root of 1 / 18.
    assert_allclose(found, wanted, rtol=0, atol=1e-5)


@pytest.mark.parametrize("number", kept("vlfeat"))
def test_vlfeat_preset_is_vlfeat(number):
    picture, cell, bins, wanted = (
        REFERENCE[f"vlfeat.{number}.{name}"] for name in ("picture", "cell", "bins", "values")
    )
    found = hog(picture, "vlfeat", cell=int(cell), bins=int(bins))
    assert_allclose(found, wanted, rtol=0, atol=1e-5)
