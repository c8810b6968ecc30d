"""What becomes of an engine that failed: it is left alone for a while, then started again."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from appliance.clock import now_s, working
from appliance.errors import EngineError

log = logging.getLogger(__name__)

HOPELESS = frozenset(
    {
        *("ENG-NO-MODEL", "ENG-BAD-MODEL", "ENG-ASR-MODEL", "ENG-ASR-LANGUAGE", "ENG-NPU-CORES"),
        *("ENG-NO-RKNN", "ENG-RKNN-VERSION", "ENG-RKLLM-MODEL", "ENG-RKLLM-TEMPLATE"),
        *("ENG-RKLLM-LIBRARY", "ENG-RKLLM-VERSION", "ENG-NO-PIPER", "ENG-TTS-SPEAKER"),
    }
)
"""Errors of a start that the owner must mend: files and settings, not the NPU's mood."""


class Backoff:
    """How long to leave something alone that failed: twice as long each time, until it works."""

    def __init__(self, first_s: float, most_s: float, *, forgiven: int = 0) -> None:
        """The pause after a failure, and at most; the first `forgiven` failures cost none."""
        self._first_s, self._most_s, self._forgiven = first_s, most_s, forgiven
        self._failures = 0
        self.until_s = float("-inf")
        """When it may be tried again, by the clock of whoever calls `failed`."""

    def failed(self, at_s: float) -> None:
        """It failed once more."""
        self._failures += 1
        if (costly := self._failures - self._forgiven) > 0:
            pause_s = min(self._first_s * 2.0 ** min(costly - 1, 30), self._most_s)
            self.until_s = at_s + pause_s

    def worked(self) -> None:
        """It works: the next failure counts as the first."""
        self._failures, self.until_s = 0, float("-inf")


class Startable(Protocol):
    """What a keeper keeps: a `Worker`."""

    name: str
    is_up: bool

    async def start(self) -> None:
        """Start it, unless it is up.

        Raises:
            EngineError: it could not.
        """


class Keeper:
    """Keeps an engine's process up: one that is found dead is started again in the background."""

    def __init__(self, engine: Startable, backoff: Backoff) -> None:
        self._engine, self._backoff = engine, backoff
        self._reviving: asyncio.Task[None] | None = None
        self.failure: EngineError | None = None
        """Why the last start failed; None: it did not."""

    def is_up(self) -> bool:
        """Whether it can be asked now; if not, it will be some time."""
        if not self._engine.is_up and self._reviving is None:
            self._reviving = asyncio.ensure_future(self._revive())
        return self._engine.is_up

    async def start(self) -> None:
        """Start it for the first time. What fails for now is tried again when somebody asks.

        Raises:
            EngineError: `HOPELESS`.
        """
        await self._try_once()
        if self.failure and self.failure.code in HOPELESS:
            raise self.failure

    async def close(self) -> None:
        """Try no more."""
        if self._reviving is not None:
            self._reviving.cancel()
            await asyncio.gather(self._reviving, return_exceptions=True)

    async def _revive(self) -> None:
        try:
            while not self._engine.is_up:
                await asyncio.sleep(max(0.0, self._backoff.until_s - now_s()))
                await self._try_once()
        finally:
            self._reviving = None

    async def _try_once(self) -> None:
        try:
            with working():
                await self._engine.start()
        except EngineError as error:
            log.warning(
                "the %s engine does not start, others do its work: %s: %s",
                self._engine.name,
                error.code,
                error,
            )
            self.failure = error
            self._backoff.failed(now_s())
        else:
            self.failure = None
            self._backoff.worked()
