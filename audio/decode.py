"""Any recording that libsndfile reads, as a stream of 16 kHz mono frames; never loaded whole."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from audio.format import FRAME_SAMPLES, RATE_HZ, Samples
from audio.piped import SizedWav
from audio.probe import WavLayout, unusable, wav_layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from numpy.typing import NDArray

_LOWEST_HZ, _HIGHEST_HZ = 4_000, 768_000
_UNKNOWN_LENGTH = 1 << 60  # libsndfile's way to say so, for a FLAC that was written to a pipe
_BLOCK_S = 0.128
_FULL_SCALE = 32768
_RERECORD = "convert or record it again"


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file says about its sound; `duration_s` is None where only reading it would tell."""

    path: Path
    rate_hz: int
    channels: int
    encoding: str
    duration_s: float | None


def probe(path: str | PathLike[str]) -> Recording:
    """Whether a file can be heard whole, and what it is.

    Raises:
        AudioError: `AUD-NO-FILE`, `AUD-NOT-A-FILE`, `AUD-UNREADABLE`, `AUD-EMPTY`,
            `AUD-NOT-AUDIO`, `AUD-TRUNCATED`, `AUD-NO-SAMPLES` or `AUD-BAD-RATE`.
    """
    with contextlib.closing(FrameReader(path)) as reader:
        return reader.recording


def samples_of(path: str | PathLike[str]) -> Samples:
    """A whole recording, int16 [n] at RATE_HZ, its last frame filled up with silence.

    Raises:
        AudioError: as `probe`.
    """
    with contextlib.closing(FrameReader(path)) as reader:
        return np.concatenate(list(reader.frames()))


class FrameReader:
    """Reads a recording once, in frames."""

    def __init__(self, path: str | PathLike[str]) -> None:
        """Open and check the file; errors as `probe`."""
        self._path = Path(path)
        self._file = _open(self._path, wav_layout(self._path))
        try:
            self.recording = self._describe()
        except BaseException:
            self._file.close()
            raise
        self.read_s = 0.0
        """Seconds of the recording read so far."""
        self.finished = False
        """Whether the recording has been read to its end; `read_s` then is its length."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def frames(self) -> Iterator[Samples]:
        """FRAME_SAMPLES at a time; the last is filled up with silence.

        Raises:
            AudioError: `AUD-TRUNCATED` where the file is damaged further on.
        """
        kept = np.zeros(0, np.int16)
        for block in self._resampled():
            kept = np.concatenate((kept, _to_int16(block)))
            whole = len(kept) // FRAME_SAMPLES * FRAME_SAMPLES
            yield from kept[:whole].reshape(-1, FRAME_SAMPLES)
            kept = kept[whole:]
        if len(kept):
            yield np.pad(kept, (0, FRAME_SAMPLES - len(kept)))

    def _resampled(self) -> Iterator[NDArray[np.float32]]:
        if self.recording.rate_hz == RATE_HZ:
            yield from self._blocks()
            return
        import soxr  # type: ignore[import-untyped]  # noqa: PLC0415  (16 kHz needs none)

        stream = soxr.ResampleStream(self.recording.rate_hz, RATE_HZ, 1, dtype="float32")
        for block in self._blocks():
            yield stream.resample_chunk(block)
        yield stream.resample_chunk(np.zeros(0, np.float32), last=True)

    def _blocks(self) -> Iterator[NDArray[np.float32]]:
        """Mono, -1..1, at the file's rate; a float file's NaN is silence, its infinity the rail."""
        step = int(self.recording.rate_hz * _BLOCK_S)
        while len(block := self._read(step)):
            self.read_s += len(block) / self.recording.rate_hz
            mono = np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0).clip(-1, 1).mean(axis=1)
            yield mono.astype(np.float32)
        self.finished = True

    def _read(self, count: int) -> NDArray[np.float32]:
        import soundfile  # noqa: PLC0415

        try:
            return self._file.read(count, dtype="float32", always_2d=True)  # type: ignore[no-any-return]
        except (soundfile.LibsndfileError, OSError, RuntimeError) as error:
            raise unusable("AUD-TRUNCATED", self._path, str(error), _RERECORD) from error

    def _describe(self) -> Recording:
        file, path = self._file, self._path
        if not _LOWEST_HZ <= file.samplerate <= _HIGHEST_HZ:
            cause = f"its rate of {file.samplerate} Hz is not in {_LOWEST_HZ}..{_HIGHEST_HZ}"
            raise unusable("AUD-BAD-RATE", path, cause, _RERECORD)
        known = file.frames < _UNKNOWN_LENGTH
        if file.frames == 0 or not (known or len(self._read(1))):
            raise unusable("AUD-NO-SAMPLES", path, "it holds no sound", "record it again")
        self._check_end(known)
        encoding = f"{file.format} {file.subtype}"
        duration = file.frames / file.samplerate if known else None
        return Recording(path, file.samplerate, file.channels, encoding, duration)

    def _check_end(self, known: bool) -> None:  # noqa: FBT001
        """The last sample must be there: a FLAC that was cut short says so only when asked."""
        import soundfile  # noqa: PLC0415

        if not self._file.seekable():  # GSM
            return
        try:
            if known:
                self._file.seek(self._file.frames - 1)
                if not len(self._read(1)):
                    raise unusable("AUD-TRUNCATED", self._path, "its end is missing", _RERECORD)
            self._file.seek(0)
        except (soundfile.LibsndfileError, OSError, RuntimeError) as error:
            raise unusable("AUD-TRUNCATED", self._path, str(error), _RERECORD) from error


def _to_int16(block: NDArray[np.float32]) -> Samples:
    scaled = np.rint(block * _FULL_SCALE).clip(-_FULL_SCALE, _FULL_SCALE - 1)
    return scaled.astype(np.int16)


def _open(path: Path, layout: WavLayout | None) -> Any:  # noqa: ANN401  (soundfile is untyped)
    import soundfile  # noqa: PLC0415

    if layout is not None and layout.data_bytes == 0:
        raise unusable("AUD-NO-SAMPLES", path, "it holds no sound", "record it again")
    try:
        source = SizedWav(path, layout) if layout and layout.streamed else str(path)
        return soundfile.SoundFile(source)
    except (soundfile.LibsndfileError, OSError, TypeError, ValueError, RuntimeError) as error:
        cause = f"it is no sound that can be read ({error})"
        raise unusable("AUD-NOT-AUDIO", path, cause, "use a WAV or FLAC file") from error
