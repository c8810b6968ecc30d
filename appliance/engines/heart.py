"""The heartbeat of an engine's process; the service feels it (`pulse.py`).

A beat says how many steps the main thread has taken, in digits and a newline. A thread of its own
sends it, so a beat proves that the process is scheduled; only a step proves that it gets on. An
idle main thread takes a step with each beat, a busy one with each item of its job.
"""

from __future__ import annotations

import contextlib
import os
import threading

BEAT_S = 0.5


class Heart:
    """In the engine's process."""

    def __init__(self, descriptor: int, every_s: float) -> None:
        """`descriptor`: where beats go, not blocking. `every_s`: between two of them."""
        self._descriptor, self.every_s = descriptor, every_s
        self._steps = 0

    def step(self) -> None:
        """The main thread got on."""
        self._steps += 1

    def start(self) -> None:
        """Beat until the process ends."""
        threading.Thread(target=self._beat_forever, name="beat", daemon=True).start()

    def _beat_forever(self) -> None:
        never = threading.Event()
        with contextlib.suppress(BrokenPipeError):  # the service is gone, and this process soon
            while not never.wait(self.every_s):
                with contextlib.suppress(BlockingIOError):  # nobody feels: leave this one out
                    os.write(self._descriptor, b"%d\n" % self._steps)
