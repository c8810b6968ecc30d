"""Waits for the disk: at once where nobody minds, or in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread
from typing import Protocol


class Syncer(Protocol):
    """Carries out one wait at a time."""

    @property
    def is_busy(self) -> bool:
        """Whether what was begun is still under way."""

    def begin(self, sync: Callable[[], None]) -> None:
        """Begin a wait; `finish` must be called before the next."""

    def finish(self) -> None:
        """Wait until it is over; OSError as it raised."""


class InlineSyncer:
    """Whoever begins a wait, waits."""

    is_busy = False

    def __init__(self) -> None:
        self._error: OSError | None = None

    def begin(self, sync: Callable[[], None]) -> None:
        """As the port."""
        try:
            sync()
        except OSError as error:
            self._error = error

    def finish(self) -> None:
        """As the port."""
        error, self._error = self._error, None
        if error is not None:
            raise error


class SyncThread:
    """The thread `history-sync`: who writes goes on writing while the disk is waited for."""

    def __init__(self, done: Callable[[], None]) -> None:
        """`done`: called on the thread each time that a wait is over."""
        self._done = done
        self._sync: Callable[[], None] | None = None
        self._error: OSError | None = None
        self._is_stopping = False
        self._changed = Condition()
        self._thread = self._new_thread()

    def start(self) -> None:
        """Start the thread; again after `stop`."""
        with self._changed:
            self._is_stopping = False
        if not self._thread.is_alive():
            self._thread = self._new_thread()
            self._thread.start()

    def _new_thread(self) -> Thread:
        return Thread(target=self._run, name="history-sync", daemon=True)

    def stop(self) -> None:
        """Nothing will be begun any more."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()

    def join(self, timeout_s: float) -> None:
        """Wait for its end; a disk that hangs is left behind."""
        self._thread.join(timeout_s)

    @property
    def is_busy(self) -> bool:
        """As the port."""
        return self._sync is not None

    def begin(self, sync: Callable[[], None]) -> None:
        """As the port."""
        with self._changed:
            self._sync = sync
            self._changed.notify_all()

    def finish(self) -> None:
        """As the port."""
        with self._changed:
            self._changed.wait_for(lambda: not self.is_busy)
            error, self._error = self._error, None
        if error is not None:
            raise error

    def _run(self) -> None:
        while (sync := self._next()) is not None:
            error = None
            try:
                sync()
            except OSError as caught:
                error = caught
            with self._changed:
                self._sync, self._error = None, error
                self._changed.notify_all()
            self._done()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            self._changed.wait_for(lambda: self.is_busy or self._is_stopping)
            return self._sync
