"""What works on this machine, what doesn't, and the remedy for each."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from appliance.errors import ApplianceError
from audio.errors import AudioError

FREE_BYTES_WANTED = 200_000_000
MEMORY_BYTES_WANTED = 1_000_000_000


class Status(Enum):
    """`WARN` is something that only some verbs need."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Finding(NamedTuple):
    """One line of the report."""

    name: str
    status: Status
    detail: str
    remedy: str = ""


class Check(NamedTuple):
    """Something to look at. `examine` returns what it found, or raises what is wrong.

    `needed_by` names the verbs that don't work without it; empty means all of them.
    """

    name: str
    examine: Callable[[], str]
    needed_by: str = ""


def examine(check: Check) -> Finding:
    """Carry out one check."""
    try:
        return Finding(check.name, Status.OK, check.examine())
    except (ApplianceError, AudioError) as error:
        status = Status.WARN if check.needed_by else Status.FAIL
        only = f" (needed by {check.needed_by} only)" if check.needed_by else ""
        return Finding(check.name, status, f"{error.what}: {error.cause}{only}", error.remedy)


def machine() -> str:
    """The machine and its Python."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def memory() -> str:
    """Whether the engines fit.

    Raises:
        ApplianceError: there is too little memory.
    """
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if total < MEMORY_BYTES_WANTED:
        raise ApplianceError(
            "DOC-MEMORY", "too little memory", f"{total >> 20} MiB", "1 GB is the least that works"
        )
    return f"{total >> 20} MiB"


def disk() -> str:
    """Whether packs and recordings fit.

    Raises:
        ApplianceError: the disk is nearly full.
    """
    free = shutil.disk_usage(Path.cwd()).free
    if free < FREE_BYTES_WANTED:
        raise ApplianceError(
            "DOC-DISK", "the disk is nearly full", f"{free >> 20} MiB free here", "make room"
        )
    return f"{free >> 20} MiB free here"


def asking_voice() -> str:
    """Whether the demo can ask.

    Raises:
        ApplianceError: the package is not installed.
    """
    if importlib.util.find_spec("ttspico") is None:
        raise ApplianceError(
            "DOC-ASKER",
            "the demo has no voice to ask with",
            "the package ttspico is not installed",
            "pip install 'voice-appliance[demo]' (it needs a C compiler)",
        )
    return "SVOX Pico"


def supported_python() -> str:
    """Whether this is Linux, as the live verbs need it.

    Raises:
        ApplianceError: it is not.
    """
    if sys.platform != "linux":
        raise ApplianceError(
            "DOC-SYSTEM", "this is not Linux", sys.platform, "use a Debian machine or the board"
        )
    return platform.platform(terse=True)
