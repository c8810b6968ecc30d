"""Heat, memory, disk and supply as Linux shows them; implements `Gauges`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from appliance.health.pressure import Readings

PROBE_EVERY = 300
"""Readings (10 minutes) between two writes that prove the disk: 150 a day spare the eMMC."""
AGAIN_EVERY = 15
"""Readings (30 s) until a disk that took nothing is tried again."""

ALARMS = (
    "regulator/regulator.*/under_voltage",
    "regulator/regulator.*/under_voltage_warn",
    "hwmon/hwmon*/in*_lcrit_alarm",
    "hwmon/hwmon*/in*_min_alarm",
)
"""Below /sys/class: what tells of a supply that is too weak, where a driver offers it; 0 or 1. Not
yet seen on a board: whether the RK3576's PMIC has any of them depends on its driver."""
HELD = 30
"""Readings (one minute) for which an alarm counts: a brown-out is over when the load is."""


class LinuxGauges:
    """Reads thermal zones, alarms, /proc/meminfo, and the file system of a folder."""

    def __init__(
        self,
        folder: Path,
        classes: Path = Path("/sys/class"),
        meminfo: Path = Path("/proc/meminfo"),
        write: Callable[[Path], None] | None = None,
    ) -> None:
        """Remember where; `write` proves that a file can be written (OSError where not)."""
        self._folder, self._classes, self._meminfo = folder, classes, meminfo
        self._write = write or _write
        self._reads = 0
        self._writable = True
        self._alarms: list[Path] | None = None
        self._weak_until = 0

    def read(self) -> Readings:
        """As the port; never fails."""
        if self._reads % (PROBE_EVERY if self._writable else AGAIN_EVERY) == 0:
            self._writable = self._can_write()
        self._reads += 1
        return Readings(self._heat_c(), self._memory_mb(), self._disk_mb(), self._weak())

    def _weak(self) -> float | None:
        """Whether the supply was too weak within the last minute; which alarms there are, once."""
        if self._alarms is None:
            self._alarms = [path for what in ALARMS for path in self._classes.glob(what)]
        if any(_is_on(path) for path in self._alarms):
            self._weak_until = self._reads + HELD
        return float(self._reads < self._weak_until) if self._alarms else None

    def _heat_c(self) -> float | None:
        found = []
        for zone in self._classes.glob("thermal/thermal_zone*/temp"):
            with contextlib.suppress(OSError, ValueError):  # a zone may be switched off
                found.append(int(zone.read_text()) / 1000)
        return max(found, default=None)

    def _memory_mb(self) -> float | None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            for line in self._meminfo.read_text().splitlines():
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) / 1024
        return None

    def _disk_mb(self) -> float | None:
        try:
            disk = os.statvfs(self._folder)
        except OSError:
            return 0.0
        if not self._writable or disk.f_flag & os.ST_RDONLY:
            return 0.0
        return disk.f_bavail * disk.f_frsize / 1e6

    def _can_write(self) -> bool:
        try:
            self._write(self._folder / ".probe")
        except OSError:
            return False
        return True


def _is_on(alarm: Path) -> bool:
    with contextlib.suppress(OSError):  # a device may be asleep
        return alarm.read_text().strip() == "1"
    return False


def _write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(b"alive\n")
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
