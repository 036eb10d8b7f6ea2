"""LeNet-5 on MNIST in plain PyTorch, as one would write it: data in memory, channels-last.

python benchmarks/train_lenet_torch.py FOLDER
"""

import gzip
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

torch: Any = import_module("torch")
nn = torch.nn

BATCH, EPOCHS, RATE = 128, 3, 0.1


def read(folder: Path, part: str):
    with gzip.open(folder / f"mnist-{part}-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 1, 28, 28)
    with gzip.open(folder / f"mnist-{part}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8).astype(np.int64)
    x = (torch.from_numpy(images.astype(np.float32)) - 33.3) / 78.6
    return x.to(memory_format=torch.channels_last), torch.from_numpy(labels)


def main() -> None:
    torch.manual_seed(0)
    folder = Path(sys.argv[1])
    (x, y), (unseen, truth) = read(folder, "train"), read(folder, "t10k")
    network = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.MaxPool2d(2), nn.ReLU(),
        nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    ).to(memory_format=torch.channels_last)  # fmt: skip
    loss_of = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(
        network.parameters(), lr=RATE, momentum=0.9, nesterov=True, weight_decay=5e-4
    )
    steps = EPOCHS * -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, steps, cycle_momentum=False)
    for _ in range(EPOCHS):
        order = torch.randperm(len(x))
        for start in range(0, len(x), BATCH):
            picks = order[start : start + BATCH]
            optimizer.zero_grad(set_to_none=True)
            loss_of(network(x[picks]), y[picks]).backward()
            optimizer.step()
            schedule.step()
    with torch.inference_mode():
        right = (network(unseen).argmax(dim=1) == truth).float().mean()
    print(json.dumps({"test": {"accuracy": float(right)}}))


if __name__ == "__main__":
    main()
