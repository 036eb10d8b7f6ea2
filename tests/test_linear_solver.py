"""Training in passes: the same models as scikit-learn's, from memory, files and shards."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_data import Shards, make_table
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from edgewise import DataError, EdgewiseError
from edgewise.models import fit_linear, linear_losses, linear_trainer
from edgewise.models.linear_solver import Problem, minimise
from edgewise.models.linear_threads import in_order

LOSSES = ["softmax_loss", "logistic_loss", "squared_hinge_loss"]


@pytest.fixture
def passes(monkeypatch):
    """Take the solver for large problems, in small blocks, to the last digits."""
    monkeypatch.setattr(linear_trainer, "FEW_VALUES", 0)
    monkeypatch.setattr("edgewise.models.linear_rows.BLOCK_BYTES", 4 * 12 * 50)
    monkeypatch.setattr("edgewise.models.fitting.TOLERANCE", 1e-5)


@pytest.mark.parametrize("name", LOSSES)
@settings(max_examples=20)
@given(st.integers(0, 10**6), st.integers(2, 4))
def test_slopes_are_those_of_central_differences(name, seed, classes):
    rng = np.random.default_rng(seed)
    columns = classes if classes > 2 or name == "softmax_loss" else 1
    scores, y = rng.normal(size=(5, columns)) * 2, rng.integers(0, classes, 5)
    loss = getattr(linear_losses, name)
    _, slope = loss(scores, y)
    for k in range(columns):
        step = np.zeros_like(scores)
        step[:, k] = 1e-6
        difference = (loss(scores + step, y)[0] - loss(scores - step, y)[0]) / 2e-6
        assert_allclose(slope[:, k], difference, atol=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_losses_of_huge_scores_are_finite(name):
    scores = np.array([[3e4, -3e4, 0], [-3e4, 3e4, 0]], np.float32)
    loss, slope = getattr(linear_losses, name)(scores, np.array([0, 0]))
    assert np.isfinite(loss).all()
    assert np.isfinite(slope).all()
    assert_allclose(loss[0], 1 if "hinge" in name else np.log(2) if "log" in name else 0, atol=1e-6)


@pytest.mark.parametrize(("status", "converged"), [(0, True), (1, False), (2, False)])
def test_only_an_end_that_is_one_has_converged(monkeypatch, status, converged):
    import scipy.optimize

    real = scipy.optimize.minimize

    def ended(*words, **settings):
        found = real(*words, **settings)
        found.status = status
        return found

    monkeypatch.setattr(scipy.optimize, "minimize", ended)
    X = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    problem = Problem(X, np.arange(50) % 2, 1, linear_losses.logistic_loss, 1.0, np.ones(50))
    assert minimise(problem).converged == converged


@pytest.mark.parametrize("classes", [("cat", "dog"), ("cat", "dog", "emu")])
@pytest.mark.usefixtures("passes")
def test_softmax_is_that_of_scikit_learn(classes):
    data = make_table(classes)
    theirs = LogisticRegression(C=2, tol=1e-8, max_iter=5000).fit(data.X, data.labels)
    model = fit_linear(data, C=2)
    assert_array_equal(model.training["solver"], "L-BFGS in passes")
    assert_allclose(model.judge(data.X), theirs.predict_proba(data.X), atol=2e-3)


@pytest.mark.parametrize("classes", [("cat", "dog"), ("cat", "dog", "emu")])
@pytest.mark.parametrize("in_passes", [False, True])
def test_one_against_the_rest_is_that_of_scikit_learn(classes, in_passes, request):
    if in_passes:
        request.getfixturevalue("passes")
    data = make_table(classes)
    one = LogisticRegression(C=2, tol=1e-6, max_iter=5000)
    theirs = OneVsRestClassifier(one).fit(data.X, data.labels)
    model = fit_linear(data, C=2, one_vs_rest=True)
    assert_allclose(model.judge(data.X), theirs.predict_proba(data.X), atol=2e-3)
    assert_array_equal(model.measure, "probability")


@pytest.mark.parametrize("classes", [("cat", "dog"), ("cat", "dog", "emu")])
@pytest.mark.usefixtures("passes")
def test_the_squared_hinge_is_that_of_scikit_learn(classes):
    data = make_table(classes)
    theirs = LinearSVC(C=0.5, tol=1e-8, max_iter=100_000).fit(data.X, data.labels)
    scores = theirs.decision_function(data.X)
    expected = np.stack([-scores, scores], axis=1) if scores.ndim == 1 else scores
    found = fit_linear(data, kind="svm", C=0.5).judge(data.X)
    assert_allclose(found, expected, atol=2e-3)


def test_the_hinge_is_that_of_scikit_learn():
    data = make_table()
    theirs = LinearSVC(C=0.5, loss="hinge", random_state=0, tol=1e-3, max_iter=500)
    theirs.fit(data.X, data.labels)
    found = fit_linear(data, kind="svm", C=0.5, loss="hinge").judge(data.X)
    assert_allclose(found, theirs.decision_function(data.X), atol=1e-4)


@pytest.mark.parametrize("in_passes", [False, True])
def test_balanced_weights_are_those_of_scikit_learn(in_passes, request):
    if in_passes:
        request.getfixturevalue("passes")
    data = make_table()
    kept = [i for i, label in enumerate(data.labels) if label != "cat" or i % 5 == 0]
    X, labels = data.X[kept], tuple(data.labels[i] for i in kept)
    data = make_table(count=len(kept), labels=labels)
    data.X[:] = X
    theirs = LogisticRegression(tol=1e-8, max_iter=5000, class_weight="balanced").fit(X, labels)
    model = fit_linear(data, class_weight="balanced")
    assert_allclose(model.judge(X), theirs.predict_proba(X), atol=2e-3)
    by_hand = fit_linear(data, class_weight={"cat": 4.0})
    theirs = LogisticRegression(class_weight={"cat": 4, "dog": 1, "emu": 1}).fit(X, labels)
    assert_allclose(by_hand.judge(X), theirs.predict_proba(X), atol=5e-3)


@pytest.mark.usefixtures("passes")
def test_memory_maps_and_shards_give_the_same_bytes(tmp_path):
    data = make_table(count=333)
    np.save(tmp_path / "X.npy", data.X)
    mapped = make_table(count=333)
    object.__setattr__(mapped, "X", np.load(tmp_path / "X.npy", mmap_mode="r"))
    sharded = make_table(count=333)
    object.__setattr__(sharded, "X", Shards(data.X, 7))
    for chosen in (
        {},
        {"kind": "svm"},
        {"kind": "svm", "kernel_map": "chi2", "calibrate": "platt"},
    ):
        whole = fit_linear(data, **chosen)
        for other in (mapped, sharded):
            assert_array_equal(fit_linear(other, **chosen).weights, whole.weights)


@pytest.mark.usefixtures("passes")
def test_any_number_of_threads_gives_the_same_bytes():
    data = make_table(count=333)
    models = [fit_linear(data, jobs=jobs) for jobs in (1, 2, 5)]
    for model in models[1:]:
        assert_array_equal(model.weights, models[0].weights)
        assert_array_equal(model.bias, models[0].bias)


def test_rows_that_do_not_count_are_as_if_they_were_not_there():
    data = make_table()
    number = {name: i for i, name in enumerate(data.classes)}
    y = np.array([number[label] for label in data.labels])
    share = (np.arange(len(y)) % 3 > 0).astype(float)
    used = share > 0
    loss, tight = linear_losses.softmax_loss, {"tolerance": 1e-6}
    some = minimise(Problem(data.X, y, 3, loss, 1.0, share), **tight)
    few = minimise(Problem(data.X[used], y[used], 3, loss, 1.0, np.ones(used.sum())), **tight)
    assert_allclose(some.weights, few.weights, atol=1e-3)


def test_results_come_in_order_and_errors_come_through():
    assert_array_equal(list(in_order(lambda n: n * n, range(100), 4)), np.arange(100) ** 2)
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda n: 1 / n, [1, 0, 2], 2))


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"loss": "huber"}, 'no loss "huber"; there are squared-hinge, hinge'),
        ({"loss": "hinge"}, "the hinge is an SVM's loss; add --model svm"),
        ({"calibrate": "magic"}, 'no calibrate "magic"; there are platt, isotonic'),
        ({"calibrate": "platt"}, "gives probabilities by itself"),
        ({"kind": "svm", "one_vs_rest": True}, "one against the rest anyway"),
        ({"cv": 1}, "at least 2 parts, not 1"),
        ({"search": True, "C": 3}, "leave one of them out"),
        ({"class_weight": "heavy"}, '"balanced" or a number a class, not "heavy"'),
        ({"class_weight": {"fox": 2}}, 'no class "fox"; there are cat, dog, emu'),
        ({"class_weight": {"cat": 0}}, 'the weight of "cat" is 0; it is a number above 0'),
    ],
)
def test_settings_that_make_no_sense(chosen, message):
    with pytest.raises(EdgewiseError, match=message):
        fit_linear(make_table(), **chosen)


def test_a_hinge_too_large_for_memory_is_refused(monkeypatch):
    monkeypatch.setattr(linear_trainer, "memory", lambda: 10_000)
    with pytest.raises(EdgewiseError, match="use --loss squared-hinge, which reads them in passes"):
        fit_linear(make_table(), kind="svm", loss="hinge")
    assert fit_linear(make_table(), kind="svm").training["accuracy"] > 0.5


def test_a_hinge_that_misses_a_class_is_refused():
    data = make_table()
    groups = tuple("one" if label == "emu" else str(i) for i, label in enumerate(data.labels))
    with pytest.raises(DataError, match="a class is in one group only"):
        fit_linear(data, kind="svm", loss="hinge", cv=3, groups=groups)
