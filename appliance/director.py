"""The director: owns the turn under way, its timers, and the ears; the loop's only door.

Everything here runs on the event loop's thread. Threads and turns reach it by posting.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from appliance.body import Body
from appliance.clock import SimulatedTimeLoop
from appliance.engines.ports import Passage, Transcript
from appliance.errands import Errands
from appliance.glimpsing import Budget, GlimpsingEars
from appliance.memory import Memory
from appliance.observer import Observer, Observers
from appliance.turn import Engines, Stage, Turn, glimpse, run_turn
from audio import ears as edges
from audio.errors import AudioError
from audio.format import Frame, Samples, Utterance
from audio.ports import WakeHit
from states import events
from states.machine import Conversation
from states.state import State
from states.table import TIMEOUTS_S, Do

log = logging.getLogger(__name__)

DEAF = frozenset({State.STARTING, State.MUTED, State.FAULT, State.SERVICING})
"""In these states no frame reaches a model."""

ECHO_SETTLES_S = {False: 0.7, True: 1.5}
"""When it begins to speak, its own voice is not yet told from others'; with barge-in, a mistake
would interrupt it."""

PRE_ROLL_S = 0.3
"""Heard again before the words that interrupted."""

OVERHEARD_S = 2.5
"""Longer speech over the reply is no "stop"."""

SETTLED = frozenset({State.IDLE, State.MUTED, State.FAULT, State.SERVICING})


class Ears(Protocol):
    """What the director asks of the ears' thread."""

    def put(self, frame: Frame) -> None:
        """The next frame of the microphone."""

    def listen(self, from_s: float | None = None) -> None:
        """Collect an utterance, beginning with what was heard since `from_s`."""

    def guard(self, after_s: float = 0.0) -> None:
        """Notice whoever speaks over the reply, `after_s` from now on."""

    def be_patient(self, patience_s: float, end_s: float) -> None:
        """The silence since `end_s` is the end of the utterance after so long."""

    def rest(self) -> None:
        """Wait for the wake phrase only."""


class Judge(Protocol):
    """Who decides how long a silence must last to be the end of a question."""

    def patience_s(self, turn: Turn, utterance: Utterance) -> float:
        """By the sound alone, or by the turn's words and passages where they are known."""

    def heard_out(self, utterance: Utterance) -> None:
        """An utterance was heard to its end."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What of the conversation is switched on, and how it behaves.

    Attributes:
        switches: of `states.table.SWITCHES`.
        timeouts_s: how long a state may last.
        judge: shortens and lengthens the silence that ends a question; None: always the same.
        glimpses: the share of the time (0..1) that partial recognitions may take.
        foresight: whether answers are begun with what those found.
    """

    switches: Collection[str] = ()
    timeouts_s: Mapping[State, float] = field(default_factory=lambda: TIMEOUTS_S)
    judge: Judge | None = None
    glimpses: float = 1.0
    foresight: bool = True


