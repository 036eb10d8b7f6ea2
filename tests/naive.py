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


# Histograms of oriented gradients, in float64 and one pixel at a time.


def hog(image, config):
    """Compute HoG as its settings are documented, block by block."""
    image = np.asarray(image, np.float64)
    image = image[:, :, None] if image.ndim == 2 else image
    if config.gamma == "sqrt":
        image = np.sqrt(image)
    height, width = image.shape[:2]
    cells = height // config.cell[0], width // config.cell[1]
    vector = []
    for i in range(0, cells[0] - config.block[0] + 1, config.block_stride[0]):
        for j in range(0, cells[1] - config.block[1] + 1, config.block_stride[1]):
            votes = _hog_block(image, config, i * config.cell[0], j * config.cell[1])
            vector.extend(_hog_norm(votes.ravel(), config))
    return np.array(vector)


def _hog_block(image, config, top, left):
    size = [config.cell[a] * config.block[a] for a in (0, 1)]
    votes = np.zeros((*config.block, config.bins))
    for y in range(size[0]):
        for x in range(size[1]):
            gx, gy = _hog_gradient(image, top + y, left + x)
            weight = math.hypot(gx, gy) / (config.cell[0] * config.cell[1])
            if config.window_sigma is not None:
                for at, length in ((y, size[0]), (x, size[1])):
                    off = (at + 0.5 - length / 2) / (config.window_sigma * length)
                    weight *= math.exp(-off * off / 2)
            for r, share_r in _hog_cells(y, config, 0):
                for c, share_c in _hog_cells(x, config, 1):
                    for b, share_b in _hog_bins(gx, gy, config):
                        votes[r, c, b] += weight * share_r * share_c * share_b
    return votes


def _hog_gradient(image, y, x):
    best = (0.0, 0.0)
    for c in range(image.shape[2]):
        gx = gy = 0.0
        if 0 < x < image.shape[1] - 1:
            gx = image[y, x + 1, c] - image[y, x - 1, c]
        if 0 < y < image.shape[0] - 1:
            gy = image[y + 1, x, c] - image[y - 1, x, c]
        if math.hypot(gx, gy) > math.hypot(*best):
            best = (gx, gy)
    return best


def _hog_cells(at, config, axis):
    """Return the cells of a block that pixel `at` votes into, with their shares."""
    if not config.interpolate_space:
        return [(at // config.cell[axis], 1.0)]
    place = (at + 0.5) / config.cell[axis] - 0.5
    below = math.floor(place)
    shares = [(below, 1 - (place - below)), (below + 1, place - below)]
    return [(cell, share) for cell, share in shares if 0 <= cell < config.block[axis]]


def _hog_bins(gx, gy, config):
    """Return the bins that a gradient votes into, with their shares."""
    circle = 360 if config.signed else 180
    angle = math.degrees(math.atan2(gy, gx)) % circle
    # An angle of -1e-17 modulo 180 is 180 to the last digit, and the same as 0
    # only for whoever does not cut the circle there.
    place = min(angle, math.nextafter(circle, 0)) * config.bins / circle
    if not config.interpolate_orientation:
        return [(min(math.floor(place), config.bins - 1), 1.0)]
    below = math.floor(place - 0.5)
    share = place - 0.5 - below
    return [(below % config.bins, 1 - share), ((below + 1) % config.bins, share)]


def _hog_norm(values, config):
    if config.norm == "none":
        return values
    if config.norm.startswith("l1"):
        values = values / (np.abs(values).sum() + config.epsilon)
        return np.sqrt(values) if config.norm == "l1-sqrt" else values
    values = values / math.sqrt((values**2).sum() + config.epsilon**2)
    if config.norm == "l2":
        return values
    values = np.minimum(values, config.clip)
    return values / math.sqrt((values**2).sum() + config.epsilon**2)
