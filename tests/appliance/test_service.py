"""What is started when: who is to hear soon hears before the engines of answers are up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance import clock, service
from appliance.config import Config, load_config
from appliance.engines.worker import Worker
from appliance.errors import EngineError
from appliance.service import start_service


@pytest.fixture
def config(pack: Path) -> Config:
    config = load_config()
    return replace(config, knowledge=replace(config.knowledge, pack=str(pack)))


def test_who_hears_first_answers_as_soon_as_the_engines_are_up(config: Config) -> None:
    async def act() -> None:
        async with start_service(config, hears_first=True) as started:
            up = {worker.name: worker.is_up for worker in started.workers}
            assert up == {"asr": False, "mind": False, "voice": True}
            assert await started.engines.memory.retrieve("what does the red light mean")
            await started.complete
            assert all(worker.is_up for worker in started.workers)

    clock.run(act(), realtime=True)


def test_everything_is_up_where_nobody_is_in_a_hurry(config: Config) -> None:
    async def act() -> None:
        async with start_service(config) as started:
            assert started.complete.done()
            assert all(worker.is_up for worker in started.workers)

    clock.run(act(), realtime=True)


def test_an_engine_that_cannot_start_is_told_and_leaving_before_gives_it_up(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))

    def broken(_config: Config) -> Worker:
        return Worker("asr", "tests.fakes.servant:NoSuchServant", {}, deadline_s=5)

    async def act() -> None:
        async with start_service(config, hears_first=True) as started:
            with pytest.raises(EngineError):
                await started.complete
        async with start_service(config, hears_first=True) as started:
            assert not started.complete.done()

    monkeypatch.setattr(service, "asr_worker", broken)
    clock.run(act(), realtime=True)
