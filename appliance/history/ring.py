"""The writing end of the segments: append, sync, rotate; one process at a time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from appliance.durable import sync_folder
from appliance.history.segments import SEGMENTS, create, scrub, segment, segments


@dataclass(frozen=True, slots=True)
class Disk:
    """How bytes get to the disk; a test may put a bad one in its place."""

    write: Callable[[int, bytes], int] = os.write
    sync: Callable[[int], None] = os.fdatasync


class Ring:
    """A bounded log on the disk. Methods may raise OSError; after it, `abandon` what was open.

    The bound is strict: `most_bytes` is room for SEGMENTS segments and one more.

    Attributes:
        written_bytes: handed to the kernel since this was made.
        syncs: waits for the disk since this was made.
    """

    def __init__(self, folder: Path, most_bytes: int, disk: Disk | None = None) -> None:
        self._folder, self._segment_bytes = folder, most_bytes // (SEGMENTS + 1)
        self._disk = disk or Disk()
        self._lock = self._file = -1
        self._retired: list[int] = []  # full, but not yet on the disk
        self._room, self._number = 0, 0
        self._settled = self._begun = -1  # numbers: see `is_settled`, `_begin_segment`
        self.written_bytes = 0
        self.syncs = 0

    def claim(self, *, words: bool) -> None:
        """Be the one who writes here, until `close`.

        Args:
            words: whether words that were kept may stay; else they are removed.

        Raises:
            BlockingIOError: another process writes here.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for _, path in segments(self._folder) if not words else ():
                scrub(path)
        except OSError:
            self.close()
            raise

    def open(self) -> None:
        """Go on behind what is there, be it torn or in doubt."""
        self._folder.mkdir(parents=True, exist_ok=True)
        there = segments(self._folder)
        self._settled = self._begun = -1  # the last run may have been cut off
        self._number = there[-1][0] if there else 0
        if there:
            self._go_on(there[-1][1])
        else:
            self._begin_segment()

    def fits(self, size: int) -> bool:
        """Whether so many bytes go into this segment."""
        return size <= self._room

    @property
    def is_settled(self) -> bool:
        """Whether the disk knows of this segment, and those that are too many are gone."""
        return self._settled == self._number

    def rotate(self) -> None:
        """Go on in a new segment; the next `sync` makes the old one whole on the disk."""
        if not self.is_settled:
            self.sync()
        self._retired.append(self._file)
        self._file = -1
        self._begin_segment()

    def append(self, lines: bytes) -> None:
        """Hand lines to the kernel: they survive the process now, after `sync` a power cut."""
        view = memoryview(lines)
        while view:
            wrote = self._disk.write(self._file, bytes(view))
            self.written_bytes += wrote
            self._room -= wrote
            view = view[wrote:]

    def sync(self) -> None:
        """Wait until everything is on the disk; only then the oldest segment may go."""
        self.to_sync()()

    def to_sync(self) -> Callable[[], None]:
        """What `sync` does, for another thread.

        Meanwhile lines may be appended, and if it `is_settled` a segment may be begun.
        """
        handles, number = [*self._retired, os.dup(self._file)], self._number
        self._retired = []

        def sync() -> None:
            try:
                for handle in handles:
                    self._disk.sync(handle)
                    self.syncs += 1
                if not os.fstat(handles[-1]).st_nlink:
                    raise OSError(errno.ESTALE, "somebody removed the file")
                if self._settled != number:
                    self._settle(number)
            finally:
                self._let_go(*handles)

        return sync

    def _settle(self, number: int) -> None:
        sync_folder(self._folder)
        there = [path for each, path in segments(self._folder) if each <= number]
        for path in there[:-SEGMENTS]:
            path.unlink()
        self._settled = number

    def abandon(self) -> None:
        """Give up what is open; a segment that was only just begun goes, since it is in doubt."""
        if self._begun > self._settled:
            with contextlib.suppress(OSError):
                segment(self._folder, self._begun).unlink()
        self._begun = -1
        self._let_go(self._file, *self._retired)
        self._file, self._retired = -1, []

    def close(self) -> None:
        """Let go of everything; safe to call twice."""
        self._let_go(self._file, *self._retired, self._lock)
        self._file = self._lock = -1
        self._retired = []

    @staticmethod
    def _let_go(*handles: int) -> None:
        for handle in handles:
            if handle >= 0:
                with contextlib.suppress(OSError):
                    os.close(handle)

    def _go_on(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_APPEND)
        size = os.fstat(self._file).st_size
        self._room = self._segment_bytes - size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            self.append(b"\n")  # its last line is torn

    def _begin_segment(self) -> None:
        self._number += 1
        self._file = create(segment(self._folder, self._number))
        self._begun, self._room = self._number, self._segment_bytes
