"""Looks at the clock, and rings when something is due."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from appliance.clock import civil_now, now_s
from appliance.survivor.bell import Bell
from appliance.survivor.timers import Due, Timer, Timers
from appliance.survivor.tongue import tongue

LOOK_S: Final = 30.0
"""How often to look while something is set, so that a clock that was set is noticed."""
STEP_S: Final = 2.0
"""A clock that differs by more was set by somebody; less is drift."""


class Watch:
    """One task of the loop."""

    def __init__(
        self, timers: Timers, bell: Bell, announce: Callable[[Sequence[Due]], None]
    ) -> None:
        """Prepare; `run` does it.

        Args:
            timers: what to watch; the watch listens to its changes.
            bell: rings from when something is due until it is dismissed.
            announce: is told what is due, just before the bell rings.
        """
        self._timers, self._bell, self._announce = timers, bell, announce
        self._changed = asyncio.Event()
        timers.on_change = self._changed.set

    async def run(self) -> None:
        """Watch until cancelled. What was due while the power was off is due at once."""
        while True:
            self._look()
            await self._wait()

    def _look(self) -> None:
        due = self._timers.take_due(civil_now())
        if due:
            self._announce(due)
            self._bell.ring()

    async def _wait(self) -> None:
        """Until the next is due, or something was changed; then set the timers by the clock."""
        civil, elapsed = civil_now(), now_s()
        due_s, before = self._timers.next_due_s(civil), self._timers.timers
        self._changed.clear()
        timeout_s = None if due_s is None else min(max(due_s, 0.0), LOOK_S)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        step_s = (civil_now() - civil).total_seconds() - (now_s() - elapsed)
        if abs(step_s) > STEP_S:
            self._timers.clock_was_set(step_s, before)


def announcement(due: Due, now: datetime, language: str) -> str:
    """What to say as the bell rings; `now` is aware and local."""
    words, entry = tongue(language), due.entry
    here = now.replace(tzinfo=None)
    if isinstance(entry, Timer):
        local = entry.due.astimezone(now.tzinfo).replace(tzinfo=None)
        key = "timer_missed" if due.is_missed else "timer_ended"
        return words.say(key, name=entry.name, when=words.when(local, here))
    if due.is_missed:
        return words.say("alarm_missed", when=words.when(entry.due, here))
    return words.say("alarm_rings", time=words.time(here))
