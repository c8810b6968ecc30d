"""Sound as a picture: time across, pitch upwards as the ear divides it, loudness as colour."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from audio.format import Samples

ROWS = 112
_WINDOW_S = 0.04
_LOWEST_HZ = 60.0
_RANGE_DB = 62.0
_QUIETEST_PEAK_DB = 45.0  # below it a silent room would look like a storm
_BATCH = 512  # columns; so memory stays small however long the sound is
_COLOURS = (
    *((3, 4, 20), (30, 16, 76), (84, 20, 121), (139, 40, 127), (196, 60, 114)),
    *((240, 96, 92), (254, 159, 109), (253, 222, 160), (252, 252, 200)),
)

Matrix = NDArray[np.float32]


def spectrogram_uri(samples: Samples, rate_hz: int, columns: int) -> str:
    """A PNG, ROWS pixels high and `columns` wide, as a data URI."""
    return as_uri(shades(samples, rate_hz, columns))


def as_uri(picture: NDArray[np.uint8]) -> str:
    """These shades as a PNG, as a data URI."""
    return "data:image/png;base64," + base64.b64encode(_png(picture)).decode("ascii")


def pitch_share(hertz: float, rate_hz: int) -> float:
    """How far up the picture a pitch is, 0..1."""
    low, high = _mel(_LOWEST_HZ), _mel(rate_hz / 2)
    return float((_mel(hertz) - low) / (high - low))


def shades(samples: Samples, rate_hz: int, columns: int) -> NDArray[np.uint8]:
    """Loudness [ROWS, columns] from 0 (silent) to 255, the highest pitch first."""
    size = 1 << round(np.log2(_WINDOW_S * rate_hz))
    padded = np.pad(samples.astype(np.float32), size // 2)
    starts = np.linspace(0, len(samples) - 1, columns).astype(int)
    bank, window = _filterbank(rate_hz, size), np.hanning(size).astype(np.float32)
    parts = [
        np.abs(np.fft.rfft(padded[batch[:, None] + np.arange(size)] * window)) ** 2 @ bank
        for batch in np.split(starts, range(_BATCH, columns, _BATCH))
    ]
    level_db = 10 * np.log10(np.concatenate(parts) / size + 1)
    peak_db = max(float(np.percentile(level_db, 99.7)), _QUIETEST_PEAK_DB)
    share = np.clip((level_db - peak_db) / min(_RANGE_DB, peak_db) + 1, 0, 1)
    return np.ascontiguousarray((share * 255).astype(np.uint8).T[::-1])


def _filterbank(rate_hz: int, size: int) -> Matrix:
    """Triangles [size/2+1, ROWS], evenly spaced in mel."""
    mels = np.linspace(_mel(_LOWEST_HZ), _mel(rate_hz / 2), ROWS + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    bins = np.fft.rfftfreq(size, 1 / rate_hz)[:, None]
    width = np.maximum(np.diff(edges), rate_hz / size)  # none so narrow that it falls between bins
    rise = (bins - edges[1:-1] + width[:-1]) / width[:-1]
    fall = (edges[1:-1] + width[1:] - bins) / width[1:]
    bank = np.clip(np.minimum(rise, fall), 0, None)
    return np.asarray(bank / bank.sum(axis=0), np.float32)


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


def _png(picture: NDArray[np.uint8]) -> bytes:
    """An indexed PNG: 256 colours, a byte a pixel."""
    height, width = picture.shape
    steps = np.linspace(0, len(_COLOURS) - 1, 256)
    table = [
        np.interp(steps, range(len(_COLOURS)), channel) for channel in zip(*_COLOURS, strict=True)
    ]
    rows = np.pad(picture, ((0, 0), (1, 0)))  # every row begins with its filter: none
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", np.stack(table, axis=1).round().astype(np.uint8).tobytes()),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
