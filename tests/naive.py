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
