"""The port through which bytes arrive, and the source that reads them from a folder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from appliance.errors import ModelError

CHUNK_BYTES = 1 << 18


class SourceError(ModelError):
    """A place does not give the file; another one may."""


class CutOffError(SourceError):
    """A place stopped in the middle; the rest may come if it is asked again."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Bytes on their way.

    Attributes:
        start: which byte of the file the first one is.
        size: bytes of the whole file, where the source says.
        validator: changes when the file does; empty where the source cannot say.
        chunks: the bytes; raises CutOffError (`MOD-CUT-OFF`) where they stop too early.
    """

    start: int
    size: int | None
    validator: str
    chunks: Iterator[bytes]


class Source(Protocol):
    """Somewhere that files come from."""

    def open(
        self, address: str, start: int, validator: str
    ) -> contextlib.AbstractContextManager[Stream]:
        """The file from byte `start` on, or from 0 where it cannot or the file has changed.

        `validator` is that of an earlier stream; empty means that any version will do.

        Raises:
            SourceError: `MOD-NOT-FOUND`, `MOD-REFUSED` or `MOD-UNREACHABLE`.
        """


class Folder:
    """Reads files of this machine: a USB stick, a network drive, another store."""

    @contextlib.contextmanager
    def open(self, address: str, start: int, validator: str) -> Iterator[Stream]:
        """See `Source`."""
        with _opened(Path(address)) as file:
            stat = os.fstat(file.fileno())
            now = f"{stat.st_size}-{stat.st_mtime_ns}"
            start = start if start <= stat.st_size and validator in {"", now} else 0
            file.seek(start)
            yield Stream(start, stat.st_size, now, _chunks(file, address))


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error


def _chunks(file: BinaryIO, address: str) -> Iterator[bytes]:
    try:
        yield from iter(lambda: file.read(CHUNK_BYTES), b"")
    except OSError as error:  # somebody pulled the stick
        raise cut_off(address, (error.strerror or str(error)).lower()) from error


def cut_off(address: str, cause: str) -> CutOffError:
    """The error for a place that stopped in the middle."""
    return CutOffError(
        "MOD-CUT-OFF",
        f"{address} stopped in the middle",
        cause,
        "pull again: it goes on where it stopped",
    )


def _unreadable(path: Path, error: OSError) -> SourceError:
    return SourceError(
        "MOD-NOT-FOUND",
        f"{path} cannot be read",
        (error.strerror or str(error)).lower(),
        "a mirror holds ID/NAME for every file, as the store does",
    )
