"""The technician with a cable: the machine's second UART, asked by the project's client."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from appliance.console.client import Client, data_or_raise
from appliance.console.signing import sign
from tests.rig.machine import PATIENCE_S, Machine


def ask(machine: Machine, command: str, key: Path | None = None) -> Mapping[str, Any]:
    """What the console says to one command; with a key, unlocked before it."""
    return asyncio.run(_ask(machine.folder / "console", command, key))


async def _ask(path: Path, command: str, key: Path | None) -> Mapping[str, Any]:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))
        line.setblocking(False)
        client = Client(lambda data: _send(line, data), patience_s=PATIENCE_S)
        listening = asyncio.create_task(_listen(line, client))
        try:
            await client.hello(PATIENCE_S)
            if key is not None:
                await client.unlock(lambda challenge: sign(key, challenge, lambda _ask: ""))
            return data_or_raise(await client.request(command))
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening


def _send(line: socket.socket, data: bytes) -> None:
    with contextlib.suppress(BlockingIOError):  # a UART loses what does not fit, too
        line.send(data)


async def _listen(line: socket.socket, client: Client) -> None:
    loop = asyncio.get_running_loop()
    while data := await loop.sock_recv(line, 4096):
        client.feed(data)
    client.hang_up()
