"""Thousands of hostile files: a picture or one sentence, in bounded memory and time."""

import os
import subprocess
import sys

from hostile.pictures import hostile_pictures


def test_the_same_seed_gives_the_same_files_which_can_be_written_anywhere():
    files = dict(hostile_pictures(seed=1))
    assert len(files) > 5000
    assert files == dict(hostile_pictures(seed=1))
    assert len({name.casefold() for name in files}) == len(files)
    assert all(name.replace("-", "").replace(".", "").isalnum() for name in files)


READ_SOME = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
sys.path.insert(0, sys.argv[1])
import os
import subprocess
import sys

from hostile.pictures import hostile_pictures
from torture.running import peak_memory
from edgewise import EdgewiseError, open_dataset
from edgewise.images.decode import PictureFile
for number, (name, content) in enumerate(hostile_pictures()):
    if number % 25 and not name.startswith(("lies", "bomb", "shape", "promise", "value")):
        continue
    with open(name, "wb") as file:
        file.write(content)
    try:
        if "idx" in name or name.endswith(("csv", "tsv", "jsonl", "txt")):
            open_dataset(["@" + name] if name.endswith("txt") else name, labelled=False)
        else:
            with PictureFile(name) as file:
                assert file.facts.nbytes >= 0
                file.read()
    except EdgewiseError as error:
        assert "\\n" not in str(error), name
    os.unlink(name)
assert peak_memory("self") < 1 << 30
"""


def test_some_of_them_give_a_picture_or_one_sentence(tmp_path):
    here = os.path.dirname(__file__)
    result = subprocess.run(
        [sys.executable, "-c", READ_SOME, here],
        cwd=tmp_path, capture_output=True, check=False, timeout=600,
    )  # fmt: skip
    assert result.stderr == b""
    assert result.returncode == 0
