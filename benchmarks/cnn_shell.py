"""From the shell to a trained LeNet-5, whole processes: Edgewise and a PyTorch script.

    python -m benchmarks.cnn_shell FOLDER [ROUNDS]

FOLDER holds the IDX files of MNIST (mnist-*). Both read the files, train with
batches of 128, SGD with Nesterov momentum 0.9, one-cycle to 0.1, 3 epochs, and
judge the test set; benchmarks/train_lenet_torch.py is the script, which has
PyTorch's own first weights and course of the rate. Edgewise's loops are
compiled already, as after the first use.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as place:
        commands = {"edgewise": edgewise(folder, place), "pytorch": pytorch(folder)}
        seconds = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, command in commands.items():
                start = time.perf_counter()
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                # The first round warms the caches.
                if number:
                    seconds[name].append(time.perf_counter() - start)
                    print(f"{name}: {seconds[name][-1]:.1f} s, {accuracy(done.stdout):.2%}")
    middle = {name: statistics.median(found) for name, found in seconds.items()}
    pairs = zip(seconds["pytorch"], seconds["edgewise"], strict=True)
    ratio = statistics.median(theirs / ours for theirs, ours in pairs)
    print(
        f"medians: edgewise {middle['edgewise']:.1f} s, pytorch {middle['pytorch']:.1f} s, "
        f"ratio {ratio:.2f}"
    )


def edgewise(folder: Path, place: str) -> list[str]:
    return [
        str(Path(sys.executable).parent / "edgewise"), "train", "cnn",
        str(folder / "mnist-train-images-idx3-ubyte.gz"), "--network", "lenet5",
        "--epochs", "3", "--batch", "128", "--rate", "0.1", "--smoothing", "0",
        "--test", str(folder / "mnist-t10k-images-idx3-ubyte.gz"),
        "-o", str(Path(place) / "m.safetensors"), "--overwrite", "--json",
    ]  # fmt: skip


def pytorch(folder: Path) -> list[str]:
    return [sys.executable, str(Path(__file__).parent / "train_lenet_torch.py"), str(folder)]


def accuracy(text: str) -> float:
    found = json.loads(text)
    return found["test"]["accuracy"]


if __name__ == "__main__":
    main()
