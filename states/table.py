"""The conversation, as data: what follows what, what is ignored on purpose, what lasts how long."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from states import events as e
from states.state import State as S


class Do(Enum):
    """The verbs a row may ask for, in the order in which they are carried out."""

    END_TURN = "end_turn"  # the turn under way is over; its reason is the row's, or its own
    BEGIN_TURN = "begin_turn"  # a new turn, from the event that caused it
    GLIMPSE = "glimpse"  # recognise what was said so far, and look it up
    DRAFT = "draft"  # prepare the reply to what may be all; say nothing yet
    DISCARD = "discard"  # it was not all: forget the reply that was prepared
    ANSWER = "answer"  # the turn has its question: recognise, retrieve, reply
    DUCK = "duck"  # somebody speaks over the reply: speak softly
    RISE = "rise"  # it was nothing: speak up again
    OVERHEAR = "overhear"  # somebody said a word or two over the reply: was it "stop"?
    HUSH = "hush"  # no turn is under way: silence the alarm, if one rings


SWITCHES = frozenset({"follow_up", "prefire", "partials", "barge_in"})
"""What of the conversation can be switched off; rows name them."""


class Row(NamedTuple):
    """In `source`, on `event`: carry out `do`, go to `dest`; None stays without leaving.

    `reason` is the code that `END_TURN` gives the turn; None leaves the turn's own.
    `when` names one of SWITCHES that must be on; the row is passed over otherwise.
    """

    source: S
    event: type[e.Event]
    dest: S | None
    do: tuple[Do, ...] = ()
    reason: str | None = None
    when: str | None = None


def _ending(source: S, event: type[e.Event], dest: S, reason: str | None = None) -> Row:
    return Row(source, event, dest, (Do.END_TURN,), reason)


def _taking_over(source: S, reason: str) -> Row:
    """The wake phrase, said while a turn is under way, ends it and begins the next."""
    return Row(source, e.WakeHeard, S.LISTENING, (Do.END_TURN, Do.BEGIN_TURN), reason)


def _meanwhile(source: S, event: type[e.Event], do: Do, *, when: str | None = None) -> Row:
    """Something to do without leaving the state."""
    return Row(source, event, None, (do,), when=when)


def _leaving_a_turn(
    source: S, timeout_reason: str, cancel_reason: str = "CANCELLED"
) -> tuple[Row, ...]:
    """What ends a turn in the same way wherever it is."""
    return (
        _ending(source, e.TurnFailed, S.IDLE),
        _ending(source, e.Cancel, S.IDLE, cancel_reason),
        _ending(source, e.TimedOut, S.IDLE, timeout_reason),
        _ending(source, e.Mute, S.MUTED, "MUTED"),
        _ending(source, e.Broken, S.FAULT, "FAULT"),
        _ending(source, e.ServiceBegin, S.SERVICING, "SERVICING"),
    )


ROWS: tuple[Row, ...] = (
    # starting
    Row(S.STARTING, e.Ready, S.IDLE),
    Row(S.STARTING, e.Mute, S.MUTED),
    Row(S.STARTING, e.Broken, S.FAULT),
    Row(S.STARTING, e.ServiceBegin, S.SERVICING),
    Row(S.STARTING, e.TimedOut, S.FAULT),
    # idle
    Row(S.IDLE, e.WakeHeard, S.LISTENING, (Do.BEGIN_TURN,)),
    Row(S.IDLE, e.Asked, S.THINKING, (Do.BEGIN_TURN, Do.ANSWER)),
    _meanwhile(S.IDLE, e.Cancel, Do.HUSH),
    Row(S.IDLE, e.Mute, S.MUTED),
    Row(S.IDLE, e.Broken, S.FAULT),
    Row(S.IDLE, e.ServiceBegin, S.SERVICING),
    # listening
    _meanwhile(S.LISTENING, e.SpeechGrew, Do.GLIMPSE, when="partials"),
    _meanwhile(S.LISTENING, e.SpeechPaused, Do.DRAFT, when="prefire"),
    _meanwhile(S.LISTENING, e.SpeechResumed, Do.DISCARD),
    Row(S.LISTENING, e.SpeechEnded, S.THINKING, (Do.ANSWER,)),
    _taking_over(S.LISTENING, "RESTARTED"),
    _ending(S.LISTENING, e.NoSpeech, S.IDLE, "NO_SPEECH"),
    *_leaving_a_turn(S.LISTENING, "LISTEN_TIMEOUT"),
    # thinking
    Row(S.THINKING, e.FirstAudio, S.SPEAKING),
    Row(S.THINKING, e.SpeechResumed, S.LISTENING, (Do.DISCARD,)),
    _taking_over(S.THINKING, "INTERRUPTED"),
    _ending(S.THINKING, e.TurnDone, S.IDLE),
    *_leaving_a_turn(S.THINKING, "THINK_TIMEOUT"),
    # speaking
    Row(S.SPEAKING, e.TurnDone, S.FOLLOW_UP, (Do.END_TURN,), when="follow_up"),
    _ending(S.SPEAKING, e.TurnDone, S.IDLE),
    _taking_over(S.SPEAKING, "CUT_SHORT"),
    _meanwhile(S.SPEAKING, e.SpeechStarted, Do.DUCK, when="barge_in"),
    Row(
        S.SPEAKING,
        e.SpeechSustained,
        S.LISTENING,
        (Do.END_TURN, Do.BEGIN_TURN),
        "CUT_SHORT",
        when="barge_in",
    ),
    _meanwhile(S.SPEAKING, e.SpeechPaused, Do.OVERHEAR),
    _meanwhile(S.SPEAKING, e.SpeechEnded, Do.RISE, when="barge_in"),
    *_leaving_a_turn(S.SPEAKING, "SPEAK_TIMEOUT", "CUT_SHORT"),
    # follow-up: the ears are open, but nobody has spoken yet
    Row(S.FOLLOW_UP, e.SpeechStarted, S.LISTENING, (Do.BEGIN_TURN,)),
    Row(S.FOLLOW_UP, e.WakeHeard, S.LISTENING, (Do.BEGIN_TURN,)),
    Row(S.FOLLOW_UP, e.Asked, S.THINKING, (Do.BEGIN_TURN, Do.ANSWER)),
    Row(S.FOLLOW_UP, e.NoSpeech, S.IDLE),
    Row(S.FOLLOW_UP, e.Cancel, S.IDLE),
    Row(S.FOLLOW_UP, e.TimedOut, S.IDLE),
    Row(S.FOLLOW_UP, e.Mute, S.MUTED),
    Row(S.FOLLOW_UP, e.Broken, S.FAULT),
    Row(S.FOLLOW_UP, e.ServiceBegin, S.SERVICING),
    # muted, fault, servicing
    _meanwhile(S.MUTED, e.Cancel, Do.HUSH),
    Row(S.MUTED, e.Unmute, S.IDLE),
    Row(S.MUTED, e.ServiceBegin, S.SERVICING),
    _meanwhile(S.FAULT, e.Cancel, Do.HUSH),
    Row(S.FAULT, e.Repaired, S.IDLE),
    Row(S.FAULT, e.Mute, S.MUTED),
    Row(S.FAULT, e.ServiceBegin, S.SERVICING),
    Row(S.SERVICING, e.ServiceEnd, S.IDLE),
    Row(S.SERVICING, e.TimedOut, S.IDLE),
)

_MIDST = (e.SpeechGrew, e.SpeechPaused, e.SpeechResumed, e.SpeechSustained)
_SPEECH = (e.SpeechStarted, *_MIDST, e.SpeechEnded, e.NoSpeech)
_HEARING = (e.WakeHeard, *_SPEECH)
_REPORTS = (e.FirstAudio, e.TurnDone, e.TurnFailed)
_ENDS_OF_NOTHING = (e.Unmute, e.Repaired, e.ServiceEnd)

IGNORED: Mapping[S, tuple[type[e.Event], ...]] = {
    # Nobody listens yet, and no turn is under way.
    S.STARTING: (*_HEARING, *_REPORTS, *_ENDS_OF_NOTHING, e.Asked, e.Cancel),
    # A late edge of ears that were just closed.
    S.IDLE: (
        *_SPEECH,
        *(*_REPORTS, *_ENDS_OF_NOTHING),
        *(e.Ready, e.TimedOut),
    ),
    # The turn has no reply yet, so it can't report one; a typed question waits for its turn.
    S.LISTENING: (
        *(e.SpeechStarted, e.SpeechGrew, e.SpeechPaused, e.SpeechSustained),
        *(e.FirstAudio, e.TurnDone),
        *(*_ENDS_OF_NOTHING, e.Ready, e.Asked),
    ),
    S.THINKING: (
        *(e.SpeechStarted, e.SpeechGrew, e.SpeechPaused, e.SpeechSustained),
        *(e.SpeechEnded, e.NoSpeech),
        *(*_ENDS_OF_NOTHING, e.Ready, e.Asked),
    ),
    S.SPEAKING: (
        *(e.SpeechStarted, e.SpeechGrew, e.SpeechResumed, e.SpeechSustained),
        *(e.SpeechEnded, e.NoSpeech, e.FirstAudio),
        *(*_ENDS_OF_NOTHING, e.Ready, e.Asked),
    ),
    S.FOLLOW_UP: (*_MIDST, e.SpeechEnded, *_REPORTS, *_ENDS_OF_NOTHING, e.Ready),
    # Nothing reaches a model while muted. A fault shows again when somebody unmutes and asks.
    S.MUTED: (
        *(*_HEARING, *_REPORTS),
        *(e.Ready, e.Asked, e.Mute, e.Broken, e.Repaired, e.ServiceEnd, e.TimedOut),
    ),
    S.FAULT: (
        *(*_HEARING, *_REPORTS),
        *(e.Ready, e.Asked, e.Unmute, e.Broken, e.ServiceEnd, e.TimedOut),
    ),
    # The technician's tests make all kinds of noise.
    S.SERVICING: (
        *(*_HEARING, *_REPORTS),
        *(e.Ready, e.Asked, e.Cancel, e.Mute, e.Unmute, e.Broken, e.Repaired, e.ServiceBegin),
    ),
}

TIMEOUTS_S: Mapping[S, float] = {
    S.STARTING: 60.0,
    S.LISTENING: 30.0,  # the segmenter decides long before; this is for ears that stopped
    S.THINKING: 20.0,
    S.SPEAKING: 120.0,
    S.FOLLOW_UP: 6.0,
    S.SERVICING: 1800.0,  # a technician who left without a word
}
