"""Holding pictures back: of each class its share, groups together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import DataError
from edgewise.models.splits import hold_out


def shares(labels, held):
    """Return the share of each class that is held back."""
    return [np.mean(np.isin(np.flatnonzero(labels == k), held)) for k in np.unique(labels)]


@settings(max_examples=50)
@given(
    st.lists(st.integers(0, 3), min_size=10, max_size=80),
    st.floats(0.2, 0.8),
    st.integers(0, 5),
)
def test_each_class_gives_its_share(labels, share, seed):
    labels = np.array(labels)
    kept, held = hold_out(labels, share, seed=seed)
    assert_array_equal(np.sort(np.concatenate([kept, held])), np.arange(len(labels)))
    for places in (kept, held):
        assert np.all(np.diff(places) > 0)
    for k in np.unique(labels):
        count = (labels == k).sum()
        # One at least, but never all: a picture that is alone in its class is kept.
        expected = min(max(round(count * share), 1), count - 1)
        assert_array_equal((labels[held] == k).sum(), expected)


def test_the_same_seed_holds_the_same_pictures(rng):
    labels = rng.integers(0, 3, 90)
    groups = tuple(f"{i // 3}" for i in range(90))
    for given_groups in (None, groups):
        first, again, other = (
            hold_out(labels, 0.2, seed=seed, groups=given_groups)[1] for seed in (7, 7, 8)
        )
        assert_array_equal(first, again)
        assert not np.array_equal(first, other)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.4, 0.5, 0.7, 0.9])
def test_groups_stay_together(rng, share):
    groups = rng.integers(0, 60, 600)
    labels = rng.integers(0, 2, 600)
    kept, held = hold_out(labels, share, groups=tuple(map(str, groups)))
    assert_array_equal(np.intersect1d(groups[kept], groups[held]), [])
    assert_array_equal(np.sort(np.concatenate([kept, held])), np.arange(600))
    assert_allclose(shares(labels, held), share, atol=0.03)


def test_large_groups_are_on_either_side():
    groups = tuple("large" if i < 20 else str(i // 2) for i in range(100))
    labels = np.arange(100) % 2
    sides = {0 in hold_out(labels, 0.3, seed=seed, groups=groups)[1] for seed in range(20)}
    assert sides == {False, True}


def test_pictures_without_a_group_are_alone(rng):
    labels = np.repeat([0, 1], 50)
    groups = tuple("a" if i % 10 == 0 else "" for i in range(100))
    kept, held = hold_out(labels, 0.2, groups=groups)
    together = np.flatnonzero(np.array(groups) == "a")
    assert np.isin(together, held).all() or np.isin(together, kept).all()
    assert_allclose(shares(labels, held), 0.2, atol=0.1)


def test_a_rare_class_is_no_obstacle():
    labels = np.array([0] * 40 + [1] * 40 + [2])
    groups = (*(str(i // 2) for i in range(80)), "rare")
    kept, held = hold_out(labels, 0.1, groups=groups)
    assert_array_equal(len(kept) + len(held), 81)
    assert_allclose(len(held) / 81, 0.1, atol=0.05)


@pytest.mark.parametrize(
    ("count", "share", "groups", "message"),
    [
        (2, 0.5, None, "0.5 of 2 pictures leaves one side empty; .* more pictures"),
        (
            8,
            0.5,
            ("one",) * 8,
            "0.5 of 8 pictures in 1 group leaves one side empty; .* more groups",
        ),
    ],
)
def test_shares_that_cannot_be_held_back(count, share, groups, message):
    with pytest.raises(DataError, match=message):
        hold_out(np.arange(count) % 2, share, groups=groups)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 12)), min_size=6, max_size=60),
    st.floats(0.05, 0.9),
    st.integers(0, 3),
)
def test_every_class_in_two_groups_is_on_both_sides(pairs, share, seed):
    # Groups of one class each, so that they cannot stand in each other's way.
    labels = np.array([k for k, _ in pairs])
    groups = tuple(f"{k}/{g}" if g else "" for k, g in pairs)
    if len(np.unique(labels)) == len({g or i for i, g in enumerate(groups)}):
        return
    kept, held = hold_out(labels, share, seed=seed, groups=groups)
    assert_array_equal(np.sort(np.concatenate([kept, held])), np.arange(len(labels)))
    assert not {g for g in np.take(groups, held) if g} & {g for g in np.take(groups, kept) if g}
    for k in np.unique(labels):
        own = [groups[i] or i for i in np.flatnonzero(labels == k)]
        assert k in labels[kept]
        assert (k in labels[held]) == (len(set(own)) > 1)


@pytest.mark.parametrize("seed", range(5))
def test_one_pair_of_copies_moves_a_picture_or_two(seed):
    labels = np.repeat([0, 1, 2, 3], [60, 40, 2, 1])
    alone = hold_out(labels, 0.25, seed=seed)[1]
    groups = ["copies" if i in (5, 50) else "" for i in range(len(labels))]
    held = hold_out(labels, 0.25, seed=seed, groups=groups)[1]
    assert len(np.setxor1d(alone, held)) <= 2
    assert_array_equal(np.bincount(labels[held], minlength=4), [15, 10, 1, 0])


def test_a_class_is_rather_learned_than_tested():
    # Group b has all of class 2, so it is kept, whatever class 0 lacks.
    labels = np.array([0, 1, 1, 0, 2])
    for seed in range(5):
        kept, held = hold_out(labels, 0.5, seed=seed, groups=("a", "a", "", "b", "b"))
        assert_array_equal(np.unique(labels[kept]), [0, 1, 2])
        assert set(labels[held]) <= {0, 1}
    with pytest.raises(DataError, match="leaves one side empty"):
        hold_out(np.array([0, 1, 0, 2]), 0.5, groups=("a", "a", "b", "b"))
