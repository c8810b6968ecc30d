"""A true fake of `rknnlite.api.RKNNLite` 2.5.0: its interface, its codes, its way of failing.

It computes real numbers: a fake `.rknn` is `RKNN`, a line of JSON (`{"toolkit": "2.3.2"}`) and an
ONNX graph of fixed shapes, which onnxruntime runs with numbers rounded to 16 bits as on the NPU.

The file that the variable FAKE_RKNN_MOODS names tells it how to fail: a JSON object with lists of
moods for `init` and `run`, each mood for one call, taken away before it acts. Every real failure
is written to standard error as the library does, and returned as -1 or None.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np

from audio.inference import onnxruntime

MAGIC = b"RKNN"
DTYPES = {"int8", "uint8", "int16", "float16", "float32", "int32", "int64"}
NUMPY = {"tensor(float)": np.float32, "tensor(int32)": np.int32, "tensor(int64)": np.int64}


class RKNNLite:
    NPU_CORE_AUTO = 0
    NPU_CORE_0 = 1
    NPU_CORE_1 = 2
    NPU_CORE_2 = 4
    NPU_CORE_0_1 = 3
    NPU_CORE_0_1_2 = 7
    NPU_CORE_ALL = 0xFFFF

    def __init__(self, verbose: bool = False, verbose_file: str | None = None) -> None:
        print("W rknn-toolkit-lite2 version: 2.5.0")  # on standard output, as the real one
        self.rknn_data: bytes | None = None
        self.rknn_runtime: _Runtime | None = None
        self.core_mask: int | None = None

    def load_rknn(self, path: str, key_path: str | None = None) -> int:
        """It reads the file and believes it: what is wrong with it shows at `init_runtime`."""
        if not os.path.exists(path):  # noqa: PTH110 - paths are strings here
            return _fail(f"Invalid RKNN model path: {path}")
        self.rknn_data = Path(path).read_bytes()
        return 0

    def init_runtime(
        self,
        target: str | None = None,
        device_id: str | None = None,
        async_mode: bool = False,
        core_mask: int = NPU_CORE_AUTO,
    ) -> int:
        mood = _mood("init")
        if mood == "not aarch64":  # a bug of 2.5.0: it formats what its logger returns
            None.format("RK3562")  # type: ignore[attr-defined]
        if self.rknn_data is None:
            return _fail("Model is not loaded yet, this interface should be called after load_rknn")
        if mood == "no driver":
            return _fail("failed to open rknpu module, need to insmod rknpu dirver!")
        if mood == "no memory":
            return _fail("failed to malloc npu memory, size: 1430257664")
        if mood == "crash":
            os.abort()
        if core_mask in (self.NPU_CORE_2, self.NPU_CORE_0_1_2):
            print("W core mask is not supported by RK3576, replaced", file=sys.stderr)
        self.core_mask = core_mask
        try:
            self.rknn_runtime = _Runtime(self.rknn_data, mood)
        except Exception as error:  # noqa: BLE001 - as the real one
            return _fail(f"Catch exception when init runtime! {error!r}")
        return 0

    def inference(
        self,
        inputs: list[Any],
        data_type: Any = None,
        data_format: Any = None,
        inputs_pass_through: Any = None,
        get_frame_id: bool = False,
        reuse_outputs: bool = False,
    ) -> list[Any] | None:
        if self.rknn_runtime is None:
            _fail("Runtime environment is not inited, please call init_runtime to init it first!")
            return None
        try:
            return self.rknn_runtime.infer(inputs, data_format, reuse_outputs)
        except Exception as error:  # noqa: BLE001 - as the real one
            _fail(f"Catch exception when running RKNN model. {error}")
            return None

    def get_sdk_version(self) -> str | None:
        return self.rknn_runtime.report() if self.rknn_runtime else None

    def release(self) -> None:
        self.rknn_runtime = None


class _Runtime:
    def __init__(self, data: bytes, mood: str) -> None:
        if not data.startswith(MAGIC):
            raise ValueError("RKNN_ERR_MODEL_INVALID: Invalid RKNN model version 6")
        header, _, graph = data[len(MAGIC) :].partition(b"\n")
        self._toolkit = json.loads(header)["toolkit"]
        self._mood = mood
        self._session = onnxruntime().InferenceSession(graph, providers=["CPUExecutionProvider"])
        self._staging: list[Any] = []

    def report(self) -> str | None:
        if self._mood == "no report":
            return None
        runtime = "2.2.0" if self._mood == "other runtime" else self._toolkit
        driver = "0.9.6" if self._mood == "old driver" else "0.9.8"
        line = "=" * 46
        return (
            f"{line}\nRKNN VERSION:\n  API: {runtime} (429f97ae6b@2025-04-09T09:09:27)\n"
            f"  DRV: {driver}\n{line}\n"
        )

    def infer(self, inputs: Any, data_format: Any, reuse: bool) -> list[Any] | None:
        mood = _mood("run")
        match mood:
            case "none":
                return None
            case "nones":
                return [None]
            case "hang":
                signal.pause()
            case "crash":
                os.abort()
            case "no memory":
                raise RuntimeError("RKNN_ERR_MALLOC_FAIL")
        given = self._checked(inputs, data_format)
        outputs = [_halved(out) for out in self._session.run(None, given)]
        if mood == "overflow":
            outputs = [np.full_like(out, np.nan) for out in outputs]
        return self._staged(outputs) if reuse else outputs

    def _checked(self, inputs: Any, data_format: Any) -> dict[str, Any]:
        if not isinstance(inputs, list):
            raise TypeError("Inputs should be placed in a list, like [img1, img2]")
        wanted = self._session.get_inputs()
        if len(inputs) != len(wanted):
            raise ValueError("Inputs are invalid.")
        return {
            want.name: self._fitted(at, tensor, want, data_format)
            for at, (tensor, want) in enumerate(zip(inputs, wanted, strict=True))
        }

    @staticmethod
    def _fitted(at: int, tensor: Any, want: Any, data_format: Any) -> Any:
        if not isinstance(tensor, np.ndarray):
            raise TypeError(f"Type of inputs[{at}] is not np.ndarray!")
        if str(tensor.dtype) not in DTYPES:
            raise TypeError(f"Unsupport inputs[{at}].dtype: {tensor.dtype}")
        if tensor.ndim != len(want.shape):
            raise ValueError(f"The input[{at}] need {len(want.shape)}dims input")
        if tensor.ndim == 4 and data_format != "nchw":
            tensor = tensor.transpose(0, 3, 1, 2)
        if list(tensor.shape) != want.shape:
            raise ValueError(f"Size of inputs[{at}] is invalid!")
        kind = NUMPY[want.type]
        return _halved(tensor).astype(kind) if kind is np.float32 else tensor.astype(kind)

    def _staged(self, outputs: list[Any]) -> list[Any]:
        """Views of buffers that the next call overwrites."""
        if not self._staging:
            self._staging = [np.empty_like(out) for out in outputs]
        for buffer, out in zip(self._staging, outputs, strict=True):
            buffer[...] = out
        return [buffer.view() for buffer in self._staging]


def _halved(tensor: Any) -> Any:
    """What 16 bits leave of a number; too large ones become infinite."""
    with np.errstate(over="ignore"):
        return tensor.astype(np.float16).astype(np.float32)


def _mood(call: str) -> str:
    """The next mood for this call; none where all is well."""
    path = os.environ.get("FAKE_RKNN_MOODS")
    if not path or not Path(path).exists():
        return ""
    moods = json.loads(Path(path).read_text())
    if not moods.get(call):
        return ""
    first, *moods[call] = moods[call]
    Path(path).write_text(json.dumps(moods))
    return str(first)


def _fail(text: str) -> int:
    print(f"E RKNN: {text}", file=sys.stderr, flush=True)
    return -1
