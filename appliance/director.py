"""The director: owns the turn under way, its timers, and the ears; the loop's only door.

Everything here runs on the event loop's thread. Threads and turns reach it by posting.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from appliance.clock import SimulatedTimeLoop
from appliance.engines.ports import Transcript
from appliance.turn import Engines, Turn, run_turn
from audio.ears import Edge, NoSpeech, SpeechEnded, SpeechStarted
from audio.errors import AudioError
from audio.format import Frame, Utterance
from audio.ports import Loudspeaker, WakeHit
from states import events
from states.machine import Conversation
from states.state import State
from states.table import TIMEOUTS_S

log = logging.getLogger(__name__)

DEAF = frozenset({State.STARTING, State.MUTED, State.FAULT, State.SERVICING})
"""In these states no frame reaches a model."""

SETTLED = frozenset({State.IDLE, State.MUTED, State.FAULT, State.SERVICING})


class Ears(Protocol):
    """What the director asks of the ears' thread."""

    def put(self, frame: Frame) -> None:
        """The next frame of the microphone."""

    def listen(self, from_s: float | None = None) -> None:
        """Collect an utterance, beginning with what was heard since `from_s`."""

    def rest(self) -> None:
        """Wait for the wake phrase only."""


class Director:
    """Conducts one stream of audio (or of typed questions) through the state machine.

    Attributes:
        conversation: the state machine.
        settled: set while no turn is under way and none can follow from what was heard.
        broken: set once the conversation has been in FAULT.
        failure: why the microphone or the ears ended, if they did.
    """

    def __init__(
        self,
        engines: Engines,
        speaker: Loudspeaker,
        *,
        ids: Iterator[int] | None = None,
        timeouts_s: Mapping[State, float] = TIMEOUTS_S,
        follow_up: bool = False,
        on_turn_end: Callable[[Turn], None] = lambda _turn: None,
        on_state: Callable[[State], None] = lambda _state: None,
    ) -> None:
        self.conversation = Conversation(self, follow_up=follow_up)
        self.settled = asyncio.Event()
        self.broken = asyncio.Event()
        self.failure: Exception | None = None
        self._engines, self._speaker = engines, speaker
        self._ids = ids or itertools.count(1)
        self._timeouts_s = timeouts_s
        self._on_turn_end, self._on_state = on_turn_end, on_state
        self._loop = asyncio.get_running_loop()
        self._ears: Ears | None = None
        self._turn: Turn | None = None
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._utterance: Utterance | None = None
        self._stream_zero_s = self._loop.time()
        self._since: tuple[str, float] = (State.STARTING.value, 0.0)
        self._ended: list[Turn] = []
        self._start_timer(State.STARTING, 0)

    # -- the door ---------------------------------------------------------------------------

    def post(self, event: events.Event) -> None:
        """Something happened. From the loop's own thread."""
        self._loop.call_soon(self.conversation.handle, event)

    def post_from_thread(self, edge: Edge) -> None:
        """The ears noticed something. From any thread."""
        self._loop.call_soon_threadsafe(self.on_edge, edge)

    def frame(self, frame: Frame) -> None:
        """A frame of the microphone; on the microphone's thread, if it has one."""
        if self._ears is None or self.conversation.state in DEAF:
            return
        if isinstance(self._loop, SimulatedTimeLoop):
            self._loop.begin_work()
        self._ears.put(frame)

    def frame_processed(self, _frame: Frame) -> None:
        """The ears are done with a frame. From any thread."""
        if isinstance(self._loop, SimulatedTimeLoop):
            self._loop.call_soon_threadsafe(self._loop.end_work)

    def ears_failed(self, error: Exception) -> None:
        """The listening models broke. From any thread."""
        log.error("ears failed", exc_info=error)
        self.failure = AudioError(
            "AUD-EARS", "the ears failed", repr(error), "run `appliance doctor`"
        )
        self._loop.call_soon_threadsafe(self.post, events.Broken("EARS"))

    def microphone_ended(self, error: Exception | None) -> None:
        """The microphone stopped by itself. From any thread."""
        self.failure = error
        self._loop.call_soon_threadsafe(self.post, events.Broken("MICROPHONE"))

    def open(self, ears: Ears | None) -> None:
        """Everything is loaded: the stream begins now."""
        self._ears = ears
        self._stream_zero_s = self._loop.time()
        self.post(events.Ready())

    def stream_s(self) -> float:
        """The stream's time now, in seconds since the microphone was opened."""
        return self._loop.time() - self._stream_zero_s

    async def close(self) -> None:
        """End the turn under way, if any, and every timer."""
        if self._turn is not None:
            self.end_turn("SHUTDOWN")
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    def on_edge(self, edge: Edge) -> None:
        """The ears noticed something. On the loop's thread."""
        match edge:
            case WakeHit(phrase, score, at_s, ends_s):
                self.conversation.handle(events.WakeHeard(phrase, score, at_s, ends_s))
            case SpeechStarted(at_s):
                self.conversation.handle(events.SpeechStarted(at_s))
            case SpeechEnded(utterance):
                self._utterance = utterance
                self.conversation.handle(events.SpeechEnded())
            case NoSpeech():
                self.conversation.handle(events.NoSpeech())

    # -- what the state machine asks for ----------------------------------------------------

    @property
    def turn_id(self) -> int | None:
        """The turn under way, if any."""
        return self._turn.id if self._turn else None

    def begin_turn(self, cause: events.Event) -> None:
        """A new turn is under way."""
        turn = self._turn = Turn(next(self._ids), self._stream_zero_s, states=[self._since])
        turn.heard_from_s = self._speaker.heard_s()
        match cause:
            case events.WakeHeard(phrase, score, at_s, ends_s):
                turn.wake = WakeHit(phrase, score, at_s, ends_s)
                self._listen(at_s if ends_s is None else ends_s)
            case events.Asked(text):
                turn.transcript = Transcript(text, confidence=1.0)
                turn.asked_s = turn.stream_s()

    def answer(self) -> None:
        """The turn under way has its question."""
        turn = self._turn
        if turn is None:
            raise RuntimeError("nobody asked anything")
        if turn.transcript is None and self._utterance is not None:
            turn.utterance, self._utterance = self._utterance, None
            turn.asked_s = turn.utterance.end_s
            waited_s = turn.utterance.ended_at_s - turn.utterance.end_s
            turn.timings_ms["endpoint"] = round(waited_s * 1000, 1)
        story = run_turn(turn, self._engines, self._speaker, self.post)
        self._task = self._loop.create_task(story, name=f"turn-{turn.id}")
        self._task.add_done_callback(self._on_task_done)

    def end_turn(self, reason: str | None) -> None:
        """The turn under way is over: silence it, forget it, report it."""
        turn, self._turn = self._turn, None
        if turn is None:
            raise RuntimeError("no turn to end")
        if self._task is not None:
            self._task.cancel()
        self._speaker.flush()
        turn.heard_s = self._speaker.heard_s() - turn.heard_from_s
        turn.end(reason)
        self._ended.append(turn)

    def entered(self, state: State, entry: int) -> None:
        """Tell the record, the timers, the ears and the onlookers of the new state."""
        log.info("state %s", state.value)
        self._note(state)
        self._start_timer(state, entry)
        if state is State.FOLLOW_UP:
            self._listen(None)
        elif state is not State.LISTENING and self._ears is not None:
            self._ears.rest()
        if state is State.FAULT:
            self.broken.set()
        (self.settled.set if state in SETTLED else self.settled.clear)()
        self._on_state(state)
        self._report_ended()

    # -- the rest ---------------------------------------------------------------------------

    def _listen(self, from_s: float | None) -> None:
        self._utterance = None
        if self._ears is not None:
            self._ears.listen(from_s)

    def _note(self, state: State) -> None:
        """Write the state into every turn that it concerns: those just ended, and the next."""
        self._since = (state.value, round(self.stream_s(), 3))
        for turn in (*self._ended, self._turn):
            if turn is not None:
                turn.states.append(self._since)

    def _start_timer(self, state: State, entry: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if timeout_s := self._timeouts_s.get(state):
            late = events.TimedOut(state, entry)
            self._timer = self._loop.call_later(timeout_s, self.post, late)

    def _report_ended(self) -> None:
        while self._ended:
            self._on_turn_end(self._ended.pop(0))

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        """A turn that raised is a bug of ours: tell it apart from what engines do."""
        if task.cancelled() or task.exception() is None:
            return
        log.error("turn failed", exc_info=task.exception())
        if self._turn is not None and self._task is task:
            self._turn.reason = "FAULT"
            self.post(events.TurnFailed(self._turn.id))
