"""Partial recognitions keep within their share of the time, whatever they cost."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import clock
from appliance.engines.scripted import Script, ScriptedEars
from appliance.errors import EngineError
from appliance.glimpsing import Budget, GlimpsingEars

COSTS_S = st.lists(st.floats(0.0, 5.0), min_size=1, max_size=20)
SHARES = st.floats(0.05, 1.0)


@given(COSTS_S, SHARES, st.floats(0.01, 1.0))
def test_the_share_is_kept_before_each_glimpse(
    costs_s: list[float], share: float, asked_every_s: float
) -> None:
    budget, at_s, spent_s = Budget(share), 0.0, 0.0
    for cost_s in costs_s:
        while not budget.allows(at_s):
            at_s += asked_every_s
        assert spent_s <= share * at_s + 1e-3
        budget.spend(at_s, at_s + cost_s)
        spent_s += cost_s
        at_s += cost_s


@given(COSTS_S)
def test_the_whole_time_is_no_limit(costs_s: list[float]) -> None:
    budget, at_s = Budget(1.0), 0.0
    for cost_s in costs_s:
        assert budget.allows(at_s)
        budget.spend(at_s, at_s + cost_s)
        at_s += cost_s


def test_the_first_glimpse_waits_for_nothing() -> None:
    assert Budget(0.05).allows(-100.0)


@pytest.mark.parametrize("fails", [False, True])
def test_a_pass_is_charged_even_if_it_fails(fails: bool) -> None:
    async def whole() -> None:
        script = Script(["words"], asr_s=0.3, fail={"asr"} if fails else set())
        ears = GlimpsingEars(ScriptedEars(script), Budget(0.3))
        assert ears.are_free()
        try:
            await ears.transcribe(np.zeros(16_000, np.int16))
        except EngineError:
            assert fails
        assert not ears.are_free()
        await asyncio.sleep(0.69)
        assert not ears.are_free()
        await asyncio.sleep(0.02)
        assert ears.are_free()

    clock.run(whole(), realtime=False)
