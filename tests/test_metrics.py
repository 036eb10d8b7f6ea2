"""Measures against scikit-learn's, on random and on degenerate answers."""

import json
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as peer
from sklearn.calibration import calibration_curve

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
    answered, labels = values.argmax(axis=1), range(classes)
    np.testing.assert_array_equal(
        found.confusion, peer.confusion_matrix(truth, answered, labels=labels)
    )
    assert found.accuracy == pytest.approx(peer.accuracy_score(truth, answered))
    each = peer.precision_recall_fscore_support(truth, answered, labels=labels, zero_division=0)
    for own, other in zip(
        (found.precision, found.recall, found.f1, found.support), each, strict=True
    ):
        np.testing.assert_allclose(own, other)
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


@settings(deadline=None, max_examples=30)
@cases
def test_reliability_is_scikit_learns_without_ties(seed, count, classes, ties):
    truth, values = random_answers(seed, count, classes, ties=False)
    found = reliability(truth, values)
    right = values.argmax(axis=1) == truth
    accuracy, confidence = calibration_curve(right, values.max(axis=1), n_bins=10)
    np.testing.assert_allclose(found.accuracy, accuracy)
    np.testing.assert_allclose(found.confidence, confidence)
    assert found.count.sum() == count


def test_intervals_of_one_share_agree():
    assert mean_interval(np.array([0.7]), np.array([50])) == pytest.approx(wilson(0.7, 50))


@pytest.mark.parametrize(
    ("counts", "recalls"),
    [
        ([30] * 10, [0.9, 0.95, 0.66, 0.9, 0.7, 0.93, 0.5, 0.93, 0.93, 0.97]),
        ([30] * 10, [0.99] * 10),
        ([100] * 10, [0.995] * 10),
        ([1000] * 10, [0.9] * 10),
        ([3] * 10, [0.8] * 10),
        ([500, 40, 20], [0.95, 0.7, 0.5]),
        ([1000, 10, 10], [0.99, 0.95, 0.9]),
        ([50] * 4, [1.0, 1.0, 1.0, 0.6]),
        ([50, 50], [0.99, 0.97]),
    ],
)
def test_the_balanced_interval_holds_the_truth_95_times_in_100(counts, recalls):
    random = np.random.default_rng(0)
    found = random.binomial(counts, recalls, size=(2000, len(counts))) / counts
    limits = np.array([mean_interval(shares, np.array(counts)) for shares in found])
    truth = np.mean(recalls)
    below, above = np.mean(truth < limits[:, 0]), np.mean(truth > limits[:, 1])
    # Shares of few pictures jump: no interval can hold the truth as often everywhere.
    assert 0.93 < 1 - below - above < 0.985
    assert max(below, above) < 0.065


def test_a_share_of_all_or_none_ends_its_interval():
    assert wilson(1, 30)[1] == 1
    assert wilson(0, 30)[0] == 0
    low, high = mean_interval(np.ones(3), np.array([30, 5, 100]))
    assert 0.8 < low < high == 1


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


def defined(truth, values) -> list[list[str]]:
    """Return which ROC areas and average precisions are defined, and check the rest."""
    classes = tuple("abc"[: len(values[0])])
    made = answers(truth, values, classes)
    told = measure(made).to_dict(classes)
    everything = json.dumps(told | made.evaluation.to_dict(), allow_nan=False)
    assert json.loads(everything)["count"] == len(truth)
    return [
        [name for name, area in told[key].items() if area is not None]
        for key in ("roc_area", "average_precision")
    ]


@pytest.mark.parametrize(
    ("truth", "values", "rates", "precisions"),
    [
        # One class missing, all one class, all values equal, one picture.
        ([0, 0, 1], [[0.8, 0.1, 0.1], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3]], "ab", "ab"),
        ([2, 2], [[0.8, 0.1, 0.1], [0.1, 0.2, 0.7]], "", "c"),
        ([0, 1, 2, 1], [[1 / 3] * 3] * 4, "abc", "abc"),
        ([1], [[1, 0]], "", "b"),
        ([0, 1], [[1, 0], [0, 1]], "ab", "ab"),
    ],
)
def test_degenerate_answers_have_finite_measures_or_none(truth, values, rates, precisions):
    assert defined(truth, values) == [list(rates), list(precisions)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        balanced = peer.balanced_accuracy_score(truth, np.argmax(values, axis=1))
    found = answers(truth, values, tuple("abc"[: len(values[0])])).evaluation
    assert found.balanced_accuracy == pytest.approx(balanced)


def test_equal_values_are_one_point_of_a_curve():
    truth, values = np.array([0, 1, 0, 1]) == 1, np.full(4, 0.5)
    curve, other = roc(truth, values), precision_recall(truth, values)
    assert curve is not None
    assert other is not None
    assert curve.area == peer.roc_auc_score(truth, values) == 0.5
    assert other.area == peer.average_precision_score(truth, values) == 0.5
    assert miss_rate(curve, 0.99) == 1


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
