"""Timing that can be trusted on a shared machine: peers in turn, medians, ratios."""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

# Seconds; what takes less is called several times in a round.
SHORT = 0.02


@dataclass(frozen=True)
class Row:
    """One work: the median seconds of Edgewise and of a peer, measured in turn.

    `ratio` is the median over rounds of peer / Edgewise: above 1, Edgewise is
    the faster. Where `unit` is "bytes", both are the most memory taken instead.
    """

    work: str
    peer: str
    edgewise_s: float
    peer_s: float
    ratio: float
    unit: str = "s"

    def as_dict(self) -> dict:
        """Return the row for JSON."""
        return asdict(self)


def compare(work: str, ours: Callable, peers: dict[str, Callable], repeat: int) -> list[Row]:
    """Time one work: after a warm-up, ours and every peer once a round."""
    calls = {"edgewise": ours, **peers}
    for call in calls.values():
        call()
    rounds = [{name: _seconds(call) for name, call in calls.items()} for _ in range(repeat)]
    return [
        Row(
            work,
            peer,
            statistics.median(r["edgewise"] for r in rounds),
            statistics.median(r[peer] for r in rounds),
            statistics.median(r[peer] / r["edgewise"] for r in rounds),
        )
        for peer in peers
    ]


def _seconds(call: Callable) -> float:
    """Return the time of one call; a short one is called again, as timeit does.

    Else its time would be that of fetching code and data again which the peer
    before it drove out of the caches.
    """
    start, calls = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < SHORT or not calls:
        call()
        calls += 1
    return passed / calls


def geometric_mean(rows: list[Row], name: str) -> Row:
    """Return one row that sums up several of the same peer."""
    mean = [
        math.exp(statistics.fmean(math.log(getattr(row, field)) for row in rows))
        for field in ("edgewise_s", "peer_s", "ratio")
    ]
    return Row(name, rows[0].peer, *mean)


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| work | Edgewise | peer | | ratio |", "|---|---:|---|---:|---:|"]
    lines += [
        f"| {r.work} | {_shown(r.edgewise_s, r.unit)} | {r.peer} | {_shown(r.peer_s, r.unit)} | "
        f"{r.ratio:.2f} |"
        if r.ratio
        else f"| {r.work} | {_shown(r.edgewise_s, r.unit)} | | | |"
        for r in rows
    ]
    return "\n".join(lines)


def _shown(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{value / 2**20:.0f} MiB"
    return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.3g} s"
