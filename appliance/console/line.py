"""A line: a file descriptor that is read at a bounded pace and written without waiting.

The voice has priority: whatever the other end sends, the loop spends at most SHARE of its time on
it; the rest waits in the kernel, which drops it. What the other end does not take is dropped here.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Protocol

PACE_BYTES, PACE_S = 128, 0.005
"""So much is read at once, and so long it rests at least: 25 kB/s; a person types 0.01 kB/s."""
SHARE = 0.05
"""Of the loop's time; what took long makes the rest longer, on a slow board too."""
OUT_BYTES = 65_536
_AT_ONCE = 4096


class Port(Protocol):
    """What was opened: a terminal device or a socket, set to non-blocking."""

    def fileno(self) -> int:
        """The descriptor."""

    def close(self) -> None:
        """Release it."""

    @property
    def baud(self) -> int:
        """Its speed; 0: none."""


class Line:
    """Carries bytes; belongs to the loop's thread.

    Attributes:
        ended: set once the other end is gone, or `close` was called.
        unsent: bytes that were dropped because the other end did not take them.
    """

    def __init__(self, port: Port, pace_s: float = PACE_S) -> None:
        self.ended = asyncio.Event()
        self.unsent = 0
        self._port, self._pace_s = port, pace_s
        self._deliver: Callable[[bytes], None] = lambda _data: None
        self._loop = asyncio.get_running_loop()
        self._out = bytearray()
        self._rest: asyncio.TimerHandle | None = None
        self._writing = False

    def start(self, deliver: Callable[[bytes], None]) -> None:
        """Begin to read."""
        self._deliver = deliver
        self._listen()

    def _listen(self) -> None:
        self._loop.add_reader(self._port.fileno(), self._read)

    def send(self, data: bytes) -> None:
        """Send all of it, or nothing where the queue is full; never waits."""
        if self.ended.is_set() or len(self._out) + len(data) > OUT_BYTES:
            self.unsent += len(data)
            return
        self._out += data
        if not self._writing:
            self._write()

    def figures(self) -> dict[str, int]:
        """Speed and losses."""
        return {"baud": self._port.baud, "unsent_bytes": self.unsent}

    def close(self) -> None:
        """Release the port; safe to call twice."""
        if self.ended.is_set():
            return
        self.ended.set()
        if self._rest is not None:
            self._rest.cancel()
        self._loop.remove_reader(self._port.fileno())
        self._loop.remove_writer(self._port.fileno())
        self._port.close()

    def _read(self) -> None:
        try:
            data = os.read(self._port.fileno(), PACE_BYTES if self._pace_s else _AT_ONCE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:  # EIO: unplugged, or the other end hung up
            data = b""
        if not data:
            self.close()
            return
        began_s = self._loop.time()
        self._deliver(data)
        if self._pace_s and not self.ended.is_set():
            spent_s = self._loop.time() - began_s
            self._loop.remove_reader(self._port.fileno())
            rest_s = max(self._pace_s, spent_s / SHARE)
            self._rest = self._loop.call_later(rest_s, self._listen)

    def _write(self) -> None:
        try:
            del self._out[: os.write(self._port.fileno(), self._out[:_AT_ONCE])]
        except (BlockingIOError, InterruptedError):
            pass  # it is told when there is room
        except OSError:
            self.close()
            return
        if self._out and not self._writing:
            self._loop.add_writer(self._port.fileno(), self._write)
        elif not self._out and self._writing:
            self._loop.remove_writer(self._port.fileno())
        self._writing = bool(self._out)
