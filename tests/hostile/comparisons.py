"""Folders of comparisons that are damaged, or that somebody has made up."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

PLAN, RESULT = "comparison-plan.json", "comparison.json"
STEP = "steps/linear-44-0.json"
ODD = [
    None, True, -1, 0, 10**12, 10**400, 1e308, float("nan"), float("inf"), "", "x" * 10_000,
    "\ud800", "a\nb\x1b[31m", [], [[]], {}, {"a": []}, [None], [-1, -1], [10**12, 10**12], "1",
]  # fmt: skip
GOOD_PLAN: dict[str, Any] = {
    "classes": ["level", "upright"], "size": [8, 8], "channels": 1,
    "train_pictures": "0123456789ab", "test_pictures": "0123456789ab", "network": "small",
    "features": {"kind": "pixels"}, "validation": 0.1, "points": 2, "seed": 0, "seeds": 1,
    "epochs": 3, "minutes": None, "augment": "", "copies": "", "group_by": "",
    "rate": None, "version": "0",
}  # fmt: skip
GOOD_RESULT: dict[str, Any] = {
    "schema": "edgewise.compare/1",
    "pictures": {"train": 44, "validation": 4, "test": 20},
    "linear": {"accuracy": 0.5}, "cnn": {"accuracy": 0.5},
    "difference": {"mcnemar_p": 1.0}, "seeds": {"count": 1}, "advice": {"text": "words"},
}  # fmt: skip
GOOD_STEP: dict[str, Any] = {
    "plan": "0123456789ab", "facts": {"pictures": 44, "C": 1.0}, "answers": "", "digest": "",
}  # fmt: skip
# What is no JSON, or is too much of it.
TEXTS = (
    b"", b"{", b"null", b"[]", b"0", b'"words"', b"\xff\xfe", b"\x00" * 1000, b"[" * 100_000,
    b'{"a": ' * 100_000 + b"1" + b"}" * 100_000, b'{"a": ' + b"9" * 10_000 + b"}",
    b'{"schema": "edgewise.comparison-plan/2"}', b'["\\ud800"]', b"NaN", b'{"schema": null}',
)  # fmt: skip


def hostile_comparisons() -> Iterator[tuple[str, bytes]]:
    """Return files, each under the name of a folder of its own, all that stand in it one by one."""
    plan = plan_text(GOOD_PLAN)
    for number, content in enumerate(_plans()):
        yield f"plan-{number:03}/{PLAN}", content
    for number, content in enumerate(_others(GOOD_RESULT)):
        yield f"result-{number:03}/{PLAN}", plan
        yield f"result-{number:03}/{RESULT}", content
    for number, content in enumerate(_others(GOOD_STEP)):
        yield f"step-{number:03}/{PLAN}", plan
        yield f"step-{number:03}/{STEP}", content


def plan_text(plan: dict[str, Any]) -> bytes:
    """Return the file of a plan whose digest is right."""
    text = json.dumps(plan, sort_keys=True).encode()
    identity = hashlib.sha256(text).hexdigest()[:12]
    told = {"schema": "edgewise.comparison-plan/2", "identity": identity, **plan}
    return json.dumps(told).encode()


def _plans() -> Iterator[bytes]:
    for plan in changed(GOOD_PLAN):
        yield plan_text(plan)
    yield from _others(json.loads(plan_text(GOOD_PLAN)))


def _others(good: dict[str, Any]) -> Iterator[bytes]:
    text = json.dumps(good).encode()
    yield from TEXTS
    yield from (json.dumps(one).encode() for one in changed(good))
    step = max(1, len(text) // 40)
    yield from (text[:length] for length in range(0, len(text), step))
    for place in range(0, len(text), step):
        yield text[:place] + bytes([text[place] ^ 0x41]) + text[place + 1 :]


def changed(good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return objects each with one value missing or odd, at whatever depth."""
    for name, value in good.items():
        yield {key: own for key, own in good.items() if key != name}
        for odd in ODD:
            yield good | {name: odd}
        if isinstance(value, dict):
            yield from (good | {name: inner} for inner in changed(value))
