"""Whether runtime, driver and model fit: where they don't, the runtime crashes or talks nonsense.

Sources: the runtime's text `librknnrt version: 2.3.2 (429f97ae6b@…)`, which its file contains; the
`API:` and `DRV:` lines of RKNNLite.get_sdk_version(); a model's header, `2.5.0(compiler version: …`
some 500 bytes into it, as toolkits 2.3.2 and 2.5.0 were seen to write it. Models of toolkit 2.2.0
and 2.3.0 were seen to crash runtimes of other versions (docs/rknn.md), so versions must be equal.
"""

from __future__ import annotations

import mmap
import re
from pathlib import Path
from typing import NamedTuple

from appliance.errors import EngineError

OLDEST_DRIVER = "0.9.8"
"""Older ones lose memory or fail on the RK3576 (rknn-llm issues 156 and 449)."""

_IN_LIBRARY = re.compile(rb"librknnrt version:\s*(\d+\.\d+\.\d+)")
_IN_MODEL = re.compile(rb"(\d+\.\d+\.\d+)\(compiler version:")
_HEADER_BYTES = 64 << 10
_IN_REPORT = r"{name}:[^\n]*?(\d+\.\d+\.\d+)"


class Versions(NamedTuple):
    """What runs here; None where it isn't known."""

    runtime: str | None
    driver: str | None


def library_version(path: Path) -> str | None:
    """The version that is written in the runtime's file, or None."""
    if not path.is_file() or not path.stat().st_size:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = _IN_LIBRARY.search(data)
        return found[1].decode() if found else None


def model_version(path: Path) -> str | None:
    """The version of the toolkit that wrote a model, by its header; None where it doesn't say."""
    with path.open("rb") as file:
        found = _IN_MODEL.search(file.read(_HEADER_BYTES))
    return found[1].decode() if found else None


def reported(text: str | None) -> Versions:
    """The versions that a `get_sdk_version` text names."""
    runtime, driver = (
        re.search(_IN_REPORT.format(name=name), text or "") for name in ("API", "DRV")
    )
    return Versions(runtime[1] if runtime else None, driver[1] if driver else None)


def check(versions: Versions, toolkit: str) -> None:
    """Refuse what doesn't fit; what isn't known is not refused.

    Raises:
        EngineError: `ENG-RKNN-VERSION`.
    """
    if versions.runtime is not None and versions.runtime != toolkit:
        raise _mismatch(
            f"it is {versions.runtime}, the model was built with rknn-toolkit2 {toolkit}",
            f"install librknnrt {toolkit}, or build the model again with {versions.runtime}",
        )
    if versions.driver is not None and _numbers(versions.driver) < _numbers(OLDEST_DRIVER):
        raise _mismatch(
            f"its driver is {versions.driver}, older than {OLDEST_DRIVER}",
            f"install a system image whose kernel has the rknpu driver {OLDEST_DRIVER} or newer",
        )


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _mismatch(cause: str, remedy: str) -> EngineError:
    return EngineError("ENG-RKNN-VERSION", "the NPU's runtime does not fit", cause, remedy)
