"""report.html: complete in itself, whatever names the pictures have."""

import json
import re

import numpy as np
import pytest
from browser import Tags, assert_loads_nothing, assert_opens_in_silence, with_chromium

from edgewise.cli.main import run
from edgewise.models.evaluation import Answers
from edgewise.models.measures import measure
from edgewise.reports.html_report import html_report
from edgewise.sample_images import folder

EVIL = '<script>document.title="run"</script><img src=http://example.com/x.png>'


def page_of(classes: int = 2, kind: str = "probability") -> str:
    random = np.random.default_rng(0)
    names = (EVIL, *(f"p/{i}.png" for i in range(49)))
    values = random.dirichlet(np.ones(classes), 50)
    truth = random.integers(classes, size=50)
    truth[0] = (values[0].argmax() + 1) % classes
    own = (EVIL, *(f"class {i}" for i in range(1, classes)))
    answers = Answers(names, truth, values, own, kind)

    def read(name: str) -> np.ndarray:
        return np.full((300, 20, 3), 90, np.uint8)

    told = {"title": EVIL, "command": EVIL, "facts": {"network": EVIL}}
    return html_report(answers, measure(answers), read, **told)


@pytest.mark.parametrize(("classes", "kind"), [(2, "probability"), (4, "score"), (120, "score")])
def test_nothing_is_loaded_and_no_name_becomes_a_tag(classes, kind):
    found = Tags(page_of(classes, kind))
    assert not {"script", "link", "iframe"} & {tag for tag, _ in found.tags}
    sources = [told["src"] for tag, told in found.tags if tag == "img"]
    assert sources
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert found.words.count(EVIL) >= 4


def test_two_classes_have_a_det_curve_and_probabilities_a_reliability_curve():
    assert "DET, both axes in normal deviates" in page_of()
    assert "Reliability:" in page_of()
    assert "DET, both axes in normal deviates" not in page_of(3)
    assert "Reliability:" not in page_of(3, "score")


def legends(page: str) -> list[list[str]]:
    lists = re.findall(r'<ul class="legend">(.*?)</ul>', page)
    return [[re.sub("<.*?>", "", item) for item in one.split("</li>")[:-1]] for one in lists]


def report_of(truth, values, classes) -> str:
    names = tuple(f"{i}.png" for i in range(len(truth)))
    made = Answers(names, np.array(truth), np.array(values), tuple(classes), "score")
    return html_report(made, measure(made), lambda _: np.zeros((4, 4), np.uint8))


def test_curves_of_several_classes_have_a_legend():
    values = np.random.default_rng(0).random((40, 3))
    truth = [0, 1, 2, 1] * 10
    page = report_of(truth, values, "abc")
    rates, recalls = legends(page)
    expected = [f"{name} {curve.area:.4f}" for name, curve in zip(
        "abc", measure(Answers(("x",) * 40, np.array(truth), values, tuple("abc"), "score")).roc,
        strict=True,
    ) if curve]  # fmt: skip
    assert rates == [*expected, "guessing"]
    assert [text[0] for text in recalls] == ["a", "b", "c"]
    # A colour, or a colour and its dashes, for each line of each plot.
    for number in range(3):
        assert page.count(f'<polyline class="c{number}"') == 2
        assert page.count(f'<path class="c{number}"') == 2
    assert legends(page_of(2)) == []


def test_of_many_classes_the_worst_curves_are_drawn():
    random = np.random.default_rng(1)
    truth = random.integers(30, size=600)
    values = random.random((600, 30))
    # The later a class, the better it is known.
    values[np.arange(600), truth] += truth / 30
    page = report_of(truth, values, [f"class {i}" for i in range(30)])
    assert page.count("<polyline") == 32
    assert "of the 16 classes with the least ROC area, of 30" in page
    shown = {int(text.split()[1]) for text in legends(page)[1]}
    assert np.mean(list(shown)) < 10
    assert 29 not in shown
    assert '<polyline class="c7 dashed"' in page


def test_curves_that_a_missing_class_leaves_undefined():
    one = report_of([1, 1], [[0, 1, 2], [0, 3, 2]], "abc")
    assert "ROC, undefined here: a class is missing" in one
    assert "Precision and recall, area 1.0000, of &quot;b&quot;" in one
    missing = report_of([0, 1, 1], [[1, 0, 0], [0, 1, 0], [1, 0, 0]], "abc")
    assert [text[0] for text in legends(missing)[1]] == ["a", "b"]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Return a folder with two models of the sample garments, and the labelled test pictures."""
    place, sample = tmp_path_factory.mktemp("judged"), folder() / "fashion"
    for name, cost in (("a", "1"), ("b", "0.001")):
        words = ["train", "linear", str(sample / "train"), "-o", str(place / f"{name}.safetensors")]
        assert run([*words, "-C", cost, "-q"]) == 0
    return place, str(sample / "test")


def test_evaluating_against_another_model(judged, capsys):
    place, data = judged
    words = ["evaluate", str(place / "a.safetensors"), data]
    other = ["--against", str(place / "b.safetensors")]
    csv = place / "answers.csv"
    assert run([*words, *other, "--json", "--predictions", str(csv)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["against"]["count"] == told["count"] == 300
    low, high = told["balanced_accuracy_95"]
    assert low < told["balanced_accuracy"] < high
    assert 0.9 < told["roc_area"]["bag"] <= 1
    assert len(csv.read_text().splitlines()) == 301
    assert run([*words, *other]) == 0
    assert "McNemar p =" in capsys.readouterr().out
    assert run([*words, "--predictions", str(csv)]) == 1
    assert run([*words, "--fpr", "0.1"]) == 2
    assert "for two classes, and the model knows 10" in capsys.readouterr().err


@with_chromium
def test_the_report_in_a_browser(judged, tmp_path):
    place, data = judged
    model, report = str(place / "a.safetensors"), tmp_path / "report"
    assert run(["evaluate", model, data, "--report", str(report), "-q"]) == 0
    assert_opens_in_silence(report / "report.html", tmp_path)
    assert_loads_nothing((report / "report.html").read_text())
