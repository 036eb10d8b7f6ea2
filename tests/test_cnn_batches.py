"""Batches: who is in them, how pictures are changed, and how they are normalised."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError
from edgewise.models.cnn import Normalization
from edgewise.models.cnn.training import loops
from edgewise.models.cnn.training.augmentation import Augmentation
from edgewise.models.cnn.training.batches import Batches, gather_plainly, with_channels

PLAIN = Normalization(np.zeros(3, np.float32), np.ones(3, np.float32))


def pictures(rng, count=5, height=6, width=7, channels=3):
    return rng.integers(0, 256, (count, height, width, channels), dtype=np.uint8)


def moved(image, down, right):
    """Return a picture moved, its edge repeated where nothing comes from."""
    height, width = image.shape[:2]
    rows = np.clip(np.arange(height) - down, 0, height - 1)
    columns = np.clip(np.arange(width) - right, 0, width - 1)
    return image[rows][:, columns]


def gathered(images, shifts, flips):
    count = len(images)
    x = np.empty((images.shape[3], *images.shape[1:3], count), np.float32)
    picks = np.arange(count)
    loops.gather(images, picks, np.array(shifts), np.array(flips), PLAIN.factor, PLAIN.offset, x)
    return np.moveaxis(x, (3, 0), (0, 3))


def warped(images, warps):
    count = len(images)
    x = np.empty((images.shape[3], *images.shape[1:3], count), np.float32)
    matrices = np.array(warps, np.float32)
    loops.gather_warped(images, np.arange(count), matrices, PLAIN.factor, PLAIN.offset, x)
    return np.moveaxis(x, (3, 0), (0, 3))


def one_epoch(images, batch, seed, changes=""):
    """Return the pictures' numbers and the pictures of each batch of an epoch."""
    batches = Batches(
        images, Normalization.of(images), Augmentation.from_text(changes), batch, seed
    )
    found = []
    for number in range(len(batches)):
        places = batches.places(number)
        x = np.empty((images.shape[3], *images.shape[1:3], len(places)), np.float32)
        found.append((batches.gather(places, x).copy(), x))
    return found


@pytest.mark.parametrize(
    "text", ["", "shift:2", "flip", "rotate:10", "crop:0.8", "shift:1,flip,rotate:2.5,crop:0.75"]
)
def test_an_augmentation_is_read_as_it_is_written(text):
    assert_array_equal(Augmentation.from_text(text).text, text)


def test_the_order_of_the_changes_does_not_matter():
    found = Augmentation.from_text("crop:0.8,flip,shift:2")
    assert found == Augmentation(shift=2, flip=True, crop=0.8)
    assert Augmentation.from_text("none") == Augmentation()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shfit:2", 'no such augmentation; did you mean "shift"'),
        ("shift", "write shift:PIXELS"),
        ("shift:1:2", "write shift:PIXELS"),
        ("shift:pixels=2", "write shift:PIXELS"),
        ("flip:2", "write shift:PIXELS, flip"),
        ("rotate:far", '"far" is not a number'),
        ("shift:1.5", '"1.5" is not a whole number'),
        ("shift:-1", "shift:-1,.*shift is at least 0"),
        ("rotate:-5", "rotate:-5,.*rotate from 0 to 180"),
        ("rotate:nan", "rotate:nan,.*rotate from 0 to 180"),
        ("rotate:inf", "rotate:inf,.*rotate from 0 to 180"),
        ("crop:0", "crop:0: .*crop above 0 and at most 1"),
        ("crop:1.2", "crop:1.2: .*crop above 0 and at most 1"),
        ("crop:nan", "crop:nan: .*crop above 0 and at most 1"),
        ("flip,,shift:1", "step 2"),
        ("shift:1,flip,shift:2", 'step 3, "shift": given twice'),
    ],
)
def test_mistakes_in_an_augmentation(text, message):
    with pytest.raises(EdgewiseError, match=message):
        Augmentation.from_text(text)


@settings(max_examples=40)
@given(st.integers(-9, 9), st.integers(-9, 9), st.booleans(), st.integers(0, 99))
def test_shifts_and_flips(down, right, flip, seed):
    images = pictures(np.random.default_rng(seed), count=2)
    found = gathered(images, [[down, right], [0, 0]], [flip, False])
    # Flipped first, then shifted.
    image = images[0][:, ::-1] if flip else images[0]
    assert_array_equal(found[0], moved(image, down, right))
    assert_array_equal(found[1], images[1])


def test_a_warp_that_does_nothing(rng):
    images = pictures(rng)
    none = Augmentation().draw_warps(5, 6, 7, rng)
    assert_allclose(warped(images, none), images, atol=1e-4)


@pytest.mark.parametrize("side", [5, 6])
def test_a_quarter_turn(rng, side):
    images = pictures(rng, 1, side, side)
    turn = [[[0, 1, 0], [-1, 0, side - 1]]]
    assert_array_equal(warped(images, turn)[0], np.rot90(images[0]))
    back = [[[0, -1, side - 1], [1, 0, 0]]]
    assert_array_equal(warped(images, back)[0], np.rot90(images[0], k=-1))


