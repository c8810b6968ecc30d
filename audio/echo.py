"""Takes the device's own voice out of what the microphone hears.

The canceller is linear (SpeexDSP's, by the wheel `pyaec`): it subtracts what the loudspeaker's
sound becomes in this room, and low tones (`_NOTCH`); a wake phrase spoken over the device's voice
can still be told. Its filter of half a second finds the delay by itself. WebRTC's AEC3 removes more
echo and, with it, two of three wake phrases (`python -m tests.audio.tune_echo`).

What is left of the echo still sounds like speech. It is told from a person by its level beside the
echo that was subtracted: a person is louder than what this room usually leaves. Nobody there: the
rest is turned down by 10 dB, and `only_echo` says that nothing heard now is to be believed.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from audio.errors import AudioError
from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Samples

FILTER_S = 0.512
"""Delay and reverberation together that can be cancelled."""

HANG_S = 1.0
"""The judge works for so long after the last sound; then there is nothing to tell apart."""

_NOTCH, _NOTCH_TAPS = 0.9, 128
"""SpeexDSP's filter against an offset: its radius, and how long it rings. The wheel leaves it at
8 kHz whatever our rate is, so that it takes 10 dB at 200 Hz, half of a man's voice."""

_TURNED_DOWN = 0.3  # less, and the first sound of a phrase that breaks the silence is missed


class Played(Protocol):
    """What the loudspeaker played; `audio.reference.Reference`."""

    def take(self, from_s: float, count: int) -> Samples:
        """`count` samples at RATE_HZ from a time of the loudspeaker's clock on."""


class EchoCanceller:
    """Cancels frame by frame; for one thread, the ears'. Adds no delay."""

    def __init__(self, played: Played, now_s: Callable[[], float]) -> None:
        """Load the library.

        Args:
            played: what the loudspeaker played.
            now_s: the loudspeaker's clock; may be asked from any thread.

        Raises:
            AudioError: `AUD-NO-AEC`.
        """
        self._played = played
        self._clocks = _Clocks(now_s)
        self.reset()

    def reset(self) -> None:
        """Forget the room and the stream."""
        self._canceller = _open()
        self._cut = _LowCut()
        self._clocks.restart()
        self._levels = _Levels()
        self._quiet_s = math.inf
        self._seq = -1

    def cancel(self, frame: Frame) -> Frame:
        """The frame without the echo; the frame itself while the loudspeaker is silent."""
        if frame.seq <= self._seq:  # the microphone was opened again
            self._clocks.restart()
        self._seq = frame.seq
        if not self.active:
            self._clocks.settle()
        begins_s = self._clocks.played_s(frame.captured_at) - FRAME_S
        far = self._played.take(begins_s, FRAME_SAMPLES)
        self._quiet_s = 0.0 if far.any() else self._quiet_s + FRAME_S
        if not self.active:
            return frame
        near = self._canceller.cancel_echo(frame.samples.tolist(), far.tolist())
        cancelled = np.array(near, np.int16)
        only_echo = self._levels.compare(self._cut.cut(frame.samples), cancelled)
        if self._quiet_s > FILTER_S:  # nothing that sounded reaches this far
            cancelled = frame.samples
        if only_echo:
            cancelled = np.round(cancelled * _TURNED_DOWN).astype(np.int16)
        return Frame(cancelled, frame.seq, frame.captured_at)

    @property
    def active(self) -> bool:
        """Whether the loudspeaker can be heard; else there is nothing to cancel."""
        return self._quiet_s <= HANG_S

    @property
    def only_echo(self) -> bool:
        """Whether the last half second holds nobody but the device itself."""
        return self.active and self._levels.only_echo


