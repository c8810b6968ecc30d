"""What must not end is begun anew when it fails, and that is noted."""

from __future__ import annotations

import asyncio
import logging

import pytest

from appliance import clock
from appliance.health.fakes import Notebook
from appliance.stream import _kept_up


def test_an_errand_that_fails_is_noted_and_begun_anew(caplog: pytest.LogCaptureFixture) -> None:
    begun: list[float] = []

    async def errand() -> None:
        begun.append(clock.now_s())
        if len(begun) < 3:
            raise ValueError("a bug")
        await asyncio.Event().wait()

    async def whole() -> None:
        task = asyncio.ensure_future(_kept_up("timers", errand, notes))
        await asyncio.sleep(60)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    notes = Notebook()
    with caplog.at_level(logging.CRITICAL):
        clock.run(whole(), realtime=False)
    assert begun == pytest.approx([0.0, 1.0, 2.0], abs=0.1)
    assert notes.codes == ["PART_ENDED", "MENDED"] * 2
