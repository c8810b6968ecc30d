"""The heartbeat of an engine's process (`heart.py`), as the service feels it."""

from __future__ import annotations

import asyncio
import os

from appliance.clock import wall_s

_LONGEST = 20  # bytes of a beat


class Pulse:
    """Of one process. Times are real: it lives in real time, whatever the loop's time is.

    Attributes:
        beat_at_s: when the last beat came; at first, when this was made.
        step_at_s: when the last beat came that told of a step.
    """

    def __init__(self, descriptor: int) -> None:
        """`descriptor`: where beats come from, not blocking; closed by `close`."""
        self._descriptor = descriptor
        self._begun, self._steps = b"", b""
        self.beat_at_s = self.step_at_s = wall_s()

    def start(self) -> None:
        """Feel, on the running loop."""
        asyncio.get_running_loop().add_reader(self._descriptor, self._read)

    def close(self) -> None:
        """Feel no more."""
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)

    def hear(self, data: bytes) -> None:
        """Some bytes of the beats; what is no beat is passed over."""
        *lines, begun = (self._begun + data).split(b"\n")
        self._begun = begun[:_LONGEST]
        for line in lines:
            if line.isdigit() and len(line) < _LONGEST:
                self._beat(line)

    def _beat(self, steps: bytes) -> None:
        self.beat_at_s = wall_s()
        if steps != self._steps:
            self._steps, self.step_at_s = steps, self.beat_at_s

    def _read(self) -> None:
        data = os.read(self._descriptor, 4096)
        if data:
            self.hear(data)
        else:  # the process has ended
            asyncio.get_running_loop().remove_reader(self._descriptor)
