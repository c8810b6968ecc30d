"""One session: both dialects on one line, from its opening until it drops."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from appliance.console.commands import COMMANDS
from appliance.console.desk import Call, Desk
from appliance.console.frames import Frame, Splitter
from appliance.console.guard import Access
from appliance.console.programs import Programs
from appliance.console.shell import Shell


class Session:
    """Takes whatever the line brings; for the loop's thread."""

    def __init__(
        self,
        desk: Desk,
        send: Callable[[bytes], None],
        line: Callable[[], dict[str, int]] = dict,
    ) -> None:
        """Begin, locked.

        Args:
            desk: what commands work with.
            send: what the line is to carry; it may drop what does not fit.
            line: figures of the line; the session adds its own.
        """
        self._desk, self._access = desk, Access(desk.guard)
        self._splitter, self._line = Splitter(), line
        call = Call(desk, self._access, COMMANDS, self.line_figures, secrets.token_hex(4))
        self._shell, self._programs = Shell(call, send), Programs(call, send)

    def greet(self) -> None:
        """Show a prompt."""
        self._shell.greet()

    def feed(self, data: bytes) -> None:
        """Bytes came; any bytes make sense."""
        for item in self._splitter.feed(data):
            if isinstance(item, Frame):
                self._programs.take(item)
            else:
                self._shell.type(item)

    def line_figures(self) -> dict[str, int]:
        """The line, and what did not arrive."""
        return {
            **self._line(),
            "damaged_frames": self._splitter.spoilt,
            "dropped_characters": self._shell.dropped,
        }

    async def close(self) -> None:
        """The line dropped: lock, forget, give up what is under way."""
        self._access.lock()
        self._desk.voice.forget()
        await asyncio.gather(self._shell.close(), self._programs.close())
