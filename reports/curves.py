"""Learning curves: loss and accuracy of every epoch."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..images.errors import DataError
from .figures import PALETTE, figure, render, subplots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# A loss that falls further than this is read better on a logarithmic axis.
LOGARITHMIC_FROM = 20


def curves_picture(rows: Sequence[Mapping], *, kept: int | None = None) -> np.ndarray:
    """Draw the course of a training: loss on the left, accuracy on the right.

    Parameters
    ----------
    rows : sequence of dict
        One an epoch, with epoch, loss and accuracy, and validation_loss and
        validation_accuracy, which may be None; numbers or, as a CSV file has
        them, texts.
    kept : int, optional
        The epoch whose weights were kept, which is marked; that of the best
        validation accuracy, and of the least loss among equals, when left out.

    Returns
    -------
    ndarray, (H, W, 3) uint8

    Raises
    ------
    DataError
        If there is no epoch, or a loss is missing.
    """
    if not rows:
        raise DataError("there is no epoch to draw; train for one or more")
    epochs = _column(rows, "epoch")
    marked = _best(rows) if kept is None else int(np.flatnonzero(epochs == kept)[0])
    page = figure(9.6, 4.2)
    left, right = subplots(page, 1, 2)[0]
    _draw(left, epochs, rows, "loss", marked)
    _draw(right, epochs, rows, "accuracy", marked)
    left.set_title("Loss", loc="left")
    right.set_title("Accuracy", loc="left")
    _scale_loss(left, rows)
    _scale_accuracy(right)
    return render(page)


def _column(rows: Sequence[Mapping], name: str) -> np.ndarray:
    """Return one column; NaN where nothing is known."""
    values = [row.get(name) for row in rows]
    try:
        return np.array([np.nan if v in (None, "") else float(v) for v in values])
    except (TypeError, ValueError):
        raise DataError(f"the history's column {name} holds something else than numbers") from None


def _best(rows: Sequence[Mapping]) -> int:
    """Return the row of the best validation accuracy, and of the least loss among equals."""
    accuracy, loss = _column(rows, "validation_accuracy"), _column(rows, "validation_loss")
    order = np.lexsort((np.nan_to_num(loss, nan=np.inf), -np.nan_to_num(accuracy, nan=-1.0)))
    return int(order[0])


def _draw(
    axes: "Axes", epochs: np.ndarray, rows: Sequence[Mapping], what: str, marked: int
) -> None:
    from matplotlib.ticker import MaxNLocator

    training, validation = _column(rows, what), _column(rows, f"validation_{what}")
    if np.isnan(training).all():
        raise DataError(f"the history has no column {what}")
    marker = "o" if len(epochs) <= 20 else None
    style: dict = {"marker": marker, "markersize": 3.5, "linewidth": 1.8}
    axes.plot(epochs, training, color=PALETTE[0], label="training", **style)
    if not np.isnan(validation).all():
        value = validation[marked]
        words = f"{value:.2%}" if what == "accuracy" else f"{value:.4f}"
        label = f"validation, {words} in epoch {epochs[marked]:.0f}, which is kept"
        axes.plot(epochs, validation, color=PALETTE[1], label=label, **style)
        axes.plot([epochs[marked]], [value], "o", color=PALETTE[1], markersize=6.5)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    if len(epochs) == 1:
        axes.set_xlim(epochs[0] - 1, epochs[0] + 1)
    else:
        axes.set_xlim(epochs[0], epochs[-1])
    axes.legend(loc="best", frameon=False)


def _scale_loss(axes: "Axes", rows: Sequence[Mapping]) -> None:
    losses = np.concatenate([_column(rows, name) for name in ("loss", "validation_loss")])
    losses = losses[np.isfinite(losses)]
    if losses.size and losses.min() > 0 and losses.max() / losses.min() >= LOGARITHMIC_FROM:
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)


def _scale_accuracy(axes: "Axes") -> None:
    from matplotlib.ticker import PercentFormatter

    low, high = axes.get_ylim()
    span = high - low
    axes.set_ylim(max(0, low - 0.05 * span), min(high, 1.0 + 0.03 * span))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
