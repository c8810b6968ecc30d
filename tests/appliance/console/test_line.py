"""The console over real ptys and sockets, as a cable would carry it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pty
import select
import tty
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from appliance import clock
from appliance.console.client import Client
from appliance.console.errors import ConsoleError
from appliance.console.fakes import FakeDevice, fake_desk
from appliance.console.line import OUT_BYTES, Line
from appliance.console.places import Terminal, connect, opener
from appliance.console.server import ConsoleServer
from tests.appliance.console.support import KERNEL

WAIT_S = 10.0


class Cable:
    """The technician's end of a pty whose other end the console has open."""

    def __init__(self) -> None:
        self.near, self._far = pty.openpty()
        tty.setraw(self.near)
        os.set_blocking(self.near, False)
        self.name = os.ttyname(self._far)
        self.read = bytearray()
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(self.near, self._read)

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            self.read += os.read(self.near, 65536)
        self._news.set()

    def type(self, data: bytes) -> None:
        os.write(self.near, data)

    async def shows(self, what: bytes) -> None:
        """Until it was shown; what came before it is forgotten."""
        async with asyncio.timeout(WAIT_S):
            while what not in self.read:
                self._news.clear()
                await self._news.wait()
        del self.read[: self.read.index(what) + len(what)]

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.near)
        os.close(self.near)
        os.close(self._far)


@contextlib.asynccontextmanager
async def served(port: str, device: FakeDevice) -> AsyncIterator[None]:
    with contextlib.ExitStack() as house:
        server = ConsoleServer(opener(port, 1_500_000, house), fake_desk(device))
        serving = asyncio.ensure_future(server.run())
        await asyncio.sleep(0)  # it has opened its port, or tried to
        try:
            yield
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


def on_cable(act: Callable[[Cable, FakeDevice], Awaitable[None]]) -> None:
    async def whole() -> None:
        cable, device = Cable(), FakeDevice(answer_s=0.0)
        try:
            async with served(cable.name, device):
                await act(cable, device)
        finally:
            cable.close()

    clock.run(whole(), realtime=True)


def test_a_technician_with_a_terminal() -> None:
    async def act(cable: Cable, device: FakeDevice) -> None:
        await cable.shows(b"appliance> ")
        cable.type(b"stat\t\r")
        await cable.shows(b"state    idle")
        cable.type(b"\x1b[A\r")  # the last line again
        await cable.shows(b"state    idle")
        cable.type(b"unlock\r")
        await cable.shows(b"challenge ")
        await cable.shows(b"then: unlock RESPONSE")
        cable.type(b"watch\r")
        await cable.shows(b"hey jarvis")
        cable.type(b"q")
        await cable.shows(b"appliance> ")
        cable.type(b"say good morning\r")
        await cable.shows(b"saying it")
        assert device.done == ["say good morning"]

    on_cable(act)


def test_a_program_while_the_kernel_writes_on_the_same_line() -> None:
    async def act(cable: Cable, device: FakeDevice) -> None:
        client = Client(lambda data: cable.type(KERNEL[:-2] + data))
        loop = asyncio.get_running_loop()
        loop.remove_reader(cable.near)
        loop.add_reader(cable.near, lambda: client.feed(KERNEL + os.read(cable.near, 65536)))
        assert (await client.hello())["device"] == "fake"
        for number in range(5):
            assert (await client.request(f"volume {number}")).ok
        assert device.done == [f"volume {number}" for number in range(5)]

    on_cable(act)


def test_a_flood_is_taken_at_the_lines_pace_and_the_console_answers_afterwards() -> None:
    async def act(cable: Cable, device: FakeDevice) -> None:
        await cable.shows(b"appliance> ")
        sent = 0
        with contextlib.suppress(BlockingIOError):
            for _ in range(100):
                sent += os.write(cable.near, b"\x1e\xff[garbage" * 400)
        assert 0 < sent < 100 * 4000  # the kernel took no more: nobody hurries to read it
        for _ in range(50):
            with contextlib.suppress(BlockingIOError):
                cable.type(b"\x03\x15status\r")
                break
            await asyncio.sleep(0.05)
        await cable.shows(b"state    idle")

    on_cable(act)


def test_a_socket_serves_one_after_the_other_and_locks_between(tmp_path: Path) -> None:
    async def whole() -> None:
        device, port = FakeDevice(), f"unix:{tmp_path / 'console.sock'}"
        async with served(port, device):
            assert (tmp_path / "console.sock").stat().st_mode & 0o777 == 0o600
            for _ in range(2):
                line = Line(connect(port, 0), 0.0)
                client = Client(line.send)
                line.start(client.feed)
                await client.hello()
                assert not (await client.request("reboot")).ok
                await client.unlock(lambda challenge: challenge[::-1])
                assert (await client.request("reboot")).ok
                line.close()
        assert device.done == ["reboot", "reboot"]
        assert not (tmp_path / "console.sock").exists()

    clock.run(whole(), realtime=True)


def test_a_port_that_is_not_there_is_reported_once_and_found_when_it_comes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def whole() -> None:
        cable, link = Cable(), tmp_path / "ttyUSB0"
        async with served(str(link), FakeDevice()):
            await asyncio.sleep(20.0)
            link.symlink_to(cable.name)
            await asyncio.sleep(60.0)
            seen = bytes(cable.read) or _arrived(cable)
        cable.close()
        assert b"appliance> " in seen

    with caplog.at_level(logging.WARNING):
        clock.run(whole(), realtime=False)
    told = [record for record in caplog.records if "CON-PORT" in record.getMessage()]
    assert len(told) == 1
    assert "no such file" in told[0].getMessage()


def _arrived(cable: Cable) -> bytes:
    """What was written arrives by the kernel's clock, which is no simulated one."""
    ready, _, _ = select.select([cable.near], [], [], 10.0)
    return os.read(cable.near, 4096) if ready else b""


def test_an_unplugged_cable_ends_the_session_and_the_next_one_is_served(tmp_path: Path) -> None:
    async def whole() -> None:
        first, second, link = Cable(), Cable(), tmp_path / "ttyUSB0"
        link.symlink_to(first.name)
        async with served(str(link), FakeDevice()):
            await first.shows(b"appliance> ")
            link.unlink()
            link.symlink_to(second.name)
            first.close()
            await second.shows(b"appliance> ")
            second.type(b"status\r")
            await second.shows(b"idle")
        second.close()

    clock.run(whole(), realtime=True)


def test_two_programs_cannot_have_one_port() -> None:
    async def act(cable: Cable, _device: FakeDevice) -> None:
        await cable.shows(b"appliance> ")
        with pytest.raises(ConsoleError, match="cannot open"):
            Terminal(cable.name, 115_200)

    on_cable(act)


def test_what_the_other_end_does_not_take_is_dropped_and_counted() -> None:
    async def whole() -> None:
        cable = Cable()
        asyncio.get_running_loop().remove_reader(cable.near)
        line = Line(Terminal(cable.name, 1_500_000))
        for _ in range(100):
            line.send(b"x" * 4096)
        assert line.unsent > 100 * 4096 - OUT_BYTES - 65_536
        assert len(line._out) <= OUT_BYTES
        assert line.figures() == {"baud": 1_500_000, "unsent_bytes": line.unsent}
        line.close()
        os.close(cable.near)
        os.close(cable._far)

    clock.run(whole(), realtime=True)
