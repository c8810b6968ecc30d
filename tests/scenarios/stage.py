"""A stage for scripted conversations: the real director and loudspeaker, scripted engines and ears.

Everything runs on the simulated clock, so times are exact and a conversation takes milliseconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from appliance import clock
from appliance.director import Director, Judge, Policy
from appliance.engines.ports import Passage
from appliance.engines.scripted import Script, ScriptedEars, ScriptedMind, ScriptedVoice
from appliance.mouth import Manner
from appliance.observer import Bystander
from appliance.turn import Engines, Turn
from audio import ears as edges
from audio.format import RATE_HZ, Frame, Samples, Utterance
from audio.playout import RecordingLoudspeaker
from audio.ports import WakeHit
from states import events as e
from states.state import State

QUESTION = "what does the red light mean"
UNKNOWN = "who won the world cup"
ENDPOINT_S = 0.7
PAUSE_S = 0.2
GREW_S = 0.5
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
    """The ears' port, driven by the script: nobody is heard while it rests."""

    def __init__(self, post: Callable[[edges.Edge], None]) -> None:
        self._post = post
        self._deadline: asyncio.TimerHandle | None = None
        self._patience_s, self._judged = ENDPOINT_S, asyncio.Event()
        self._end_s = 0.0
        self.open = self.on_guard = False

    def put(self, frame: Frame) -> None:
        raise AssertionError("the stage has no microphone")

    def listen(self, from_s: float | None = None) -> None:
        self.rest()
        self.open = True
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(NO_SPEECH_S, self._nobody)

    def guard(self, *, after_reopening: bool = False) -> None:
        if not after_reopening:
            self.rest()
            self.open = self.on_guard = True

    def be_patient(self, patience_s: float, end_s: float) -> None:
        if end_s == self._end_s:
            self._patience_s = patience_s
            self._judged.set()

    def rest(self) -> None:
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
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        self._post(edges.SpeechStarted(began_s))
        for speech_s, pause_s in zip(spans_s[::2], (*spans_s[1::2], math.inf), strict=True):
            await self._speak(began_s, speech_s)
            await self._pause(began_s, pause_s)
            if not self.open or pause_s == math.inf:
                return
            self._post(edges.SpeechResumed(loop.time()))

    async def _speak(self, began_s: float, speech_s: float) -> None:
        """It grows; or, where nobody was asked to speak, it is meant after half a second."""
        until_s = asyncio.get_running_loop().time() + speech_s
        while self.open and until_s - asyncio.get_running_loop().time() > GREW_S:
            await asyncio.sleep(GREW_S)
            if self.open and self.on_guard:
                self._post(edges.SpeechSustained(began_s))
                self.on_guard = False
            elif self.open:
                self._post(edges.SpeechGrew(self._said(began_s)))
        await asyncio.sleep(until_s - asyncio.get_running_loop().time())

    async def _pause(self, began_s: float, pause_s: float) -> None:
        """A pause, an end, each when its time has come, for as long as nobody speaks."""
        loop = asyncio.get_running_loop()
        self._end_s = loop.time()
        self._patience_s = ENDPOINT_S
        due = {edges.SpeechPaused: lambda: PAUSE_S, edges.SpeechEnded: lambda: self._patience_s}
        while self.open and due:
            kind = min(due, key=lambda kind: due[kind]())
            at_s = self._end_s + min(due[kind](), pause_s)
            self._judged.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._judged.wait(), max(0.0, at_s - loop.time()))
                continue
            if due.pop(kind)() >= pause_s:
                break
            if self.open:
                self._post(kind(self._said(began_s, self._end_s)))
        if pause_s < math.inf:
            await asyncio.sleep(max(0.0, self._end_s + pause_s - loop.time()))

    def _said(self, began_s: float, end_s: float | None = None) -> Utterance:
        now_s = asyncio.get_running_loop().time()
        end_s = now_s if end_s is None else end_s
        samples = np.zeros(round((end_s - began_s) * RATE_HZ), np.int16)
        return Utterance(samples, began_s, end_s, now_s)


@dataclass
class Stage(Bystander):
    """One conversation: what to do to it, and what came of it."""

    script: Script
    director: Director
    ears: StageEars
    speaker: RecordingLoudspeaker
    turns: list[Turn] = field(default_factory=list)
    trace: list[tuple[float, str]] = field(default_factory=list)
    doing: set[asyncio.Task[None]] = field(default_factory=set)
    partials: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        self.director.on_edge(WakeHit("hey jarvis", 0.9, self.now()))

    async def ask(self, *spans_s: float) -> None:
        """Wake phrase and question, one after the other; by default two seconds long."""
        self.wake()
        await asyncio.sleep(0.3)
        await self.ears.hear(*(spans_s or (2.0,)))

    def begin(self, doing: Coroutine[Any, Any, None]) -> None:
        """Something that goes on while the script does."""
        task = asyncio.ensure_future(doing)
        self.doing.add(task)
        task.add_done_callback(self.doing.discard)

    def post(self, event: e.Event) -> None:
        self.director.post(event)

    async def until(self, state: State) -> None:
        """Wait until the conversation is in `state`."""
        while self.now_in is not state:
            self.changed.clear()
            await self.changed.wait()

    def turn(self, turn: Turn) -> None:
        self.turns.append(turn)

    def partial(self, text: str) -> None:
        self.partials.append(text)

    def state(self, state: State, at_s: float) -> None:
        self.trace.append((round(self.now(), 3), state.value))
        self.changed.set()

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    @property
    def now_in(self) -> State:
        return self.director.conversation.state

    @property
    def states(self) -> list[str]:
        return [name for _, name in self.trace]


def play(
    act: Callable[[Stage], Awaitable[None]],
    script: Script | None = None,
    *,
    switches: Collection[str] = (),
    judge: Judge | None = None,
    manner: Manner | None = None,
    lead_ins: Mapping[str, Samples] | None = None,
    last_s: float = 200.0,
) -> Stage:
    """Run `act` on a fresh stage, then let the conversation run out; returns the stage."""

    async def whole() -> Stage:
        speaker = RecordingLoudspeaker(ScriptedVoice.rate_hz)
        lines = script or known_script()
        mind = ScriptedMind(lines)
        engines = Engines(
            *(ScriptedEars(lines), mind, mind, ScriptedVoice(lines)),
            threshold=0.5,
            manner=manner or Manner(),
            lead_ins=lead_ins or {},
        )
        stage = Stage(lines, None, None, speaker)  # type: ignore[arg-type]
        policy = Policy(switches, judge=judge)
        stage.director = Director(engines, speaker, policy, observers=[stage])
        stage.ears = StageEars(stage.director.on_edge)
        stage.director.open(stage.ears)
        await stage.until(State.IDLE)
        await act(stage)
        await asyncio.sleep(last_s)
        await stage.director.close()
        for task in stage.doing:
            task.cancel()
        return stage

    return clock.run(whole(), realtime=False)
