"""What a worker can tell of itself, and of the processes that it lost.

Neither holds anybody's words: a job is named by its operation, never by what it was given; a stack
holds names of files and functions. The one exception is `Crash.last_words`, the last line that a
library wrote to standard error: it may be anything, so it stays in memory, and no log has it.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple


class Reason(Enum):
    """Why a process came to its end, or was brought to it."""

    CRASHED = "crashed"
    NONSENSE = "nonsense"  # it sent what is no message
    STUCK = "stuck"  # it missed a job's deadline
    SILENT = "silent"  # it had nothing to do, and its heart stopped
    MEMORY = "memory"  # it was far above its limit
    RENEWED = "renewed"  # it was above its limit, and ended between two jobs
    STOPPED = "stopped"  # the service needs it no more; leaves no report


@dataclass(frozen=True, slots=True)
class Crash:
    """The report of one process that ended.

    Attributes:
        reason: why.
        at: when, by the clock on the wall.
        status: exit status; negative: the signal's number; None: it did not even end when killed.
        op: the job that it was at (`load`, `transcribe`, …), or the last one that it did.
        was_busy: whether it was still at it.
        age_s: how long it had lived.
        rss_mb: what it had in memory when that was last looked at.
        last_words: the last line on its standard error.
        stack: of all its threads, the innermost call first; empty where no signal ended it.
    """

    reason: Reason
    at: datetime
    status: int | None
    op: str
    was_busy: bool
    age_s: float
    rss_mb: float
    last_words: str
    stack: str

    @property
    def exit(self) -> str:
        """How it ended, in words."""
        if self.status is None:
            return "it can't be killed"
        if self.status >= 0:
            return f"exit status {self.status}"
        return f"exit status {self.status} ({signal.strsignal(-self.status)})"

    def __str__(self) -> str:
        """One line for a log."""
        job = f"{'in' if self.was_busy else 'after'} `{self.op}`"
        return f"{self.reason.value} {job}, {self.exit}, {self.age_s:.0f} s, {self.rss_mb:.0f} MB"


class Loading(NamedTuple):
    """How far a start is: what is being loaded, and the share (0..1) of everything that is."""

    what: str
    share: float


@dataclass(frozen=True, slots=True)
class Health:
    """How a worker is.

    Attributes:
        up: whether it is loaded and, as far as is known, alive.
        loading: how far a start under way is; None: none is.
        busy_ms: since when it has been at its present job; None: at none.
        last_beat_age_ms: since when no heartbeat came; None: there is no process.
        rss_mb: what its process has in memory; 0: there is none.
        restarts: how many processes it has had after its first.
        last_crash: the last process that it lost.
    """

    up: bool
    loading: Loading | None
    busy_ms: int | None
    last_beat_age_ms: int | None
    rss_mb: float
    restarts: int
    last_crash: Crash | None
