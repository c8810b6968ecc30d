"""A day of conversation: does anything grow? `python -m tests.bench.soak [--hours 24]`.

Simulated (the default): the service's own director, state machine, ears' thread, segmenter, orders,
timers, bell and history, with the real mind and the real voice in their processes; waiting costs
nothing. Words, wake phrase and voice activity are scripted, since a day of real ears takes hours.
Frames come from 5 s before somebody speaks until all is quiet again (`--every-frame`: always).

    python -m tests.bench.soak --realtime --hours 2      the nightly form
    python -m tests.bench.soak --realtime --seconds 120  the same, shortened for CI

In real time everything is real but the sound card: a simulated microphone says real phrases to the
real ears, with the guardian, the console's line and the watchdog's door.

Exit status 1 if a bar is missed: after the warm-up, memory grows by at most 0.5 MB an hour (the
lower end of the 95 % interval of the least-squares slope must not exceed that), and neither
descriptors nor threads grow.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import random
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
from scipy import stats

from appliance import clock
from appliance.cli import main as appliance
from appliance.config import Config, load_config
from appliance.demo.asker import spoken_question
from appliance.engines.scripted import Script, ScriptedEars
from appliance.guard import Guarding
from appliance.history.chronicler import Chronicler
from appliance.history.watch import HistoryWatch
from appliance.observer import Bystander
from appliance.record import Turn
from appliance.service import Service, keep_history, start_service
from appliance.stream import Company, conversation
from audio.ears import Ears
from audio.format import FRAME_S, FRAME_SAMPLES, Frame, Samples
from audio.playout import RecordingLoudspeaker
from audio.ports import WakeHit
from states.state import State
from tests.bench.faults.devices import FaultyMicrophone

SLOPE_MB_H = 0.5
SAMPLES = 144
WARM_SHARE = 1 / 12
"""Of the time; what a process gets in its first two hours of a day it may keep."""
WAKE, VOICE = 9999, 4000
"""Amplitudes that mean the wake phrase, and somebody who speaks."""
QUESTIONS = (
    *("what does the red light mean", "how often must the filter be replaced"),
    *("who won the world cup", "what time is it", "set a timer for one minute", "stop"),
    *("how do i descale it", "set the volume to sixty percent", "why was that slow"),
)
SPOKEN = ("What time is it?", "What does the red light mean?", "Stop.")


class Weight(NamedTuple):
    """What a process tree has, some seconds after the beginning."""

    at_s: float
    mb: dict[str, float]
    descriptors: int
    threads: int


@dataclass
class Tally(Bystander):
    """What happened, and what everything weighed."""

    turns: dict[str, int] = field(default_factory=dict)
    weights: list[Weight] = field(default_factory=list)
    state_now: State = State.STARTING
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def turn(self, turn: Turn) -> None:
        self.turns[turn.reason or "?"] = self.turns.get(turn.reason or "?", 0) + 1

    def state(self, state: State, at_s: float) -> None:
        self.state_now = state
        self.changed.set()

    async def until(self, state: State, within_s: float) -> bool:
        """Wait for a state; whether it came."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self.state_now is not state:
                    self.changed.clear()
                    await self.changed.wait()
        return self.state_now is state


def weigh(at_s: float, workers: dict[str, int | None]) -> Weight:
    """Of this process and of the engines'; their own memory, since a mapped file is no leak."""
    gc.collect()
    mb = {"service": _own_mb(os.getpid())}
    mb |= {name: _own_mb(pid) for name, pid in workers.items() if pid}
    me = psutil.Process()
    return Weight(at_s, mb, me.num_fds(), threading.active_count())


def _own_mb(pid: int) -> float:
    try:
        memory = psutil.Process(pid).memory_info()
    except psutil.NoSuchProcess:
        return 0.0
    return (memory.rss - memory.shared) / 1e6


# -- the simulated day ----------------------------------------------------------------------


