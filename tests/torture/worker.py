"""A process that runs commands one after the other: starting Python for each takes too long.

A line of JSON on stdin says what to run; one on stdout says what was seen.
"""

import importlib
import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from .running import peak_memory


def serve(target: str) -> None:
    """Run ``module:function`` with the words of each line."""
    module, _, name = target.partition(":")
    run = getattr(importlib.import_module(module), name)
    # What the commands read and write is not the talk with the parent.
    orders, answers = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    warnings.simplefilter("always")
    for line in orders:
        order = json.loads(line)
        answers.write(json.dumps(_seen(run, order)) + "\n")
        answers.flush()


def _seen(run: Callable, order: dict) -> dict:
    for handle, path in ((1, order["stdout"]), (2, order["stderr"])):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, handle)
        os.close(file)
    _forget_peak()
    began = time.monotonic()
    code = _code(run, order["words"])
    sys.stdout.flush()
    sys.stderr.flush()
    return {"code": code, "seconds": time.monotonic() - began, "peak": peak_memory("self")}


def _code(run: Callable, words: list[str]) -> int:
    try:
        return run(words)
    except BaseException:
        import traceback

        traceback.print_exc()
        return 1


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    serve(sys.argv[1])
