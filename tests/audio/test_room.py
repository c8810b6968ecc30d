"""The simulated room: levels, delay, and a microphone that hears the loudspeaker as it plays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Samples
from audio.playout import RecordingLoudspeaker

from .conftest import tone
from .room import FULL_SCALE_DB, VOICE_DBFS, Room, RoomMicrophone, active_dbfs, impulse_response

Run = Callable[[Any], Any]
SILENCE = np.zeros(2 * RATE_HZ, np.int16)
DRY = {"rt60_s": 0.01, "noise_db": -40.0, "bend": 0.0}


def loud(dbfs: float, seconds: float = 2.0) -> Samples:
    sound = np.random.default_rng(1).normal(0, 10 ** (dbfs / 20), round(seconds * RATE_HZ))
    return (np.clip(sound, -1, 1) * 32767).astype(np.int16)


def spl(samples: Samples) -> float:
    return active_dbfs(samples) + FULL_SCALE_DB


def test_levels_are_those_of_the_room() -> None:
    room = Room(noise_db=35)
    assert spl(room.microphone(SILENCE, SILENCE)) == pytest.approx(35, abs=1)
    assert spl(room.microphone(loud(-30), SILENCE)) == pytest.approx(room.speech_db, abs=2)
    assert spl(room.microphone(SILENCE, loud(VOICE_DBFS))) == pytest.approx(70, abs=2)


def test_the_echo_comes_after_the_delay() -> None:
    click = np.zeros(RATE_HZ, np.int16)
    click[100] = 20_000
    heard = Room(delay_ms=50, **DRY).microphone(np.zeros(0, np.int16), click)
    assert np.argmax(np.abs(heard)) == 100 + 800


def test_reverberation_falls_by_60_db_in_its_time() -> None:
    tail = impulse_response(0, 0.4, 6)[200:] ** 2
    early, late = tail[:800].mean(), tail[-800:].mean()
    assert 10 * np.log10(early / late) == pytest.approx(60 * 5_400 / 6_400, abs=5)


def test_the_amplifier_bends_loud_sound_only() -> None:
    def third_harmonic_db(amplitude: float) -> float:
        room = Room(**{**DRY, "bend": 0.6})
        far = (tone(1.0, hertz=500) * 2 * amplitude * 32767).astype(np.int16)
        spectrum = np.abs(np.fft.rfft(room.microphone(SILENCE[:0], far)[4_000:12_000]))
        return float(20 * np.log10(spectrum[750] / spectrum[250]))

    assert -36 < third_harmonic_db(0.9) < -25
    assert third_harmonic_db(0.1) < -50


def test_the_microphone_hears_person_and_loudspeaker_as_they_sound(simulate: Run) -> None:
    got: list[Frame] = []

    async def scene() -> None:
        speaker = RecordingLoudspeaker(22_050)
        room = Room(delay_ms=32, **DRY)
        microphone = RoomMicrophone(room, speaker, [(0.5, loud(-30, 0.2))])
        microphone.start(got.append, pytest.fail)
        await asyncio.sleep(1.0)
        playing = asyncio.create_task(
            speaker.play((tone(2.0, 22_050) * 32767).astype(np.int16)),
        )
        await asyncio.sleep(0.5)
        speaker.flush()
        await playing
        microphone.say(loud(-30, 0.2), 2.0)
        await asyncio.sleep(1.0)
        microphone.stop()
        microphone.stop()
        await asyncio.sleep(1.0)

    simulate(scene())
    assert [frame.seq for frame in got] == list(range(78))
    assert got[-1].captured_at == pytest.approx(78 * FRAME_S)
    heard = np.concatenate([frame.samples for frame in got])
    audible = np.flatnonzero(np.abs(heard[:39_840].reshape(-1, 160)).max(axis=1) > 100) / 100
    runs = np.split(audible, np.flatnonzero(np.diff(audible) > 0.1) + 1)
    spans = [(run[0], run[-1]) for run in runs]
    assert len(spans) == 3
    assert spans[0] == pytest.approx((0.5, 0.7), abs=0.03)
    assert spans[1] == pytest.approx((1.03, 1.53), abs=0.03)
    assert spans[2] == pytest.approx((2.0, 2.2), abs=0.03)
    assert len(heard) == 78 * FRAME_SAMPLES
