"""Measures against scikit-learn's, on random and on degenerate answers."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as peer

from edgewise.images.errors import DataError
from edgewise.models.evaluation import Answers, count_answers
from edgewise.models.intervals import mean_interval, wilson
from edgewise.models.mcnemar import Difference, mcnemar
from edgewise.models.measures import measure
from edgewise.models.metrics import (
    calibration_error,
    log_loss,
    miss_rate,
    precision_recall,
    reliability,
    roc,
    top_k_accuracy,
)


def random_answers(seed: int, count: int, classes: int, ties: bool):
    random = np.random.default_rng(seed)
    values = random.random((count, classes)) + 1e-3
    if ties:
        values = np.ceil(values * 3)
    return random.integers(classes, size=count), values / values.sum(axis=1, keepdims=True)


cases = given(st.integers(0, 10**6), st.integers(1, 40), st.integers(2, 6), st.booleans())


@settings(deadline=None, max_examples=50)
@cases
def test_counts_and_losses_are_scikit_learns(seed, count, classes, ties):
    truth, values = random_answers(seed, count, classes, ties)
    found = count_answers(tuple("abcdef"[:classes]), truth, values.argmax(axis=1))
    with warnings.catch_warnings():
        # Answers of classes that are not in the truth.
        warnings.simplefilter("ignore")
        balanced = peer.balanced_accuracy_score(truth, values.argmax(axis=1))
    assert found.balanced_accuracy == pytest.approx(balanced)
    low, high = found.balanced_interval
    assert 0 <= low <= found.balanced_accuracy <= high <= 1
    expected = peer.log_loss(truth, values, labels=range(classes))
    assert log_loss(truth, values) == pytest.approx(expected)


@settings(deadline=None, max_examples=30)
@cases
def test_top_k_is_scikit_learns_without_ties(seed, count, classes, ties):
    truth, values = random_answers(seed, count, classes, ties=False)
    for k in range(1, classes):
        scores = values[:, 1] if classes == 2 else values
        expected = peer.top_k_accuracy_score(truth, scores, k=k, labels=range(classes))
        assert top_k_accuracy(truth, values, k) == pytest.approx(expected)


def test_the_first_of_equals_is_the_answer():
    values = np.full((2, 3), 1 / 3)
    assert top_k_accuracy(np.array([0, 1]), values, 1) == 0.5
    assert top_k_accuracy(np.array([0, 1]), values, 2) == 1


@settings(deadline=None, max_examples=50)
@cases
def test_curves_are_scikit_learns(seed, count, classes, ties):
    truth, values = random_answers(seed, count, classes, ties)
    positive, scores = truth == 0, values[:, 0]
    curve, other = roc(positive, scores), precision_recall(positive, scores)
    if not positive.any():
        assert curve is None
        assert other is None
        return
    assert other is not None
    assert other.area == pytest.approx(peer.average_precision_score(positive, scores))
    precision, recall, _ = peer.precision_recall_curve(positive, scores)
    np.testing.assert_allclose(other.y, precision[-2::-1])
    np.testing.assert_allclose(other.x, recall[-2::-1])
    if positive.all():
        assert curve is None
        return
    assert curve is not None
    x, y, _ = peer.roc_curve(positive, scores, drop_intermediate=False)
    np.testing.assert_allclose(curve.x, x)
    np.testing.assert_allclose(curve.y, y)
    assert curve.area == pytest.approx(peer.roc_auc_score(positive, scores))
    assert miss_rate(curve, 0.1) == pytest.approx(1 - y[x <= 0.1].max())


def test_the_worst_sure_answer_has_a_finite_loss():
    assert np.isfinite(log_loss(np.array([0]), np.array([[0, 1]], np.float32)))


def test_reliability_puts_answers_together_by_their_sureness():
    values = np.array([[0.9, 0.1], [0.95, 0.05], [0.4, 0.6], [1.0, 0.0]])
    found = reliability(np.array([0, 1, 1, 0]), values)
    np.testing.assert_allclose(found.confidence, [0.6, 2.85 / 3])
    np.testing.assert_allclose(found.accuracy, [1, 2 / 3])
    np.testing.assert_array_equal(found.count, [1, 3])
    assert calibration_error(found) == pytest.approx((0.4 + 2.85 - 2) / 4)


def test_intervals_of_one_share_agree():
    assert mean_interval(np.array([0.7]), np.array([50])) == pytest.approx(wilson(0.7, 50))


def test_wilson_reaches_the_published_interval():
    # Newcombe (1998), 81 of 263.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def answers(truth, values, classes=("a", "b"), kind="probability"):
    names = tuple(str(i) for i in range(len(truth)))
    return Answers(names, np.array(truth), np.array(values, float), classes, kind)


def test_no_picture_is_refused():
    with pytest.raises(DataError, match="no picture to judge"):
        answers([], np.zeros((0, 2)))
    with pytest.raises(DataError, match="no picture to judge"):
        count_answers(("a", "b"), np.array([], int), np.array([], int))


def test_what_one_class_alone_leaves_undefined_is_none():
    found = measure(answers([1, 1], [[0.2, 0.8], [0.6, 0.4]]), fpr=0.1)
    told = found.to_dict(("a", "b"))
    assert told["roc_area"] == {"a": None, "b": None}
    assert told["miss_rate"] is None
    assert told["average_precision"] == {"a": None, "b": 1.0}


def test_scores_have_no_loss_and_no_sureness():
    told = measure(answers([0, 1], [[2, -2], [-1, 1]], kind="score")).to_dict(("a", "b"))
    assert told["log_loss"] is None
    assert told["calibration_error"] is None
    assert told["roc_area"] == {"a": 1.0, "b": 1.0}


def test_mcnemar_counts_where_models_differ():
    first = answers([0, 0, 1, 1], [[1, 0], [0, 1], [0, 1], [1, 0]])
    second = answers([0, 0, 1, 1], [[1, 0], [1, 0], [1, 0], [0, 1]])
    assert mcnemar(first, second) == Difference(4, 1, 2)
    with pytest.raises(DataError, match="the same labelled pictures"):
        mcnemar(first, answers([0, 1, 1, 1], second.values))


def test_mcnemar_is_the_exact_binomial_test():
    from scipy.stats import binomtest

    for first, second in ((0, 0), (3, 3), (2, 9), (40, 12), (0, 1)):
        found = Difference(100, first, second)
        both = first + second
        assert found.p == pytest.approx(binomtest(first, both, 0.5).pvalue if both else 1.0)
        low, high = found.interval
        assert -1 <= low <= high <= 1
    assert Difference(100, 2, 9).difference == pytest.approx(0.07)
