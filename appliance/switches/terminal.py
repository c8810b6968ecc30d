"""A mute switch for the desk: the key `m`, typed on the terminal."""

from __future__ import annotations

import atexit
import errno
import os
import termios
import tty
from collections.abc import Callable
from typing import Any

from appliance.errors import ApplianceError
from appliance.switches.ports import Lost, lost_switch, report_lost
from appliance.switches.watched import Watched

_STDIN = 0
_KEYS = b"mM"
_AT_ONCE = 64  # bytes


class TerminalSwitch:
    """Takes keys as they are typed; implements `MuteSwitch`. Ctrl-C works as ever.

    The terminal's mode is restored by `stop`, by an exit that forgot to stop, and when the
    terminal goes away; a process killed by SIGKILL leaves it to `stty sane`.
    """

    def __init__(self, file: int = _STDIN, lost: Lost = report_lost) -> None:
        """Remember the terminal (standard input); it is left alone before `start`."""
        self._file, self._lost = file, lost
        self._watched = Watched()
        self._mode: list[Any] | None = None

    @property
    def muted(self) -> bool:
        """As the port; it begins with False."""
        return self._watched.muted

    def start(self, on_change: Callable[[bool], None]) -> None:
        """As the port; `SWITCH-NO-TERMINAL`."""
        if self._watched.watching:
            raise RuntimeError("the switch is being watched already")
        if not os.isatty(self._file):
            raise ApplianceError(
                "SWITCH-NO-TERMINAL",
                "the key `m` cannot be used as the mute switch",
                "standard input is not a terminal",
                "run it on a terminal, or choose another mute switch",
            )
        self._mode = termios.tcgetattr(self._file)
        atexit.register(self._restore)
        tty.setcbreak(self._file, termios.TCSADRAIN)
        self._watched.begin(self._file, self._ready, on_change, muted=False)

    def stop(self) -> None:
        """As the port."""
        self._watched.end()
        self._restore()

    def follow(self, *, muted: bool) -> None:
        """As the port."""
        self._watched.muted = muted

    def _restore(self) -> None:
        mode, self._mode = self._mode, None
        if mode is not None:
            atexit.unregister(self._restore)
            try:
                termios.tcsetattr(self._file, termios.TCSADRAIN, mode)
            except termios.error:  # the terminal has gone, and its mode with it
                return

    def _ready(self) -> None:
        try:
            typed = os.read(self._file, _AT_ONCE)
            if not typed:
                raise OSError(errno.EIO, os.strerror(errno.EIO))  # noqa: TRY301
        except OSError as error:
            self.stop()
            self._lost(lost_switch("`m`", error.strerror or str(error)))
            return
        for _press in filter(_KEYS.__contains__, typed):
            self._watched.change(muted=not self.muted)
