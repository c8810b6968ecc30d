"""What a bundle tells besides the history: of the loop at once, of everything else in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from appliance import doctor
from appliance.board_doctor import board_checks
from appliance.bundle.redact import shown
from appliance.bundle.sound import portrait
from appliance.config import Config
from appliance.console.ports import Figures, Machine
from appliance.doctor import Check, Status, examine
from appliance.knowledge.pack import Pack
from appliance.models.store import Store
from appliance.npu_doctor import npu_checks
from audio.format import Samples

LOG_LINES = 100
_PASSED = {Status.OK: True, Status.WARN: None, Status.FAIL: False}


class Gauges(Protocol):
    """What is asked of the gauges."""

    def status(self) -> Figures:
        """As `console.ports.Status`, like the next three."""

    def levels(self) -> Figures:
        """Level and scores."""

    def ears(self) -> Figures:
        """Frames."""

    def engines(self) -> Figures:
        """Processes."""


def live(gauges: Gauges, log: Sequence[str], machine: Machine, config: Config) -> Mapping[str, Any]:
    """Name → figures, for the loop's thread: of memory and /sys only."""
    return {
        "status": gauges.status(),
        "levels": gauges.levels(),
        "ears": gauges.ears(),
        "engines": gauges.engines(),
        "log": list(log),
        "versions": machine.version(),
        "temperatures": machine.temperatures(),
        "npu": machine.npu(),
        "net": machine.network(),
        "configuration": shown(config),
    }


def looks(config: Config, state: Path, recorded: Samples | None) -> Mapping[str, Callable[[], Any]]:
    """Name → what reads files, starts checks and computes; for a thread."""
    return {
        "checks": lambda: dict(_checked(config)),
        "models": lambda: list(_models(state / "models")),
        "pack": lambda: _pack(config.knowledge.pack),
        "sound": lambda: portrait(recorded) if recorded is not None else {},
        "packages": lambda: {each.name: each.version for each in metadata.distributions()},
    }


def _checked(config: Config) -> Iterator[tuple[str, Figures]]:
    """Those of `appliance doctor` that load no model and make no sound."""
    checks = [
        Check("system", doctor.supported_python),
        Check("machine", doctor.machine),
        Check("memory", doctor.memory),
        Check("disk", doctor.disk),
        *board_checks(config),
        *npu_checks(config),
    ]
    for check in checks:
        name, status, found, remedy = examine(check)
        yield name, {"passed": _PASSED[status], "found": found, "remedy": remedy}


def _models(folder: Path) -> Iterator[Figures]:
    """What was pulled, and whether it is there with the size that it had."""
    for entry in Store(folder).lock():
        path = folder / entry.model / entry.file
        size = path.stat().st_size if path.exists() else None
        yield {
            "model": entry.model,
            "file": entry.file,
            "bytes": entry.size,
            "sha256": entry.sha256,
            "revision": entry.revision,
            "is_there": size == entry.size,
        }


def _pack(path: str) -> Figures:
    """Its figures; where it lies may name a person."""
    if not path:
        return {}
    with Pack.open(path, verify=False) as pack:
        return pack.meta
