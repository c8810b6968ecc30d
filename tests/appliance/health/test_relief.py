"""What gives way to heat and to a weak supply, and that it comes back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from appliance.body import Body
from appliance.brevity import Brevity
from appliance.config import load_config
from appliance.errors import EngineError
from appliance.guard import _Relief
from appliance.health.notices import Announcer
from appliance.health.vitals import VITALS, WATCHED
from appliance.survivor.tongue import tongue
from audio.playout import RecordingLoudspeaker


class Box:
    """A device whose model can be exchanged; `models` are those that were loaded."""

    def __init__(self, *, broken: bool = False) -> None:
        self.body, self.brevity = Body(RecordingLoudspeaker(16_000)), Brevity()
        self.body.set_volume(80)
        self.models: list[bool] = []
        self.broken = broken
        house = SimpleNamespace(
            config=load_config(), director=self.body, brevity=self.brevity, refit=self.refit
        )
        self.relief = _Relief(house, {}, lambda _full: None)  # type: ignore[arg-type]

    async def refit(self, smaller: bool) -> None:
        await asyncio.sleep(0)
        if self.broken:
            raise EngineError("ENG-NO-MODEL", "no model", "it is missing", "fetch it")
        self.models.append(smaller)

    def percent(self) -> int:
        return round(100 * float(np.sqrt(self.body.speaker.gain)))


def live(act: Callable[[Box], Awaitable[None]], **how: Any) -> Box:
    async def whole() -> Box:
        box = Box(**how)
        await act(box)
        await settled()
        await box.relief.close()
        return box

    return asyncio.run(whole())


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_hot_device_answers_shorter_and_by_the_smaller_model() -> None:
    async def act(box: Box) -> None:
        await box.relief.heat(presses=True)
        await settled()
        assert (box.brevity.most, box.brevity.code, box.brevity.smaller) == (1, "HOT", True)
        assert box.percent() == 80, "heat has nothing to do with the volume"
        await box.relief.heat(presses=False)

    box = live(act)
    assert (box.brevity.most, box.brevity.smaller) == (None, False)
    assert box.models == [True, False]


def test_a_weak_supply_makes_it_softer_until_it_is_over() -> None:
    async def act(box: Box) -> None:
        await box.relief.supply(presses=True)
        assert (box.brevity.most, box.brevity.code, box.percent()) == (1, "WEAK", 40)
        box.body.set_volume(90)  # somebody asks for more
        assert box.percent() == 40
        box.body.set_volume(20)
        assert box.percent() == 20
        box.body.set_volume(90)
        await box.relief.supply(presses=False)
        assert box.percent() == 90

    assert live(act).brevity.most is None


def test_what_still_presses_goes_on_pressing() -> None:
    async def act(box: Box) -> None:
        await box.relief.heat(presses=True)
        await box.relief.supply(presses=True)
        await box.relief.heat(presses=False)
        await settled()
        assert (box.brevity.most, box.brevity.code, box.brevity.smaller) == (1, "WEAK", True)
        assert box.models == [True]

    live(act)


def test_heat_that_comes_and_goes_while_a_model_is_loaded_leaves_the_right_one() -> None:
    async def act(box: Box) -> None:
        for presses in (True, False, True, False, True):
            await box.relief.heat(presses=presses)
        await settled()
        assert box.brevity.smaller
        await box.relief.heat(presses=False)

    assert not live(act).brevity.smaller


def test_a_smaller_model_that_cannot_be_loaded_leaves_shorter_answers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def act(box: Box) -> None:
        await box.relief.heat(presses=True)
        await settled()
        assert (box.brevity.most, box.brevity.smaller) == (1, False)

    live(act, broken=True)
    assert "refit failed" in caplog.text


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("en", "back"),
        ("de", "wieder"),
        ("fr", "retour"),
        ("es", "vuelta"),
        ("zh", "恢复"),
        ("ru", "снова"),
    ],
)
def test_what_is_missing_is_told_in_the_owners_language(language: str, word: str) -> None:
    said: list[str] = []
    person = Announcer(said.append, lambda: said.append("*"), tongue(language).notice)
    for vital in VITALS:
        person.missing(vital.name, vital.code)
    unspoken = {"loudspeaker", "tempo", "voice", "npu", "history"}
    assert said.count("*") == len(unspoken)
    assert len(said) == len(VITALS)
    del said[:]
    with contextlib.suppress(IndexError):
        person.back("loudspeaker")
    person.back("frames")
    assert len(said) == 1
    assert word in said[0]


def test_processes_without_a_vital_sign_are_not_missed() -> None:
    """A language model's and a spare's are kept by their own keepers."""
    assert not WATCHED & {"slm", "spare voice"}
    assert {"asr", "mind", "voice", "npu"} <= WATCHED
