"""Training and judging with CNNs, on all cores.

Against PyTorch's loop over tensors in memory, without a DataLoader: of 1 or 2
threads, NCHW or channels-last, the fastest is shown. Edgewise's times include
gathering and normalising 8-bit pictures. Pictures are random: their content
does not change the work.

What was tried, with LeNet-5 and batches of 64: a thread for each half of the
batch, first with some sixty calls of loops and NumPy in a step, took 2.2 s an
epoch on two threads and 1.9 s on one, because a thread that comes back from a
loop has to wait for Python's lock, and to be woken; with one loop for a whole
layer 1.2 s and 1.7 s; with memory aligned to cache lines 1.1 s and 1.6 s. With
batches of 128 the halves may have 64 pictures: 0.9 s and 1.7 s.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import product

import numpy as np

from edgewise.models.cnn import CnnModel, Network, Normalization, fit

from .timing import Row, compare, wanting
from .torch_network import torch, torch_network

SHAPES = {"lenet5": (1, 28, 28), "small": (1, 28, 28), "quick": (3, 32, 32)}

# network, batch, pictures of an epoch
EPOCHS = (
    ("lenet5", 64, 60_000),
    ("lenet5", 128, 60_000),
    ("small", 64, 3_000),
    ("small", 128, 3_000),
    ("quick", 64, 3_000),
    ("quick", 128, 3_000),
)
# What is wanted of rows: PyTorch's time, and that of one thread, in multiples of ours.
LIMITS = {
    "lenet5, epoch of 60,000, batch 64 | PyTorch": 2.5,
    "lenet5, epoch of 60,000, batch 128 | PyTorch": 2.2,
    "lenet5, epoch of 60,000, batch 64, 2 threads": 1.8,
    "lenet5, epoch of 60,000, batch 128, 2 threads": 1.8,
}


def run(repeat: int) -> list[Row]:
    """Time training epochs, judging, growth with threads, and compiling."""
    rounds = min(repeat, 5)
    rows = [_epoch(*epoch, rounds) for epoch in EPOCHS]
    rows.append(_judging(rounds))
    rows += [_growth(*epoch, rounds) for epoch in EPOCHS]
    rows = wanting(rows, LIMITS)
    return [*rows, _compiling()]


def _pictures(name: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    channels, height, width = SHAPES[name]
    images = rng.integers(0, 256, (count, height, width, channels), np.uint8)
    return images, rng.integers(0, 10, count)


def _epoch(name: str, batch: int, count: int, rounds: int) -> Row:
    images, labels = _pictures(name, count)
    network = Network.from_spec(name, SHAPES[name], classes=10)
    peers = _ways(lambda threads, last: _torch_epoch(network, images, labels, batch, threads, last))
    work = f"{name}, epoch of {count:,}, batch {batch}"
    return _fastest(
        compare(work, lambda: fit(network, images, labels, epochs=1, batch=batch), peers, rounds)
    )


def _ways(call: Callable[[int, bool], Callable]) -> dict[str, Callable | None]:
    """Return PyTorch's calls for both numbers of threads and both layouts."""
    if torch is None:
        return {"PyTorch": None}
    return {
        f"PyTorch, {_words(threads, last)}": call(threads, last)
        for threads, last in product((1, 2), (False, True))
    }


def _words(threads: int, channels_last: bool) -> str:
    layout = "channels-last" if channels_last else "NCHW"
    return f"{threads} thread{'s' if threads > 1 else ''}, {layout}"


def _fastest(rows: list[Row]) -> Row:
    return min(rows, key=lambda row: row.peer_s)


def _laid_out(network: Network, images: np.ndarray, channels_last: bool):
    layout = torch.channels_last if channels_last else torch.contiguous_format
    x = torch.from_numpy(np.ascontiguousarray(np.moveaxis(images, 3, 1), np.float32)) / 255
    return torch_network(network).to(memory_format=layout), x.to(memory_format=layout)


def _torch_epoch(
    network: Network, images, labels, batch: int, threads: int, channels_last: bool
) -> Callable:
    module, x = _laid_out(network, images, channels_last)
    y = torch.from_numpy(labels)
    loss_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(
        module.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4
    )

    def epoch() -> None:
        torch.set_num_threads(threads)
        module.train()
        order = torch.randperm(len(x))
        for start in range(0, len(x), batch):
            picks = order[start : start + batch]
            optimizer.zero_grad(set_to_none=True)
            loss_of(module(x[picks]), y[picks]).backward()
            optimizer.step()

    return epoch


def _judging(rounds: int) -> Row:
    images, _ = _pictures("lenet5", 20_000)
    network = Network.from_spec("lenet5", SHAPES["lenet5"], classes=10)
    model = CnnModel(network, tuple("0123456789"), Normalization.of(images))
    peers = _ways(lambda threads, last: _torch_judging(network, images, threads, last))
    work = "lenet5, judging 20,000 pictures, batch 256"
    return _fastest(compare(work, lambda: model.judge_images(images), peers, rounds))


def _torch_judging(network: Network, images, threads: int, channels_last: bool) -> Callable:
    module, x = _laid_out(network, images, channels_last)
    module.eval()

    def judge() -> None:
        torch.set_num_threads(threads)
        with torch.inference_mode():
            for start in range(0, len(x), 256):
                module(x[start : start + 256])

    return judge


def _growth(name: str, batch: int, count: int, rounds: int) -> Row:
    images, labels = _pictures(name, count)
    network = Network.from_spec(name, SHAPES[name], classes=10)

    def epoch(threads: int) -> Callable:
        return lambda: fit(network, images, labels, epochs=1, batch=batch, threads=threads)

    work = f"{name}, epoch of {count:,}, batch {batch}, 2 threads"
    return compare(work, epoch(2), {"Edgewise, 1 thread": epoch(1)}, rounds)[0]


def _compiling() -> Row:
    """Return the seconds from an empty cache until everything is compiled."""
    code = (
        "from edgewise.models.cnn import Network;"
        "from edgewise.models.cnn.training.warming import warm_up;"
        "warm_up(Network.from_spec('small', (1, 28, 28), classes=10));"
        "warm_up(Network.from_spec('lenet5', (1, 28, 28), classes=10))"
    )
    seconds = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as cache:
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", code],
                env={**os.environ, "EDGEWISE_CACHE_DIR": cache},
                check=True,
                capture_output=True,
            )
            seconds.append(time.perf_counter() - start)
    return Row("compiling all that training needs, cold", "", statistics.median(seconds), 0.0, 0.0)
