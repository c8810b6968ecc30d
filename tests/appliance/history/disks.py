"""Disks that fail on demand, and moments."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta

from appliance.clock import Moment
from appliance.history.ring import Disk

WALL = datetime(2026, 11, 21, 12, tzinfo=UTC)


def at(ms: int, boot: str = "aaaaaaaa", wall: datetime | None = WALL) -> Moment:
    return Moment(boot, ms, wall and wall + timedelta(milliseconds=ms))


class BadDisk:
    """A real disk, until it is told to fail.

    `room`: bytes that still go in; None: any number. `syncs`: whether the disk can be waited for.
    """

    def __init__(self) -> None:
        self.room: int | None = None
        self.can_sync = True
        self.largest_write = 1 << 20
        self.disk = Disk(self._write, self._sync)

    def _write(self, handle: int, data: bytes) -> int:
        if self.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room = len(data) if self.room is None else self.room
        wrote = os.write(handle, data[: min(room, self.largest_write)])
        if self.room is not None:
            self.room -= wrote
        return wrote

    def _sync(self, _handle: int) -> None:
        """Nobody pulls the plug in a unit test: there is nothing to wait for."""
        if not self.can_sync:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
