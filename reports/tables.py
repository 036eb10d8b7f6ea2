"""Results as text."""

from collections.abc import Sequence

from ..models.evaluation import Evaluation


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


def evaluation_text(found: Evaluation) -> str:
    """Return an evaluation as a page of text.

    Accuracy with its interval, a row a class, and the confusion matrix.
    """
    low, high = found.interval
    scores = zip(found.classes, found.precision, found.recall, found.f1, found.support, strict=True)
    rows = [["class", "precision", "recall", "f1", "pictures"]]
    rows += [[name, f"{p:.3f}", f"{r:.3f}", f"{f:.3f}", str(n)] for name, p, r, f, n in scores]
    return "\n\n".join(
        [
            f"accuracy {found.accuracy:.4f}   95 % interval {low:.4f} to {high:.4f}   "
            f"{found.count} pictures",
            aligned(rows),
            "confusion, a row for the truth, a column for the answer:\n\n" + _confusion(found),
        ]
    )


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
