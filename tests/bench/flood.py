"""What a voice feels of a console under fire: `python -m tests.bench.flood`.

The real service with its real processes, microphone and loudspeaker simulated in real time, its
console on a pty. The same question is asked again and again, a few times in quiet, a few times
while fuzzed lines and random bytes are offered as fast as a UART of 1.5 Mbaud carries them (what
the service does not take at that moment is dropped, as a UART would), until all were offered.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import tty
from dataclasses import replace
from pathlib import Path

import psutil
import soundfile

from appliance import clock
from appliance.cli import main as appliance
from appliance.config import Config, load_config
from appliance.demo.asker import spoken_question
from appliance.observer import Bystander
from appliance.record import Turn
from appliance.service import start_service
from appliance.stream import Company, conversation
from audio.files import write_wav
from audio.format import RATE_HZ
from tests.bench.console_fuzz import SEEDS, arguments_of_a_flood, tampered
from tests.bench.faults.devices import FaultyLoudspeaker, FaultyMicrophone

UART_BYTES_S = 150_000
STEP_S = 0.005
TURNS = 4
"""Of each arm in a row, so that both arms see the same machine."""
PAUSE_S = 1.0
AUDIBLE = (b"mute", b"say", b"volume", b"test")
"""Whoever has the cable may do these: a line that happens to be one would change what is heard."""


class Ended(Bystander):
    """Turns as they end."""

    def __init__(self) -> None:
        self.turns: asyncio.Queue[Turn] = asyncio.Queue()

    def turn(self, turn: Turn) -> None:
        self.turns.put_nowait(turn)


class Flood:
    """A process that offers lines and noise while it is let."""

    def __init__(self, near: int, lines: int, noise_bytes: int) -> None:
        command = [sys.executable, "-m", "tests.bench.flood", "--flood", str(near)]
        command += ["--lines", str(lines), "--bytes", str(noise_bytes)]
        self._process = subprocess.Popen(command, pass_fds=[near])
        self.hold()

    @property
    def is_over(self) -> bool:
        return self._process.poll() is not None

    def hold(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def let_go(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def offer(near: int, lines: int, noise_bytes: int) -> None:
    """Lines, then noise, at the rate of a UART; what is not taken at once is dropped."""
    os.set_blocking(near, False)
    dice, pause, step = random.Random(3), threading.Event(), round(UART_BYTES_S * STEP_S)
    fuzzed = (tampered(dice, dice.choice(SEEDS)) + b"\r" for _ in range(20_000))
    bundle = [line for line in fuzzed if not any(word in line for word in AUDIBLE)]
    offered = taken = sent_lines = sent_noise = 0
    while sent_lines < lines or sent_noise < noise_bytes:
        data = bytearray()
        while len(data) < step and sent_lines < lines:
            data += bundle[sent_lines % len(bundle)]
            sent_lines += 1
        if len(data) < step:
            data += dice.randbytes(step - len(data))
            sent_noise += step
        offered += len(data)
        with contextlib.suppress(BlockingIOError):
            taken += os.write(near, data)
        with contextlib.suppress(BlockingIOError):
            os.read(near, 65536)
        pause.wait(len(data) / UART_BYTES_S)
    print(f"offered {sent_lines} lines and {sent_noise} random bytes, {offered} bytes in all;")
    print(f"{taken} bytes went into the line", flush=True)


async def measured(config: Config, phrase: Path, near: int, flood: Flood) -> None:
    """Ask until the flood is over; print both arms."""
    arms: dict[bool, list[float]] = {False: [], True: []}
    said = soundfile.read(phrase, dtype="int16")[0]
    ended, process = Ended(), psutil.Process()
    with tempfile.TemporaryDirectory() as state:
        async with start_service(config, Path(state)) as service:
            microphone = FaultyMicrophone()
            speaker = FaultyLoudspeaker(service.engines.voice.rate_hz)
            company = Company([ended], live=True)
            async with conversation(service, speaker, microphone, company):
                await _asked(microphone, ended, said)  # the first one warms everything up
                grown_mib: dict[bool, list[float]] = {False: [], True: []}
                lost = 0
                while not flood.is_over:
                    for flooded in (False, True):
                        before = process.memory_info().rss
                        if flooded:
                            flood.let_go()
                        for _ in range(TURNS):
                            turn = await _asked(microphone, ended, said)
                            sound_ms = turn.timings_ms.get("first_audio") if turn else None
                            lost += sound_ms is None
                            arms[flooded] += [] if sound_ms is None else [sound_ms]
                        if not flood.is_over:
                            flood.hold()
                        grown_mib[flooded].append((process.memory_info().rss - before) / 2**20)
    _told(arms, grown_mib, lost)
    os.close(near)


async def _asked(microphone: FaultyMicrophone, ended: Ended, said: object) -> Turn | None:
    microphone.say(said)  # type: ignore[arg-type]
    try:
        async with asyncio.timeout(40):
            turn = await ended.turns.get()
    except TimeoutError:
        return None
    await asyncio.sleep(PAUSE_S)
    return turn


def _told(arms: dict[bool, list[float]], grown_mib: dict[bool, list[float]], lost: int) -> None:
    quiet, flooded = (sorted(arms[arm]) for arm in (False, True))
    for name, arm in (("quiet", quiet), ("flooded", flooded)):
        p95 = arm[len(arm) * 95 // 100]
        middle = statistics.median(arm)
        print(f"{name}: {len(arm)} turns, first sound p50 {middle:.0f} p95 {p95:.0f} ms")
    ratio = statistics.median(flooded) / statistics.median(quiet)
    print(f"flooded / quiet, p50: {ratio:.3f}; turns without a sound: {lost}")
    print("memory grew by MiB in each phase (the loudspeaker of this bench keeps what it plays):")
    for name, arm in (("quiet", False), ("flooded", True)):
        print(f"  {name}: " + ", ".join(f"{each:.1f}" for each in grown_mib[arm]))


def main() -> None:
    """Run both arms in one run."""
    arguments = arguments_of_a_flood(__doc__)
    if arguments.flood is not None:
        offer(arguments.flood, arguments.lines, arguments.bytes)
        return
    near, far = pty.openpty()
    tty.setraw(near)
    config = load_config()
    with tempfile.TemporaryDirectory() as name:
        pack, phrase = Path(name) / "demo.pack", Path(name) / "phrase.wav"
        manual = Path(__file__).parents[2] / "appliance" / "demo" / "manual"
        appliance(["knowledge", "build", str(manual), "-o", str(pack)])
        write_wav(phrase, spoken_question("hey jarvis", "What time is it?"), RATE_HZ)
        config = replace(
            config,
            knowledge=replace(config.knowledge, pack=str(pack)),
            console=replace(config.console, port=os.ttyname(far)),
            conversation=replace(config.conversation, follow_up_s=0.0),
            devices=replace(config.devices, echo_cancellation=False),
        )
        flood = Flood(near, arguments.lines, arguments.bytes)
        try:
            clock.run(measured(config, phrase, near, flood), realtime=True)
        finally:
            flood.end()
    os.close(far)


if __name__ == "__main__":
    main()
