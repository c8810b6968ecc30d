"""The device around a conversation: loudspeaker, volume, earcons, bell, the microphone's switch.

What sounds here is no reply, and gives way to one.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from typing import Protocol

from appliance.engines.ports import Lapse, TextToSpeech
from appliance.errands import Errands
from audio.earcons import Earcon, render
from audio.format import Samples
from audio.ports import Loudspeaker
from states.state import State

RESTFUL = frozenset({State.IDLE, State.FOLLOW_UP, State.MUTED, State.FAULT})
"""Where an alarm may sound."""

EARCONS: Mapping[tuple[State | None, State], Earcon] = {
    (State.STARTING, State.IDLE): Earcon.READY,
    (None, State.LISTENING): Earcon.WAKE,
    (None, State.THINKING): Earcon.HEARD,
    (None, State.MUTED): Earcon.MUTE,
    (State.MUTED, State.IDLE): Earcon.UNMUTE,
    (None, State.FAULT): Earcon.ERROR,
}
"""By where the conversation came from (None: anywhere), and where it is."""

DUCKED = 0.25
"""Amplitude of the reply while somebody speaks over it."""


class Bell(Protocol):
    """Rings for timers and alarms (`appliance.survivor.bell`)."""

    @property
    def is_ringing(self) -> bool:
        """Whether it rings, hushed or not."""

    def dismiss(self) -> bool:
        """Stop ringing; whether it was ringing."""

    def hush(self) -> None:
        """Be silent while somebody speaks."""

    def resume(self) -> None:
        """Sound again, if it rings."""


class MicrophoneSwitch(Protocol):
    """Closes the microphone at its port (`audio.capture`)."""

    def mute(self) -> None:
        """No frame is delivered after this returns."""

    def unmute(self) -> None:
        """Frames come again."""


class Body:
    """Belongs to the loop's thread."""

    def __init__(
        self,
        speaker: Loudspeaker,
        bell: Bell | None = None,
        microphone: MicrophoneSwitch | None = None,
        earcons: Mapping[Earcon, Samples] | None = None,
    ) -> None:
        """Take the parts; `earcons` are at the loudspeaker's rate, those left out are silent."""
        self.speaker = speaker
        self._bell, self._microphone, self._earcons = bell, microphone, earcons or {}
        self._percent, self._most_percent = 100, 100
        self._state = State.STARTING
        self._errands = Errands()

    def set_volume(self, percent: int) -> None:
        """0..100. Half as loud to the ear is a fraction of the amplitude: the square serves."""
        self._percent = percent
        self.rise()

    def limit_volume(self, percent: int) -> None:
        """No louder than that, whatever is set; 100: as loud as is set."""
        self._most_percent = percent
        self.rise()

    def _gain(self) -> float:
        return (min(self._percent, self._most_percent) / 100) ** 2

    def duck(self) -> None:
        """Speak softly while somebody speaks over it."""
        self.speaker.gain = self._gain() * DUCKED

    def rise(self) -> None:
        """Speak up again."""
        self.speaker.gain = self._gain()

    def silence(self) -> float:
        """Stop what sounds; seconds heard since the loudspeaker was opened."""
        self.speaker.flush()
        self.rise()
        return self.speaker.heard_s()

    def hush(self) -> None:
        """A turn begins: whatever sounds gives way."""
        self._errands.cancel("earcon")
        self._errands.cancel("announcement")
        if self._bell:
            self._bell.hush()
        self.silence()

    def dismiss(self) -> None:
        """Nobody wants the bell any more."""
        if self._bell and self._bell.dismiss():
            self.hush()

    def entered(self, state: State, *, quietly: bool = False) -> None:
        """Close or open the microphone, let the bell sound or not, sound the state's earcon.

        `quietly`: without the earcon.
        """
        came_from, self._state = self._state, state
        if self._microphone:
            (self._microphone.mute if state is State.MUTED else self._microphone.unmute)()
        if self._bell and state in RESTFUL:
            self._bell.resume()
        earcon = EARCONS.get((came_from, state)) or EARCONS.get((None, state))
        if earcon and earcon in self._earcons and not quietly:
            self._errands.run("earcon", self._play(self._earcons[earcon]))

    def complain(self) -> None:
        """The sound of an error, where words can't be had."""
        if Earcon.ERROR in self._earcons:
            self._errands.run("earcon", self._play(self._earcons[Earcon.ERROR]))

    def announce(self, text: str, voice: TextToSpeech) -> None:
        """Say something that nobody asked for, unless a turn is under way."""
        if self._state in RESTFUL:
            self._errands.run("announcement", self._announce(text, voice))

    async def close(self) -> None:
        """End what sounds."""
        await self._errands.close()

    async def _play(self, samples: Samples) -> None:
        await self.speaker.play(samples)

    async def _announce(self, text: str, voice: TextToSpeech) -> None:
        if self._bell:
            self._bell.hush()
        try:
            async with aclosing(voice.synthesise(text)) as chunks:
                async for samples in chunks:
                    if not isinstance(samples, Lapse):
                        await self.speaker.play(samples)
            await self.speaker.drain()
        finally:
            if self._bell and self._state in RESTFUL:
                self._bell.resume()


def earcons(rate_hz: int) -> Mapping[Earcon, Samples]:
    """All of them, at the loudspeaker's rate."""
    return {earcon: render(earcon, rate_hz) for earcon in Earcon}
