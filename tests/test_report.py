"""`edgewise evaluate --report`: a folder with scores, answers and pictures."""

import csv
import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from edgewise.cli.main import run
from edgewise.images import read_image, write_image
from edgewise.models.cnn import CnnModel, Network, Normalization
from edgewise.models.evaluation import Answers, Evaluation
from edgewise.models.files import save_model
from edgewise.reports.confusion import confusion_picture
from edgewise.reports.evaluation_report import answers_csv, write_report


@pytest.fixture
def data(tmp_path):
    """Return a folder of dark and bright pictures, one of each among the others."""
    for label, shades in (("bright", (200, 220, 40)), ("dark", (10, 30, 250))):
        for number, shade in enumerate(shades):
            picture = np.full((12, 9, 3), shade, np.uint8)
            write_image(tmp_path / "data" / label / f"{number}.png", picture)
    return str(tmp_path / "data")


@pytest.fixture
def model(tmp_path):
    """Return the file of a network that calls bright what is above 128."""
    network = Network.from_spec("globalpool,dense:2", (1, 6, 6))
    network.parameters["dense1.weight"][:] = [[3], [-3]]
    normal = Normalization(np.array([128], np.float32), np.array([64], np.float32))
    save_model(tmp_path / "m.safetensors", CnnModel(network, ("bright", "dark"), normal))
    return str(tmp_path / "m.safetensors")


