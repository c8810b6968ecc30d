"""Which cores an engine's process may use: "4-7", "0,2", "" for any."""

from __future__ import annotations

import os
import re

from appliance.errors import EngineError

_RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")


def parse_cores(text: str) -> frozenset[int]:
    """The numbers in a list as the kernel writes it; empty: no choice was made.

    Raises:
        EngineError: `ENG-CORES`.
    """
    cores: set[int] = set()
    for part in text.replace(" ", "").split(",") if text.strip() else ():
        found = _RANGE.fullmatch(part)
        if not found or int(found[2] or found[1]) < int(found[1]):
            raise _refused(text, "it is no list of cores")
        cores.update(range(int(found[1]), int(found[2] or found[1]) + 1))
    return frozenset(cores)


def keep_to(text: str) -> None:
    """Confine this thread, and those that it starts from now on, to these cores.

    Raises:
        EngineError: `ENG-CORES`.
    """
    cores = parse_cores(text)
    if not cores:
        return
    try:
        os.sched_setaffinity(0, cores)
    except (OSError, OverflowError) as error:
        raise _refused(text, f"this machine has cores 0-{(os.cpu_count() or 1) - 1}") from error


def _refused(text: str, cause: str) -> EngineError:
    return EngineError(
        "ENG-CORES",
        f'the cores "{text}" cannot be used',
        cause,
        'list cores that exist, such as "0-3" or "4,5", or none',
    )