class _Clocks:
    """Where the microphone's clock is on the loudspeaker's: both count samples, and may drift.

    The frame that waited the shortest between the microphone and the ears tells it best. All
    sound up to then was put before, so what is taken is always there. Any change seems to move the
    echo, and the filter needs seconds to follow: there are as few as can be.
    """

    _LOOKS = round(3.0 / FRAME_S)
    _SPARE_S = 0.008  # luckier frames than those so far change nothing
    _DRIFT_S = 0.01

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self.restart()

    def restart(self) -> None:
        self._recent: deque[float] = deque(maxlen=self._LOOKS)
        self._ahead_s = math.inf

    def played_s(self, captured_at: float) -> float:
        """The loudspeaker's time at a time of the stream."""
        self._recent.append(self._now_s() - captured_at)
        if self._recent[-1] < self._ahead_s:
            self._ahead_s = self._recent[-1] - self._SPARE_S
        return captured_at + self._ahead_s

    def settle(self) -> None:
        """Follow the loudspeaker's clock where it gained; not while an echo would seem to move."""
        if len(self._recent) == self._LOOKS:
            ahead_s = min(self._recent) - self._SPARE_S
            if ahead_s > self._ahead_s + self._DRIFT_S:
                self._ahead_s = ahead_s


class _LowCut:
    """What the canceller makes of a microphone that hears no echo."""

    def __init__(self) -> None:
        self._past = np.zeros(_NOTCH_TAPS - 1)

    def cut(self, samples: Samples) -> NDArray[np.float64]:
        """The next samples without their lowest tones."""
        line = np.concatenate((self._past, samples.astype(np.float64)))
        self._past = line[len(samples) :]
        cut: NDArray[np.float64] = np.convolve(line, _ring(), "valid")
        return cut


@cache
def _ring() -> NDArray[np.float64]:
    """The notch's impulse response (`filter_dc_notch16` of SpeexDSP's mdf.c)."""
    damping = _NOTCH**2 + 0.7 * (1 - _NOTCH) ** 2
    rings, now, before = [], 0.0, 0.0
    for sample in (1.0, *[0.0] * (_NOTCH_TAPS - 1)):
        out = now + sample
        now, before = before + 2 * (_NOTCH * out - sample), sample - damping * out
        rings.append(_NOTCH * out)
    return np.array(rings)


class _Levels:
    """Tells a person from what is left of the echo."""

    _DECAY = math.exp(-FRAME_S / 0.4)
    _MARGIN_DB = 5.0
    _FORGET_DB = 0.5 * FRAME_S  # a moved device leaves more echo than before
    _FAINT = (10.0**2) * FRAME_SAMPLES  # an echo of this energy says nothing
    # Until the echo is found, all but what drowns it may be echo. One not found soon isn't there.
    _UNKNOWN_DB, _FOUND_DB, _SEARCH_DB = 20.0, -8.0, 8.0 * FRAME_S

    def __init__(self) -> None:
        self._echo = self._left = 0.0
        self._usual_db = self._most_db = self._UNKNOWN_DB
        self.only_echo = False

    def compare(self, heard: NDArray[np.float64], left: Samples) -> bool:
        """Take one frame before and after; whether nobody else was there lately."""
        self._echo = self._DECAY * self._echo + float(np.square(heard - left).sum())
        self._left = self._DECAY * self._left + float(np.square(left, dtype=np.float64).sum())
        left_db = 10 * math.log10((self._left + 1) / (self._echo + 1))
        self._most_db = max(self._most_db - self._SEARCH_DB, self._FOUND_DB)
        if self._echo > self._FAINT:
            self._usual_db = min(self._usual_db + self._FORGET_DB, left_db)
        self._usual_db = min(self._usual_db, self._most_db)
        self.only_echo = left_db < self._usual_db + self._MARGIN_DB
        return self.only_echo


def _open() -> Any:  # noqa: ANN401
    try:
        import pyaec  # type: ignore[import-untyped]  # noqa: PLC0415

        return pyaec.Aec(FRAME_SAMPLES, round(FILTER_S * RATE_HZ), RATE_HZ, enable_preprocess=False)
    except (ImportError, OSError, AttributeError, RuntimeError) as error:
        raise AudioError(
            "AUD-NO-AEC",
            "the device cannot listen while it speaks",
            f"the echo canceller does not work here ({error})",
            "run `pip install pyaec`",
        ) from error
