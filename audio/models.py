"""Finds the listening models in the installed openwakeword wheel and opens them.

The package itself is never imported: its `__init__` pulls in scikit-learn, which costs more than
a second and 100 MB for nothing that we use. Only the wheel's `resources/models` are.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from audio.errors import AudioError
from audio.format import Samples
from audio.inference import cpu_session

Floats: TypeAlias = NDArray[np.float32]

_QUIET_LEVEL = 8.0  # in units of the last bit: -72 dB of full scale

_REMEDY = "reinstall it: pip install --force-reinstall --no-deps openwakeword==0.4.0"


def bundled_models() -> Path:
    """The folder of the wheel's ONNX models.

    Raises:
        AudioError: `AUD-NO-MODEL` where openwakeword isn't installed.
    """
    spec = find_spec("openwakeword")
    if spec is None or not spec.submodule_search_locations:
        raise AudioError(
            "AUD-NO-MODEL",
            "the wake-word models are missing",
            "the package openwakeword is not installed",
            "install it: pip install openwakeword==0.4.0",
        )
    return Path(next(iter(spec.submodule_search_locations))) / "resources" / "models"


def quiet_room(count: int) -> Samples:
    """What the models are told that they heard before the first sample: always the same noise."""
    noise = np.random.default_rng(7).normal(0, _QUIET_LEVEL, count)
    return noise.round().astype(np.int16)


class Model:
    """An ONNX graph on one CPU thread."""

    def __init__(self, path: Path, rewrite: Callable[[bytes], bytes] | None = None) -> None:
        """Load the graph, rewritten if need be.

        Raises:
            AudioError: `AUD-NO-MODEL` where there is no such file, `AUD-BAD-MODEL` where
                onnxruntime or `rewrite` (with a ValueError) refuses it.
        """
        self._session = _open(path, rewrite)
        self.inputs = {i.name: i.shape for i in self._session.get_inputs()}

    def run(self, **inputs: NDArray[Any]) -> list[Floats]:
        """All outputs for these inputs."""
        return list(self._session.run(None, inputs))

    def run_first(self, tensor: Floats) -> Floats:
        """The first output, for a graph with one input."""
        return self._session.run(None, {next(iter(self.inputs)): tensor})[0]  # type: ignore[no-any-return]


def contents(path: Path) -> bytes:
    """A model's file; AudioError (`AUD-NO-MODEL`) where there is none."""
    if not path.is_file():
        raise AudioError(
            "AUD-NO-MODEL", f"the model {path.name} is missing", f"no file {path}", _REMEDY
        )
    return path.read_bytes()


def refused(path: Path, reason: str) -> AudioError:
    """The error (`AUD-BAD-MODEL`) for a file that is no such model."""
    return AudioError("AUD-BAD-MODEL", f"the model {path.name} cannot be used", reason, _REMEDY)


def _open(path: Path, rewrite: Callable[[bytes], bytes] | None) -> Any:  # noqa: ANN401  (untyped)
    graph = contents(path)
    try:
        return cpu_session(rewrite(graph) if rewrite else graph, threads=1)
    except ValueError as error:
        raise refused(path, str(error)) from error
