"""Which cores of the CPU an engine's process works on."""

from __future__ import annotations

import os
import re

from appliance.errors import EngineError

_RANGE = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")


def pinned(cores: str) -> int:
    """Keep the calling thread, and those that it starts, to `cores`; returns how many there are.

    Args:
        cores: as `4-7` or `0,2`; empty: wherever it may run already.

    Raises:
        EngineError: `ENG-LLAMA-CORES`, they are written otherwise, or not of this machine.
    """
    if cores:
        try:
            os.sched_setaffinity(0, _numbers(cores))
        except (ValueError, OSError) as error:
            raise EngineError(
                "ENG-LLAMA-CORES",
                f"the cores `{cores}` cannot be used",
                f"{error}; this machine has {os.cpu_count()}, counted from 0",
                "write them as 4-7 or 0,2, or leave them empty",
            ) from error
    return len(os.sched_getaffinity(0))


def _numbers(cores: str) -> set[int]:
    numbers: set[int] = set()
    for part in cores.split(","):
        found = _RANGE.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"`{part}` is no number or range")
        first = int(found[1])
        numbers |= set(range(first, int(found[2] or first) + 1))
    return numbers
