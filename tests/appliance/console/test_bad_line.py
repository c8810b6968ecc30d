"""A real tty with noise on it: the console's server at one end, the technician's client at ours."""

from __future__ import annotations

import asyncio
import os
import pty
import tty
from functools import partial
from pathlib import Path

from appliance import clock
from appliance.console.client import Client
from appliance.console.fakes import FakeDevice, fake_desk
from appliance.console.fetch import fetch, offered
from appliance.console.places import Terminal
from appliance.console.server import ConsoleServer
from tests.appliance.console.support import Noise
from tests.appliance.console.test_bundle import unlock

PARCEL = bytes(range(256))
COMMANDS = ("say {}", "volume {}", "xyz {}", "mute off")
"""Two that are carried out, one that is unknown, one that is locked."""


def test_nothing_is_wrongly_carried_out_and_the_bundle_arrives_whole(tmp_path: Path) -> None:
    device, noise = FakeDevice(answer_s=0.0, parcel=PARCEL), Noise(5, 0.01, 0.001)
    near, far = pty.openpty()
    for end in (near, far):
        tty.setraw(end)

    async def open_port() -> Terminal:
        return Terminal(os.ttyname(far), 1_500_000)

    async def act() -> None:
        loop = asyncio.get_running_loop()
        serving = asyncio.ensure_future(ConsoleServer(open_port, fake_desk(device)).run())
        client = Client(lambda data: os.write(near, noise(data)) and None)
        loop.add_reader(near, lambda: client.feed(noise(os.read(near, 4096))))
        try:
            await client.hello(30.0)
            answers = [
                (await client.request(COMMANDS[number % 4].format(number))).ok
                for number in range(4)
            ]
            assert answers == [True, True, False, False]
            await unlock(client)
            again = partial(unlock, client)
            await fetch(client, await offered(client), tmp_path / "b", lambda *_: None, again)
        finally:
            loop.remove_reader(near)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
        assert client.retries > 0

    try:
        clock.run(act(), realtime=True)
    finally:
        os.close(near)
        os.close(far)
    assert device.done == ["say 0", "volume 1"]
    assert (tmp_path / "b").read_bytes() == PARCEL
