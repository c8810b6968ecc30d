"""What the live view shows: the latest readings, and what they have been for the last seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from appliance.record import Turn
from audio.ears import Reading
from audio.format import FRAME_S, Samples
from audio.level import level_db
from states.state import State

PEAK_HOLD_S = 1.5
"""How long a meter remembers its peak."""
FLOOR_S = 5.0
"""The quietest moment of so long is the room."""
STEP_FRAMES = 6
"""Frames in one step of the past, 0.19 s."""
STEPS = 300
TURNS = 8
_AVERAGED = 8  # readings: a wake phrase's score counts averaged over so many


@dataclass(slots=True)
class Meter:
    """A value with the peak that it had lately."""

    value: float = 0.0
    peak: float = 0.0
    peaked_s: float = 0.0

    def set(self, value: float, now_s: float) -> None:
        """A new value, at a time that may be of any clock."""
        self.value = value
        if value >= self.peak or now_s - self.peaked_s > PEAK_HOLD_S:
            self.peak, self.peaked_s = value, now_s


class Step(NamedTuple):
    """What a moment of the past was like."""

    loudest_db: float
    quietest_db: float
    speech: float


@dataclass(slots=True)
class Shown:
    """Everything that the screen is drawn from.

    Attributes:
        profile: which engines.
        thresholds: wake phrase → score from which it counts.
        onset: probability from which a frame begins to be speech.
        release: probability below which speech pauses.
        words: whether words may be shown; they are private.
        ringing: whether a timer or an alarm has run out, and the light says so.
        since_s: the loop's time at which the state was entered.
        stream_s: the stream's time of the latest reading.
        past: the last minute, a step every STEP_FRAMES frames.
    """

    profile: str
    thresholds: Mapping[str, float]
    onset: float
    release: float
    words: bool = False
    ringing: bool = False
    state: State = State.STARTING
    since_s: float = 0.0
    stream_s: float = 0.0
    level: Meter = field(default_factory=Meter)
    speech: Meter = field(default_factory=Meter)
    wake: dict[str, Meter] = field(default_factory=dict)
    past: deque[Step] = field(default_factory=lambda: deque(maxlen=STEPS))
    partial: str = ""
    turns: deque[Turn] = field(default_factory=lambda: deque(maxlen=TURNS))
    _played: tuple[float, float] = (0.0, 0.0)  # level, and until when
    _latest: list[Reading] = field(default_factory=list)
    _scores: deque[Mapping[str, float]] = field(default_factory=lambda: deque(maxlen=_AVERAGED))

    @property
    def floor_db(self) -> float:
        """How loud the room is while nobody speaks."""
        lately = list(self.past)[-round(FLOOR_S / FRAME_S / STEP_FRAMES) :]
        return min((step.quietest_db for step in lately), default=0.0)

    @property
    def played_db(self) -> float:
        """How loud the device itself is."""
        level, until_s = self._played
        return level if self.stream_s <= until_s else 0.0

    def read(self, reading: Reading) -> None:
        """The ears heard a frame."""
        self.stream_s = now_s = reading.frame.captured_at
        self.level.set(reading.level_db, now_s)
        self.speech.set(reading.speech, now_s)
        self._scores.append(reading.scores)
        for phrase in self.thresholds:
            scores = [scores.get(phrase, 0.0) for scores in self._scores]
            self.wake.setdefault(phrase, Meter()).set(sum(scores) / _AVERAGED, now_s)
        self._latest.append(reading)
        if len(self._latest) == STEP_FRAMES:
            levels = [one.level_db for one in self._latest]
            speech = max(one.speech for one in self._latest)
            self.past.append(Step(max(levels), min(levels), speech))
            self._latest.clear()

    def play(self, samples: Samples, rate_hz: int, at_s: float) -> None:
        """The loudspeaker plays these samples from `at_s` of the stream on."""
        if len(samples):
            self._played = level_db(samples), at_s + len(samples) / rate_hz

    def enter(self, state: State, now_s: float) -> None:
        """Another state, since the loop's time `now_s`."""
        self.state, self.since_s = state, now_s
        if state is State.LISTENING:
            self.partial = ""
