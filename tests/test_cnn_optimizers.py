"""Optimizers against their formulas written plainly, and learning rates."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import EdgewiseError
from edgewise.models.cnn.training.optimizers import AdamW, Sgd
from edgewise.models.cnn.training.schedules import SCHEDULES, WARM_UP
from edgewise.models.cnn.training.settings import TrainingSettings

STEPS = 5


def course(rng, dtype=np.float64):
    """Return parameters, gradients of some steps, rates, and the decay of each parameter."""
    start, gradients = rng.normal(size=40), rng.normal(size=(STEPS, 40))
    decay = np.where(np.arange(40) < 30, 0.05, 0)
    rates = [0.1, 0.2, 0.05, 0.01, 0.3]
    return start.astype(dtype), gradients.astype(dtype), rates, decay.astype(dtype)


def gone(optimizer, start, gradients, rates, decay):
    """Return the parameters after each step of an optimizer."""
    vector, places = start.copy(), []
    for gradient, rate in zip(gradients, rates, strict=True):
        optimizer.step(vector, gradient, rate, decay)
        places.append(vector.copy())
    return np.array(places)


def sgd_plainly(start, gradients, rates, decay, momentum, nesterov):
    """Return what torch.optim.SGD documents."""
    w, buffer, places = start.copy(), None, []
    for g, rate in zip(gradients, rates, strict=True):
        g = g + decay * w
        buffer = g.copy() if buffer is None else momentum * buffer + g
        w = w - rate * (g + momentum * buffer if nesterov else buffer)
        places.append(w)
    return np.array(places)


def adamw_plainly(start, gradients, rates, decay, beta1, beta2, epsilon):
    """Return what torch.optim.AdamW documents."""
    w, m, v, places = start.copy(), 0.0, 0.0, []
    for t, (g, rate) in enumerate(zip(gradients, rates, strict=True), start=1):
        w = w - rate * decay * w
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        w = w - rate * m_hat / (np.sqrt(v_hat) + epsilon)
        places.append(w)
    return np.array(places)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize(("momentum", "nesterov"), [(0.9, True), (0.9, False), (0.0, False)])
def test_sgd(rng, dtype, rtol, momentum, nesterov):
    given = course(rng, dtype)
    expected = sgd_plainly(*given, momentum, nesterov)
    found = gone(Sgd(momentum, nesterov), *given)
    assert_array_equal(found.dtype, dtype)
    assert_allclose(found, expected, rtol=rtol, atol=rtol)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.8, 0.95)])
def test_adamw(rng, dtype, rtol, betas):
    given = course(rng, dtype)
    expected = adamw_plainly(*given, *betas, 1e-8)
    assert_allclose(gone(AdamW(*betas), *given), expected, rtol=rtol, atol=rtol)


def test_adamw_stands_still_where_there_is_no_slope(rng):
    start, gradients, rates, _ = course(rng, np.float32)
    found = gone(AdamW(), start, gradients * 0, rates, np.zeros(40, np.float32))
    assert_array_equal(found[-1], start)


@pytest.mark.parametrize("kind", [Sgd, AdamW])
def test_an_optimizer_goes_on_from_its_memory(rng, kind):
    start, gradients, rates, decay = course(rng, np.float32)
    whole = gone(kind(), start, gradients, rates, decay)
    first = kind()
    middle = gone(first, start, gradients[:2], rates[:2], decay)[-1]
    second = kind(memory={k: a.copy() for k, a in first.memory.items()}, steps=first.steps)
    assert_array_equal(gone(second, middle, gradients[2:], rates[2:], decay), whole[2:])


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_rate_is_a_share_of_the_largest(name):
    shares = np.array([SCHEDULES[name](done) for done in np.linspace(0, 1, 1001)])
    assert shares.min() >= 0
    assert_allclose(shares.max(), 1)


@pytest.mark.parametrize(
    ("name", "done", "share"),
    [
        ("one-cycle", 0, 0.04),
        ("one-cycle", WARM_UP / 2, 0.52),
        ("one-cycle", WARM_UP, 1),
        ("one-cycle", (1 + WARM_UP) / 2, 0.5),
        ("one-cycle", 1, 0),
        ("cosine", 0, 1),
        ("cosine", 1 / 3, 0.75),
        ("cosine", 0.5, 0.5),
        ("cosine", 1, 0),
        ("step", 0.49, 1),
        ("step", 0.5, 0.1),
        ("step", 0.74, 0.1),
        ("step", 0.75, 0.01),
        ("step", 1, 0.01),
        ("constant", 0, 1),
        ("constant", 1, 1),
    ],
)
def test_schedules(name, done, share):
    assert_allclose(SCHEDULES[name](done), share, atol=1e-12)


def test_the_rate_of_each_step():
    settings = TrainingSettings(epochs=2, rate=0.4, schedule="cosine")
    found = [settings.rate_at(step, 4) for step in range(4)]
    assert_allclose(found, 0.2 * (1 + np.cos(np.pi * np.array([1, 3, 5, 7]) / 8)))


@pytest.mark.parametrize(
    ("optimizer", "rate", "decay"), [("sgd", 0.05, 5e-4), ("adamw", 0.003, 0.01)]
)
def test_rate_and_decay_left_out(optimizer, rate, decay):
    settings = TrainingSettings(epochs=1, optimizer=optimizer)
    assert_array_equal((settings.rate, settings.decay), (rate, decay))
    assert_array_equal(TrainingSettings(epochs=1, optimizer=optimizer, decay=0.0).decay, 0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"optimizer": "adam"}, 'no optimizer "adam"; did you mean "adamw"'),
        ({"schedule": "onecycle"}, 'no schedule "onecycle"; did you mean "one-cycle"'),
        ({"epochs": 0}, "epochs is 0; it is 1 or more"),
        ({"batch": 0}, "batch is 0; it is 1 or more"),
        ({"seed": -1}, "seed is -1; it is 0 or more"),
        ({"rate": 0.0}, "rate is 0.0; it is above 0, and mostly below 1"),
        ({"rate": float("nan")}, "rate is nan; it is above 0, and mostly below 1"),
        ({"rate": float("inf")}, "rate is inf; it is above 0, and mostly below 1"),
        ({"rate": 1e39}, "rate is 1e\\+39; it is above 0, and mostly below 1"),
        ({"decay": -0.1}, "decay is -0.1; it is 0 or more"),
        ({"smoothing": 1.0}, "smoothing is 1.0; it is at least 0 and below 1"),
        ({"averaging": 1.0}, "averaging is 1.0; it is at least 0 and below 1"),
        ({"patience": 0}, "patience is 0; it is 1 or more"),
        ({"augment": "flop"}, 'step 1, "flop": no such augmentation; did you mean "flip"'),
    ],
)
def test_settings_that_make_no_sense(settings, message):
    with pytest.raises(EdgewiseError, match=message):
        TrainingSettings(**{"epochs": 1, **settings})
