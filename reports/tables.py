"""Results as text."""

from collections.abc import Sequence

from ..models.evaluation import Evaluation
from ..models.mcnemar import Difference
from ..models.measures import Measures
from ..models.metrics import calibration_error


def aligned(rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Return rows of words as columns: the first `left` to the left, the others to the right."""
    widths = [max(len(row[c]) for row in rows) for c in range(len(rows[0]))]
    lines = [
        "  ".join(
            word.ljust(width) if c < left else word.rjust(width)
            for c, (word, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def evaluation_text(found: Evaluation, measures: Measures | None = None) -> str:
    """Return an evaluation as a page of text.

    Accuracy with its interval, further measures where they are given, a row a
    class, and the confusion matrix.
    """
    low, high = found.interval
    more = [] if measures is None else [aligned(measure_rows(found, measures), left=3)]
    return "\n\n".join(
        [
            f"accuracy {found.accuracy:.4f}   95 % interval {low:.4f} to {high:.4f}   "
            f"{found.count} pictures",
            *more,
            aligned(class_rows(found)),
            "confusion, a row for the truth, a column for the answer:\n\n" + _confusion(found),
        ]
    )


def class_rows(found: Evaluation) -> list[list[str]]:
    """Return precision, recall, F1 and pictures of every class as words, under their names."""
    scores = zip(found.classes, found.precision, found.recall, found.f1, found.support, strict=True)
    rows = [["class", "precision", "recall", "f1", "pictures"]]
    return rows + [
        [name, f"{p:.3f}", f"{r:.3f}", f"{f:.3f}", str(n)] for name, p, r, f, n in scores
    ]


def measure_rows(found: Evaluation, measures: Measures) -> list[list[str]]:
    """Return every further measure as words: name, value, and what to know of it."""
    low, high = found.balanced_interval
    rows = [["balanced accuracy", f"{found.balanced_accuracy:.4f}",
             f"95 % interval {low:.4f} to {high:.4f}"]]  # fmt: skip
    if measures.log_loss is not None:
        rows.append(["log loss", f"{measures.log_loss:.4f}", "in nats"])
    rows += [[f"top {k}", f"{share:.4f}", ""] for k, share in measures.top.items()]
    rows += _areas("ROC area", measures.roc) + _areas(
        "average precision", measures.precision_recall
    )
    if measures.bins is not None:
        error = calibration_error(measures.bins)
        rows.append(["calibration error", f"{error:.4f}", "expected, 10 bins"])
    if measures.fpr is not None:
        missed = "undefined" if measures.missed is None else f"{measures.missed:.4f}"
        told = f"of {found.classes[1]}, at a false-positive rate of {measures.fpr:g} or less"
        rows.append(["miss rate", missed, told])
    return rows


def difference_text(found: Difference) -> str:
    """Return in words how a second model differs from the first."""
    low, high = found.interval
    verdict = "more than chance gives" if found.p < 0.05 else "no more than chance may give"
    return (
        f"the other model: {100 * found.difference:+.2f} points, 95 % interval {100 * low:+.2f} to "
        f"{100 * high:+.2f}; McNemar p = {found.p:.2g}, {verdict}\n"
        f"only this one right: {found.first}   only the other right: {found.second}"
    )


def _areas(name: str, curves: tuple) -> list[list[str]]:
    if len(curves) == 2:
        return [[name, "undefined" if curves[1] is None else f"{curves[1].area:.4f}", ""]]
    areas = [curve.area for curve in curves if curve is not None]
    if not areas:
        return [[name, "undefined", "a class is missing"]]
    return [[name, f"{sum(areas) / len(areas):.4f}", f"mean of {len(areas)} classes"]]


def _confusion(found: Evaluation) -> str:
    # Long class names would make the columns wide: they are numbered instead.
    numbers = [str(i + 1) for i in range(len(found.classes))]
    short = all(len(name) <= 6 for name in found.classes)
    heads = list(found.classes) if short else numbers
    names = (
        found.classes
        if short
        else [f"{number} {name}" for number, name in zip(numbers, found.classes, strict=True)]
    )
    rows = [["", *heads]]
    rows += [
        [name, *(str(n) if n else "." for n in counts)]
        for name, counts in zip(names, found.confusion, strict=True)
    ]
    return aligned(rows)
