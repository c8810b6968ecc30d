"""Lines on their way to the disk: handed over at once, synced soon, held while the disk fails."""

from __future__ import annotations

import errno
from collections import deque
from typing import Final

from appliance.history.ring import Ring

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

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._waiting: deque[bytes] = deque()
        self._unsynced: list[bytes] = []
        self._is_open = False
        self._sync_from_ms = self._retry_ms = -BURST * SYNC_MS
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
            self._open()
            self._write()
            if self._unsynced and now_ms >= self._sync_from_ms:
                self._sync(now_ms)
        except OSError as error:
            self._failed(error, now_ms)

    def due_ms(self) -> int | None:
        """When there is something to do again; None: not before something is put."""
        if not self._is_open:
            return self._retry_ms
        return self._sync_from_ms if self._unsynced else None

    def flush(self, now_ms: int) -> None:
        """Everything to the disk, now; for the end of a run."""
        self._sync_from_ms = self._retry_ms = now_ms
        self.step(now_ms)

    def _open(self) -> None:
        if not self._is_open:
            self._ring.open()
            self._is_open, self.failure = True, None

    def _write(self) -> None:
        """One write for all that goes into a segment."""
        while self._waiting:
            if not self._ring.fits(len(self._waiting[0])):
                self._ring.rotate()
                self._unsynced.clear()
                self.segments += 1
            lines = self._that_fit()
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

    def _sync(self, now_ms: int) -> None:
        self._ring.sync()
        self._unsynced.clear()
        burst_ms = (BURST - 1) * SYNC_MS
        self._sync_from_ms = max(self._sync_from_ms + burst_ms, now_ms) + SYNC_MS - burst_ms

    def _failed(self, error: OSError, now_ms: int) -> None:
        """What the disk may not have is held, and written again, behind what is in doubt.

        After a sync that failed the kernel may believe that it wrote what it did not: the next sync
        would succeed, and mean nothing. Readers drop what comes twice.
        """
        self._ring.abandon()
        self._waiting.extendleft(reversed(self._unsynced))
        self._unsynced.clear()
        rest_ms = 0 if error.errno == errno.ESTALE else RETRY_MS  # a file that is gone is made anew
        self._is_open, self.failure, self._retry_ms = False, error, now_ms + rest_ms
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        while len(self._waiting) > HELD:
            self._waiting.popleft()
            self.lost += 1
