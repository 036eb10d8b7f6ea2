"""Write sample_images/fashion from the files of Fashion-MNIST.

    python -m benchmarks.make_sample_fashion FOLDER

FOLDER holds fashion-{train,t10k}-{images-idx3,labels-idx1}-ubyte.gz. The first
60 training and the first 30 test pictures of every class become PNG files.
"""

import sys
from pathlib import Path

from edgewise import open_dataset, write_image

CLASSES = (
    "t-shirt", "trouser", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle-boot",
)  # fmt: skip
SPLITS = {"train": ("fashion-train-images-idx3-ubyte.gz", 60)}
SPLITS["test"] = ("fashion-t10k-images-idx3-ubyte.gz", 30)
TARGET = Path(__file__).parent.parent / "sample_images" / "fashion"


def main() -> None:
    source = Path(sys.argv[1])
    for split, (name, count) in SPLITS.items():
        dataset = open_dataset(source / name)
        for label, garment in enumerate(CLASSES):
            chosen = [i for i, own in enumerate(dataset.labels) if own == str(label)][:count]
            for number, i in enumerate(chosen):
                path = TARGET / split / garment / f"{number:02}.png"
                write_image(path, dataset.read(i), overwrite=True)


if __name__ == "__main__":
    main()