def test_the_report_of_a_network(model, data, tmp_path, capsys):
    report = tmp_path / "report"
    assert run(["evaluate", model, data, "--report", str(report)]) == 0
    said = capsys.readouterr()
    assert f"report written to {report}" in said.err
    assert (report / "scores.txt").read_text() == said.out
    with open(report / "answers.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = [row["name"] for row in rows if row["truth"] != row["answer"]]
    assert wrong == ["bright/2.png", "dark/2.png"]
    assert all(0.5 < float(row["probability"]) <= 1 for row in rows)
    mistakes = read_image(report / "mistakes.png")
    # 250 is farther from the middle than 40: that mistake comes first.
    first, second = mistakes[:, :180], mistakes[:, 180:340]
    assert (first == 40).sum() < 1000 < (second == 40).sum()


def test_the_report_of_a_linear_model(data, tmp_path):
    model, report = str(tmp_path / "l.safetensors"), tmp_path / "report"
    assert run(["train", "linear", data, "-o", model, "--size", "16x16", "-q"]) == 0
    assert run(["evaluate", model, data, "--report", str(report), "-q"]) == 0
    assert len(list(report.iterdir())) == 5


def test_a_report_that_stands_there_is_kept(model, data, tmp_path, capsys):
    report = tmp_path / "report"
    report.mkdir()
    words = ["evaluate", model, data, "--report", str(report)]
    assert run(words) == 0
    assert run(words) == 1
    assert "use --overwrite" in capsys.readouterr().err
    assert run([*words, "--overwrite"]) == 0
    (tmp_path / "file").write_text("mine")
    assert run([*words[:-1], str(tmp_path / "file")]) == 1
    assert "is a file" in capsys.readouterr().err


def test_features_have_no_pictures_to_report(model, data, tmp_path, capsys):
    features = str(tmp_path / "f.npz")
    assert run(["hog", data, "-o", features, "--size", "16x16"]) == 0
    assert run(["evaluate", model, features, "--report", str(tmp_path / "r")]) == 2
    assert "holds features" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda place: None, "the folder is empty; put each class of pictures in a folder"),
        (lambda place: (place / "dark").mkdir(), "holds no pictures; fill the class or remove"),
        (lambda place: write_image(place / "dusk" / "1.png", np.zeros((6, 6), np.uint8)),
         'the class "dusk" was not learned; the classes are bright, dark'),
    ],
    ids=["empty", "empty class", "unknown class"],
)  # fmt: skip
def test_data_that_cannot_be_judged_by(model, tmp_path, capsys, prepare, message):
    place = tmp_path / "other"
    place.mkdir()
    prepare(place)
    assert run(["evaluate", model, str(place)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


def test_one_class_alone_is_judged(model, tmp_path, capsys):
    write_image(tmp_path / "one" / "dark" / "1.png", np.zeros((6, 6), np.uint8))
    words = ["evaluate", model, str(tmp_path / "one")]
    assert run([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["balanced_accuracy"] == told["accuracy"] == 1
    assert told["roc_area"] == {"bright": None, "dark": None}
    assert run([*words, "--fpr", "0.1", "--report", str(tmp_path / "r")]) == 0
    assert "miss rate          undefined" in capsys.readouterr().out


def answers(values: np.ndarray, truth: list[int]) -> Answers:
    classes = tuple("abc"[: values.shape[1]])
    names = tuple(f"p/{i}.png" for i in range(len(values)))
    return Answers(names, np.array(truth), values, classes, "score")


def test_answers_as_csv():
    made = answers(np.array([[0.5, -1.25], [1, 2]]), [1, 1])
    found = "".join(answers_csv(made))
    assert found == "name,truth,answer,score\np/0.png,b,a,0.5\np/1.png,b,b,2\n"
    assert_array_equal(made.evaluation.confusion, [[0, 0], [1, 1]])


def test_several_answers_as_csv():
    made = answers(np.array([[0.25, 0.25, 0.5], [3, 1, 2]]), [1, 0])
    lines = "".join(answers_csv(made, top=2)).splitlines()
    # Of equals the first class comes first.
    assert lines[1:] == ["p/0.png,b,c,0.5,a,0.25", "p/1.png,a,a,3,c,2"]
    assert lines[0] == "name,truth,answer,score,answer2,score2"
    everything = "".join(answers_csv(made, top=9)).splitlines()
    assert everything[1] == "p/0.png,b,c,0.5,a,0.25,b,0.25"


def test_a_long_table_comes_in_pieces():
    values = np.random.default_rng(0).random((2500, 3))
    pieces = list(answers_csv(answers(values, [0] * 2500)))
    assert [piece.count("\n") for piece in pieces] == [1, 1000, 1000, 500]
    assert pieces[2].startswith("p/1000.png,a,")


def test_top_on_the_command_line(model, data, tmp_path, capsys):
    table, report = tmp_path / "a.csv", tmp_path / "r"
    words = ["evaluate", model, data, "--top", "2"]
    assert run([*words, "--predictions", str(table), "--report", str(report)]) == 0
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert table.read_text() == (report / "answers.csv").read_text()
    assert {row["answer"] for row in rows} == {row["answer2"] for row in rows}
    for row in rows:
        assert float(row["probability"]) + float(row["probability2"]) == pytest.approx(1, abs=1e-5)


def test_only_mistakes_are_read_again(tmp_path):
    read = []

    def picture(name: str) -> np.ndarray:
        read.append(name)
        return np.zeros((5, 5, 3), np.uint8)

    write_report(tmp_path, answers(np.eye(3), [0, 2, 1]), picture)
    assert read == ["p/1.png", "p/2.png"]


@pytest.mark.parametrize("count", [2, 12, 40])
def test_a_confusion_matrix_of_few_and_many_classes(count):
    names = tuple(f"class {i}" for i in range(count))
    right = confusion_picture(Evaluation(names, np.eye(count, dtype=np.int64)))
    wrong = confusion_picture(Evaluation(names, np.eye(count, dtype=np.int64)[::-1]))
    assert right.shape == wrong.shape
    assert not np.array_equal(right, wrong)
    assert right.shape[0] < 2000


@pytest.mark.parametrize("name", ["$a$", "$_^$", "\u65e5\u672c", "a\\$b"])
def test_names_of_classes_are_drawn_as_they_are(name):
    plain, odd = (
        confusion_picture(Evaluation((first, "b"), np.eye(2, dtype=np.int64)))
        for first in ("xx", name)
    )
    assert plain.ndim == odd.ndim == 3
