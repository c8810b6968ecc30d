"""A true fake of `rknn.api.RKNN` 2.5.0, as the real one was seen to behave.

It prints to both outputs, answers with 0 or -1, raises ValueError with a traceback as its text, and
computes real numbers with onnxruntime, rounded to 16 bits or, quantised, to 8. FAKE_TOOLKIT tells
it how to fail: `hang`, `crash`, `refuse`, `full`, `overflow`, `empty`.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

VERSION = "2.5.0"
TRACE = "Traceback (most recent call last):\n  File “rknn/api/rknn_base.py”, line 1, in rknn\n"


def _mood() -> str:
    return os.environ.get("FAKE_TOOLKIT", "")


def _log(kind: str, text: str) -> None:
    print(f"\x1b[1;31m{kind}\x1b[0m \x1b[1;31m{text}\x1b[0m", file=sys.stderr, flush=True)


def _raise(where: str, text: str) -> None:
    _log("E", f"{where}: {TRACE}{text}\n")
    _log("E", f"rknn-toolkit2 version: {VERSION}")
    raise ValueError(f"{TRACE}{text}\n")


class RKNN:
    def __init__(self, verbose: bool = False, verbose_file: str | None = None) -> None:
        print(f"I rknn-toolkit2 version: {VERSION}", flush=True)
        self.platform = self.session = self.model = None
        self.built = self.quantised = False

    def config(self, target_platform: str | None = None) -> int:
        self.platform = target_platform
        return 0

    def load_onnx(
        self,
        model: str,
        inputs: list[str] | None = None,
        input_size_list: list[list[int]] | None = None,
    ) -> int:
        if _mood() == "refuse":
            _log("E", "load_onnx: Unsupported onnx op: 'NonMaxSuppression'!")
            return -1
        try:
            self.session = onnxruntime.InferenceSession(model)
        except Exception as error:  # noqa: BLE001 - as its own decorator does
            _raise("load_onnx", f"{type(error).__name__}: {error}")
        self.model = model
        for given in self.session.get_inputs():
            if not all(isinstance(size, int) for size in given.shape) and not input_size_list:
                _raise("load_onnx", f"ValueError: The input shape {given.shape} is not support!")
        return 0

    def build(self, do_quantization: bool = True, dataset: str | None = None) -> int:
        sys.stderr.write("I OpFusing 0:  61%|████ | 61/100 [00:00<00:00, 62.33it/s]\r")
        if _mood() == "hang":
            Path(os.environ["FAKE_TOOLKIT_BELL"]).write_text("building")  # a pipe
            signal.pause()
        if _mood() == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if do_quantization:
            if dataset is None:
                _log("E", "build: If set do_quantization = True, dataset file need be provided")
                return -1
            rows = Path(dataset).read_text().split("\n")
            assert all(Path(name).is_absolute() for row in rows for name in row.split())
        self.quantised, self.built = do_quantization, True
        return 0

    def export_rknn(self, export_path: str) -> int:
        if not self.built:
            _log("E", "export_rknn: RKNN model does not exist, please load & build model first!")
            return -1
        if _mood() == "full":
            Path(export_path).write_bytes(b"RKNN")
            _raise("export_rknn", "OSError: [Errno 28] No space left on device")
        header = f"RKNN\0\0{self.platform}\0\0>\0{VERSION}(compiler version: {VERSION} (74e@2026))"
        with Path(self.model).open("rb") as source, Path(export_path).open("wb") as file:
            file.write(header.encode())
            shutil.copyfileobj(source, file)
        return 0

    def init_runtime(self, target: str | None = None) -> int:
        return 0 if self.built else -1

    def inference(
        self, inputs: list[Any], data_format: list[str] | None = None
    ) -> list[Any] | None:
        if _mood() == "empty":
            return None
        for number, given in enumerate(inputs):
            if given.ndim == 4 and (data_format or ["nhwc"] * len(inputs))[number] != "nchw":
                _raise("inference", "ValueError: The input(ndarray) shape is wrong, expect 'nhwc'")
        names = [given.name for given in self.session.get_inputs()]
        outputs = self.session.run(None, dict(zip(names, inputs, strict=True)))
        return [self._rounded(output) for output in outputs]

    def _rounded(self, output: Any) -> Any:
        if _mood() == "overflow":
            return np.full_like(output, np.nan)
        if self.quantised:
            step = np.abs(output).max() / 2
            return (np.round(output / step) * step).astype(np.float32)
        return output.astype(np.float16).astype(np.float32)

    def release(self) -> None:
        self.session = None
