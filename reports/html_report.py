"""An evaluation as one page of HTML."""

from collections.abc import Callable
from html import escape

import numpy as np

from ..images.resize import resize
from ..models.evaluation import Answers, Evaluation
from ..models.measures import Measures
from ..models.metrics import Curve
from .html_page import figure, html_page, image, section, table
from .mistakes import worst
from .svg_plots import MOST_LINES, Line, legend, plot
from .tables import class_rows, measure_rows

THUMBNAIL = 112
# A matrix of more classes would take a page of many megabytes.
MOST_CLASSES = 100
HOW_TO_READ = (
    "<p>A row for the truth, a column for the answer; resting the mouse on a cell shows its "
    "share of the row.</p>"
)


def html_report(
    answers: Answers,
    measures: Measures,
    read: Callable[[str], np.ndarray],
    *,
    title: str = "Evaluation",
    command: str = "",
    facts: dict[str, str] | None = None,
) -> str:
    """Return an evaluation as a page that needs no other file and no network.

    Parameters
    ----------
    answers : Answers
    measures : Measures
    read : callable
        Returns the picture of a name as uint8; asked for the worst mistakes only.
    title : str
    command : str
        What made the page.
    facts : dict, optional
        What there is to know of the model, as texts.
    """
    found = answers.evaluation
    low, high = found.interval
    parts = [
        f'<p class="big">{found.accuracy:.2%} of {found.count:,} pictures named rightly, '
        f"95 % interval {low:.2%} to {high:.2%}</p>",
        table([["measure", "value", ""], *measure_rows(found, measures)], kind="noted"),
        section("Classes", table(class_rows(found))),
        section("Confusion", HOW_TO_READ, confusion_html(found)),
        section("Curves", *_curves(answers.classes, measures)),
        section("Most confident mistakes", _mistakes(answers, read)),
    ]
    if facts:
        rows = [["setting", "value"], *([name, value] for name, value in facts.items())]
        parts.append(section("Model", table(rows, kind="words")))
    if command:
        parts.append(section("Made by", f"<pre>{escape(command)}</pre>"))
    return html_page(title, parts)


def confusion_html(found: Evaluation, *, numbered: bool = False) -> str:
    """Return the confusion matrix as a table whose cells are as dark as their share of the row.

    `numbered` columns are narrow: the numbers stand before the names of the rows.
    """
    if len(found.classes) > MOST_CLASSES:
        return f"<p>Left out: {len(found.classes)} classes are too many for a page.</p>"
    numbers = [str(number) for number in range(1, 1 + len(found.classes))]
    heads = numbers if numbered else found.classes
    names = map(" ".join, zip(numbers, found.classes, strict=True)) if numbered else found.classes
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    shares = found.confusion / np.maximum(found.support, 1)[:, None]
    rows = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(map(_cell, counts, own))}</tr>"
        for name, counts, own in zip(names, found.confusion, shares, strict=True)
    )
    return f'<div class="wide"><table><tr><th></th>{head}</tr>{rows}</table></div>'


def _cell(count: int, share: float) -> str:
    shown = f"{count:,}" if count else "·"
    style = f"background: rgba(var(--cell), {0.75 * share:.3f})"
    return f'<td style="{style}" title="{share:.1%}">{shown}</td>'


def _curves(classes: tuple[str, ...], measures: Measures) -> list[str]:
    shown = _shown(measures)
    rates = [(classes[k], measures.roc[k]) for k in shown]
    recalls = [(classes[k], measures.precision_recall[k]) for k in shown]
    drawn = [
        _areas_drawn("ROC", rates, x="false-positive rate", y="true-positive rate", diagonal=True),
        _areas_drawn("Precision and recall", recalls, x="recall", y="precision"),
    ]
    if len(classes) == 2 and measures.roc[1]:
        drawn.append(_det(measures.roc[1]))
    if measures.bins:
        line = Line(measures.bins.confidence, measures.bins.accuracy, dots=True)
        reliable = plot([line], x="probability", y="share named rightly", diagonal=True)
        drawn.append(
            figure(reliable, "Reliability: on the diagonal, probabilities mean what they say")
        )
    parts = [f'<div class="row">{"".join(drawn)}</div>']
    if len(shown) == MOST_LINES < len(classes):
        parts.append(
            f"<p>ROC, precision and recall of the {MOST_LINES} classes with the least "
            f"ROC area, of {len(classes)}.</p>"
        )
    return parts


