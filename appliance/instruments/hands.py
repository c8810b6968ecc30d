"""What the console has the device say, hear and do."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Protocol

import numpy as np

from appliance.body import RESTFUL
from appliance.console.errors import ConsoleError, unavailable
from appliance.console.ports import Figures
from appliance.instruments.gauges import Gauges
from appliance.survivor.settings import Settings
from audio.format import FRAME_S, RATE_HZ, Samples
from audio.level import level_db
from audio.ports import Loudspeaker
from states.events import Asked, Event, Mute, Unmute
from states.state import State

ASKABLE = frozenset({State.IDLE, State.FOLLOW_UP})
ANNOUNCED_S = 3.0
"""How long it takes to say that it records."""
SOON_S = 0.5
"""Time for the answer to leave before what was ordered ends the service."""


class Conversation(Protocol):
    """What is asked of the director."""

    def post(self, event: Event) -> None:
        """Something happened."""

    def announce(self, text: str) -> None:
        """Say something that nobody asked for."""


class Hands:
    """Implements `console.ports.Voice` and `Controls`; for the loop's thread."""

    def __init__(
        self,
        director: Conversation,
        gauges: Gauges,
        speaker: Loudspeaker,
        settings: Settings,
        set_volume: Callable[[int], None],
        reboot: Callable[[], None],
    ) -> None:
        self._director, self._gauges, self._speaker = director, gauges, speaker
        self._settings, self._set_volume = settings, set_volume
        self._reboot = reboot
        self._recorded: Samples | None = None

    # -- Voice ------------------------------------------------------------------------------

    async def say(self, text: str) -> None:
        """As the port."""
        self._require(RESTFUL)
        self._director.announce(text)

    async def ask(self, text: str) -> Figures:
        """As the port."""
        self._require(ASKABLE)
        over = self._gauges.asked(text)
        self._director.post(Asked(text))
        turn = await over
        return {
            "reason": turn.reason,
            "answer": " ".join(turn.spoken),
            "sources": [sentence.source for sentence in turn.sentences],
            "timings_ms": dict(turn.timings_ms),
        }

    async def record(self, seconds: int) -> Figures:
        """As the port."""
        self._require(RESTFUL - {State.MUTED})
        self.forget()
        self._director.announce(f"A technician is recording sound for {seconds} seconds.")
        await asyncio.sleep(ANNOUNCED_S)
        frames = await self._gauges.collect(round(seconds / FRAME_S), seconds + 2.0)
        if not frames:
            raise ConsoleError(
                "CON-DEAF", "nothing was heard", "no frame came", "see `ears` and `test mic`"
            )
        heard = self._recorded = np.concatenate([frame.samples for frame in frames])
        return {
            "seconds": round(len(heard) / RATE_HZ, 2),
            "level_db": round(level_db(heard), 1),
            "peak": int(np.abs(heard.astype(np.int32)).max()),
        }

    async def play(self) -> Figures:
        """As the port."""
        if self._recorded is None:
            raise ConsoleError(
                "CON-NOTHING", "there is nothing to play", "nothing was recorded", "`help record`"
            )
        self._require(RESTFUL)
        await self._speaker.play(_at_rate(self._recorded, self._speaker.rate_hz))
        await self._speaker.drain()
        return {"seconds": round(len(self._recorded) / RATE_HZ, 2)}

    def forget(self) -> None:
        """As the port."""
        self._recorded = None

    @property
    def recorded(self) -> Samples | None:
        """What is kept of the microphone's sound, mono at 16 kHz."""
        return self._recorded

    # -- Controls ---------------------------------------------------------------------------

    def mute(self, *, on: bool) -> None:
        """As the port."""
        self._director.post(Mute() if on else Unmute())

    def volume(self) -> int:
        """As the port."""
        return self._settings.volume

    def set_volume(self, percent: int) -> None:
        """As the port."""
        self._settings.set_volume(percent)
        self._set_volume(percent)

    def restart(self) -> None:
        """As the port: SIGTERM to ourselves, where systemd starts us again."""
        _require_systemd("restart")
        asyncio.get_running_loop().call_later(SOON_S, os.kill, os.getpid(), signal.SIGTERM)

    def reboot(self) -> None:
        """As the port, by an exit status that the unit understands. Not yet run on a board."""
        _require_systemd("reboot")
        asyncio.get_running_loop().call_later(SOON_S, self._reboot)

    def _require(self, states: frozenset[State]) -> None:
        state = self._gauges.conversation
        if state not in states:
            raise ConsoleError(
                "CON-BUSY", "not now", f"the conversation is `{state.value}`", "try again when idle"
            )


def _require_systemd(what: str) -> None:
    if "INVOCATION_ID" not in os.environ:
        raise unavailable(
            what,
            "the service was not started by systemd, so nothing would start it again",
            "start it as a unit, or stop and start it by hand",
        )


def _at_rate(samples: Samples, rate_hz: int) -> Samples:
    """Good enough to judge a microphone by."""
    length = round(len(samples) * rate_hz / RATE_HZ)
    at = np.arange(length) * (RATE_HZ / rate_hz)
    resampled: Samples = np.interp(at, np.arange(len(samples)), samples).astype(np.int16)
    return resampled
