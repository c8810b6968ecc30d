"""A room for tests: what a microphone hears of a person, of the device's own voice, and of noise.

Levels are those of a far-field microphone: a wave of full scale (int16 32767, rms) would be 100 dB
SPL, so 70 dB are an rms of 1036 and 35 dB one of 18. Speech is measured while it is active.

The voice goes through buffers (`delay_ms`), an amplifier that bends its peaks, a small box that
has no bass, and the air: the direct sound, then a tail of noise that decays by 60 dB in `rt60_s`.
The person's voice goes through an impulse response of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt, sosfilt_zi

from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Samples
from audio.playout import RecordingLoudspeaker

Sound = NDArray[np.float64]
"""Samples at RATE_HZ, full scale 1."""

FULL_SCALE_DB = 100.0
"""Sound pressure level of a signal whose rms is full scale."""

VOICE_DBFS = -17.0
"""Active level of the device's voice at the loudspeaker port; `playback_db` speaks of it."""

_BASS_HZ = 150
_TAIL_STARTS_S = 0.0025


@dataclass(frozen=True, slots=True)
class Room:
    """What lies between the loudspeaker, the person and the microphone.

    Attributes:
        seed: of both impulse responses and of the noise.
        rt60_s: time in which the reverberation falls by 60 dB.
        delay_ms: from the loudspeaker port to the microphone port, over all buffers.
        playback_db: level of the device's voice at the microphone.
        speech_db: level of the person at the microphone.
        noise_db: level of the noise.
        bend: how much the amplifier bends peaks: 0 not at all, 0.6 to 2 % third harmonic.
    """

    seed: int = 0
    rt60_s: float = 0.4
    delay_ms: float = 80.0
    playback_db: float = 70.0
    speech_db: float = 63.0
    noise_db: float = 35.0
    bend: float = 0.6

    def microphone(self, near: Samples, far: Samples) -> Samples:
        """The microphone's signal, as long as the longer of the two (both at RATE_HZ)."""
        length = max(len(near), len(far))
        sound = np.zeros(length)
        sound[: len(near)] += self.person(near)
        sound += Echo(self).hear(np.pad(far, (0, length - len(far))))
        return to_samples(sound + self.noise().take(length))

    def person(self, said: Samples) -> Sound:
        """A recording of any level, as it arrives at the microphone; of the same length."""
        active = active_dbfs(said)
        if active == -np.inf:
            return np.zeros(len(said))
        gain = 10 ** ((self.speech_db - FULL_SCALE_DB - active) / 20)
        return self._to(gain * to_sound(said), impulse_response(self.seed + 1_000, self.rt60_s, 3))

    def noise(self) -> Noise:
        """A source of this room's noise."""
        return Noise(self.seed, 10 ** ((self.noise_db - FULL_SCALE_DB) / 20))

    @staticmethod
    def _to(sound: Sound, response: Sound) -> Sound:
        heard: Sound = fftconvolve(sound, response)[: len(sound)]
        return heard


class Echo:
    """The device's own voice at the microphone, piece by piece."""

    def __init__(self, room: Room) -> None:
        """Begin in silence."""
        self._bend = room.bend
        self._gain = 10 ** ((room.playback_db - FULL_SCALE_DB - VOICE_DBFS) / 20)
        self._response = impulse_response(room.seed, room.rt60_s, 6)
        delay = round(room.delay_ms * RATE_HZ / 1000)
        self._past = np.zeros(delay + len(self._response) - 1)
        self._box = butter(2, _BASS_HZ, "highpass", fs=RATE_HZ, output="sos")
        self._box_state = sosfilt_zi(self._box) * 0

    def hear(self, far: Samples) -> Sound:
        """What arrives while these samples leave the loudspeaker port."""
        sound = to_sound(far)
        if self._bend:
            sound = np.tanh(self._bend * sound) / self._bend
        sound, self._box_state = sosfilt(self._box, sound, zi=self._box_state)
        line = np.concatenate((self._past, sound))
        self._past = line[len(sound) :]
        reach = len(self._response) - 1
        recent = line[: reach + len(sound)]
        heard: Sound = self._gain * fftconvolve(recent, self._response, "valid")
        return heard


class Noise:
    """A fan and a far street: noise that falls by 3 dB an octave above 200 Hz or so."""

    def __init__(self, seed: int, rms: float) -> None:
        self._random = np.random.default_rng(seed + 2_000)
        self._filter = butter(1, 400, fs=RATE_HZ, output="sos")
        self._state = sosfilt_zi(self._filter) * 0
        self._rms = rms

    def take(self, count: int) -> Sound:
        white = self._random.normal(0, 1, count)
        rumble, self._state = sosfilt(self._filter, white, zi=self._state)
        return self._rms * (0.41 * white + 2.9 * rumble)


