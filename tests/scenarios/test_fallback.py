"""Conversations in which the first choice fails, or finds that it doesn't know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from appliance import phrases
from appliance.engines.fallback import FallbackEars, FallbackMind, Trust
from appliance.engines.ports import Lapse, Passage, Sentence
from appliance.engines.recovery import Backoff, Keeper
from appliance.engines.scripted import ScriptedEars, ScriptedMind
from appliance.reasons import Outcome
from appliance.report import Entry, as_json
from appliance.survivor.explain import why, why_silent, why_slow
from appliance.survivor.reply import Context
from appliance.survivor.tongue import tongue
from tests.appliance.engines.test_recovery import Engine
from tests.scenarios.stage import QUESTION, Stage, known_script, play

NOW = datetime(2026, 11, 21, 15, 20).astimezone()


async def _one_question(stage: Stage) -> None:
    stage.script.hears += [QUESTION]
    await stage.ask()


async def _with_npu_that_fails(stage: Stage, *hops: str) -> None:
    """The scripted engines become the spares of others, which fail."""
    broken = known_script()
    broken.fail |= set(hops)
    broken.hears = [QUESTION] * 9
    engines = stage.director._engines
    trust = Trust(Keeper(Engine(is_up=True), Backoff(1, 8)), Backoff(1, 8))
    stage.director._engines = replace(
        engines,
        ears=FallbackEars(ScriptedEars(broken), engines.ears, trust),
        mind=FallbackMind(ScriptedMind(broken), engines.mind, trust),
    )
    await _one_question(stage)


@pytest.mark.parametrize(
    ("hop", "fallback"),
    [
        ("asr", {"asr": "NPU_FAILED", "answer": "NPU_RESTING"}),
        ("answer", {"answer": "NPU_FAILED"}),
        ("prime", {}),
    ],
)
def test_a_failure_costs_a_delay_and_the_record_says_so(hop: str, fallback: dict[str, str]) -> None:
    stage = play(lambda stage: _with_npu_that_fails(stage, hop))
    (turn,) = stage.turns
    assert (turn.outcome, turn.reason, turn.fallback) == (Outcome.ANSWERED, "OK", fallback)
    assert turn.spoken[:2] == ["A red light means: replace the filter.", "Any shop has it."]
    assert as_json("rk3576", [Entry("", turn)])["turns"][0]["fallback"] == fallback
    assert stage.director.memory.last is not None
    assert stage.director.memory.last.fallback == fallback


def test_a_question_that_goes_on_forgets_what_failed_in_its_first_half() -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears += ["what does", QUESTION]
        await stage.ask(1.0, 0.5, 1.0)

    (turn,) = play(act, switches={"prefire"}).turns
    turn.fallback["asr"] = "NPU_STUCK"
    turn.forget()
    assert turn.fallback == {}


def test_why_it_was_slow_tells_of_the_spare() -> None:
    context = Context(NOW, timings_ms={"asr": 4300.0, "first_audio": 5000.0})
    assert why_slow(context, tongue("en")) == (
        "It took 5.0 seconds. The longest part was making out your words: 4.3 seconds."
    )
    told = why_slow(replace(context, fallback={"asr": "NPU_DOWN"}), tongue("en"))
    assert told.endswith(" A part of me had failed, and a slower one did its work.")


def test_why_tells_of_heat_and_of_a_weak_supply_and_of_no_failure() -> None:
    context = Context(NOW, timings_ms={"first_audio": 500.0}, reason="OK", score=0.9)
    for code, word in (("HOT", "hot"), ("WEAK", "power supply")):
        told = why(replace(context, fallback={"length": code, "model": code}), tongue("en"))
        assert word in told
        assert "failed" not in told


def test_an_answer_without_sentences_is_an_abstention() -> None:
    script = known_script()
    script.says = {QUESTION: []}
    (turn,) = play(_one_question, script).turns
    assert (turn.outcome, turn.reason) == (Outcome.ABSTAINED, "NO_ANSWER")
    assert turn.spoken == [phrases.DONT_KNOW]
    assert "documents don't say" in why_silent(Context(NOW, reason=turn.reason), tongue("en"))


class Refusing(ScriptedMind):
    """A spare that finds nothing either, after the first choice had failed."""

    async def answer(
        self, question: str, passages: Sequence[Passage]
    ) -> AsyncGenerator[Sentence | Lapse, None]:  # type: ignore[override]
        await asyncio.sleep(1.0)
        yield Lapse("NPU_STUCK")


def test_a_refusal_by_the_spare_is_an_abstention_that_tells_of_it() -> None:
    async def act(stage: Stage) -> None:
        engines = stage.director._engines
        stage.director._engines = replace(engines, mind=Refusing(stage.script))
        await _one_question(stage)

    (turn,) = play(act).turns
    assert (turn.reason, turn.fallback) == ("NO_ANSWER", {"answer": "NPU_STUCK"})
    assert turn.spoken == [phrases.DONT_KNOW]
