"""Whether a folder of shards holds what its receipts say."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .places import fingerprint, place
from .plan_files import read_whole_plan
from .receipts import CHANGED, FILES, read_receipt
from .run import failures

DAMAGED = "has other files than its receipt says; the command that made it does it again"
MISSING = "is not done; the command that began goes on"


def verify_shards(folder: Path, progress: Callable[[int], object] | None = None) -> list[str]:
    """Hash all files again; return a sentence for each that differs from its receipt.

    Parameters
    ----------
    folder : Path
    progress : callable, optional
        Told the number of shards looked at.
    """
    plan, wrong = read_whole_plan(folder), []
    for number in plan.numbers():
        receipt = read_receipt(folder, plan, number)
        if receipt is None:
            signed = place(folder, "receipts", number).exists()
            wrong.append(f"shard {number} {DAMAGED if signed else MISSING}")
        else:
            wrong += _differing(folder, number, receipt)
        if progress:
            progress(number + 1)
    return wrong


def _differing(folder: Path, number: int, receipt: dict[str, Any]) -> list[str]:
    paths = {kind: place(folder, kind, number) for kind in FILES}
    return [
        f"{path.relative_to(folder)} {CHANGED}"
        for kind, path in paths.items()
        if fingerprint(path) != receipt["files"][kind]
    ]


def shard_facts(folder: Path) -> dict[str, Any]:
    """Return what a folder of shards holds, for people and for JSON."""
    plan = read_whole_plan(folder)
    receipts = [read_receipt(folder, plan, number) for number in plan.numbers()]
    done = [receipt for receipt in receipts if receipt is not None]
    reasons = Counter(
        reason
        for receipt in done
        if receipt["failed"]
        for _, reason in failures(folder, receipt["shard"])
    )
    return {
        "kind": "shards of HoG features",
        "plan": plan.identity,
        "pictures": plan.pictures,
        "shards": plan.shards,
        "done": len(done),
        "vectors": sum(receipt["ok"] for receipt in done),
        "failed": sum(receipt["failed"] for receipt in done),
        "reasons": dict(reasons.most_common()),
        "length": plan.hog.length(*plan.size),
        "size": f"{plan.size[1]}x{plan.size[0]}",
        "classes": list(plan.classes),
        "hog": plan.config,
    }
