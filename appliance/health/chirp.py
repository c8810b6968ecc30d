"""A self-test by sound: a quiet chirp through loudspeaker, air and microphone.

A sweep is found by its matched filter: the recording is correlated with the chirp that was played,
which compresses it into a peak. Where the peak stands says how long the path is; how far it stands
out of everything else says whether it was the chirp at all.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.format import FRAME_S, RATE_HZ, Frame, Samples
from audio.level import level_db
from audio.ports import Loudspeaker, Microphone

SWEEP_HZ = (500.0, 4000.0)
"""Small loudspeakers have no bass; telephone-grade microphones nothing above."""
CHIRP_S = 0.25
AMPLITUDE = 0.05
"""Of full scale: about 26 dB under it, as loud as somebody who speaks softly."""
BEFORE_S, AFTER_S = 0.3, 0.7
PROMINENCE = 2.5
"""Least peak, in parts of the highest that noise alone made before the chirp."""
LONGEST_S = 0.6
"""A path that takes longer is no path."""


@dataclass(frozen=True, slots=True)
class SoundPath:
    """What came of a chirp.

    Attributes:
        ok: whether it was heard.
        code: `OK`; `PATH_NO_FRAMES`, `PATH_ZEROS`: the microphone is dead; `PATH_NOT_HEARD`.
        delay_ms: from the loudspeaker's port to the microphone's, buffers included.
        level_db: of the chirp at the microphone; full scale is about 90.
        noise_db: of the room before it.
        prominence: of the peak over what noise made.
    """

    ok: bool
    code: str
    delay_ms: float = 0.0
    level_db: float = 0.0
    noise_db: float = 0.0
    prominence: float = 0.0


def chirp(rate_hz: int) -> Samples:
    """The sweep, fading in and out; int16 [CHIRP_S * rate_hz]."""
    time_s = np.arange(round(CHIRP_S * rate_hz)) / rate_hz
    low, high = SWEEP_HZ
    phase = 2 * np.pi * (low * time_s + (high - low) * time_s**2 / (2 * CHIRP_S))
    fade = np.sin(np.pi * np.arange(len(time_s)) / len(time_s)) ** 0.5
    samples: Samples = np.round(32767 * AMPLITUDE * fade * np.sin(phase)).astype(np.int16)
    return samples


def find(heard: Samples, played_at_s: float) -> SoundPath:
    """Look for the chirp in a recording.

    Args:
        heard: at RATE_HZ, with silence before the chirp.
        played_at_s: when it was given to the loudspeaker, from the recording's beginning.
    """
    begin = round(played_at_s * RATE_HZ)
    if len(heard) < begin + round(CHIRP_S * RATE_HZ):
        return SoundPath(ok=False, code="PATH_NO_FRAMES")
    if not heard.any():
        return SoundPath(ok=False, code="PATH_ZEROS")
    wanted = chirp(RATE_HZ).astype(np.float64)
    peaks = _correlated(heard.astype(np.float64), wanted)
    window = peaks[begin : begin + round(LONGEST_S * RATE_HZ)]
    at = int(np.argmax(window))
    noise = float(peaks[: max(1, begin - len(wanted))].max(initial=0.0)) + 1e-9
    prominence = float(window[at]) / noise
    sounding = heard[begin + at : begin + at + len(wanted)]
    return SoundPath(
        ok=prominence >= PROMINENCE,
        code="OK" if prominence >= PROMINENCE else "PATH_NOT_HEARD",
        delay_ms=round(at / RATE_HZ * 1000, 1),
        level_db=round(level_db(sounding), 1),
        noise_db=round(level_db(heard[:begin]), 1),
        prominence=round(min(prominence, 1e6), 1),
    )


def _correlated(heard: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much of the chirp begins at each sample of the recording; shape of `heard`."""
    size = 1 << (len(heard) + len(wanted)).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size))
    return np.abs(np.fft.irfft(spectrum, size)[: len(heard)])


async def sound_check(speaker: Loudspeaker, microphone: Microphone) -> SoundPath:
    """Play the chirp and listen; the microphone must not be in use.

    Raises:
        AudioError: a device is missing.
    """
    loop, frames = asyncio.get_running_loop(), list[Frame]()
    began: asyncio.Future[float] = loop.create_future()

    def take(frame: Frame) -> None:
        frames.append(frame)
        if not began.done():
            began.set_result(loop.time() - FRAME_S)

    def deliver(frame: Frame) -> None:
        loop.call_soon_threadsafe(take, frame)

    microphone.start(deliver, lambda _error: None)
    try:
        async with asyncio.timeout(LONGEST_S * 5):
            began_s = await began
        await asyncio.sleep(CHIRP_S + BEFORE_S)
        played_at_s = loop.time() - began_s
        await speaker.play(chirp(speaker.rate_hz))
        await asyncio.sleep(CHIRP_S + AFTER_S)
    except TimeoutError:
        return SoundPath(ok=False, code="PATH_NO_FRAMES")
    finally:
        microphone.stop()
    return find(np.concatenate([frame.samples for frame in frames]), played_at_s)
