"""What differs between two folders, part by part, in words."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .contents import read_parts
from .running import STDERR

TOLERANCE = 1e-6
# A sum in another order moves what is nearly 0 by more than its own millionth: such values
# of an array are held to a millionth of a thousandth of its largest.
NEARLY_ZERO = 1e-3
FLOAT = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+(?=e))(?:e[-+]?\d+)?", re.IGNORECASE)
# Drawn with what the clock said.
LEFT_OUT = {"compare/c/report.html"}
MOST_SHOWN = 5


def compare_folders(before: Path, after: Path) -> list[str]:
    """Return a line for each change from one command's folder to another."""
    old, new = _files(before), _files(after)
    changes = [f"{name}: no longer written" for name in old if name not in new]
    changes += [f"{name}: was not written before" for name in new if name not in old]
    for name in old:
        if name in new:
            changes += _some(name, compare_files(before / name, after / name))
    return changes


def _files(folder: Path) -> list[str]:
    found = (p.relative_to(folder) for p in sorted(folder.rglob("*")) if p.is_file())
    kept = (p for p in found if (folder.name / p).as_posix() not in LEFT_OUT)
    return [p.as_posix() for p in kept if p.as_posix() != STDERR]


def _some(name: str, changes: list[str]) -> Iterator[str]:
    yield from (f"{name}: {change}" for change in changes[:MOST_SHOWN])
    if len(changes) > MOST_SHOWN:
        yield f"{name}: and {len(changes) - MOST_SHOWN} changes more"


def compare_files(before: Path, after: Path) -> list[str]:
    """Return a line for each change from one file to another."""
    if before.read_bytes() == after.read_bytes():
        return []
    try:
        old, new = read_parts(before), read_parts(after)
    except Exception as error:  # whatever a reader says of a damaged file
        return [f"cannot be read ({error!r})"]
    changes = [f"{place} is gone" for place in old if place not in new]
    changes += [f"{place} is new" for place in new if place not in old]
    for place in old:
        if place in new:
            change = compare_values(old[place], new[place])
            changes += [f"{place} {change}".strip()] if change else []
    return changes


def compare_values(old: Any, new: Any) -> str:
    """Say how a value differs from another; nothing if it does not."""
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        return _compare_arrays(old, new)
    if isinstance(old, bytes) and isinstance(new, bytes):
        return "" if old == new else f"changed, {_bytes_changed(old, new)}"
    if isinstance(old, str) and isinstance(new, str):
        same = _same_text(old, new)
    elif isinstance(old, float) and isinstance(new, float):
        same = _near(old, new)
    else:
        same = type(old) is type(new) and old == new
    return "" if same else f"was {_short(old)}, is {_short(new)}"


def _near(old: float, new: float) -> bool:
    return bool(_are_near(np.array([old]), np.array([new]))[0])


def _are_near(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    same = (old == new) | (np.isnan(old) & np.isnan(new))
    both = np.isfinite(old) & np.isfinite(new)
    sizes = np.maximum(np.abs(old), np.abs(new), where=both, out=np.zeros(old.shape))
    with np.errstate(invalid="ignore"):
        near = np.abs(old - new) <= TOLERANCE * np.maximum(
            sizes, NEARLY_ZERO * sizes.max(initial=0)
        )
    return same | (both & near)


def _same_text(old: str, new: str) -> bool:
    """Tell whether two texts agree, the numbers with a point in them to the tolerance."""
    if FLOAT.sub("#", old) != FLOAT.sub("#", new):
        return False
    pairs = zip(FLOAT.findall(old), FLOAT.findall(new), strict=True)
    return all(_near(float(a), float(b)) for a, b in pairs)


def _compare_arrays(old: np.ndarray, new: np.ndarray) -> str:
    if (old.shape, old.dtype.kind) != (new.shape, new.dtype.kind):
        return f"was {old.dtype} {old.shape}, is {new.dtype} {new.shape}"
    if old.dtype.kind != "U" and old.dtype != new.dtype:
        return f"was {old.dtype}, is {new.dtype}"
    floats = old.dtype.kind == "f"
    wide = (old.astype(float), new.astype(float)) if floats else (old, new)
    changed = ~_are_near(*wide) if floats else old != new
    if not changed.any():
        return ""
    first = tuple(np.argwhere(changed)[0].tolist())
    return (
        f"differs in {np.count_nonzero(changed):,} of {old.size:,} values, first at {first}: "
        f"was {old[first].item()!r}, is {new[first].item()!r}"
    )


def _bytes_changed(old: bytes, new: bytes) -> str:
    if len(old) != len(new):
        return f"{len(old):,} bytes became {len(new):,}"
    a, b = (np.frombuffer(one, np.uint8) for one in (old, new))
    return f"{np.count_nonzero(a != b):,} of {len(old):,} bytes"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}..."
