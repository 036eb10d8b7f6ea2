"""`edgewise train linear` from the shell, and its model files."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from linear_data import make_table
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import DataError, load_model, open_dataset
from edgewise.cli.main import run
from edgewise.features import load_features, save_features
from edgewise.images.encode import write_image
from edgewise.models import fit_linear, linear_table, save_model
from edgewise.models.linear_table import open_table


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """A manifest of 240 of scikit-learn's digits, in groups of two."""
    folder, rows = tmp_path_factory.mktemp("digits"), ["path,label,group"]
    whole = open_dataset("digits")
    for i in range(240):
        write_image(folder / f"{i}.png", whole.read(i))
        rows.append(f"{i}.png,{int(whole.labels[i]) % 3},{i // 2}")
    (folder / "digits.csv").write_text("\n".join(rows))
    return folder


def train(data, out, *words):
    return run(["train", "linear", str(data), "-o", str(out), *words])


@pytest.mark.parametrize(
    "words",
    [
        ["--one-vs-rest"],
        ["--model", "svm", "--loss", "hinge"],
        ["--model", "svm", "--calibrate", "isotonic", "--class-weight", "balanced"],
        ["--kernel-map", "rbf:40", "--class-weight", "0=2,1=0.5"],
        ["--kernel-map", "chi2:1"],
        ["--features", "hog:cell=2:bins=6,pixels", "--copies", "shift:1"],
        ["--features", "pixels:4x4"],
    ],
)
def test_every_kind_is_trained_saved_judged_and_asked(digits, tmp_path, capsys, words):
    data, out = digits / "digits.csv", tmp_path / "m.safetensors"
    assert_array_equal(train(data, out, "--json", *words), 0)
    facts = json.loads(capsys.readouterr().out)
    assert facts["training"]["accuracy"] > 0.7
    assert_array_equal(run(["evaluate", str(out), str(data), "--json"]), 0)
    found = json.loads(capsys.readouterr().out)
    assert_array_equal(found["count"], 240)
    if "--copies" not in words:
        assert_allclose(found["accuracy"], facts["training"]["accuracy"], atol=0.02)
    assert_array_equal(run(["predict", str(out), str(digits / "3.png"), "--json"]), 0)
    answer = json.loads(capsys.readouterr().out)["predictions"][0]
    measured = "score" if "hinge" in words else "probability"
    assert measured in answer
    assert_array_equal(run(["inspect", str(out)]), 0)
    again = tmp_path / "again.safetensors"
    save_model(again, load_model(out))
    assert_array_equal(again.read_bytes() == out.read_bytes(), True)


def test_the_search_prints_its_curve(digits, tmp_path, capsys):
    out = tmp_path / "m.safetensors"
    assert_array_equal(train(digits / "digits.csv", out, "--search", "--cv", "3"), 0)
    printed = capsys.readouterr().out
    training = load_model(out).training
    assert_array_equal(sum(" best" in line for line in printed.splitlines()), 1)
    (best,) = [line.split() for line in printed.splitlines() if " best" in line]
    assert_array_equal(best[0], f"{training['C']:g}")
    assert_array_equal(best[1], f"{training['validation']['mean']:.4f}")
    assert "standard deviation" in printed
    assert_array_equal(len(training["search"]), 9)


def test_cross_validation_keeps_the_groups_of_a_manifest(digits, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "edgewise.models.fitting.make_folds",
        lambda y, count, **more: seen.append(more["groups"]) or np.arange(len(y)) % count,
    )
    assert_array_equal(train(digits / "digits.csv", tmp_path / "m.safetensors", "--cv", "2"), 0)
    assert_array_equal(seen[0], [str(i // 2) for i in range(240)])


def test_features_from_a_file_with_labels_from_a_manifest(digits, tmp_path, capsys):
    data, file = digits / "digits.csv", tmp_path / "f.npz"
    hog = ["--cell", "2", "--bins", "6"]
    assert_array_equal(run(["hog", str(data), "-o", str(file), *hog]), 0)
    kept = load_features(file)
    unlabelled = tmp_path / "u.npz"
    save_features(unlabelled, replace(kept, labels=None, classes=(), inputs=None))
    assert_array_equal(train(data, tmp_path / "a.safetensors", "--features", str(unlabelled)), 0)
    assert_array_equal(train(file, tmp_path / "b.safetensors"), 0)
    a, b = ((tmp_path / f"{name}.safetensors").read_bytes() for name in "ab")
    assert_array_equal(a == b, True)
    other = tmp_path / "other.npz"
    save_features(other, replace(kept, names=("strange.png", *kept.names[1:])))
    capsys.readouterr()
    assert_array_equal(train(data, tmp_path / "c.safetensors", "--features", str(other)), 1)
    assert "strange.png is none of the pictures of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--features", "sift"], 2, "no such features"),
        (["--features", "hog", "--cell", "4"], 2, "--cell and --features exclude each other"),
        (["--kernel-map", "poly"], 2, 'no kernel map "poly"'),
        (["--class-weight", "much"], 2, '"much" is not CLASS=NUMBER; or write balanced'),
        (["--class-weight", "9=2"], 1, 'no class "9"; there are 0, 1, 2'),
        (["--search", "-C", "3"], 2, "leave one of them out"),
        (["--cv", "90"], 1, "too few for 90 parts; use --cv"),
        (["--copies", "shift:9"], 2, "not a number of pixels"),
    ],
)
def test_mistakes_are_named(digits, tmp_path, capsys, words, code, message):
    out = tmp_path / "m.safetensors"
    assert_array_equal(train(digits / "digits.csv", out, *words), code)
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_features_of_another_kind_are_refused(digits, tmp_path, capsys):
    data, out = digits / "digits.csv", tmp_path / "m.safetensors"
    assert_array_equal(train(data, out, "--features", "pixels"), 0)
    run(["hog", str(data), "-o", str(tmp_path / "f.npz"), "--cell", "2"])
    capsys.readouterr()
    assert_array_equal(run(["evaluate", str(out), str(tmp_path / "f.npz")]), 1)
    assert "the features were made with other settings" in capsys.readouterr().err


