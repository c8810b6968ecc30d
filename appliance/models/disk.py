"""Writes that survive a power cut, and what can go wrong with a disk, in words."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from appliance.errors import ModelError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_BLOCK_BYTES = 1 << 20
PULL_AGAIN = "free some space and pull again: it goes on where it stopped"


@contextlib.contextmanager
def disk_errors(path: Path, when_full: str = PULL_AGAIN) -> Iterator[None]:
    """Turns an OSError inside into a ModelError (`MOD-NO-ROOM`, `MOD-DISK`) about `path`."""
    try:
        yield
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        if error.errno in _FULL:
            raise no_room(path, cause, when_full) from error
        raise ModelError(
            "MOD-DISK", f"{path} cannot be used", cause, "check the folder and its permissions"
        ) from error


def no_room(path: Path, cause: str, remedy: str = PULL_AGAIN) -> ModelError:
    """The error for a disk that is full."""
    return ModelError("MOD-NO-ROOM", f"there is no room for {path}", cause, remedy)


def write_text(path: Path, text: str) -> None:
    """Replace a file, so that a power cut leaves either the old or the new one. May OSError."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    move(temporary, path)


def move(file: Path, target: Path) -> None:
    """Put a file that is already on the disk in `target`'s place, for good. May OSError."""
    file.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some file systems cannot sync a folder
            os.fsync(folder)
    finally:
        os.close(folder)


def sha256_of(path: Path, report: Callable[[float], None]) -> str:
    """A file's SHA-256 in hexadecimal; `report` gets the share done (0..1). May OSError."""
    digest, size, done = hashlib.sha256(), max(path.stat().st_size, 1), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            done += len(block)
            report(done / size)
    return digest.hexdigest()
