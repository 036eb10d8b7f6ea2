"""What `inspect --write-split` writes reads back exactly, whatever files are called."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from processes import run_edgewise

from edgewise import open_dataset, write_image
from edgewise.cli.main import run
from edgewise.images.manifests import read_manifest
from edgewise.models.hygiene import Survey
from edgewise.models.hygiene_split import write_split

ODD = [
    "a,b", 'a "quoted" one', '"', "two\nlines", "back\rhere", "both\r\nhere", " before", "after ",
    "\ttab\t", "=1+1", "+1", "-1", "@x", "#", "\ufeffmark", "é", "\x1b[31m", "a;b", "\u2028",
    "\x85", "'", "path", "'=", "a:b", "|",
]  # fmt: skip
NOT_TEXT = os.fsdecode(b"caf\xe9")


@pytest.fixture
def here(tmp_path, monkeypatch, rng):
    monkeypatch.chdir(tmp_path)
    for label in ODD:
        Path("d", label).mkdir(parents=True, exist_ok=True)
        for name in (*(ODD if label == ODD[0] else ODD[:2]), NOT_TEXT):
            write_image(f"d/{label}/{name}.png", rng.integers(0, 256, (3, 3), np.uint8))
    return tmp_path


@pytest.mark.parametrize("place", ["s.csv", "deep/er/s.csv"])
def test_odd_names_and_labels_read_back(here, place):
    Path(place).parent.mkdir(parents=True, exist_ok=True)
    words = ["inspect", "d", "-q", "--near", "1", "--write-split", place]
    done = run_edgewise(*words, "--group-by", r"[^/]*$")
    assert (done.returncode, done.stderr) == (0, b"")
    before, after = open_dataset("d"), open_dataset(place)
    assert after.labels == before.labels
    for one, other in zip(before.paths, after.paths, strict=True):
        assert os.path.samefile(one, other)
        assert os.path.basename(one) == os.path.basename(other)
    # Groups are names of files here, which need not be text; what is one stays one.
    number = {group: [] for group in after.groups}
    for i, group in enumerate(after.groups):
        number[group].append(os.path.basename(before.paths[i]))
    assert all(len(set(names)) == 1 for names in number.values())
    assert len(number) == len(ODD) + 1
    parts = [len(open_dataset(f"{place}:{part}")) for part in ("train", "test")]
    assert sum(parts) == len(before)


CELLS = st.text(
    st.characters(exclude_characters="\0/", exclude_categories=("Cs",)), min_size=1, max_size=9
)


@settings(max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5))
def test_any_text_reads_back(tmp_path_factory, rows):
    folder = tmp_path_factory.getbasetemp()
    names, labels, groups = zip(*rows, strict=True)
    names = [name if name not in (".", "..") else "dots" for name in names]
    paths = tuple(f"{folder}/{name}" for name in names)
    dataset = open_dataset("digits").subset(range(len(rows)))
    survey = Survey(_named(dataset, paths, labels), np.arange(len(rows)), [], [])
    write_split(folder / "any.csv", survey, ["test"] * len(rows), list(groups), overwrite=True)
    found = read_manifest(folder / "any.csv")
    assert [row.path.name for row in found] == names
    assert [(row.label, row.group) for row in found] == list(zip(labels, groups, strict=True))


def _named(dataset, paths, labels):
    from dataclasses import replace

    return replace(dataset, names=paths, paths=paths, labels=labels, array=None)


def test_a_label_that_is_not_text_is_refused(here, capsysbinary):
    Path("d", NOT_TEXT).mkdir()
    write_image(f"d/{NOT_TEXT}/a.png", np.zeros((3, 3), np.uint8))
    assert run(["inspect", "d", "-q", "--write-split", "s.csv"]) == 1
    said = capsysbinary.readouterr().err
    assert b"is not UTF-8 text, and a label has to be; rename its folder" in said
    assert not Path("s.csv").exists()


def test_links_keep_their_names_and_are_found(tmp_path, monkeypatch, capsysbinary):
    monkeypatch.chdir(tmp_path)
    Path("store").mkdir()
    for i in range(6):
        label = "ab"[i % 2]
        Path("links", label).mkdir(parents=True, exist_ok=True)
        write_image(f"store/{i}.png", np.full((4, 4), i, np.uint8))
        Path("links", label, f"track{i // 2}.png").symlink_to(Path("store", f"{i}.png").resolve())
    Path("elsewhere").mkdir()
    Path("elsewhere/l").symlink_to("../links")
    Path("elsewhere/s.csv").symlink_to("../real.csv")
    Path("real.csv").touch()
    words = ["inspect", "elsewhere/l", "-q", "--near", "1", "--overwrite", "--write-split"]
    assert run([*words, "elsewhere/s.csv"]) == 0
    dataset = open_dataset("elsewhere/s.csv")
    assert [os.path.basename(path) for path in dataset.paths] == [
        f"track{i}.png" for i in range(3)
    ] * 2
    assert_array_equal(dataset.read(0), np.zeros((4, 4)))