def test_weights_are_drawn_where_they_are_of_hog(tmp_path, capsys):
    pictures = Path(__file__).parent.parent / "sample_images/fashion/train"
    for name, words, code in (("a", [], 0), ("p", ["--features", "pixels"], 1),
                              ("k", ["--kernel-map", "rbf:20"], 1)):  # fmt: skip
        assert_array_equal(train(pictures, tmp_path / f"{name}.safetensors", "-q", *words), 0)
        shown = ["show", "model", str(tmp_path / f"{name}.safetensors"), "-o"]
        assert_array_equal(run([*shown, str(tmp_path / f"{name}.png")]), code)
    told = capsys.readouterr().err
    assert "looks at pixels, not at HoG" in told
    assert "train without --kernel-map" in told


def test_a_large_feature_file_is_mapped_and_gives_the_same_model(tmp_path, monkeypatch):
    data = make_table(count=200)
    save_features(tmp_path / "f.npz", data)
    assert not isinstance(open_table(tmp_path / "f.npz").X, np.memmap)
    monkeypatch.setattr(linear_table, "memory", lambda: 20_000)
    mapped = open_table(tmp_path / "f.npz")
    assert isinstance(mapped.X, np.memmap)
    assert_array_equal(mapped.X, data.X)
    for name in ("names", "labels", "classes", "config", "size", "channels"):
        assert_array_equal(getattr(mapped, name) == getattr(data, name), True)
    assert_array_equal(fit_linear(mapped).weights, fit_linear(data).weights)


def test_a_large_feature_file_cut_short_is_refused(tmp_path):
    save_features(tmp_path / "f.npz", make_table())
    content = (tmp_path / "f.npz").read_bytes()
    for length in (0, 30, len(content) // 2, len(content) - 1):
        (tmp_path / "cut.npz").write_bytes(content[:length])
        with pytest.raises(DataError, match=r"cut\.npz: "):
            load_features(tmp_path / "cut.npz", mapped=True)
    np.savez_compressed(tmp_path / "small.npz", X=np.zeros((3, 4), np.float32))
    with pytest.raises(DataError, match="compressed and too large"):
        load_features(tmp_path / "small.npz", mapped=True)


def test_a_folder_of_shards_gives_the_model_of_a_file(digits, tmp_path, monkeypatch):
    # As of many pictures: the solver in passes.
    monkeypatch.setattr("edgewise.models.linear_trainer.FEW_VALUES", 0)
    data, hog = str(digits / "digits.csv"), ["--cell", "2", "--bins", "6"]
    assert_array_equal(run(["hog", data, "-o", str(tmp_path / "f.npz"), *hog]), 0)
    folder = f"{tmp_path / 'shards'}/"
    assert_array_equal(run(["hog", data, "-o", folder, "--shard-size", "100", *hog]), 0)
    for name, source in (("a", tmp_path / "f.npz"), ("b", folder)):
        assert_array_equal(train(source, tmp_path / f"{name}.safetensors"), 0)
    by_name = ["--features", folder, "--cv", "3"]
    assert_array_equal(train(data, tmp_path / "c.safetensors", *by_name), 0)
    models = [load_model(tmp_path / f"{name}.safetensors") for name in "abc"]
    # A small last shard goes through HoG's path for few pictures: other last digits.
    for model in models[1:]:
        assert_allclose(model.weights, models[0].weights, atol=1e-5)
