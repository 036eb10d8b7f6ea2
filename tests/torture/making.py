"""Fills a folder with hostile files of every kind, and with good ones."""

import importlib
import pkgutil
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from edgewise.sample_images import folder as samples_folder

TESTS = Path(__file__).parent.parent


def generators() -> Iterator[Callable]:
    """Yield every function called hostile_... of the modules in tests/hostile."""
    if str(TESTS) not in sys.path:
        sys.path.insert(0, str(TESTS))
    for found in sorted(pkgutil.iter_modules([str(TESTS / "hostile")]), key=lambda one: one.name):
        module = importlib.import_module(f"hostile.{found.name}")
        for name, function in vars(module).items():
            if name.startswith("hostile_") and getattr(function, "__module__", "").endswith(
                f"hostile.{found.name}"
            ):
                yield function


def _some(found: Iterable[tuple[str, bytes]], every: int) -> Iterator[tuple[str, bytes]]:
    """Yield every so many files; what stands in one folder stays together."""
    units: dict[str, int] = {}
    for name, content in found:
        if units.setdefault(Path(name).parts[0], len(units)) % every == 0:
            yield name, content


def make_files(folder: Path, every: int = 1) -> None:
    """Write every so many of what each generator yields, into a folder of its own, and samples."""
    seen = set()
    for generate in generators():
        place = folder / generate.__name__
        for name, content in _some(generate(), every):
            # One generator may pass on what another yields.
            if (name, content) in seen:
                continue
            seen.add((name, content))
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    place = folder / "samples"
    place.mkdir(parents=True, exist_ok=True)
    for path in sorted(samples_folder().glob("*.*g")):
        shutil.copy(path, place)
