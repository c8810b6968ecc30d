"""Errands: one of each name at a time, and none outlives the conversation."""

from __future__ import annotations

import asyncio

from appliance import clock
from appliance.errands import Errands


def test_while_one_is_under_way_another_is_not_begun_but_may_take_its_place() -> None:
    async def act() -> None:
        done: list[str] = []

        async def errand(what: str) -> None:
            try:
                await asyncio.sleep(1.0)
                done.append(what)
            finally:
                await asyncio.sleep(0.5)  # who is given up may take a moment to leave

        errands = Errands()
        errands.run("reading", errand("first"))
        errands.run("reading", errand("refused"))
        await asyncio.sleep(0.1)
        errands.renew("reading", errand("second"))
        await asyncio.sleep(2.0)
        assert done == ["second"]
        errands.run("reading", errand("third"))
        await asyncio.sleep(0.1)
        errands.renew("reading", errand("fourth"))
        await errands.close()
        assert done == ["second"]
        assert len(asyncio.all_tasks()) == 1, "also those that were given up have ended"

    clock.run(act(), realtime=False)


def test_after_one_is_cancelled_the_next_begins_although_that_one_is_still_leaving() -> None:
    async def act() -> None:
        done: list[str] = []

        async def errand(what: str) -> None:
            try:
                await asyncio.sleep(1.0)
                done.append(what)
            finally:
                await asyncio.sleep(0.5)

        errands = Errands()
        errands.run("earcon", errand("first"))
        await asyncio.sleep(0.1)
        errands.cancel("earcon")
        errands.run("earcon", errand("second"))
        await asyncio.sleep(1.2)
        assert done == ["second"]
        await errands.close()

    clock.run(act(), realtime=False)