def test_a_warp_interpolates(rng):
    images = pictures(rng, 1)
    found = warped(images, [[[1, 0, 0.25], [0, 1, 0.5]]])[0]
    rows = 0.75 * images[0] + 0.25 * moved(images[0], -1, 0)
    expected = 0.5 * rows + 0.5 * moved(rows, 0, -1)
    assert_allclose(found, expected, rtol=1e-5)


def test_a_warp_repeats_the_edge(rng):
    images = pictures(rng, 1)
    assert_array_equal(warped(images, [[[1, 0, -2], [0, 1, 3]]])[0], moved(images[0], 2, -3))


def test_flips_and_shifts_of_a_warp_are_those_without(rng):
    images = pictures(rng, 40)
    changes = Augmentation(shift=2, flip=True)
    shifts, flips = changes.draw(40, np.random.default_rng(3))
    warps = changes.draw_warps(40, 6, 7, np.random.default_rng(3))
    # A warp shifts first and flips then, so that a flipped picture goes the other way.
    shifts[:, 1] *= np.where(flips, -1, 1)
    assert_allclose(warped(images, warps), gathered(images, shifts, flips), atol=1e-3)


def test_a_crop_stays_inside(rng):
    warps = Augmentation(crop=0.6).draw_warps(300, 20, 30, rng).astype(np.float64)
    corners = np.array([[i, j, 1] for i in (0, 19) for j in (0, 29)]).T
    places = warps @ corners
    assert places.min() > -1e-4
    assert places[:, 0].max() < 19 + 1e-4
    assert places[:, 1].max() < 29 + 1e-4
    sides = (places[:, 0].max(axis=1) - places[:, 0].min(axis=1)) / 19
    assert_allclose([sides.min(), sides.max()], [0.6, 1], atol=0.02)


def test_rotations_stay_within_their_angle(rng):
    warps = Augmentation(rotate=15).draw_warps(500, 9, 9, rng)
    angles = np.degrees(np.arctan2(warps[:, 0, 1], warps[:, 0, 0]))
    assert_allclose([angles.min(), angles.max()], [-15, 15], atol=0.5)
    assert_allclose(warps @ (4, 4, 1), np.full((500, 2), 4), atol=1e-5)


def test_normalization(rng):
    images = pictures(rng, 20)
    images[..., 1] //= 3
    found = Normalization.of(images)
    flat = images.reshape(-1, 3).astype(np.float64)
    assert_allclose(found.mean, flat.mean(axis=0), rtol=1e-5)
    assert_allclose(found.deviation, flat.std(axis=0), rtol=1e-5)
    x = np.empty((3, 6, 7, 20), np.float32)
    gather_plainly(images, found, 0, x)
    assert_allclose(x.mean(axis=(1, 2, 3)), 0, atol=1e-5)
    assert_allclose(x.std(axis=(1, 2, 3)), 1, atol=1e-5)


def test_a_channel_of_one_value_is_not_divided_by_zero():
    found = Normalization.of(np.full((3, 4, 4, 1), 77, np.uint8))
    assert_allclose(found.mean, [77])
    assert_array_equal(found.deviation, [1])


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 5))
def test_every_picture_once_an_epoch(count, batch, seed):
    images = np.zeros((count, 2, 2, 1), np.uint8)
    found = one_epoch(images, batch, (seed, 0))
    assert_array_equal(np.sort(np.concatenate([picks for picks, _ in found])), np.arange(count))
    *full, last = [len(picks) for picks, _ in found]
    assert_array_equal(full, [batch] * len(full))
    # A step is never taken after few pictures, unless there are no more.
    assert batch / 2 < last <= 1.5 * batch or not full
    assert last == batch or count % batch


@pytest.mark.parametrize("changes", ["", "shift:2,flip", "shift:1,flip,rotate:20,crop:0.7"])
def test_the_same_seed_gives_the_same_batches(rng, changes):
    images = pictures(rng, 30)
    first, again, other, later = (
        one_epoch(images, 8, seed, changes) for seed in ((1, 2), (1, 2), (2, 2), (1, 3))
    )
    for (picks, x), (same_picks, same_x) in zip(first, again, strict=True):
        assert_array_equal(picks, same_picks)
        assert_array_equal(x, same_x)
    for changed in (other, later):
        assert not np.array_equal(first[0][0], changed[0][0])


def test_unchanged_pictures_come_as_they_are(rng):
    images = pictures(rng, 30)
    normal = Normalization.of(images)
    standard = (images - normal.mean) / normal.deviation
    for picks, x in one_epoch(images, 8, (0, 0)):
        assert_allclose(np.moveaxis(x, (3, 0), (0, 3)), standard[picks], atol=1e-5)


def test_gray_pictures_get_a_channel(rng):
    images = rng.integers(0, 256, (4, 5, 6), dtype=np.uint8)
    assert_array_equal(with_channels(images)[..., 0], images)
