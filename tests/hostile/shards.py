"""Folders of shards that nobody should believe, always the same ones."""

import hashlib
import io
import json
from collections.abc import Iterator

import numpy as np

from edgewise import HogConfig

from .damage import NOT_JSON, bent, cut, flipped
from .npy_files import headers

CONFIG = HogConfig(cell=4, block=1)
LENGTH = CONFIG.length(8, 8)
CUTS, FLIPS = 5, 9
Files = dict[str, bytes]


def hostile_shards() -> Iterator[tuple[str, bytes]]:
    """Yield the name, FOLDER/FILE, and the content of each file, folder by folder.

    Where a file is spoiled that others have a seal of, these are sealed anew as a
    rule, so that what is wrong comes to light later.
    """
    good = shard_files(plan())
    folders = {"good": [good], **_spoiled(good)}
    for what, some in folders.items():
        for number, files in enumerate(some):
            for name, content in files.items():
                yield f"shards-{what}-{number:04}/{name}", content


def _spoiled(good: Files) -> dict[str, Iterator[Files]]:
    return {
        "plan": _plans(good),
        "receipt": _lines(good, "receipts/00001.json", 4),
        "index": _lines(good, "index/00000.jsonl", 3),
        "inputs": _lines(good, "inputs/00001.jsonl", 2),
        "data": _data(good),
        "missing": ({n: good[n] for n in good if n != name} for name in good),
    }


def plan() -> dict:
    """Return the plan of five pictures in two shards."""
    return {
        "schema": "edgewise.shards/1",
        "config": CONFIG.to_dict(),
        "size": [8, 8],
        "resize": True,
        "gray": False,
        "pictures": 5,
        "shard_size": 3,
        "inputs": hashlib.sha256(b"inputs").hexdigest(),
        "source": "",
        "max_pixels": None,
        "classes": ["ant", "bee"],
        "labelled": True,
        "exact": False,
        "version": "1",
    }


def shard_files(wanted: dict) -> Files:
    """Return the files of a folder that is done."""
    files = {"plan.json": signed(json.dumps(wanted).encode())}
    for number, pictures in enumerate((range(3), range(3, 5))):
        inputs = [
            {"name": f"{k}.png", "label": "ant", "path": f"/nowhere/{k}.png"} for k in pictures
        ]
        index = [_row(k, failed=k == 1) for k in pictures]
        files[f"inputs/{number:05}.jsonl"] = b"".join(map(_line, inputs))
        files[f"index/{number:05}.jsonl"] = b"".join(map(_line, index))
        files[f"data/{number:05}.npy"] = _vectors(2)
    return _sealed(files, (3, 2), (2, 2))


def _row(k: int, *, failed: bool) -> dict:
    good = {"width": 8, "height": 8, "status": "ok", "reason": None, "coloured": True}
    bad = {"width": None, "height": None, "status": "failed", "reason": "the file is empty"}
    return {"name": f"{k}.png", "label": "ant" if k % 2 else "bee", **(bad if failed else good)}


def _vectors(rows: int) -> bytes:
    out = io.BytesIO()
    np.save(out, np.random.default_rng(0).random((rows, LENGTH), np.float32))
    return out.getvalue()


def _line(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def signed(text: bytes) -> bytes:
    """Return a plan with its identity, if it is a plan at all."""
    try:
        wanted = json.loads(text)
        own = {key: value for key, value in wanted.items() if key != "identity"}
        identity = hashlib.sha256(_line(own)).hexdigest()[:12]
    except (ValueError, RecursionError, AttributeError):
        return text
    # As the text has it: what JSON has no words for comes through.
    return text.rstrip()[:-1] + f', "identity": "{identity}"}}\n'.encode()


def _sealed(files: Files, rows: tuple[int, ...], ok: tuple[int, ...]) -> Files:
    """Return the files with receipts that know them."""
    try:
        identity = json.loads(files["plan.json"])["identity"]
    except (ValueError, RecursionError, KeyError, TypeError):
        identity = "0" * 12
    files = dict(files)
    for number in range(2):
        paths = {kind: f"{kind}/{number:05}{end}" for kind, end in KINDS.items()}
        receipt = {
            "plan": identity, "shard": number, "rows": rows[number], "ok": ok[number],
            "failed": rows[number] - ok[number], "coloured": True,
            "files": {kind: _seal(files[path]) for kind, path in paths.items()},
        }  # fmt: skip
        files[f"receipts/{number:05}.json"] = json.dumps(receipt).encode()
    return files


KINDS = {"inputs": ".jsonl", "data": ".npy", "index": ".jsonl"}


def _seal(content: bytes) -> dict:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _again(files: Files) -> Files:
    return _sealed(files, (3, 2), (2, 2))


def _plans(good: Files) -> Iterator[Files]:
    content = good["plan.json"]
    for text in (*NOT_JSON, *cut(content, CUTS), *flipped(content, FLIPS)):
        yield {**good, "plan.json": text}
    for text in bent(plan(), 3):
        yield _again({**good, "plan.json": signed(text)})


def _lines(good: Files, name: str, each: int) -> Iterator[Files]:
    first, *rest = good[name].splitlines(keepends=True)
    whole = b"" if name.startswith("receipts") else b"".join(rest)
    for text in (*NOT_JSON, *cut(good[name], CUTS), *flipped(good[name], FLIPS)):
        yield {**good, name: text}
    for text in bent(json.loads(first), each):
        spoiled = {**good, name: text + b"\n" + whole}
        yield spoiled if name.startswith("receipts") else _again(spoiled)
    if whole:
        yield _again({**good, name: whole})
        yield _again({**good, name: whole * 3})


def _data(good: Files) -> Iterator[Files]:
    name = "data/00000.npy"
    content = good[name]
    yield {**good, name: content[:128] + b"\xff" * (len(content) - 128)}
    for text in (*cut(content, CUTS), *flipped(content, FLIPS), _vectors(0), _vectors(3)):
        yield _again({**good, name: text})
    yield from (_again({**good, name: start + content[128:]}) for start in headers())
