"""Waiting costs nothing, work costs what it costs."""

from __future__ import annotations

import asyncio
import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from appliance import clock


def test_waiting_takes_no_time_and_is_exact() -> None:
    async def day() -> tuple[float, float]:
        began = clock.now_s()
        await asyncio.sleep(86_400)
        return began, clock.now_s()

    real = time.monotonic()
    assert clock.run(day(), realtime=False) == (0.0, 86_400.0)
    assert time.monotonic() - real < 5


@given(st.lists(st.floats(min_value=0.001, max_value=1000), min_size=1, max_size=20))
def test_timers_fire_in_order_at_their_times(delays: list[float]) -> None:
    async def all_of_them() -> list[tuple[float, float]]:
        fired: list[tuple[float, float]] = []

        async def one(delay: float) -> None:
            await asyncio.sleep(delay)
            fired.append((delay, clock.now_s()))

        await asyncio.gather(*(one(delay) for delay in delays))
        return fired

    fired = clock.run(all_of_them(), realtime=False)
    assert [delay for delay, _ in fired] == sorted(delays)
    assert all(abs(at - delay) < 1e-6 for delay, at in fired)


def test_work_in_a_thread_takes_as_long_as_it_takes() -> None:
    finished = threading.Event()

    async def work_and_wait() -> tuple[float, float]:
        with clock.working():
            before = clock.now_s()
            await asyncio.to_thread(finished.wait, 0.05)
            worked_s = clock.now_s() - before
        before = clock.now_s()
        await asyncio.sleep(100)
        return worked_s, clock.now_s() - before

    worked_s, waited_s = clock.run(work_and_wait(), realtime=False)
    assert 0.04 < worked_s < 10
    assert 100 <= waited_s < 100.001


def test_a_timer_does_not_jump_ahead_of_work_under_way() -> None:
    """The trap of virtual clocks: a second of timers must not pass during a moment's work."""

    async def both() -> bool:
        with clock.working():
            timer = asyncio.ensure_future(asyncio.sleep(30))
            await asyncio.to_thread(lambda: None)
            return timer.done() or not timer.cancel()

    assert clock.run(both(), realtime=False) is False


def test_in_real_time_working_changes_nothing() -> None:
    async def work() -> bool:
        with clock.working():
            return True

    assert clock.run(work(), realtime=True)
