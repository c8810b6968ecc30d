"""What an engine's process may use. It confines itself, before it loads anything."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import resource
from dataclasses import dataclass

from appliance.procfs import MB

KILL_RATIO = 1.5
"""Above its memory limit a process is renewed between two jobs; so far above it, it is killed."""
DATA_RATIO = 3.0
"""And so far above it, the kernel refuses it memory: it may grow faster than anybody looks."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Of one process.

    Attributes:
        memory_mb: of its own memory (`procfs.Memory.own_mb`); 0: as much as it likes.
        cpus: the cores it may run on; none named: all.
        threads: for its libraries' arithmetic (OpenMP, OpenBLAS).
    """

    memory_mb: int = 0
    cpus: tuple[int, ...] = ()
    threads: int = 1

    def environment(self) -> dict[str, str]:
        """What tells the libraries; they read it when they are loaded."""
        return dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(self.threads))


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
