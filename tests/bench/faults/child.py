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
from appliance.config import Config, WorkersConfig, load_config
from appliance.console.line import Line
from appliance.console.session import Session
from appliance.engines.process import EngineProcess
from appliance.guard import Guarding, serve_until
from appliance.history.chronicler import Chronicler
from appliance.history.watch import HistoryWatch
from appliance.observer import Bystander
from appliance.reasons import EVENTS
from appliance.record import Turn
from appliance.service import Service, keep_history, start_service
from appliance.stream import Company, conversation
from audio.wake import OpenWakeWord
from states.events import Asked
from states.state import State
from tests.bench.faults.devices import FaultyLoudspeaker, FaultyMicrophone


def say(event: str, **more: Any) -> None:
    print(json.dumps({"t": time.monotonic(), "event": event, **more}), flush=True)


MOST_MB = 200
"""Of each engine's own memory; half as far above again it is killed."""
QUESTIONS = ("What does the red light mean?", "How often must the filter be replaced?")
SIGNALS = {
    "kill": signal.SIGKILL,
    "stop": signal.SIGSTOP,
    "leak": signal.SIGUSR1,
    "babble": signal.SIGUSR2,
}


class Out(Bystander):
    """What happens, for the harness: notes, states and turns. The history has it, too."""

    def __init__(self, chronicle: Chronicler) -> None:
        self._chronicle = chronicle

    def note(self, code: str, figures: Mapping[str, float | str]) -> None:
        self._chronicle.note(code, figures)
        say("note", code=code, figures=dict(figures))

    def turn(self, turn: Turn) -> None:
        error = turn.error.code if turn.error else None
        say("turn", code=turn.reason, error=error, typed=turn.wake is None)

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


def fall_ill(folder: Path) -> None:
    """Every engine's process serves `ill.Ill` around what it is to serve."""
    healthy = EngineProcess.start.__func__  # type: ignore[attr-defined]

    async def start(kind: Any, servant: str, settings: str, *rest: Any) -> EngineProcess:
        name = "asr" if "asr_servant" in servant else "other"
        ill = {"servant": servant, "settings": json.loads(settings)}
        hang = {"hang": str(folder / f"hang-{name}")}
        process = await healthy(kind, "tests.bench.faults.ill:Ill", json.dumps(ill | hang), *rest)
        assert isinstance(process, EngineProcess)
        return process

    EngineProcess.start = classmethod(start)  # type: ignore[method-assign, assignment]


class Shifted(datetime):
    """The wall's clock, which somebody set."""

    by = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.by


