"""Histograms of oriented gradients as documented: one pixel at a time, in float64."""

import math

import numpy as np

SOBEL, PREWITT = (1, 2, 1), (1, 1, 1)
LUMA = (0.299, 0.587, 0.114)


def hog(image, config, mask=None):
    """Return the vector of one picture."""
    image = np.asarray(image, np.float64)
    image = image[:, :, None] if image.ndim == 2 else image
    image = gamma(image, config.gamma)
    image = one_colour(image, config.colour)
    if config.layout != "blocks":
        return cells_as_blocks(image, config, mask)
    return blocks(image, config, mask)


def gamma(image, kind):
    if kind == "sqrt":
        return np.sqrt(image)
    if kind == "log":
        return np.log(1 + image)
    return image if kind == "none" else image**kind


def one_colour(image, colour):
    if colour.startswith("strongest") or image.shape[2] == 1:
        return image
    if colour == "gray":
        return (image * LUMA).sum(axis=2, keepdims=True)
    channel = ("red", "green", "blue").index(colour)
    return image[:, :, channel : channel + 1]


# ---------------------------------------------------------------- gradients and votes


def value(image, y, x, c, border):
    """Return a pixel's value, also beyond the picture; None where nothing may be read."""
    height, width = image.shape[:2]
    if 0 <= y < height and 0 <= x < width:
        return image[y, x, c]
    if border == "skip":
        return None
    if border == "zero":
        return 0.0
    if border == "edge":
        return image[min(max(y, 0), height - 1), min(max(x, 0), width - 1), c]
    y = mirrored(y, height)
    return image[y, mirrored(x, width), c]


def mirrored(at, length):
    if length == 1:
        return 0
    return -at if at < 0 else 2 * (length - 1) - at if at >= length else at


def taps(gradient):
    """Return what a horizontal gradient reads: steps down and right, and weights."""
    if gradient == "forward":
        return [(0, 1, 1), (0, 0, -1)]
    if gradient == "centred":
        return [(0, 1, 1), (0, -1, -1)]
    smoothing = SOBEL if gradient == "sobel" else PREWITT
    return [
        (down, right, sign * smoothing[down + 1])
        for down in (-1, 0, 1)
        for right, sign in ((1, 1), (-1, -1))
    ]


def pixel_gradient(image, config, y, x):
    """Return the gradient of the channel that counts, or None where it may not be read."""
    best = (0.0, 0.0)
    channels = range(image.shape[2])
    for c in reversed(channels) if config.colour == "strongest-last" else channels:
        gx = gy = 0.0
        for down, right, weight in taps(config.gradient):
            across = value(image, y + down, x + right, c, config.border)
            along = value(image, y + right, x + down, c, config.border)
            if across is None or along is None:
                return None
            gx, gy = gx + weight * across, gy + weight * along
        if math.hypot(gx, gy) > math.hypot(*best):
            best = (gx, gy)
    return best


def is_valid(mask, config, y, x):
    """Tell whether a pixel and all that its gradient reads inside the picture are valid."""
    if mask is None:
        return True
    steps = [(0, 0)]
    for down, right, _ in taps(config.gradient):
        steps += [(down, right), (right, down)]
    if config.gradient in ("sobel", "prewitt"):
        steps = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    height, width = mask.shape
    return all(
        mask[y + down, x + right]
        for down, right in steps
        if 0 <= y + down < height and 0 <= x + right < width
    )


def vote(length, config):
    """Return what a gradient of some length counts."""
    return {
        "magnitude": length,
        "square": length**2,
        "sqrt": math.sqrt(length),
        "clipped": min(length, config.vote_limit),
    }[config.vote]


def bins(gx, gy, config, count, signed):
    """Return the bins that a gradient votes into, with their shares."""
    circle = 360 if signed else 180
    angle = math.degrees(math.atan2(gy, gx)) % circle
    # An angle of -1e-17 modulo 180 is 180 to the last digit, and the same as 0
    # only for whoever does not cut the circle there.
    place = min(angle, math.nextafter(circle, 0)) * count / circle
    centred = config.bin_origin == "centre"
    if not config.interpolate_orientation:
        # Halfway between two centres the lower bin gets the vote.
        at = math.ceil(place - 0.5) if centred else min(math.floor(place), count - 1)
        return [(at % count, 1.0)]
    place -= 0 if centred else 0.5
    below = math.floor(place)
    return [(below % count, 1 - (place - below)), ((below + 1) % count, place - below)]


