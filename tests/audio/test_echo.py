"""The device listens while it speaks: in a simulated room, with its real voice and real people."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import soxr

import audio.echo as echo_module
from appliance.engines.espeak import EspeakVoice
from audio.earcons import Earcon, render
from audio.ears import Ears
from audio.echo import EchoCanceller
from audio.errors import AudioError
from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Samples
from audio.playout import RecordingLoudspeaker
from audio.ports import WakeHit
from audio.reference import Reference
from audio.vad import SileroVad
from audio.wake import OpenWakeWord

from .conftest import frames
from .room import Echo, Room, RoomMicrophone, to_samples, to_sound

Run = Callable[[Any], Any]
TEXT = (
    "The red light means that the water tank is empty. Fill it up to the upper mark, close the lid "
    "and press the button for three seconds. If the light goes on blinking, then clean the filter: "
    "take it out, rinse it under warm water, let it dry for an hour, and put it back. "
)


@cache
def voice_22k() -> Samples:
    voice = EspeakVoice()
    voice.load()
    return np.concatenate([*voice.synthesise(TEXT)])


@cache
def voice_16k() -> Samples:
    resampled: Samples = soxr.resample(voice_22k(), 22_050, RATE_HZ)
    return resampled


class Scene:
    """A canceller whose clock the test moves, frame by frame."""

    def __init__(self, lag_s: float = 0.0) -> None:
        self.now, self.lag_s = 0.0, lag_s
        self.reference = Reference()
        self.echo = EchoCanceller(self.reference, lambda: self.now)
        self.seq = 0

    def hear(self, microphone: Samples, played: Samples) -> Samples:
        out = []
        for near, far in zip(frames(microphone), frames(played), strict=True):
            self.reference.put(far.samples, RATE_HZ, self.seq * FRAME_S)
            self.seq += 1
            self.now = self.seq * FRAME_S + self.lag_s
            frame = self.echo.cancel(Frame(near.samples, self.seq - 1, self.seq * FRAME_S))
            assert frame.captured_at == self.seq * FRAME_S
            out.append(frame.samples)
        return np.concatenate(out)


def db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(to_sound(samples) ** 2) + 1e-12))


def echo_of(room: Room, far: Samples) -> Samples:
    return to_samples(Echo(room).hear(far) + room.noise().take(len(far)))


@pytest.mark.parametrize("delay_ms", [20, 80, 250])
def test_its_own_voice_all_but_vanishes_whatever_the_delay(delay_ms: float) -> None:
    far = voice_16k()
    microphone = echo_of(Room(delay_ms=delay_ms), far)
    left = Scene().hear(microphone, far)
    half = len(microphone) // 2
    assert db(microphone[half:]) - db(left[half : len(microphone)]) > 20


@pytest.mark.parametrize("room", [Room(), Room(seed=2, delay_ms=250), Room(seed=1, rt60_s=0.6)])
def test_the_sound_of_being_ready_teaches_the_room_before_the_first_word(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the turn's own sounds do not: they are of few frequencies."""
    monkeypatch.setattr(echo_module, "_TURNED_DOWN", 1.0)
    first_db = []
    for sounds in ((Earcon.WAKE, Earcon.HEARD), (Earcon.READY, Earcon.WAKE, Earcon.HEARD)):
        pause = np.zeros(RATE_HZ, np.int16)
        before = np.concatenate([part for one in sounds for part in (render(one, RATE_HZ), pause)])
        far = np.concatenate([before, voice_16k()[: 2 * RATE_HZ]])
        microphone, word = echo_of(room, far), slice(len(before), len(before) + RATE_HZ)
        first_db.append(db(microphone[word]) - db(Scene().hear(microphone, far)[word]))
    untaught, taught = first_db
    assert taught > untaught + 3


def test_what_is_left_is_known_to_be_nobody_and_a_person_is_known() -> None:
    room, far, scene = Room(), voice_16k(), Scene()
    scene.hear(echo_of(room, far), far)
    assert scene.echo.only_echo
    person = room.person((np.random.default_rng(0).normal(0, 3_000, 8_000)).astype(np.int16))
    louder = to_sound(echo_of(room, far[:8_000])) + person
    scene.hear(to_samples(louder), far[:8_000])
    assert not scene.echo.only_echo


def test_a_person_is_heard_where_the_loudspeaker_makes_no_sound() -> None:
    """Unplugged or turned down: there is no echo, so nothing must be taken for one."""
    person = (np.random.default_rng(0).normal(0, 400, len(voice_16k()))).astype(np.int16)
    scene = Scene()
    left = scene.hear(person, voice_16k())
    assert not scene.echo.only_echo
    assert db(person) - db(left[: len(person)]) < 3


