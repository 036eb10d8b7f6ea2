"""The demonstrations of the CNN, and what they show."""

import csv

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.cli.main import run
from edgewise.images import read_image
from edgewise.images.errors import EdgewiseError
from edgewise.models.cnn import Network
from edgewise.models.cnn.collapse import collapse
from edgewise.models.files import load_model
from edgewise.reports.boundary import BENT, LINEAR, UNBENT, accuracy, fit_points, perceptrons
from edgewise.reports.planar import POINT_SETS, TRIANGLE, half_planes


def test_layers_without_an_activation_are_one_layer(rng):
    network = Network.from_spec("dense:7,dense:5:bias=no,dense:3", (4,), seed=1)
    for array in network.parameters.values():
        array += 0.1
    weight, bias = collapse(network)
    first, second, third = (network.parameters[f"dense{i}.weight"] for i in (1, 2, 3))
    assert_allclose(weight, third.astype(float) @ second @ first, rtol=1e-5)
    x = rng.normal(size=(20, 4)).astype(np.float32)
    assert_allclose(network.forward(x), x @ weight.T + bias, rtol=1e-4, atol=1e-4)


def test_with_an_activation_they_are_not(rng):
    network = Network.from_spec(BENT, (2,))
    with pytest.raises(EdgewiseError, match="relu1 is no dense layer"):
        collapse(network)
    # f(a) + f(b) = 2 f((a + b) / 2) holds for every layer without an activation.
    a, b = rng.normal(size=(2, 30, 2)).astype(np.float32)
    bent, straight = network, Network.from_spec(UNBENT, (2,))
    gaps = [n.forward(a) + n.forward(b) - 2 * n.forward((a + b) / 2) for n in (bent, straight)]
    assert np.abs(gaps[0]).max() > 0.1
    assert np.abs(gaps[1]).max() < 1e-4


@pytest.mark.parametrize("name", ["moons", "rings", "spiral"])
def test_a_hidden_layer_parts_what_a_line_does_not(name):
    points, classes = POINT_SETS[name](300, np.random.default_rng(0))
    assert np.abs(points).max() < 1.75  # what the picture shows
    line = accuracy(fit_points(LINEAR, points, classes, steps=150), points, classes)
    bent = accuracy(fit_points(BENT, points, classes, steps=500), points, classes)
    assert line < 0.93
    assert bent > 0.99


def test_perceptrons_set_by_hand_find_the_triangle():
    points, classes = POINT_SETS["triangle"](2000, np.random.default_rng(0))
    weight, bias = half_planes(TRIANGLE)
    clear = np.abs(points @ weight.T + bias).min(axis=1) > 0.02
    found = perceptrons().forward(points).argmax(axis=1)
    assert_array_equal(found[clear], classes[clear])
    assert 200 < classes.sum() < 1000


def test_half_planes_of_a_square():
    weight, bias = half_planes(np.array([[0, 0], [2, 0], [2, 2], [0, 2]], float))
    inside = weight @ [0.5, 1.0] + bias
    assert_allclose(inside, [1, 1.5, 1, 0.5], atol=1e-12)


def test_demo_boundary(tmp_path, capsys):
    out = str(tmp_path / "b.png")
    assert run(["demo", "boundary", "-o", out]) == 0
    said = capsys.readouterr().out
    assert "set by hand  100.0% right" in said
    assert "are this one:" in said
    assert read_image(out).shape[2] == 3
    assert run(["demo", "boundary", "-o", out]) == 1
    assert "use --overwrite" in capsys.readouterr().err


def test_demo_cnn(tmp_path, capsys):
    folder = tmp_path / "d"
    assert run(["demo", "cnn", "-o", str(folder), "--epochs", "12"]) == 0
    said = capsys.readouterr().out
    names = {path.name for path in folder.iterdir()}
    pictures = {"curves.png", "kernels.png", "features.png", "mistakes.png"}
    assert names == pictures | {"garments.safetensors", "history.csv"}
    assert all(name in said for name in names)
    assert all(read_image(folder / name).shape[2] == 3 for name in pictures)
    assert load_model(folder / "garments.safetensors").size == (28, 28)
    with open(folder / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert float(rows[-1]["validation_accuracy"]) > 0.6
    assert run(["demo", "cnn", "-o", str(folder)]) == 1
    assert "exists already" in capsys.readouterr().err


def test_options_before_the_word_are_not_passed_over(capsys):
    assert run(["demo", "-o", "x", "boundary"]) == 2
    assert "write -o behind boundary" in capsys.readouterr().err
