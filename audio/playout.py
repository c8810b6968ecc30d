"""A loudspeaker that is a recording: it keeps exactly what a person would have heard, and when."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np

from audio.format import Samples

QUEUED_S = 0.2
"""`play` waits while more than this is queued."""


@dataclass(slots=True)
class _Piece:
    """Samples that begin to sound at a time of the loop's clock."""

    at: float
    samples: Samples


class RecordingLoudspeaker:
    """Plays on the running asyncio loop's clock, which may be a simulated one."""

    def __init__(self, rate_hz: int) -> None:
        """Open; `rate_hz` is what `play` expects."""
        self._rate_hz = rate_hz
        self._pieces: list[_Piece] = []
        self._ends_at = -float("inf")
        self._waiters: set[asyncio.Future[None]] = set()
        self._error: Exception | None = None
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def rate_hz(self) -> int:
        """Samples per second."""
        return self._rate_hz

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
            at = max(self._now(), self._ends_at)
            self._pieces.append(_Piece(at, samples.copy()))
            self._ends_at = at + len(samples) / self._rate_hz
        await self._until(self._ends_at - QUEUED_S)

    async def drain(self) -> None:
        """Wait until everything queued has been heard, or was flushed."""
        await self._until(self._ends_at)

    def flush(self) -> None:
        """Drop what hasn't been heard; `play` and `drain` under way return."""
        if self._pieces:
            now = self._now()
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
        heard = [piece.samples for piece in map(self._heard_of, self._pieces) if piece]
        return np.concatenate(heard) if heard else np.zeros(0, np.int16)

    @property
    def first_sample_at(self) -> float | None:
        """Loop time at which the first sample sounded, or will; None if nothing was played."""
        return self._pieces[0].at if self._pieces else None

    def restart(self) -> None:
        """Forget what was recorded, so that `recorded` and `first_sample_at` begin anew."""
        self.flush()
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

    def _heard_of(self, piece: _Piece) -> _Piece | None:
        """The part of a piece that has sounded; None if not a sample of it has."""
        count = round((self._now() - piece.at) * self._rate_hz)
        return _Piece(piece.at, piece.samples[:count]) if count > 0 else None

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

    def _now(self) -> float:
        """The clock of the loop that plays; it can be asked from outside and afterwards."""
        return self._loop.time() if self._loop else 0.0
