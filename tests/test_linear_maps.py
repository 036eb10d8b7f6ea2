"""Kernel maps: products of mapped vectors are the kernels they stand for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_data import make_table
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.kernel_approximation import AdditiveChi2Sampler
from sklearn.metrics.pairwise import additive_chi2_kernel, rbf_kernel

from edgewise import DataError, EdgewiseError, load_model
from edgewise.models import fit_linear, save_model
from edgewise.models.linear_maps import (
    AdditiveChi2,
    Nystroem,
    choose_nystroem,
    mapped,
    parse_map,
)


@given(st.integers(0, 10**6), st.integers(1, 40), st.floats(0.01, 3))
@settings(max_examples=20)
def test_similarities_are_the_kernel(seed, count, gamma):
    rng = np.random.default_rng(seed)
    X, landmarks = (rng.random((n, 7)).astype(np.float32) for n in (count, 5))
    found = Nystroem(landmarks, gamma).apply(X)
    assert_allclose(found, rbf_kernel(X, landmarks, gamma=gamma), atol=2e-5)


def test_with_all_rows_as_landmarks_products_are_the_kernel(rng):
    X = rng.random((30, 6)).astype(np.float32)
    kernel_map = choose_nystroem(X, 1000, 1.5, 0)
    Z = kernel_map.apply(X) @ kernel_map.basis()
    assert_allclose(Z @ Z.T, rbf_kernel(X, gamma=1.5), atol=2e-3)


def test_landmarks_that_are_the_same_picture_twice_do_no_harm(rng):
    X = np.repeat(rng.random((5, 6)).astype(np.float32), 4, axis=0)
    kernel_map = choose_nystroem(X, 20, None, 0)
    basis = kernel_map.basis()
    assert_array_equal(basis.shape, (20, 5))
    assert np.isfinite(basis).all()
    same = choose_nystroem(np.ones((9, 6), np.float32), 9, None, 0)
    assert np.isfinite(same.apply(np.zeros((2, 6), np.float32)) @ same.basis()).all()


def test_the_seed_draws_the_landmarks(rng):
    X = rng.random((50, 6)).astype(np.float32)
    drawn = [choose_nystroem(X, 10, None, seed).landmarks for seed in (1, 1, 2)]
    assert_array_equal(drawn[0], drawn[1])
    assert np.abs(drawn[0] - drawn[2]).max() > 0.1


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_chi_squared_is_that_of_scikit_learn(rng, steps):
    X = rng.random((20, 6)).astype(np.float32)
    X[::3, 2] = 0
    found = AdditiveChi2(6, steps).apply(X)
    assert_allclose(found, AdditiveChi2Sampler(sample_steps=steps).fit_transform(X), atol=1e-5)
    # Theirs is the negative of a distance; the kernel of the paper is 2ab/(a+b).
    total = X.sum(axis=1)
    kernel = additive_chi2_kernel(X.astype(float)) / 2 + (total[:, None] + total) / 2
    assert_allclose(found @ found.T, kernel, rtol={1: 0.3, 2: 0.2, 3: 0.1}[steps])


def test_chi_squared_refuses_negative_values():
    with pytest.raises(DataError, match="values of at least 0; use --kernel-map rbf"):
        AdditiveChi2(2).apply(np.array([[1, -1]], np.float32))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rbf", ("rbf", 1000, None)),
        ("rbf:50", ("rbf", 50, None)),
        ("rbf:50:0.1", ("rbf", 50, 0.1)),
        ("chi2", ("chi2", 2, None)),
        ("chi2:3", ("chi2", 3, None)),
    ],
)
def test_maps_from_text(text, expected):
    assert parse_map(text) == expected


@pytest.mark.parametrize(
    "text", ["poly", "rbf:", "rbf:1", "rbf:99999", "rbf:5:0", "rbf:5:x", "chi2:4", "chi2:2:1", ""]
)
def test_maps_that_make_no_sense(text):
    with pytest.raises(EdgewiseError, match=f'no kernel map "{text}"'):
        parse_map(text)


def test_a_matrix_larger_than_memory_is_kept_in_a_file(monkeypatch, rng):
    monkeypatch.setattr("edgewise.models.room.memory", lambda: 1000)
    X = rng.random((1100, 6)).astype(np.float32)
    found = mapped(X, lambda rows: rows * 2, 6)
    assert isinstance(found, np.memmap)
    assert_array_equal(found, X * 2)


def rings(count=300, seed=0):
    """A ring of one class around the other: no straight line parts them."""
    data = make_table(("in", "out"), count, seed)
    rng = np.random.default_rng(seed)
    inside = np.array([label == "in" for label in data.labels])
    direction = rng.normal(size=(count, 12))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    data.X[:] = 2 + direction * np.where(inside, 0.5, 1.5)[:, None]
    return data


@pytest.mark.parametrize("kind", ["logistic", "svm"])
def test_a_map_parts_what_no_line_can(tmp_path, kind):
    data, unseen = rings(), rings(200, 1)
    number = {name: i for i, name in enumerate(data.classes)}
    truth = np.array([number[label] for label in unseen.labels])
    plain = fit_linear(data, kind=kind)
    model = fit_linear(data, kind=kind, kernel_map="rbf:100", C=10.0)
    assert np.mean(plain.predict(unseen.X) == truth) < 0.8
    assert np.mean(model.predict(unseen.X) == truth) > 0.95
    save_model(tmp_path / "m.safetensors", model)
    assert_array_equal(
        load_model(tmp_path / "m.safetensors").judge(unseen.X), model.judge(unseen.X)
    )


def test_the_folded_model_gives_the_scores_that_were_trained():
    data = make_table()
    model = fit_linear(data, kind="svm", kernel_map="rbf:60", C=1.0)
    number = {name: i for i, name in enumerate(data.classes)}
    right = np.mean(model.predict(data.X) == [number[label] for label in data.labels])
    assert_allclose(right, model.training["accuracy"])