class RoomMicrophone:
    """Hears a person and a `RecordingLoudspeaker`, on the running loop's clock; a `Microphone`.

    Frame k arrives at start + (k+1)·FRAME_S of `loop.time()`; stream time 0 is `start`.
    """

    def __init__(
        self,
        room: Room,
        loudspeaker: RecordingLoudspeaker,
        said: Sequence[tuple[float, Samples]] = (),
    ) -> None:
        """Take what the person says: recordings, each with the stream time at which it begins."""
        self._loudspeaker, self._said = loudspeaker, [(at, room.person(x)) for at, x in said]
        self._room, self._echo, self._noise = room, Echo(room), room.noise()
        # Holds nothing back, so that the delay is the room's alone.
        self._resampler = soxr.ResampleStream(
            loudspeaker.rate_hz, RATE_HZ, 1, dtype="int16", quality="QQ"
        )
        self._far = np.zeros(16, np.int16)  # a frame of the loudspeaker may be a sample short
        self._timer: asyncio.TimerHandle | None = None
        self._deliver: Callable[[Frame], None] | None = None
        self._start, self._seq = 0.0, 0

    def say(self, samples: Samples, at_s: float | None = None) -> None:
        """Say something more, at a stream time (None: now)."""
        at = self._seq * FRAME_S if at_s is None else at_s
        self._said.append((at, self._room.person(samples)))

    def start(
        self, deliver: Callable[[Frame], None], ended: Callable[[Exception | None], None]
    ) -> None:
        """As the port, in a running loop; it never ends by itself."""
        if self._deliver is not None:
            raise RuntimeError("the microphone was started before")
        self._deliver = deliver
        self._start = asyncio.get_running_loop().time()
        self._schedule()

    def stop(self) -> None:
        """As the port; may be called again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(self._at(self._seq + 1), self._tick)

    def _at(self, seq: int) -> float:
        return self._start + seq * FRAME_S

    def _tick(self) -> None:
        sound = self._echo.hear(self._played()) + self._noise.take(FRAME_SAMPLES) + self._person()
        frame = Frame(to_samples(sound), self._seq, (self._seq + 1) * FRAME_S)
        self._seq += 1
        self._schedule()
        assert self._deliver is not None
        self._deliver(frame)

    def _played(self) -> Samples:
        """This frame's share of what the loudspeaker played, at RATE_HZ."""
        sounded = self._loudspeaker.sounded(self._at(self._seq), self._at(self._seq + 1))
        self._far = np.concatenate((self._far, self._resampler.resample_chunk(sounded)))
        now, self._far = self._far[:FRAME_SAMPLES], self._far[FRAME_SAMPLES:]
        return now

    def _person(self) -> Sound:
        sound = np.zeros(FRAME_SAMPLES)
        now = self._seq * FRAME_SAMPLES
        for at_s, said in self._said:
            start = now - round(at_s * RATE_HZ)
            part = said[max(0, start) : max(0, start + FRAME_SAMPLES)]
            at = max(0, -start)
            sound[at : at + len(part)] += part
        return sound


def impulse_response(seed: int, rt60_s: float, direct_to_reverberant_db: float) -> Sound:
    """Direct sound of 1, then noise that decays by 60 dB in `rt60_s`; shape [rt60_s · RATE_HZ]."""
    time_s = np.arange(round(rt60_s * RATE_HZ)) / RATE_HZ
    tail = np.random.default_rng(seed).normal(0, 1, len(time_s)) * 10 ** (-3 * time_s / rt60_s)
    tail[time_s < _TAIL_STARTS_S] = 0
    tail *= 10 ** (-direct_to_reverberant_db / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    return tail


def active_dbfs(samples: Samples) -> float:
    """Level of speech without its pauses: of the frames within 20 dB of the loud ones."""
    whole = to_sound(samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES])
    power = np.mean(whole.reshape(-1, FRAME_SAMPLES) ** 2, axis=1)
    if not power.any():
        return -np.inf
    active = power[power > np.quantile(power, 0.95) / 100]
    return float(10 * np.log10(active.mean()))


def to_sound(samples: Samples) -> Sound:
    return samples / 32768.0


def to_samples(sound: Sound) -> Samples:
    return np.clip(np.round(sound * 32768), -32768, 32767).astype(np.int16)
