"""The catalogue by its textbook definitions, as plain loops over single channels."""

import math

import numpy as np

from naive import look

RING = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))


def window(image, i, j, rows, columns, border="reflect", fill=0.0):
    """Return what a window centred on (i, j) sees, row by row."""
    return [
        look(image, i + u, j + v, border, fill)
        for u in range(-(rows // 2), rows // 2 + 1)
        for v in range(-(columns // 2), columns // 2 + 1)
    ]


def everywhere(image, value):
    """Return value(i, j) for every pixel."""
    return np.array(
        [[value(i, j) for j in range(image.shape[1])] for i in range(image.shape[0])], float
    )


def rank(image, rows, columns, place, border="reflect", fill=0.0):
    return everywhere(
        image, lambda i, j: sorted(window(image, i, j, rows, columns, border, fill))[place]
    )


def derivatives(image, smooth, slope, border="reflect"):
    """Return the derivative to the right and downwards: slope one way, smooth the other."""
    n = len(smooth)

    def total(i, j, down, right):
        seen = window(image, i, j, n, n, border)
        return sum(seen[u * n + v] * down[u] * right[v] for u in range(n) for v in range(n))

    x = everywhere(image, lambda i, j: total(i, j, smooth, slope))
    y = everywhere(image, lambda i, j: total(i, j, slope, smooth))
    return x, y


def compass(image, weights, border="reflect"):
    """Return the greatest of eight turned masks, and which one it is."""

    def responses(i, j):
        return [
            sum(
                weights[at] * look(image, i + RING[(at + k) % 8][0], j + RING[(at + k) % 8][1],
                                   border, 0)
                for at in range(8)
            )
            for k in range(8)
        ]  # fmt: skip

    best = everywhere(image, lambda i, j: max(responses(i, j)))
    which = everywhere(image, lambda i, j: responses(i, j).index(max(responses(i, j))))
    return best, which


def bilateral(planes, radius, sigma_range, sigma_space, squared, border="reflect"):
    """Filter (H, W, C): all channels share the weights."""
    result = np.zeros(planes.shape)
    for i, j in np.ndindex(planes.shape[:2]):
        total, weights = np.zeros(planes.shape[2]), 0.0
        for u in range(-radius, radius + 1):
            for v in range(-radius, radius + 1):
                if u * u + v * v > radius * radius:
                    continue
                seen = np.array(
                    [look(planes[:, :, c], i + u, j + v, border, 0) for c in range(len(total))]
                )
                apart = np.abs(seen - planes[i, j])
                distance = (apart**2).sum() if squared else apart.sum() ** 2
                weight = math.exp(-(u * u + v * v) / (2 * sigma_space**2))
                weight *= math.exp(-distance / (2 * sigma_range**2))
                total += weight * seen
                weights += weight
        result[i, j] = total / weights
    return result


def moments(image, size, border="reflect"):
    """Return the mean and the variance of every window."""
    mean = everywhere(image, lambda i, j: np.mean(window(image, i, j, size, size, border)))
    variance = everywhere(image, lambda i, j: np.var(window(image, i, j, size, size, border)))
    return mean, variance


def guided(image, radius, epsilon, border="reflect"):
    """Return the average of the windows' straight lines a * pixel + b (He and others 2013)."""
    mean, variance = moments(image, 2 * radius + 1, border)
    slope = variance / (variance + epsilon)
    offset = mean - slope * mean
    slopes, _ = moments(slope, 2 * radius + 1, border)
    offsets, _ = moments(offset, 2 * radius + 1, border)
    return slopes * image + offsets


def contrast_normalised(planes, weights):
    """Normalise (H, W, C): subtract, then divide, what Gaussian windows see in all channels."""
    size = len(weights)

    def weighted(values, i, j):
        seen = [window(values[:, :, c], i, j, size, size) for c in range(values.shape[2])]
        return np.mean([np.dot(weights.ravel(), one) for one in seen])

    flat = planes[:, :, 0]
    left = planes - everywhere(flat, lambda i, j: weighted(planes, i, j))[:, :, None]
    deviation = everywhere(flat, lambda i, j: math.sqrt(weighted(left**2, i, j)))
    return left / np.maximum(deviation, deviation.mean())[:, :, None]


def canny(image, low, high, norm, border="reflect"):
    """Return edges: ridges above low that hang together with one above high."""
    x, y = derivatives(image, (1, 2, 1), (-1, 0, 1), border)
    strength = np.hypot(x, y) if norm == "l2" else np.abs(x) + np.abs(y)
    strength = np.round(strength, 6)
    height, width = image.shape

    def at(i, j):
        return strength[i, j] if 0 <= i < height and 0 <= j < width else 0.0

    def is_ridge(i, j):
        wide, tall, here = abs(x[i, j]), abs(y[i, j]), strength[i, j]
        if tall < math.tan(math.pi / 8) * wide:
            return here > at(i, j - 1) and here >= at(i, j + 1)
        if tall > math.tan(3 * math.pi / 8) * wide:
            return here > at(i - 1, j) and here >= at(i + 1, j)
        side = -1 if (x[i, j] < 0) != (y[i, j] < 0) else 1
        return here > at(i - 1, j - side) and here > at(i + 1, j + side)

    weak = {(i, j) for i, j in np.ndindex(image.shape) if strength[i, j] > low and is_ridge(i, j)}
    found = {place for place in weak if strength[place] > high}
    waiting = list(found)
    while waiting:
        i, j = waiting.pop()
        for u, v in RING:
            if (i + u, j + v) in weak - found:
                found.add((i + u, j + v))
                waiting.append((i + u, j + v))
    return everywhere(image, lambda i, j: 255.0 * ((i, j) in found))


def otsu(values):
    """Return the first value v where classes of <= v and > v differ most."""
    best, level = -1.0, values.min()
    for v in sorted(set(values.ravel()))[:-1]:
        low, high = values[values <= v], values[values > v]
        between = low.size * high.size * (low.mean() - high.mean()) ** 2
        if between > best * (1 + 1e-12):
            best, level = between, v
    return level


def equalized(image, top):
    """Return top * (pixels at most as bright - those of the least) / (all - those of the least)."""
    least = np.count_nonzero(image == image.min())
    return everywhere(
        image,
        lambda i, j: top * (np.count_nonzero(image <= image[i, j]) - least) / (image.size - least),
    )


def integral(image):
    return everywhere(image, lambda i, j: image[: i + 1, : j + 1].sum())


def pyramid_down(image):
    """Return every second pixel of a blur by [1 4 6 4 1] / 16 both ways."""
    row = np.array([1, 4, 6, 4, 1]) / 16
    blur = everywhere(
        image, lambda i, j: np.dot(np.outer(row, row).ravel(), window(image, i, j, 5, 5))
    )
    return blur[::2, ::2]


def motion(length, angle):
    """Return the weights of a line: 1 on it, 0 at one pixel from it."""
    half = (length - 1) / 2
    right = math.ceil(half * abs(math.cos(math.radians(angle))) - 1e-9)
    down = math.ceil(half * abs(math.sin(math.radians(angle))) - 1e-9)
    weights = np.zeros((2 * down + 1, 2 * right + 1))
    for i, j in np.ndindex(weights.shape):
        point = np.array([j - right, i - down], float)
        along = np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
        nearest = along * np.clip(point @ along, -half, half)
        weights[i, j] = max(0.0, 1 - np.linalg.norm(point - nearest))
    return weights / weights.sum()