class SimulatedMicrophone:
    """Frames on the loop's clock, of what is said and of a quiet room."""

    def __init__(self, *, every_frame: bool) -> None:
        self._every_frame, self._said = every_frame, list[int]()
        self._deliver: Callable[[Frame], None] = lambda _frame: None
        self._timer: asyncio.TimerHandle | None = None
        self._began_s = 0.0
        self.frames, self.is_on = 0, every_frame
        random_room = np.random.default_rng(1)
        self._room = [random_room.integers(-20, 20, FRAME_SAMPLES, np.int16) for _ in range(64)]

    def start(self, deliver: Callable[[Frame], None], _ended: Any) -> None:
        self._deliver, self._began_s = deliver, clock.now_s()
        self._schedule()

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def say(self, *spans: tuple[int, float]) -> None:
        """Each amplitude for so many seconds."""
        for amplitude, seconds in spans:
            self._said += [amplitude] * round(seconds / FRAME_S)

    def listen(self, *, on: bool) -> None:
        if on != self.is_on and not self._every_frame:
            self.is_on = on
            self.stop()
            if on:
                self._schedule()

    def _schedule(self) -> None:
        if self.is_on:
            loop = asyncio.get_running_loop()
            seq = int((loop.time() - self._began_s) / FRAME_S + 0.5) + 1
            self._timer = loop.call_at(self._began_s + seq * FRAME_S, self._tick, seq - 1)

    def _tick(self, seq: int) -> None:
        self.frames += 1
        samples = self._room[seq % len(self._room)]
        if self._said and (amplitude := self._said.pop(0)):
            samples = samples + np.int16(amplitude)
        self._deliver(Frame(samples, seq, (seq + 1) * FRAME_S))
        self._schedule()


class LoudWake:
    """Implements `WakeWord` for what `SimulatedMicrophone` says."""

    scores: dict[str, float] = {"hey jarvis": 0.0}  # noqa: RUF012

    def process(self, samples: Samples, at_s: float) -> WakeHit | None:
        return WakeHit("hey jarvis", 0.9, at_s) if samples[0] > (WAKE + VOICE) // 2 else None

    def reset(self) -> None:
        """Nothing is remembered."""


class LoudVad:
    """Implements `VoiceActivity` in the same way."""

    def process(self, samples: Samples) -> float:
        return 0.95 if VOICE - 100 < samples[0] < VOICE + 100 else 0.02

    def reset(self) -> None:
        """Nothing is remembered."""


class ForgetfulLoudspeaker(RecordingLoudspeaker):
    """Keeps no recording: what has sounded is forgotten a second later."""

    _before_s = 0.0

    def _append(self, samples: Samples) -> None:
        past_s = self.now_s() - 1.0
        while self._pieces and (len_s := len(self._pieces[0].samples) / self._rate_hz) < (
            past_s - self._pieces[0].at
        ):
            self._before_s += len_s
            del self._pieces[0]
        super()._append(samples)

    def heard_s(self) -> float:
        return self._before_s + super().heard_s()


async def day(service: Service, tally: Tally, folder: Path, options: argparse.Namespace) -> None:
    """People who ask something every other minute."""
    script, dice = Script(asr_s=0.3), random.Random(1)
    service = service._replace(
        engines=replace(service.engines, ears=ScriptedEars(script)),
        fresh_ears=lambda settings, echo: Ears(LoudWake(), LoudVad(), settings, echo),
        workers=(),
    )
    microphone = SimulatedMicrophone(every_frame=options.every_frame)
    speaker = ForgetfulLoudspeaker(service.engines.voice.rate_hz)
    with keep_history(service.config, folder) as chronicle:
        history = HistoryWatch(chronicle, service.config.wake.phrases)
        company = Company([tally], live=True, history=history)
        async with conversation(service, speaker, microphone, company) as director:
            end_s = clock.now_s() + options.seconds
            while clock.now_s() < end_s:
                await asyncio.sleep(dice.uniform(30, 200))
                await _one_exchange(microphone, script, tally, dice)
                script.log.clear()
            del director
    print(f"frames heard: {microphone.frames}")


async def _one_exchange(
    microphone: SimulatedMicrophone, script: Script, tally: Tally, dice: random.Random
) -> None:
    microphone.listen(on=True)
    await asyncio.sleep(5)
    script.hears.clear()
    microphone.say((WAKE, FRAME_S), (0, 0.5))
    if dice.random() < 0.9:  # else it was a false wake
        script.hears += [dice.choice(QUESTIONS)] * 8
        microphone.say((VOICE, dice.uniform(0.8, 3.0)))
    if dice.random() < 0.1:  # somebody interrupts the reply
        await asyncio.sleep(dice.uniform(4, 8))
        microphone.say((WAKE, FRAME_S), (0, 0.5), (VOICE, 1.5))
    await asyncio.sleep(2)
    if not await tally.until(State.IDLE, 120):
        raise RuntimeError(f"stuck in {tally.state_now}")
    microphone.listen(on=False)


# -- real time ------------------------------------------------------------------------------


