"""`edgewise hog --dry-run`: what the inputs would give."""

import json
from typing import Any

import click

from .session import plural


def describe(dataset, config, *, size, windows, as_json: bool) -> None:
    """Print what the inputs would give; the first picture that can be read sets the size.

    Parameters
    ----------
    dataset : Dataset
    config : HogConfig
    size : (int, int) or None
    windows : ((int, int), (int, int)) or None
        A window and its stride, in rows and columns.
    as_json : bool
    """
    facts = _facts(dataset, config, size, windows)
    click.echo(json.dumps(facts) if as_json else _sentences(facts))


def _facts(dataset, config, size, windows) -> dict[str, Any]:
    from ..models.settings import first_size

    picture = size or first_size(dataset)
    seen = windows[0] if windows else picture
    cell_rows, cell_columns, block_rows, block_columns = config.grid(*seen)
    length = config.length(*seen)
    facts = {
        "schema": "edgewise.hog.plan/1",
        "pictures": len(dataset),
        "classes": list(dataset.classes),
        "size": list(seen),
        "nearest_sizes": [list(near) for near in config.nearest_sizes(*seen)],
        "cells": [cell_rows, cell_columns],
        "blocks": [block_rows, block_columns],
        "length": length,
        "hog": config.to_dict(),
    }
    if windows is None:
        return facts | {"bytes": len(dataset) * length * 4}
    count = _windows(picture, *windows)
    return facts | {
        "picture_size": list(picture), "window_stride": list(windows[1]),
        "windows_a_picture": count, "bytes": len(dataset) * count * length * 4,
    }  # fmt: skip


def _windows(picture, window, stride) -> int:
    """Return how many windows a picture has."""
    down, across = (
        max(0, (n - w) // s + 1) for n, w, s in zip(picture, window, stride, strict=True)
    )
    return down * across


def _sentences(facts: dict[str, Any]) -> str:
    classes = f" of {len(facts['classes'])} classes" if facts["classes"] else ""
    lines = [f"{facts['pictures']} picture{plural(facts['pictures'])}{classes} to read"]
    if "windows_a_picture" in facts:
        count = facts["windows_a_picture"]
        lines.append(
            f"{count:,} window{plural(count)} in a picture of {_shown(facts['picture_size'])}, "
            f"{_shown(facts['window_stride'])} pixels apart"
        )
    lines.append(
        f"{_shown(facts['size'])} pixels: {_shown(facts['cells'])} cells, "
        f"{_shown(facts['blocks'])} blocks, {facts['length']:,} values"
    )
    smaller, larger = facts["nearest_sizes"]
    if smaller != larger:
        lines.append(
            f"pixels at the right or at the bottom fill no block; {_shown(smaller)} and "
            f"{_shown(larger)} leave none over"
        )
    lines.append(f"{facts['bytes']:,} bytes of features in all; nothing was written")
    return "\n".join(lines)


def _shown(size: list[int]) -> str:
    return f"{size[1]}x{size[0]}"