def _shown(measures: Measures) -> list[int]:
    """Return the classes whose curves are drawn: those that are told apart worst, if many."""
    if len(measures.roc) == 2:
        # Two classes have the same curves but for their names: the second stands for both.
        return [1]
    defined = [k for k, curve in enumerate(measures.precision_recall) if curve]
    return sorted(sorted(defined, key=lambda k: _area(measures.roc[k]))[:MOST_LINES])


def _area(curve: Curve | None) -> float:
    return 1.0 if curve is None else curve.area


def _areas_drawn(
    what: str, named: list[tuple[str, Curve | None]], *, x: str, y: str, diagonal: bool = False
) -> str:
    """Draw curves over their legend; a missing one keeps its colour, and its place there."""
    curves = [curve for _, curve in named if curve]
    names = [f"{name} {curve.area:.4f}" if curve else f"{name}: undefined" for name, curve in named]
    nothing = np.empty(0)
    lines = [
        Line(curve.x, curve.y, told) if curve else Line(nothing, nothing)
        for told, (_, curve) in zip(names, named, strict=True)
    ]
    shown = plot(lines, x=x, y=y, diagonal=diagonal)
    if len(named) > 1 and curves:
        shown += legend(names, chance=diagonal)
    return figure(shown, f"{what}, {_areas(named, curves)}")


def _areas(named: list[tuple[str, Curve | None]], curves: list[Curve]) -> str:
    if not curves:
        return "undefined here: a class is missing"
    if len(named) == 1:
        return f'area {curves[0].area:.4f}, of "{named[0][0]}"'
    return "each class against the rest, and its area"


# The DET curve's axes go from this share to its complement.
LEAST_SHARE = 5e-4
DET_TICKS = (0.001, 0.02, 0.1, 0.3, 0.6, 0.9, 0.99)


def _det(curve: Curve) -> str:
    """Draw errors on normal deviates, where normal scores give straight lines."""
    from scipy.special import ndtri

    def along(shares: np.ndarray) -> np.ndarray:
        """Return where shares stand on an axis from the least to the largest share drawn."""
        reach = -ndtri(LEAST_SHARE)
        return (ndtri(shares) + reach) / (2 * reach)

    misses = 1 - curve.y
    drawn = (np.minimum(curve.x, misses) >= LEAST_SHARE) & (
        np.maximum(curve.x, misses) <= 1 - LEAST_SHARE
    )
    lines = [Line(along(curve.x[drawn]), along(misses[drawn]))] if drawn.any() else []
    ticks = [(float(along(np.array(share))), f"{share:g}") for share in DET_TICKS]
    shown = plot(lines, x="false-positive rate", y="miss rate", ticks=ticks)
    return figure(shown, "DET, both axes in normal deviates: nearer the lower left is better")


def _mistakes(answers: Answers, read: Callable[[str], np.ndarray]) -> str:
    chosen = worst(answers.values, answers.truth)
    if not len(chosen):
        return "<p>There are none.</p>"
    return f'<div class="row">{"".join(_thumbnail(answers, i, read) for i in chosen)}</div>'


def _thumbnail(answers: Answers, i: int, read: Callable[[str], np.ndarray]) -> str:
    values, name = answers.values[i], answers.names[i]
    sure = f"{values.max():.0%}" if answers.measure == "probability" else f"{values.max():.2f}"
    answer, truth = answers.classes[values.argmax()], answers.classes[answers.truth[i]]
    return figure(image(small(read(name)), name), f"{answer} {sure}, is {truth}; {name}", "thumb")


def small(picture: np.ndarray) -> np.ndarray:
    """Return a picture no larger than a thumbnail; small ones are enlarged by the browser."""
    longer = max(picture.shape[:2])
    if longer > THUMBNAIL:
        rows, columns = (max(1, n * THUMBNAIL // longer) for n in picture.shape[:2])
        picture = resize(picture, (rows, columns))
    return picture[..., 0] if picture.ndim == 3 and picture.shape[2] == 1 else picture
