"""Recordings instead of devices: a microphone that is a file, a loudspeaker that is one."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import tempfile
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from audio.decode import FrameReader, Recording, probe
from audio.errors import AudioError
from audio.format import FRAME_S, FRAME_SAMPLES, Frame, Samples
from audio.playout import RecordingLoudspeaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from os import PathLike

__all__ = ["FileMicrophone", "Recording", "RecordingLoudspeaker", "probe", "write_wav"]


class FileMicrophone:
    """Gives a recording's frames on the running loop's clock, then silence until `stop`.

    Frame k arrives at start + (k+1)·FRAME_S of `loop.time()`; stream time 0 is the file's start.
    """

    def __init__(
        self, path: str | PathLike[str], exhausted: Callable[[float], None] | None = None
    ) -> None:
        """Open a file and check it.

        Args:
            path: any sound file.
            exhausted: called with the stream time of the file's end once that was delivered.

        Raises:
            AudioError: as `audio.decode.probe`.
        """
        self._reader = FrameReader(path)
        self._frames: Iterator[Samples] | None = self._reader.frames()
        self._exhausted = exhausted
        self._deliver: Callable[[Frame], None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._seq = 0
        self._start = 0.0
        self.exhausted_at_s: float | None = None
        """Stream time of the file's end; None until that was delivered."""

    @property
    def recording(self) -> Recording:
        """What the file is."""
        return self._reader.recording

    def start(
        self, deliver: Callable[[Frame], None], ended: Callable[[Exception | None], None]
    ) -> None:
        """Begin; must be called in a running loop, and only once (RuntimeError)."""
        if self._deliver is not None:
            raise RuntimeError("the microphone was started before")
        self._deliver, self._ended = deliver, ended
        self._start = asyncio.get_running_loop().time()
        self._schedule()

    def stop(self) -> None:
        """Stop and close the file; may be called again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._deliver = self._deliver or (lambda _frame: None)
        self._reader.close()

    def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(self._start + (self._seq + 1) * FRAME_S, self._tick)

    def _tick(self) -> None:
        try:
            samples = self._next()
        except AudioError as error:
            self.stop()
            self._ended(error)
            return
        frame = Frame(samples, self._seq, (self._seq + 1) * FRAME_S)
        self._seq += 1
        self._schedule()
        if self._deliver is not None:
            self._deliver(frame)
        self._notice_end(frame)

    def _next(self) -> Samples:
        if self._frames is not None:
            with contextlib.suppress(StopIteration):
                return next(self._frames)
            self._frames = None
            self._reader.close()
        return np.zeros(FRAME_SAMPLES, np.int16)

    def _notice_end(self, frame: Frame) -> None:
        """The reader knows the file's length only once it has been read to its end."""
        if self.exhausted_at_s is not None or not self._reader.finished:
            return
        if frame.captured_at < self._reader.read_s:
            return
        self.exhausted_at_s = self._reader.read_s
        if self._exhausted is not None:
            self._exhausted(self.exhausted_at_s)


def write_wav(path: str | PathLike[str], samples: Samples, rate_hz: int) -> None:
    """Write mono 16-bit PCM; the file appears whole or not at all.

    Raises:
        AudioError: `AUD-WRITE` where the file can't be written (disk full, no such folder …).
    """
    target = Path(path)
    try:
        _write_whole(target, samples, rate_hz)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        cause = "the disk is full" if full else (error.strerror or str(error))
        remedy = "free some space" if full else "check the folder and its permissions"
        raise AudioError("AUD-WRITE", f"cannot write {target}", cause, remedy) from error


def _write_whole(target: Path, samples: Samples, rate_hz: int) -> None:
    with contextlib.ExitStack() as undo:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        undo.callback(Path(name).unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as file:
            with wave.open(file, "wb") as wav:
                wav.setparams((1, 2, rate_hz, 0, "NONE", ""))
                wav.writeframes(samples.astype("<i2").tobytes())
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(target)
        undo.pop_all()
