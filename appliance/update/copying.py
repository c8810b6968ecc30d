"""Files of a stick, taken in: what is checked then cannot change any more."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO, Final

from appliance.update.errors import no_room, not_copied
from appliance.update.ports import Report

ROOM_BYTES: Final = 64 << 20
"""That must be left on the disk besides the copy: more than where it counts as full."""
CHUNK: Final = 1 << 20


def take_in(file: Path, folder: Path, report: Report) -> Path:
    """Copy a file into a folder of ours.

    Raises:
        UpdateError: `UPD-FILE`, `UPD-ROOM`.
    """
    copy = folder / file.name
    try:
        size = file.stat().st_size
        folder.mkdir(parents=True, exist_ok=True)
        require_room(file, size, folder)
        with file.open("rb") as source, copy.open("wb") as target:
            for at in range(0, size, CHUNK):  # no more than it said: a stick may have no end
                report("copying", at / size)
                target.write(source.read(CHUNK))
            settle(target)
    except OSError as error:
        raise not_copied(file, error) from error
    return copy


def require_room(file: Path, size: int, folder: Path) -> None:
    """UpdateError (`UPD-ROOM`) where it would fill the disk."""
    if shutil.disk_usage(folder).free < size + ROOM_BYTES:
        raise no_room(file, size)


def settle(file: BinaryIO) -> None:
    """Have what was written on the disk."""
    file.flush()
    os.fsync(file.fileno())
