"""An environment with fakes of the toolkits, and models to convert."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from audio.onnxfile import Message, node, value
from tests.appliance.engines.rknn.graphs import model

FAKES = Path(__file__).parents[2] / "fakes" / "toolkits"


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `appliance models convert --environment` makes, without pip and the network."""
    folder = tmp_path_factory.mktemp("toolkit") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    libraries = str(Path(np.__file__).parents[1])  # numpy, onnxruntime
    (site / "fakes.pth").write_text(f"{FAKES}\n{libraries}\n")
    return folder


def network(operator: str = "Tanh", *shape: int | str) -> bytes:
    """`x` of a shape that ends in 4 ([1, 4] if none is given) to `y`, through a matrix."""
    matrix, shape = np.eye(4, dtype=np.float32), shape or (1, 4)
    nodes = [node("MatMul", ["x", "w"], "m"), node(operator, ["m"], "y")]
    inputs: list[Message] = [value("x", *shape)]
    return model(nodes, {"w": matrix}, inputs, [value("y", *shape)])


@pytest.fixture
def onnx(tmp_path: Path) -> Path:
    path = tmp_path / "net.onnx"
    path.write_bytes(network())
    return path


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A list of two samples."""
    for number in range(2):
        noise = np.random.default_rng(number).standard_normal((1, 4))
        np.save(tmp_path / f"{number}.npy", noise.astype(np.float32))
    path = tmp_path / "inputs.txt"
    path.write_text("0.npy\n\n1.npy\n")
    return path
