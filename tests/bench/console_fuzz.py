"""The console under fire: fuzzed lines, random bytes, and what they cost the service's loop.

    python -m tests.bench.console_fuzz [--lines 1000000] [--bytes 10000000]

Feeds a session (fake device, locked) with commands that were tampered with, as typed lines and as
frames, then with random bytes; after each it must still answer. Memory is read before the second
tenth and at the end. Last, a pty is flooded while a task measures how late the loop is, against
the same without a flood: that is what a voice would feel.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import pty
import random
import subprocess
import sys
import threading
import tty
from dataclasses import dataclass, field

import psutil

from appliance import clock
from appliance.console.commands import COMMANDS
from appliance.console.fakes import FakeDevice, fake_desk
from appliance.console.frames import Kind, cut, encode, request
from appliance.console.places import Terminal
from appliance.console.server import ConsoleServer
from appliance.console.session import Session

HARMLESS = {"say", "mute", "volume", "test"}
"""Commands that are free and leave a trace in the fake device."""
LATE_EVERY_S, LATE_FOR_S = 0.005, 15.0


@dataclass
class Report:
    """What came of it; `unexpected` are deeds that needed a right nobody had."""

    alive: bool = False
    grown_kib: float = 0.0
    rss_mib: float = 0.0
    commands: int = 0
    unexpected: list[str] = field(default_factory=list)


class Target:
    """A session that counts what it says and forgets it."""

    def __init__(self) -> None:
        self.device = FakeDevice(answer_s=0.0)
        self.tail = b""
        self.session = Session(fake_desk(self.device), self._say)
        self.report = Report()
        self._kib = 0.0

    def _say(self, data: bytes) -> None:
        self.tail = (self.tail + data)[-4096:]

    async def feed(self, data: bytes) -> None:
        self.session.feed(data)
        await asyncio.sleep(0.02)

    def tally(self) -> None:
        """Take note of deeds, so that they don't pile up in the fake."""
        for deed in self.device.done:
            self.report.commands += 1
            if deed.split()[0] not in HARMLESS or deed == "mute False":
                self.report.unexpected.append(deed)
        self.device.done.clear()
        self.device.noted.clear()

    def weigh(self) -> None:
        self._kib = _rss_kib()

    async def finish(self) -> Report:
        """Whether it still answers, and what it weighs."""
        await asyncio.sleep(400.0)  # past deadlines and delays, on the simulated clock
        await self.feed(b"\x03\x03\x15status\r")
        await asyncio.sleep(1.0)
        self.report.alive = b"idle" in self.tail
        self.tally()
        self.report.grown_kib = _rss_kib() - self._kib if self._kib else 0.0
        self.report.rss_mib = _rss_kib() / 1024
        await self.session.close()
        return self.report


def _rss_kib() -> float:
    return float(psutil.Process().memory_info().rss) / 1024


def fuzzed_lines(count: int, seed: int) -> Report:
    """Commands with random edits, two in three typed and one in three in frames."""

    async def whole() -> Report:
        target, dice = Target(), random.Random(seed)
        token = target.session._programs._call.session
        for number in range(count):
            line = tampered(dice, dice.choice(SEEDS))
            if number % 3:
                await target.feed(line + dice.choice((b"\r", b"\n", b"\r\n")))
            else:
                await target.feed(_framed(dice, line, token))
            if number % 100 == 0:
                target.tally()
            if number == count // 5:
                target.weigh()
        return await target.finish()

    return clock.run(whole(), realtime=False)


SEEDS = [
    *(command.example.encode() for command in COMMANDS.values()),
    *(f"help {name}".encode() for name in COMMANDS),
    *(b"", b"   ", b"\t", b"\x1b[A", b"\x1b[200~paste\x1b[201~", b"say " + b"x" * 2000),
    *("say Grüße, 你好".encode(), b"unlock " + b"A" * 86),
]
_SPICE = b'\x00\x01\x03\x04\x09\x0a\x0d\x15\x1b\x1e[A;?!+#{}"\\\xff\xc3 '


def tampered(dice: random.Random, line: bytes) -> bytes:
    out = bytearray(line)
    for _ in range(dice.choice((0, 0, 1, 1, 2, 5))):
        at = dice.randrange(len(out) + 1)
        match dice.randrange(4):
            case 0:
                out.insert(at, dice.choice(_SPICE))
            case 1:
                out.insert(at, dice.randrange(256))
            case 2:
                del out[at : at + dice.randrange(1, 8)]
            case _:
                out[at:at] = dice.choice(SEEDS)[:40]
    return bytes(out)


