"""A start that takes long shows what it is at."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from appliance import clock
from appliance.engines.worker import Worker
from appliance.loading import watch_loading


def test_the_starts_of_several_processes_are_one_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    told: list[tuple[str, float]] = []

    async def whole() -> None:
        parts = {"npu": 2, "voice": 0}
        workers = [
            Worker(name, "tests.fakes.servant:Obedient", {"parts": count}, deadline_s=20)
            for name, count in parts.items()
        ]
        watch_loading(workers, lambda what, share: told.append((what, share)))
        await workers[0].start()
        await workers[1].start()
        await asyncio.gather(*(worker.stop() for worker in workers))

    clock.run(whole(), realtime=False)
    assert told == [
        ("starting npu", 0.0),
        ("starting npu: part 0", 0.0),
        ("starting npu: part 1", 0.25),
        ("starting npu", 0.5),
        ("starting voice", 0.5),
        ("starting voice", 1.0),
    ]
