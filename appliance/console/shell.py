"""The dialect of people: a prompt, a line editor, one command at a time.

While a command runs, Ctrl-C ends it; what is typed meanwhile comes after it, as far as it fits. A
live command repeats its line until a key is pressed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from appliance.console.desk import Call, carry_out
from appliance.console.editor import Editor, Step
from appliance.console.grammar import completions
from appliance.console.keys import Key, Keys
from appliance.console.text import plain
from appliance.errors import ApplianceError

GREETING = "\r\nvoice appliance: service console. `help` lists the commands; Tab completes.\r\n"
LOCKED, UNLOCKED = "appliance> ", "appliance# "
TYPED_AHEAD = 1024
BREATH_S = 0.01
"""Between two commands, so that a flood of them leaves the loop to the voice."""
LIVE_EVERY_S = 0.2
LIVE_MOST_S = 3600.0
_TERMINAL_COLUMNS = 79


class Shell:
    """Serves the person at the other end of one line; for the loop's thread."""

    def __init__(self, call: Call, send: Callable[[bytes], None]) -> None:
        """Show everything by `send`, which may drop what does not fit."""
        self._call, self._send = call, send
        self._keys = Keys()
        self._editor = Editor(lambda before: completions(before, call.table), LOCKED)
        self._ahead: deque[Key | str] = deque(maxlen=TYPED_AHEAD)
        self._running: asyncio.Task[None] | None = None
        self._is_live = False

    @property
    def dropped(self) -> int:
        """Characters that no longer fitted into a line."""
        return self._editor.dropped

    def greet(self) -> None:
        """Show that somebody is here."""
        self._show(GREETING + self._prompted())

    def type(self, data: bytes) -> None:
        """Bytes came from the terminal."""
        for key in self._keys.feed(data):
            if self._running is None:
                self._press(key)
            elif key is Key.CANCEL or self._is_live:
                self._running.cancel()
                self._ahead.clear()
            else:
                self._ahead.append(key if isinstance(key, Key) else key[:TYPED_AHEAD])

    async def close(self) -> None:
        """The line is gone: give up what is under way, and what was typed ahead."""
        self._ahead.clear()
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    def _press(self, key: Key | str) -> None:
        leaves = key is Key.CLOSE and self._editor.is_empty
        echo, line = Step("lock\r\n", "lock") if leaves else self._editor.key(key)
        self._show(echo)
        if line:
            self._running = asyncio.get_running_loop().create_task(self._run(line))
            self._running.add_done_callback(self._on_done)
        elif line is not None:
            self._show(self._prompted())

    async def _run(self, line: str) -> None:
        command = self._call.table.get(line.split(maxsplit=1)[0])
        self._is_live = command is not None and command.live
        try:
            if self._is_live:
                await self._repeat(line)
            else:
                self._say((await carry_out(self._call, line)).text)
                await asyncio.sleep(BREATH_S)
        except ApplianceError as error:
            self._say(f"error: {error.what}; {error.cause}; {error.remedy} [{error.code}]")
            await asyncio.sleep(BREATH_S)

    async def _repeat(self, line: str) -> None:
        for _ in range(round(LIVE_MOST_S / LIVE_EVERY_S)):
            shown = plain((await carry_out(self._call, line)).text)[:_TERMINAL_COLUMNS]
            self._show(f"\r{shown}\x1b[K")
            await asyncio.sleep(LIVE_EVERY_S)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._running, was_live, self._is_live = None, self._is_live, False
        if task.cancelled():
            self._show("\r\n" if was_live else "^C\r\n")
        self._show(self._prompted())
        while self._ahead and self._running is None:
            self._press(self._ahead.popleft())

    def _prompted(self) -> str:
        self._editor.prompt = UNLOCKED if self._call.access.is_unlocked else LOCKED
        return self._editor.redrawn()

    def _say(self, text: str) -> None:
        self._show("".join(f"{line}\r\n" for line in plain(text).split("\n")))

    def _show(self, text: str) -> None:
        self._send(text.encode())
