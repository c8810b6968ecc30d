"""Whether an engine's process lives: what the kernel says of it."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

from appliance.health.ports import Employee

_PROC = Path("/proc")
_LIFELESS = "ZXTt"
"""States of a process that does nothing: a zombie, dead, stopped, held by a debugger."""


class Staff:
    """One process that is to be up once it has been; its `beat` is a vital sign's counter."""

    def __init__(self, employee: Employee) -> None:
        """One that is started only when needed is not missed before."""
        self._employee = employee
        self._wanted = False
        self._beats = 0

    def beat(self) -> int:
        """Rises while the process lives, or is not wanted."""
        pid = self._employee.pid
        self._wanted = self._wanted or pid is not None
        self._beats += not self._wanted or (pid is not None and lives(pid))
        return self._beats

    async def dismiss(self) -> None:
        """It is not wanted until somebody starts it again."""
        self._wanted = False
        await self._employee.stop()

    async def restart(self) -> None:
        """End it, in whatever state it is, and start it.

        Raises:
            EngineError: it does not start.
        """
        if self._employee.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._employee.pid, signal.SIGKILL)
        await self._employee.stop()
        await self._employee.start()


def lives(pid: int) -> bool:
    """Whether a process is there and not stopped."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] not in _LIFELESS
