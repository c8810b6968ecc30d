"""A stage for scripted conversations: the real director and loudspeaker, scripted engines and ears.

Everything runs on the simulated clock, so times are exact and a conversation takes milliseconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import numpy as np

from appliance import clock
from appliance.director import Director
from appliance.engines.ports import Passage
from appliance.engines.scripted import Script, ScriptedEars, ScriptedMind, ScriptedVoice
from appliance.turn import Engines, Turn
from audio.ears import NoSpeech, SpeechEnded, SpeechStarted
from audio.format import RATE_HZ, Frame, Utterance
from audio.playout import RecordingLoudspeaker
from audio.ports import WakeHit
from states import events as e
from states.state import State

QUESTION = "what does the red light mean"
UNKNOWN = "who won the world cup"
ENDPOINT_S = 0.7
NO_SPEECH_S = 5.0


def known_script() -> Script:
    """The engines know one thing."""
    light = Passage("A red light means: replace the filter.", "guide.md#light", "the guide", 0.9)
    weak = Passage("Cups are washed by hand.", "guide.md#cups", "the guide", 0.1)
    return Script(
        knows={QUESTION: [light], UNKNOWN: [weak]},
        says={QUESTION: ["A red light means: replace the filter.", "Any shop has it."]},
    )


class StageEars:
    """The ears' port, driven by the script: insists that nobody is heard while it rests."""

    def __init__(self, post: Callable[[object], None]) -> None:
        self._post = post
        self._deadline: asyncio.TimerHandle | None = None
        self.open = False

    def put(self, frame: Frame) -> None:
        raise AssertionError("the stage has no microphone")

    def listen(self, from_s: float | None = None) -> None:
        self.rest()
        self.open = True
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(NO_SPEECH_S, self._nobody)

    def rest(self) -> None:
        self.open = False
        if self._deadline:
            self._deadline.cancel()

    def _nobody(self) -> None:
        self.rest()
        self._post(NoSpeech(0.0))

    async def hear(self, seconds: float) -> None:
        """Somebody speaks for `seconds`, then is silent for the endpoint's silence."""
        if not self.open:
            return
        began = asyncio.get_running_loop().time()
        if self._deadline:
            self._deadline.cancel()
        self._post(SpeechStarted(began))
        await asyncio.sleep(seconds + ENDPOINT_S)
        if self.open:
            self.rest()
            samples = np.zeros(round(seconds * RATE_HZ), np.int16)
            end = began + seconds
            self._post(SpeechEnded(Utterance(samples, began, end, end + ENDPOINT_S)))


@dataclass
class Stage:
    """One conversation: what to do to it, and what came of it."""

    script: Script
    director: Director
    ears: StageEars
    speaker: RecordingLoudspeaker
    turns: list[Turn] = field(default_factory=list)
    trace: list[tuple[float, str]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        self.director.on_edge(WakeHit("hey jarvis", 0.9, self.now()))

    async def ask(self, seconds: float = 2.0) -> None:
        """Wake phrase and question, one after the other."""
        self.wake()
        await asyncio.sleep(0.3)
        await self.ears.hear(seconds)

    def post(self, event: e.Event) -> None:
        self.director.post(event)

    async def until(self, state: State) -> None:
        """Wait until the conversation is in `state`."""
        while self.state is not state:
            self.changed.clear()
            await self.changed.wait()

    def entered(self, state: State) -> None:
        self.trace.append((round(self.now(), 3), state.value))
        self.changed.set()

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    @property
    def state(self) -> State:
        return self.director.conversation.state

    @property
    def states(self) -> list[str]:
        return [name for _, name in self.trace]


def play(
    act: Callable[[Stage], Awaitable[None]],
    script: Script | None = None,
    *,
    follow_up: bool = False,
    last_s: float = 200.0,
) -> Stage:
    """Run `act` on a fresh stage, then let the conversation run out; returns the stage."""

    async def whole() -> Stage:
        speaker = RecordingLoudspeaker(ScriptedVoice.rate_hz)
        lines = script or known_script()
        mind = ScriptedMind(lines)
        engines = Engines(ScriptedEars(lines), mind, mind, ScriptedVoice(lines), threshold=0.5)
        stage = Stage(lines, None, None, speaker)  # type: ignore[arg-type]
        stage.director = Director(
            engines,
            speaker,
            follow_up=follow_up,
            on_turn_end=stage.turns.append,
            on_state=stage.entered,
        )
        stage.ears = StageEars(stage.director.on_edge)
        stage.director.open(stage.ears)
        await stage.until(State.IDLE)
        await act(stage)
        await asyncio.sleep(last_s)
        await stage.director.close()
        return stage

    return clock.run(whole(), realtime=False)
