"""What it costs to cross the border between the service and an engine's process.

    python -m tests.bench.border [--rounds N] [--json]

An echo servant, the real worker and the real pipes. `call`: a whole job, there and back: three
messages (the job, its item, `done`). `item`: one more item of a job that streams. The bar: 1 ms per
message at the 99th percentile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

import numpy as np

from appliance import clock
from appliance.engines.worker import Worker

SIZES = {"small": b"", "100 kB": bytes(100_000)}
MESSAGES_OF_A_CALL = 3
WARM_UP = 50
BAR_MS = 1.0


async def measure(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every call, and of every item of a stream, by the payload's size."""
    worker = Worker("echo", "tests.fakes.servant:Obedient", {}, deadline_s=60)
    found: dict[str, list[float]] = {}
    try:
        for size, payload in SIZES.items():
            found[f"call, {size}"] = await _calls(worker, payload, rounds + WARM_UP)
            found[f"item, {size}"] = await _items(worker, payload, rounds + WARM_UP)
    finally:
        await worker.stop()
    return {name: times[WARM_UP:] for name, times in found.items()}


async def _calls(worker: Worker, payload: bytes, rounds: int) -> list[float]:
    took_ms = []
    for number in range(rounds):
        began_s = clock.wall_s()
        reply = await worker.call("echo", {"number": number}, payload)
        took_ms.append((clock.wall_s() - began_s) * 1000)
        assert (reply.header["number"], len(reply.payload)) == (number, len(payload))
    return took_ms


async def _items(worker: Worker, payload: bytes, rounds: int) -> list[float]:
    took_ms = []
    async with aclosing(worker.stream("stream", {"count": rounds}, payload)) as items:
        began_s = clock.wall_s()
        async for _ in items:
            now_s = clock.wall_s()
            took_ms.append((now_s - began_s) * 1000)
            began_s = now_s
    return took_ms


def summary(found: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """p50, p99 and the worst, per message."""
    rows = {}
    for name, times in found.items():
        each = np.array(times) / (MESSAGES_OF_A_CALL if name.startswith("call") else 1)
        p50, p99 = np.percentile(each, [50, 99])
        rows[name] = {"p50_ms": p50, "p99_ms": p99, "worst_ms": each.max()}
    return {name: {k: round(float(v), 3) for k, v in row.items()} for name, row in rows.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.border")
    parser.add_argument("--rounds", type=int, default=5000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    rows = summary(clock.run(measure(given.rounds), realtime=True))
    if given.json:
        print(json.dumps(rows, indent=2))
    else:
        print(f"{'per message':<14} {'p50 ms':>8} {'p99 ms':>8} {'worst ms':>9}")
        for name, row in rows.items():
            print(f"{name:<14} {row['p50_ms']:8.3f} {row['p99_ms']:8.3f} {row['worst_ms']:9.3f}")
    return int(any(row["p99_ms"] > BAR_MS for row in rows.values()))


if __name__ == "__main__":
    raise SystemExit(main())
