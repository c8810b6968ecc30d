"""Looks after a worker's process while nobody waits for it, and at its memory always.

Only on a loop of real time: where waiting costs nothing (`clock.py`), nothing is idle for long.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol

from appliance.clock import is_real, wall_s
from appliance.engines.allowance import KILL_RATIO, Allowance
from appliance.engines.crash import Crash, Reason
from appliance.engines.process import EngineProcess
from appliance.errors import EngineError
from appliance.procfs import wants_a_core

LOOK_S = 0.25
SILENT_S = 2.0
"""An idle process that takes no step for so long is dead: stopped, swapped out, or stuck."""
STARVED_S = 20.0
"""Unless it would, but gets no core: to start another would cost the machine still more."""


class Guarded(Protocol):
    """What a guard guards: a `Worker`."""

    allowance: Allowance

    @property
    def process(self) -> EngineProcess | None:
        """Its process, loaded or loading."""

    @property
    def is_wanted(self) -> bool:
        """Whether somebody has a job for it."""

    @property
    def may_restart(self) -> bool:
        """Whether a next start need not wait."""

    def is_to_be_renewed(self) -> bool:
        """Whether the process has grown above its limit."""

    def deadline_s(self, op: str) -> float:
        """How long an item of such a job may take."""

    async def bury(self, process: EngineProcess, reason: Reason) -> Crash:
        """End a process and write its report."""

    async def start(self) -> None:
        """Start it, unless it is up; renew it, if it is to be renewed.

        Raises:
            EngineError: it could not.
        """


class Guard:
    """Of one worker."""

    def __init__(self, worker: Guarded) -> None:
        self._worker = worker
        self._suspect: EngineProcess | None = None
        self._guarding: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless it has begun."""
        if self._guarding is None and is_real():
            self._guarding = asyncio.create_task(self._guard_forever(), name="guard")

    async def stop(self) -> None:
        """Look no more."""
        guarding, self._guarding = self._guarding, None
        if guarding is not None:
            guarding.cancel()
            await asyncio.gather(guarding, return_exceptions=True)

    async def _guard_forever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            process = self._worker.process
            if process is not None and (reason := self._complaint(process)):
                await self._worker.bury(process, reason)
            elif not self._worker.is_wanted and self._is_to_be_started(process):
                with contextlib.suppress(EngineError):  # noted by the worker, and tried later
                    await self._worker.start()

    def _is_to_be_started(self, process: EngineProcess | None) -> bool:
        """Whether it died, or is to be renewed while nobody needs it."""
        if process is None:
            return self._worker.may_restart
        return not process.jobs and self._worker.is_to_be_renewed()

    def _complaint(self, process: EngineProcess) -> Reason | None:
        most_mb = self._worker.allowance.memory_mb * KILL_RATIO
        own_mb = process.look().own_mb
        if most_mb and own_mb > most_mb:
            return Reason.MEMORY
        if self._worker.is_wanted:
            return None
        if process.status is not None or process.is_mute:
            return Reason.CRASHED  # or nonsense: its burial tells
        return self._abandoned(process) if process.jobs else self._idle(process)

    def _abandoned(self, process: EngineProcess) -> Reason | None:
        """Of a process at a job that was cancelled."""
        job = next(iter(process.jobs.values()))
        quiet_s = wall_s() - max(job.since_s, process.heard_at_s)
        return Reason.STUCK if quiet_s > self._worker.deadline_s(job.op) else None

    def _idle(self, process: EngineProcess) -> Reason | None:
        """Twice in a row, since this loop may have been late to feel the pulse."""
        silent_s = wall_s() - max(process.pulse.step_at_s, process.heard_at_s)
        is_silent = silent_s > SILENT_S
        if is_silent and wants_a_core(process.pid):
            is_silent = silent_s > STARVED_S
        if is_silent and self._suspect is process:
            return Reason.SILENT
        self._suspect = process if is_silent else None
        return None