async def evening(
    service: Service, tally: Tally, folder: Path, options: argparse.Namespace
) -> None:
    """Everything as on a device, but for the sound card."""
    microphone, speaker = FaultyMicrophone(), ForgetfulLoudspeaker(service.engines.voice.rate_hz)
    speaker.reopen = speaker.release = lambda: None  # type: ignore[attr-defined]
    phrases = [spoken_question("hey jarvis", text) for text in SPOKEN]
    with keep_history(service.config, folder) as chronicle:
        assert isinstance(chronicle, Chronicler)
        guarding = Guarding(folder, speaker, notes=chronicle, writer=chronicle)  # type: ignore[arg-type]
        history = HistoryWatch(chronicle, service.config.wake.phrases)
        company = Company([tally], live=True, guarding=guarding, history=history)
        async with conversation(service, speaker, microphone, company):
            end_s, asked = clock.now_s() + options.seconds, 0
            while clock.now_s() < end_s:
                await asyncio.sleep(min(20.0, options.seconds / 10))
                microphone.say(phrases[asked % len(phrases)])
                asked += 1
                await tally.until(State.LISTENING, 10)
                await tally.until(State.IDLE, 120)
            print(f"asked: {asked} times; events: {dict(chronicle.counters())}")


# -- both -----------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _weighing(tally: Tally, service: Service, seconds: float) -> AsyncIterator[None]:
    async def forever() -> None:
        began_s = clock.now_s()
        while True:
            pids = {worker.name: worker.pid for worker in service.workers}
            tally.weights.append(weigh(clock.now_s() - began_s, pids))
            if len(tally.weights) % (SAMPLES // 24) == 1:
                print(f"{tally.weights[-1]}", file=sys.stderr, flush=True)
            await asyncio.sleep(seconds / SAMPLES)

    task = asyncio.ensure_future(forever())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def soak(config: Config, tally: Tally, folder: Path, options: argparse.Namespace) -> None:
    act: Callable[..., Coroutine[Any, Any, None]] = evening if options.realtime else day
    async with (
        start_service(config, folder) as service,
        _weighing(tally, service, options.seconds),
    ):
        await act(service, tally, folder, options)


class Slope(NamedTuple):
    """By least squares, with half the width of its 95 % interval; per hour."""

    value: float
    half: float

    def __str__(self) -> str:
        return f"{self.value:+.3f} ± {self.half:.3f}"


def slope(at_s: list[float], values: list[float]) -> Slope:
    if len(set(values)) == 1:
        return Slope(0.0, 0.0)
    fit = stats.linregress(np.array(at_s) / 3600, values)
    return Slope(float(fit.slope), float(stats.t.ppf(0.975, len(values) - 2) * fit.stderr))


def verdict(tally: Tally, seconds: float) -> bool:
    """Print what grew; whether everything is within the bars."""
    kept = [weight for weight in tally.weights if weight.at_s >= seconds * WARM_SHARE]
    at_s, well = [weight.at_s for weight in kept], True
    print(f"turns: {sum(tally.turns.values())} {dict(sorted(tally.turns.items()))}")
    print(f"{len(kept)} looks after a warm-up of {seconds * WARM_SHARE / 3600:.2f} h")
    print("| what | first | last | least | most | per hour (95 %) | bar |")
    print("|---|---|---|---|---|---|---|")
    rows = {f"{name} MB": [w.mb.get(name, 0.0) for w in kept] for name in kept[0].mb}
    rows |= {"descriptors": [w.descriptors for w in kept], "threads": [w.threads for w in kept]}
    for name, values in rows.items():
        grows = slope(at_s, values)
        is_memory = name.endswith("MB")
        most = SLOPE_MB_H if is_memory else 0.0
        met = grows.value - grows.half <= most
        well &= met
        print(
            f"| {name} | {values[0]:.1f} | {values[-1]:.1f} | {min(values):.1f} | "
            f"{max(values):.1f} | {grows} | {'met' if met else 'MISSED'} |"
        )
    return well


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--seconds", type=float, help="instead of --hours")
    parser.add_argument("--realtime", action="store_true")
    parser.add_argument("--every-frame", action="store_true")
    options = parser.parse_args()
    options.seconds = options.seconds or options.hours * 3600
    began_s = clock.wall_s()
    with tempfile.TemporaryDirectory() as name:
        folder, pack = Path(name), Path(name) / "demo.pack"
        manual = Path(__file__).parents[2] / "appliance" / "demo" / "manual"
        appliance(["knowledge", "build", str(manual), "-o", str(pack)])
        config = load_config()
        config = replace(
            config,
            knowledge=replace(config.knowledge, pack=str(pack)),
            devices=replace(config.devices, echo_cancellation=False),
            conversation=replace(config.conversation, follow_up_s=2.0),
        )
        tally = Tally()
        clock.run(soak(config, tally, folder / "state", options), realtime=options.realtime)
    kind = "real" if options.realtime else "simulated"
    took_s = clock.wall_s() - began_s
    print(f"{options.seconds / 3600:.2f} {kind} hours in {took_s / 60:.1f} minutes")
    sys.exit(0 if verdict(tally, options.seconds) else 1)


if __name__ == "__main__":
    main()
