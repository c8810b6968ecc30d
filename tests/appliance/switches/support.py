"""What the switches' tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from appliance import clock
from appliance.errors import ApplianceError


class Owner:
    """Collects what a switch says."""

    def __init__(self) -> None:
        self.told: list[bool] = []
        self.lost: list[str] = []
        self._said = asyncio.Event()

    def on_change(self, muted: bool) -> None:
        asyncio.get_running_loop()  # RuntimeError on any other thread
        self.told.append(muted)
        self._said.set()

    def on_lost(self, error: ApplianceError) -> None:
        asyncio.get_running_loop()
        self.lost.append(error.code)
        self._said.set()

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for what the switch says; in real time, where the kernel takes its own."""
        while not done():
            self._said.clear()
            await asyncio.wait_for(self._said.wait(), 30)


async def settle() -> None:
    """Let the loop read whatever can be read."""
    for _ in range(6):
        await asyncio.sleep(0)


def run(scene: Coroutine[Any, Any, None]) -> None:
    clock.run(scene, realtime=False)
