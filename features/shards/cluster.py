"""The shards of a plan on a Dask cluster.

What is done is in the folder, not in the cluster: a dead worker, scheduler or
driver costs the shard in hand, and the same command goes on.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from ...images.errors import EdgewiseError
from .places import claimed, drop_claims
from .plan import ShardPlan
from .plan_files import read_plan, read_whole_plan
from .receipts import Receipt, read_receipt
from .run import Course, do_shard, needs_work

# Shards that wait at a worker for each that it works on, so that none is idle.
AHEAD = 3
RETRIES = 3
# Seconds without a finished shard after which the scheduler is asked whether it is there.
PATIENCE = 2.0


def run_on_cluster(
    folder: Path,
    address: str,
    *,
    part: tuple[int, int] = (1, 1),
    threads: int = 1,
    retry_failed: bool = False,
    progress: Callable[[Receipt], object] | None = None,
) -> Course:
    """Do the shards of part I of N that have no receipt yet on a Dask cluster.

    Parameters
    ----------
    folder : Path
        With a plan, on storage that all workers see under the same name, as
        they do the pictures.
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``, or ``local`` for a
        cluster on this machine, with a process a core.
    part : (int, int)
        I and N.
    threads : int
        That Numba and the decoders may use for one shard.
    retry_failed : bool
        Do shards with failed inputs again, only these inputs.
    progress : callable, optional
        Told every receipt, also those that were there.

    Returns
    -------
    Course
        Of this part.

    Raises
    ------
    EdgewiseError
        If Dask is missing, the cluster cannot be reached or goes away, or a
        shard's workers died again and again.
    """
    folder = folder.absolute()
    plan = read_whole_plan(folder)
    course = Course(shards=len(plan.numbers(part)))

    def count(receipt: Receipt) -> None:
        course.add(receipt)
        if progress:
            progress(receipt)

    todo = []
    for number in plan.numbers(part):
        receipt = read_receipt(folder, plan, number)
        if receipt is None or needs_work(receipt, retry_failed):
            todo.append(number)
        else:
            count(receipt)
    with _connected(address) as client, _watched(address):
        lost = _work(client, folder, plan, todo, (threads, retry_failed), count)
    drop_claims(folder)
    if lost:
        number, reason = lost[0]
        raise EdgewiseError(
            f"{len(lost)} of {plan.shards} shards could not be done, the first of them shard "
            f"{number}: {reason}; the others are kept, and the same command goes on"
        )
    return course


def _work(
    client: Any,
    folder: Path,
    plan: ShardPlan,
    todo: list[int],
    how: tuple[int, bool],
    count: Callable,
) -> list[tuple[int, str]]:  # fmt: skip
    """Hand out shards, a few ahead for each thread; return those that were lost, and why."""
    numbers, lost, (_, retry_failed) = iter(todo), [], how
    done: SimpleQueue = SimpleQueue()
    running: dict[str, Any] = {}

    def submit(number: int) -> None:
        # Named after the plan: two drivers on one cluster share the work.
        key = f"edgewise-{plan.identity}-{retry_failed:d}-{number}"
        running[key] = client.submit(
            work_on, str(folder), number, *how, key=key, pure=False, retries=RETRIES
        )
        running[key].add_done_callback(done.put)

    room = AHEAD * max(1, sum(client.nthreads().values()))
    for number in islice(numbers, room):
        submit(number)
    while running:
        future = _next(done, client)
        del running[future.key]
        if future.status == "finished":
            count(future.result())
        else:
            number = int(future.key.rpartition("-")[2])
            lost.append((number, _reason(future.exception())))
        for following in islice(numbers, 1):
            submit(following)
    return lost


def _next(done: SimpleQueue, client: Any) -> Any:
    """Wait for a shard, and for no longer than the scheduler answers.

    What is handed to a scheduler while it dies is never told to be done, nor
    to be lost: `distributed.as_completed` waits for it without end.
    """
    while True:
        try:
            return done.get(timeout=PATIENCE)
        except Empty:
            if client.status == "closed":
                raise OSError("its scheduler is gone") from None
            if client.status == "running":
                # Raises what `_watched` knows, if nobody answers.
                client.nthreads()


def _reason(error: BaseException) -> str:
    """Return why a worker could not do a shard, as a part of a sentence."""
    if type(error).__name__ == "KilledWorker":
        return "the workers that took it died, one after the other"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'a worker'}: {error.strerror.lower()}"
    return str(error) or type(error).__name__


@contextmanager
def _watched(address: str) -> Iterator[None]:
    """Turn the many errors of a cluster that goes away into one."""
    from asyncio import CancelledError
    from concurrent.futures import CancelledError as Cancelled

    try:
        yield
    except (Cancelled, CancelledError, OSError, TimeoutError) as error:
        raise EdgewiseError(
            f"{address}: the Dask cluster went away ({error or type(error).__name__}); the shards "
            "that are done are kept, and the same command goes on"
        ) from None


def work_on(folder: str, number: int, threads: int, retry_failed: bool) -> Receipt:
    """Do one shard on a worker, unless it is done."""
    from ...compiled.threads import at_most_threads

    place = Path(folder)
    with claimed(place, number, wait=True), at_most_threads(threads):
        return do_shard(place, read_plan(place), number, threads, retry_failed)


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Give a client of a cluster, and take both down afterwards if they are ours."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise EdgewiseError(
            "--dask needs the packages dask and distributed; install them with "
            "pip install distributed"
        ) from None
    # Its word on a scheduler that is gone is said in ours.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    if address == "local":
        own: dict[str, Any] = {"threads_per_worker": 1, "dashboard_address": None}
        with LocalCluster(processes=True, **own) as cluster, Client(cluster) as client:
            yield client
        return
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError, TimeoutError) as error:
        raise EdgewiseError(
            f"{address}: no Dask scheduler can be reached there ({error}); start one with dask "
            "scheduler, or use --dask local"
        ) from None
    with client:
        yield client
