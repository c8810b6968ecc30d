"""What it costs to cross the border between the service and an engine's process.

    python -m tests.bench.border [--rounds N] [--json]

An echo servant, the real worker and the real pipes. `call`: a whole job, there and back: three
messages (the job, its item, `done`). `item`: one more item of a job that streams. `bare pipe`: the
least that any crossing can cost here and now, a byte to a process that sends it back; on a busy
machine its 99th percentile is the scheduler's, and so is the worker's. The bar: 1 ms per message at
the 99th percentile, on a machine that is not busy.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil

from appliance import clock
from appliance.engines.worker import Worker

SIZES = {"small": b"", "100 kB": bytes(100_000)}
MESSAGES = {"call": 3, "item": 1, "bare": 2}
ECHO = "import os\nwhile b := os.read(0, 1): os.write(1, b)"
WARM_UP = 50
BAR_MS = 1.0


def bare_pipe(rounds: int) -> list[float]:
    """Milliseconds of a byte there and back."""
    took_ms = []
    with subprocess.Popen(
        [sys.executable, "-c", ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as echo:
        assert echo.stdin is not None
        assert echo.stdout is not None
        for _ in range(rounds):
            began_s = clock.wall_s()
            echo.stdin.write(b".")
            echo.stdout.read(1)
            took_ms.append((clock.wall_s() - began_s) * 1000)
    return took_ms


class Case(NamedTuple):
    """Milliseconds of every round; processor time of both processes for all of them."""

    took_ms: list[float]
    processor_ms: float = 0.0


async def measure(rounds: int) -> dict[str, Case]:
    """Every call, and every item of a stream, by the payload's size."""
    worker = Worker("echo", "tests.fakes.servant:Obedient", {}, deadline_s=60)
    found = {"bare pipe": Case(bare_pipe(rounds))}
    try:
        await _calls(worker, b"", WARM_UP)
        for size, payload in SIZES.items():
            for kind, act in (("call", _calls), ("item", _items)):
                before_s = _processor_s(worker)
                took_ms = await act(worker, payload, rounds)
                used_ms = (_processor_s(worker) - before_s) * 1000
                found[f"{kind}, {size}"] = Case(took_ms, used_ms)
    finally:
        await worker.stop()
    return found


def _processor_s(worker: Worker) -> float:
    theirs = psutil.Process(worker.pid).cpu_times()
    return clock.thread_s() + theirs.user + theirs.system


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


def summary(found: dict[str, Case]) -> dict[str, dict[str, float]]:
    """p50, p99, the worst and the mean processor time, per message."""
    rows = {}
    for name, case in found.items():
        messages = MESSAGES[name[:4]]
        each = np.array(case.took_ms) / messages
        p50, p99 = np.percentile(each, [50, 99])
        used = case.processor_ms / len(each) / messages
        row = {"p50_ms": p50, "p99_ms": p99, "worst_ms": each.max(), "processor_ms": used}
        rows[name] = {figure: round(float(value), 3) for figure, value in row.items()}
    return rows


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
        print(f"{'per message':<14}" + "".join(f"{figure:>14}" for figure in rows["bare pipe"]))
        for name, row in rows.items():
            print(f"{name:<14}" + "".join(f"{value:14.3f}" for value in row.values()))
    return int(any(row["p99_ms"] > BAR_MS for row in rows.values()))


if __name__ == "__main__":
    raise SystemExit(main())
