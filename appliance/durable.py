"""Writes that survive a power cut: a file is as it was, or as it was to be, and nothing between."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_durably(path: Path, data: bytes | str) -> None:
    """Replace a file's contents (text as UTF-8) for good. May OSError; the old file is intact."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
        file.flush()
        os.fsync(file.fileno())
    move_durably(temporary, path)


def move_durably(file: Path, target: Path) -> None:
    """Put a file whose contents are on the disk in `target`'s place, for good. May OSError."""
    file.replace(target)
    sync_folder(target.absolute().parent)


def sync_folder(folder: Path) -> None:
    """Make sure that new, removed and changed names in it survive a power cut. May OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some file systems cannot sync a folder
            os.fsync(handle)
    finally:
        os.close(handle)
