"""What the kernel says of a process: /proc/<pid>, which man 5 proc describes."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

MB = 1_000_000
_LIFELESS = "ZXTt"
"""States of a process that does nothing: a zombie, dead, stopped, held by a debugger."""


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
    fields = _read(pid, "statm").split()
    if not fields or fields[1] == "0":  # a zombie
        return None
    page_mb = os.sysconf("SC_PAGE_SIZE") / MB
    return Memory(int(fields[1]) * page_mb, (int(fields[1]) - int(fields[2])) * page_mb)


def peak_mb(pid: int) -> float:
    """The most that a process has had in memory so far, mapped files included; 0 if it is gone."""
    lines = _read(pid, "status").splitlines()
    kilobytes = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return round(int(kilobytes[0]) * 1024 / MB, 1) if kilobytes else 0.0


def lives(pid: int) -> bool:
    """Whether a process is there and not stopped."""
    return _stat(pid)[0] not in _LIFELESS


def wants_a_core(pid: int) -> bool:
    """Whether a process's main thread runs, or would if it got a core."""
    return _stat(pid)[0] == "R"


def processor_s(pid: int) -> float:
    """Time in user and kernel mode, all threads; 0 if the process is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """The fields after the name, its state first; as of a zombie where the process is gone."""
    told = _read(pid, "stat")
    return told.rsplit(")", 1)[1].split() if told else ["Z", *["0"] * 50]


def _read(pid: int, name: str) -> str:
    try:
        return _file(pid, name).read_text(encoding="utf-8")
    except OSError:
        return ""


@lru_cache(maxsize=64)
def _file(pid: int, name: str) -> Path:
    """Made once: what asks ten times a second would fill Python's table of names with dead ones."""
    return Path(f"/proc/{pid}/{name}")
