"""`edgewise show`, and the pictures of networks, trainings and mistakes."""

import io
import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from edgewise.cli.main import run
from edgewise.features.config import HogConfig
from edgewise.images import read_image, write_image
from edgewise.images.errors import DataError, EdgewiseError
from edgewise.models.cnn import Add, CnnModel, Conv, Dense, Flatten, Network, Normalization
from edgewise.models.files import save_model
from edgewise.models.linear import LinearModel
from edgewise.reports.curves import curves_picture
from edgewise.reports.feature_maps import activations, features_picture
from edgewise.reports.hog_weights import weights_picture
from edgewise.reports.kernel_grid import first_kernels, kernels_picture
from edgewise.reports.mistakes import mistakes_picture, worst
from edgewise.reports.network_tables import network_rows, network_text
from edgewise.reports.page import around_zero, enlarged, from_zero, grid


def cnn(text: str, shape: tuple[int, ...], classes: int = 3) -> CnnModel:
    network = Network.from_spec(text, shape, classes=classes, seed=1)
    normal = Normalization(
        np.full(shape[0], 100, np.float32), np.linspace(50, 60, shape[0]).astype(np.float32)
    )
    return CnnModel(network, tuple("abcdefghij"[:classes]), normal)


def linear(size: tuple[int, int] = (24, 16)) -> LinearModel:
    random, config = np.random.default_rng(0), HogConfig(cell=(4, 4))
    weights = random.normal(size=(3, config.length(*size))).astype(np.float32)
    return LinearModel(weights, np.zeros(3, np.float32), "svm", ("cat", "dog", "owl"), config, size)


@pytest.fixture
def model_file(tmp_path):
    model = cnn("conv:4:3,relu,maxpool:2,flatten,dense:20,relu,dense:classes", (1, 10, 10))
    save_model(tmp_path / "m.safetensors", model)
    return str(tmp_path / "m.safetensors")


@pytest.fixture
def photo(tmp_path):
    write_image(
        tmp_path / "p.png", np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    )
    return str(tmp_path / "p.png")


# networks as tables


