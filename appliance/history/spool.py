"""Lines on their way to the disk: handed over at once, synced soon, held while the disk fails."""

from __future__ import annotations

import contextlib
import errno
from collections import deque
from typing import Final

from appliance.history.ring import Ring
from appliance.history.syncer import InlineSyncer, Syncer

SYNC_MS: Final = 1000
"""In the long run the disk is waited for at most this often ..."""
BURST: Final = 20
"""... but so many times at once: what happens before a power cut often comes in a row."""
RETRY_MS: Final = 60_000
"""So long after a failure the disk is tried again."""
HELD: Final = 256
"""Lines that wait for a disk that fails; then the oldest are lost, and counted."""


class Spool:
    """Owns the ring once it was claimed.

    Attributes:
        failure: why nothing can be written at present; None: it can.
        lost: lines that a failing disk cost so far.
        segments: how many were begun since this was made.
    """

    def __init__(self, ring: Ring, syncer: Syncer | None = None) -> None:
        self._ring, self._syncer = ring, syncer or InlineSyncer()
        self._waiting: deque[bytes] = deque()
        self._unsynced: list[bytes] = []
        self._syncing = 0  # of those unsynced, how many the disk is waited for at present
        self._is_open = self._is_new = False  # new: a segment that the disk may not know of
        self._sync_from_ms = self._retry_ms = -BURST * SYNC_MS
        self._error: OSError | None = None  # that `step` has still to deal with
        self.failure: OSError | None = None
        self.lost = 0
        self.segments = 0

    def put(self, line: bytes) -> None:
        """A line to be written by the next `step`."""
        self._waiting.append(line)
        if not self._is_open:
            self._forget_oldest()

    @property
    def is_busy(self) -> bool:
        """Whether the next `step` writes something."""
        return bool(self._waiting) and self.failure is None

    def step(self, now_ms: int) -> None:
        """Do what is due. What fails is tried again later, with nothing lost but what HELD says."""
        if not self._is_open and now_ms < self._retry_ms:
            return
        try:
            self._raise_error()
            if not self._syncer.is_busy:
                self._finish_sync()
            self._open()
            self._write()
            is_due = self._is_new or now_ms >= self._sync_from_ms
            if self._unsynced and not self._syncing and is_due:
                self._begin_sync(now_ms)
        except OSError as error:
            self._failed(error, now_ms)

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    def due_ms(self) -> int | None:
        """When there is something to do again; None: not before something is put."""
        if not self._is_open:
            return self._retry_ms
        return self._sync_from_ms if self._unsynced and not self._syncing else None

    def flush(self, now_ms: int) -> None:
        """Everything to the disk, now; for the end of a run."""
        self._settle(now_ms)
        self._sync_from_ms = self._retry_ms = now_ms
        self.step(now_ms)
        self._settle(now_ms)

    def _settle(self, now_ms: int) -> None:
        """Until no wait for the disk is under way."""
        try:
            self._finish_sync()
        except OSError as error:
            self._failed(error, now_ms)

    def try_again(self, now_ms: int) -> None:
        """Let the next `step` write, whatever failed before."""
        self._retry_ms = min(self._retry_ms, now_ms)

    def _open(self) -> None:
        if not self._is_open:
            self._ring.open()
            self._is_open, self.failure = True, None

    def _write(self) -> None:
        """One write for all that goes into a segment."""
        while self._waiting:
            if len(self._unsynced) >= HELD:
                self._finish_sync()  # a disk that hangs must not fill the memory
            if not self._ring.fits(len(self._waiting[0])):
                if not self._ring.is_settled:
                    self._finish_sync()
                self._ring.rotate()
                self._is_new = True
                self.segments += 1
            self._append()

    def hand_over(self) -> None:
        """Write what waits, as far as nothing has to be waited for; `step` does the rest."""
        if not self._is_open or len(self._unsynced) >= HELD or self._error is not None:
            return
        try:
            self._append()
        except OSError as error:
            self._error = error

    def _append(self) -> None:
        if lines := self._that_fit():
            self._ring.append(b"".join(lines))
            self._unsynced += lines
            for _ in lines:
                self._waiting.popleft()

    def _that_fit(self) -> list[bytes]:
        """The first of those that wait, as many as go into this segment."""
        lines, size = [], 0
        for line in self._waiting:
            size += len(line)
            if not self._ring.fits(size):
                break
            lines.append(line)
        return lines

    def _begin_sync(self, now_ms: int) -> None:
        self._syncing, self._is_new = len(self._unsynced), False
        self._syncer.begin(self._ring.to_sync())
        burst_ms = (BURST - 1) * SYNC_MS
        self._sync_from_ms = max(self._sync_from_ms + burst_ms, now_ms) + SYNC_MS - burst_ms
        if not self._syncer.is_busy:
            self._finish_sync()

    def _finish_sync(self) -> None:
        """Wait for the disk, if it was asked; OSError as it said."""
        if self._syncing:
            count, self._syncing = self._syncing, 0
            self._syncer.finish()
            del self._unsynced[:count]

    def _failed(self, error: OSError, now_ms: int) -> None:
        """What the disk may not have is held, and written again, behind what is in doubt.

        After a sync that failed the kernel may believe that it wrote what it did not: the next sync
        would succeed, and mean nothing. Readers drop what comes twice.
        """
        with contextlib.suppress(OSError):  # it failed already
            self._finish_sync()
        self._ring.abandon()
        self._waiting.extendleft(reversed(self._unsynced))
        self._unsynced.clear()
        rest_ms = 0 if error.errno == errno.ESTALE else RETRY_MS  # a file that is gone is made anew
        self._is_open, self._is_new = False, False
        self.failure, self._retry_ms = error, now_ms + rest_ms
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        while len(self._waiting) > HELD:
            self._waiting.popleft()
            self.lost += 1
