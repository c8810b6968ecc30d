"""Listeners as processes: started, given sound, asked what they heard and what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from tests.bench.peers.driver import HOP, PHRASES, RATE_HZ, REFRACTORY_S

ROOT = Path(__file__).parents[3]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Heard:
    """What listening to one sound cost and found."""

    cpu_s: float
    phrases: list[tuple[str, float]]


class Listener(Protocol):
    """Hears whole sounds, one after the other."""

    def hear(self, raw: Path) -> Heard:
        """A raw file: 16 kHz, 16 bit, mono, whole hops."""


class Absent(Exception):  # noqa: N818  # not an error: a row of the table
    """The peer isn't installed; the message says what it said."""


class Driven:
    """A library's own loop in `driver.py`, run by the Python that has the library."""

    def __init__(self, python: Path, name: str, stack: ExitStack) -> None:
        """Start it; `Absent` where that fails. It ends with the stack."""
        self._process = subprocess.Popen(
            [python, "-W", "ignore", ROOT / "tests" / "bench" / "peers" / "driver.py", name],
            env=os.environ | ONE_THREAD | ({"PYTHONPATH": str(ROOT)} if name == "ours" else {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        stack.enter_context(self._process)
        stack.callback(self._process.kill)
        self._answer()

    def hear(self, raw: Path) -> Heard:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{raw}\n")
        self._process.stdin.flush()
        answer = self._answer()
        return Heard(answer["cpu_s"], [(phrase, at_s) for phrase, at_s in answer["heard"]])

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        line = self._process.stdout.readline()
        if not line:
            raise Absent(self._process.stderr.read().strip().splitlines()[-1])
        return json.loads(line)


class WyomingServer:
    """Wyoming's openWakeWord server over its standard input; its cost is the whole process's.

    It gets 2 s of sound at a time and the next when its threads have come to rest: faster than
    real time, yet nothing queues (a queue drops sound in version 1).
    """

    BATCH = 25  # hops

    def __init__(self, python: Path, stack: ExitStack) -> None:
        """Start it; `Absent` where that fails. It ends with the stack."""
        self._process = subprocess.Popen(
            [python, "-m", "wyoming_openwakeword", "--uri", "stdio://", *self._options(python)],
            env=os.environ | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        stack.enter_context(self._process)
        stack.callback(self._process.kill)
        self._heard: list[tuple[str, float]] = []
        self._reader = Thread(target=self._read, name="wyoming", daemon=True)
        self._reader.start()
        self._send("detect", {"names": list(PHRASES)})
        self._settle(0.5)

    def hear(self, raw: Path) -> Heard:
        sound, step = raw.read_bytes(), 2 * HOP
        self._send("audio-start", {"rate": RATE_HZ, "width": 2, "channels": 1, "timestamp": 0})
        self._settle(0.05)
        self._heard.clear()
        before = self._cpu_s()
        for number, at in enumerate(range(0, len(sound), step)):
            data = {"rate": RATE_HZ, "width": 2, "channels": 1, "timestamp": number * 80 + 1}
            self._send("audio-chunk", data, sound[at : at + step])
            if number % self.BATCH == self.BATCH - 1:
                self._settle(0.05)
        self._settle(0.3)
        return Heard(self._cpu_s() - before, _once(self._heard))

    @staticmethod
    def _options(python: Path) -> list[str]:
        """Version 2 counts the pause after a hit in real time, so there must be none."""
        asked = subprocess.run(
            [python, "-m", "wyoming_openwakeword", "--help"],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode:
            raise Absent(asked.stderr.strip().splitlines()[-1])
        return ["--refractory-seconds", "0"] if "--refractory" in asked.stdout else []

    def _send(self, kind: str, data: dict[str, Any], payload: bytes = b"") -> None:
        header = {"type": kind, "data": data, "payload_length": len(payload)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(header).encode() + b"\n" + payload)
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event = json.loads(line)
            data = event.get("data") or {}
            if event.get("data_length"):
                data |= json.loads(self._process.stdout.read(event["data_length"]))
            if event["type"] == "detection":
                name = data["name"].removesuffix("_v0.1")
                self._heard.append((name, (data.get("timestamp") or 0) / 1000))

    def _settle(self, still_s: float) -> None:
        """Wait until it has computed nothing for so long; Absent when it has ended."""
        last, since = -1.0, time.monotonic()
        while time.monotonic() - since < still_s:
            if self._process.poll() is not None:
                raise Absent("the server has ended")
            now = self._cpu_s()
            if now - last > 1e-3:  # less is its waiting
                last, since = now, time.monotonic()
            time.sleep(0.01)

    def _cpu_s(self) -> float:
        """Processor seconds of all its threads, to the nanosecond."""
        tasks = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _once(hits: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Hits of one phrase within two seconds are one."""
    kept: list[tuple[str, float]] = []
    latest: dict[str, float] = {}
    for phrase, at_s in hits:
        if at_s >= latest.get(phrase, -REFRACTORY_S) + REFRACTORY_S:
            kept.append((phrase, at_s))
            latest[phrase] = at_s
    return kept
