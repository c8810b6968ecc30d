"""The one door to onnxruntime, whose telemetry is shut first.

Since about 1.30 its Linux wheels report to their maker over HTTPS unless a variable of the
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
