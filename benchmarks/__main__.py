"""Run the benchmarks: each work with every peer in the same run, medians and ratios.

python -m benchmarks                 everything
python -m benchmarks correlation hog only these
python -m benchmarks --json out.json also as JSON
python -m benchmarks engine commands what calls and commands take, and what is wanted of them
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .timing import Row, table

TOPICS = (
    "correlation", "hog", "hog_files", "hog_memory", "pooling", "startup", "cnn", "strided",
    "filters", "engine", "commands",
)  # fmt: skip
PEERS = ("numpy", "numba", "opencv-python-headless", "scikit-image", "scipy", "pillow", "torch")
PROGRAMS = ("vips", "mogrify")


def machine() -> dict:
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{name: _version(name) for name in ("edgewise", *PEERS)},
        **{name: _first_line([name, "--version"]) for name in PROGRAMS},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _first_line(command: list[str]) -> str:
    if not shutil.which(command[0]):
        return "not installed"
    return subprocess.run(command, capture_output=True, text=True).stdout.partition("\n")[0]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=", ".join(TOPICS))
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--page", type=Path, help="write the tables here, as Markdown")
    parser.add_argument("--repeat", type=int, default=9, help="timed runs of each (default 9)")
    chosen = parser.parse_args()
    unknown = set(chosen.topics) - set(TOPICS)
    if unknown:
        parser.error(f"no topic {', '.join(sorted(unknown))}; there are {', '.join(TOPICS)}")
    rows: list[Row] = []
    sections = []
    for topic in chosen.topics or TOPICS:
        module = import_module(f".{topic}", __package__)
        found = module.run(chosen.repeat)
        title, _, text = module.__doc__.partition("\n\n")
        sections.append(f"## {title}\n\n{text.strip()}\n\n{table(found)}\n".replace("\n\n\n", "\n"))
        print(sections[-1], flush=True)
        rows += found
    if chosen.json:
        result = {"machine": machine(), "rows": [row.as_dict() for row in rows]}
        chosen.json.write_text(json.dumps(result, indent=1) + "\n")
    if chosen.page:
        chosen.page.write_text(page(sections))


def page(sections: list[str]) -> str:
    used = ", ".join(f"{name} {value}" for name, value in machine().items())
    return (
        "# Benchmarks\n\nWritten by `python -m benchmarks --page FILE.md`. Every work "
        "is timed with all peers in turn, after a warm-up; times are medians, the ratio is the "
        "median of peer / Edgewise over the rounds: above 1, Edgewise is the faster.\n\n"
        f"Measured with: {used}.\n\n" + "\n".join(sections)
    )


if __name__ == "__main__":
    main()
