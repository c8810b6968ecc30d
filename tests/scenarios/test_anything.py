"""A thousand random conversations: anything may happen at any time, and nothing gets stuck."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states import events as e
from states.state import State
from states.table import SWITCHES
from tests.scenarios.stage import QUESTION, UNKNOWN, Stage, known_script, play

SETTLED = {State.IDLE, State.MUTED, State.FAULT, State.SERVICING}

_SPANS = st.lists(st.sampled_from([0.2, 0.4, 0.8, 1.5, 2.6]), min_size=1, max_size=5).filter(
    lambda spans: len(spans) % 2 == 1
)


def _hear(spans: list[float]) -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        stage.begin(stage.ears.hear(*spans))

    return act


def _post(event: e.Event) -> Callable[[Stage], None]:
    return lambda stage: stage.post(event)


def _fails(hop: str) -> Callable[[Stage], None]:
    return lambda stage: stage.script.fail.symmetric_difference_update({hop})


def _hangs(hop: str) -> Callable[[Stage], None]:
    return lambda stage: stage.script.hang.symmetric_difference_update({hop})


_HOPS = st.sampled_from(["asr", "retrieve", "answer", "tts", "prime"])
_EVENTS = st.sampled_from(
    [
        *(e.Cancel(), e.Mute(), e.Unmute(), e.Broken("X"), e.Repaired(), e.ServiceBegin()),
        *(e.ServiceEnd(), e.Ready(), e.Asked(QUESTION), e.Asked("what"), e.NoSpeech()),
        *(e.SpeechStarted(0.0), e.SpeechPaused(), e.SpeechResumed(), e.SpeechSustained(0.0)),
        *(e.SpeechGrew(), e.FirstAudio(1), e.TurnDone(1), e.TurnFailed(2)),
    ]
)
_ACTS = st.one_of(
    st.just(Stage.wake),
    st.builds(_hear, _SPANS),
    st.builds(_post, _EVENTS),
    st.builds(_fails, _HOPS),
    st.builds(_hangs, _HOPS),
)
_DELAYS_S = st.sampled_from([0.0, 0.01, 0.1, 0.3, 0.71, 1.3, 4.0, 9.0])


@settings(max_examples=1000)
@given(
    st.lists(st.tuples(_DELAYS_S, _ACTS), max_size=14),
    st.sets(st.sampled_from(sorted(SWITCHES))),
)
def test_whatever_happens(
    acts: list[tuple[float, Callable[[Stage], None]]], switches: set[str]
) -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += [QUESTION, UNKNOWN, "", QUESTION] * 12
        for delay_s, do in acts:
            await asyncio.sleep(delay_s)
            do(stage)
        await asyncio.sleep(2000)  # every timeout has passed
        assert stage.now_in in SETTLED, "stuck"
        assert getattr(stage.speaker, "gain", 1.0) == 1.0
        stage.script.fail.clear()
        stage.script.hang.clear()
        for event in (e.ServiceEnd(), e.Repaired(), e.Unmute()):
            stage.post(event)
            await asyncio.sleep(0.01)
        stage.script.hears[:] = [QUESTION] * 9
        await stage.ask()

    stage = play(act, switches=switches)
    assert stage.turns[-1].reason == "OK", "it still answers"
    ids = [turn.id for turn in stage.turns]
    assert ids == list(range(1, len(ids) + 1)), "each turn ends once, in order"
    assert all(turn.outcome for turn in stage.turns)
    _assert_sound_belongs_to_turns(stage)


def _assert_sound_belongs_to_turns(stage: Stage) -> None:
    """Whatever sounded did so while the device was speaking."""
    ends = [at_s for at_s, _ in stage.trace[1:]] + [float("inf")]
    speaking = [
        (at_s, end_s)
        for (at_s, name), end_s in zip(stage.trace, ends, strict=True)
        if name == "speaking"
    ]
    for piece in stage.speaker._pieces:
        length_s = len(piece.samples) / stage.speaker.rate_hz
        begins_s, ends_s = piece.at + 0.002, piece.at + length_s - 0.002
        assert any(a <= begins_s and ends_s <= b for a, b in speaking), "sound of a dead turn"


def test_memory_stays_flat_over_many_turns() -> None:
    counts: list[int] = []

    async def act(stage: Stage) -> None:
        for number in range(400):
            stage.script.hears[:] = [QUESTION] * 9
            await stage.ask(1.0, 0.4, 1.0)
            await stage.until(State.SPEAKING)
            stage.wake() if number % 3 else stage.post(e.Cancel())
            await asyncio.sleep(30)
            stage.turns.clear()
            stage.trace.clear()
            stage.script.log.clear()
            stage.partials.clear()
            stage.speaker.restart()
            if number in {200, 399}:
                gc.collect()
                counts.append(len(gc.get_objects()))

    play(act, known_script(), switches=SWITCHES)
    before, after = counts
    assert after - before < 100, "objects over 200 turns"


@pytest.mark.parametrize("switches", [(), SWITCHES])
def test_nothing_runs_on_after_a_conversation(switches: set[str]) -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += [QUESTION] * 9
        stage.begin(stage.ask())
        await asyncio.sleep(2.5)

    stage = play(act, switches=switches, last_s=0.1)
    assert stage.turns[-1].reason == "SHUTDOWN"
