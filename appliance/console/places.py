"""Where a console can be: a terminal device (by pyserial), or a socket of this machine.

A port is named like `/dev/ttyS0`, or `unix:/run/appliance/console.sock`. Both are opened so that
nobody waits for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import serial
from serial.tools import list_ports

from appliance.console.errors import ConsoleError
from appliance.console.line import Port

SOCKET = "unix:"


class Terminal:
    """A terminal device, raw and ours alone."""

    def __init__(self, path: str, baud: int) -> None:
        """Open it.

        Raises:
            ConsoleError: (`CON-PORT`) it cannot be opened, or not at this speed.
        """
        try:
            self._serial = serial.Serial(path, baud, timeout=0, write_timeout=0, exclusive=True)
        except (OSError, ValueError) as error:  # SerialException is an OSError
            raise _unusable(path, error) from error

    @property
    def baud(self) -> int:
        """As the port."""
        return int(self._serial.baudrate)

    def fileno(self) -> int:
        """As the port."""
        return int(self._serial.fileno())

    def close(self) -> None:
        """As the port."""
        with contextlib.suppress(OSError):  # it was unplugged
            self._serial.close()


class Connection:
    """One connection of a socket."""

    baud = 0

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        connected.settimeout(0)

    def fileno(self) -> int:
        """As the port."""
        return self._socket.fileno()

    def close(self) -> None:
        """As the port."""
        self._socket.close()


class Listener:
    """A socket of this machine, for its owner alone; one connection at a time."""

    def __init__(self, path: Path) -> None:
        """Listen there; what is left of a former process is removed.

        Raises:
            ConsoleError: (`CON-PORT`) that cannot be done.
        """
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(0)
        try:
            if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
                path.unlink()
            before = os.umask(0o177)
            try:
                self._socket.bind(str(path))
            finally:
                os.umask(before)
            self._socket.listen(1)
        except OSError as error:
            self._socket.close()
            raise _unusable(str(path), error) from error

    async def accept(self) -> Port:
        """The next connection."""
        connected, _ = await asyncio.get_running_loop().sock_accept(self._socket)
        return Connection(connected)

    def close(self) -> None:
        """Nobody can connect any more."""
        self._socket.close()
        with contextlib.suppress(OSError):
            self._path.unlink()


def opener(port: str, baud: int, house: contextlib.ExitStack) -> Callable[[], Awaitable[Port]]:
    """What opens the device's end, again and again; `house` closes what stays open meanwhile."""
    listening: list[Listener] = []

    async def open_port() -> Port:
        if not port.startswith(SOCKET):
            return Terminal(port, baud)
        if not listening:
            listening.append(Listener(Path(port.removeprefix(SOCKET))))
            house.callback(listening[0].close)
        return await listening[0].accept()

    return open_port


def connect(port: str, baud: int) -> Port:
    """The technician's end.

    Raises:
        ConsoleError: (`CON-PORT`) it cannot be opened.
    """
    if not port.startswith(SOCKET):
        return Terminal(port, baud)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(port.removeprefix(SOCKET))
    except OSError as error:
        connection.close()
        raise _unusable(port, error) from error
    return Connection(connection)


def candidates() -> list[str]:
    """Serial ports of this machine that a cable may be on, USB first."""
    found = [item for item in list_ports.comports() if item.hwid != "n/a"]
    return [item.device for item in sorted(found, key=lambda item: (item.vid is None, item.device))]


def _unusable(port: str, error: OSError | ValueError) -> ConsoleError:
    return ConsoleError(
        "CON-PORT",
        f"cannot open the port {port}",
        (getattr(error, "strerror", None) or str(error)).lower(),
        "is it plugged in, and may you use it (group dialout)? is another program using it?",
    )
