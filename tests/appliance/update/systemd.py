"""Stands for systemd on a bus: `python -m tests.appliance.update.systemd ADDRESS FILE`.

Whoever asks for the service's status text gets what the file holds.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from jeepney import HeaderFields, MessageType, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.asyncio import DBusRouter, Proxy, open_dbus_connection


async def serve(address: str, file: Path) -> None:
    connection = await open_dbus_connection(address)
    async with DBusRouter(connection) as router:
        await Proxy(message_bus, router).RequestName("org.freedesktop.systemd1")
    print("ready", flush=True)
    while True:
        message = await connection.receive()
        if message.header.message_type is MessageType.method_call:
            assert message.header.fields[HeaderFields.member] == "Get"
            assert message.body == ("org.freedesktop.systemd1.Service", "StatusText")
            await connection.send(new_method_return(message, "v", (("s", file.read_text()),)))  # noqa: ASYNC240


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
