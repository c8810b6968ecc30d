"""A WAV that was written to a pipe: its header doesn't know how long it became."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from audio.probe import WavLayout

_LARGEST = 0xFFFF_FFFF


class SizedWav(io.RawIOBase):
    """The file, with the true sizes put into its header while it is read."""

    def __init__(self, path: Path, layout: WavLayout) -> None:
        """Open the file (OSError)."""
        super().__init__()
        self._file = path.open("rb")
        order: Literal["big", "little"] = "big" if self._file.read(4) == b"RIFX" else "little"
        self._file.seek(0)
        riff = min(layout.data_at + layout.data_bytes - 8, _LARGEST)
        data = min(layout.data_bytes, _LARGEST)
        self._patches = {4: riff.to_bytes(4, order), layout.data_at - 4: data.to_bytes(4, order)}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        start = self._file.tell()
        data = bytearray(self._file.read(len(buffer)))
        for at, size in self._patches.items():
            for i, byte in enumerate(size, at - start):
                if 0 <= i < len(data):
                    data[i] = byte
        buffer[: len(data)] = bytes(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
