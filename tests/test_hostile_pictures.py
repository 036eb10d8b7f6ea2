"""Thousands of hostile files: a picture or one sentence, in bounded memory and time."""

from hostile.pictures import hostile_pictures


def test_the_same_seed_gives_the_same_files_which_can_be_written_anywhere():
    files = dict(hostile_pictures(seed=1))
    assert len(files) > 5000
    assert files == dict(hostile_pictures(seed=1))
    assert len({name.casefold() for name in files}) == len(files)
    assert all(name.replace("-", "").replace(".", "").isalnum() for name in files)
