"""The rules of a comparison: the split, the budget, augmentation, the axes of its plots."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.images.errors import DataError, EdgewiseError
from edgewise.models.cnn.architectures import default_network
from edgewise.models.cnn.training.augmentation import Augmentation
from edgewise.models.cnn.training.batches import Batches, Normalization
from edgewise.models.comparison.budget import (
    BATCH,
    epochs_along,
    epochs_for,
    epochs_within,
    steps_an_epoch,
)
from edgewise.models.comparison.copies import copies_like, without_copies
from edgewise.models.comparison.overlap import overlaps
from edgewise.models.comparison.parts import (
    divide,
    nested_order,
    pictures_digest,
    subset_sizes,
)
from edgewise.models.linear_copies import parse_copies
from edgewise.models.pictures import Pictures
from edgewise.reports.comparison_plots import accuracy_axis, logarithmic_axis
from edgewise.reports.comparison_tables import seconds


def pictures(labels, groups=None):
    count = len(labels)
    images = np.random.default_rng(0).integers(0, 256, (count, 4, 4, 1)).astype(np.uint8)
    names = tuple(f"{i}.png" for i in range(count))
    return Pictures(images, np.array(labels), ("a", "b", "c"), names, groups)


@given(st.lists(st.integers(0, 2), min_size=12, max_size=60), st.integers(0, 5))
def test_every_beginning_holds_the_classes_in_their_shares(labels, seed):
    labels = np.array(labels)
    order = nested_order(labels, seed)
    assert_array_equal(np.sort(order), np.arange(len(labels)))
    shares = np.bincount(labels, minlength=3) / len(labels)
    for count in range(1, len(labels) + 1):
        found = np.bincount(labels[order[:count]], minlength=3)
        # Of each class its share, rounded up, and no more than the classes before it bring.
        assert (np.abs(found - count * shares) <= 3).all()


@given(st.integers(2, 5), st.integers(1, 400), st.integers(1, 8))
def test_sizes_are_halves_that_hold_two_of_a_class(classes, each, points):
    labels = np.repeat(np.arange(classes), each)
    sizes = subset_sizes(labels, points)
    assert sizes[-1] == len(labels)
    assert list(sizes) == sorted(set(sizes))
    assert len(sizes) <= points
    assert min(sizes[:-1], default=2 * classes) >= 2 * classes
    assert_allclose([b / a for a, b in pairwise(sizes)], 2, rtol=0.25)


def test_no_picture_is_in_two_parts():
    own = pictures([0, 1, 2] * 20)
    parts = divide(own, None, validation=0.25, points=3, seed=1)
    names = [set(part.names) for part in (parts.train, parts.validation, parts.test)]
    assert [len(part) for part in names] == [36, 12, 12]
    assert set.union(*names) == set(own.names)
    for part in (parts.train, parts.validation, parts.test):
        counts = np.bincount(part.labels)
        assert_array_equal(counts, counts[0])
    again = divide(own, None, validation=0.25, points=3, seed=1)
    other = divide(own, None, validation=0.25, points=3, seed=2)
    assert again.train.names == parts.train.names
    assert other.train.names != parts.train.names


def test_groups_stay_together():
    groups = tuple(f"person {i // 4}" for i in range(60))
    parts = divide(pictures([0, 1, 2] * 20, groups), None, validation=0.2, points=1, seed=0)
    sides = [set(part.groups or ()) for part in (parts.train, parts.validation, parts.test)]
    assert sum(map(len, sides)) == 15
    assert len(set.union(*sides)) == 15


def test_classes_that_are_missing():
    with pytest.raises(DataError, match='of one class, "b"'):
        divide(pictures([1] * 9), None, validation=0.1, points=1, seed=0)
    with pytest.raises(DataError, match='no picture of the class "c" is left'):
        divide(pictures([0, 1] * 20), None, validation=0.1, points=1, seed=0)


def test_classes_without_test_pictures_are_found():
    own = pictures([0, 1, 2] * 10)
    few = own.subset(np.flatnonzero(own.labels != 1))
    assert divide(own, few, validation=0.1, points=1, seed=0).untested == ("b",)


def test_pictures_in_two_parts_are_counted():
    own = pictures([0, 1, 2] * 10)
    known = own.subset(np.arange(0, 30, 2))
    parts = divide(own, known, validation=0.2, points=1, seed=0)
    found = {(one.part, one.other): one for one in overlaps(parts)}
    for other in ("train", "validation"):
        wanted = len(set(known.names) & set(getattr(parts, other).names))
        assert found["test", other].counts == (15, wanted, 0)
    assert found["validation", "train"].counts == (6, 0, 0)
    apart = own.subset(np.arange(15)), own.subset(np.arange(15, 30))
    assert not any(one.exact for one in overlaps(divide(*apart, validation=0.2, points=1, seed=0)))


def test_nearly_the_same_pictures_are_counted_once():
    own = pictures([0, 1, 2] * 10)
    # The same with less contrast: nearly the same; two of them unchanged.
    other = own.subset(np.arange(30))
    other.images[2:] = other.images[2:] // 2 + 9
    # A mirror image is nearly the same, too.
    other.images[2:6] = other.images[2:6, :, ::-1]
    parts = divide(own, other, validation=0.2, points=1, seed=0)
    train, validation, between = overlaps(parts)
    assert train.exact + validation.exact == 2
    assert train.exact + train.near == len(parts.train)
    assert validation.exact + validation.near == len(parts.validation)
    assert between.counts == (6, 0, 0)


def test_a_digest_tells_pictures_apart():
    own = pictures([0, 1, 2])
    assert pictures_digest(own) == pictures_digest(pictures([0, 1, 2]))
    others = [
        pictures([0, 2, 1]),
        own.subset(np.array([1, 0, 2])),
        pictures([0, 1, 2], ("", "", "x")),
    ]
    changed = pictures([0, 1, 2])
    changed.images[2, 3, 3] ^= 1
    assert len({pictures_digest(one) for one in (own, changed, *others)}) == 5


def test_few_pictures_get_more_epochs():
    assert [epochs_for(count, None) for count in (10, 640, 3200, 64_000)] == [60, 50, 10, 10]
    assert epochs_for(10, 7) == 7


@given(st.integers(1, 300))
def test_steps_are_those_that_the_training_makes(count):
    images = np.zeros((count, 1, 1, 1), np.uint8)
    normal = Normalization(np.zeros(1, np.float32), np.ones(1, np.float32))
    batches = Batches(images, normal, Augmentation(), BATCH, (0,))
    assert steps_an_epoch(count) == len(batches)


@given(st.integers(1, 60_000), st.integers(1, 8), st.integers(1, 60))
def test_all_along_the_curve_there_are_as_many_steps(count, points, epochs):
    sizes = subset_sizes(np.zeros(count, int), points)
    along = epochs_along(sizes, epochs)
    assert along[-1] == epochs
    steps = [n * steps_an_epoch(size) for n, size in zip(along, sizes, strict=True)]
    for n, size in zip(steps, sizes, strict=True):
        # As near as whole epochs allow.
        assert abs(n - steps[-1]) <= steps_an_epoch(size) / 2


def test_minutes_cut_every_training():
    assert epochs_within((3200, 6400), None, None, 0.0) == (20, 10)
    assert epochs_within((3200, 6400), None, 1e9, 0.001) == (20, 10)
    # All would take 128 s.
    assert epochs_within((3200, 6400), None, 64.0, 0.001) == (10, 5)
    assert epochs_within((3200, 6400), None, 64.0, 0.001, seeds=2) == (4, 2)
    assert epochs_within((3200, 6400), None, 128.0, 0.001, validation=640) == (18, 9)
    assert epochs_within((3200, 6400), 10**12, 64.0, 0.001) == (10, 5)
    with pytest.raises(EdgewiseError, match="the shortest trainings .* take about 0.21 minutes"):
        epochs_within((3200, 6400), None, 12.0, 0.001)


@given(
    st.integers(20, 5000), st.integers(1, 5), st.one_of(st.none(), st.integers(1, 200)),
    st.floats(0.1, 500), st.integers(1, 3),
)  # fmt: skip
def test_trainings_end_in_time(count, points, epochs, minutes, seeds):
    sizes, a_picture = subset_sizes(np.zeros(count, int), points), 1e-4
    found = epochs_within(sizes, epochs, 60 * minutes, a_picture, seeds=seeds)
    taken = seeds * a_picture * sum(n * size for n, size in zip(found, sizes, strict=True))
    assert taken <= 60 * minutes
    assert 1 <= found[-1] <= epochs_for(count, epochs)
    assert found == epochs_along(sizes, found[-1])


def test_colour_gets_the_larger_network():
    assert default_network((32, 32), 3) == "quick"
    assert default_network((16, 64), 3) == "small"
    assert default_network((64, 64), 1) == "small"


@pytest.mark.parametrize(
    ("augment", "copies", "alone"),
    [
        ("", "", ""),
        ("flip", "flip", ""),
        ("shift:2,flip,rotate:10", "flip,shift:2", "rotate:10"),
        ("shift:20", "shift:8", ""),
        ("rotate:5,crop:0.8", "", "rotate:5,crop:0.8"),
    ],
)
def test_the_linear_model_gets_the_copies_that_it_can_learn_from(augment, copies, alone):
    assert copies_like(augment, (32, 32)) == copies
    assert without_copies(augment) == alone
    assert len(parse_copies(copies)) == (1 + ("flip" in copies)) * (1 + 4 * ("shift" in copies))


def test_copies_move_no_further_than_the_picture_is_large():
    assert copies_like("shift:6", (4, 32)) == "shift:3"
    assert copies_like("shift:6", (1, 32)) == ""


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_axis_of_accuracies_holds_them_all(one, other):
    low, high = sorted((one, other))
    bottom, top, ticks = accuracy_axis(low, high)
    assert 0 <= bottom <= low + 1e-9
    assert high - 1e-9 <= top <= 1
    assert bottom < top
    places = [place for place, _ in ticks]
    assert_allclose(places, np.linspace(0, 1, len(ticks)))
    assert 2 <= len(ticks) <= 12
    assert len({text for _, text in ticks}) == len(ticks)


def test_the_logarithmic_axis_spreads_doublings_evenly():
    along, ticks = logarithmic_axis(np.array([100.0, 200.0, 400.0]))
    assert_allclose(along(np.array([100.0, 200.0, 400.0])), [0.06, 0.5, 0.94])
    assert [text for _, text in ticks] == ["100", "200", "400"]
    along, ticks = logarithmic_axis(np.array([7.0]))
    assert ticks == [(0.5, "7")]


def test_times_in_a_unit_that_suits_them():
    assert [seconds(value) for value in (0.0012, 0.047, 3.21, 99.94, 300)] == [
        "1.2 ms", "47 ms", "3.2 s", "99.9 s", "5.0 min",
    ]  # fmt: skip
