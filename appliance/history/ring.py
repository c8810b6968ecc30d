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
        self._room, self._number = 0, 0
        self._is_fresh = False  # whether the disk may not know of the segment yet
        self._is_tidy = False  # whether there are not more segments than are kept
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
        there, self._is_tidy = segments(self._folder), False  # the last run may have been cut off
        self._number = there[-1][0] if there else 0
        if there:
            self._go_on(there[-1][1])
        else:
            self._begin_segment()

    def fits(self, size: int) -> bool:
        """Whether so many bytes go into this segment."""
        return size <= self._room

    def rotate(self) -> None:
        """Go on in a new segment; the old one is whole on the disk before."""
        self.sync()
        os.close(self._file)
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
        self._disk.sync(self._file)
        self.syncs += 1
        if not os.fstat(self._file).st_nlink:
            raise OSError(errno.ESTALE, "somebody removed the file")
        if not self._is_tidy:
            sync_folder(self._folder)
            self._is_fresh = False
            for _, path in segments(self._folder)[:-SEGMENTS]:
                path.unlink()
            self._is_tidy = True

    def abandon(self) -> None:
        """Give up what is open; a segment that was only just begun goes, since it is in doubt."""
        if self._is_fresh:
            with contextlib.suppress(OSError):
                segment(self._folder, self._number).unlink()
            self._is_fresh = False
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.close(self._file)
        self._file = -1

    def close(self) -> None:
        """Let go of everything; safe to call twice."""
        for handle in (self._file, self._lock):
            if handle >= 0:
                with contextlib.suppress(OSError):
                    os.close(handle)
        self._file = self._lock = -1

    def _go_on(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_APPEND)
        size = os.fstat(self._file).st_size
        self._room = self._segment_bytes - size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            self.append(b"\n")  # its last line is torn

    def _begin_segment(self) -> None:
        self._number += 1
        self._file = create(segment(self._folder, self._number))
        self._is_fresh, self._is_tidy, self._room = True, False, self._segment_bytes
