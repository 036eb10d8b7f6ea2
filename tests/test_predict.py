"""`edgewise predict`: thresholds, and which of equals is named."""

import numpy as np

from edgewise.cli.main import run
from edgewise.images import write_image
from edgewise.models.cnn import CnnModel, Network, Normalization
from edgewise.models.files import save_model


def model_of(path, weight: float) -> str:
    network = Network.from_spec("globalpool,dense:2", (1, 6, 6))
    network.parameters["dense1.weight"][:] = [[weight], [-weight]]
    normal = Normalization(np.array([128], np.float32), np.array([64], np.float32))
    save_model(path, CnnModel(network, ("bright", "dark"), normal))
    return str(path)


def test_the_first_of_equals_and_the_threshold(tmp_path, capsys):
    for name, shade in (("a", 250), ("b", 130)):
        write_image(tmp_path / "p" / f"{name}.png", np.full((6, 6), shade, np.uint8))
    equal, model = model_of(tmp_path / "e.safetensors", 0), model_of(tmp_path / "m.safetensors", 3)
    assert run(["predict", equal, str(tmp_path / "p")]) == 0
    labels = [line.split("\t")[1] for line in capsys.readouterr().out.splitlines()]
    assert labels == ["bright", "bright"]
    assert run(["predict", model, str(tmp_path / "p"), "--threshold", "0.9"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "a.png\tbright\t" in line
