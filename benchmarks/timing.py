"""Timing that can be trusted on a shared machine: peers in turn, medians, ratios."""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One work: the median seconds of Edgewise and of a peer, measured in turn.

    `ratio` is the median over rounds of peer / Edgewise: above 1, Edgewise is
    the faster.
    """

    work: str
    peer: str
    edgewise_s: float
    peer_s: float
    ratio: float

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
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


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
        f"| {r.work} | {_ms(r.edgewise_s)} | {r.peer} | {_ms(r.peer_s)} | {r.ratio:.2f} |"
        if r.ratio
        else f"| {r.work} | {_ms(r.edgewise_s)} | | | |"
        for r in rows
    ]
    return "\n".join(lines)


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
