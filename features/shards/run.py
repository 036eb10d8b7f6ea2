"""Doing what a plan says, from wherever it was left."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from .compute import compute_shard
from .lines import read_index
from .places import claimed, drop_claims
from .plan import ShardPlan
from .plan_files import read_plan, read_whole_plan
from .receipts import Receipt, read_receipt


@dataclass
class Course:
    """How far a folder is.

    Parameters
    ----------
    done : int
        Shards with a receipt.
    shards : int
    ok, failed : int
        Pictures.
    """

    done: int = 0
    shards: int = 0
    ok: int = 0
    failed: int = 0

    def add(self, receipt: Receipt) -> None:
        """Count a shard."""
        self.done += 1
        self.ok += receipt["ok"]
        self.failed += receipt["failed"]


def run_shards(
    folder: Path,
    *,
    part: tuple[int, int] = (1, 1),
    jobs: int | None = None,
    retry_failed: bool = False,
    progress: Callable[[Receipt], object] | None = None,
) -> Course:
    """Do all shards of part I of N that have no receipt yet.

    Parameters
    ----------
    folder : Path
        With a plan.
    part : (int, int)
        I and N: this process does every N-th shard, from the I-th.
    jobs : int, optional
        Threads that read pictures; one a core when left out.
    retry_failed : bool
        Do shards with failed inputs again, only these inputs.
    progress : callable, optional
        Told every receipt, also those that were there.

    Returns
    -------
    Course
        Of this part.
    """
    plan = read_whole_plan(folder)
    course = Course(shards=len(plan.numbers(part)))
    # Those that another process has in hand come last: it may have died by then.
    left = _pass(folder, plan, plan.numbers(part), course, jobs, retry_failed, progress, wait=False)
    _pass(folder, plan, left, course, jobs, retry_failed, progress, wait=True)
    drop_claims(folder)
    return course


def _pass(
    folder: Path, plan: ShardPlan, numbers: Iterable[int], course: Course,
    jobs: int | None, retry_failed: bool, progress, *, wait: bool,
) -> list[int]:  # fmt: skip
    """Go through some shards; return those that another process has in hand."""
    left = []
    for number in numbers:
        receipt = read_receipt(folder, plan, number)
        if needs_work(receipt, retry_failed):
            with claimed(folder, number, wait=wait) as mine:
                if not mine:
                    left.append(number)
                    continue
                receipt = do_shard(folder, plan, number, jobs, retry_failed)
        course.add(receipt or {})
        if progress:
            progress(receipt or {})
    return left


def needs_work(receipt: Receipt | None, retry_failed: bool) -> bool:
    """Say whether a shard is to be done, or to be done again."""
    return receipt is None or (retry_failed and receipt["failed"] > 0)


def do_shard(
    folder: Path, plan: ShardPlan, number: int, jobs: int | None, retry_failed: bool
) -> Receipt:
    """Do a shard unless somebody has done it meanwhile."""
    receipt = read_receipt(folder, plan, number)
    if receipt is not None and not needs_work(receipt, retry_failed):
        return receipt
    return compute_shard(folder, number, jobs=jobs, again=receipt is not None)


def failures(folder: Path, number: int) -> list[tuple[str, str]]:
    """Return name and reason of each failed input of a shard that is done."""
    receipt = read_receipt(folder, read_plan(folder), number)
    rows = read_index(folder, number, receipt) if receipt and receipt["failed"] else []
    return [(row["name"], row["reason"]) for row in rows if row["status"] == "failed"]
