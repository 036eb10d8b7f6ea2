"""Thousands of hostile files: a picture or one sentence, in bounded memory and time."""

from hostile.pictures import hostile_pictures


def test_the_same_seed_gives_the_same_files():
    files = dict(hostile_pictures(seed=1))
    assert len(files) > 5000
    assert files == dict(hostile_pictures(seed=1))
    assert files != dict(hostile_pictures(seed=2))


def test_the_files_can_be_written_anywhere():
    names = [name.casefold() for name, _ in hostile_pictures()]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").replace(".", "").isalnum() for name in names)
