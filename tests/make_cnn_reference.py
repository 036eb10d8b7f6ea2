"""Write cnn_reference.npz: what PyTorch 2.13 computes for every layer, in float64.

    python tests/make_cnn_reference.py

Run by hand, where PyTorch is installed; the tests only read the file. Arrays
are laid out as PyTorch has them, and named by what they belong to:

layer/CASE/     text (of the layer, as in a chain), training (bool), x, y,
                dy (random), dx, parameter/KEY, gradient/KEY and, of batch norm,
                state/KEY before the pass and new_state/KEY after it
loss/CASE/      scores and labels, or y and target; smoothing; loss, gradient
network/CASE/   text (not of branches), x, labels, scores, loss (the mean cross-
                entropy), dx, parameter/NODE.KEY, gradient/NODE.KEY, state, new_state
optimizer/CASE/ start, gradients (steps, n), rate, decay, places (steps, n): where
                the vector is after each step

What PyTorch is given is drawn at random and stored as float16, which holds it
exactly: convert it to float64 before computing.
"""

import zlib
from pathlib import Path

import numpy as np
import torch
from torch import nn

PATH = Path(__file__).with_name("cnn_reference.npz")
STEPS = 3


class GlobalPool(nn.Module):
    def __init__(self, pool):
        super().__init__()
        self.pool = pool

    def forward(self, x):
        return self.pool(x).flatten(1)


class ScaledPool(nn.Module):
    """Sub-sampling in LeNet-5 (LeCun et al. 1998): a window's sum, scaled and shifted."""

    def __init__(self, channels, size):
        super().__init__()
        self.sum = nn.AvgPool2d(size, divisor_override=1)
        self.weight = nn.Parameter(torch.empty(channels))
        self.bias = nn.Parameter(torch.empty(channels))

    def forward(self, x):
        return self.sum(x) * self.weight[:, None, None] + self.bias[:, None, None]


