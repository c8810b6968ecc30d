"""The kernel's side: is the NPU's driver there, and new enough?"""

from __future__ import annotations

import re
import resource
from collections.abc import Sequence
from pathlib import Path

from appliance.errors import EngineError

LEAST = (0, 9, 8)
"""Older drivers: `rkllm_init` succeeds and the first multiplication fails (rknn-llm #156, #449)."""
VERSION_FILES = ("/sys/module/rknpu/version", "/sys/kernel/debug/rknpu/version")
"""Where the driver says its version; the second needs root, and debugfs."""
OPEN_FILES = 102_400
"""What the vendor's own server asks for: large models open many (rknn-llm #62)."""


def require_driver(files: Sequence[str] = VERSION_FILES) -> str:
    """The driver's version ("0.9.8").

    Args:
        files: where to look, in this order.

    Raises:
        EngineError: `ENG-RKLLM-DRIVER`, there is none, or it is too old.
    """
    version = next(filter(None, map(_version, files)), "")
    if not version:
        raise _unfit("no NPU driver is loaded", f"none of {', '.join(files)} names a version")
    if tuple(map(int, version.split("."))) < LEAST:
        least = ".".join(map(str, LEAST))
        raise _unfit("the NPU's driver is too old", f"it is {version}, and {least} is needed")
    return version


def _version(file: str) -> str:
    try:
        text = Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:  # not there, or not ours to read: the next place may know
        return ""
    match = re.search(r"\d+\.\d+\.\d+", text)
    return match[0] if match else ""


def _unfit(what: str, cause: str) -> EngineError:
    remedy = "boot an image whose kernel has the rknpu driver 0.9.8 or newer"
    return EngineError("ENG-RKLLM-DRIVER", what, cause, remedy)


def raise_open_files() -> int:
    """Let this process open as many files as its hard limit allows, at most OPEN_FILES."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft
