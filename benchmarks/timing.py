"""Timing that can be trusted on a shared machine: peers in turn, medians, ratios."""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal

# Seconds; what takes less is called several times in a round.
SHORT = 0.02
# Seconds after which a work has rounds enough, if it has had this many.
PATIENCE, LEAST_ROUNDS = 40, 3
Of = Literal["ratio", "times", "value"]
REACHED = {True: "yes", False: "no", None: ""}


@dataclass(frozen=True)
class Wanted:
    """What a row shall reach.

    A `ratio` (peer / Edgewise) shall be the limit at least; `times` (Edgewise /
    peer) and `value`, Edgewise's own in the unit of the row, at most.
    """

    limit: float
    of: Of = "ratio"


@dataclass(frozen=True)
class Row:
    """One work: the median seconds of Edgewise and of a peer, measured in turn.

    `ratio` is the median over rounds of peer / Edgewise: above 1, Edgewise is
    the faster; 0 where there is no peer. `least` is that of the shortest times, which
    other work on the machine disturbs less. Where `unit` is "bytes", both are
    the most memory taken instead.
    """

    work: str
    peer: str
    edgewise_s: float
    peer_s: float
    ratio: float
    unit: str = "s"
    wanted: Wanted | None = None
    least: float = 0.0

    def at_least(self, ratio: float) -> "Row":
        """Return the row, with the ratio that is wanted of it."""
        return replace(self, wanted=Wanted(ratio))

    def at_most(self, value: float, of: Of = "times") -> "Row":
        """Return the row, with how many times the peer's it may be, or how much at all."""
        return replace(self, wanted=Wanted(value, of))

    @property
    def reached(self) -> bool | None:
        """Whether the row is as wanted; None if nothing is, or the peer is missing."""
        if self.wanted is None or (self.wanted.of != "value" and not self.ratio):
            return None
        if self.wanted.of == "ratio":
            return self.ratio >= self.wanted.limit
        found = self.edgewise_s if self.wanted.of == "value" else 1 / self.ratio
        return found <= self.wanted.limit

    def as_dict(self) -> dict:
        """Return the row for JSON."""
        return {**asdict(self), "reached": self.reached}


def compare(work: str, ours: Callable, peers: dict[str, Callable | None], repeat: int) -> list[Row]:
    """Time one work: after a warm-up, ours and every peer once a round.

    A peer of None is one that is not installed: its row says so.
    """
    there = {name: call for name, call in peers.items() if call}
    rounds = _rounds({"edgewise": ours, **there}, repeat)
    return [_row(work, peer, rounds) for peer in peers]


def _rounds(calls: dict[str, Callable], repeat: int) -> list[dict[str, float]]:
    for call in calls.values():
        call()
    rounds, start = [], time.perf_counter()
    while len(rounds) < repeat:
        rounds.append({name: _seconds(call) for name, call in calls.items()})
        if len(rounds) >= LEAST_ROUNDS and time.perf_counter() - start > PATIENCE:
            break
    return rounds


def _row(work: str, peer: str, rounds: list[dict[str, float]]) -> Row:
    ours = [r["edgewise"] for r in rounds]
    if peer not in rounds[0]:
        return Row(work, f"{peer}: not installed", statistics.median(ours), 0.0, 0.0)
    theirs = [r[peer] for r in rounds]
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    medians = statistics.median(ours), statistics.median(theirs)
    return Row(work, peer, *medians, ratio, least=min(theirs) / min(ours))


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


def fastest(calls: dict[str, Callable]) -> str:
    """Return the name of the fastest of several ways to do one work."""
    rounds = _rounds(calls, LEAST_ROUNDS)
    return min(calls, key=lambda name: min(r[name] for r in rounds))


def beyond(row: Row, what: str) -> Row:
    """Return by how many seconds a row's work takes longer than its peer."""
    return Row(f"{row.work}: beyond {what}", "", row.edgewise_s - row.peer_s, 0.0, 0.0)


def wanting(rows: list[Row], limits: dict[str, float], of: Of = "ratio") -> list[Row]:
    """Return the rows, with what is wanted of those whose "work | peer" holds a text."""
    return [
        next(
            (
                replace(row, wanted=Wanted(limit, of))
                for text, limit in limits.items()
                if text in f"{row.work} | {row.peer}"
            ),
            row,
        )
        for row in rows
    ]


def geometric_mean(rows: list[Row], name: str) -> Row:
    """Return one row that sums up several of the same peer."""
    mean = [
        math.exp(statistics.fmean(math.log(getattr(row, field)) for row in rows))
        for field in ("edgewise_s", "peer_s", "ratio", "least")
    ]
    return Row(name, rows[0].peer, *mean[:3], least=mean[3])


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    wanting = any(row.wanted for row in rows)
    lines = ["| work | Edgewise | peer | | ratio |", "|---|---:|---|---:|---:|"]
    if wanting:
        lines = [lines[0] + " wanted | found | |", lines[1] + "---|---:|---|"]
    return "\n".join([*lines, *(_line(row) + (_verdict(row) if wanting else "") for row in rows)])


def _line(row: Row) -> str:
    line = f"| {row.work} | {_shown(row.edgewise_s, row.unit)} |"
    if row.ratio:
        return f"{line} {row.peer} | {_shown(row.peer_s, row.unit)} | {row.ratio:.2f} |"
    return f"{line} {row.peer} | | |"


def _verdict(row: Row) -> str:
    if row.wanted is None:
        return " | | |"
    limit, found = row.wanted.limit, "?"
    if row.wanted.of == "value":
        text, found = f"at most {_shown(limit, row.unit)}", _shown(row.edgewise_s, row.unit)
    elif row.wanted.of == "times":
        text, found = f"at most {limit:g} times", f"{1 / row.ratio:.2f}" if row.ratio else found
    else:
        text, found = f"at least {limit:g}", f"{row.ratio:.2f}" if row.ratio else found
    return f" {text} | {found} | {REACHED[row.reached]} |"


def _shown(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{value / 2**20:.0f} MiB"
    return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.3g} s"
