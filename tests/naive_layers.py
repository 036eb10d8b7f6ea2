"""The plain definitions of layers, called by a layer's text in a chain."""

import numpy as np

import naive

POSITIONAL = {
    "conv": ("filters", "kernel"),
    "dense": ("units",),
    "maxpool": ("size",),
    "avgpool": ("size",),
    "scaledpool": ("size",),
    "globalpool": ("what",),
    "leakyrelu": ("slope",),
    "dropout": ("rate",),
    "localresponsenorm": ("size",),
}
# The weights have these.
UNUSED = ("filters", "kernel", "units", "bias", "rate")


def settings_of(text):
    """Return a layer's kind, and its settings as numbers, pairs and words."""
    kind, *words = text.split(":")
    kind = {"averagepool": "avgpool"}.get(kind, kind)
    names = iter(POSITIONAL.get(kind, ()))
    pairs = (word.split("=") if "=" in word else (next(names), word) for word in words)
    return kind, {name: value(word) for name, word in pairs if name not in UNUSED}


def value(word):
    if word in ("yes", "no"):
        return word == "yes"
    parts = word.split("/")
    if not parts[0][0].isdigit():
        return word
    numbers = tuple(float(part) if "." in part or "e" in part else int(part) for part in parts)
    return numbers if len(numbers) > 1 else numbers[0]


def plainly(text, x, dy, parameters, state, *, training=True):
    """Return y, dx, gradients and state afterwards of one layer; dropout as in evaluation."""
    kind, settings = settings_of(text)
    if kind == "batchnorm":
        return _batch_norm(x, dy, parameters, state, training, settings)
    forward, backward = _functions(kind)
    weight = [parameters["weight"]] if parameters else []
    y = forward(x, *parameters.values(), **settings)
    dx, *others = _tuple(backward(x, *weight, dy, **settings))
    return y, dx, dict(zip(parameters, others, strict=False)), {}


def _tuple(found):
    return found if isinstance(found, tuple) else (found,)


def _batch_norm(x, dy, parameters, state, training, settings):
    y, *after = naive.batch_norm_forward(
        x, **parameters, **state, training=training, **settings
    )  # fmt: skip
    settings.pop("momentum", None)
    dx, *gradients = naive.batch_norm_backward(
        x, parameters["weight"], dy, **state, training=training, **settings
    )
    names = (parameters, state)
    found = (dict(zip(n, v, strict=True)) for n, v in zip(names, (gradients, after), strict=True))
    return y, dx, *found


def _functions(kind):
    """Return forward(x, *parameters) and backward(x, [weight,] dy)."""
    if kind in naive.ACTIVATIONS:
        return (
            lambda x, **settings: naive.activation_forward(kind, x, **settings),
            lambda x, dy, **settings: naive.activation_backward(kind, x, dy, **settings),
        )
    return {
        "conv": (naive.conv_forward, naive.conv_backward),
        "maxpool": (naive.max_pool_forward, naive.max_pool_backward),
        "avgpool": (naive.average_pool_forward, naive.average_pool_backward),
        "scaledpool": (naive.scaled_pool_forward, naive.scaled_pool_backward),
        "globalpool": (naive.global_pool_forward, naive.global_pool_backward),
        "dense": (naive.dense_forward, naive.dense_backward),
        "flatten": (naive.flatten_forward, lambda x, dy: dy.reshape(x.shape)),
        "dropout": (np.copy, lambda x, dy: dy.copy()),
        "localresponsenorm": (
            naive.local_response_norm_forward, naive.local_response_norm_backward,
        ),
    }[kind]  # fmt: skip
