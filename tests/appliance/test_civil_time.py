"""The clock on the wall."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from appliance import clock


def test_it_passes_with_the_simulated_loop() -> None:
    async def morning() -> tuple[datetime, datetime]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, clock.SimulatedTimeLoop)
        loop.epoch = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
        began = clock.civil_now()
        await asyncio.sleep(5400)
        return began, clock.civil_now()

    began, ended = clock.run(morning(), realtime=False)
    assert began == datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
    assert ended - began == timedelta(minutes=90)


def test_it_is_the_real_one_unless_told_otherwise() -> None:
    async def now() -> datetime:
        return clock.civil_now()

    for realtime in (True, False):
        shown = clock.run(now(), realtime=realtime)
        assert shown.utcoffset() is not None
        assert abs(datetime.now(UTC) - shown) < timedelta(seconds=60)
