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
        paths = list(written(Path(place)))[:: int(sys.argv[1])]
        outcomes = [outcome(path) for path in paths]
    print(len(outcomes), outcomes.count("read"), outcomes.count("refused"))


def written(place: Path) -> Iterator[Path]:
    """Write all, and yield each path that features are opened by."""
    from hostile.features import hostile_features

    seen = set()
    for name, content in hostile_features():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        opened = place / name.partition("/")[0]
        if opened.suffix != ".json" and opened not in seen:
            seen.add(opened)
            yield opened


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
