"""The service manager's notification protocol (sd_notify(3)): datagrams to a local socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


class Manager:
    """Who started us, if it wants to hear of us; else nothing is sent.

    Attributes:
        watchdog_s: it kills us unless it is fed so often; None: never.
        is_deaf: whether the last message did not reach it.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """Read `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`; a mistake in them is ignored.

        Args:
            environment: os.environ where None.
        """
        known = os.environ if environment is None else environment
        self._address = _address(known.get("NOTIFY_SOCKET", ""))
        self.watchdog_s = _watchdog_s(known) if self.is_there else None
        self._status = ""
        self.is_deaf = False

    @property
    def is_there(self) -> bool:
        """Whether anybody restarts us when we end."""
        return bool(self._address)

    def ready(self) -> None:
        """Audio is open and the ears run."""
        self._send("READY=1")

    def feed(self) -> None:
        """Everything that must live, lives."""
        self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`; sent when it changes."""
        if text != self._status:
            self._status = text
            self._send("STATUS=" + " ".join(text.split()))

    def stopping(self) -> None:
        """It ends because it was told to."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        """Never waits; a manager that does not listen is no reason to fail."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as door:
                door.setblocking(False)  # noqa: FBT003  # the socket module's own signature
                door.sendto(message.encode(), self._address)
        except OSError:
            self.is_deaf = True
        else:
            self.is_deaf = False


def _address(path: str) -> str:
    """A path, or with `@` a name of Linux's abstract namespace; anything else is not for us."""
    if path.startswith("@"):
        return "\0" + path[1:]
    return path if path.startswith("/") else ""


def _watchdog_s(known: Mapping[str, str]) -> float | None:
    if known.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None  # it is meant for another process
    digits = known.get("WATCHDOG_USEC", "")
    return int(digits) / 1e6 if digits.isascii() and digits.isdigit() and int(digits) else None
