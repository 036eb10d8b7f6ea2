"""What a comparison concludes: differences with their uncertainty, over seeds too, in words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from edgewise.models.comparison.advice import advise
from edgewise.models.comparison.overlap import Overlap
from edgewise.models.comparison.paired import gap
from edgewise.models.mcnemar import Difference


def apart(count, first, second):
    """Return a gap of one seed: pictures, those only one or the other names rightly."""
    return gap(values(count, first, second)[None])


def values(count, first, second):
    return np.repeat(np.array([-1, 1, 0], np.int8), [first, second, count - first - second])


NONE = apart(1000, 50, 50)
FEW = apart(100, 10, 12)
LINEAR = apart(10_000, 400, 100)
CNN = apart(10_000, 100, 400)
NEAR_A_POINT = apart(10_000, 100, 210)
BARELY = apart(10_000, 20, 60)
ALIKE = apart(10_000, 50, 52)
GROWTH = apart(1000, 10, 60)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(120, 400))
def test_one_seed_gives_mcnemar_and_the_interval_of_bonett_and_price(first, second, count):
    found, wanted = apart(count, first, second), Difference(count, first, second)
    assert_allclose(found.difference, wanted.difference, atol=1e-12)
    assert_allclose(found.interval, wanted.interval, atol=1e-12)
    assert found.p == wanted.p
    assert found.deviation is None


def test_seeds_that_agree_change_nothing_but_the_test():
    found = gap(np.stack([values(1000, 50, 90)] * 3))
    assert_allclose(found.interval, apart(1000, 50, 90).interval, atol=1e-12)
    assert found.deviation == 0
    assert_allclose(found.p, 0.0009, rtol=0.3)


def test_seeds_that_differ_make_the_interval_wider():
    ways = [values(1000, 50, 90), values(1000, 50, 60), values(1000, 50, 120)]
    found = gap(np.stack(ways))
    assert_allclose(found.each, [0.04, 0.01, 0.07])
    assert_allclose(found.difference, 0.04)
    assert_allclose(found.deviation, 0.03)
    low, high = apart(1000, 50, 90).interval
    assert found.interval[0] < 0 < low < high < found.interval[1]
    assert not found.shown


def test_the_interval_covers_what_another_seed_and_other_pictures_give():
    random, covered, rounds = np.random.default_rng(3), 0, 400
    for _ in range(rounds):
        # Of 300 pictures and 3 seeds; the true difference is 0.03.
        shares = np.clip(0.13 + random.normal(0, 0.02, 3), 0, 1)
        won = random.random((3, 300)) < shares[:, None]
        lost = ~won & (random.random((3, 300)) < 0.1 / (1 - shares[:, None]))
        low, high = gap(won.astype(np.int8) - lost).interval
        covered += low <= 0.03 <= high
    assert covered >= 0.92 * rounds


@given(st.integers(1, 4), st.integers(3, 50), st.integers(0, 99))
def test_p_and_the_interval_agree_where_there_are_several_seeds(seeds, count, seed):
    found = gap(np.random.default_rng(seed).integers(-1, 2, (seeds + 1, count), np.int8))
    low, high = found.interval
    assert -1 <= low <= high <= 1
    if low > -1 and high < 1:
        assert found.shown == (low > 0 or high < 0)


@pytest.mark.parametrize(
    ("found", "verdict", "words"),
    [
        (NONE, "no difference shown", "chance alone may give; there may be one. Take the linear"),
        (ALIKE, "no difference shown", "if there is one, it is likely to be less than a point"),
        (LINEAR, "linear", "The linear model is enough here: it names 3.0 points more"),
        (CNN, "cnn", "A CNN is worth it here: it names 3.0 points more"),
        (NEAR_A_POINT, "cnn", "whether by more than a point is open"),
        (BARELY, "cnn", "The CNN is better, but by little: it names 0.4 points more"),
        (apart(10, 0, 0), "no difference shown", "McNemar p = 1)"),
    ],
)
def test_the_advice_follows_from_the_difference_and_its_interval(found, verdict, words):
    advice = advise(found)
    assert advice.verdict == verdict
    assert words in advice.text
    assert "95 % interval" in advice.text


def test_who_is_better_is_said_with_an_interval_in_its_favour():
    assert (
        "3.0 points more of the test pictures rightly than the CNN (95 % interval +2.6 to +3.4"
        in (advise(LINEAR).text)
    )
    assert "than the linear model (95 % interval +2.6 to +3.4" in advise(CNN).text


def test_what_one_seed_shows_several_may_not():
    ways = np.stack([values(1000, 50, 90), values(1000, 50, 60), values(1000, 50, 120)])
    assert advise(gap(ways[:1])).verdict == "cnn"
    advice = advise(gap(ways))
    assert advice.verdict == "no difference shown"
    assert "mean of 3 seeds; 95 % interval" in advice.text
    assert "more of them, or more --seeds, would tell" in advice.notes[0]


def test_what_else_there_is_to_know():
    assert advise(LINEAR).notes == ()
    assert advise(FEW).notes == (
        "With 100 test pictures the interval is 18.8 points wide: more of them would tell.",
    )


def growing(first, second):
    """Return two gains on 1,000 pictures, and by how much the second is greater."""
    one, other = values(1000, *first), values(1000, *second)[::-1]
    return gap(one[None]), gap(other[None]), gap(other[None] - one[None])


def test_alike_gains_are_not_told_apart():
    (note,) = advise(CNN, *growing((10, 37), (12, 37))).notes
    assert "brought the linear model +2.7 points (95 % interval +1.3 to" in note
    assert "and the CNN +2.5 points" in note
    assert note.endswith(
        "Both still gain from more. Which of the two gains more, it does not show."
    )
    # One is significant, and the other not: that does not make them different.
    (note,) = advise(CNN, *growing((10, 37), (31, 49))).notes
    assert note.endswith(
        "The linear model still gains from more; whether the CNN does, the test does not show. "
        "Which of the two gains more, it does not show."
    )


def test_who_gains_more_is_told_where_it_is_shown():
    (note,) = advise(LINEAR, *growing((10, 12), (10, 80))).notes
    assert note.endswith("The CNN gains more: with more pictures it may come out ahead.")
    (note,) = advise(CNN, *growing((10, 12), (10, 80))).notes
    assert note.endswith(
        "whether the linear model does, the test does not show. The CNN gains more."
    )
    (note,) = advise(CNN, *growing((10, 80), (10, 12))).notes
    assert note.endswith("The linear model gains more.")
    assert advise(CNN, *growing((10, 12), (10, 12))).notes == ()


def test_a_network_that_was_cut_short_is_told_and_its_growth_is_not():
    advice = advise(LINEAR, None, GROWTH, GROWTH, epochs=(3, 10))
    assert advice.verdict == "not decided"
    assert advice.text.startswith("Not decided: the CNN was stopped early, and differs by -3.0")
    assert advice.notes == (
        "The CNN learned for 3 epochs, 10 unless told otherwise: more may make it better.",
    )
    (note, _) = advise(LINEAR, GROWTH, GROWTH, GROWTH, epochs=(3, 10)).notes
    assert note.endswith("The linear model still gains from more.")
    assert advise(NONE, epochs=(1, 10)).verdict == "not decided"
    assert advise(CNN, epochs=(1, 10)).verdict == "cnn"
    assert advise(LINEAR, epochs=(10, 10)).notes == ()
    assert advise(LINEAR, epochs=(20, 10)).notes == ()


def test_a_model_that_more_pictures_made_worse_is_told():
    worse = apart(36, 9, 1)
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


def test_pictures_in_two_parts_come_first():
    overlaps = (
        Overlap("test", "train", 100, 1, 0),
        Overlap("test", "validation", 100, 0, 3),
        Overlap("validation", "train", 20, 4, 5),
    )
    found = advise(FEW, overlaps=overlaps).notes
    assert found[:3] == (
        "Of the 100 test pictures some are among those to learn from, too (1 pixel by pixel): "
        "both models may know them by heart.",
        "Of the 100 test pictures some are among those to choose by, too (3 nearly or mirrored): "
        "C and the epoch were chosen by them.",
        "Of the 20 pictures to choose by some are among those to learn from, too (4 pixel by "
        "pixel, 5 nearly or mirrored): C and the epoch are chosen by what is known by heart.",
    )
    assert advise(CNN, overlaps=(Overlap("test", "train", 100, 0, 0),)).notes == ()
