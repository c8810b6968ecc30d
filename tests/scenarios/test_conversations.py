"""Whole conversations, with exact times: what a person would hear, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import pytest

from appliance import phrases
from appliance.reasons import Outcome
from states import events as e
from states.state import State
from states.table import SWITCHES
from tests.scenarios.stage import QUESTION, UNKNOWN, Stage, known_script, play


async def _one_question(stage: Stage) -> None:
    stage.script.hears.append(QUESTION)
    await stage.ask()


def test_a_question_is_answered_with_its_source() -> None:
    stage = play(_one_question)
    (turn,) = stage.turns
    assert (turn.outcome, turn.reason) == (Outcome.ANSWERED, "OK")
    assert turn.spoken == [
        "A red light means: replace the filter.",
        "Any shop has it.",
        "That is from the guide.",
    ]
    # said until 2.3; +0.7 endpoint; +0.2 asr, +0.05 retrieval, +0.3 answer, +0.05 voice
    assert stage.trace[:4] == [
        (0.0, "idle"),
        (0.0, "listening"),
        (3.0, "thinking"),
        (3.6, "speaking"),
    ]
    assert turn.timings_ms["first_audio"] == pytest.approx(1300.0)
    assert stage.states[-1] == "idle"


def test_everything_that_was_said_was_heard() -> None:
    (turn,) = play(_one_question).turns
    words = sum(len(text.split()) for text in turn.spoken)
    assert turn.heard_s == pytest.approx(turn.audio_s) == pytest.approx(words * 0.4, abs=0.15)


def test_nobody_speaks_after_the_wake_phrase() -> None:
    async def act(stage: Stage) -> None:
        stage.wake()

    stage = play(act)
    (turn,) = stage.turns
    assert (turn.outcome, turn.reason) == (Outcome.NO_SPEECH, "NO_SPEECH")
    assert stage.trace[-2:] == [(0.0, "listening"), (5.0, "idle")]
    assert stage.speaker.heard_s() == 0


def test_speech_without_words_is_admitted() -> None:
    async def act(stage: Stage) -> None:
        await stage.ask()

    (turn,) = play(act).turns
    assert (turn.outcome, turn.reason) == (Outcome.NO_SPEECH, "NO_WORDS")
    assert turn.spoken == [phrases.NOT_UNDERSTOOD]


@pytest.mark.parametrize(
    ("question", "reason"), [(UNKNOWN, "LOW_SCORE"), ("what is the time", "NO_MATCH")]
)
def test_what_the_documents_do_not_say_is_not_answered(question: str, reason: str) -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears.append(question)
        await stage.ask()

    (turn,) = play(act).turns
    assert (turn.outcome, turn.reason) == (Outcome.ABSTAINED, reason)
    assert turn.spoken == [phrases.DONT_KNOW]
    assert not turn.sentences


def test_a_misheard_question_is_found_by_what_it_may_have_been() -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears.append(("what is the rhetoric", UNKNOWN, QUESTION))
        await stage.ask()

    (turn,) = play(act).turns
    assert turn.outcome is Outcome.ANSWERED
    assert turn.transcript is not None
    assert turn.transcript.text == QUESTION


def test_a_question_that_was_heard_well_is_looked_up_once() -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears.append((QUESTION, UNKNOWN))
        await stage.ask()

    stage = play(act)
    assert [what for hop, what in stage.script.log if hop == "retrieve"] == [QUESTION]


def test_a_typed_question_needs_no_ears() -> None:
    async def act(stage: Stage) -> None:
        stage.post(e.Asked(QUESTION))

    stage = play(act)
    (turn,) = stage.turns
    assert turn.outcome is Outcome.ANSWERED
    assert turn.wake is None
    assert ("asr", "") not in stage.script.log


@pytest.mark.parametrize(
    ("hop", "reason"),
    [("asr", "ASR_FAILED"), ("retrieve", "RETRIEVE_FAILED"), ("answer", "ANSWER_FAILED")],
)
def test_an_engine_that_fails_costs_one_turn_and_an_apology(hop: str, reason: str) -> None:
    async def act(stage: Stage) -> None:
        stage.script.fail.add(hop)
        await _one_question(stage)
        await stage.until(State.IDLE)
        stage.script.fail.clear()
        await _one_question(stage)

    stage = play(act)
    failed, answered = stage.turns
    assert (failed.outcome, failed.reason) == (Outcome.FAILED, reason)
    assert failed.error is not None
    assert failed.error.code == "ENG-SCRIPTED"
    assert failed.spoken[-1] == phrases.APOLOGIES.get(reason, phrases.SORRY)
    assert failed.heard_s > 0
    assert answered.outcome is Outcome.ANSWERED or hop == "asr"


def test_a_voice_that_fails_is_silent_and_the_reason_is_known() -> None:
    async def act(stage: Stage) -> None:
        stage.script.fail.add("tts")
        await _one_question(stage)

    stage = play(act)
    (turn,) = stage.turns
    assert (turn.outcome, turn.reason) == (Outcome.FAILED, "TTS_FAILED")
    assert stage.states[-1] == "idle"


@pytest.mark.parametrize("hop", ["asr", "retrieve", "answer", "tts"])
def test_an_engine_that_hangs_is_given_up_in_time(hop: str) -> None:
    async def act(stage: Stage) -> None:
        stage.script.hang.add(hop)
        await _one_question(stage)

    stage = play(act)
    (turn,) = stage.turns
    assert (turn.outcome, turn.reason) == (Outcome.FAILED, "THINK_TIMEOUT")
    assert stage.trace[-1] == (23.0, "idle")


EVERY_WAY = pytest.mark.parametrize("switches", [(), SWITCHES], ids=["plain", "all"])
MOMENTS_S = [0.1, 0.5, 1.5, 2.5, 3.1, 3.22, 3.3, 3.58, 3.65, 5.0, 7.5, 9.4]
"""From the wake phrase on: listening, recognition, retrieval, answer, voice, every sentence."""


@EVERY_WAY
@pytest.mark.parametrize("moment_s", MOMENTS_S)
def test_the_wake_phrase_interrupts_at_any_moment(
    moment_s: float, switches: Collection[str]
) -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += [QUESTION] * 9
        first = asyncio.ensure_future(stage.ask())
        await asyncio.sleep(moment_s)
        stage.wake()
        heard_s = stage.speaker.heard_s()
        await asyncio.sleep(0.3)
        assert stage.speaker.heard_s() == heard_s, "silence, at once"
        stage.script.hears[:] = [QUESTION] * 9
        await stage.ears.hear(1.0)
        await first

    stage = play(act, switches=switches)
    first, second = stage.turns
    assert first.reason in {"RESTARTED", "INTERRUPTED", "CUT_SHORT"}
    assert (second.id, second.outcome) == (2, Outcome.ANSWERED)
    assert second.spoken[0] == "A red light means: replace the filter."


@EVERY_WAY
@pytest.mark.parametrize("moment_s", MOMENTS_S)
def test_mute_at_any_moment_is_silence_and_deafness(
    moment_s: float, switches: Collection[str]
) -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += [QUESTION] * 9
        asking = asyncio.ensure_future(stage.ask())
        await asyncio.sleep(moment_s)
        stage.post(e.Mute())
        await asyncio.sleep(0.01)
        heard_s = stage.speaker.heard_s()
        assert stage.now_in is State.MUTED
        assert not stage.ears.open
        await asking
        stage.wake()
        await asyncio.sleep(30)
        assert stage.now_in is State.MUTED
        assert stage.speaker.heard_s() == heard_s
        stage.post(e.Unmute())

    stage = play(act, switches=switches)
    assert len(stage.turns) == 1
    assert stage.turns[0].reason == "MUTED"
    assert stage.states[-2:] == ["muted", "idle"]


@pytest.mark.parametrize(
    ("event", "state"),
    [(e.Broken("X"), State.FAULT), (e.ServiceBegin(), State.SERVICING), (e.Cancel(), State.IDLE)],
)
@pytest.mark.parametrize("moment_s", [0.5, 3.1, 5.0])
def test_other_ends_of_a_turn(event: e.Event, state: State, moment_s: float) -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears.append(QUESTION)
        asking = asyncio.ensure_future(stage.ask())
        await asyncio.sleep(moment_s)
        stage.post(event)
        await asyncio.sleep(0.01)
        assert stage.now_in is state
        await asking

    stage = play(act, last_s=1.0)
    assert len(stage.turns) == 1


def test_follow_up_listens_without_the_wake_phrase_for_a_while() -> None:
    async def act(stage: Stage) -> None:
        await _one_question(stage)
        await stage.until(State.FOLLOW_UP)
        stage.script.hears.append(UNKNOWN)
        await stage.ears.hear(1.0)

    stage = play(act, switches={"follow_up"})
    first, second = stage.turns
    assert first.outcome is Outcome.ANSWERED
    assert (second.wake, second.outcome) == (None, Outcome.ABSTAINED)
    assert second.spoken == [], "who wasn't asked says nothing"
    assert stage.states[-2:] == ["thinking", "idle"]


def test_reports_of_a_dead_turn_are_counted() -> None:
    async def act(stage: Stage) -> None:
        await _one_question(stage)
        await stage.until(State.SPEAKING)
        stage.post(e.TurnDone(1))
        stage.post(e.TurnDone(1))

    assert play(act).director.conversation.dropped["turn_done"] == 1


def test_an_hour_of_waiting_takes_no_time() -> None:
    async def act(stage: Stage) -> None:
        await asyncio.sleep(3600)

    assert play(act, known_script()).trace == [(0.0, "idle")]


def test_a_bug_in_the_middle_of_an_answer_is_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    async def act(stage: Stage) -> None:
        stage.script.says = {}  # the scripted mind raises KeyError: no engine's error, a bug
        await _one_question(stage)

    stage = play(act)
    (turn,) = stage.turns
    assert (turn.outcome, turn.reason) == (Outcome.FAILED, "FAULT")
    assert stage.states[-1] == "idle"
    assert "turn failed" in caplog.text
