"""Time. Nobody else asks the operating system what time it is.

Live, the event loop's time is real. For files and scripted conversations it is simulated:
**waiting costs nothing, work costs what it costs**. While nobody computes, the loop jumps to
its next timer; while an engine or the ears have work in flight (`working`), time passes as
the wall clock says. So an hour of audio takes minutes, yet `first_audio` is a true figure;
and a conversation of scripted engines, in which nobody computes, has exact times.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import time
from collections.abc import Coroutine, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

T = TypeVar("T")

EARLIEST: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""A wall clock that shows less was lost with the power: this program is younger."""


class Moment(NamedTuple):
    """A point in time that means something after a restart, too.

    Attributes:
        boot: which run of the kernel it is of, the beginning of its boot id.
        boot_ms: since that run began; no clock that is set can turn it back.
        wall: what the clock on the wall shows, aware, in UTC; None where it cannot be right.
    """

    boot: str
    boot_ms: int
    wall: datetime | None


class SimulatedTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps over waiting. Every method is for the loop's own thread."""

    def __init__(self) -> None:
        self.epoch = datetime.now().astimezone()
        """What the clock on the wall showed when the loop was made; a test may set it."""
        self._passed_s = 0.0
        self._jobs = 0
        self._working_since = 0.0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Seconds since the loop was made."""
        if not self._jobs:
            return self._passed_s
        return self._passed_s + time.monotonic() - self._working_since

    @property
    def is_working(self) -> bool:
        """Whether something is being computed, so that time must not jump."""
        return self._jobs > 0

    def begin_work(self) -> None:
        """Something is being computed from now on."""
        if not self._jobs:
            self._working_since = time.monotonic()
        self._jobs += 1

    def end_work(self) -> None:
        """It is computed; time may jump once nothing else is."""
        now = self.time()
        self._jobs -= 1
        if not self._jobs:
            self._passed_s = now

    def jump(self, seconds: float) -> None:
        """Nothing happens for `seconds`."""
        self._passed_s += seconds


class _JumpingSelector(selectors.BaseSelector):
    """Waits in simulated time where nothing is in flight, in real time otherwise."""

    def __init__(self, loop: SimulatedTimeLoop) -> None:
        self._loop = loop
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or self._loop.is_working:
            return self._real.select(timeout)
        ready = self._real.select(0)
        if not ready and timeout > 0:
            self._loop.jump(timeout)
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:  # noqa: ANN401
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:  # noqa: ANN401
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:  # noqa: ANN401
        return self._real.modify(fileobj, events, data)

    def close(self) -> None:
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()


@contextlib.contextmanager
def working() -> Iterator[None]:
    """What is awaited inside is computed somewhere, and takes the time that it takes."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, SimulatedTimeLoop):
        yield
        return
    loop.begin_work()
    try:
        yield
    finally:
        loop.end_work()


def is_real() -> bool:
    """Whether the running loop's time is that of the world."""
    return not isinstance(asyncio.get_running_loop(), SimulatedTimeLoop)


def now_s() -> float:
    """The running loop's time in seconds; only differences mean anything."""
    return asyncio.get_running_loop().time()


def civil_now() -> datetime:
    """What the clock on the wall shows, aware and local; on a simulated loop it passes with it."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, SimulatedTimeLoop):
        return loop.epoch + timedelta(seconds=loop.time())
    return datetime.now().astimezone()


def run(main: Coroutine[Any, Any, T], *, realtime: bool) -> T:
    """Run `main` to its end, in real or in simulated time."""
    factory = None if realtime else SimulatedTimeLoop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)


def wall_s() -> float:
    """Real seconds, for benchmarks and other processes; only differences mean anything."""
    return time.monotonic()


def thread_s() -> float:
    """Processor seconds of the calling thread, for benchmarks; only differences mean anything."""
    return time.thread_time()


def boot_s() -> float:
    """Real seconds since the machine was started, time asleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def process_age_s() -> float:
    """Real seconds since this process was started, the interpreter's own start included."""
    ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return boot_s() - ticks / os.sysconf("SC_CLK_TCK")


@cache
def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]


def moment() -> Moment:
    """Now, of any thread."""
    wall = datetime.now(UTC)
    boot_ms = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return Moment(_boot_id(), boot_ms, wall if wall >= EARLIEST else None)
