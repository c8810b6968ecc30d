"""Ears that hear what a script says, when it says so, on the loop's clock.

The behavioural fake of the director's port `Ears`: for scripted conversations, and for the timing
model of a board that is not at hand. It keeps the order and the times of edges that `audio.ears`
keeps.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable

import numpy as np

from audio import ears as edges
from audio.format import RATE_HZ, Frame, Utterance
from audio.segmenter import SegmenterSettings

_SETTINGS = SegmenterSettings()
ENDPOINT_S, PAUSE_S, NO_SPEECH_S = (
    *(_SETTINGS.endpoint_s, _SETTINGS.pause_s),
    _SETTINGS.no_speech_s,
)
GREW_S = edges.GREW_S


_Fall = type[edges.SpeechPaused] | type[edges.SpeechEnded]
"""How speech may fall silent: perhaps for good, or for good."""


class ScriptedListener:
    """The director's ears, driven by a script: nobody is heard while they rest."""

    def __init__(self, post: Callable[[edges.Edge], None]) -> None:
        """`post` gets every edge, as the real ears' thread would give it."""
        self._post = post
        self._deadline: asyncio.TimerHandle | None = None
        self._patience_s, self._judged = ENDPOINT_S, asyncio.Event()
        self._end_s = 0.0
        self._opening = 0
        self.open = self.on_guard = False

    def put(self, frame: Frame) -> None:
        """There is no microphone."""
        raise RuntimeError(f"frame {frame.seq} from nowhere")

    def listen(self, from_s: float | None = None) -> None:  # noqa: ARG002  # a port
        """As the port; nobody speaks for NO_SPEECH_S, and it is told."""
        self.rest()
        self.open = True
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(NO_SPEECH_S, self._nobody)

    def guard(self, after_s: float = 0.0) -> None:  # noqa: ARG002  # scripts speak later
        """As the port."""
        self.rest()
        self.open = self.on_guard = True

    def be_patient(self, patience_s: float, end_s: float) -> None:
        """As the port."""
        if end_s == self._end_s:
            self._patience_s = patience_s
            self._judged.set()

    def rest(self) -> None:
        """As the port."""
        self._opening += 1  # whoever is speaking speaks to closed ears
        self.open = self.on_guard = False
        if self._deadline:
            self._deadline.cancel()

    def _nobody(self) -> None:
        self.rest()
        self._post(edges.NoSpeech(0.0))

    async def hear(self, *spans_s: float) -> None:
        """Somebody speaks, pauses, speaks …, each for so long, and then falls silent."""
        if not self.open:
            return
        if self._deadline:
            self._deadline.cancel()
        loop, opening = asyncio.get_running_loop(), self._opening
        began_s = loop.time()
        self._post(edges.SpeechStarted(began_s))
        for speech_s, pause_s in zip(spans_s[::2], (*spans_s[1::2], math.inf), strict=True):
            await self._speak(began_s, speech_s, opening)
            await self._pause(began_s, pause_s, opening)
            if self._opening != opening or pause_s == math.inf:
                return
            self._post(edges.SpeechResumed(loop.time()))

    async def _speak(self, began_s: float, speech_s: float, opening: int) -> None:
        """It grows; or, where nobody was asked to speak, it is meant after half a second."""
        until_s = asyncio.get_running_loop().time() + speech_s
        while self._opening == opening and until_s - asyncio.get_running_loop().time() > GREW_S:
            await asyncio.sleep(GREW_S)
            if self._opening != opening:
                break
            if self.on_guard:
                self._post(edges.SpeechSustained(began_s))
                self.on_guard = False
            else:
                self._post(edges.SpeechGrew(self._said(began_s)))
        await asyncio.sleep(until_s - asyncio.get_running_loop().time())

    async def _pause(self, began_s: float, pause_s: float, opening: int) -> None:
        """A pause, an end, each when its time has come, for as long as nobody speaks."""
        loop = asyncio.get_running_loop()
        self._end_s = loop.time()
        self._patience_s = ENDPOINT_S
        due: dict[_Fall, Callable[[], float]] = {
            edges.SpeechPaused: lambda: PAUSE_S,
            edges.SpeechEnded: lambda: self._patience_s,
        }
        while self._opening == opening and due:
            kind = min(due, key=lambda kind: due[kind]())
            at_s = self._end_s + min(due[kind](), pause_s)
            self._judged.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._judged.wait(), max(0.0, at_s - loop.time()))
                continue
            if due.pop(kind)() >= pause_s:
                break
            if self._opening == opening:
                self._post(kind(self._said(began_s, self._end_s)))
        if pause_s < math.inf:
            await asyncio.sleep(max(0.0, self._end_s + pause_s - loop.time()))

    def _said(self, began_s: float, end_s: float | None = None) -> Utterance:
        now_s = asyncio.get_running_loop().time()
        end_s = now_s if end_s is None else end_s
        samples = np.zeros(round((end_s - began_s) * RATE_HZ), np.int16)
        return Utterance(samples, began_s, end_s, now_s)
