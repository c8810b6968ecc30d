"""What may be done meanwhile, and fail without harm: one of each name at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from appliance.errors import ApplianceError
from audio.errors import AudioError

log = logging.getLogger(__name__)


class Errands:
    """Tasks of the running loop, by name. While one is under way, another is not begun."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._given_up: set[asyncio.Task[None]] = set()

    def run(self, name: str, errand: Coroutine[Any, Any, None]) -> None:
        """Begin, unless one of that name is under way."""
        if name in self._tasks:
            errand.close()
            return
        task = self._tasks[name] = asyncio.get_running_loop().create_task(errand, name=name)
        task.add_done_callback(lambda task: self._on_done(name, task))

    def renew(self, name: str, errand: Coroutine[Any, Any, None]) -> None:
        """Begin, in place of the one of that name that is under way."""
        self.cancel(name)
        self.run(name, errand)

    def cancel(self, name: str) -> None:
        """Give it up, if it is under way; the next of that name need not wait for its end."""
        if before := self._tasks.pop(name, None):
            before.cancel()
            self._given_up.add(before)

    async def close(self) -> None:
        """Give up everything, and wait until it has ended."""
        tasks = [*self._tasks.values(), *self._given_up]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _on_done(self, name: str, task: asyncio.Task[None]) -> None:
        self._given_up.discard(task)
        if self._tasks.get(name) is task:
            del self._tasks[name]
        if task.cancelled() or (error := task.exception()) is None:
            return
        known = isinstance(error, ApplianceError | AudioError)
        log.log(logging.WARNING if known else logging.ERROR, "%s failed", name, exc_info=error)
