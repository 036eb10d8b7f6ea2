"""Model files and checkpoints of every damaged kind: a model that predicts, or one sentence."""

import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hostile.models import FREE, TRAINING, bases, hostile_models

from edgewise import EdgewiseError, load_model
from edgewise.models.cnn import Network, Normalization
from edgewise.models.cnn.training.fitting import Training
from edgewise.reports.facts import facts_text
from edgewise.reports.inspection import inspect_path

# One file in so many; all of them take half a minute.
STEP = 9
MEMORY = 3 << 30
LONGEST = 600


def pictures():
    rng = np.random.default_rng(0)
    shapes = (9, 7), (20, 20, 3), (8, 8)
    return [*(rng.integers(0, 256, s, dtype=np.uint8) for s in shapes), np.full((8, 8), 9, "u1")]


def use_model(path):
    """Do with a model what commands do."""
    model = load_model(path)
    facts, _ = inspect_path(path, max_pixels=10**6)
    json.dumps(facts, allow_nan=False).encode()
    facts_text(facts).encode()
    found = [model.judge_images(model.prepare(image)[None]) for image in pictures()]
    return "predicted" if np.isfinite(found).all() else "no finite number"


def use_checkpoint(path):
    """Go on with a training."""
    network = Network.from_spec(FREE, (3, 8, 8), classes=3)
    normal = Normalization(np.full(3, 120, np.float32), np.full(3, 60, np.float32))
    training = Training(network, TRAINING, normal)
    training.given = {"network": bases()["checkpoint"][0]["given"]["network"]}
    training.restore(path)
    assert all(np.isfinite(array).all() for array in training.best.values())
    return "restored"


def outcome(path, name):
    """Return what became of a file; what is wrong with that begins with a !."""
    use = use_checkpoint if "checkpoint" in name else use_model
    try:
        return use(path)
    except EdgewiseError as error:
        words = str(error)
    except Exception as error:
        return f"!{name}: {type(error).__name__} {error}"
    usable = words.startswith(path) and words.isprintable() and len(words) < LONGEST
    return "refused" if usable else f"!{name}: {words}"


def outcomes(folder, step):
    """Return what became of one file in `step`, and of all good ones, by their names."""
    warnings.simplefilter("error")
    path, found = f"{folder}/m.safetensors", {}
    for number, (name, content) in enumerate(hostile_models()):
        if number % step and not name.startswith("good"):
            continue
        Path(path).write_bytes(content)
        found[name] = outcome(path, name)
    return found


def limited(folder, step):
    """Return the outcomes in a process of its own, whose memory has a limit."""
    words = [sys.executable, __file__, str(folder), str(step)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_hostile_files_are_refused_in_one_sentence_or_predict(tmp_path):
    pytest.importorskip("resource", reason="Windows cannot limit the memory of a process")
    found = limited(tmp_path, STEP)
    wrong = [what for what in found.values() if what.startswith("!")]
    assert not wrong, "\n".join(wrong)
    good = {name: what for name, what in found.items() if name.startswith("good")}
    assert len(good) == 8
    assert set(good.values()) == {"predicted", "restored"}
    told = list(found.values())
    assert told.count("refused") > 1000
    assert told.count("predicted") > 100
    assert "no finite number" in told


def test_the_files_are_always_the_same_and_have_names_of_their_own():
    names = [name for name, _ in hostile_models()]
    assert len(set(names)) == len(names)
    first, again = (next(iter(hostile_models())) for _ in range(2))
    assert first == again


if __name__ == "__main__":
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    print(json.dumps(outcomes(sys.argv[1], int(sys.argv[2]))))  # noqa: T201
