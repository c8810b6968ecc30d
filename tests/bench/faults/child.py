"""The service under test: real engines in real processes, devices that break when told to.

Commands come as lines on standard input; what happens goes out as JSON lines.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import soundfile

from appliance import clock
from appliance.config import load_config
from appliance.guard import Guarding, serve_until
from appliance.observer import Bystander
from appliance.service import Service, start_service
from appliance.stream import Company, conversation
from audio.wake import OpenWakeWord
from states.state import State
from tests.bench.faults.devices import FaultyLoudspeaker, FaultyMicrophone


def say(event: str, **more: Any) -> None:
    print(json.dumps({"t": time.monotonic(), "event": event, **more}), flush=True)


class Out(Bystander):
    """What happens, for the harness: notes and states."""

    def note(self, code: str, figures: Mapping[str, float | str]) -> None:
        say("note", code=code, figures=dict(figures))

    def state(self, state: State, at_s: float) -> None:
        say("state", state=state.value)


class BrokenWake:
    """Makes the wake models that are in use freeze, raise, or end their thread."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.victims: dict[int, str] = {}
        healthy = OpenWakeWord.process

        def process(model: OpenWakeWord, samples: Any, at_s: float) -> Any:
            self.seen.add(id(model))
            match self.victims.get(id(model)):
                case "freeze":
                    threading.Event().wait()
                case "raise":
                    raise ValueError("a model that broke")
                case "kill":
                    raise SystemExit
            return healthy(model, samples, at_s)

        OpenWakeWord.process = process  # type: ignore[method-assign]

    def hurt(self, how: str) -> None:
        self.victims = dict.fromkeys(self.seen, how)


class Shifted(datetime):
    """The wall's clock, which somebody set."""

    by = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.by


class Bench:
    """Carries out commands on the loop."""

    def __init__(self, service: Service, guarding: Guarding, phrase: Path) -> None:
        self.microphone, self.speaker = FaultyMicrophone(), guarding.device
        self._service, self._guarding = service, guarding
        self._wake = BrokenWake()
        self._phrase = soundfile.read(phrase, dtype="int16")[0]
        self._statvfs = os.statvfs
        clock.datetime = Shifted  # type: ignore[misc]

    def read(self) -> None:
        for line in os.read(0, 4096).decode().splitlines():
            self.obey(line)

    def obey(self, line: str) -> None:
        verb, *words = line.split()
        getattr(self, verb)(*words)
        say("done", command=line)

    def mic(self, fault: str) -> None:
        self.microphone.away = fault == "away"
        self.microphone.fault = "frozen" if fault == "away" else fault

    def speak(self) -> None:
        self.microphone.say(self._phrase)

    def speaker_block(self) -> None:
        assert isinstance(self.speaker, FaultyLoudspeaker)
        self.speaker.block()

    def ears(self, how: str) -> None:
        self._wake.hurt(how)

    def loop(self, seconds: str) -> None:
        time.sleep(float(seconds))

    def worker(self, name: str, what: str) -> None:
        (pid,) = [worker.pid for worker in self._service.workers if worker.name == name]
        assert pid is not None
        os.kill(pid, signal.SIGKILL if what == "kill" else signal.SIGSTOP)

    def disk(self, mb: str) -> None:
        if mb == "free":
            os.statvfs = self._statvfs
            return
        full = SimpleNamespace(f_bavail=int(mb), f_frsize=1_000_000, f_flag=0)
        os.statvfs = lambda _path: full  # type: ignore[assignment, return-value]

    def wall(self, seconds: str) -> None:
        Shifted.by += timedelta(seconds=float(seconds))

    def timer(self, seconds: str) -> None:
        self._service.survivors.timers.start(int(seconds), clock.civil_now())
        timers = self._service.survivors.timers
        take_due = timers.take_due

        def told(now: datetime) -> Any:
            due = take_due(now)
            if due:
                say("due")
            return due

        timers.take_due = told  # type: ignore[method-assign]

    def forgive(self) -> None:
        """As if everything had been well for an hour."""
        assert self._guarding.guardian is not None
        self._guarding.guardian._recovery._spent.clear()


async def serve(pack: str, folder: Path, phrase: Path) -> int:
    config = load_config()
    config = replace(
        config,
        knowledge=replace(config.knowledge, pack=pack),
        devices=replace(config.devices, echo_cancellation=False),
    )
    stop, out = asyncio.Event(), Out()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    async with start_service(config, folder) as service:
        speaker = FaultyLoudspeaker(service.engines.voice.rate_hz)
        guarding = Guarding(folder, speaker, notes=out)
        bench = Bench(service, guarding, phrase)
        async with conversation(
            service, speaker, bench.microphone, Company([out], live=True, guarding=guarding)
        ):
            loop.add_reader(0, bench.read)
            return await serve_until(stop, guarding)


if __name__ == "__main__":
    sys.exit(clock.run(serve(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])), realtime=True))
