"""Linear models: the same answers as scikit-learn's, and the counts of an evaluation."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from edgewise import DataError, EdgewiseError, HogConfig
from edgewise.features import FeatureTable
from edgewise.models import default_config, evaluate, fit_linear
from edgewise.models.evaluation import Evaluation
from edgewise.models.linear import LinearModel
from edgewise.reports.tables import evaluation_text

CONFIG = HogConfig(cell=4, bins=3)  # 12 values of 8x8 pixels
SIZE = (8, 8)


def table(kinds=("cat", "dog", "emu"), count=60, seed=0, **changes):
    rng = np.random.default_rng(seed)
    labels = tuple(kinds[i] for i in rng.integers(0, len(kinds), count))
    X = rng.normal(size=(count, 12)).astype(np.float32)
    X[:, 0] += [2 * kinds.index(label) for label in labels]
    names = tuple(f"{i}.png" for i in range(count))
    parts = {"labels": labels, "classes": tuple(kinds), "config": CONFIG, "size": SIZE}
    return FeatureTable(X=X, names=names, **{**parts, **changes})


@pytest.mark.parametrize("classes", [("cat", "dog"), ("cat", "dog", "emu")])
def test_logistic_probabilities_are_those_of_scikit_learn(classes):
    data = table(classes)
    theirs = LogisticRegression(C=2, max_iter=500).fit(data.X, data.labels)
    model = fit_linear(data, C=2)
    assert_allclose(model.judge(data.X), theirs.predict_proba(data.X), atol=1e-5)
    answers = [classes[i] for i in model.predict(data.X)]
    assert_array_equal(answers, theirs.predict(data.X))
    assert_allclose(model.training["accuracy"], theirs.score(data.X, data.labels))


@pytest.mark.parametrize("classes", [("cat", "dog"), ("cat", "dog", "emu")])
def test_svm_scores_are_those_of_scikit_learn(classes):
    data = table(classes)
    theirs = LinearSVC(C=0.5, random_state=3, tol=1e-3, max_iter=500).fit(data.X, data.labels)
    model = fit_linear(data, kind="svm", C=0.5, seed=3)
    scores = theirs.decision_function(data.X)
    expected = np.stack([-scores, scores], axis=1) if scores.ndim == 1 else scores
    assert_allclose(model.judge(data.X), expected, atol=1e-4)


def test_probabilities_of_huge_scores_are_finite():
    weights = np.zeros((2, 12), np.float32)
    weights[1] = 1e4
    model = LinearModel(weights, np.zeros(2, np.float32), "logistic", ("a", "b"), CONFIG, SIZE)
    assert_array_equal(model.judge(np.ones((1, 12), np.float32)), [[0, 1]])


def test_a_solver_that_did_not_converge_says_so(monkeypatch):
    monkeypatch.setattr("edgewise.models.linear_solver.MOST_PASSES", 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_array_equal(fit_linear(table()).training["converged"], False)


@pytest.mark.parametrize(
    ("changes", "arguments", "message"),
    [
        ({"labels": None, "classes": ()}, {}, "no labels; put each class in a folder"),
        ({"labels": ("dog",) * 60}, {}, 'all pictures are of one class, "dog"'),
        ({}, {"kind": "forest"}, 'no linear model "forest"; there are logistic, svm'),
        ({}, {"C": 0}, "C is 0; it is a number above 0"),
    ],
)
def test_what_cannot_be_trained(changes, arguments, message):
    with pytest.raises(EdgewiseError, match=message):
        fit_linear(table(**changes), **arguments)


def test_a_vector_with_nan_is_named():
    data = table()
    data.X[7, 3] = np.nan
    with pytest.raises(DataError, match=r"7\.png: its vector holds NaN"):
        fit_linear(data)


def test_weights_have_to_fit_the_settings():
    with pytest.raises(DataError, match="do not fit 2 classes and vectors of 12 values"):
        LinearModel(np.zeros((2, 5), np.float32), np.zeros(2), "svm", ("a", "b"), CONFIG, SIZE)


@pytest.mark.parametrize(
    ("size", "cell"), [((8, 8), 2), ((28, 28), 4), ((32, 32), 4), ((128, 64), 8), ((224, 300), 28)]
)
def test_default_cells(size, cell):
    config = default_config(size)
    assert_array_equal(config.cell, (cell, cell))
    assert config.length(*size) < 20_000


answers = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)


@given(answers)
def test_scores_are_those_of_scikit_learn(pairs):
    truth, answer = np.array(pairs).T
    confusion = np.zeros((4, 4), int)
    np.add.at(confusion, (truth, answer), 1)
    found = Evaluation(("a", "b", "c", "d"), confusion)
    labels = range(4)
    assert_array_equal(found.confusion, metrics.confusion_matrix(truth, answer, labels=labels))
    expected = metrics.precision_recall_fscore_support(
        truth, answer, labels=labels, zero_division=0
    )
    assert_allclose([found.precision, found.recall, found.f1, found.support], expected)
    assert_allclose(found.accuracy, metrics.accuracy_score(truth, answer))
    low, high = found.interval
    assert 0 <= low <= found.accuracy <= high <= 1


def test_wilson_interval_by_example():
    # Newcombe (1998), table I: 81 of 263, Wilson's method: 0.2553 to 0.3662.
    found = Evaluation(("a", "b"), np.array([[81, 182], [0, 0]]))
    assert_allclose(found.interval, (0.2553, 0.3662), atol=5e-5)


def test_evaluation_of_a_model():
    data = table()
    model = fit_linear(data)
    found = evaluate(model, data)
    assert_allclose(found.accuracy, model.training["accuracy"])
    text = evaluation_text(found)
    assert "95 % interval" in text
    assert "emu" in text


def test_a_class_without_pictures_counts_zero():
    data = table()
    model = fit_linear(data)
    chosen = [i for i, label in enumerate(data.labels) if label != "emu"]
    part = FeatureTable(
        X=data.X[chosen],
        names=tuple(data.names[i] for i in chosen),
        labels=tuple(data.labels[i] for i in chosen),
        classes=("cat", "dog"),
        config=CONFIG,
        size=SIZE,
    )
    found = evaluate(model, part)
    assert_array_equal(found.support[2], 0)
    assert_array_equal(found.recall[2], 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": None, "classes": ()}, "no labels to compare"),
        ({"classes": ("cat", "dog", "emu", "fox")}, 'the class "fox" was not learned'),
        ({"config": CONFIG.replace(clip=0.3)}, "clip is 0.3, the model's 0.2"),
        ({"channels": 3}, "colour is kept, the model's gray"),
        ({"size": (9, 8)}, "size is 8x9, the model's 8x8"),
    ],
)
def test_what_cannot_be_evaluated(changes, message):
    with pytest.raises(DataError, match=message):
        evaluate(fit_linear(table()), table(**changes))


def test_prediction_does_without_scikit_learn(tmp_path):
    code = f"""
import sys
import numpy as np
from edgewise.cli.main import run
from edgewise.images.encode import write_image
from edgewise.models.files import save_model
from edgewise.models.linear import LinearModel
from edgewise import HogConfig
write_image({str(tmp_path / "a.png")!r}, np.zeros((9, 9), np.uint8))
model = LinearModel(np.ones((2, 12), np.float32), np.zeros(2, np.float32), "svm", ("a", "b"),
                    HogConfig(cell=4, bins=3), (8, 8))
save_model({str(tmp_path / "m.safetensors")!r}, model)
assert run(["predict", {str(tmp_path / "m.safetensors")!r}, {str(tmp_path / "a.png")!r}]) == 0
heavy = {{"sklearn", "scipy", "numba", "matplotlib"}} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