@pytest.mark.parametrize("playback_db", [-100, 55, 70])
def test_a_deep_voice_right_after_the_wake_sound_is_heard(playback_db: float) -> None:
    """The library takes low tones out of everything; that is no echo."""
    wake, pause = render(Earcon.WAKE, RATE_HZ), np.zeros(RATE_HZ, np.int16)
    before = np.concatenate([render(Earcon.READY, RATE_HZ), pause, wake])
    question = voice_16k()[: FRAME_SAMPLES * 50]
    room, scene = Room(playback_db=playback_db), Scene()
    scene.hear(echo_of(room, before), before)
    said = to_samples(room.person(question) + room.noise().take(len(question)))
    left, refused = [], []
    for frame in frames(said):
        left.append(scene.hear(frame.samples, np.zeros(FRAME_SAMPLES, np.int16)))
        refused.append(scene.echo.only_echo)
    begun = next(at for at, frame in enumerate(frames(question)) if db(frame.samples) > -40)
    assert not any(refused[begun + 3 :])
    assert db(said[RATE_HZ // 2 :]) - db(np.concatenate(left)[RATE_HZ // 2 :]) < 1


def test_frames_pass_untouched_while_the_loudspeaker_is_silent() -> None:
    scene, noise = Scene(), np.random.default_rng(0).integers(-999, 999, RATE_HZ).astype(np.int16)
    silence = np.zeros(RATE_HZ, np.int16)
    assert np.array_equal(scene.hear(noise, silence)[:RATE_HZ], noise)
    assert not scene.echo.only_echo
    click = silence.copy()
    click[:512] = 5_000
    changed = scene.hear(noise, click)[:RATE_HZ]
    assert not np.array_equal(changed, noise)
    for _ in range(2):  # a second later it is over
        after = scene.hear(noise, silence)[:RATE_HZ]
    assert np.array_equal(after, noise)


def test_frames_that_come_a_little_sooner_or_later_do_no_harm() -> None:
    far, random = voice_16k(), np.random.default_rng(3)
    microphone, scene, left = echo_of(Room(), far), Scene(), []
    for at in range(0, len(far) - FRAME_SAMPLES, FRAME_SAMPLES):
        scene.lag_s = 0.005 + random.exponential(0.01) - 0.004 * (at > 5 * RATE_HZ)
        left.append(scene.hear(microphone[at:][:FRAME_SAMPLES], far[at:][:FRAME_SAMPLES]))
    after = np.concatenate(left)[6 * RATE_HZ :]
    assert db(microphone[6 * RATE_HZ :]) - db(after) > 22


def test_slow_ears_do_no_harm() -> None:
    """A frame that waited finds the sound that was played when it was captured."""
    far = voice_16k()
    microphone, scene = echo_of(Room(), far), Scene()
    half = len(far) // FRAME_SAMPLES // 2 * FRAME_SAMPLES
    scene.hear(microphone[:half], far[:half])
    scene.lag_s = 0.3
    left = scene.hear(microphone[half:], far[half:])
    assert db(microphone[half:]) - db(left[: len(microphone) - half]) > 18


def test_a_loudspeaker_whose_clock_starts_late_is_found_within_seconds() -> None:
    far = voice_16k()
    scene, silence = Scene(), np.zeros(round(3.2 * RATE_HZ), np.int16)
    for frame in frames(silence):  # the microphone runs, the loudspeaker isn't open yet
        scene.echo.cancel(frame)
        scene.seq += 1
    scene.hear(silence, silence)
    microphone, half = echo_of(Room(), far), len(far) // 2
    left = scene.hear(microphone, far)
    assert db(microphone[half:]) - db(left[half : len(far)]) > 18


def test_a_microphone_that_was_opened_again_begins_anew() -> None:
    far = voice_16k()
    scene = Scene()
    scene.hear(echo_of(Room(), far), far)
    microphone, begun = echo_of(Room(), far), scene.now + 7.0
    out = []
    for seq, frame in enumerate(frames(microphone)):
        played = far[seq * FRAME_SAMPLES :][:FRAME_SAMPLES]
        scene.reference.put(played, RATE_HZ, begun + seq * FRAME_S)
        scene.now = begun + (seq + 1) * FRAME_S
        out.append(scene.echo.cancel(frame).samples)
    third_second = slice(2 * RATE_HZ, 3 * RATE_HZ)
    assert db(microphone[third_second]) - db(np.concatenate(out)[third_second]) > 10


def test_without_the_library_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaec", None)
    with pytest.raises(AudioError, match="pip install pyaec") as caught:
        Scene()
    assert caught.value.code == "AUD-NO-AEC"


def test_a_wake_phrase_over_the_devices_own_voice_in_a_live_room(
    simulate: Run, recording: Callable[[str], Samples], wake: OpenWakeWord, vad: SileroVad
) -> None:
    """The whole chain on the loop's clock; without cancellation the phrase is not heard."""
    alexa = recording("wake-word-benchmark/alexa_1.flac")

    async def scene(cancels: bool) -> list[WakeHit]:
        reference = Reference()
        speaker = RecordingLoudspeaker(22_050, tap=reference.put)
        microphone = RoomMicrophone(Room(), speaker, [(4.5, alexa)])
        echo = EchoCanceller(reference, speaker.now_s) if cancels else None
        ears, hits = Ears(wake, vad, echo=echo), []

        def deliver(frame: Frame) -> None:
            hits.extend(edge for edge in ears.feed(frame) if isinstance(edge, WakeHit))

        wake.reset()
        await asyncio.sleep(0.7)
        microphone.start(deliver, pytest.fail)
        await asyncio.sleep(0.5)
        await speaker.play(voice_22k()[: 8 * 22_050])
        microphone.stop()
        return hits

    (hit,) = simulate(scene(True))
    assert hit.phrase == "alexa"
    assert 4.5 < hit.at_s < 4.5 + len(alexa) / RATE_HZ + 0.5
    assert not simulate(scene(False))
