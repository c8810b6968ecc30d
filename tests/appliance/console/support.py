"""A console without a line: a session and a fake device on the simulated clock."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from appliance import clock
from appliance.console.client import Client
from appliance.console.fakes import FakeDevice, fake_desk
from appliance.console.session import Session

T = TypeVar("T")
KERNEL = b"[   12.345678] usb 1-1: new high-speed USB device number 2 using xhci-hcd\r\n"


class Person:
    """Somebody at a terminal; `screen` is all that was shown."""

    def __init__(self, device: FakeDevice | None = None, *, key: bool = True) -> None:
        self.device = device or FakeDevice()
        self.shown = bytearray()
        self.session = Session(fake_desk(self.device, key=key), self.shown.extend)

    async def type(self, text: str) -> str:
        """Type, wait until it is done, and return what was shown meanwhile."""
        del self.shown[:]
        self.session.feed(text.encode())
        await settled(self.session)
        return self.shown.decode()

    async def unlock(self) -> None:
        shown = await self.type("unlock\r")
        challenge = shown.split("challenge ")[1].split()[0]
        assert "unlocked" in await self.type(f"unlock {challenge[::-1]}\r")


async def settled(session: Session) -> None:
    """Until no command is under way."""
    while tasks := {session._shell._running, *session._programs._running.values()} - {None}:
        await asyncio.wait(tasks)
        await asyncio.sleep(0)


class Noise:
    """Changes a share of the bytes, loses some of those, and sometimes lets the kernel speak."""

    def __init__(self, seed: int, share: float, kernel_share: float = 0.0) -> None:
        self.random = random.Random(seed)
        self.share, self.kernel_share = share, kernel_share

    def __call__(self, data: bytes) -> bytes:
        out = bytearray()
        for byte in data:
            if self.random.random() < self.kernel_share:
                out += KERNEL
            if self.random.random() >= self.share:
                out.append(byte)
            elif self.random.random() < 0.8:
                out.append(self.random.randrange(256))
        return bytes(out)


def wire(
    session_of: Callable[[Callable[[bytes], None]], Session],
    noise: Callable[[bytes], bytes] = bytes,
    patience_s: float = 90.0,
) -> tuple[Client, Session]:
    """A program and a session, at the two ends of a line of 115200 baud."""
    loop = asyncio.get_running_loop()
    free_s = {"up": 0.0, "down": 0.0}

    def carry(way: str, data: bytes, deliver: Callable[[bytes], None]) -> None:
        free_s[way] = max(free_s[way], loop.time()) + len(data) / 11_520
        loop.call_at(free_s[way], deliver, noise(data))

    client = Client(lambda data: carry("up", data, session.feed), patience_s)
    session = session_of(lambda data: carry("down", data, client.feed))
    return client, session


def play(act: Callable[[], Awaitable[T]]) -> T:
    """On the simulated clock."""

    async def whole() -> T:
        return await act()

    return clock.run(whole(), realtime=False)
