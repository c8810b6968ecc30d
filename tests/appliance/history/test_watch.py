"""What is noted of a conversation: its turns, what was counted, near misses; never its words."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest

from appliance.body import Body
from appliance.cli.live import watch_history
from appliance.history.fakes import FakeChronicle
from appliance.history.near import NearMisses
from appliance.history.record import Kind
from appliance.history.watch import LOOK_S, HistoryWatch
from appliance.observer import Observer
from appliance.orders import Orders
from audio.continuity import Continuity
from audio.ears import NoSpeech, Reading
from audio.format import FRAME_S, FRAME_SAMPLES, Frame
from states.state import State
from tests.scenarios.stage import QUESTION, UNKNOWN, Stage, play

THRESHOLDS = {"hey jarvis": 0.4, "alexa": 0.3}


class WithHistory:
    """Hands of a stage: somebody takes note."""

    def __init__(self, chronicle: FakeChronicle) -> None:
        self.watch = HistoryWatch(chronicle, THRESHOLDS)

    def fit(self, stage: Stage) -> tuple[Body, Orders, Sequence[Observer]]:
        return Body(stage.speaker), None, [self.watch]  # type: ignore[return-value]

    def begin(self, stage: Stage) -> None:
        """Nothing to do."""


def test_a_conversation_leaves_its_turns_without_their_words() -> None:
    chronicle = FakeChronicle()

    async def act(stage: Stage) -> None:
        stage.script.hears = [QUESTION, UNKNOWN]
        await stage.ask()
        await stage.until(State.IDLE)
        await stage.ask()
        await stage.until(State.IDLE)
        stage.wake()
        await stage.until(State.LISTENING)
        stage.director.on_edge(NoSpeech(stage.now()))

    play(act, hands=WithHistory(chronicle))
    assert [turn.code for turn in chronicle.turns(9)] == ["NO_SPEECH", "LOW_SCORE", "OK"]
    assert chronicle.counters() == {"turns": 3, "false_wakes": 1}
    answered = chronicle.turns(9)[2].figures
    assert answered["timings_ms"]["first_audio"] > 0
    assert answered["scores"] == [0.9]
    assert answered["wake"] == {"phrase": "hey_jarvis", "score": 0.9}
    kept = json.dumps([record.figures for record in chronicle.records])
    for word in ("light", "filter", "cup", "guide", "shop"):
        assert word not in kept


def reading(number: int, scores: dict[str, float]) -> Reading:
    silence = np.zeros(FRAME_SAMPLES, np.int16)
    return Reading(Frame(silence, number, (number + 1) * FRAME_S), 20.0, 0.0, scores)


@pytest.mark.parametrize(
    ("peak", "woke", "misses"), [(0.35, False, 1), (0.35, True, 0), (0.2, False, 0)]
)
def test_near_misses_are_peaks_that_did_not_wake(peak: float, *, woke: bool, misses: int) -> None:
    chronicle = FakeChronicle()
    watch = HistoryWatch(chronicle, THRESHOLDS)
    watch.state(State.IDLE, 0.0)
    for number in range(100):
        score = peak if 10 <= number < 14 else 0.01
        watch.reading(reading(number, {"hey jarvis": score, "alexa": 0.0, "unknown": 0.9}))
        if number == 20 and woke:
            watch.state(State.LISTENING, 0.7)
            watch.state(State.IDLE, 0.8)
    assert chronicle.counters().get("near_misses", 0) == misses
    assert [e.figures["score"] for e in chronicle.events(5)] == [peak] * misses


def test_the_highest_score_of_a_near_miss_is_told_once() -> None:
    near = NearMisses({"hey jarvis": 0.4})
    told = [
        miss
        for number, score in enumerate([0.1, 0.29, 0.33, 0.3, *[0.0] * 60])
        for miss in near.hear({"hey jarvis": score}, number * FRAME_S)
    ]
    assert told == [("hey jarvis", 0.33, 0.4)]


def test_while_it_listens_or_speaks_nothing_is_a_near_miss() -> None:
    chronicle = FakeChronicle()
    watch = HistoryWatch(chronicle, THRESHOLDS)
    watch.state(State.SPEAKING, 0.0)
    for number in range(100):
        watch.reading(reading(number, {"hey jarvis": 0.35 if number < 3 else 0.0}))
    assert chronicle.counters() == {}


def test_what_grew_is_counted_and_a_replaced_process_is_noted() -> None:
    chronicle, gauges = FakeChronicle(), {"stale_work": 3, "egress_attempts": 0}
    pid: int | None = 10
    watch = HistoryWatch(chronicle, THRESHOLDS)
    watch.follow({name: lambda name=name: gauges[name] for name in gauges})  # type: ignore[misc]
    watch.follow_process("asr", lambda: pid)
    watch.look()
    gauges["stale_work"] = 5
    watch.look()
    for pid in (None, 11, 11, None, 12):  # noqa: B007 - read by the lambda
        watch.look()
    gauges["egress_attempts"] = 2
    watch.look()
    counted = {"stale_work": 2, "worker_restarts": 2, "egress_attempts": 2}
    assert {k: n for k, n in chronicle.counters().items() if n} == counted
    assert [r.code for r in chronicle.records if r.kind is Kind.EVENT] == [
        *("WORKER_RESTARTED", "WORKER_RESTARTED", "EGRESS"),
    ]


def test_sound_that_the_card_lost_is_counted_though_nobody_speaks() -> None:
    chronicle, continuity = FakeChronicle(), Continuity(lambda: 0.0)
    watch = watch_history(chronicle, THRESHOLDS, continuity)
    watch.state(State.IDLE, 0.0)
    for _ in range(2):
        continuity.arrived(0.016, told=True)
    for number in range(round(LOOK_S / FRAME_S) + 1):
        watch.reading(reading(number + 1, {}))
    assert chronicle.counters()["lost_sound"] == 2
