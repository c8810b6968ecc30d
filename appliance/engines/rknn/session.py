"""The one door to `rknnlite`: a network on the NPU, loaded, run and let go.

The library answers with codes and `None`, and writes why to standard error, where the worker
keeps it. It may also crash or hang: that is the worker's business (`worker.py`). Everything here
runs in one process with one thread, which is thereby the NPU's only client.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from appliance.engines.asr_faults import bad_model, existing, failed
from appliance.engines.rknn.port import Array
from appliance.engines.rknn.versions import (
    Versions,
    check,
    library_version,
    model_version,
    reported,
)
from appliance.errors import EngineError

T = TypeVar("T")

CORES = {"auto": 0, "0": 1, "1": 2, "0+1": 3}
"""Core masks of the RK3576 by name; it has two cores, and only convolutions gain by the second."""

LIBRARY = Path("/usr/lib/librknnrt.so")

_CALL = "run `appliance doctor`; if the NPU stays away, switch the device off and on"


class RknnSession:
    """A `.rknn` network: `load`, `run` as often as needed, `release`.

    Attributes:
        versions: of runtime and driver, known once loaded.
    """

    def __init__(
        self, model: Path, *, toolkit: str, cores: str = "auto", library: Path = LIBRARY
    ) -> None:
        """Note what to load; nothing is opened.

        Args:
            model: the `.rknn` file.
            toolkit: version of rknn-toolkit2 that wrote it ("2.3.2"), unless the file itself says
                so; the runtime must be the same.
            cores: one of CORES.
            library: the runtime, whose version is read before it is trusted with the model.
        """
        self.versions = Versions(None, None)
        self._model = model
        self._toolkit = toolkit
        self._cores = cores
        self._library = library
        self._lite: Any = None
        self._options: dict[str, bool] = {}

    def load(self) -> None:
        """Open the model on the NPU.

        Raises:
            EngineError: no model, no library, no NPU, or versions that don't fit.
        """
        path, mask = existing(self._model), self._core_mask()
        self._toolkit = model_version(path) or self._toolkit
        # A runtime of another version may crash on the model, so it is asked before it is used.
        check(Versions(library_version(self._library), None), self._toolkit)
        lite = _library()()
        if self._guarded(lambda: lite.load_rknn(str(path))) != 0:
            raise bad_model(path, "the NPU's runtime cannot read it")
        self._lite = lite
        try:
            self._open(mask)
        except EngineError:
            self.release()
            raise

    def _open(self, mask: int) -> None:
        if self._guarded(lambda: self._lite.init_runtime(core_mask=mask)) != 0:
            raise EngineError(
                "ENG-NPU-INIT",
                "the NPU cannot be used",
                f"init_runtime failed for {self._model.name}: no driver, too little memory, "
                "or a model of another version or board",
                _CALL,
            )
        self.versions = reported(self._guarded(self._lite.get_sdk_version))
        check(self.versions, self._toolkit)
        if "reuse_outputs" in inspect.signature(self._lite.inference).parameters:
            self._options = {"reuse_outputs": True}  # since 2.5.0: no copy of 34 MB a sentence

    def run(self, inputs: Sequence[Array]) -> list[Array]:
        """All outputs of one inference; the next one may overwrite them.

        Args:
            inputs: as the graph wants them, in its order; copied only if not contiguous.

        Raises:
            EngineError: `ENG-ASR-STATE` before `load`, `ENG-ASR-FAILED` where the NPU failed.
        """
        if self._lite is None:
            raise EngineError(
                "ENG-ASR-STATE", "the NPU is not ready", "load() was not called", "load it first"
            )
        given = [np.ascontiguousarray(tensor) for tensor in inputs]
        outputs = self._guarded(lambda: self._lite.inference(inputs=given, **self._options))
        if not outputs or any(output is None for output in outputs):
            shapes = ", ".join(str(tensor.shape) for tensor in given)
            raise failed(f"{self._model.name} gave no result for inputs of {shapes}")
        return list(outputs)

    def release(self) -> None:
        """Let the NPU's memory go; safe to call twice."""
        lite, self._lite = self._lite, None
        if lite is not None:
            self._guarded(lite.release)

    def _core_mask(self) -> int:
        if self._cores not in CORES:
            raise EngineError(
                "ENG-NPU-CORES",
                f'there are no NPU cores "{self._cores}"',
                "the RK3576 has two",
                f"set one of: {', '.join(CORES)}",
            )
        return CORES[self._cores]

    def _guarded(self, call: Callable[[], T]) -> T:
        """What the library returns; whatever it raises becomes one error."""
        try:
            return call()
        except Exception as error:  # it raises what it likes, AttributeError off the board
            raise EngineError(
                "ENG-NPU-CALL",
                "the NPU's library failed",
                f"{self._model.name}: {type(error).__name__}: {error}",
                _CALL,
            ) from error


def _library() -> Any:  # noqa: ANN401 - rknnlite has no types
    """The class of the vendor's wheel.

    Raises:
        EngineError: `ENG-NO-RKNN` where it isn't installed, or cannot be on this machine.
    """
    try:
        from rknnlite import api  # type: ignore[import-not-found] # noqa: PLC0415 - only there
    except (ImportError, OSError) as error:
        raise EngineError(
            "ENG-NO-RKNN",
            "the NPU's library is missing",
            str(error),
            "on an RK3576: pip install rknn-toolkit-lite2; elsewhere choose another profile",
        ) from error
    return api.RKNNLite
