"""Where the windows lie: padding, stride and dilation along one axis."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..images.errors import EdgewiseError, FitError

Padding = str | int | tuple

# How far a window reaches to each side at most: 4001 x 4001 weights take 64 MB.
MOST_REACH = 2000


@dataclass(frozen=True)
class Axis:
    """The windows along one axis of an image.

    Window i covers the padded positions ``i * stride + u * dilation`` for u in
    [0, size); position `before` is the image's first.
    """

    length: int
    size: int
    stride: int
    dilation: int
    before: int
    after: int
    count: int

    @property
    def span(self) -> int:
        """Distance from a window's first position to its last."""
        return self.dilation * (self.size - 1)

    @property
    def padded(self) -> tuple[int, int, int]:
        """Length, before and after, with room for a window that hangs over the end."""
        reach = (self.count - 1) * self.stride + self.span + 1
        return self.length, self.before, max(self.after, reach - self.length - self.before)


@dataclass(frozen=True)
class Rows:
    """Which rows the results of a stage come from, one row of results after the other.

    Result i sees the `span` + 1 rows from i - `before` on; `after` rows are made
    up below the picture, `before` above it, or, if it is `periodic`, the picture
    begins anew there.
    """

    before: int = 0
    after: int = 0
    span: int = 0
    periodic: bool = False

    def seen(self, start: int, stop: int, height: int) -> tuple[int, int]:
        """Return (first row, row after the last) that the results from start to stop see."""
        first, last = start - self.before, stop - 1 - self.before + self.span
        if self.periodic:
            return first, last + 1
        # What is made up beyond an edge comes from as many rows inside.
        if first < 0:
            last = max(last, self.before)
        if last >= height:
            first = min(first, height - 1 - self.after)
        return max(first, 0), min(last + 1, height)


def check_reach(radius: float) -> int:
    """Return how far a window reaches as a whole number, or refuse what no memory holds."""
    if not radius <= MOST_REACH:
        raise EdgewiseError(
            f"the window would reach {radius:,.0f} pixels to each side, and {MOST_REACH:,} is "
            "the most; make the picture smaller first, with pyramid-down"
        )
    return int(radius)


def pair(value: int | tuple[int, int], name: str, *, least: int = 1) -> tuple[int, int]:
    """Return (rows, columns) of a setting that is one number or two."""
    both: Any = (value, value) if _is_whole(value) else value
    if not (isinstance(both, tuple | list) and len(both) == 2 and all(map(_is_whole, both))):
        raise EdgewiseError(f"{name} {value!r} is not a whole number or two (rows, columns)")
    if min(both) < least:
        raise EdgewiseError(f"{name} {value!r} is too small; it is at least {least}")
    return int(both[0]), int(both[1])


def _is_whole(value: object) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)


def axis_padding(padding: Padding) -> tuple[str | tuple[int, int], str | tuple[int, int]]:
    """Split a padding into its rows' and its columns' part.

    Parameters
    ----------
    padding : {'same', 'valid', 'full'}, int, (int, int) or ((int, int), (int, int))
        A name, one number for all sides, (rows, columns), or
        ((top, bottom), (left, right)).
    """
    if isinstance(padding, str):
        if padding not in ("same", "valid", "full"):
            raise EdgewiseError(
                f'no padding "{padding}"; there are same, valid, full, or numbers of pixels'
            )
        return padding, padding
    if isinstance(padding, tuple | list) and len(padding) == 2 and not _is_whole(padding[0]):
        top_bottom, left_right = padding
        return pair(top_bottom, "padding", least=0), pair(left_right, "padding", least=0)
    rows, columns = pair(padding, "padding", least=0)  # type: ignore[arg-type]
    return (rows, rows), (columns, columns)


@lru_cache(maxsize=256)
def correlation_axis(
    length: int,
    size: int,
    *,
    stride: int,
    dilation: int,
    padding: str | tuple[int, int],
    anchor: int,
) -> Axis:
    """Lay correlation windows along one axis.

    ``same`` gives ceil(length / stride) windows, the first anchored on the
    image's first pixel; ``full`` every window that touches the image;
    ``valid`` and numbers floor((padded - span - 1) / stride) + 1, as PyTorch.

    Raises
    ------
    FitError
        If no window fits.
    """
    span = dilation * (size - 1)
    before, after = made_up(padding, span, dilation * anchor)
    count = (length + before + after - span - 1) // stride + 1
    if count < 1:
        raise FitError(
            f"a window of {span + 1} pixels does not fit in {length} pixels padded by "
            f"{before} and {after}; use a smaller kernel, more padding, or padding=same"
        )
    return Axis(length, size, stride, dilation, before, after, count)


def made_up(padding: str | tuple[int, int], span: int, anchor: int) -> tuple[int, int]:
    """Return how many positions are added before and after an axis, for windows of a span."""
    named = {"same": (anchor, span - anchor), "full": (span, span), "valid": (0, 0)}
    return named[padding] if isinstance(padding, str) else padding


@lru_cache(maxsize=256)
def pooling_axis(
    length: int,
    size: int,
    *,
    stride: int,
    dilation: int,
    padding: str | tuple[int, int],
    ceil: bool,
) -> Axis:
    """Lay pooling windows along one axis, as PyTorch and ONNX do.

    With `ceil` a last window may hang over the end, unless it would start in
    the padding there. ``same`` pads so that there are ceil(length / stride)
    windows, the odd pixel at the end.

    Raises
    ------
    FitError
        If no window fits.
    EdgewiseError
        If a window could lie in the padding altogether.
    """
    span = dilation * (size - 1)
    before, after = _pooling_padding(padding, length, span, stride)
    if max(before, after) > span:
        raise EdgewiseError(
            f"padding {max(before, after)} is as wide as the pooling window, "
            f"{span + 1} pixels; it is at most {span}"
        )
    room = length + before + after - span - 1
    count = room // stride + 1
    if ceil:
        count = -(-room // stride) + 1
        if (count - 1) * stride >= length + before:
            count -= 1
    if count < 1:
        raise FitError(
            f"a pooling window of {span + 1} pixels does not fit in {length} pixels; "
            "use a smaller size or more padding"
        )
    return Axis(length, size, stride, dilation, before, after, count)


def _pooling_padding(
    padding: str | tuple[int, int], length: int, span: int, stride: int
) -> tuple[int, int]:
    if not isinstance(padding, str):
        return padding
    total = max(0, (-(-length // stride) - 1) * stride + span + 1 - length)
    named = {
        "same": (total // 2, total - total // 2),
        "full": (span, span),
        "valid": (0, 0),
    }
    return named[padding]
