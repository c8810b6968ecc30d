"""The bell: an earcon again and again, until somebody cares."""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Protocol

from audio.errors import AudioError
from audio.format import Samples

log = logging.getLogger(__name__)

PAUSE_S: Final = 1.0
LONGEST_S: Final = 15 * 60.0
"""After that, nobody is at home."""


class Chime(Protocol):
    """Where the bell sounds; a loudspeaker is one."""

    @property
    def rate_hz(self) -> int:
        """Samples per second."""

    async def play(self, samples: Samples) -> None:
        """Queue samples."""


class Bell:
    """Rings on the running loop. Every method is for the loop's own thread."""

    def __init__(
        self,
        chime: Chime,
        earcon: Samples,
        *,
        pause_s: float = PAUSE_S,
        longest_s: float = LONGEST_S,
    ) -> None:
        """Prepare.

        Args:
            chime: where it sounds.
            earcon: samples of one stroke, int16 [n] at the chime's rate.
            pause_s: between two strokes.
            longest_s: after so long it gives up.
        """
        self._chime, self._earcon = chime, earcon
        self._period_s = len(earcon) / chime.rate_hz + pause_s
        self._longest_s = longest_s
        self._task: asyncio.Task[None] | None = None
        self._allowed = asyncio.Event()
        self._allowed.set()

    @property
    def is_ringing(self) -> bool:
        """Whether it rings, hushed or not."""
        return self._task is not None and not self._task.done()

    def ring(self) -> None:
        """Ring from now on, for the longest time anew."""
        self.dismiss()
        self._task = asyncio.get_running_loop().create_task(self._ring(), name="bell")

    def dismiss(self) -> bool:
        """Stop ringing; whether it was ringing."""
        was_ringing = self.is_ringing
        if self._task is not None:
            self._task.cancel()
        self._task = None
        return was_ringing

    def hush(self) -> None:
        """Be silent while somebody speaks; it still counts as ringing."""
        self._allowed.clear()

    def resume(self) -> None:
        """Sound again, if it rings."""
        self._allowed.set()

    async def _ring(self) -> None:
        try:
            async with asyncio.timeout(self._longest_s):
                while True:
                    await self._allowed.wait()
                    await self._strike()
                    await asyncio.sleep(self._period_s)
        except TimeoutError:
            log.warning("nobody came: the bell rang for %.0f s", self._longest_s)

    async def _strike(self) -> None:
        try:
            await self._chime.play(self._earcon)
        except AudioError as error:
            log.warning("the bell cannot be heard: %s", error)  # it may be heard the next time