def _framed(dice: random.Random, line: bytes, token: str) -> bytes:
    """Mostly whole frames with nonsense in them; some damaged."""
    wanted = {
        "c": line.decode("latin-1"),
        "s": dice.choice((token, "x")),
        "t": dice.random() < 0.5,
    }
    text = request(wanted)
    if dice.random() < 0.2:
        text = (
            tampered(dice, text.encode())
            .decode("ascii", "replace")
            .encode("ascii", "replace")
            .decode()
        )
        text = "".join(sign if " " <= sign <= "~" else "?" for sign in text)
    data = b"".join(map(encode, cut(Kind.ASK, f"{dice.getrandbits(32):08x}", text[:1500])))
    return tampered(dice, data) if dice.random() < 0.3 else data


def bytes_of_noise(count: int, seed: int) -> Report:
    """Random bytes in random pieces."""

    async def whole() -> Report:
        target, dice, fed = Target(), random.Random(seed), 0
        while fed < count:
            piece = dice.randbytes(dice.randrange(1, 512))
            await target.feed(piece)
            if fed // 50_000 != (fed + len(piece)) // 50_000:
                target.tally()
            if fed < count // 5 <= fed + len(piece):
                target.weigh()
            fed += len(piece)
        return await target.finish()

    return clock.run(whole(), realtime=False)


def loop_lateness(*, flooded: bool) -> list[float]:
    """How late (ms) a task of the loop that serves a console is called, sorted."""
    near, far = pty.openpty()
    tty.setraw(near)
    name = os.ttyname(far)
    os.set_blocking(near, False)

    async def whole() -> list[float]:
        async def open_port() -> Terminal:
            return Terminal(name, 1_500_000)

        serving = asyncio.ensure_future(ConsoleServer(open_port, fake_desk(FakeDevice())).run())
        loop, late = asyncio.get_running_loop(), []
        until_s = loop.time() + LATE_FOR_S
        while loop.time() < until_s:
            due_s = loop.time() + LATE_EVERY_S
            await asyncio.sleep(LATE_EVERY_S)
            late.append((loop.time() - due_s) * 1000)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return sorted(late)

    command = [sys.executable, "-m", "tests.bench.console_fuzz", "--flood", str(near)]
    flood = subprocess.Popen(command, pass_fds=[near]) if flooded else None
    try:
        return clock.run(whole(), realtime=True)
    finally:
        if flood:
            flood.kill()
            flood.wait()
        os.close(near)
        os.close(far)


def _flood(near: int) -> None:
    """Lines and noise until killed, as fast as they are taken; what comes back is thrown away."""
    dice, pause = random.Random(3), threading.Event()
    data = b"".join(tampered(dice, dice.choice(SEEDS)) + b"\r" for _ in range(2000))
    while True:
        with contextlib.suppress(BlockingIOError):
            os.write(near, data[:4096])
        with contextlib.suppress(BlockingIOError):
            os.read(near, 65536)
        pause.wait(0.002)  # a UART of 1.5 Mbaud carries 150 kB/s; this offers up to 2 MB/s


def arguments_of_a_flood(about: str | None) -> argparse.Namespace:
    """How much to pour in; `flood` is for the process that pours, which is started by the other."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--bytes", type=int, default=10_000_000)
    parser.add_argument("--flood", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Run everything, print a table."""
    arguments = arguments_of_a_flood(__doc__)
    if arguments.flood is not None:
        _flood(arguments.flood)
    for name, run, count in (
        ("fuzzed lines", fuzzed_lines, arguments.lines),
        ("random bytes", bytes_of_noise, arguments.bytes),
    ):
        began_s = clock.wall_s()
        report = run(count, 1)
        print(f"{count} {name}: {clock.wall_s() - began_s:.0f} s, {report}", flush=True)
    for flooded in (False, True, False, True):
        late = loop_lateness(flooded=flooded)
        p50, p99 = late[len(late) // 2], late[len(late) * 99 // 100]
        print(f"flooded {flooded}: loop late p50 {p50:.2f} p99 {p99:.2f} max {late[-1]:.2f} ms")


if __name__ == "__main__":
    main()