class Director:
    """Conducts one stream of audio (or of typed questions) through the state machine.

    Attributes:
        conversation: the state machine.
        settled: set while no turn is under way and none can follow from what was heard.
        broken: set once the conversation has been in FAULT.
        failure: why the microphone or the ears ended, if they did.
        discarded: how many replies were prepared for a question that went on.
    """

    def __init__(
        self,
        engines: Engines,
        body: Body,
        policy: Policy | None = None,
        *,
        ids: Iterator[int] | None = None,
        observers: Sequence[Observer] = (),
    ) -> None:
        self._policy = policy or Policy()
        self.conversation = Conversation(self, self._policy.switches)
        self.settled = asyncio.Event()
        self.broken = asyncio.Event()
        self.failure: Exception | None = None
        self.discarded = 0
        self.memory = Memory()
        self._engines, self._body = engines, body
        self._glimpsing = GlimpsingEars(engines.ears, Budget(self._policy.glimpses))
        self._stage = Stage(
            body.speaker,
            self.post,
            self.memory,
            understood=self._understood,
            set_volume=body.set_volume,
        )
        self._ids = ids or itertools.count(1)
        self._observers = Observers(observers)
        self._loop = asyncio.get_running_loop()
        self._ears: Ears | None = None
        self._turn: Turn | None = None
        self._story: asyncio.Task[None] | None = None
        self._dying: asyncio.Task[None] | None = None
        self._errands = Errands()
        self._timer: asyncio.TimerHandle | None = None
        self._utterance: Utterance | None = None
        self._foreseen: list[Passage] = []
        self._stream_zero_s = self._loop.time()
        self._since: tuple[str, float] = (State.STARTING.value, 0.0)
        self._ended: list[Turn] = []
        self._start_timer(State.STARTING, 0)

    # -- the door ---------------------------------------------------------------------------

    def post(self, event: events.Event) -> None:
        """Something happened. From the loop's own thread."""
        self._loop.call_soon(self.conversation.handle, event)

    def post_from_thread(self, edge: edges.Edge) -> None:
        """The ears noticed something. From any thread."""
        self._loop.call_soon_threadsafe(self.on_edge, edge)

    def read_from_thread(self, reading: edges.Reading) -> None:
        """What the ears made of a frame. From any thread."""
        self._loop.call_soon_threadsafe(self._observers.reading, reading)

    def played_from_thread(self, samples: Samples, rate_hz: int) -> None:
        """The loudspeaker is playing this now. From any thread."""
        at_s = self.stream_s()
        self._loop.call_soon_threadsafe(self._observers.played, samples, rate_hz, at_s)

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
        if self._engines.orders:
            self._body.set_volume(self._engines.orders.volume)
        self._stream_zero_s = self._loop.time()
        self.post(events.Ready())

    def stream_s(self) -> float:
        """The stream's time now, in seconds since the microphone was opened."""
        return self._loop.time() - self._stream_zero_s

    async def close(self) -> None:
        """End the turn under way, if any, every errand and every timer."""
        if self._turn is not None:
            self.end_turn("SHUTDOWN")
        if self._timer is not None:
            self._timer.cancel()
        if self._dying is not None:
            await asyncio.gather(self._dying, return_exceptions=True)
        await self._errands.close()
        await self._body.close()
        self._report_ended()

    def on_edge(self, edge: edges.Edge) -> None:
        """The ears noticed something. On the loop's thread."""
        match edge:
            case edges.SpeechGrew(said) | edges.SpeechPaused(said) | edges.SpeechEnded(said):
                self._utterance = said
        self.conversation.handle(_EVENTS[type(edge)](edge))

    # -- what the state machine asks for ----------------------------------------------------

    @property
    def turn_id(self) -> int | None:
        """The turn under way, if any."""
        return self._turn.id if self._turn else None

    def begin_turn(self, cause: events.Event) -> None:
        """A new turn is under way."""
        turn = self._turn = Turn(next(self._ids), self._stream_zero_s, states=[self._since])
        turn.before = self.memory.recent(self._loop.time())
        self._body.hush()
        match cause:
            case events.WakeHeard(phrase, score, at_s, ends_s):
                turn.wake = WakeHit(phrase, score, at_s, ends_s)
                self._listen(at_s if ends_s is None else ends_s)
            case events.SpeechSustained(at_s):
                self._listen(at_s - PRE_ROLL_S)
            case events.Asked(text):
                turn.transcript = Transcript(text, confidence=1.0)

    def perform(self, verb: Do) -> None:
        """Whatever else the table asks for."""
        match verb:
            case Do.GLIMPSE if self._glimpsing.are_free():
                self._errands.run("glimpse", self._glimpse())
            case Do.DRAFT:
                self._draft(self._current())
            case Do.DISCARD:
                self._discard(self._current())
            case Do.ANSWER:
                self._answer(self._current())
            case Do.DUCK:
                self._body.duck()
            case Do.RISE:
                self._body.rise()
            case Do.OVERHEAR:
                self._errands.run("overhear", self._overhear())
            case Do.HUSH:
                self._body.dismiss()

    def end_turn(self, reason: str | None) -> None:
        """The turn under way is over: silence it, forget it, report it."""
        turn, self._turn = self._current(), None
        self._cancel_story(turn)
        turn.heard_s = self._body.silence() - turn.heard_from_s
        turn.end(reason)
        self.memory.remember(turn, self._loop.time())
        self._ended.append(turn)
        if turn.reason == "TTS_FAILED":
            self._body.complain()

    def entered(self, state: State, entry: int) -> None:
        """Tell the record, the timers, the ears and the onlookers of the new state."""
        log.info("state %s", state.value)
        self._note(state)
        self._start_timer(state, entry)
        self._body.entered(state, quietly=self._needs_no_earcon())
        self._set_ears(state)
        if state is State.FAULT:
            self.broken.set()
        (self.settled.set if state in SETTLED else self.settled.clear)()
        self._observers.state(state, self._since[1])
        self._report_ended()

    # -- the reply in the making ------------------------------------------------------------

    def _draft(self, turn: Turn) -> None:
        """Make the reply to what may be all; it stays silent until the turn has the floor."""
        self._discard(turn)
        turn.utterance = self._utterance
        self._begin_story(turn)
        self._judge(turn)

    def _discard(self, turn: Turn) -> None:
        """It was not all."""
        self.discarded += self._cancel_story(turn)
        self._body.silence()
        turn.forget()

    def _answer(self, turn: Turn) -> None:
        """It was all: the turn has the floor, with the reply that was drafted if it fits."""
        said, self._utterance = self._utterance, None
        if turn.transcript is not None and turn.utterance is None:
            turn.asked_s = turn.stream_s()  # typed
        elif said is not None:
            if self._story is None or turn.utterance is None or turn.utterance.end_s != said.end_s:
                self._discard(turn)
            turn.utterance, turn.asked_s = said, said.end_s
            turn.timings_ms["endpoint"] = round((said.ended_at_s - said.end_s) * 1000, 1)
            turn.stages["endpoint"] = (said.end_s, said.ended_at_s)
            if self._policy.judge:
                self._policy.judge.heard_out(said)
        if self._story is None:
            self._begin_story(turn)
        turn.floor.set()

    def _begin_story(self, turn: Turn) -> None:
        turn.foreseen = self._foreseen if self._policy.foresight else []
        story = run_turn(turn, self._engines, self._stage)
        self._story = self._loop.create_task(story, name=f"turn-{turn.id}")
        self._story.add_done_callback(self._on_story_done)

    def _cancel_story(self, turn: Turn) -> bool:
        """Whether there was one under way. It dies a moment later; it loses the floor at once."""
        turn.floor.clear()
        story, self._story = self._story, None
        self._dying = story or self._dying
        return story is not None and story.cancel()

    def _understood(self, turn: Turn) -> None:
        """The words are known: that tells more of whether they are all."""
        if turn is self._turn:
            self._judge(turn)

    def _judge(self, turn: Turn) -> None:
        if self._policy.judge and self._ears and turn.utterance and not turn.floor.is_set():
            patience_s = self._policy.judge.patience_s(turn, turn.utterance)
            self._ears.be_patient(patience_s, turn.utterance.end_s)

    # -- errands: what may be done meanwhile, and fail without harm -------------------------

    async def _glimpse(self) -> None:
        if self._utterance is not None:
            engines = replace(self._engines, ears=self._glimpsing)
            found = await glimpse(engines, self._utterance, self._observers.partial)
            if found:
                self._errands.renew("reading", self._read_ahead(found))

    async def _read_ahead(self, passages: list[Passage]) -> None:
        """What is found later is more to the point: it need not wait for this, and overtakes it."""
        self._foreseen = []
        await self._engines.mind.prime(passages)
        self._foreseen = passages

    async def _overhear(self) -> None:
        """A word or two over the reply: stop it if it was "stop"."""
        said, orders = self._utterance, self._engines.orders
        if said is None or orders is None or said.end_s - said.start_s > OVERHEARD_S:
            return
        turn_id = self.turn_id
        transcript = await self._engines.ears.transcribe(said.samples)
        if orders.is_stop(transcript.text) and self.turn_id == turn_id:
            self.post(events.Cancel())

    # -- the rest ---------------------------------------------------------------------------

    def _current(self) -> Turn:
        if self._turn is None:
            raise RuntimeError("no turn is under way")
        return self._turn

    def _listen(self, from_s: float | None) -> None:
        self._utterance, self._foreseen = None, []
        for of_another in ("glimpse", "reading"):
            self._errands.cancel(of_another)
        if self._ears is not None:
            self._ears.listen(from_s)

    def _set_ears(self, state: State) -> None:
        """What the ears are open for; while thinking, an utterance may still be resumed."""
        if state is State.FOLLOW_UP:
            self._listen(None)
        elif self._ears is None:
            return
        elif state is State.SPEAKING:
            self._ears.guard(ECHO_SETTLES_S["barge_in" in self._policy.switches])
        elif state not in {State.LISTENING, State.THINKING}:
            self._ears.rest()

    def _needs_no_earcon(self) -> bool:
        """Somebody who just went on talking needs none, nor does a reply that is there at once."""
        turn = self._turn
        return turn is not None and (not turn.invited or turn.made.is_set())

    def complain(self) -> None:
        """The sound of an error."""
        self._body.complain()

    def limit_volume(self, percent: int) -> None:
        """No louder than that, whatever is set; 100: as loud as is set."""
        self._body.limit_volume(percent)

    def announce(self, text: str) -> None:
        """Say something that nobody asked for, unless a turn is under way."""
        self._body.announce(text, self._engines.voice)

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
        if timeout_s := self._policy.timeouts_s.get(state):
            late = events.TimedOut(state, entry)
            self._timer = self._loop.call_later(timeout_s, self.post, late)

    def _report_ended(self) -> None:
        while self._ended:
            self._observers.turn(self._ended.pop(0))

    def _on_story_done(self, story: asyncio.Task[None]) -> None:
        """A turn that raised is a bug of ours: tell it apart from what engines do."""
        if story.cancelled() or story.exception() is None:
            return
        log.error("turn failed", exc_info=story.exception())
        if self._turn is not None and self._story is story:
            self._turn.reason = "FAULT"
            self.post(events.TurnFailed(self._turn.id))


_EVENTS: Mapping[type[edges.Edge], Callable[[Any], events.Event]] = {
    WakeHit: lambda edge: events.WakeHeard(edge.phrase, edge.score, edge.at_s, edge.ends_s),
    edges.SpeechStarted: lambda edge: events.SpeechStarted(edge.at_s),
    edges.SpeechGrew: lambda _edge: events.SpeechGrew(),
    edges.SpeechSustained: lambda edge: events.SpeechSustained(edge.at_s),
    edges.SpeechPaused: lambda _edge: events.SpeechPaused(),
    edges.SpeechResumed: lambda _edge: events.SpeechResumed(),
    edges.SpeechEnded: lambda _edge: events.SpeechEnded(),
    edges.NoSpeech: lambda _edge: events.NoSpeech(),
}
