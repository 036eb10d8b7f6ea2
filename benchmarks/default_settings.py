"""How the default HoG settings of `train linear` were chosen.

    python -m benchmarks.default_settings FOLDER [mnist|fashion]

FOLDER holds mnist-train-* and fashion-train-* IDX files. A classifier learns
from the first 50,000 training pictures and is judged on the last 10,000; the
test sets take no part. Takes about half an hour on two cores.
"""

import sys
import time
from pathlib import Path

from edgewise import HogConfig, open_dataset
from edgewise.features import extract
from edgewise.models import evaluate, fit_linear

SETTINGS = {
    "cell 4, 9 bins": {"cell": 4},
    "cell 4, 12 signed bins": {"cell": 4, "bins": 12, "signed": True},
    "cell 4, 18 signed bins": {"cell": 4, "bins": 18, "signed": True},
    "cell 3, 12 signed bins": {"cell": 3, "bins": 12, "signed": True},
    "cell 7, 18 signed bins": {"cell": 7, "bins": 18, "signed": True},
    "cell 4, blocks of 3, 12 signed bins": {"cell": 4, "block": 3, "bins": 12, "signed": True},
}
MODELS = {"logistic": 1.0, "svm": 0.1}


def main() -> None:
    folder = Path(sys.argv[1])
    for name in sys.argv[2:] or ("mnist", "fashion"):
        whole = open_dataset(folder / f"{name}-train-images-idx3-ubyte.gz")
        train, held_out = whole.subset(range(50_000)), whole.subset(range(50_000, 60_000))
        for title, changes in SETTINGS.items():
            config = HogConfig.preset("dalal-triggs", **changes)
            learnt, judged = extract(train, config), extract(held_out, config)
            for kind, cost in MODELS.items():
                start = time.perf_counter()
                found = evaluate(fit_linear(learnt, kind=kind, C=cost), judged)
                seconds = time.perf_counter() - start
                print(
                    f"{name}, {title}, {kind}: {found.accuracy:.4f} in {seconds:.0f} s", flush=True
                )


if __name__ == "__main__":
    main()
