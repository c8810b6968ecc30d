"""A loudspeaker that is a recording: it keeps exactly what a person would have heard, and when."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from audio.format import Samples

QUEUED_S = 0.2
"""`play` waits while more than this is queued."""

PERIOD_S = 0.02

Tap: TypeAlias = Callable[[Samples, int, float], None]
"""Is told what sounds: samples with the gain applied, rate in Hz, when the first of them sounds.

The time is that of the loudspeaker's `now_s`. Called in the thread that plays; must not raise.
"""


@dataclass(slots=True)
class _Piece:
    """Samples that begin to sound at a time of the loop's clock, and how loud."""

    at: float
    samples: Samples
    gain: float
    first: int  # the first sample's place, counted from the clock's zero

    def sound(self, begin: int = 0, end: int | None = None) -> Samples:
        part = self.samples[begin:end]
        return part if self.gain == 1 else np.round(part * self.gain).astype(np.int16)


class RecordingLoudspeaker:
    """Plays on the running asyncio loop's clock, which may be a simulated one."""

    def __init__(self, rate_hz: int, tap: Tap | None = None) -> None:
        """Open; `rate_hz` is what `play` expects; `tap` is told every 20 ms what has sounded."""
        self._rate_hz, self._tap = rate_hz, tap
        self._gain = 1.0
        self._told = 0  # samples told to the tap, counted from the clock's zero
        self._ticking: asyncio.TimerHandle | None = None
        self._pieces: list[_Piece] = []
        self._ends_at = -float("inf")
        self._waiters: set[asyncio.Future[None]] = set()
        self._error: Exception | None = None
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        with contextlib.suppress(RuntimeError):  # made outside a loop, it has no time yet
            self._loop = asyncio.get_running_loop()

    @property
    def rate_hz(self) -> int:
        """Samples per second."""
        return self._rate_hz

    @property
    def gain(self) -> float:
        """How loud everything that sounds from now on is, 0..1, what is queued included."""
        return self._gain

    @gain.setter
    def gain(self, gain: float) -> None:
        self._gain = gain
        self._pieces = [part for piece in self._pieces for part in self._split(piece, gain)]

    def now_s(self) -> float:
        """The clock of the loop that plays; it can be asked from outside and afterwards."""
        return self._loop.time() if self._loop else 0.0

    def fail_next_play(self, error: Exception) -> None:
        """Make the next `play` raise."""
        self._error = error

    async def play(self, samples: Samples) -> None:
        """Queue samples; RuntimeError after `close`, TypeError for other than 16-bit mono."""
        self._loop = asyncio.get_running_loop()
        self._check(samples)
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        if len(samples):
            self._append(samples.copy())
            self._tick()
        await self._until(self._ends_at - QUEUED_S)

    async def drain(self) -> None:
        """Wait until everything queued has been heard, or was flushed."""
        await self._until(self._ends_at)

    def flush(self) -> None:
        """Drop what hasn't been heard; `play` and `drain` under way return."""
        if self._pieces:
            now = self.now_s()
            self._pieces = [piece for piece in map(self._heard_of, self._pieces) if piece]
            self._ends_at = min(self._ends_at, now)
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def heard_s(self) -> float:
        """Seconds of sound heard so far; pauses don't count."""
        return len(self.recorded()) / self._rate_hz

    def recorded(self) -> Samples:
        """What has been heard so far, without the pauses."""
        heard = [piece.sound() for piece in map(self._heard_of, self._pieces) if piece]
        return np.concatenate(heard) if heard else np.zeros(0, np.int16)

    def sounded(self, from_s: float, to_s: float) -> Samples:
        """What left the loudspeaker between two times of its clock; pauses are zeros.

        The tap is told first, so that it knows as much as whoever asks.
        """
        self._tell()
        first, end = round(from_s * self._rate_hz), round(to_s * self._rate_hz)
        sound = np.zeros(max(0, end - first), np.int16)
        for piece in self._heard_since(first):
            begin = max(first, piece.first)
            part = piece.sound(begin - piece.first, max(0, end - piece.first))
            sound[begin - first : begin - first + len(part)] = part
        return sound

    @property
    def first_sample_at(self) -> float | None:
        """Loop time at which the first sample sounded, or will; None if nothing was played."""
        return self._pieces[0].at if self._pieces else None

    def restart(self) -> None:
        """Forget what was recorded, so that `recorded` and `first_sample_at` begin anew."""
        self.flush()
        self._tell()
        self._pieces.clear()

    def close(self) -> None:
        """Silence, and refuse further `play`; may be called again."""
        self.flush()
        self._closed = True

    def _check(self, samples: Samples) -> None:
        if self._closed:
            raise RuntimeError("play after close")
        if samples.dtype != np.int16 or samples.ndim != 1:
            raise TypeError(f"samples must be int16 [n], not {samples.dtype} {samples.shape}")

    def _append(self, samples: Samples) -> None:
        at = max(self.now_s(), self._ends_at)
        last = self._pieces[-1] if self._pieces else None
        follows = last is not None and at == self._ends_at
        first = last.first + len(last.samples) if last and follows else round(at * self._rate_hz)
        self._pieces.append(_Piece(at, samples, self._gain, first))
        self._ends_at = at + len(samples) / self._rate_hz

    def _heard_of(self, piece: _Piece) -> _Piece | None:
        """The part of a piece that has sounded; None if not a sample of it has."""
        count = self._count_of(piece)
        if count <= 0:
            return None
        return _Piece(piece.at, piece.samples[:count], piece.gain, piece.first)

    def _count_of(self, piece: _Piece) -> int:
        """How many samples of a piece have sounded, or more than it has."""
        return round((self.now_s() - piece.at) * self._rate_hz)

    def _split(self, piece: _Piece, gain: float) -> Iterator[_Piece]:
        """What has sounded as it was, the rest with another gain."""
        heard = min(max(self._count_of(piece), 0), len(piece.samples))
        if heard:
            yield _Piece(piece.at, piece.samples[:heard], piece.gain, piece.first)
        if heard < len(piece.samples):
            at = piece.at + heard / self._rate_hz
            yield _Piece(at, piece.samples[heard:], gain, piece.first + heard)

    def _heard_since(self, first: int) -> list[_Piece]:
        """The sounded parts of the pieces that reach beyond a place, in order."""
        found: list[_Piece] = []
        for piece in reversed(self._pieces):
            if piece.first + len(piece.samples) <= first:
                break
            heard = self._heard_of(piece)
            if heard is not None and heard.first + len(heard.samples) > first:
                found.append(heard)
        return found[::-1]

    def _tick(self) -> None:
        """Tell the tap now, and every period while something is queued."""
        if self._tap is None:
            return
        self._tell()
        if self._ticking is not None:
            self._ticking.cancel()
        loop = asyncio.get_running_loop()
        waits = loop.time() < self._ends_at
        self._ticking = loop.call_later(PERIOD_S, self._tick) if waits else None

    def _tell(self) -> None:
        if self._tap is None:
            return
        for piece in self._heard_since(self._told):
            begin = max(0, self._told - piece.first)
            self._told = piece.first + len(piece.samples)
            self._tap(piece.sound(begin), self._rate_hz, piece.at + begin / self._rate_hz)

    async def _until(self, when: float) -> None:
        loop = asyncio.get_running_loop()
        if when <= loop.time():
            return
        waiter: asyncio.Future[None] = loop.create_future()
        handle = loop.call_at(when, lambda: None if waiter.done() else waiter.set_result(None))
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            handle.cancel()
            self._waiters.discard(waiter)
