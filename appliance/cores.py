"""Which cores are big and which little, and what runs on which.

On an RK3576 cpu0-3 are A53 and cpu4-7 are A72, about twice as strong (not yet run on a board).
Where all cores are alike nothing is pinned: the kernel knows better.
"""

from __future__ import annotations

import contextlib
import os
from enum import Enum
from pathlib import Path
from typing import NamedTuple

SYSFS = Path("/sys/devices/system/cpu")
STRENGTH_FILES = ("cpu_capacity", "cpufreq/cpuinfo_max_freq")
"""The kernel's own measure, which knows a core's design; else its fastest clock."""
LITTLE_SHARE = 0.75
"""A core below this share of the strongest is little. Favoured cores of one kind differ less."""


class Kind(Enum):
    """A core's."""

    BIG = "big"
    LITTLE = "little"


class Parallel(Enum):
    """Where a role takes more than one core at a time."""

    NEVER = "never"
    APART = "apart"
    """Where there are cores of its kind; not where all are alike, and others want them, too."""
    ALWAYS = "always"


class Role(NamedTuple):
    """Of a process.

    Attributes:
        kind: of its cores.
        parallel: where its libraries reckon on all of them at once.
    """

    kind: Kind
    parallel: Parallel = Parallel.NEVER


ROLES = {
    "service": Role(Kind.LITTLE),  # the loop and the ears: light, and always at work
    "asr": Role(Kind.BIG),
    "spare": Role(Kind.LITTLE),  # recognition, where the NPU does it and this one waits
    "npu": Role(Kind.BIG),  # the runtime's own threads, and Whisper's decoder
    "mind": Role(Kind.BIG, Parallel.APART),  # it reads while nobody else there works
    "slm": Role(Kind.BIG, Parallel.ALWAYS),
    "voice": Role(Kind.BIG),
}


class Seat(NamedTuple):
    """Where a process runs. No `cpus`: anywhere."""

    cpus: tuple[int, ...]
    threads: int


def kinds(sysfs: Path = SYSFS) -> dict[int, Kind]:
    """Each core's kind; empty where they are alike, or nothing tells."""
    for name in STRENGTH_FILES:
        strengths = _strengths(sysfs, name)
        if strengths:
            most = max(strengths.values()) * LITTLE_SHARE
            found = {cpu: Kind.LITTLE if s < most else Kind.BIG for cpu, s in strengths.items()}
            return dict(sorted(found.items())) if Kind.LITTLE in found.values() else {}
    return {}


def seat(role: str, sysfs: Path = SYSFS) -> Seat:
    """Where the process of a role (`ROLES`) runs on this machine."""
    wanted = ROLES[role]
    cpus = tuple(cpu for cpu, kind in kinds(sysfs).items() if kind is wanted.kind)
    match wanted.parallel:
        case Parallel.NEVER:
            threads = 1
        case Parallel.APART:
            threads = len(cpus) or 1
        case Parallel.ALWAYS:
            threads = len(cpus or _online(sysfs))
    return Seat(cpus, threads)


def sit(role: str) -> None:
    """Move the calling thread, and all that it starts from now on, to the cores of its role."""
    if cpus := seat(role).cpus:
        with contextlib.suppress(OSError):  # a container may allow none of them
            os.sched_setaffinity(0, cpus)


def _strengths(sysfs: Path, name: str) -> dict[int, int]:
    """Of each core that is in use; empty unless all of them tell."""
    found = {cpu: _number(sysfs / f"cpu{cpu}" / name) for cpu in _online(sysfs)}
    return found if all(found.values()) else {}


def _online(sysfs: Path) -> list[int]:
    """Cores in use; the first one where nothing tells. Written as in `0-3,6`."""
    try:
        ranges = (sysfs / "online").read_text().strip().split(",")
    except OSError:
        return [0]
    ends = [part.split("-") for part in ranges]
    return [cpu for end in ends for cpu in range(int(end[0]), int(end[-1]) + 1)]


def _number(path: Path) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0
