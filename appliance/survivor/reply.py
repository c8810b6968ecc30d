"""What a command leads to, and what it may know of the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto


class Effect(Enum):
    """What is left for the director to do, besides saying the text."""

    NONE = auto()
    STOP = auto()
    CANCEL = auto()
    REPEAT = auto()
    MUTE = auto()
    VOLUME = auto()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that needed no model.

    Attributes:
        text: to be said; empty where silence is the answer. For REPEAT, what was said before.
        effect: what is left to do.
        value: of VOLUME: percent, 0..100.
    """

    text: str
    effect: Effect = Effect.NONE
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """The conversation so far, as far as commands ask about it.

    Attributes:
        now: aware local time, of `clock.civil_now`.
        spoken: what was said in the last turn that was no command; empty if nothing.
        titles: the titles of that turn's sources.
        timings_ms: that turn's stage timings.
        fallback: what a spare engine did in that turn (`asr`, `answer`, `tts`), or was made easier
            (`length`, `model`), and why.
        reason: that turn's reason code; None if there was no turn.
        volume: percent, 0..100.
        score: of that turn's best passage, 0..1; None if there was none.
    """

    now: datetime
    spoken: str = ""
    titles: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    reason: str | None = None
    volume: int = 70
    fallback: Mapping[str, str] = field(default_factory=dict)
    score: float | None = None
