"""Names and paths in little memory."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgewise.features.shards.plan import shard_size_for
from edgewise.images import open_dataset
from edgewise.images.texts import Texts

# The names of files need not be text: half characters stand for their stray bytes.
ANY = st.text(st.characters(codec=None, categories=None), max_size=9)


@given(st.lists(ANY, max_size=9), st.integers(-12, 12), st.integers(-12, 12))
def test_texts_are_as_a_tuple_of_them(words, start, stop):
    texts = Texts(words)
    assert texts == tuple(words)
    assert tuple(texts) == tuple(words)
    assert len(texts) == len(words)
    assert texts[start:stop] == tuple(words)[start:stop]
    for i in range(-len(words), len(words)):
        assert texts[i] == words[i]
    with pytest.raises(IndexError):
        texts[len(words)]


@given(ANY, st.lists(ANY, max_size=9))
def test_what_all_start_with_is_left_out(start, ends):
    whole = Texts(start + end for end in ends)
    assert whole.without(start) == tuple(ends)
    assert whole == tuple(start + end for end in ends)


def test_many_names_take_little_memory(tmp_path):
    for label in "ab":
        folder = tmp_path / label / ("deep" * 10)
        folder.mkdir(parents=True)
        for i in range(1500):
            (folder / f"{i:04d}.png").touch()
    tracemalloc.start()
    dataset = open_dataset(str(tmp_path), labelled=False)
    size = tracemalloc.get_traced_memory()[0] / len(dataset)
    tracemalloc.stop()
    path = len(dataset.paths[0])
    assert size < path + 60
    assert dataset.names[0] == f"a/{'deep' * 10}/0000.png"


@pytest.mark.parametrize(("pictures", "size"), [(3, 250), (5000, 250), (100_000, 3125)])
def test_work_is_cut_for_several_processes(pictures, size):
    assert shard_size_for(pictures, 3780) == size
    assert shard_size_for(pictures, 2**26) == 1
