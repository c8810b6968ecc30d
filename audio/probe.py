"""Tells whether a file is sound that can be heard whole, before anyone listens to it.

libsndfile quietly shortens a WAV whose header promises more than the file holds, so the RIFF
chunks are walked here first (RIFF/WAVE: Microsoft & IBM, 1991; RF64: EBU Tech 3306).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from audio.errors import AudioError

_STREAMED = 0x7FFF_0000
"""Writers to pipes put 0 or a size around 2 or 4 GiB; from here on it means "until the end"."""

_MOST_CHUNKS = 1_000  # a damaged file can look like an endless row of empty chunks


@dataclass(frozen=True, slots=True)
class WavLayout:
    """Where the samples of a WAV lie.

    Attributes:
        data_at: offset in bytes of the first sample.
        data_bytes: bytes of samples in the file.
        streamed: the header doesn't know its size (written to a pipe).
    """

    data_at: int
    data_bytes: int
    streamed: bool


def unusable(code: str, path: Path, cause: str, remedy: str) -> AudioError:
    """The error for a recording that can't be heard."""
    return AudioError(code, f"the recording {path} cannot be used", cause, remedy)


def check_readable(path: Path) -> int:
    """Size in bytes of a non-empty regular file that may be read, else AudioError."""
    try:
        if path.is_dir():
            raise unusable("AUD-NOT-A-FILE", path, "it is a folder", "name a recording in it")
        if not path.exists():
            raise unusable("AUD-NO-FILE", path, "there is no such file", "check the path")
        if not path.is_file():
            raise unusable("AUD-NOT-A-FILE", path, "it is no regular file", "save it as a WAV file")
        with path.open("rb"):
            size = path.stat().st_size
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        cause = getattr(error, "strerror", None) or str(error)
        raise unusable("AUD-UNREADABLE", path, cause, "check its permissions and name") from error
    if size == 0:
        raise unusable("AUD-EMPTY", path, "the file is empty", "record it again")
    return size


def wav_layout(path: Path) -> WavLayout | None:
    """Where a WAV's samples lie; None if the file is of another kind.

    Raises:
        AudioError: `AUD-TRUNCATED` where the header promises more than the file holds.
    """
    size = check_readable(path)
    with path.open("rb") as file:
        head = file.read(12)
        order = {b"RIFF": "<", b"RF64": "<", b"RIFX": ">"}.get(head[:4])
        if order is None or head[8:] != b"WAVE":
            return None
        layout, promised = _find_data(file, order, size)
    if promised > layout.data_bytes:
        cause = f"it ends after {layout.data_bytes} of {promised} bytes of samples"
        raise unusable("AUD-TRUNCATED", path, cause, "copy or record it again")
    return layout


def _find_data(file: BinaryIO, order: str, size: int) -> tuple[WavLayout, int]:
    """The layout, and the bytes that the header promises."""
    long_size = 0
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        if len(head) < len(b"data") + 4:
            break
        name, length = head[:4], struct.unpack(f"{order}I", head[4:])[0]
        if name == b"data":
            return _judge(file.tell(), length, long_size, size)
        if name == b"ds64":
            body = file.read(16)
            long_size = int.from_bytes(body[8:16], "little")
            length -= len(body)
        file.seek(max(length, 0) + (length & 1), 1)
    return WavLayout(size, 0, streamed=False), 0


def _judge(at: int, length: int, long_size: int, size: int) -> tuple[WavLayout, int]:
    held = size - at
    if long_size:
        return WavLayout(at, min(long_size, held), streamed=False), long_size
    if length >= _STREAMED or (length == 0 and held > 0):
        return WavLayout(at, held, streamed=length != held), 0
    return WavLayout(at, min(length, held), streamed=False), length
