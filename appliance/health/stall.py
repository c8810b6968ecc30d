"""A loop that stands still can't say so: C code of the interpreter writes down where, and ends it.

`faulthandler` needs neither the loop nor the interpreter's lock, so that a library which holds both
is told on, too. The service manager starts the service again.
"""

from __future__ import annotations

import contextlib
import faulthandler
from pathlib import Path
from typing import IO


class StallGuard:
    """Armed by every tick of the loop; goes off where none comes in time."""

    def __init__(self, path: Path, limit_s: float) -> None:
        """Nothing is armed yet.

        Args:
            path: gets the stack of every thread: places in the code, no words, no sound.
            limit_s: how long the loop may stand still.
        """
        self._path, self._limit_s = path, limit_s
        self._file = None if not limit_s else _opened(path)

    def tick(self) -> None:
        """The loop turns."""
        if self._file is not None:
            faulthandler.dump_traceback_later(self._limit_s, exit=True, file=self._file)

    def allow(self, seconds: float) -> None:
        """What comes next may hold the loop up for so long, until the next tick."""
        if self._file is not None and seconds > self._limit_s:
            faulthandler.dump_traceback_later(seconds, exit=True, file=self._file)

    def stop(self) -> None:
        """Disarm it; may be called again."""
        file, self._file = self._file, None
        if file is not None:
            faulthandler.cancel_dump_traceback_later()
            file.close()
            with contextlib.suppress(OSError):
                self._path.unlink()


def last_stall(path: Path) -> str | None:
    """Where the loop stood when the run before this one was ended; None: it was not.

    Call it before the guard is made, which begins the file anew.
    """
    with contextlib.suppress(OSError):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        main = [i for i, line in enumerate(lines) if "most recent call first" in line]
        if lines and main:
            return lines[min(main[-1] + 1, len(lines) - 1)].strip()
    return None


def _opened(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("w", encoding="utf-8")
