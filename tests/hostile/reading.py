"""Read hostile feature files in a process that may take little memory.

In tests, python -m hostile.reading STEP takes every STEP-th file, and prints a line
for each that was answered with anything but features or an `EdgewiseError`.
"""

import faulthandler
import resource
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import numpy as np

# The libraries' own pages count, too.
MOST_MEMORY = 4 << 30


def main() -> None:
    """Read every STEP-th file or folder, and at last say how many."""
    faulthandler.enable()
    warnings.simplefilter("error")
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    with tempfile.TemporaryDirectory() as place:
        outcomes = [outcome(path) for path in written(Path(place), int(sys.argv[1]))]
    print(len(outcomes), outcomes.count("read"), outcomes.count("refused"))


def written(place: Path, step: int) -> Iterator[Path]:
    """Write every STEP-th file with its .json, or folder; yield what features are opened by."""
    from hostile.features import hostile_features

    for number, (name, files) in enumerate(groupby(hostile_features(), key=_opened)):
        if number % step == 0:
            for path, content in files:
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                (place / path).write_bytes(content)
            yield place / name


def _opened(file: tuple[str, bytes]) -> str:
    return file[0].partition("/")[0].removesuffix(".json")


def outcome(path: Path) -> str:
    """Open features and use all of them; print what else than an `EdgewiseError` comes of it."""
    from edgewise.images.errors import EdgewiseError

    # A process that dies leaves the name of the file it read.
    print(path.name, file=sys.stderr, flush=True)
    try:
        use(path)
    except EdgewiseError as error:
        if len(str(error)) > 2000:
            print(f"{path.name}: its error has {len(str(error))} characters")
        return "refused"
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{last.filename}:{last.lineno}"
        print(f"{path.name}: {type(error).__name__}: {str(error)[:200]} ({where})")
        return "wrong"
    return "read"


def use(path: Path) -> None:
    """Verify a folder of shards and go on with it, then read all features."""
    from edgewise.features import open_features
    from edgewise.features.shards import run_shards, verify_shards

    if path.is_dir():
        with suppress(FileNotFoundError):  # inputs that are not there, or their source
            run_shards(path, retry_failed=True)
        verify_shards(path)
    table = open_features(path)
    assert len(np.asarray(table.X)) == len(table.names)
    assert table.index or table.inputs is None


if __name__ == "__main__":
    main()
