"""The textbook definitions, as plain loops: slow, obvious, independent of the package."""

import math

import numpy as np

# ---------------------------------------------------------------- filters


def outside(position, length, border):
    """Return where a position outside comes from, or None for the fill value."""
    if 0 <= position < length:
        return position
    if border == "constant":
        return None
    if border == "edge":
        return 0 if position < 0 else length - 1
    if border == "wrap":
        return position % length
    while not 0 <= position < length:
        if border == "symmetric":
            position = -1 - position if position < 0 else 2 * length - 1 - position
        elif length == 1:
            return 0
        else:
            position = -position if position < 0 else 2 * (length - 1) - position
    return position


def look(image, i, j, border, fill):
    """Return the pixel at any position, inside the image or not."""
    row = outside(i, image.shape[0], border)
    column = outside(j, image.shape[1], border)
    return fill if row is None or column is None else float(image[row, column])


def starts(length, size, stride, dilation, padding, anchor):
    """Return the first position of every window along one axis."""
    span = dilation * (size - 1)
    if padding == "same":
        return [i * stride - dilation * anchor for i in range(math.ceil(length / stride))]
    if padding == "valid":
        before, after = 0, 0
    elif padding == "full":
        before, after = span, span
    else:
        before, after = padding
    last = length + after - span - 1
    return list(range(-before, last + 1, stride))


def correlate(
    image, kernel, stride=(1, 1), dilation=(1, 1), padding=("same", "same"),
    border="reflect", fill=0.0, anchor=None,
):  # fmt: skip
    """Correlate a single channel, window by window, in float64."""
    anchor = anchor or (kernel.shape[0] // 2, kernel.shape[1] // 2)
    rows, columns = (
        starts(image.shape[a], kernel.shape[a], stride[a], dilation[a], padding[a], anchor[a])
        for a in (0, 1)
    )
    result = np.zeros((len(rows), len(columns)))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            for u in range(kernel.shape[0]):
                for v in range(kernel.shape[1]):
                    seen = look(image, top + u * dilation[0], left + v * dilation[1], border, fill)
                    result[i, j] += kernel[u, v] * seen
    return result


def convolve(image, kernel, **settings):
    """Convolve a single channel: x at i - d * (u - anchor)."""
    anchor = ((kernel.shape[0] - 1) // 2, (kernel.shape[1] - 1) // 2)
    return correlate(image, kernel[::-1, ::-1], anchor=anchor, **settings)


def pool(
    image, size, stride, padding, dilation, kind,
    ceil=False, count_padding=False, p=2,
):  # fmt: skip
    """Pool a single channel, window by window; padding is ((top, bottom), (left, right))."""
    windows = []
    for a in (0, 1):
        (before, after), length = padding[a], image.shape[a]
        room = length + before + after - dilation[a] * (size[a] - 1) - 1
        count = (math.ceil if ceil else math.floor)(room / stride[a]) + 1
        if ceil and (count - 1) * stride[a] >= length + before:
            count -= 1
        windows.append([i * stride[a] - before for i in range(count)])
    result = np.zeros([len(w) for w in windows])
    for i, top in enumerate(windows[0]):
        for j, left in enumerate(windows[1]):
            seen, counted = [], 0
            for u in range(size[0]):
                for v in range(size[1]):
                    row, column = top + u * dilation[0], left + v * dilation[1]
                    inside = 0 <= row < image.shape[0] and 0 <= column < image.shape[1]
                    padded = all(
                        -padding[a][0] <= at < image.shape[a] + padding[a][1]
                        for a, at in ((0, row), (1, column))
                    )
                    counted += inside or (count_padding and padded)
                    if inside:
                        seen.append(float(image[row, column]))
            result[i, j] = _reduce(seen, kind, counted, p)
    return result


def _reduce(seen, kind, counted, p):
    if kind == "max":
        return max(seen, default=-math.inf)
    if kind == "min":
        return min(seen, default=math.inf)
    if kind == "median":
        return np.median(seen) if seen else math.nan
    if kind == "lp":
        return sum(abs(x) ** p for x in seen) ** (1 / p)
    if kind == "average":
        return sum(seen) / counted if counted else math.nan
    return sum(seen)
