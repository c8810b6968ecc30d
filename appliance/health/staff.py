"""Whether an engine's process lives: what the kernel says of it."""

from __future__ import annotations

import contextlib
import os
import signal

from appliance.health.ports import Employee
from appliance.procfs import lives


class Staff:
    """One process that is to be up once it has been; its `beat` is a vital sign's counter."""

    def __init__(self, employee: Employee) -> None:
        """One that is started only when needed is not missed before."""
        self._employee = employee
        self._wanted = False
        self._beats = 0
        self._awaited: int | None = None  # a process that was given the chance to load

    def beat(self) -> int:
        """Rises while the process is loaded and lives, or is not wanted."""
        pid, is_up = self._employee.pid, self._employee.is_up
        self._wanted = self._wanted or is_up
        self._beats += not self._wanted or (is_up and pid is not None and lives(pid))
        return self._beats

    async def dismiss(self) -> None:
        """It is not wanted until somebody starts it again."""
        self._wanted = False
        await self._employee.stop()

    async def restart(self) -> None:
        """Wait for the one that is loading; end any other, in whatever state it is, and start it.

        One that was waited for before, and still loads, hangs.

        Raises:
            EngineError: it does not start.
        """
        pid = self._employee.pid
        if pid is None or self._employee.is_up or not lives(pid) or pid == self._awaited:
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            await self._employee.stop()
        self._awaited = pid
        await self._employee.start()
        self._awaited = None
