"""The machine does what the table says, and nothing else."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states import events as e
from states.machine import Conversation
from states.state import State
from states.table import SWITCHES, Do


class Call(NamedTuple):
    name: str
    detail: object = None


class ScriptedActions:
    """Keeps turns as the real director does, and refuses what would be a bug there."""

    def __init__(self) -> None:
        self.turn_id: int | None = None
        self.begun = self.ended = 0
        self.answering = False
        self.calls: list[Call] = []

    def begin_turn(self, cause: e.Event) -> None:
        assert self.turn_id is None, "the turn before was never ended"
        self.begun += 1
        self.turn_id, self.answering = self.begun, False
        self.calls.append(Call("begin", type(cause).__name__))

    def perform(self, verb: Do) -> None:
        assert (self.turn_id is not None) == (verb is not Do.HUSH)
        if verb is Do.ANSWER:
            assert not self.answering
        self.answering = verb is Do.ANSWER or (self.answering and verb is not Do.DISCARD)
        self.calls.append(Call(verb.value))

    def end_turn(self, reason: str | None) -> None:
        assert self.turn_id is not None, "no turn to end"
        self.ended += 1
        self.turn_id = None
        self.calls.append(Call("end", reason))

    def entered(self, state: State, entry: int) -> None:
        self.calls.append(Call("entered", state))


WAKE = e.WakeHeard("hey jarvis", 0.9, 1.0)


@pytest.fixture
def actions() -> ScriptedActions:
    return ScriptedActions()


@pytest.fixture
def conversation(actions: ScriptedActions) -> Conversation:
    return Conversation(actions)


def test_a_question_is_heard_answered_and_over(
    conversation: Conversation, actions: ScriptedActions
) -> None:
    for event in (e.Ready(), WAKE, e.SpeechEnded(), e.FirstAudio(1), e.TurnDone(1)):
        conversation.handle(event)
    assert conversation.state is State.IDLE
    assert [call for call in actions.calls if call.name != "entered"] == [
        Call("begin", "WakeHeard"),
        Call("answer"),
        Call("end", None),
    ]


def test_the_wake_phrase_interrupts_and_begins_the_next_turn(
    conversation: Conversation, actions: ScriptedActions
) -> None:
    for event in (e.Ready(), WAKE, e.SpeechEnded(), e.FirstAudio(1), WAKE):
        conversation.handle(event)
    assert conversation.state is State.LISTENING
    assert actions.turn_id == 2
    assert Call("end", "CUT_SHORT") in actions.calls


def test_reports_of_a_dead_turn_are_dropped_and_counted(conversation: Conversation) -> None:
    for event in (e.Ready(), WAKE, e.SpeechEnded(), WAKE, e.SpeechEnded(), e.TurnDone(1)):
        conversation.handle(event)
    assert conversation.state is State.THINKING
    assert conversation.dropped == {"turn_done": 1}


def test_a_timer_of_a_state_that_was_left_is_dropped(conversation: Conversation) -> None:
    for event in (e.Ready(), WAKE):
        conversation.handle(event)
    late = e.TimedOut(State.LISTENING, conversation.entry)
    conversation.handle(WAKE)
    conversation.handle(late)
    assert conversation.state is State.LISTENING
    assert conversation.dropped == {"timed_out": 1}


def test_follow_up_opens_only_where_it_is_switched_on(actions: ScriptedActions) -> None:
    conversation = Conversation(actions, {"follow_up"})
    for event in (e.Ready(), WAKE, e.SpeechEnded(), e.FirstAudio(1), e.TurnDone(1)):
        conversation.handle(event)
    assert conversation.state is State.FOLLOW_UP
    conversation.handle(e.SpeechStarted(9.0))
    assert conversation.state is State.LISTENING
    assert actions.turn_id == 2


LISTENING = (e.Ready(), WAKE)
SPEAKING = (*LISTENING, e.SpeechEnded(), e.FirstAudio(1))


def test_a_reply_is_drafted_in_a_pause_and_discarded_when_speech_goes_on(
    actions: ScriptedActions,
) -> None:
    conversation = Conversation(actions, {"prefire"})
    for event in (*LISTENING, e.SpeechPaused(), e.SpeechResumed(), e.SpeechPaused()):
        conversation.handle(event)
    assert conversation.state is State.LISTENING
    done = [call.name for call in actions.calls if call.name not in {"entered", "begin"}]
    assert done == ["draft", "discard", "draft"]


def test_speech_that_goes_on_before_the_reply_sounds_reopens_the_turn(
    conversation: Conversation, actions: ScriptedActions
) -> None:
    for event in (*LISTENING, e.SpeechEnded(), e.SpeechResumed()):
        conversation.handle(event)
    assert conversation.state is State.LISTENING
    assert (actions.turn_id, actions.ended) == (1, 0)
    assert actions.calls[-2] == Call("discard")


def test_a_cough_over_the_reply_lowers_it_for_a_moment(actions: ScriptedActions) -> None:
    conversation = Conversation(actions, {"barge_in"})
    for event in (*SPEAKING, e.SpeechStarted(1.0), e.SpeechPaused(), e.SpeechEnded()):
        conversation.handle(event)
    assert conversation.state is State.SPEAKING
    assert actions.calls[-3:] == [Call("duck"), Call("overhear"), Call("rise")]


def test_free_speech_takes_over_where_that_is_switched_on(actions: ScriptedActions) -> None:
    conversation = Conversation(actions, {"barge_in"})
    for event in (*SPEAKING, e.SpeechStarted(1.0), e.SpeechSustained(1.0)):
        conversation.handle(event)
    assert conversation.state is State.LISTENING
    assert actions.turn_id == 2
    assert Call("end", "CUT_SHORT") in actions.calls


def test_free_speech_is_only_overheard_where_it_is_not(
    conversation: Conversation, actions: ScriptedActions
) -> None:
    for event in (*SPEAKING, e.SpeechStarted(1.0), e.SpeechSustained(1.0), e.SpeechPaused()):
        conversation.handle(event)
    assert (conversation.state, actions.turn_id) == (State.SPEAKING, 1)
    assert actions.calls[-1] == Call("overhear")


@pytest.mark.parametrize("to", [(), (e.Mute(),), (e.Broken("X"),)])
def test_stop_silences_an_alarm_whenever_no_turn_is_under_way(
    conversation: Conversation, actions: ScriptedActions, to: tuple[e.Event, ...]
) -> None:
    for event in (e.Ready(), *to, e.Cancel()):
        conversation.handle(event)
    assert actions.calls[-1] == Call("hush")


_TURN_IDS = st.integers(min_value=1, max_value=6)
_ANY_EVENT = st.one_of(
    st.sampled_from([e.Ready(), e.SpeechEnded(), e.NoSpeech(), e.Cancel(), e.Mute(), e.Unmute()]),
    st.sampled_from([e.Repaired(), e.ServiceBegin(), e.ServiceEnd(), e.Broken("X"), WAKE]),
    st.builds(e.Asked, st.just("what is it")),
    st.sampled_from([e.SpeechGrew(), e.SpeechPaused(), e.SpeechResumed()]),
    st.sampled_from([e.SpeechStarted(1.0), e.SpeechSustained(1.0)]),
    st.builds(e.FirstAudio, _TURN_IDS),
    st.builds(e.TurnDone, _TURN_IDS),
    st.builds(e.TurnFailed, _TURN_IDS),
    st.builds(e.TimedOut, st.sampled_from(State), st.integers(min_value=0, max_value=30)),
)
IN_TURN = {State.LISTENING, State.THINKING, State.SPEAKING}


@given(st.lists(_ANY_EVENT, max_size=60), st.sets(st.sampled_from(sorted(SWITCHES))))
def test_whatever_happens_each_turn_ends_exactly_once(
    script: list[e.Event], switches: set[str]
) -> None:
    actions = ScriptedActions()
    conversation = Conversation(actions, switches)
    for event in script:
        conversation.handle(event)
        assert (actions.turn_id is not None) == (conversation.state in IN_TURN)
        assert actions.begun - actions.ended == (actions.turn_id is not None)
