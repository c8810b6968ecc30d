"""What can happen to a conversation. Whatever a turn reports carries its `turn_id`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from states.state import State


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened; the table says what follows."""


@dataclass(frozen=True, slots=True)
class TurnEvent(Event):
    """A report of one turn; dropped and counted if that turn is no longer under way."""

    turn_id: int


class Ready(Event):
    """Every engine is loaded and the microphone is open."""


@dataclass(frozen=True, slots=True)
class WakeHeard(Event):
    """A wake phrase was heard: decided at `at_s`, ended at `ends_s` if known (stream time)."""

    phrase: str
    score: float
    at_s: float
    ends_s: float | None = None


@dataclass(frozen=True, slots=True)
class Asked(Event):
    """A question came as text: console, command line."""

    text: str


@dataclass(frozen=True, slots=True)
class SpeechStarted(Event):
    """Somebody began to speak at `at_s` (stream time) while the ears were open."""

    at_s: float


class SpeechGrew(Event):
    """Somebody goes on speaking; there is more to recognise."""


class SpeechPaused(Event):
    """Somebody fell silent, perhaps for good."""


class SpeechResumed(Event):
    """Somebody goes on speaking after a pause."""


@dataclass(frozen=True, slots=True)
class SpeechSustained(Event):
    """Somebody has been speaking over the reply since `at_s` (stream time), and means it."""

    at_s: float


class SpeechEnded(Event):
    """The endpoint: an utterance is complete."""


class NoSpeech(Event):
    """The ears were open and nobody spoke."""


class FirstAudio(TurnEvent):
    """The first sample of the turn's reply reached the loudspeaker."""


class TurnDone(TurnEvent):
    """The turn has said all that it had to say."""


class TurnFailed(TurnEvent):
    """The turn could not go on; what it knows of why is in its own record."""


class Cancel(Event):
    """Somebody wants silence: a button, the console, a spoken "stop"."""


class Mute(Event):
    """The microphone was switched off."""


class Unmute(Event):
    """The microphone was switched on again."""


@dataclass(frozen=True, slots=True)
class Broken(Event):
    """A part without which nothing works has failed."""

    code: str


class Repaired(Event):
    """What was broken works again."""


class ServiceBegin(Event):
    """A technician or the factory takes over the device."""


class ServiceEnd(Event):
    """The device is given back to its owner."""


@dataclass(frozen=True, slots=True)
class TimedOut(Event):
    """A state lasted too long. `entry` counts state changes, so that a late timer is recognised."""

    state: State
    entry: int


EVENTS: tuple[type[Event], ...] = (
    Ready,
    WakeHeard,
    Asked,
    SpeechStarted,
    SpeechGrew,
    SpeechPaused,
    SpeechResumed,
    SpeechSustained,
    SpeechEnded,
    NoSpeech,
    FirstAudio,
    TurnDone,
    TurnFailed,
    Cancel,
    Mute,
    Unmute,
    Broken,
    Repaired,
    ServiceBegin,
    ServiceEnd,
    TimedOut,
)


def trigger_name(event: type[Event]) -> str:
    """The name under which the table knows an event: `WakeHeard` is `wake_heard`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event.__name__).lower()
