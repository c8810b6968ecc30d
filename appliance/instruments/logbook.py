"""The last warnings and errors, for the console; one line each, in memory only."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence

LINES = 100


class Logbook(logging.Handler):
    """A handler to hang on the root logger. Tracebacks are left out: they may hold words."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        first = record.getMessage().split("\n", 1)[0]
        self._lines.append(f"{record.levelname} {record.name}: {first}"[:200])

    def last(self, n: int) -> Sequence[str]:
        """The last `n`, the latest last."""
        return list(self._lines)[-n:]
