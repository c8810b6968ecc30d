"""An answer that is begun before it is known what answers the question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from appliance import clock
from appliance.engines.ports import Lapse, Passage, Sentence
from appliance.engines.scripted import Script, ScriptedMind
from appliance.errors import EngineError
from appliance.foresight import Foresight

QUESTION = "what does the red light mean"
GUIDE = Passage("A red light means: replace the filter.", "guide.md#light", "guide", 0.9)
OTHER = Passage("The hose is 2 m long.", "guide.md#hose", "guide", 0.8)
SENTENCES = ["Replace the filter.", "Then close the lid."]


def play(act: Callable[[Script, ScriptedMind], Coroutine[Any, Any, None]]) -> Script:
    script = Script(says={QUESTION: SENTENCES, "another": ["No."]}, sentence_s=0.5)
    clock.run(act(script, ScriptedMind(script)), realtime=False)
    return script


async def _texts(foresight: Foresight, *passages: Passage) -> list[str]:
    said: list[Sentence | Lapse] = [s async for s in foresight.answer(QUESTION, passages)]
    return [sentence.text for sentence in said if isinstance(sentence, Sentence)]


def test_what_was_foreseen_is_there_when_the_question_has_been_looked_up() -> None:
    async def act(_script: Script, mind: ScriptedMind) -> None:
        async with Foresight(mind, QUESTION, [GUIDE, OTHER]) as foresight:
            await asyncio.sleep(0.5)
            began_s = clock.now_s()
            assert await _texts(foresight, GUIDE) == SENTENCES
            assert clock.now_s() - began_s == pytest.approx(0.5), "the first one was there"

    assert play(act).log == [("answer", QUESTION)] * 2


@pytest.mark.parametrize("foreseen", [[], [OTHER], [OTHER, GUIDE]])
def test_what_was_not_foreseen_is_answered_from_what_was_found(foreseen: list[Passage]) -> None:
    async def act(_script: Script, mind: ScriptedMind) -> None:
        async with Foresight(mind, QUESTION, foreseen) as foresight:
            await asyncio.sleep(0.2)
            found = [s async for s in foresight.answer(QUESTION, [GUIDE])]
            assert [s.source for s in found if isinstance(s, Sentence)] == [GUIDE.source] * 2

    play(act)


def test_what_was_begun_for_other_words_is_dropped() -> None:
    async def act(_script: Script, mind: ScriptedMind) -> None:
        async with Foresight(mind, "another", [GUIDE]) as foresight:
            assert await _texts(foresight, GUIDE) == SENTENCES

    play(act)


def test_a_failure_counts_only_if_the_answer_is_wanted() -> None:
    async def act(script: Script, mind: ScriptedMind) -> None:
        script.fail.add("answer")
        async with Foresight(mind, QUESTION, [GUIDE]) as foresight:
            await asyncio.sleep(1.0)
            await foresight.drop()
        async with Foresight(mind, QUESTION, [GUIDE]) as foresight:
            with pytest.raises(EngineError):
                await _texts(foresight, GUIDE)

    play(act)


def test_nothing_goes_on_behind_it() -> None:
    async def act(script: Script, mind: ScriptedMind) -> None:
        async with Foresight(mind, QUESTION, [GUIDE]):
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)
        assert script.log == [("answer", QUESTION)], "the second sentence was never begun"
        assert len(asyncio.all_tasks()) == 1

    play(act)
