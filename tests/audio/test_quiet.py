"""When the models may rest, and that they wake in time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from audio.format import FRAME_SAMPLES, RATE_HZ, Samples
from audio.mel import HOP
from audio.models import quiet_room
from audio.quiet import StillRoom
from audio.vad import SileroVad

from .conftest import NeverStill, tone

ROOM = quiet_room(20 * RATE_HZ)  # -72 dB of full scale


def verdicts(*parts: np.ndarray, step: int = HOP) -> list[bool]:
    sound = np.concatenate(parts).round().astype(np.int16)
    room = StillRoom(step)
    return [room.still(part) for part in sound[: len(sound) // step * step].reshape(-1, step)]


def hum(dbfs: float) -> np.ndarray:
    return tone(20, hertz=53) * 2 * 2**0.5 * 32768 * 10 ** (dbfs / 20)


@pytest.mark.parametrize("step", [HOP, FRAME_SAMPLES])
@pytest.mark.parametrize("gain", [0, 1, 10])
def test_a_quiet_room_is_still_after_a_moment(step: int, gain: int) -> None:
    found = verdicts(ROOM[: 10 * RATE_HZ] * np.int16(gain), step=step)
    assert not any(found[: RATE_HZ * 7 // 10 // step])
    assert all(found[RATE_HZ * 3 // 2 // step :])


def test_an_offset_and_a_hum_are_no_sound() -> None:
    assert verdicts(ROOM + 500 + hum(-50))[-1]


@pytest.mark.parametrize("spoil", [np.zeros(len(ROOM)), hum(-50), np.full(len(ROOM), 500.0)])
@pytest.mark.parametrize("step", [HOP, FRAME_SAMPLES])
def test_soft_speech_ends_the_stillness_at_once(
    recording: Callable[[str], Samples], spoil: np.ndarray, step: int
) -> None:
    """At -60 dB of full scale, 12 dB over the room."""
    speech = recording("ljspeech/LJ001-0018.flac").astype(float)
    speech *= 32768 * 10 ** (-60 / 20) / speech.std()
    sound = ROOM[: 10 * RATE_HZ + len(speech)] + spoil[: 10 * RATE_HZ + len(speech)]
    sound[10 * RATE_HZ :] += speech
    found = verdicts(sound, step=step)
    begins = 10 * RATE_HZ // step
    assert all(found[begins - RATE_HZ // step : begins])
    assert not any(found[begins + RATE_HZ // 4 // step : begins + len(speech) // step - 1])


def test_a_loud_room_is_never_still_nor_one_that_isnt_known() -> None:
    assert not any(verdicts(ROOM.astype(float) * 100))
    assert not any(verdicts(ROOM[: RATE_HZ // 2]))


def test_a_room_that_grew_louder_is_still_again_when_it_is_known() -> None:
    found = verdicts(ROOM[: 8 * RATE_HZ], ROOM[: 8 * RATE_HZ] * 4.0)
    louder = 8 * RATE_HZ // HOP
    assert found[louder - 1]
    assert not any(found[louder : louder + 4 * RATE_HZ // HOP])
    assert found[-1]


def test_after_reset_nothing_is_known() -> None:
    room = StillRoom(HOP)
    for hop in ROOM.reshape(-1, HOP):
        room.still(hop)
    room.reset()
    assert not room.still(ROOM[:HOP])


class Counting(SileroVad):
    runs = 0

    def _probability(self, samples: Samples) -> float:
        self.runs += 1
        return super()._probability(samples)


def test_the_network_rests_in_a_quiet_room_and_hears_what_it_skipped() -> None:
    vad = Counting()
    before = vad.runs
    frames = ROOM[: len(ROOM) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    probabilities = [vad.process(frame) for frame in frames]
    assert vad.runs - before < 45
    assert probabilities[-1] == 0.0
    before = vad.runs
    vad.process(frames[0] * np.int16(50))
    assert 10 < vad.runs - before <= 32


@pytest.mark.parametrize(
    "name", ["ljspeech/LJ001-0018.flac", "wake-word-benchmark/alexa_1.flac", "jfk/jfk.flac"]
)
def test_speech_after_a_still_room_is_found_as_if_nobody_had_rested(
    recording: Callable[[str], Samples], name: str
) -> None:
    speech = recording(name)
    sound = np.concatenate((ROOM[: 6 * RATE_HZ], speech, ROOM[:RATE_HZ]))
    frames = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    resting, restless = SileroVad(), SileroVad()
    restless._room = NeverStill()
    ours = np.array([resting.process(frame) for frame in frames]) > 0.5
    theirs = np.array([restless.process(frame) for frame in frames]) > 0.5
    assert ours.any()
    assert abs(int(np.argmax(ours)) - int(np.argmax(theirs))) <= 3
    assert np.mean(ours == theirs) > 0.95
