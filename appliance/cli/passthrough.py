"""A terminal on a line: keys go there, what comes back is shown; it reconnects."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import termios
import tty
from collections.abc import Awaitable, Callable, Iterator

from appliance.console.client import Client
from appliance.console.errors import ConsoleError
from appliance.console.line import Line, Port

ESCAPE, ESCAPE_NAME = b"\x1d", "Ctrl-]"
RETRY_S = 1.0


class PassThrough:
    """One terminal; `run` is called once."""

    def __init__(
        self, connect: Callable[[], Port], prepare: Callable[[Client], Awaitable[None]]
    ) -> None:
        """Take the parts.

        Args:
            connect: opens the line.
            prepare: what a program does first on every new line, such as unlocking.
        """
        self._connect, self._prepare = connect, prepare
        self._leaving = asyncio.Event()
        self._line: Line | None = None

    async def run(self) -> int:
        """Be a terminal until ESCAPE is typed or the input ends.

        Raises:
            ConsoleError: the line cannot be opened at the beginning, or not be unlocked.
        """
        first = Line(self._connect(), 0.0)
        with _raw_keyboard(), self._listening():
            await self._serve(first)
            while not self._leaving.is_set():
                _show(b"\r\n[the line is gone; waiting for it]\r\n")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._leaving.wait(), RETRY_S)
                    return 0
                with contextlib.suppress(ConsoleError):  # it is not back yet
                    await self._serve(Line(self._connect(), 0.0))
        return 0

    async def _serve(self, line: Line) -> None:
        """Until the line or the user is gone."""
        client = Client(line.send)
        line.start(client.feed)
        try:
            await self._prepare(client)
            line.start(_show)
            self._line = line
            line.send(b"\r")  # ask for a prompt
            gone = asyncio.ensure_future(line.ended.wait())
            left = asyncio.ensure_future(self._leaving.wait())
            await asyncio.wait({gone, left}, return_when=asyncio.FIRST_COMPLETED)
            for waiting in (gone, left):
                waiting.cancel()
        finally:
            self._line = None
            line.close()

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        loop, keyboard = asyncio.get_running_loop(), sys.stdin.fileno()
        loop.add_reader(keyboard, self._typed)
        try:
            yield
        finally:
            loop.remove_reader(keyboard)

    def _typed(self) -> None:
        keys = os.read(sys.stdin.fileno(), 1024)
        before, escape, _ = keys.partition(ESCAPE)
        if self._line is not None and before:
            self._line.send(before)
        if escape or not keys:
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self._leaving.set()


def _show(data: bytes) -> None:
    os.write(sys.stdout.fileno(), data)


@contextlib.contextmanager
def _raw_keyboard() -> Iterator[None]:
    """Every key goes to the device, Ctrl-C too."""
    keyboard = sys.stdin.fileno()
    if not os.isatty(keyboard):
        yield
        return
    before = termios.tcgetattr(keyboard)
    tty.setraw(keyboard)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
