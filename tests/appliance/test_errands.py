"""Errands: one of each name at a time, and none outlives the conversation."""

from __future__ import annotations

import asyncio

from appliance import clock
from appliance.errands import Errands


class Ledger:
    """Errands of a second each, and which of them were done."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def errand(self, what: str) -> None:
        try:
            await asyncio.sleep(1.0)
            self.done.append(what)
        finally:
            await asyncio.sleep(0.5)  # who is given up may take a moment to leave


def test_while_one_is_under_way_another_is_not_begun_but_may_take_its_place() -> None:
    async def act() -> None:
        errands, ledger = Errands(), Ledger()
        errands.run("reading", ledger.errand("first"))
        errands.run("reading", ledger.errand("refused"))
        await asyncio.sleep(0.1)
        errands.renew("reading", ledger.errand("second"))
        await asyncio.sleep(2.0)
        assert ledger.done == ["second"]
        errands.run("reading", ledger.errand("third"))
        await asyncio.sleep(0.1)
        errands.renew("reading", ledger.errand("fourth"))
        await errands.close()
        assert ledger.done == ["second"]
        assert len(asyncio.all_tasks()) == 1, "also those that were given up have ended"

    clock.run(act(), realtime=False)


def test_after_one_is_cancelled_the_next_begins_although_that_one_is_still_leaving() -> None:
    async def act() -> None:
        errands, ledger = Errands(), Ledger()
        errands.run("earcon", ledger.errand("first"))
        await asyncio.sleep(0.1)
        errands.cancel("earcon")
        errands.run("earcon", ledger.errand("second"))
        await asyncio.sleep(1.2)
        assert ledger.done == ["second"]
        await errands.close()

    clock.run(act(), realtime=False)
