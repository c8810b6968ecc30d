"""Which machine this is: a figure without it means nothing."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_PARTS = {
    "0xd03": "Cortex-A53",
    "0xd05": "Cortex-A55",
    "0xd08": "Cortex-A72",
    "0xd0b": "Cortex-A76",
}
"""ARM's numbers in /proc/cpuinfo, which has no names for them."""
_CHIP = b"rockchip,rk3576"


@dataclass(frozen=True, slots=True)
class Machine:
    """Where something was measured.

    Attributes:
        cpu: its model, as the kernel calls it.
        cores: that this process may use.
        memory_mb: of the whole machine.
        board: its name; None: it is none with an RK3576.
        load: how many processes wanted a core in the last minute.
    """

    cpu: str
    cores: int
    memory_mb: int
    board: str | None
    load: float

    @property
    def name(self) -> str:
        """In a few words; says so where it is no board."""
        place = self.board or "not run on a board"
        return f"{self.cpu}, {self.cores} {'core' if self.cores == 1 else 'cores'}; {place}"


def machine(root: Path = Path("/")) -> Machine:
    """This one; `root` is the root of its file system."""
    return Machine(
        cpu=_cpu(_text(root / "proc/cpuinfo")),
        cores=len(os.sched_getaffinity(0)),
        memory_mb=_memory_mb(_text(root / "proc/meminfo")),
        board=_board(root / "proc/device-tree"),
        load=round(os.getloadavg()[0], 1),
    )


def _cpu(told: str) -> str:
    if found := re.search(r"^model name\s*: (.+)$", told, re.MULTILINE):
        return found[1].strip()
    parts = Counter(re.findall(r"^CPU part\s*: (\S+)$", told, re.MULTILINE))
    named = [f"{count}x {_PARTS.get(part, part)}" for part, count in parts.items()]
    return ", ".join(named) or "unknown CPU"


def _memory_mb(told: str) -> int:
    found = re.search(r"^MemTotal:\s+(\d+) kB", told, re.MULTILINE)
    return round(int(found[1]) * 1024 / 1e6) if found else 0


def _board(tree: Path) -> str | None:
    if _CHIP.decode() not in _text(tree / "compatible"):
        return None
    return _text(tree / "model").strip("\0 \n") or "a board with an RK3576"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
