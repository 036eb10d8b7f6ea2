"""Cross-validation, the search for C, and calibration of linear models."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_data import make_table
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.svm import LinearSVC

from edgewise import DataError
from edgewise.models import fit_linear
from edgewise.models.linear_calibration import Isotonic, Platt, platt, shared_out
from edgewise.models.linear_folds import make_folds
from edgewise.models.linear_maps import Nystroem, choose_nystroem
from edgewise.models.linear_settings import LinearSettings
from edgewise.models.linear_validation import balanced_accuracy
from edgewise.reports.linear_training import search_text

SVM = {"kind": "svm", "C": 0.5}


def their_svm():
    return LinearSVC(C=0.5, random_state=0, tol=1e-3, max_iter=500)


@settings(max_examples=30)
@given(st.integers(0, 1000), st.integers(2, 5), st.booleans())
def test_folds_are_alike_and_keep_groups_together(seed, count, grouped):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat([0, 1, 2], [40, 30, 20]))
    groups = tuple(rng.choice(["", *map(str, range(25))], len(y))) if grouped else None
    folds = make_folds(y, count, classes=("a", "b", "c"), groups=groups, seed=seed)
    assert_array_equal(np.unique(folds), range(count))
    if groups is None:
        for k in range(3):
            parts = np.bincount(folds[y == k], minlength=count)
            assert parts.max() - parts.min() <= 1
    else:
        for name in set(groups) - {""}:
            own = folds[[group == name for group in groups]]
            assert_array_equal(own, own[0])


def test_too_few_pictures_or_groups_for_the_parts():
    y = np.repeat([0, 1], [10, 3])
    with pytest.raises(DataError, match='the class "b" has 3 pictures, too few for 5 parts'):
        make_folds(y, 5, classes=("a", "b"))
    with pytest.raises(DataError, match="there are 2 groups, too few for 3 parts"):
        make_folds(y, 3, classes=("a", "b"), groups=("x", "y") * 6 + ("x",))


def test_cross_validation_is_that_of_scikit_learn():
    data = make_table()
    parts = StratifiedKFold(4, shuffle=True, random_state=3)
    number = [data.classes.index(label) for label in data.labels]
    theirs = cross_val_score(their_svm(), data.X, number, cv=parts)
    found = fit_linear(data, cv=4, seed=3, **SVM).training["validation"]
    assert_allclose(found["parts"], theirs)
    assert_allclose([found["mean"], found["spread"]], [theirs.mean(), theirs.std(ddof=1)])


def test_the_search_takes_the_best_and_says_what_it_saw():
    data = make_table(count=200)
    training = fit_linear(data, search=True, cv=3).training
    rows = training["search"]
    costs, means = [row["C"] for row in rows], [row["mean"] for row in rows]
    assert_allclose(costs, 10.0 ** (np.arange(-5, 4) / 2), rtol=0.02)
    assert_array_equal(training["C"], costs[int(np.argmax(means))])
    alone = fit_linear(data, C=training["C"], cv=3).training["validation"]
    assert_allclose(alone["mean"], max(means), atol=0.02)
    assert_array_equal(training["at_the_edge"], training["C"] in (costs[0], costs[-1]))


def test_c_of_svms_is_searched_around_their_own_default():
    costs = LinearSettings(kind="svm", search=True).costs
    assert costs[0] < costs[5] == 0.1 < costs[-1]


@pytest.mark.parametrize("kinds", [("cat", "dog"), ("cat", "dog", "emu")])
@pytest.mark.parametrize("method", ["platt", "isotonic"])
def test_calibration_is_that_of_scikit_learn(kinds, method):
    data = make_table(kinds, count=300)
    parts = StratifiedKFold(5, shuffle=True, random_state=0)
    theirs = CalibratedClassifierCV(
        their_svm(), method={"platt": "sigmoid"}.get(method, method), cv=parts, ensemble=False
    ).fit(data.X, [kinds.index(label) for label in data.labels])
    model = fit_linear(data, calibrate=method, **SVM)
    assert_array_equal(model.measure, "probability")
    found = model.judge(data.X)
    # Two classes are calibrated once there and mirrored, here each: the same.
    assert_allclose(found, theirs.predict_proba(data.X), atol=5e-3)
    assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert_array_equal(model.predict(data.X), found.argmax(axis=1))


def rare(count=400):
    """Return vectors of two classes, one of them nine times as frequent."""
    rng = np.random.default_rng(5)
    labels = tuple("dog" if k % 10 else "cat" for k in range(count))
    X = rng.gamma(2, 0.2, size=(count, 12)).astype(np.float32)
    X[[label == "cat" for label in labels], 0] += 0.3
    return replace(make_table(("cat", "dog"), count), X=X, labels=labels)


@pytest.mark.parametrize("method", ["platt", "isotonic"])
def test_calibrated_probabilities_are_of_real_pictures_whatever_the_classes_count(method):
    data = rare()
    model = fit_linear(data, calibrate=method, class_weight="balanced", **SVM)
    assert_allclose(model.judge(data.X).mean(axis=0), [0.1, 0.9], atol=0.02)


def test_the_search_among_weighted_classes_looks_at_all_of_them_alike():
    data = rare()
    training = fit_linear(data, search=True, cv=4, class_weight="balanced").training
    assert training["measure"] == "balanced accuracy"
    means = [row["mean"] for row in training["search"]]
    # Always to say dog is right for nine of ten, and no better than chance.
    assert max(means) < 0.85
    assert "measure" not in fit_linear(data, search=True, cv=4).training
    assert_allclose(balanced_accuracy(np.ones(10, int), np.arange(10) // 9), 0.5)
    assert search_text(training).split()[:3] == ["C", "balanced", "accuracy"]


def test_landmarks_are_drawn_from_the_rows_to_learn_from(monkeypatch):
    seen = []

    def keep(X, count, gamma, seed, rows):
        seen.append(rows)
        found = choose_nystroem(X, count, gamma, seed, rows)
        used = range(len(X)) if rows is None else np.flatnonzero(rows)
        known = {X[i].tobytes() for i in used}
        assert all(landmark.tobytes() in known for landmark in found.landmarks)
        return found

    monkeypatch.setattr("edgewise.models.fitting.choose_nystroem", keep)
    model = fit_linear(make_table(), kernel_map="rbf:30", cv=3)
    assert seen[0] is None
    assert_array_equal(sum(~rows for rows in seen[1:]), np.ones(120))
    assert len(seen) == 4
    assert isinstance(model.map, Nystroem)
    assert model.map.length == 30


def test_labels_that_no_model_file_can_hold_are_refused_before_the_training():
    data = make_table(("x" * 5000, "dog"))
    with pytest.raises(DataError, match="the class .* has a name of 5,000 letters"):
        fit_linear(data)
    with pytest.raises(DataError, match="half a character"):
        make_table(("\ud800", "dog"))


@pytest.mark.parametrize("value", [1e16, 3e38, -3e38])
def test_numbers_too_large_to_be_squared_are_refused_by_the_name_of_their_row(value):
    data = make_table()
    data.X[7, 2] = value
    with pytest.raises(DataError, match=r"^7\.png: its vector holds numbers beyond 1e\+15$"):
        fit_linear(data)


def test_platt_of_separable_scores_stays_finite():
    scores = np.array([-2.0, -1.5, 1.5, 2.0])
    slope, offset = platt(scores, scores > 0, np.ones(4))
    # The targets are 3/4 and 1/4, so that the curve is not a step.
    assert 0.3 < slope < 3
    assert_allclose(offset, 0, atol=1e-6)


def test_platt_of_scores_that_say_nothing_is_the_share():
    slope, offset = platt(np.zeros(30), np.arange(30) < 10, np.ones(30))
    assert_allclose(slope, 0, atol=1e-9)
    assert_allclose(1 / (1 + np.exp(-offset)), (10 * 11 / 12 + 20 / 22) / 30, atol=1e-6)


def test_probabilities_of_extreme_scores():
    ones = np.ones(2, np.float32)
    huge = np.array([[1e30, -1e30]], np.float32)
    assert_allclose(Platt(ones, 0 * ones).apply(huge), [[1, 0]])
    points = (np.array([-1, 1], np.float32),) * 2
    values = (np.array([0, 1], np.float32),) * 2
    assert_allclose(Isotonic(points, values).apply(huge), [[1, 0]])
    assert_allclose(Isotonic(points, values).apply(-np.ones((1, 2), np.float32)), [[0.5, 0.5]])


def test_a_row_of_zeros_is_shared_out_evenly():
    assert_allclose(shared_out(np.array([[0.0, 0, 0, 0], [1, 1, 2, 0]])),
                    [[0.25] * 4, [0.25, 0.25, 0.5, 0]])  # fmt: skip
