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


# ---------------------------------------------------------------- layers of a network
#
# Images are (N, C, H, W), vectors (N, features), weights as in PyTorch, all in
# float64. Settings are called as in a chain; a pair is (rows, columns).


def both(setting):
    """Return a setting for rows and one for columns."""
    return setting if isinstance(setting, tuple) else (setting, setting)


def kernel_starts(length, size, stride, dilation, padding):
    """Return the first position of a kernel for every output along one axis."""
    span = dilation * (size - 1)
    if padding == "same":
        return [i * stride - span // 2 for i in range(math.ceil(length / stride))]
    return list(range(-padding, length + padding - span, stride))


def conv_starts(x, weight, stride, dilation, padding):
    """Return `kernel_starts` of the rows, and of the columns."""
    settings = both(stride), both(dilation), both(padding)
    lengths = zip(x.shape[2:], weight.shape[2:], *settings, strict=True)
    return [kernel_starts(*one) for one in lengths]


def multiply_adds(x, weight, stride, dilation, padding, groups):
    """Yield, for every product in a convolution, where its y, its x and its weight are."""
    rows, columns = conv_starts(x, weight, stride, dilation, padding)
    filters, seen = weight.shape[:2]
    for n in range(len(x)):
        for f in range(filters):
            first = f // (filters // groups) * seen
            for i, top in enumerate(rows):
                for j, left in enumerate(columns):
                    for c, u, v in np.ndindex(weight.shape[1:]):
                        row, column = top + u * both(dilation)[0], left + v * both(dilation)[1]
                        if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                            yield (n, f, i, j), (n, first + c, row, column), (f, c, u, v)


def conv_forward(x, weight, bias=None, stride=1, dilation=1, padding=0, groups=1):
    """Correlate with every kernel, over all channels of its group."""
    rows, columns = conv_starts(x, weight, stride, dilation, padding)
    y = np.zeros((len(x), len(weight), len(rows), len(columns)))
    if bias is not None:
        y += bias[:, None, None]
    for out, seen, tap in multiply_adds(x, weight, stride, dilation, padding, groups):
        y[out] += x[seen] * weight[tap]
    return y


def conv_backward(x, weight, dy, stride=1, dilation=1, padding=0, groups=1):
    """Return dx, dweight, dbias: every product of the way there sends dy to its two factors."""
    dx, dweight = np.zeros(x.shape), np.zeros(weight.shape)
    for out, seen, tap in multiply_adds(x, weight, stride, dilation, padding, groups):
        dx[seen] += dy[out] * weight[tap]
        dweight[tap] += dy[out] * x[seen]
    return dx, dweight, dy.sum(axis=(0, 2, 3))


def pool_spans(length, size, stride, padding, ceil):
    """Return for every window along one axis its positions, and their number with padding."""
    count = (math.ceil if ceil else math.floor)((length + 2 * padding - size) / stride) + 1
    if ceil and (count - 1) * stride >= length + padding:
        count -= 1
    spans = []
    for first in range(-padding, count * stride - padding, stride):
        end = min(first + size, length + padding)
        spans.append(([at for at in range(first, end) if 0 <= at < length], end - first))
    return spans


def pool_windows(x, size, stride=None, padding=0, ceil=False):
    """Yield every window of a channel: its place, its pixels, and their number with padding."""
    stride = size if stride is None else stride
    rows, columns = (
        pool_spans(x.shape[2 + a], both(size)[a], both(stride)[a], both(padding)[a], ceil)
        for a in (0, 1)
    )
    for i, (tall, height) in enumerate(rows):
        for j, (wide, width) in enumerate(columns):
            yield i, j, [(row, column) for row in tall for column in wide], height * width


def each_channel(x):
    """Yield (n, c) for every channel of every image."""
    return np.ndindex(x.shape[:2])


def window_values(x, value, **settings):
    """Return value(channel, pixels, number with padding) for every window."""
    *_, (rows, columns, _, _) = pool_windows(x, **settings)
    y = np.zeros((*x.shape[:2], rows + 1, columns + 1))
    for n, c in each_channel(x):
        for i, j, pixels, counted in pool_windows(x, **settings):
            y[n, c, i, j] = value(x[n, c], pixels, counted)
    return y


def max_pool_forward(x, size=2, stride=None, padding=0, ceil=False):
    """Return the largest number of every window; the padding never is."""
    return window_values(
        x, lambda image, pixels, _: max(image[at] for at in pixels),
        size=size, stride=stride, padding=padding, ceil=ceil,
    )  # fmt: skip


def max_pool_backward(x, dy, size=2, stride=None, padding=0, ceil=False):
    """Send every dy to the pixel that won, the first one among equals."""
    dx = np.zeros(x.shape)
    for n, c in each_channel(x):
        for i, j, pixels, _ in pool_windows(x, size, stride, padding, ceil):
            winner = max(pixels, key=lambda at, image=x[n, c]: image[at])
            dx[n, c][winner] += dy[n, c, i, j]
    return dx


def average_pool_forward(x, size=2, stride=None, padding=0, ceil=False, count_padding=False):
    """Return the average of every window, over its pixels or its padding too."""
    return window_values(
        x, lambda image, pixels, counted: (
            sum(image[at] for at in pixels) / (counted if count_padding else len(pixels))
        ),
        size=size, stride=stride, padding=padding, ceil=ceil,
    )  # fmt: skip


def average_pool_backward(
    x, dy, size=2, stride=None, padding=0, ceil=False, count_padding=False
):  # fmt: skip
    """Share every dy out evenly among what was averaged."""
    dx = np.zeros(x.shape)
    for n, c in each_channel(x):
        for i, j, pixels, counted in pool_windows(x, size, stride, padding, ceil):
            for at in pixels:
                dx[n, c][at] += dy[n, c, i, j] / (counted if count_padding else len(pixels))
    return dx


def scaled_pool_forward(x, weight, bias, size=2):
    """Return every window's sum, times the channel's weight, plus its bias."""
    sums = window_values(x, lambda image, pixels, _: sum(image[at] for at in pixels), size=size)
    return sums * weight[:, None, None] + bias[:, None, None]


def scaled_pool_backward(x, weight, dy, size=2):
    """Return dx, dweight, dbias."""
    dx, dweight = np.zeros(x.shape), np.zeros(weight.shape)
    for n, c in each_channel(x):
        for i, j, pixels, _ in pool_windows(x, size):
            for at in pixels:
                dx[n, c][at] += dy[n, c, i, j] * weight[c]
                dweight[c] += dy[n, c, i, j] * x[n, c][at]
    return dx, dweight, dy.sum(axis=(0, 2, 3))


def global_pool_forward(x, what="average"):
    """Return (N, C): each channel's average, or its largest number."""
    y = np.zeros(x.shape[:2])
    for n, c in each_channel(x):
        numbers = list(x[n, c].ravel())
        y[n, c] = max(numbers) if what == "max" else sum(numbers) / len(numbers)
    return y


def global_pool_backward(x, dy, what="average"):
    """Send dy to the first largest number, or share it out evenly."""
    dx = np.zeros(x.shape)
    for n, c in each_channel(x):
        if what == "max":
            winner = max(np.ndindex(x.shape[2:]), key=lambda at, image=x[n, c]: image[at])
            dx[n, c][winner] = dy[n, c]
        else:
            dx[n, c] = dy[n, c] / x[n, c].size
    return dx


def dense_forward(x, weight, bias=None):
    """Return y[n, o] = bias[o] + sum over i of weight[o, i] * x[n, i]."""
    y = np.zeros((len(x), len(weight)))
    for n, o in np.ndindex(y.shape):
        y[n, o] = sum(weight[o, i] * x[n, i] for i in range(x.shape[1]))
        y[n, o] += 0 if bias is None else bias[o]
    return y


def dense_backward(x, weight, dy):
    """Return dx, dweight, dbias."""
    dx, dweight = np.zeros(x.shape), np.zeros(weight.shape)
    for n, o in np.ndindex(dy.shape):
        for i in range(x.shape[1]):
            dx[n, i] += dy[n, o] * weight[o, i]
            dweight[o, i] += dy[n, o] * x[n, i]
    return dx, dweight, dy.sum(axis=0)


def flatten_forward(x):
    """Return (N, C * H * W): channel by channel, row by row."""
    return np.array([[x[n][at] for at in np.ndindex(x.shape[1:])] for n in range(len(x))])


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def scaled_tanh(x):
    return 1.7159 * math.tanh(2 / 3 * x)


# By name: the function, and its slope. `slope` is that of leakyrelu below 0.
ACTIVATIONS = {
    "relu": (lambda x: max(x, 0.0), lambda x: float(x > 0)),
    "leakyrelu": (
        lambda x, slope=0.01: x if x > 0 else slope * x,
        lambda x, slope=0.01: 1.0 if x > 0 else slope,
    ),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "scaledtanh": (scaled_tanh, lambda x: 1.7159 * 2 / 3 * (1 - math.tanh(2 / 3 * x) ** 2)),
}


def activation_forward(name, x, **settings):
    """Return the function of every number."""
    function, _ = ACTIVATIONS[name]
    return np.array([function(v, **settings) for v in x.ravel()]).reshape(x.shape)


def activation_backward(name, x, dy, **settings):
    """Return dy times the slope at every number."""
    _, slope = ACTIVATIONS[name]
    return dy * np.array([slope(v, **settings) for v in x.ravel()]).reshape(x.shape)


def batch_norm_forward(
    x, weight, bias, mean, variance, epsilon=1e-5, momentum=0.1, training=True
):  # fmt: skip
    """Return y, and the running mean and variance afterwards."""
    y, mean, variance = np.zeros(x.shape), mean.copy(), variance.copy()
    for c in range(x.shape[1]):
        numbers = x[:, c]
        center, spread = mean[c], variance[c]
        if training:
            center = numbers.sum() / numbers.size
            spread = ((numbers - center) ** 2).sum() / numbers.size
            unbiased = spread * numbers.size / (numbers.size - 1)
            mean[c] += momentum * (center - mean[c])
            variance[c] += momentum * (unbiased - variance[c])
        y[:, c] = weight[c] * (numbers - center) / math.sqrt(spread + epsilon) + bias[c]
    return y, mean, variance


def batch_norm_backward(x, weight, dy, mean, variance, epsilon=1e-5, training=True):
    """Return dx, dweight, dbias (Ioffe and Szegedy 2015, section 3)."""
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(weight.shape)
    for c in range(x.shape[1]):
        numbers, upper, m = x[:, c], dy[:, c], x[:, c].size
        center = numbers.sum() / m if training else mean[c]
        spread = ((numbers - center) ** 2).sum() / m if training else variance[c]
        deviation = math.sqrt(spread + epsilon)
        dweight[c] = (upper * (numbers - center) / deviation).sum()
        dbias[c] = upper.sum()
        dstandard = upper * weight[c]
        dx[:, c] = dstandard / deviation
        if training:
            dspread = (dstandard * (numbers - center)).sum() * -0.5 * deviation**-3
            dcenter = -dstandard.sum() / deviation
            dx[:, c] += dspread * 2 * (numbers - center) / m + dcenter / m
    return dx, dweight, dbias


def neighbours(c, channels, size):
    """Return the channels in the window around channel c."""
    return [d for d in range(c - size // 2, c + (size - 1) // 2 + 1) if 0 <= d < channels]


def response_base(x, n, c, i, j, size, alpha, k):
    squares = sum(x[n, d, i, j] ** 2 for d in neighbours(c, x.shape[1], size))
    return k + alpha / size * squares


def local_response_norm_forward(x, size=5, alpha=1e-4, beta=0.75, k=2.0):
    """Return x / (k + alpha / size * sum of the neighbours' squares) ** beta."""
    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        y[at] = x[at] / response_base(x, *at, size, alpha, k) ** beta
    return y


def local_response_norm_backward(x, dy, size=5, alpha=1e-4, beta=0.75, k=2.0):
    """Send every dy to the channel itself, and to all whose squares it was divided by."""
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(x.shape):
        base = response_base(x, n, c, i, j, size, alpha, k)
        dx[n, c, i, j] += dy[n, c, i, j] / base**beta
        dbase = dy[n, c, i, j] * x[n, c, i, j] * -beta * base ** (-beta - 1)
        for d in neighbours(c, x.shape[1], size):
            dx[n, d, i, j] += dbase * alpha / size * 2 * x[n, d, i, j]
    return dx


def softmax_cross_entropy(scores, labels, smoothing=0.0):
    """Return the mean of -sum(truth * log(softmax)), and the gradient (softmax - truth) / N."""
    loss, gradient = 0.0, np.zeros(scores.shape)
    count, classes = scores.shape
    for n in range(count):
        total = sum(math.exp(score) for score in scores[n])
        for k in range(classes):
            truth = smoothing / classes + (1 - smoothing) * (k == labels[n])
            share = math.exp(scores[n, k]) / total
            loss -= truth * math.log(share) / count
            gradient[n, k] = (share - truth) / count
    return loss, gradient


def mean_squared_error(y, target):
    """Return the mean of the squared differences, and the gradient."""
    differences = [a - b for a, b in zip(y.ravel(), target.ravel(), strict=True)]
    loss = sum(d * d for d in differences) / len(differences)
    return loss, np.array([2 * d / len(differences) for d in differences]).reshape(y.shape)
