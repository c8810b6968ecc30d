"""Sentences in, sound out: the next one is made while one sounds, and none sounds uninvited.

The mouth belongs to one turn. What it is given before the turn has the floor (the person may
still be speaking) it prepares in silence.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass

import numpy as np

from appliance.engines.ports import Lapse, TextToSpeech
from appliance.engines.speakable import speakable
from appliance.hops import blame
from appliance.record import Said, Turn
from audio.format import Samples
from audio.ports import Loudspeaker
from states.events import Event, FirstAudio

SENTENCES_AHEAD = 2
"""So many wait, synthesised, behind the one that sounds."""
LEARNING = 0.3
WORTH_S = 0.3
"""An answer that is due sooner than this needs no lead-in."""
_END_OF_SENTENCE: Samples = np.zeros(0, np.int16)


@dataclass(frozen=True, slots=True)
class Manner:
    """How to speak.

    Attributes:
        stream: begin with the first chunk; False: when everything has been synthesised.
        lead_in_after_s: how long to wait for the first sentence before the lead-in fills in.
    """

    stream: bool = True
    lead_in_after_s: float = 0.15


@dataclass(slots=True)
class Pace:
    """How long answers take to be made, as learnt: from when their source is known, seconds."""

    expected_s: float | None = None

    def learn(self, took_s: float) -> None:
        """One more; later ones count more."""
        before_s = took_s if self.expected_s is None else self.expected_s
        self.expected_s = before_s + LEARNING * (took_s - before_s)


class Mouth:
    """Speaks sentences in order; `speaking` opens and closes it."""

    def __init__(
        self,
        turn: Turn,
        voice: TextToSpeech,
        speaker: Loudspeaker,
        post: Callable[[Event], None],
        manner: Manner,
        pace: Pace | None = None,
    ) -> None:
        self._pace = pace or Pace()
        self._source_known_s: float | None = None
        self._turn, self._voice, self._speaker = turn, voice, speaker
        self._post, self._manner, self._floor = post, manner, turn.floor
        self._texts: asyncio.Queue[str | None] = asyncio.Queue()
        self._sounds: asyncio.Queue[Samples | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(1 + SENTENCES_AHEAD)
        self._made = turn.made
        self._to_fill_in = asyncio.Event()  # either that, or something to fill in with
        self._lead_in: Samples | None = None
        self._led_until_s = 0.0

    async def say(self, text: str) -> None:
        """Speak one sentence after those before; waits while SENTENCES_AHEAD are waiting."""
        if self._manner.stream:
            await self._room.acquire()
        self._turn.spoken.append(text)
        self._texts.put_nowait(text)

    def lead_in(self, sound: Samples | None) -> None:
        """Something short that may be played should the first sentence be late."""
        self._source_known_s = self._turn.stream_s()
        if sound is not None:
            self._lead_in = sound
            self._to_fill_in.set()

    def close(self) -> None:
        """That was the last sentence."""
        self._texts.put_nowait(None)

    async def synthesise(self) -> None:
        """Turn sentences into sound until closed."""
        while (text := await self._texts.get()) is not None:
            before_s = self._turn.audio_s
            await self._synthesise(text)
            self._turn.said.append(Said(text, self._turn.audio_s - before_s))
            self._sounds.put_nowait(_END_OF_SENTENCE)
        self._sounds.put_nowait(None)
        self._made.set()
        self._to_fill_in.set()

    async def _synthesise(self, text: str) -> None:
        asked_s = self._turn.stream_s()
        async with aclosing(self._voice.synthesise(speakable(text))) as chunks:
            while True:
                with blame("TTS_FAILED"):
                    samples = await anext(chunks, None)
                if samples is None:
                    return
                if isinstance(samples, Lapse):
                    self._turn.fallback["tts"] = samples.code
                    continue
                self._turn.took("tts_first_chunk", asked_s)
                self._learn_pace()
                self._turn.audio_s += len(samples) / self._speaker.rate_hz
                self._sounds.put_nowait(samples)
                if self._manner.stream:
                    self._made.set()
                    self._to_fill_in.set()

    async def play(self) -> None:
        """Play what was made, once the turn has the floor, and wait until it was heard."""
        await self._floor.wait()
        await self._begin()
        while (sound := await self._sounds.get()) is not None:
            if sound is _END_OF_SENTENCE:
                self._room.release()
            else:
                self._notice("first_audio")
                await self._sound(sound)
        with blame("SPEAKER_FAILED"):
            await self._speaker.drain()

    async def _begin(self) -> None:
        """Wait for the first sentence; fill in with the lead-in where it is late."""
        await self._to_fill_in.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._worth_waiting_s()):
                await self._made.wait()
        if self._lead_in is not None and not self._made.is_set():
            length_s = len(self._lead_in) / self._speaker.rate_hz
            self._turn.led_in = True
            self._turn.said.insert(0, Said("", length_s))
            await self._sound(self._lead_in, then_free_s=length_s)
        await self._made.wait()

    def _worth_waiting_s(self) -> float:
        """How long the answer may take before a lead-in is better than silence."""
        if self._pace.expected_s is None or self._source_known_s is None:
            return self._manner.lead_in_after_s
        due_s = self._pace.expected_s - (self._turn.stream_s() - self._source_known_s)
        return 0.0 if due_s > WORTH_S else max(due_s, 0.0) + self._manner.lead_in_after_s

    def _learn_pace(self) -> None:
        if self._source_known_s is not None:
            self._pace.learn(self._turn.stream_s() - self._source_known_s)
            self._source_known_s = None

    async def _sound(self, samples: Samples, then_free_s: float = 0.0) -> None:
        await self._floor.wait()  # it may have been taken away
        if "first_sound" not in self._turn.timings_ms:
            self._turn.heard_from_s = self._speaker.heard_s()
            self._notice("first_sound")
            self._led_until_s = self._turn.stream_s() + then_free_s
            self._post(FirstAudio(self._turn.id))
        with blame("SPEAKER_FAILED"):
            await self._speaker.play(samples)

    def _notice(self, name: str) -> None:
        """The time from the true end of speech to when it sounds, the first time only."""
        sounds_at_s = max(self._turn.stream_s(), self._led_until_s)
        waited_s = sounds_at_s - self._turn.asked_s
        self._turn.timings_ms.setdefault(name, round(waited_s * 1000, 1))


@contextlib.asynccontextmanager
async def speaking(mouth: Mouth) -> AsyncIterator[Mouth]:
    """The mouth works inside; on the way out it says all that it was given.

    Raises:
        ExceptionGroup: of `HopError` and whatever else was raised inside.
    """
    async with asyncio.TaskGroup() as group:
        work = [group.create_task(mouth.synthesise()), group.create_task(mouth.play())]
        yield mouth
        mouth.close()
        # Waited for here: while it is left, Python 3.11's group miscounts who cancelled what.
        await asyncio.wait(work)
