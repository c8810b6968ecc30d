"""The self-test by sound, in simulated rooms."""

from __future__ import annotations

import numpy as np
import pytest

from appliance import clock
from appliance.health.chirp import AMPLITUDE, SoundPath, chirp, find, sound_check
from audio.fakes import ScriptedMicrophone
from audio.format import RATE_HZ
from audio.playout import RecordingLoudspeaker
from tests.audio.room import Room, RoomMicrophone


def check(room: Room) -> SoundPath:
    async def whole() -> SoundPath:
        speaker = RecordingLoudspeaker(22_050)
        return await sound_check(speaker, RoomMicrophone(room, speaker))

    return clock.run(whole(), realtime=False)


@pytest.mark.parametrize("delay_ms", [20.0, 80.0, 250.0])
@pytest.mark.parametrize("noise_db", [30.0, 50.0])
def test_the_path_is_found_and_measured(delay_ms: float, noise_db: float) -> None:
    path = check(Room(delay_ms=delay_ms, noise_db=noise_db))
    assert (path.ok, path.code) == (True, "OK")
    assert path.delay_ms == pytest.approx(delay_ms, abs=3)
    assert path.level_db > path.noise_db


@pytest.mark.parametrize("seed", range(5))
def test_a_loudspeaker_that_is_not_heard_fails(seed: int) -> None:
    path = check(Room(seed=seed, playback_db=-40))
    assert (path.ok, path.code) == (False, "PATH_NOT_HEARD")


def test_a_dead_microphone_is_named() -> None:
    assert find(np.zeros(2 * RATE_HZ, np.int16), 0.6).code == "PATH_ZEROS"
    assert find(np.ones(100, np.int16), 0.6).code == "PATH_NO_FRAMES"

    async def whole() -> tuple[SoundPath, ScriptedMicrophone]:
        microphone = ScriptedMicrophone()
        return await sound_check(RecordingLoudspeaker(16_000), microphone), microphone

    path, microphone = clock.run(whole(), realtime=False)
    assert path.code == "PATH_NO_FRAMES"
    assert not microphone.running


def test_it_is_quiet() -> None:
    assert np.abs(chirp(48_000)).max() <= AMPLITUDE * 32768
