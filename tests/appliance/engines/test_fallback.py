"""A spare finishes what the first choice failed at: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import numpy as np
import pytest

from appliance import clock
from appliance.engines.fallback import FallbackEars, FallbackMind, Trust
from appliance.engines.ports import Lapse, Passage, Sentence
from appliance.engines.recovery import Backoff, Keeper
from appliance.engines.scripted import Script, ScriptedEars, ScriptedMind
from appliance.errors import EngineError
from appliance.reasons import LAPSES
from tests.appliance.engines.test_recovery import Engine

SOUND = np.zeros(16_000, np.int16)
LIGHT = Passage("Red. It means stop.", "guide.md#light", "the guide", 0.9)


@dataclass
class Breaking(ScriptedMind):
    """Raises an error of this code after so many sentences."""

    script: Script
    after: int
    code: str

    def __post_init__(self) -> None:
        super().__init__(self.script)

    async def answer(
        self, question: str, passages: Sequence[Passage]
    ) -> AsyncGenerator[Sentence, None]:
        async with aclosing(super().answer(question, passages)) as sentences:
            for _ in range(self.after):
                yield await anext(sentences)
        raise EngineError(self.code, "it broke off", "as told", "tell it not")


@dataclass
class House:
    """A first choice, its spare, and what the first one's process does."""

    engine: Engine = field(default_factory=lambda: Engine(is_up=True))
    first: Script = field(default_factory=lambda: Script(["first"] * 9, says={"?": ["A.", "B."]}))
    spare: Script = field(default_factory=lambda: Script(["spare"] * 9, says={"?": ["C."]}))

    def trust(self) -> Trust:
        self.keeper = Keeper(self.engine, Backoff(1.0, 8.0))
        return Trust(self.keeper, Backoff(1.0, 8.0))

    def ears(self) -> FallbackEars:
        return FallbackEars(ScriptedEars(self.first), ScriptedEars(self.spare), self.trust())

    def mind(self, after: int | None = None, code: str = "ENG-CRASHED") -> FallbackMind:
        first = ScriptedMind(self.first) if after is None else Breaking(self.first, after, code)
        return FallbackMind(first, ScriptedMind(self.spare), self.trust())


def play(act: Callable[[House], Awaitable[None]]) -> House:
    house = House()

    async def whole() -> None:
        await act(house)
        await house.keeper.close()

    clock.run(whole(), realtime=False)
    return house


async def said(mind: FallbackMind) -> list[str]:
    async with aclosing(mind.answer("?", [LIGHT])) as items:
        return [item.code if isinstance(item, Lapse) else item.text async for item in items]


def test_the_same_utterance_is_heard_by_the_spare_and_the_first_is_left_alone() -> None:
    async def act(house: House) -> None:
        ears = house.ears()
        house.first.fail.add("asr")
        heard = [await ears.transcribe(SOUND)]
        house.first.fail.clear()
        heard.append(await ears.transcribe(SOUND))
        await asyncio.sleep(1.0)
        heard.append(await ears.transcribe(SOUND))
        assert [(one.text, one.lapse) for one in heard] == [
            ("spare", "NPU_FAILED"),
            ("spare", "NPU_RESTING"),
            ("first", None),
        ]

    house = play(act)
    assert house.spare.log == [("asr", "16000 samples")] * 2


def test_a_process_that_is_down_is_not_waited_for() -> None:
    async def act(house: House) -> None:
        house.engine.is_up, house.engine.takes_s = False, 0.5
        ears = house.ears()
        assert (await ears.transcribe(SOUND)).lapse == "NPU_DOWN"
        assert clock.now_s() < 0.5
        await asyncio.sleep(0.5)
        assert (await ears.transcribe(SOUND)).text == "first"

    play(act)


def test_where_both_fail_the_error_is_the_spares() -> None:
    async def act(house: House) -> None:
        house.first.fail.add("asr")
        house.spare.fail.add("asr")
        with pytest.raises(EngineError):
            await house.ears().transcribe(SOUND)

    play(act)


def test_a_job_that_was_cancelled_is_no_failure() -> None:
    async def act(house: House) -> None:
        ears, mind = house.ears(), house.mind()
        house.first.hang |= {"asr", "answer"}
        for job in (ears.transcribe(SOUND), said(mind)):
            doing = asyncio.ensure_future(job)
            await asyncio.sleep(5)
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)
        house.first.hang.clear()
        assert (await ears.transcribe(SOUND)).lapse is None
        assert await said(mind) == ["A.", "B."]

    house = play(act)
    assert house.spare.log == []


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (None, ["A.", "B."]),
        (0, ["NPU_CRASHED", "C."]),
        (1, ["A.", "NPU_CRASHED"]),
        (2, ["A.", "B.", "NPU_CRASHED"]),
    ],
)
def test_an_answer_is_whole_or_ends_after_a_sentence(
    after: int | None, expected: list[str]
) -> None:
    async def act(house: House) -> None:
        assert await said(house.mind(after)) == expected

    play(act)


@pytest.mark.parametrize(
    ("code", "lapse"),
    [
        ("ENG-CRASHED", "NPU_CRASHED"),
        ("ENG-STUCK", "NPU_STUCK"),
        ("ENG-RKLLM-RUN", "NPU_FAILED"),
        ("ENG-INTERNAL", "NPU_FAILED"),
    ],
)
def test_every_error_has_a_lapse_of_the_catalogue(code: str, lapse: str) -> None:
    async def act(house: House) -> None:
        assert (await said(house.mind(0, code)))[0] == lapse

    assert lapse in LAPSES
    play(act)


def test_reading_ahead_that_fails_is_not_tried_for_every_word() -> None:
    async def act(house: House) -> None:
        mind = house.mind()
        house.first.fail.add("prime")
        for _ in range(5):
            await mind.prime([LIGHT])
        assert await said(mind) == ["NPU_RESTING", "C."]

    house = play(act)
    assert [hop for hop, _ in house.first.log] == ["prime"]


def test_a_spare_with_a_spare_reads_ahead_and_the_first_lapse_is_told() -> None:
    async def act(house: House) -> None:
        mind = house.mind(0)
        third = FallbackMind(
            Breaking(house.first, 0, "ENG-STUCK"),
            mind,
            Trust(house.keeper, Backoff(1.0, 8.0), "SLM"),
        )
        assert await said(third) == ["SLM_STUCK", "C."]
        await third.prime([LIGHT])
        assert house.spare.log[-1][0] == "prime"

    play(act)
    assert all(
        f"SLM_{code}" in LAPSES for code in ("DOWN", "RESTING", "CRASHED", "STUCK", "FAILED")
    )
