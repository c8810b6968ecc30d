"""A servant in a real engine's process that falls ill when it is told to.

Signals tell it: SIGUSR1, it leaks; SIGUSR2, it sends what is no message. It never finishes its
start while a file `hang-NAME` is in the folder.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LEAK_BYTES, LEAK_EVERY_S = 64 << 20, 0.1


class Ill:
    """Wraps the servant that the worker asked for."""

    def __init__(self, servant: str, settings: dict[str, Any], hang: str) -> None:
        module, _, name = servant.partition(":")
        self._inner = getattr(importlib.import_module(module), name)(**settings)
        self._hang = Path(hang)
        self._leaked: list[bytearray] = []
        self._wire = _wire_of_the_host()

    def load(self) -> Any:
        if self._hang.exists():
            threading.Event().wait()
        signal.signal(signal.SIGUSR1, lambda *_: threading.Thread(target=self._leak).start())
        signal.signal(signal.SIGUSR2, lambda *_: os.write(self._wire, os.urandom(4096)))
        return self._inner.load()

    def do(self, op: str, args: Any, payload: bytes) -> Iterator[Any]:
        yield from self._inner.do(op, args, payload)

    def _leak(self) -> None:
        while not threading.Event().wait(LEAK_EVERY_S):
            self._leaked.append(bytearray(b"x") * LEAK_BYTES)


def _wire_of_the_host() -> int:
    """The descriptor on which the process answers; only its `main` knows it."""
    frame = sys._getframe()
    while frame.f_code.co_name != "main":
        assert frame.f_back is not None
        frame = frame.f_back
    return int(frame.f_locals["wire_out"].fileno())
