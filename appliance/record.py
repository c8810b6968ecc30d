"""The record of one turn: what was said, found and answered, when, and how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from appliance.clock import now_s
from appliance.engines.ports import Passage, Sentence, Transcript
from appliance.errors import ApplianceError
from appliance.reasons import REASONS, Outcome
from audio.errors import AudioError
from audio.format import Utterance
from audio.ports import WakeHit


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that was spoken, or would have been, and how long it takes."""

    text: str
    audio_s: float


@dataclass(frozen=True, slots=True)
class LastTurn:
    """The last turn that was no command.

    Attributes:
        question: the words as recognised.
        heard: what of the reply was heard, not what was generated.
        titles: of its sources, as spoken.
        ended_s: when, by the loop's clock.
    """

    question: str
    heard: str
    titles: tuple[str, ...]
    reason: str
    ended_s: float
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    fallback: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Turn:
    """One turn: what is known of it so far.

    Times are of the stream, in seconds: 0 is when the microphone was opened. The reply is
    what the loudspeaker played from its second `heard_from_s` on, for `heard_s` seconds.

    Attributes:
        before: the turn before, where this question may refer to it.
        foreseen: what was read ahead while the person spoke, best first.
        complete: logit that the words are a whole question; None: nobody asked.
        made: set once the first sound of the reply is there to be played.
        floor: set while the reply may sound: once the person has finished, until it is cut off.
        is_order: all its words are an order, which is therefore complete.
        mutes: it was the order to switch the microphone off.
        led_in: a lead-in named the source before the answer.
        timings_ms: how long each stage took; `first_sound` and `first_audio` count from
            `asked_s`, the true end of speech.
        stages: when each stage began and ended; some do before the person has finished.
        fallback: hops that a spare did (`asr`, `answer`, `tts`), and why (of `reasons.LAPSES`).
    """

    id: int
    stream_zero_s: float
    wake: WakeHit | None = None
    utterance: Utterance | None = None
    asked_s: float = 0.0
    transcript: Transcript | None = None
    complete: float | None = None
    foreseen: list[Passage] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    states: list[tuple[str, float]] = field(default_factory=list)
    timings_ms: dict[str, float] = field(default_factory=dict)
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)
    fallback: dict[str, str] = field(default_factory=dict)
    before: LastTurn | None = None
    made: asyncio.Event = field(default_factory=asyncio.Event)
    floor: asyncio.Event = field(default_factory=asyncio.Event)
    led_in: bool = False
    is_order: bool = False
    mutes: bool = False
    reason: str | None = None
    outcome: Outcome | None = None
    error: ApplianceError | AudioError | None = None
    audio_s: float = 0.0
    heard_from_s: float = 0.0
    heard_s: float = 0.0

    @property
    def invited(self) -> bool:
        """Whether somebody said the wake phrase or typed, rather than just went on talking."""
        return self.wake is not None or self.utterance is None

    def stream_s(self) -> float:
        """The stream's time now."""
        return now_s() - self.stream_zero_s

    def took(self, stage: str, began_s: float) -> None:
        """A stage that began at `began_s` is over; only its first time is kept."""
        if stage not in self.stages:
            now = self.stream_s()
            self.stages[stage] = (began_s, now)
            self.timings_ms[stage] = round((now - began_s) * 1000, 1)

    def forget(self) -> None:
        """The person goes on: whatever was made of what they had said so far is void."""
        blank = Turn(self.id, self.stream_zero_s)
        for name in _MADE_OF_THE_QUESTION:
            setattr(self, name, getattr(blank, name))

    def heard_text(self) -> str:
        """What of the reply was heard, up to the last whole word."""
        left_s, words = self.heard_s, []
        for said in self.said:
            share = min(1.0, left_s / said.audio_s) if said.audio_s else 1.0
            every = said.text.split()
            words += every[: int(len(every) * share)]
            left_s -= said.audio_s
            if left_s <= 0:
                break
        return " ".join(words)

    def end(self, reason: str | None) -> None:
        """The turn is over; `reason` is why it was cut off, None if it came to its own end.

        A reply that was cut short remains what it was: an answer, or an abstention.

        Raises:
            RuntimeError: it was over before, which is a bug.
        """
        if self.outcome is not None:
            raise RuntimeError(f"turn {self.id} ended twice: {self.reason}, then {reason}")
        own, self.reason = self.reason, reason or self.reason or "FAULT"
        judged_by = own if own and reason == "CUT_SHORT" else self.reason
        self.outcome = REASONS[judged_by].outcome


_MADE_OF_THE_QUESTION = (
    *("utterance", "asked_s", "transcript", "complete", "passages", "sentences", "spoken", "said"),
    *(
        "timings_ms",
        "stages",
        "fallback",
        "floor",
        "made",
        "led_in",
        "is_order",
        "mutes",
        "reason",
        "error",
        "audio_s",
    ),
)
