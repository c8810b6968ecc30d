"""A spare finishes what the first choice failed at: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import numpy as np
import pytest

from appliance import clock
from appliance.engines.fallback import FallbackEars, FallbackMind, FallbackVoice, Trust
from appliance.engines.ports import Lapse, Passage, Sentence, TextToSpeech
from appliance.engines.recovery import Backoff, Keeper
from appliance.engines.scripted import Script, ScriptedEars, ScriptedMind, ScriptedVoice
from appliance.errors import EngineError
from appliance.reasons import LAPSES
from audio.format import Samples
from tests.appliance.engines.test_recovery import Engine

SOUND = np.zeros(16_000, np.int16)
FIRST, SPARE = 1000, 2000
"""Levels of the two voices."""
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

    def trust(self, part: str = "NPU") -> Trust:
        self.keeper = Keeper(self.engine, Backoff(1.0, 8.0))
        return Trust(self.keeper, Backoff(1.0, 8.0), part)

    def ears(self) -> FallbackEars:
        return FallbackEars(ScriptedEars(self.first), ScriptedEars(self.spare), self.trust())

    def mind(self, after: int | None = None, code: str = "ENG-CRASHED") -> FallbackMind:
        first = ScriptedMind(self.first) if after is None else Breaking(self.first, after, code)
        return FallbackMind(first, ScriptedMind(self.spare), self.trust())

    def voice(
        self, code: str = "", *, after: int = 0, rates_hz: tuple[int, int] = (16_000, 16_000)
    ) -> FallbackVoice:
        """`code`: the first choice raises it after so many chunks."""
        first = Voice(self.first, rates_hz[0], FIRST, code, after)
        return FallbackVoice(first, Voice(self.spare, rates_hz[1], SPARE), self.trust("VOICE"))


class Voice(ScriptedVoice):
    """One level, and a code to break off with after so many chunks."""

    def __init__(
        self, script: Script, rate_hz: int, level: int, code: str = "", after: int = 0
    ) -> None:
        super().__init__(script)
        self.rate_hz, self.level, self.code, self.after = rate_hz, level, code, after

    async def synthesise(self, text: str) -> AsyncGenerator[Samples, None]:
        async with aclosing(super().synthesise(text)) as chunks:
            done = 0
            async for chunk in chunks:
                if self.code and done == self.after:
                    raise EngineError(self.code, "it broke off", "as told", "tell it not")
                done += 1
                yield np.full_like(chunk, self.level)


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


async def heard(voice: TextToSpeech, text: str = "two words") -> tuple[list[str], Samples]:
    """Lapses, and the sound."""
    lapses, sound = [], [np.zeros(0, np.int16)]
    async with aclosing(voice.synthesise(text)) as chunks:
        async for chunk in chunks:
            lapses += [chunk.code] if isinstance(chunk, Lapse) else []
            sound += [] if isinstance(chunk, Lapse) else [chunk]
    return lapses, np.concatenate(sound)


@pytest.mark.parametrize(
    ("code", "lapse"),
    [
        ("ENG-CRASHED", "VOICE_CRASHED"),
        ("ENG-STUCK", "VOICE_STUCK"),
        ("ENG-TTS-FAILED", "VOICE_FAILED"),
    ],
)
@pytest.mark.parametrize("after", [0, 3])
def test_the_spare_speaks_the_whole_sentence(code: str, lapse: str, after: int) -> None:
    """Also one that broke off: half a sentence may say the opposite."""

    async def act(house: House) -> None:
        voice = house.voice(code, after=after)
        lapses, sound = await heard(voice)
        assert lapses == [lapse]
        assert [(sound == level).sum() for level in (FIRST, SPARE)] == [after * 1600, 8 * 1600]
        assert (await heard(voice))[0] == ["VOICE_RESTING"]

    assert lapse in LAPSES
    play(act)


def test_a_voice_that_works_is_not_helped_and_one_that_is_down_not_waited_for() -> None:
    async def act(house: House) -> None:
        voice = house.voice()
        lapses, sound = await heard(voice)
        assert (lapses, set(sound)) == ([], {FIRST})
        house.engine.is_up, house.engine.takes_s = False, 3.0
        lapses, sound = await heard(voice)
        assert (lapses, set(sound)) == (["VOICE_DOWN"], {SPARE})
        await asyncio.sleep(4)
        assert (await heard(voice))[0] == []

    play(act)


@pytest.mark.parametrize("rates_hz", [(16_000, 22_050), (22_050, 16_000)])
def test_the_spare_speaks_at_the_rate_of_the_first(rates_hz: tuple[int, int]) -> None:
    async def act(house: House) -> None:
        voice = house.voice("ENG-CRASHED", rates_hz=rates_hz)
        assert voice.rate_hz == rates_hz[0]
        _, sound = await heard(voice)
        assert sound.size == pytest.approx(0.8 * rates_hz[0], rel=0.001)  # as long as it was
        assert np.median(sound) == pytest.approx(SPARE, abs=2)

    play(act)


def test_where_the_first_is_down_at_the_start_the_rate_is_the_spares_and_stays() -> None:
    async def act(house: House) -> None:
        house.engine.is_up, house.engine.takes_s = False, 0.5
        voice = house.voice(rates_hz=(16_000, 22_050))
        assert voice.rate_hz == 22_050
        await asyncio.sleep(1)
        lapses, sound = await heard(voice)
        assert (lapses, voice.rate_hz) == ([], 22_050)
        assert sound.size == pytest.approx(0.8 * 22_050, rel=0.001)
        assert np.median(sound) == pytest.approx(FIRST, abs=2)

    play(act)


def test_a_sentence_that_nobody_wants_any_more_is_no_failure() -> None:
    async def act(house: House) -> None:
        voice = house.voice()
        async with aclosing(voice.synthesise("many words of a sentence")) as chunks:
            await anext(chunks)
        assert (await heard(voice))[0] == []

    house = play(act)
    assert house.spare.log == []