class Bench:
    """Carries out commands on the loop."""

    def __init__(
        self, service: Service, guarding: Guarding, phrase: Path, chronicle: Chronicler
    ) -> None:
        self.microphone, self.speaker = FaultyMicrophone(), guarding.device
        self.chronicle = chronicle
        self.ask: Any = None
        self._thaw = threading.Event()
        self._lines: list[Line] = []
        start = Line.start

        def started(line: Line, deliver: Any) -> None:
            self._lines[:] = [line]
            start(line, deliver)

        Line.start = started  # type: ignore[method-assign]
        self._service, self._guarding = service, guarding
        self._wake = BrokenWake()
        self._phrase = soundfile.read(phrase, dtype="int16")[0]
        self._statvfs = os.statvfs
        clock.datetime = Shifted  # type: ignore[misc]

    def read(self) -> None:
        """A harness that is gone leaves no service behind."""
        commands = os.read(0, 4096)
        if not commands:
            os.kill(os.getpid(), signal.SIGKILL)
        for line in commands.decode().splitlines():
            self.obey(line)

    def obey(self, line: str) -> None:
        verb, *words = line.split()
        {"ask": self._ask, "speaker": self.speaker_}.get(verb, getattr(self, verb, None))(*words)
        say("done", command=line)

    def _ask(self, number: str) -> None:
        self.ask(QUESTIONS[int(number)])

    def mic(self, fault: str) -> None:
        self.microphone.away = fault == "away"
        self.microphone.fault = "frozen" if fault == "away" else fault

    def speak(self) -> None:
        self.microphone.say(self._phrase)

    def speaker_(self, fault: str) -> None:
        assert isinstance(self.speaker, FaultyLoudspeaker)
        self.speaker.suffer(fault)

    def history(self, how: str) -> None:
        """The next step of its thread ends it, or takes for ever."""
        chronicle: Any = self.chronicle
        if how == "thaw":
            self._thaw.set()
            return

        def step(now: clock.Moment) -> int | None:
            del chronicle._step
            if how == "kill":
                raise SystemExit
            self._thaw.wait()
            self._thaw.clear()
            due_ms: int | None = chronicle._step(now)
            return due_ms

        chronicle._step = step

    def mark(self, number: str) -> None:
        codes = sorted(EVENTS)  # each is written once a minute
        self.chronicle.note(codes[int(number) % len(codes)], {"mark": int(number)})

    def console(self, _kill: str) -> None:
        """A bug ends the console's task as its session does."""
        healthy = Session.close

        async def close(_session: Session) -> None:
            Session.close = healthy  # type: ignore[method-assign]
            raise ValueError("a console that broke")

        Session.close = close  # type: ignore[method-assign]
        self._lines[-1].close()

    def timers(self, _kill: str) -> None:
        """A bug ends the task that waits for timers."""
        timers: Any = self._service.survivors.timers
        healthy = timers.take_due

        def take_due(_now: datetime) -> Any:
            timers.take_due = healthy
            raise ValueError("timers that broke")

        timers.take_due = take_due
        timers.on_change()

    def keep(self) -> None:
        """One timer that must never be lost."""
        timers = self._service.survivors.timers
        if not timers.timers:
            timers.start(500_000, clock.civil_now())

    def count(self) -> None:
        say("kept", timers=len(self._service.survivors.timers.timers))

    def ears(self, how: str) -> None:
        self._wake.hurt(how)

    def loop(self, seconds: str) -> None:
        time.sleep(float(seconds))

    def worker(self, name: str, what: str) -> None:
        (pid,) = [worker.pid for worker in self._service.workers if worker.name == name]
        assert pid is not None
        os.kill(pid, SIGNALS[what])

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


def configured(pack: str) -> Config:
    config = load_config()
    return replace(
        config,
        knowledge=replace(config.knowledge, pack=pack),
        devices=replace(config.devices, echo_cancellation=False),
        workers=WorkersConfig(asr_mb=MOST_MB, mind_mb=MOST_MB, voice_mb=MOST_MB),
        console=replace(config.console, port=os.environ["FAULTS_CONSOLE"], baud=115_200),
    )


async def serve(pack: str, folder: Path, phrase: Path) -> int:
    say("BEGUN")
    config = configured(pack)
    fall_ill(folder.parent)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    with keep_history(config, folder) as chronicle:
        assert isinstance(chronicle, Chronicler)
        look = asyncio.ensure_future(_look(chronicle))
        out = Out(chronicle)
        async with start_service(config, folder, hears_first=True) as service:
            speaker = FaultyLoudspeaker(service.engines.voice.rate_hz)
            guarding = Guarding(folder, speaker, notes=out, writer=chronicle)
            bench = Bench(service, guarding, phrase, chronicle)
            history = HistoryWatch(chronicle, config.wake.phrases)
            company = Company([out], live=True, guarding=guarding, history=history)
            ups = asyncio.ensure_future(_tell_who_is_up(service))
            async with conversation(service, speaker, bench.microphone, company) as director:
                bench.ask = lambda question: director.post(Asked(question))
                loop.add_reader(0, bench.read)
                try:
                    return await serve_until(stop, guarding)
                finally:
                    look.cancel()
                    ups.cancel()


async def _look(chronicle: Chronicler) -> None:
    """What a technician would see of the history."""
    failing = None
    while True:
        failure = chronicle.failure.code if chronicle.failure else None
        if failure != failing:
            failing = failure
            say("note", code=failure or "HISTORY_WRITTEN")
        await asyncio.sleep(0.1)


async def _tell_who_is_up(service: Service) -> None:
    up: dict[str, int | None] = {worker.name: worker.pid for worker in service.workers}
    while True:
        for worker in service.workers:
            if worker.is_up and worker.pid != up[worker.name]:
                up[worker.name] = worker.pid
                say("note", code=f"{worker.name.upper()}_UP")
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    sys.exit(clock.run(serve(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])), realtime=True))
