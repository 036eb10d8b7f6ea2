"""A comparison of two models as rows of words, and as a page of text."""

from collections.abc import Callable

from ..models.comparison.result import Comparison, Side
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
    return [["", *side_names(found)], *rows]


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


def _points(test: Difference) -> str:
    low, high = test.interval
    words = f"{100 * test.difference:+.2f} points"
    return f"{words}, 95 % interval {100 * low:+.2f} to {100 * high:+.2f}"


def curve_rows(found: Comparison) -> Rows:
    """Return accuracy and seconds of both models for each number of training pictures."""
    first, second = side_names(found)
    rows = [["training pictures", first, second, f"{first} took", f"{second} took"]]
    for (count, early, one), (_, late, other) in zip(
        found.linear.curve, found.cnn.curve, strict=True
    ):
        shares = [f"{answers.evaluation.accuracy:.2%}" for answers in (one, other)]
        took = [seconds(facts["training_seconds"]) for facts in (early, late)]
        rows.append([f"{count:,}", *shares, *took])
    return rows


def comparison_text(found: Comparison) -> str:
    """Return a comparison as a page of text that ends with the advice."""
    parts = found.contest.parts
    counts = (
        f"{len(parts.train):,} pictures to learn from, {len(parts.validation):,} to choose by, "
        f"{len(parts.test):,} to test"
    )
    advice = found.advice
    return "\n\n".join(
        [
            counts,
            aligned(side_by_side(found)),
            aligned(difference_rows(found)),
            aligned(curve_rows(found)),
            "\n".join([advice.text, *advice.notes]),
        ]
    )


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
