"""A stage for scripted conversations: the real director and loudspeaker, scripted engines and ears.

Everything runs on the simulated clock, so times are exact and a conversation takes milliseconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from appliance import clock
from appliance.body import Body
from appliance.director import Director, Judge, Policy
from appliance.engines.ports import Passage
from appliance.engines.scripted import Script, ScriptedEars, ScriptedMind, ScriptedVoice
from appliance.mouth import Manner
from appliance.observer import Bystander, Observer
from appliance.orders import Orders
from appliance.scripted_ears import ScriptedListener
from appliance.turn import Engines, Turn
from audio.format import Samples
from audio.playout import RecordingLoudspeaker
from audio.ports import WakeHit
from states import events as e
from states.state import State

QUESTION = "what does the red light mean"
UNKNOWN = "who won the world cup"


def known_script() -> Script:
    """The engines know one thing."""
    light = Passage("A red light means: replace the filter.", "guide.md#light", "the guide", 0.9)
    weak = Passage("Cups are washed by hand.", "guide.md#cups", "the guide", 0.1)
    return Script(
        knows={QUESTION: [light], UNKNOWN: [weak]},
        says={QUESTION: ["A red light means: replace the filter.", "Any shop has it."]},
    )


@dataclass
class Stage(Bystander):
    """One conversation: what to do to it, and what came of it."""

    script: Script
    director: Director
    ears: ScriptedListener
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


class Hands(Protocol):
    """What a stage may have besides ears and a voice (`test_orders.py`)."""

    def fit(self, stage: Stage) -> tuple[Body, Orders, Sequence[Observer]]:
        """Make it, for this stage."""

    def begin(self, stage: Stage) -> None:
        """The conversation has begun."""


def play(
    act: Callable[[Stage], Awaitable[None]],
    script: Script | None = None,
    *,
    switches: Collection[str] = (),
    judge: Judge | None = None,
    manner: Manner | None = None,
    lead_ins: Mapping[str, Samples] | None = None,
    hands: Hands | None = None,
    glimpses: float = 1.0,
    foresight: bool = True,
    last_s: float = 200.0,
) -> Stage:
    """Run `act` on a fresh stage, then let the conversation run out; returns the stage."""

    async def whole() -> Stage:
        speaker = RecordingLoudspeaker(ScriptedVoice.rate_hz)
        lines = script or known_script()
        mind = ScriptedMind(lines)
        stage = Stage(lines, None, None, speaker)  # type: ignore[arg-type]
        body, orders, watchers = hands.fit(stage) if hands else (Body(speaker), None, ())
        engines = Engines(
            ScriptedEars(lines),
            mind,
            mind,
            ScriptedVoice(lines),
            threshold=0.5,
            manner=manner or Manner(),
            lead_ins=lead_ins or {},
            orders=orders,
        )
        policy = Policy(switches, judge=judge, glimpses=glimpses, foresight=foresight)
        stage.director = Director(engines, body, policy, observers=[stage, *watchers])
        stage.ears = ScriptedListener(stage.director.on_edge)
        stage.director.open(stage.ears)
        await stage.until(State.IDLE)
        if hands:
            hands.begin(stage)
        await act(stage)
        await asyncio.sleep(last_s)
        await stage.director.close()
        for task in stage.doing:
            task.cancel()
        return stage

    return clock.run(whole(), realtime=False)
