"""What a technician asks of the NPU: is it there, may we use it, and does everything fit?"""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from appliance.config import Config
from appliance.convert.note import note_of
from appliance.doctor import Check
from appliance.engines.rkllm_abi import VERSIONS
from appliance.engines.rkllm_detect import versions_named
from appliance.engines.rkllm_driver import require_driver
from appliance.engines.rknn.versions import Versions, check, library_version, model_version
from appliance.errors import ApplianceError
from appliance.npu_files import NpuFile, described, needed
from appliance.processes import driver_files

NODES = ("dev/dri/by-path/platform-27700000.npu-render", "dev/rknpu")
"""Where the NPU's driver has its door, as the kernel was built: one of them."""
HEAPS = ("dev/dma_heap/system", "dev/dma_heap/system-uncached")
"""Memory for the NPU, where the driver's door is the second; absent where it is the first."""
COMPATIBLE = "proc/device-tree/compatible"
_LITE = "rknn-toolkit-lite2"


def npu_checks(config: Config, root: Path = Path("/")) -> Iterator[Check]:
    """What to look at before the NPU's process is started; nothing where the profile has none."""
    if not config.recognition.on_npu and not config.answers.on_npu:
        return
    yield Check("NPU: board", partial(board, root))
    yield Check("NPU: driver", partial(require_driver, driver_files(config)))
    yield Check("NPU: device", partial(device, root))
    if config.recognition.on_npu:
        yield Check("NPU: toolkit", toolkit)
        yield Check("NPU: RKNN", partial(rknn_runtime, config))
    if config.answers.on_npu:
        yield Check("NPU: RKLLM", partial(rkllm_runtime, config))
    for file in needed(config):
        if not file.key.endswith("library"):
            yield Check("NPU: model", partial(model, file))


def board(root: Path) -> str:
    """The chip.

    Raises:
        ApplianceError: it is another one.
    """
    found = _text(root / COMPATIBLE).split("\0")
    if "rockchip,rk3576" not in found:
        raise ApplianceError(
            "DOC-BOARD",
            "not an RK3576",
            f"this machine is {found[0] or 'no board that names itself'}",
            "use --profile bundled here, or run this on the board",
        )
    return f"RK3576 ({found[0]})"


def device(root: Path) -> str:
    """The driver's door, and whether this user may use it.

    Raises:
        ApplianceError: there is none, or it is locked.
    """
    door = next((root / node for node in NODES if (root / node).exists()), None)
    if door is None:
        raise ApplianceError(
            "DOC-NPU-DEVICE",
            "the NPU has no device node",
            f"neither {' nor '.join(f'/{node}' for node in NODES)} exists",
            "boot an image whose kernel and device tree have the rknpu driver",
        )
    doors = [door, *(root / heap for heap in HEAPS if (root / heap).exists())]
    for node in doors:
        if not os.access(node, os.R_OK | os.W_OK):
            raise ApplianceError(
                "DOC-NPU-RIGHTS",
                f"{node} may not be used",
                "this user has no right to read and write it",
                "add the user to the group that owns it (`ls -lL`), or write a udev rule",
            )
    return ", ".join(map(str, doors))


def toolkit() -> str:
    """The vendor's Python package.

    Raises:
        ApplianceError: it is not installed.
    """
    try:
        return f"{_LITE} {importlib.metadata.version(_LITE)}"
    except importlib.metadata.PackageNotFoundError as error:
        raise ApplianceError(
            "DOC-NPU-TOOLKIT",
            f"{_LITE} is not installed",
            "recognition on the NPU needs it; it exists for aarch64 only",
            f"on the board: pip install {_LITE}",
        ) from error


def rknn_runtime(config: Config) -> str:
    """librknnrt, which must be of the version that built the network.

    Raises:
        ApplianceError: it is missing, or does not fit.
    """
    settings = config.recognition
    path = _existing(settings.library, "recognition.library", "docs/rknn.md")
    version = library_version(path)
    networks = (file.path for file in needed(config) if file.is_there and file.path)
    written_by = (model_version(network) for network in networks if network.suffix == ".rknn")
    toolkit = next(filter(None, written_by), settings.toolkit)
    check(Versions(version, None), toolkit)
    return f"{path}: {version or f'names no version, taken for {toolkit}'}"


def rkllm_runtime(config: Config) -> str:
    """librkllmrt, by what its file says; it is not opened here, since it may crash.

    Raises:
        ApplianceError: it is missing, of a version that is not known, or older than the model.
    """
    settings = config.answers
    path = _existing(settings.library, "answers.library", "docs/rkllm.md")
    named = versions_named(path)
    known = [version for version in named or [settings.version] if version in VERSIONS]
    if not known:
        raise ApplianceError(
            "DOC-NPU-RKLLM",
            f"{path} is of no known version",
            f"it names {' and '.join(named) or 'none'}, `answers.version` is "
            f"{settings.version or 'not set'}",
            f"install one of {', '.join(VERSIONS)} (docs/rkllm.md)",
        )
    made = note_of(Path(settings.model))
    if made and all(_numbers(version) < _numbers(made.version) for version in known):
        raise ApplianceError(
            "DOC-NPU-RKLLM",
            f"{path} is too old for the model",
            f"it is {' or '.join(known)}, the model was made with {made.toolkit} {made.version}",
            f"install librkllmrt {made.version}, or convert the model with an older toolkit",
        )
    return f"{path}: {' or '.join(known)}"


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]


def model(file: NpuFile) -> str:
    """One file of a model.

    Raises:
        ApplianceError: it is missing or empty.
    """
    if file.path is None or not file.is_there:
        raise ApplianceError(
            "DOC-NPU-MODEL", "a model's file is missing", described(file), f"see {file.page}"
        )
    made = note_of(file.path)  # where `appliance models convert` made it
    return f"{file.path}: {file.path.stat().st_size / 1e6:.1f} MB{f', {made}' if made else ''}"


def _existing(path: str, key: str, page: str) -> Path:
    if not Path(path).is_file():
        raise ApplianceError(
            "DOC-NPU-LIBRARY", "the NPU's runtime is missing", f"`{key}`: no file {path}", page
        )
    return Path(path)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:  # no device tree: no board
        return ""
