"""A comparison of two models as rows of words, and as a page of text."""

from collections.abc import Callable

from ..models.comparison.conditions import conditions
from ..models.comparison.result import Comparison, Point, Side
from ..models.linear_features import contains_hog, features_from_dict
from ..models.mcnemar import Difference
from ..models.measures import measure
from .tables import aligned

Rows = list[list[str]]


def side_names(found: Comparison) -> tuple[str, str]:
    """Return what the two models are called: what the first looks at, and the second's network."""
    plan = found.contest.plan
    looks = "HoG" if contains_hog(features_from_dict(plan.features)) else "pixels"
    network = f"CNN ({plan.network})" if len(plan.network) <= 12 else "CNN"
    return f"{looks} + linear", network


def side_by_side(found: Comparison) -> Rows:
    """Return what there is to know of both models, under their names."""
    sides = (found.linear, found.cnn)
    rows = [[name, *map(told, sides)] for name, told in MEASURES]
    return [["", *side_names(found)], *_seed_row(found), *rows]


def _seed_row(found: Comparison) -> Rows:
    plan = found.contest.plan
    return [["random seed", "", str(plan.seed)]] if plan.seeds > 1 else []


def _chosen(side: Side) -> str:
    facts = side.facts
    return (
        f"C = {facts['C']:g}"
        if "C" in facts
        else f"epoch {facts['best_epoch']} of {facts['epochs']}"
    )


def _log_loss(side: Side) -> str:
    loss = measure(side.answers).log_loss
    return "" if loss is None else f"{loss:.3f}"


# What is said of a model, and how.
MEASURES: tuple[tuple[str, Callable[[Side], str]], ...] = (
    ("accuracy", lambda side: f"{side.answers.evaluation.accuracy:.2%}"),
    ("  95 % interval", lambda side: _interval(side.answers.evaluation.interval)),
    ("balanced accuracy", lambda side: f"{side.answers.evaluation.balanced_accuracy:.2%}"),
    ("  95 % interval", lambda side: _interval(side.answers.evaluation.balanced_interval)),
    ("log loss, in nats", _log_loss),
    ("chosen on pictures held back", _chosen),
    ("  accuracy on these", lambda side: f"{side.facts['validation_accuracy']:.2%}"),
    ("training", lambda side: seconds(side.facts["training_seconds"])),
    ("judging 1,000 pictures", lambda side: seconds(1000 * side.facts["seconds_a_picture"])),
    ("model file", lambda side: _bytes(side.facts["bytes"])),
    ("learned numbers", lambda side: f"{side.facts['numbers']:,}"),
)


def difference_rows(found: Comparison) -> Rows:
    """Return how often one, both or none of the models were right, and McNemar's test."""
    first, second = side_names(found)
    test = found.difference
    both = int((found.linear.right & found.cnn.right).sum())
    neither = test.count - both - test.first - test.second
    return [
        ["test pictures", f"{test.count:,}"],
        ["both right", f"{both:,}"],
        [f"only {first} right", f"{test.first:,}"],
        [f"only {second} right", f"{test.second:,}"],
        ["none right", f"{neither:,}"],
        [f"{second} less {first}", _points(test)],
        ["McNemar's exact test", f"p = {test.p:.2g}"],
    ]


def seed_rows(found: Comparison) -> Rows:
    """Return the network of each random seed, and the mean; nothing of a single one."""
    first, second = side_names(found)
    plan, gap = found.contest.plan, found.gap
    if gap.deviation is None:
        return []
    rows = [["random seed", second, f"less {first}", "p"]]
    runs = zip(plan.all_seeds, found.cnn.last.accuracies, found.differences, strict=True)
    for seed, accuracy, one in runs:
        rows.append([f"{seed}", f"{accuracy:.2%}", f"{100 * one.difference:+.2f}", f"{one.p:.2g}"])
    rows.append(["mean", f"{found.cnn.last.accuracy:.2%}", f"{100 * gap.difference:+.2f}", ""])
    rows.append(["  standard deviation", "", f"{100 * gap.deviation:.2f}", ""])
    ends = f"{100 * min(gap.each):+.2f} to {100 * max(gap.each):+.2f}"
    rows.append(["  least to most", "", ends, ""])
    low, high = gap.interval
    rows.append(["  95 % interval", "", f"{100 * low:+.2f} to {100 * high:+.2f}", f"{gap.p:.2g}"])
    return rows


def _points(test: Difference) -> str:
    low, high = test.interval
    words = f"{100 * test.difference:+.2f} points"
    return f"{words}, 95 % interval {100 * low:+.2f} to {100 * high:+.2f}"


def curve_rows(found: Comparison) -> Rows:
    """Return accuracy and seconds of both models for each number of training pictures."""
    first, second = side_names(found)
    rows = [["training pictures", first, second, f"{first} took", f"{second} took"]]
    for one, other in zip(found.linear.curve, found.cnn.curve, strict=True):
        took = [seconds(point.seconds) for point in (one, other)]
        rows.append([f"{one.count:,}", f"{one.accuracy:.2%}", _over_seeds(other), *took])
    return rows


def _over_seeds(point: Point) -> str:
    least, most = min(point.accuracies), max(point.accuracies)
    several = f" ({100 * least:.2f} to {100 * most:.2f})" if len(point.accuracies) > 1 else ""
    return f"{point.accuracy:.2%}{several}"


def overlap_rows(found: Comparison) -> Rows:
    """Return how many pictures are in two parts, exactly and nearly."""
    rows = [["", "pictures", "the same", "nearly, or mirrored"]]
    for one in found.overlaps:
        own, other = WORDS[one.part], WORDS[one.other]
        rows.append([f"{own}, there {other} too", *(f"{n:,}" for n in one.counts)])
    return rows


WORDS = {"train": "to learn from", "validation": "to choose by", "test": "to test"}


def comparison_text(found: Comparison) -> str:
    """Return a comparison as a page of text that ends with the advice."""
    parts = found.contest.parts
    counts = (
        f"{len(parts.train):,} pictures to learn from, {len(parts.validation):,} to choose by, "
        f"{len(parts.test):,} to test"
    )
    advice = found.advice
    tables = [side_by_side(found), difference_rows(found), seed_rows(found), curve_rows(found)]
    said = ["\n".join(conditions(found)), "\n".join([advice.text, *advice.notes])]
    return "\n\n".join([counts, *(aligned(rows) for rows in tables if rows), *said])


def seconds(value: float) -> str:
    """Return a time in the unit that suits it."""
    if value < 0.1:
        return f"{1000 * value:.2g} ms" if value < 0.01 else f"{1000 * value:.0f} ms"
    return f"{value:.1f} s" if value < 100 else f"{value / 60:.1f} min"


def _interval(ends: tuple[float, float]) -> str:
    low, high = ends
    return f"{100 * low:.2f} to {100 * high:.2f} %"


def _bytes(count: int) -> str:
    return f"{count / 2**10:.0f} KiB" if count < 2**20 else f"{count / 2**20:.1f} MiB"
