"""What the kernel tells of the machine. Files that are not there are left out, never guessed."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from appliance.console.ports import Figures

_LOAD = "sys/kernel/debug/rknpu/load"
_INET = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")
_LISTED = 9  # the column of the inode in /proc/net/tcp and its like


def device_id(root: Path = Path("/")) -> str:
    """What tells this device from others: a hash of its serial number, else of its machine id."""
    for name in ("proc/device-tree/serial-number", "etc/machine-id"):
        if number := _text(root / name).strip("\0\n "):
            return hashlib.sha256(b"voice-appliance console " + number.encode()).hexdigest()[:12]
    return "unknown"


class KernelMachine:
    """Implements `console.ports.Machine` out of /sys and /proc."""

    def __init__(
        self,
        models: Sequence[str],
        pack: Callable[[], Mapping[str, str]],
        driver_files: Sequence[str],
        pids: Callable[[], list[int]],
        root: Path = Path("/"),
    ) -> None:
        """Take the parts.

        Args:
            models: ids of the models in use.
            pack: what the knowledge pack says of itself.
            driver_files: where the NPU's driver says its version.
            pids: of the service and its engines.
            root: of the file system.
        """
        self._models, self._pack, self._pids, self._root = models, pack, pids, root
        self._driver_files = driver_files

    def version(self) -> Figures:
        """As the port."""
        return {
            "device": device_id(self._root),
            "program": metadata.version("voice-appliance"),
            "python": platform.python_version(),
            "kernel": _text(self._root / "proc/sys/kernel/osrelease").strip() or "unknown",
        }

    def temperatures(self) -> Figures:
        """As the port."""
        zones = sorted((self._root / "sys/class/thermal").glob("thermal_zone*"))
        found = {}
        for zone in zones:
            if reading := _text(zone / "temp").strip():
                found[_text(zone / "type").strip() or zone.name] = int(reading) / 1000
        return found or {"zones": "the kernel tells of none"}

    def npu(self) -> Figures:
        """As the port."""
        versions = [_text(self._root / name.lstrip("/")).strip() for name in self._driver_files]
        return {
            "driver": next(filter(None, versions), "none loaded"),
            "load": _text(self._root / _LOAD).strip() or "not told (needs root and debugfs)",
        }

    def models(self) -> Figures:
        """As the port."""
        return {"models": list(self._models)}

    def pack(self) -> Figures:
        """As the port."""
        return dict(self._pack())

    def network(self) -> Figures:
        """As the port."""
        interfaces = {
            item.name: f"{_text(item / 'operstate').strip()}, {self._sent(item)} packets sent"
            for item in sorted((self._root / "sys/class/net").glob("*"))
        }
        return {
            "interfaces": interfaces,
            "sockets_of_the_service": len(self._open_inodes() & self._inet_inodes()),
            "firewall": "no packet counter in this build",
        }

    def _sent(self, interface: Path) -> str:
        return _text(interface / "statistics/tx_packets").strip() or "?"

    def _inet_inodes(self) -> set[str]:
        lines = [
            line.split()
            for name in _INET
            for line in _text(self._root / "proc/net" / name).splitlines()[1:]
        ]
        return {columns[_LISTED] for columns in lines if len(columns) > _LISTED}

    def _open_inodes(self) -> set[str]:
        return {inode for pid in self._pids() for inode in self._sockets(pid)}

    def _sockets(self, pid: int) -> Iterator[str]:
        for link in (self._root / f"proc/{pid}/fd").glob("*"):
            try:
                target = str(link.readlink())
            except OSError:  # closed meanwhile
                continue
            if target.startswith("socket:["):
                yield target[len("socket:[") : -1]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # not there, or not ours to read
        return ""
