"""The files of the history: numbered segments, written one after the other, the oldest dropped.

Nothing that was written is ever changed. Whoever reads needs no lock: at worst the last line of
the newest segment is not whole yet.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from appliance.durable import move_durably
from appliance.history.record import Record, decode, encode

SEGMENTS: Final = 7
"""Files that are kept; there is room for one more, so that the oldest goes only when a new one
is safely there."""
_NAME: Final = "history-{:08d}.log"


def segments(folder: Path) -> list[tuple[int, Path]]:
    """Number and file of each segment, the oldest first; none where the folder can't be read."""
    try:
        found = list(folder.glob("history-*.log"))
    except OSError:
        return []
    numbered = ((path.stem.removeprefix("history-"), path) for path in found)
    return sorted((int(text), path) for text, path in numbered if text.isascii() and text.isdigit())


def segment(folder: Path, number: int) -> Path:
    """The file of that number."""
    return folder / _NAME.format(number)


def newest_first(folder: Path) -> Iterator[Record]:
    """Every record that is whole, the newest first.

    What is torn, changed or unreadable is passed over. A record that was written twice, because
    its first writing was in doubt, comes once.
    """
    oldest = None
    for _, path in reversed(segments(folder)):
        for line in reversed(_lines(path)):
            record = decode(line)
            if record is not None and (oldest is None or record.seq < oldest):
                oldest = record.seq
                yield record


def scrub(path: Path) -> None:
    """Write a segment anew without words: the owner wants none kept any more.

    Raises:
        OSError: it could not; the file is as it was.
    """
    lines = _lines(path)
    if not any(b'"words":' in line for line in lines):
        return
    records = [record for line in lines if (record := decode(line))]
    temporary = path.with_suffix(".new")
    with os.fdopen(create(temporary), "wb") as file:
        for record in records:
            file.write(encode(_wordless(record)))
        file.flush()
        os.fsync(file.fileno())
    move_durably(temporary, path)


def create(path: Path) -> int:
    """A new file for its owner's eyes only, open for appending; an older one is emptied."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)


def _lines(path: Path) -> list[bytes]:
    with contextlib.suppress(OSError):  # dropped meanwhile, or a bad block
        return path.read_bytes().split(b"\n")
    return []


def _wordless(record: Record) -> Record:
    return Record(record.seq, record.when, record.kind, record.code, record.figures)
