"""An engine that failed is left alone ever longer, and started again in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from appliance import clock
from appliance.engines.recovery import Backoff, Keeper
from appliance.errors import EngineError


@dataclass
class Engine:
    """Starts as the script says: an error's code, or well where that is empty."""

    script: list[str] = field(default_factory=list)
    name: str = "npu"
    is_up: bool = False
    starts_s: list[float] = field(default_factory=list)
    takes_s: float = 0.0

    async def start(self) -> None:
        self.starts_s.append(clock.now_s())
        await asyncio.sleep(self.takes_s)
        code = self.script.pop(0) if self.script else ""
        if code:
            raise EngineError(code, "it does not start", "as told", "tell it not")
        self.is_up = True


def starts_at(engine: Engine, *dues_s: float) -> bool:
    """Never before it is due; a start is work, which takes the time that it takes."""
    late_s = [start_s - due_s for start_s, due_s in zip(engine.starts_s, dues_s, strict=True)]
    return all(-1e-9 <= late < 0.5 for late in late_s)


def with_keeper(engine: Engine, act: Callable[[Keeper], Awaitable[None]]) -> None:
    async def whole() -> None:
        keeper = Keeper(engine, Backoff(1.0, 8.0))
        await act(keeper)
        await keeper.close()

    clock.run(whole(), realtime=False)


def test_each_failure_doubles_the_pause_up_to_its_most() -> None:
    backoff, pauses = Backoff(1.0, 5.0), []
    for _ in range(4):
        backoff.failed(at_s=100.0)
        pauses.append(backoff.until_s - 100.0)
    assert pauses == [1, 2, 4, 5]
    backoff.worked()
    assert backoff.until_s < 0
    backoff.failed(at_s=0.0)
    assert backoff.until_s == 1


def test_what_died_is_started_again_at_once_and_then_ever_later() -> None:
    engine = Engine(["ENG-CRASHED", "ENG-STUCK", "ENG-NPU-INIT"])

    async def act(keeper: Keeper) -> None:
        assert not keeper.is_up()
        await asyncio.sleep(100)
        assert keeper.is_up()
        assert keeper.failure is None

    with_keeper(engine, act)
    assert starts_at(engine, 0, 1, 3, 7), engine.starts_s


def test_what_dies_while_it_is_being_asked_for_is_started_once() -> None:
    engine = Engine(takes_s=0.2)

    async def act(keeper: Keeper) -> None:
        assert not any(keeper.is_up() for _ in range(10))
        await asyncio.sleep(0.5)
        assert keeper.is_up()

    with_keeper(engine, act)
    assert starts_at(engine, 0), engine.starts_s


def test_a_first_start_that_fails_for_now_is_tried_again_when_somebody_asks() -> None:
    engine = Engine(["ENG-NPU-INIT"])

    async def act(keeper: Keeper) -> None:
        await keeper.start()
        assert keeper.failure is not None
        await asyncio.sleep(30)
        assert not keeper.is_up()
        await asyncio.sleep(0.1)
        assert keeper.is_up()

    with_keeper(engine, act)
    assert starts_at(engine, 0, 30), engine.starts_s


def test_a_first_start_that_the_owner_must_mend_is_an_error() -> None:
    async def act(keeper: Keeper) -> None:
        with pytest.raises(EngineError, match="it does not start") as caught:
            await keeper.start()
        assert caught.value.code == "ENG-BAD-MODEL"

    with_keeper(Engine(["ENG-BAD-MODEL"]), act)


def test_nothing_is_tried_after_the_end() -> None:
    engine = Engine(["ENG-CRASHED"] * 9)

    async def act(keeper: Keeper) -> None:
        keeper.is_up()
        await asyncio.sleep(2)

    with_keeper(engine, act)
    assert starts_at(engine, 0, 1), engine.starts_s
