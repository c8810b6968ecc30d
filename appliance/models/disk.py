"""What can go wrong with a disk, in words; and a file's hash."""

from __future__ import annotations

import contextlib
import errno
import hashlib
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


def sha256_of(path: Path, report: Callable[[float], None]) -> str:
    """A file's SHA-256 in hexadecimal; `report` gets the share done (0..1). May OSError."""
    digest, size, done = hashlib.sha256(), max(path.stat().st_size, 1), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            done += len(block)
            report(done / size)
    return digest.hexdigest()