def cells_of(at, cell, interpolate, count):
    """Return the cells along one axis that pixel `at` votes into, with their shares."""
    if not interpolate:
        return [(at // cell, 1.0)] if at // cell < count else []
    place = (at + 0.5) / cell - 0.5
    below = math.floor(place)
    shares = [(below, 1 - (place - below)), (below + 1, place - below)]
    return [(i, share) for i, share in shares if 0 <= i < count]


def histograms(image, config, mask, corner, size, cells, count, signed, weigh):
    """Return the histograms, (cell rows, cell columns, bins), of the pixels of a rectangle."""
    votes = np.zeros((*cells, count))
    for y in range(size[0]):
        for x in range(size[1]):
            at = corner[0] + y, corner[1] + x
            gradient = pixel_gradient(image, config, *at)
            if gradient is None or not is_valid(mask, config, *at):
                continue
            weight = vote(math.hypot(*gradient), config) * weigh(y, x)
            if config.cell_value == "mean":
                weight /= config.cell[0] * config.cell[1]
            for r, share_r in cells_of(y, config.cell[0], config.interpolate_space, cells[0]):
                for c, share_c in cells_of(x, config.cell[1], config.interpolate_space, cells[1]):
                    for b, share_b in bins(*gradient, config, count, signed):
                        votes[r, c, b] += weight * share_r * share_c * share_b
    return votes


# ---------------------------------------------------------------- blocks


def blocks(image, config, mask):
    """Return all blocks, in the order of the settings."""
    height, width = image.shape[:2]
    cells = height // config.cell[0], width // config.cell[1]
    whole = None
    if config.interpolation_scope == "grid":
        whole = histograms(
            image, config, mask, (0, 0), (height, width), cells, config.bins, config.signed, one
        )
    vector = []
    for i, j in block_corners(cells, config):
        values = block(image, config, mask, i, j) if whole is None else part(whole, config, i, j)
        if config.order == "column":
            values = values.transpose(1, 0, 2)
        vector.extend(block_norm(values.ravel(), config))
    return np.array(vector)


def one(y, x):
    return 1.0


def block_corners(cells, config):
    rows = range(0, cells[0] - config.block[0] + 1, config.block_stride[0])
    columns = range(0, cells[1] - config.block[1] + 1, config.block_stride[1])
    if config.order == "column":
        return [(i, j) for j in columns for i in rows]
    return [(i, j) for i in rows for j in columns]


def part(whole, config, i, j):
    return whole[i : i + config.block[0], j : j + config.block[1]]


def block(image, config, mask, i, j):
    corner = i * config.cell[0], j * config.cell[1]
    size = [config.cell[a] * config.block[a] for a in (0, 1)]

    def weigh(y, x):
        return window((y, x), size, config)

    return histograms(
        image, config, mask, corner, size, config.block, config.bins, config.signed, weigh
    )


def window(at, size, config):
    """Return the Gaussian weight of a block's pixel."""
    if config.window_sigma is None:
        return 1.0
    sigmas = config.window_sigma
    sigmas = sigmas if isinstance(sigmas, tuple) else (sigmas, sigmas)
    weight = 1.0
    for a in (0, 1):
        unit = size[a] if config.window_unit == "side" else (size[0] + size[1]) / 2
        centre = size[a] / 2 - (0.5 if config.window_centre == "middle" else 0)
        weight *= math.exp(-(((at[a] - centre) / (sigmas[a] * unit)) ** 2) / 2)
    return weight


def block_norm(values, config):
    if config.norm == "none":
        return values
    n = len(values) if config.epsilon_rule == "per-value" else 1
    if config.norm.startswith("l1"):
        values = values / (np.abs(values).sum() + config.epsilon * n)
        return np.sqrt(values) if config.norm == "l1-sqrt" else values
    values = values / l2(values, config.epsilon * n, config)
    if config.norm == "l2":
        return values
    values = np.minimum(values, config.clip)
    again = config.epsilon if config.second_epsilon is None else config.second_epsilon
    return values / l2(values, again, config)


def l2(values, epsilon, config):
    if config.epsilon_rule == "quadrature":
        return math.sqrt((values**2).sum() + epsilon**2)
    return math.sqrt((values**2).sum()) + epsilon


# ---------------------------------------------------------------- layouts by cell


def cells_as_blocks(image, config, mask):
    """Return the values of every cell: Felzenszwalb's, or VLFeat's after Dalal and Triggs."""
    counts = [math.floor(n / c + 0.5) for n, c in zip(image.shape[:2], config.cell, strict=True)]
    felzenszwalb = config.layout == "felzenszwalb"
    if felzenszwalb:
        image = image[: counts[0] * config.cell[0], : counts[1] * config.cell[1]]
        mask = None if mask is None else mask[: image.shape[0], : image.shape[1]]
    count = 2 * config.bins if felzenszwalb else config.bins
    votes = histograms(
        image, config, mask, (0, 0), image.shape[:2], counts, count, felzenszwalb, one
    )
    values = of_felzenszwalb if felzenszwalb else of_vlfeat
    inner = 1 if felzenszwalb else 0
    return np.concatenate(
        [
            values(votes, config, i, j)
            for i in range(inner, counts[0] - inner)
            for j in range(inner, counts[1] - inner)
        ]
    )


def energy(votes, config, i, j):
    """Return the sum of squares of a cell's unsigned bins; beyond the grid, of the nearest cell."""
    cell = votes[min(max(i, 0), votes.shape[0] - 1), min(max(j, 0), votes.shape[1] - 1)]
    if len(cell) == 2 * config.bins and config.layout == "felzenszwalb":
        cell = cell[: config.bins] + cell[config.bins :]
    return (cell**2).sum()


def scale(votes, config, i, j, down, right):
    """Return 1 / norm of the four cells around a corner of cell (i, j)."""
    total = sum(energy(votes, config, i + y, j + x) for y in {0, down} for x in {0, right})
    return 1 / math.sqrt(total + config.epsilon**2)


def of_felzenszwalb(votes, config, i, j):
    corners = ((1, 1), (-1, 1), (1, -1), (-1, -1))
    scales = [scale(votes, config, i, j, down, right) for down, right in corners]
    signed = votes[i, j]
    unsigned = signed[: config.bins] + signed[config.bins :]
    clipped = np.array([np.minimum(signed * s, config.clip) for s in scales])
    unsigned = np.array([np.minimum(unsigned * s, config.clip) for s in scales])
    texture = 0.5 * math.sqrt(2 / config.bins) * clipped.sum(axis=1)
    return np.concatenate([clipped.sum(axis=0) / 2, unsigned.sum(axis=0) / 2, texture])


def of_vlfeat(votes, config, i, j):
    corners = ((-1, -1), (-1, 1), (1, -1), (1, 1))
    return np.concatenate(
        [
            np.minimum(votes[i, j] * scale(votes, config, i, j, down, right), config.clip)
            for down, right in corners
        ]
    )
