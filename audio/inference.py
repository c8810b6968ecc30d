"""The one door to onnxruntime, whose telemetry is shut first.

Its Linux wheels (seen in 1.31.1) report to their maker over HTTPS unless a variable of the
environment forbids it before the library is loaded (its Privacy.md); its Python call only makes
the reports fewer. Nothing of ours ever leaves the machine.
"""

from __future__ import annotations

import os
from typing import Any

FORBIDDEN = "ORT_DISABLE_TELEMETRY"


def onnxruntime() -> Any:  # noqa: ANN401  # it has no types
    """The library; loading it takes 150 ms, so only those who need it ask."""
    os.environ[FORBIDDEN] = "1"
    import onnxruntime as ort  # noqa: PLC0415  # not before the line above

    return ort


def cpu_session(graph: bytes | str, threads: int) -> Any:  # noqa: ANN401  # it has no types
    """A session on that many CPU threads, without an arena (it would keep its largest peak).

    Args:
        graph: the ONNX graph, or where it lies (needed where its weights lie beside it).
        threads: that it may use at once.

    Raises:
        ValueError: onnxruntime refuses the graph; its text is one short line.
    """
    ort = onnxruntime()
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3  # errors: old graphs warn about unused initializers
    try:
        return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # it raises a dozen unrelated types
        raise ValueError(short(error)) from error


def short(error: Exception) -> str:
    """What onnxruntime says, in one line."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
