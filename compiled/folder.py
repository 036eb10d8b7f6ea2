"""Where compiled loops are kept: one private folder for each state of their sources."""

import hashlib
import logging
import os
import re
import shutil
import stat
import sys
import time
import uuid
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy

from .. import __version__

PACKAGE = Path(__file__).parent.parent
ROOMS = ("images", "filters", "features", "models")
# Settings of Numba that change what is compiled.
SETTINGS = (
    "NUMBA_OPT", "NUMBA_LOOP_VECTORIZE", "NUMBA_SLP_VECTORIZE", "NUMBA_ENABLE_AVX",
    "NUMBA_DEBUGINFO", "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES",
)  # fmt: skip

# Of folders of other versions and settings the last used ones stay, and all that
# were used within a day: another process may be at work there.
KEPT_FOLDERS = 8
A_DAY = 24 * 60 * 60

log = logging.getLogger("edgewise")


def loop_sources() -> list[Path]:
    """Return the files that the loops' machine code comes from.

    What a loop is given need not be here: the fields of a named tuple are part
    of the key of the loops that take it.
    """
    found = list((PACKAGE / "compiled").glob("*.py"))
    for room in ROOMS:
        found += (PACKAGE / room).glob("**/*loops.py")
    return sorted(found)


def _folder_name() -> str:
    digest = hashlib.sha256()
    for path in loop_sources():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(PACKAGE).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    settings = {name: os.environ.get(name) for name in SETTINGS}
    versions = [sys.version, numpy.__version__, _version("numba"), _version("llvmlite")]
    digest.update(repr((settings, versions)).encode())
    return f"{__version__}-{digest.hexdigest()[:12]}"


def _version(package: str) -> bytes:
    """Return the file that says a package's version: importing Numba for it takes half a second."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return b""
    return Path(spec.origin).with_name("_version.py").read_bytes()


def _root() -> Path:
    if chosen := os.environ.get("EDGEWISE_CACHE_DIR"):
        return Path(chosen).absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local").expanduser() / "edgewise"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "edgewise"


def _is_private(folder: Path) -> bool:
    if not hasattr(os, "getuid"):
        return True
    status = folder.stat()
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


@lru_cache
def open_folder() -> Path | None:
    """Return the folder for compiled loops, or None where there is no safe one.

    A cached loop is machine code: whoever can write it can run code as this user.
    So the folder is made for this user alone, and one that others may write to
    is not used. One that cannot be written is read.
    """
    place = "this user"
    try:
        folder = _root() / "loops" / _folder_name()
        place = folder
        if not folder.is_dir():
            folder.mkdir(parents=True, mode=0o700, exist_ok=True)
            remove_unused(folder)
        if _is_private(folder) and os.access(folder, os.R_OK | os.X_OK):
            _mark_as_used(folder)
            return folder
    except (OSError, RuntimeError):
        # RuntimeError: nobody knows where this user's home is.
        pass
    log.warning("edgewise: no private cache folder at %s, loops are compiled anew", place)
    return None


def _mark_as_used(folder: Path) -> None:
    with suppress(OSError):
        os.utime(folder)


def remove_unused(folder: Path) -> None:
    """Remove the folders beside this one that nobody has used for long."""
    others = [path for path in folder.parent.iterdir() if _is_ours(path) and path != folder]
    by_use = sorted(((_last_used(path), path) for path in others), reverse=True)
    for used, path in by_use[KEPT_FOLDERS:]:
        if used < time.time() - A_DAY:
            _remove(path)


def _is_ours(path: Path) -> bool:
    """Tell whether this is a folder of compiled loops, or what is left of one."""
    version, _, digest = path.name.rpartition("-")
    named = version[:1].isdigit() and re.fullmatch(r"[0-9a-f]{12}(\.old)?", digest)
    return bool(named) and path.is_dir() and not path.is_symlink()


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _remove(path: Path) -> None:
    # Renamed first, so that a process which comes back to it finds it whole or not at all.
    with suppress(OSError):
        old = path if path.suffix == ".old" else path.rename(path.with_name(f"{path.name}.old"))
        shutil.rmtree(old, ignore_errors=True)


def write_file(path: Path, content: bytes) -> None:
    """Write a file of the cache: whole, or not at all."""
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
