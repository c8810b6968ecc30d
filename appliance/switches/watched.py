"""What switches have in common: a file that becomes readable, and a position to report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Watched:
    """Calls `ready` on the loop whenever a file can be read, and reports changes once each."""

    def __init__(self) -> None:
        """Watch nothing yet."""
        self.muted = False
        self._on_change: Callable[[bool], None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._file = -1

    @property
    def watching(self) -> bool:
        """Whether changes would be reported."""
        return self._on_change is not None

    def begin(
        self,
        file: int,
        ready: Callable[[], None],
        on_change: Callable[[bool], None],
        *,
        muted: bool,
    ) -> None:
        """Report the position, and whatever becomes of it; needs a running loop."""
        self._loop, self._file = asyncio.get_running_loop(), file
        self._loop.add_reader(file, ready)
        self._on_change, self.muted = on_change, muted
        on_change(muted)

    def change(self, *, muted: bool) -> None:
        """This is the position now."""
        if self._on_change is not None and muted != self.muted:
            self.muted = muted
            self._on_change(muted)

    def end(self) -> None:
        """Watch no longer; must come before the file is closed. May be called again."""
        self._on_change = None
        if self._loop is not None:
            self._loop.remove_reader(self._file)
            self._loop = None
