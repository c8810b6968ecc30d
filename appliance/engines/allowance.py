"""What an engine's process may use. It confines itself, before it loads anything."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

KILL_RATIO = 1.5
"""Above its memory limit a process is renewed between two jobs; so far above it, it is killed."""
DATA_RATIO = 3.0
"""And so far above it, the kernel refuses it memory: it may grow faster than anybody looks."""
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """Of one process.

    Attributes:
        memory_mb: of its own memory (`Memory.own_mb`); 0: as much as it likes.
        cpus: the cores it may run on; none named: all.
        threads: for its libraries' arithmetic (OpenMP, OpenBLAS).
    """

    memory_mb: int = 0
    cpus: tuple[int, ...] = ()
    threads: int = 1

    def environment(self) -> dict[str, str]:
        """What tells the libraries; they read it when they are loaded."""
        return dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(self.threads))


class Memory(NamedTuple):
    """What a process has in memory.

    Attributes:
        rss_mb: all of it, with what it has mapped: a model's file, say.
        own_mb: without that, since the kernel can take it back: what leaks is this.
    """

    rss_mb: float
    own_mb: float


def memory_of(pid: int) -> Memory | None:
    """As the kernel counts it now; None if the process is gone."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return None
    if resident == "0":  # a zombie
        return None
    page_mb = os.sysconf("SC_PAGE_SIZE") / MB
    return Memory(int(resident) * page_mb, (int(resident) - int(shared)) * page_mb)


def wants_a_core(pid: int) -> bool:
    """Whether a process's main thread runs, or would if it got a core."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "R"
    except OSError:
        return False


def confine(allowance: Allowance, stack: int) -> None:
    """Apply an allowance to the calling process.

    Args:
        allowance: the limits; where the kernel grants no core or limit, it does without.
        stack: descriptor to which the stacks of all threads go when a signal ends the process.
    """
    faulthandler.enable(stack)
    _limit(resource.RLIMIT_CORE, 1)  # no core dumps, not even piped: they hold what people said
    if allowance.memory_mb:
        _limit(resource.RLIMIT_DATA, int(allowance.memory_mb * MB * DATA_RATIO))
    if allowance.cpus:
        with contextlib.suppress(OSError):  # a container may allow none of them
            os.sched_setaffinity(0, allowance.cpus)


def _limit(which: int, most: int) -> None:
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
