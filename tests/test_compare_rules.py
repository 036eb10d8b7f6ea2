"""The rules of a comparison: the split, the budget, the advice, the axes of its plots."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.images.errors import DataError, EdgewiseError
from edgewise.models.comparison.advice import advise
from edgewise.models.comparison.budget import (
    default_network,
    epochs_for,
    epochs_within,
)
from edgewise.models.comparison.parts import (
    divide,
    nested_order,
    pictures_digest,
    subset_sizes,
)
from edgewise.models.mcnemar import Difference
from edgewise.models.pictures import Pictures
from edgewise.reports.comparison_plots import accuracy_axis, logarithmic_axis
from edgewise.reports.comparison_tables import seconds

NONE = Difference(1000, 50, 50)
FEW = Difference(100, 10, 12)
LINEAR = Difference(10_000, 400, 100)
CNN = Difference(10_000, 100, 400)
BARELY = Difference(10_000, 20, 60)
GROWTH = Difference(1000, 10, 60)


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


def test_shared_pictures_are_counted():
    own = pictures([0, 1, 2] * 10)
    known = own.subset(np.arange(0, 30, 2))
    parts = divide(own, known, validation=0.1, points=1, seed=0)
    assert parts.shared == len(set(known.names) & set(parts.train.names))
    apart = own.subset(np.arange(15)), own.subset(np.arange(15, 30))
    assert divide(*apart, validation=0.2, points=1, seed=0).shared == 0


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


def test_minutes_cut_every_training_to_the_same_share():
    assert epochs_within((3200, 6400), None, None, 0.0) == (10, 10)
    assert epochs_within((3200, 6400), None, 1e9, 0.001) == (10, 10)
    # All would take 96 s.
    assert epochs_within((3200, 6400), None, 48.0, 0.001) == (5, 5)
    with pytest.raises(EdgewiseError, match="an epoch of every training takes about 0.16 minutes"):
        epochs_within((3200, 6400), None, 9.5, 0.001)


@given(
    st.lists(st.integers(10, 5000), min_size=1, max_size=5),
    st.one_of(st.none(), st.integers(1, 200)),
    st.floats(0.1, 500),
)
def test_trainings_end_in_time(sizes, epochs, minutes):
    sizes, a_picture = tuple(sizes), 1e-4
    found = epochs_within(sizes, epochs, 60 * minutes, a_picture)
    taken = a_picture * sum(n * size for n, size in zip(found, sizes, strict=True))
    # One epoch of each is the least.
    assert taken <= max(60 * minutes, 0) + a_picture * sum(sizes)
    assert all(1 <= n <= epochs_for(size, epochs) for n, size in zip(found, sizes, strict=True))


def test_colour_gets_the_larger_network():
    assert default_network((32, 32), 3) == "quick"
    assert default_network((16, 64), 3) == "small"
    assert default_network((64, 64), 1) == "small"


@pytest.mark.parametrize(
    ("found", "verdict", "words"),
    [
        (NONE, "no difference shown", "which chance may give; take the linear model"),
        (LINEAR, "linear", "The linear model is enough here: it names 3.0 points more"),
        (CNN, "cnn", "A CNN is worth it here: it names 3.0 points more"),
        (BARELY, "cnn", "The CNN is better by 0.4 points"),
        (Difference(10, 0, 0), "no difference shown", "McNemar p = 1)"),
    ],
)
def test_the_advice_follows_from_the_difference(found, verdict, words):
    advice = advise(found)
    assert advice.verdict == verdict
    assert words in advice.text


def test_what_else_there_is_to_know():
    assert advise(LINEAR).notes == ()
    assert advise(FEW).notes == (
        "With 100 test pictures the interval is 18.8 points wide: more of them would tell.",
    )
    assert advise(CNN, GROWTH, GROWTH).notes == (
        "Both still gain from more pictures to learn from.",
    )
    (note,) = advise(LINEAR, None, GROWTH).notes
    assert note.startswith("Only the CNN still gains")
    assert note.endswith("with more of them it may come out ahead.")
    assert advise(CNN, None, GROWTH).notes == (
        "Only the CNN still gains from more pictures to learn from.",
    )
    assert advise(CNN, GROWTH, NONE).notes == (
        "Only the linear model still gains from more pictures to learn from.",
    )


def test_a_network_that_was_cut_short_is_told_and_its_growth_is_not():
    advice = advise(LINEAR, None, GROWTH, epochs=(3, 10))
    assert advice.verdict == "not decided"
    assert advice.text.startswith("Not decided: the CNN was stopped early, and differs by -3.0")
    assert advice.notes == (
        "The CNN learned for 3 epochs, 10 unless told otherwise: more may make it better.",
    )
    assert advise(NONE, epochs=(1, 10)).verdict == "not decided"
    assert advise(CNN, epochs=(1, 10)).verdict == "cnn"
    assert advise(LINEAR, epochs=(10, 10)).notes == ()
    assert advise(LINEAR, epochs=(20, 10)).notes == ()


def test_a_model_that_more_pictures_made_worse_is_told():
    worse = Difference(36, 9, 1)
    (note,) = advise(LINEAR, None, worse).notes
    assert note.startswith("The CNN was better with half the pictures to learn from")
    (note,) = advise(LINEAR, worse, None).notes
    assert note.startswith("The linear model was better with half the pictures")
    assert advise(LINEAR, NONE, NONE).notes == ()


def test_classes_without_test_pictures_are_told():
    assert advise(LINEAR, untested=("b",)).notes == (
        'No test picture is of "b": of these nothing is known.',
    )
    (note,) = advise(LINEAR, untested=("b", "c", "d")).notes
    assert note.startswith('No test picture is of "b" and 2 more classes')
    own = pictures([0, 1, 2] * 10)
    few = own.subset(np.flatnonzero(own.labels != 1))
    assert divide(own, few, validation=0.1, points=1, seed=0).untested == ("b",)


def test_pictures_on_both_sides_come_first():
    first, _ = advise(FEW, shared=1).notes
    assert first.startswith("1 of the 100 test pictures is among those to learn from")
    assert advise(LINEAR, shared=20).notes[0].startswith("20 of the 10,000 test pictures are")


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
    along, ticks = logarithmic_axis(np.array([100.0, 200.0, 400.0]), lambda value: f"{value:g}")
    assert_allclose(along(np.array([100.0, 200.0, 400.0])), [0.06, 0.5, 0.94])
    assert [text for _, text in ticks] == ["100", "200", "400"]
    along, ticks = logarithmic_axis(np.array([7.0]), lambda value: f"{value:g}")
    assert ticks == [(0.5, "7")]


def test_times_in_a_unit_that_suits_them():
    assert [seconds(value) for value in (0.0012, 0.047, 3.21, 99.94, 300)] == [
        "1.2 ms", "47 ms", "3.2 s", "99.9 s", "5.0 min",
    ]  # fmt: skip