def test_lenet5_as_a_table(capsys):
    assert run(["show", "network", "lenet5", "--input", "1x28x28"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (c3,) = [line for line in lines if line.startswith("conv2")]
    assert "16 x 6 x 5 x 5 = 2,400, bias 16" in c3
    assert c3.split()[-2:] == ["2,416", "240,000"]
    assert lines[-1].split() == ["total", "61,706", "416,520"]
    assert all(len(line) <= 100 for line in lines)


def test_without_bias_c3_has_2400_weights(capsys):
    text = "conv:6:5:padding=2,relu,maxpool:2,conv:16:5:bias=no"
    assert run(["show", "network", text, "--input", "1x28x28", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["schema"] == "edgewise.show.network/1"
    assert facts["layers"][-1]["weights"] == 2400
    assert facts["layers"][-1]["arrays"] == {"weight": [16, 6, 5, 5]}
    assert facts["weights"] == 156 + 2400
    assert facts["multiply_adds"] == 6 * 28 * 28 * 25 + 2400 * 100


def test_alexnet_has_61_million_weights(capsys):
    words = ["show", "network", "alexnet", "--input", "3x227x227", "--classes", "1000"]
    assert run(words) == 0
    assert capsys.readouterr().out.splitlines()[-1].split()[1] == "60,965,224"


@pytest.mark.parametrize("shape", ["28x28", "1x28x0", "1xAx28", "1x28x28x1"])
def test_a_shape_that_is_none(shape, capsys):
    assert run(["show", "network", "lenet5", "--input", shape]) == 2
    assert "such as 1x28x28" in capsys.readouterr().err


def test_an_unknown_network_is_named_with_a_suggestion(capsys):
    for words in ([], ["--input", "1x28x28"]):
        assert run(["show", "network", "lenet", *words]) == 2
        assert 'did you mean "lenet5"?' in capsys.readouterr().err


def test_the_network_of_a_model_file(model_file, capsys):
    assert run(["show", "network", model_file, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["input"] == [1, 10, 10]
    assert facts["output"] == [3]
    assert facts["weights"] == 40 + 64 * 20 + 20 + 63


def test_what_is_no_network(tmp_path, capsys):
    assert run(["show", "network", "lenet5"]) == 2
    assert "such as --input 1x28x28" in capsys.readouterr().err
    save_model(tmp_path / "l.safetensors", linear())
    assert run(["show", "network", str(tmp_path / "l.safetensors")]) == 1
    assert "is a linear model" in capsys.readouterr().err


def branches() -> Network:
    network = Network((1, 6, 6))
    first = network.add(Conv(2, padding=1))
    second = network.add(Conv(2, padding=1), "input", share=first)
    network.add(Add(), first, second)
    return network


def test_branches_name_their_inputs_and_shared_weights_count_once():
    network = branches()
    lines = network_text(network).splitlines()
    assert "add of conv1 and conv2" in lines[5]
    assert "of input" in lines[4]
    assert "of" not in lines[3].split()
    rows = network_rows(network)
    assert [row["weights"] for row in rows] == [20, 0, 0]
    assert rows[1]["arrays"] == {}


# kernels


def test_kernels_are_shown_on_one_scale_around_zero():
    model = cnn("conv:4:3,flatten,dense:classes", (1, 6, 6))
    weight = model.network.parameters["conv1.weight"]
    weight[:] = 0
    weight[0, 0, 0, 0], weight[1, 0, 2, 2] = 2, -1
    picture = kernels_picture(model)
    tile = np.kron(around_zero(weight[0, 0], 2.0), np.ones((33, 33), int))
    inner = tile[1:-1, 1:-1]  # without the line around it
    assert_array_equal(inner[0, 0], 255)
    assert_array_equal(inner[-1, -1], 128)
    found = np.lib.stride_tricks.sliding_window_view(picture[..., 0], inner.shape)
    assert (found[:, 36 + 1] == inner).all(axis=(1, 2)).any()
    assert (picture == around_zero(np.array(-1), 2.0)).any()


def test_colour_kernels_are_in_colour():
    model = cnn("conv:2:2,flatten,dense:classes", (3, 4, 4))
    model.network.parameters["conv1.weight"][:] = 0
    model.network.parameters["conv1.weight"][0, 0] = 1
    pixels = kernels_picture(model).reshape(-1, 3)
    assert (pixels == [255, 128, 128]).all(axis=1).any()


def test_a_dense_first_layer_is_shown_as_the_picture_it_looks_at():
    model = cnn("mlp:7", (3, 4, 5))
    node, kernels = first_kernels(model.network)
    assert node.name == "dense1"
    weight = model.network.parameters["dense1.weight"]
    assert_array_equal(kernels, weight.reshape(7, 3, 4, 5))


def test_many_kernels_are_limited_and_the_note_says_so():
    small, large = (kernels_picture(cnn(f"mlp:{n}", (1, 4, 4))) for n in (256, 2000))
    assert large.shape[0] == small.shape[0]


def test_a_network_that_never_looks_at_the_picture_has_no_kernels():
    network = Network((2, 4, 4))
    network.add(Flatten())
    network.add(Dense(2))
    with pytest.raises(EdgewiseError, match="no kernels to show"):
        first_kernels(network)


@pytest.mark.parametrize("sign", [1, -1])
def test_weights_of_a_linear_model_for_and_against(sign):
    model = linear((32, 32))
    # 0 but for one direction in one block, which speaks for, or against, the first class.
    model.weights[:] = 0
    model.weights[0, 0] = sign
    bright = np.argwhere((weights_picture(model) == 255).all(axis=2))
    # The first class's pair stands on the left, "against" to the right of "for".
    left, right = 36, 36 + 8 * 24 + 6
    inside = bright[(bright[:, 0] > 110) & (bright[:, 1] < right + 8 * 24)]
    assert len(inside) > 10
    start = left if sign == 1 else right
    assert ((inside[:, 1] >= start) & (inside[:, 1] < start + 2 * 24)).all()


@pytest.mark.parametrize("size", [(24, 16), (64, 64), (16, 128)])
def test_weights_of_any_size_fit_a_page(size):
    assert weights_picture(linear(size)).shape[1] < 1400


# feature maps


def test_activations_are_those_of_the_layers():
    model = cnn("conv:2:3,relu,flatten,dense:classes", (3, 6, 6))
    seen = np.random.default_rng(0).integers(0, 256, (6, 6, 3), np.uint8)
    values, shares = activations(model, seen)
    assert_array_equal(values["relu1"], np.maximum(values["conv1"], 0))
    first = np.moveaxis((seen - 100.0) / np.linspace(50, 60, 3), 2, 0)[:, :3, :3]
    expected = (first * model.network.parameters["conv1.weight"][1]).sum()
    assert_allclose(values["conv1"][1, 0, 0], expected, rtol=1e-5, atol=1e-5)
    assert_allclose(shares, model.judge_images(seen[None])[0], rtol=1e-5)


def test_feature_maps_of_chosen_layers_and_so_many_channels():
    model = cnn("conv:40:3,relu,flatten,dense:classes", (1, 9, 9))
    image = np.random.default_rng(0).integers(0, 256, (20, 20), np.uint8)
    whole = features_picture(model, image)
    assert features_picture(model, image, layers=["conv1"]).shape[0] < whole.shape[0]
    assert features_picture(model, image, maps=40).shape[0] > whole.shape[0]
    with pytest.raises(EdgewiseError, match='no node "conv7"'):
        features_picture(model, image, layers=["conv7"])


def test_shades():
    assert_array_equal(around_zero(np.array([-2, 0, 2]), 2.0), [1, 128, 255])
    assert_array_equal(from_zero(np.array([0, 1, 2]), 2.0), [0, 128, 255])
    assert_array_equal(around_zero(np.zeros(2), 0.0), [128, 128])
    assert_array_equal(from_zero(np.zeros(2), 0.0), [0, 0])


@pytest.mark.parametrize(
    ("shape", "expected"), [((5, 5), (100, 100)), ((4, 8), (48, 96)), ((300, 150), (100, 50))]
)
def test_pictures_are_enlarged_by_whole_pixels_or_shrunk(shape, expected):
    assert enlarged(np.zeros(shape, np.uint8), 100).shape == expected


def test_a_grid_puts_pictures_in_rows():
    pictures = [np.full((4, 5), shade, np.uint8) for shade in (10, 20, 30)]
    page = grid(pictures, columns=2, gap=1, framed=False)
    assert page.shape == (9, 11, 3)
    assert_array_equal(page[0, [0, 6], 0], [10, 20])
    assert_array_equal(page[5:, :5], 30)


# commands


@pytest.mark.parametrize("made", [cnn("small", (3, 16, 16)), cnn("mlp:9", (1, 8, 8)), linear()])
def test_show_model(made, tmp_path, capsys):
    save_model(tmp_path / "m.safetensors", made)
    words = ["show", "model", str(tmp_path / "m.safetensors"), "-o", str(tmp_path / "m.png")]
    assert run(words) == 0
    assert read_image(tmp_path / "m.png").ndim == 3
    assert run(words) == 1
    assert "use --overwrite" in capsys.readouterr().err
    assert run([*words, "--overwrite"]) == 0


def test_show_features_adapts_the_photo(model_file, photo, tmp_path):
    out = str(tmp_path / "f.png")
    assert run(["show", "features", model_file, photo, "-o", out, "--maps", "2"]) == 0
    assert read_image(out).shape[0] > 300


def test_show_features_from_stdin_to_stdout(model_file, photo, monkeypatch, capfdbinary):
    with open(photo, "rb") as file:
        content = file.read()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert run(["show", "features", model_file, "-", "-o", "-"]) == 0
    assert Image.open(io.BytesIO(capfdbinary.readouterr().out)).format == "PNG"


def test_linear_models_have_no_feature_maps(photo, tmp_path, capsys):
    save_model(tmp_path / "l.safetensors", linear())
    words = ["show", "features", str(tmp_path / "l.safetensors"), photo, "-o", "x.png"]
    assert run(words) == 1
    assert "edgewise hog PHOTO --picture" in capsys.readouterr().err


# learning curves


def history(count: int, **columns) -> list[dict]:
    return [
        {"epoch": i + 1, "loss": 1 / (i + 1), "accuracy": 1 - 0.5 / (i + 1)}
        | {name: values[i] for name, values in columns.items()}
        for i in range(count)
    ]


def test_curves_with_and_without_validation():
    bare = curves_picture(history(4))
    judged = curves_picture(history(4, validation_loss=[3, 2, 1, 2], validation_accuracy=[0.5] * 4))
    assert bare.dtype == np.uint8
    assert bare.shape == judged.shape
    assert not np.array_equal(bare, judged)
    assert_array_equal(bare, curves_picture(history(4, validation_loss=[None] * 4)))


def test_the_curves_mark_the_epoch_that_is_kept():
    loss, accuracy = [3, 2, 1, 2], [0.5, 0.7, 0.6, 0.7]
    rows = history(4, validation_loss=loss, validation_accuracy=accuracy)
    # Of the two that are right most often, the one of the smaller loss.
    tie = history(4, validation_loss=[3, 2.5, 1, 2], validation_accuracy=accuracy)
    assert_array_equal(curves_picture(rows), curves_picture(rows, kept=2))
    assert_array_equal(curves_picture(tie), curves_picture(tie, kept=4))
    assert not np.array_equal(curves_picture(rows), curves_picture(rows, kept=3))


def test_curves_from_the_texts_of_a_csv_file():
    rows = history(3)
    texts = [{name: str(value) for name, value in row.items()} for row in rows]
    empty = [row | {"validation_loss": "", "validation_accuracy": ""} for row in texts]
    assert_array_equal(curves_picture(empty), curves_picture(rows))


@pytest.mark.parametrize("count", [1, 2, 100])
def test_curves_of_few_and_many_epochs(count):
    assert curves_picture(history(count)).shape[2] == 3


def test_curves_of_nothing():
    with pytest.raises(DataError, match="no epoch"):
        curves_picture([])
    with pytest.raises(DataError, match="no column accuracy"):
        curves_picture([{"epoch": 1, "loss": 1.0}])
    with pytest.raises(DataError, match="something else than numbers"):
        curves_picture([{"epoch": 1, "loss": "much", "accuracy": 1}])


# mistakes


def test_the_worst_mistakes_come_first():
    answers = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.3, 0.7]])
    assert_array_equal(worst(answers, np.array([0, 0, 0, 1])), [1, 2])
    assert_array_equal(worst(answers, np.array([1, 0, 0, 1]), 1), [0])
    assert worst(answers, answers.argmax(axis=1)).size == 0


def mistakes(count: int) -> list[tuple]:
    image = np.zeros((8, 8, 1), np.uint8)
    long = "a-class-with-quite-a-long-name"
    return [(image, f"folder/{i}.png", long, "b", i / count) for i in range(count)]


def test_mistakes_on_a_page_do_not_depend_on_their_order():
    made = mistakes(12)
    assert_array_equal(mistakes_picture(made), mistakes_picture(made[::-1]))
    assert mistakes_picture(made).shape[0] < mistakes_picture(mistakes(30)).shape[0]


def test_only_so_many_mistakes_are_shown():
    assert_array_equal(mistakes_picture(mistakes(41)).shape, mistakes_picture(mistakes(99)).shape)


def test_no_mistakes():
    assert mistakes_picture([]).shape[2] == 3