class ScaledTanh(nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(2 / 3 * x)


class Branches(nn.Module):
    """x -> conv1 -> conv2 -> add1(conv2, conv1) -> relu -> globalpool -> dense1."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.dense1 = nn.Linear(4, 5)

    def forward(self, x):
        trunk = self.conv1(x)
        return self.dense1(torch.relu(self.conv2(trunk) + trunk).mean(dim=(2, 3)))


MAPS = (2, 4, 7, 9)
# name: (text, module, shape of x)
LAYERS = {
    "conv_1x1": ("conv:5:1", nn.Conv2d(4, 5, 1), MAPS),
    "conv_3x3": ("conv:5:3", nn.Conv2d(4, 5, 3), MAPS),
    "conv_3x3_one_channel": ("conv:6:3", nn.Conv2d(1, 6, 3), (3, 1, 6, 6)),
    "conv_5x5_padding2": ("conv:3:5:padding=2", nn.Conv2d(4, 3, 5, padding=2), MAPS),
    "conv_3x5": ("conv:3:3/5", nn.Conv2d(4, 3, (3, 5)), MAPS),
    "conv_3x5_padding12": (
        "conv:3:3/5:padding=1/2", nn.Conv2d(4, 3, (3, 5), padding=(1, 2)), MAPS,
    ),
    "conv_1x1_stride2_no_bias": (
        "conv:5:1:stride=2:bias=no", nn.Conv2d(4, 5, 1, 2, bias=False), MAPS,
    ),
    "conv_3x3_stride2": ("conv:5:3:stride=2", nn.Conv2d(4, 5, 3, 2), MAPS),
    "conv_3x3_stride21": (
        "conv:3:3:stride=2/1:padding=1/2", nn.Conv2d(4, 3, 3, (2, 1), (1, 2)), MAPS,
    ),
    "conv_3x3_dilation2": ("conv:3:3:dilation=2", nn.Conv2d(4, 3, 3, dilation=2), MAPS),
    "conv_3x3_dilation2_stride2_padding2": (
        "conv:3:3:stride=2:dilation=2:padding=2", nn.Conv2d(4, 3, 3, 2, 2, 2), MAPS,
    ),
    "conv_3x3_no_bias": ("conv:5:3:bias=no", nn.Conv2d(4, 5, 3, bias=False), MAPS),
    "conv_3x3_groups2": ("conv:6:3:groups=2", nn.Conv2d(4, 6, 3, groups=2), MAPS),
    "conv_5x5_groups2_padding2_no_bias": (
        "conv:6:5:padding=2:groups=2:bias=no",
        nn.Conv2d(4, 6, 5, padding=2, groups=2, bias=False), MAPS,
    ),
    "conv_3x3_depthwise": ("conv:8:3:groups=4", nn.Conv2d(4, 8, 3, groups=4), MAPS),
    "conv_4x4_same": ("conv:3:4:padding=same", nn.Conv2d(4, 3, 4, padding="same"), MAPS),
    "conv_1x4_dilation2_same": (
        "conv:3:1/4:dilation=1/2:padding=same",
        nn.Conv2d(4, 3, (1, 4), dilation=(1, 2), padding="same"), MAPS,
    ),
    "conv_everything": (
        "conv:4:3/5:stride=2/1:dilation=2/1:padding=1/2:groups=2",
        nn.Conv2d(4, 4, (3, 5), (2, 1), (1, 2), (2, 1), 2), MAPS,
    ),
    "maxpool_2": ("maxpool:2", nn.MaxPool2d(2), MAPS),
    "maxpool_2_ceil": ("maxpool:2:ceil=yes", nn.MaxPool2d(2, ceil_mode=True), MAPS),
    "maxpool_3_stride2": ("maxpool:3:stride=2", nn.MaxPool2d(3, 2), MAPS),
    "maxpool_3_stride2_padding1": (
        "maxpool:3:stride=2:padding=1", nn.MaxPool2d(3, 2, 1), (2, 4, 8, 6),
    ),
    "maxpool_3_stride2_ceil": (
        "maxpool:3:stride=2:ceil=yes", nn.MaxPool2d(3, 2, ceil_mode=True), (2, 4, 8, 6),
    ),
    "maxpool_2x3_stride12": (
        "maxpool:2/3:stride=1/2:padding=0/1", nn.MaxPool2d((2, 3), (1, 2), (0, 1)), MAPS,
    ),
    "averagepool_2": ("averagepool:2", nn.AvgPool2d(2), MAPS),
    "averagepool_3_stride2": ("averagepool:3:stride=2", nn.AvgPool2d(3, 2), MAPS),
    "averagepool_3_stride2_padding1": (
        "averagepool:3:stride=2:padding=1",
        nn.AvgPool2d(3, 2, 1, count_include_pad=False), (2, 4, 8, 6),
    ),
    "averagepool_3_stride2_padding1_counted": (
        "averagepool:3:stride=2:padding=1:count_padding=yes",
        nn.AvgPool2d(3, 2, 1, count_include_pad=True), (2, 4, 8, 6),
    ),
    "averagepool_3_stride2_ceil": (
        "averagepool:3:stride=2:ceil=yes",
        nn.AvgPool2d(3, 2, ceil_mode=True, count_include_pad=False), (2, 4, 8, 6),
    ),
    "averagepool_3_stride2_padding1_ceil_counted": (
        "averagepool:3:stride=2:padding=1:ceil=yes:count_padding=yes",
        nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=True), (2, 4, 8, 6),
    ),
    "globalpool": ("globalpool", GlobalPool(nn.AdaptiveAvgPool2d(1)), MAPS),
    "globalpool_max": ("globalpool:max", GlobalPool(nn.AdaptiveMaxPool2d(1)), MAPS),
    "scaledpool_2": ("scaledpool:2", ScaledPool(4, 2), MAPS),
    "dense": ("dense:5", nn.Linear(7, 5), (3, 7)),
    "dense_no_bias": ("dense:5:bias=no", nn.Linear(7, 5, bias=False), (3, 7)),
    "flatten": ("flatten", nn.Flatten(), (2, 3, 4, 5)),
    "relu": ("relu", nn.ReLU(), (2, 3, 4, 5)),
    "relu_vectors": ("relu", nn.ReLU(), (3, 7)),
    "leakyrelu": ("leakyrelu", nn.LeakyReLU(), (2, 3, 4, 5)),
    "leakyrelu_02": ("leakyrelu:0.2", nn.LeakyReLU(0.2), (2, 3, 4, 5)),
    "sigmoid": ("sigmoid", nn.Sigmoid(), (2, 3, 4, 5)),
    "tanh": ("tanh", nn.Tanh(), (2, 3, 4, 5)),
    "scaledtanh": ("scaledtanh", ScaledTanh(), (2, 3, 4, 5)),
    "batchnorm": ("batchnorm", nn.BatchNorm2d(3), (4, 3, 4, 5)),
    "batchnorm_settings": (
        "batchnorm:epsilon=0.01:momentum=0.3", nn.BatchNorm2d(3, 0.01, 0.3), (4, 3, 4, 5),
    ),
    "batchnorm_vectors": ("batchnorm", nn.BatchNorm1d(7), (5, 7)),
    "batchnorm_evaluation": ("batchnorm", nn.BatchNorm2d(3).eval(), (4, 3, 4, 5)),
    "dropout_evaluation": ("dropout:0.5", nn.Dropout(0.5).eval(), (3, 7)),
    "localresponsenorm": (
        "localresponsenorm", nn.LocalResponseNorm(5, 1e-4, 0.75, 2.0), (2, 7, 3, 4),
    ),
    "localresponsenorm_3": (
        "localresponsenorm:3:alpha=0.5:beta=0.6:k=1",
        nn.LocalResponseNorm(3, 0.5, 0.6, 1.0), (2, 7, 3, 4),
    ),
    "localresponsenorm_4": (
        "localresponsenorm:4:alpha=0.5", nn.LocalResponseNorm(4, 0.5, 0.75, 2.0), (2, 7, 3, 4),
    ),
}  # fmt: skip

# name: (text, modules by the names of their nodes, shape of x)
NETWORKS = {
    "lenet5": (
        "conv:6:5:padding=2,relu,maxpool:2,conv:16:5,relu,maxpool:2,"
        "flatten,dense:120,relu,dense:84,relu,dense:10",
        nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
            nn.Linear(84, 10),
        ),
        (3, 1, 28, 28),
    ),
    "batchnorm": (
        "conv:6:3:padding=1:bias=no,maxpool:2,batchnorm,relu,"
        "conv:8:3:stride=2:groups=2:bias=no,batchnorm,relu,globalpool,dense:10",
        nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.MaxPool2d(2), nn.BatchNorm2d(6),
            nn.ReLU(), nn.Conv2d(6, 8, 3, 2, groups=2, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
            GlobalPool(nn.AdaptiveAvgPool2d(1)), nn.Linear(8, 10),
        ),
        (4, 3, 12, 12),
    ),
    "branches": ("", Branches(), (3, 2, 6, 7)),
}  # fmt: skip

# name: (rate, decay, what makes the optimizer)
OPTIMIZERS = {
    "sgd": (0.1, 0.05, lambda p, **s: torch.optim.SGD(p, momentum=0.9, **s)),
    "nesterov": (0.1, 0.05, lambda p, **s: torch.optim.SGD(p, momentum=0.9, nesterov=True, **s)),
    "adamw": (0.01, 0.1, torch.optim.AdamW),
}


def rng_of(name):
    """Return a generator of its own, so that a new case changes no other."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def draw(rng, shape, scale=1.0):
    return (scale * rng.standard_normal(shape)).astype(np.float16)


def tensor(array, **settings):
    return torch.tensor(array.astype(np.float64), **settings)


def fill(module, rng):
    """Give a module random parameters and statistics."""
    for values in module.parameters():
        inputs = max(1, values[0].numel())
        values.data = tensor(draw(rng, tuple(values.shape), 1 / np.sqrt(inputs)))
    for key, values in module.named_buffers():
        drawn = draw(rng, tuple(values.shape))
        if key.endswith("running_var"):
            drawn = np.abs(drawn) + np.float16(0.5)
        if not key.endswith("num_batches_tracked"):
            values.data = tensor(drawn)


def statistics(module):
    names = {"running_mean": "mean", "running_var": "variance"}
    for key, values in module.named_buffers():
        owner, _, kind = key.rpartition(".")
        if kind in names:
            yield f"{owner}.{names[kind]}".strip("."), values.numpy().copy()


def inputs_of(module, x):
    """Return what a pass is given, exact in float16."""
    found = {"x": x}
    found |= {f"parameter/{k}": v.detach().numpy() for k, v in module.named_parameters()}
    found |= {f"state/{k}": v for k, v in statistics(module)}
    return {key: np.array(value, np.float16) for key, value in found.items()}


def outputs_of(module, x):
    """Return what a pass has left behind, in float64."""
    found = {"dx": x.grad.numpy()}
    found |= {f"gradient/{k}": v.grad.numpy() for k, v in module.named_parameters()}
    return found | {f"new_state/{k}": v for k, v in statistics(module)}


def layer_case(name, text, module, shape):
    rng = rng_of(name)
    fill(module, rng)
    x = draw(rng, shape)
    found = {"text": text, "training": module.training, **inputs_of(module, x)}
    x = tensor(x, requires_grad=True)
    y = module(x)
    dy = draw(rng, tuple(y.shape))
    y.backward(tensor(dy))
    return found | {"y": y.detach().numpy(), "dy": dy} | outputs_of(module, x)


def loss_cases():
    rng = rng_of("loss")
    drawn, labels = draw(rng, (5, 6), 2.0), rng.integers(0, 6, 5)
    for name, smoothing in (("cross_entropy", 0.0), ("cross_entropy_smoothing", 0.1)):
        scores = tensor(drawn, requires_grad=True)
        loss = nn.functional.cross_entropy(scores, torch.tensor(labels), label_smoothing=smoothing)
        loss.backward()
        yield name, {
            "scores": drawn, "labels": labels, "smoothing": smoothing,
            "loss": loss.item(), "gradient": scores.grad.numpy(),
        }  # fmt: skip
    target = draw(rng, (5, 6))
    y = tensor(drawn, requires_grad=True)
    loss = nn.functional.mse_loss(y, tensor(target))
    loss.backward()
    yield "mean_squared_error", {
        "y": drawn, "target": target, "loss": loss.item(), "gradient": y.grad.numpy(),
    }  # fmt: skip


def named(text, modules):
    """Return a chain's modules under the names that their nodes have: conv1, relu1, ..."""
    if not text:
        return modules
    network, counts = nn.Sequential(), {}
    for step, module in zip(text.split(","), modules, strict=True):
        kind = step.partition(":")[0]
        counts[kind] = counts.get(kind, 0) + 1
        network.add_module(f"{kind}{counts[kind]}", module)
    return network


def network_case(name, text, modules, shape):
    network, rng = named(text, modules), rng_of(name)
    fill(network, rng)
    x = draw(rng, shape)
    found = {"text": text} | inputs_of(network, x)
    x = tensor(x, requires_grad=True)
    scores = network(x)
    labels = rng.integers(0, scores.shape[1], len(scores))
    loss = nn.functional.cross_entropy(scores, torch.tensor(labels))
    loss.backward()
    found |= {"labels": labels, "scores": scores.detach().numpy(), "loss": loss.item()}
    return found | outputs_of(network, x)


def optimizer_case(name, rate, decay, make):
    rng = rng_of(name)
    start, gradients = draw(rng, 20), draw(rng, (STEPS, 20))
    vector = tensor(start, requires_grad=True)
    optimizer, places = make([vector], lr=rate, weight_decay=decay), []
    for gradient in gradients:
        vector.grad = tensor(gradient)
        optimizer.step()
        places.append(vector.detach().numpy().copy())
    return {"start": start, "gradients": gradients, "rate": rate, "decay": decay,
            "places": np.array(places)}  # fmt: skip


def main():
    torch.set_default_dtype(torch.float64)
    torch.use_deterministic_algorithms(True)
    cases = {f"layer/{name}": layer_case(name, *case) for name, case in LAYERS.items()}
    cases |= {f"loss/{name}": case for name, case in loss_cases()}
    cases |= {f"network/{name}": network_case(name, *case) for name, case in NETWORKS.items()}
    cases |= {f"optimizer/{name}": optimizer_case(name, *c) for name, c in OPTIMIZERS.items()}
    arrays = {f"{case}/{key}": v for case, found in cases.items() for key, v in found.items()}
    np.savez_compressed(PATH, **arrays)


if __name__ == "__main__":
    main()
