"""The sound card: against ALSA's file devices for real, and against a card that misbehaves."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
import threading
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio.continuity import Continuity
from audio.errors import AudioError
from audio.format import FRAME_S, FRAME_SAMPLES, Frame
from audio.live import PyAudioLoudspeaker, PyAudioMicrophone, list_devices
from audio.rechunk import Framer

from .conftest import tone

Callback = Callable[[bytes | None, int, object, int], tuple[bytes | None, int]]


class Stream:
    """An open stream; the test is its hardware."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options, self.closed = options, False
        self.callback: Callback = options["stream_callback"]

    def capture(self, samples: np.ndarray, status: int = 0) -> int:
        return self.callback(samples.astype(np.int16).tobytes(), len(samples), None, status)[1]

    def playback(self, count: int) -> np.ndarray:
        data = self.callback(None, count, None, 0)[0]
        assert data is not None
        return np.frombuffer(data, np.int16)

    def close(self) -> None:
        self.closed = True


class Card:
    """Stands in for the module `pyaudio`."""

    def __init__(self) -> None:
        self.rates = {16_000, 44_100}
        self.names = ["HDA Intel", "USB Mic"]
        self.streams: list[Stream] = []
        self.open_systems = 0
        self.busy = False

    def module(self) -> types.ModuleType:
        module = types.ModuleType("pyaudio")
        constants = {"paInt16": 8, "paContinue": 0, "paAbort": 2, "paInputOverflow": 2}
        vars(module).update(constants, PyAudio=self.initialise)
        return module

    def initialise(self) -> Card:
        self.open_systems += 1
        return self

    def terminate(self) -> None:
        self.open_systems -= 1

    def get_device_count(self) -> int:
        return len(self.names)

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        outputs = 2 if index == 0 else 0
        return {
            "index": index,
            "name": self.names[index],
            "maxInputChannels": 2,
            "maxOutputChannels": outputs,
            "defaultSampleRate": 44_100.0,
        }

    def get_default_input_device_info(self) -> dict[str, Any]:
        if not self.names:
            raise OSError("No Default Input Device Available")
        return self.get_device_info_by_index(0)

    get_default_output_device_info = get_default_input_device_info

    def is_format_supported(self, rate: int, **_options: object) -> bool:
        if rate not in self.rates:
            raise ValueError("Invalid sample rate")
        return True

    def open(self, **options: Any) -> Stream:
        if self.busy:
            raise OSError(-9985, "Device unavailable")
        self.streams.append(Stream(options))
        return self.streams[-1]


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[Card]:
    card = Card()
    monkeypatch.setitem(sys.modules, "pyaudio", card.module())
    yield card
    assert card.open_systems == 0
    assert all(stream.closed for stream in card.streams)


class Ends:
    """Collects calls of `ended`."""

    def __init__(self) -> None:
        self.errors: list[Exception | None] = []
        self.called = threading.Event()

    def __call__(self, error: Exception | None) -> None:
        self.errors.append(error)
        self.called.set()


def test_what_the_card_captures_arrives_in_frames(card: Card) -> None:
    continuity = Continuity(lambda: 0.0)
    microphone, got = PyAudioMicrophone(continuity=continuity), []
    microphone.start(got.append, pytest.fail)
    card.streams[0].capture(np.arange(700))
    card.streams[0].capture(np.arange(700, 1_100), status=2)
    microphone.stop()
    assert [frame.seq for frame in got] == [0, 1]
    assert got[1].captured_at == 2 * FRAME_S
    assert np.array_equal(np.concatenate([frame.samples for frame in got]), np.arange(1_024))
    assert continuity.losses == 1
    assert card.streams[0].capture(np.arange(2_000)) == 2  # aborts
    assert len(got) == 2


def test_sound_that_never_came_is_counted_though_the_card_says_nothing(card: Card) -> None:
    now = 0.0
    continuity = Continuity(lambda: now)
    microphone = PyAudioMicrophone(continuity=continuity)
    for _ in range(2):
        microphone.start(lambda _frame: None, pytest.fail)
        for second in range(20):
            now += 1.3 if second == 10 else 1.0
            card.streams[-1].capture(np.zeros(16_000))
        microphone.stop()
    assert continuity.losses == 2


def test_a_card_without_16_khz_is_resampled(card: Card) -> None:
    card.rates = {44_100}
    microphone, got = PyAudioMicrophone("USB"), []
    microphone.start(got.append, pytest.fail)
    assert card.streams[0].options["rate"] == 44_100
    assert card.streams[0].options["input_device_index"] == 1
    sound = tone(1.0, 44_100) * 32767
    for part in np.array_split(sound, 31):
        card.streams[0].capture(part)
    microphone.stop()
    samples = np.concatenate([frame.samples for frame in got])
    assert len(samples) == pytest.approx(16_000, abs=1_000)
    spectrum = np.abs(np.fft.rfft(samples[:8_000]))
    assert np.argmax(spectrum) * 2 == 440


def test_a_microphone_that_was_pulled_out_is_reported_once(card: Card) -> None:
    microphone, ends = PyAudioMicrophone(stall_s=0.01), Ends()
    microphone.start(lambda _frame: None, ends)
    assert ends.called.wait(10)
    microphone.stop()
    microphone.stop()
    assert [error.code for error in ends.errors if isinstance(error, AudioError)] == [
        "AUD-MIC-LOST"
    ]


def test_a_failure_in_the_callback_is_reported_once(card: Card) -> None:
    microphone, ends, fault = PyAudioMicrophone(stall_s=60), Ends(), ValueError("bad frame")

    def deliver(_frame: Frame) -> None:
        raise fault

    microphone.start(deliver, ends)
    assert card.streams[0].capture(np.zeros(FRAME_SAMPLES)) == 2
    assert ends.called.wait(10)
    microphone.stop()
    assert ends.errors == [fault]


def test_a_microphone_can_be_started_again(card: Card) -> None:
    microphone, got = PyAudioMicrophone(), []
    for _ in range(2):
        microphone.start(got.append, pytest.fail)
        with pytest.raises(RuntimeError):
            microphone.start(got.append, pytest.fail)
        card.streams[-1].capture(np.zeros(FRAME_SAMPLES))
        microphone.stop()
    assert [frame.seq for frame in got] == [0, 0]


@pytest.mark.parametrize(
    ("break_it", "device", "code"),
    [
        (lambda card: setattr(card, "busy", True), None, "AUD-DEVICE"),
        (lambda card: None, "Bluetooth", "AUD-NO-DEVICE"),
        (lambda card: card.names.clear(), None, "AUD-NO-DEVICE"),
    ],
)
def test_a_device_that_cannot_be_used(
    card: Card, break_it: Callable[[Card], None], device: str | None, code: str
) -> None:
    break_it(card)
    with pytest.raises(AudioError) as caught:
        PyAudioMicrophone(device).start(pytest.fail, pytest.fail)
    assert caught.value.code == code
    with pytest.raises(AudioError) as caught:
        PyAudioLoudspeaker(16_000, device)
    assert caught.value.code == code


def test_without_portaudio_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    for action in (list_devices, lambda: PyAudioLoudspeaker(16_000)):
        with pytest.raises(
            AudioError, match=r"portaudio19-dev.*pip install '\.\[live\]'"
        ) as caught:
            action()
        assert caught.value.code == "AUD-NO-PORTAUDIO"


def test_the_loudspeaker_plays_in_order_and_waits_at_200_ms(card: Card) -> None:
    async def scene() -> None:
        speaker = PyAudioLoudspeaker(16_000)
        stream = card.streams[0]
        playing = asyncio.create_task(speaker.play(np.arange(4_000, dtype=np.int16)))
        await asyncio.sleep(0)
        first = stream.playback(320)
        assert np.array_equal(first, np.arange(320))
        await asyncio.sleep(0)
        assert not playing.done()
        assert np.array_equal(stream.playback(480), np.arange(320, 800))
        await playing
        assert speaker.heard_s() == pytest.approx(0.05)
        draining = asyncio.create_task(speaker.drain())
        await asyncio.sleep(0)
        assert not draining.done()
        assert len(stream.playback(3_500)) == 3_500  # the rest and silence
        await draining
        assert speaker.heard_s() == 0.25
        speaker.close()

    asyncio.run(scene())


def test_flush_is_silence_from_the_next_period_on(card: Card) -> None:
    async def scene() -> None:
        speaker = PyAudioLoudspeaker(16_000)
        playing = asyncio.create_task(speaker.play(np.full(16_000, 5, np.int16)))
        await asyncio.sleep(0)
        card.streams[0].playback(320)
        speaker.flush()
        assert not card.streams[0].playback(320).any()
        await playing
        assert speaker.heard_s() == 0.02
        speaker.close()
        with pytest.raises(RuntimeError):
            await speaker.play(np.zeros(1, np.int16))

    asyncio.run(scene())


def test_the_gain_acts_on_what_is_queued_and_the_tap_is_told_what_leaves(card: Card) -> None:
    async def scene() -> None:
        told: list[tuple[np.ndarray, int, float]] = []
        speaker = PyAudioLoudspeaker(16_000, tap=lambda *told_of: told.append(told_of))
        stream = card.streams[0]
        stream.playback(320)  # silence is not told, but the device's clock goes on
        assert not told
        playing = asyncio.create_task(speaker.play(np.full(3_200, 1_000, np.int16)))
        await asyncio.sleep(0)
        left = [stream.playback(320)]
        speaker.gain = 0.2
        left += [stream.playback(320), stream.playback(320)]
        speaker.flush()
        stream.playback(320)
        await playing
        assert (left[0] == 1_000).all()
        assert left[1][0] == 1_000  # it glides,
        assert left[1][-1] == 200  # and is there within 20 ms
        assert (left[2] == 200).all()
        assert np.array_equal(np.concatenate([part for part, _, _ in told]), np.concatenate(left))
        assert [rate for _, rate, _ in told] == [16_000] * 3
        assert [at for _, _, at in told] == pytest.approx([0.02, 0.04, 0.06])
        assert speaker.now_s() == pytest.approx(0.1)
        speaker.close()

    asyncio.run(scene())


def test_a_loudspeaker_that_was_pulled_out_does_not_hang(card: Card) -> None:
    async def scene() -> None:
        speaker = PyAudioLoudspeaker(16_000, stall_s=0.01)
        with pytest.raises(AudioError, match="loudspeaker was lost"):
            await speaker.play(np.zeros(16_000, np.int16))
        speaker.close()
        speaker.close()

    asyncio.run(scene())


def test_a_loudspeaker_opened_anew_sees_new_devices_and_its_clock_goes_on(card: Card) -> None:
    async def scene() -> None:
        speaker = PyAudioLoudspeaker(16_000)
        card.streams[0].playback(16_000)
        speaker.release()
        assert card.open_systems == 0, "only then PortAudio looks for devices again"
        card.rates, card.busy = {44_100}, True
        with pytest.raises(AudioError):
            speaker.reopen()
        card.busy = False
        speaker.reopen()
        assert speaker.now_s() == pytest.approx(1.0)
        playing = asyncio.create_task(speaker.play(np.full(1_600, 9, np.int16)))
        await asyncio.sleep(0)
        card.streams[-1].playback(44_100)
        await playing
        assert speaker.now_s() == pytest.approx(2.0)
        speaker.close()
        speaker.close()

    asyncio.run(scene())


def test_stereo_is_mixed_and_left_overs_wait() -> None:
    framer = Framer(16_000, 2)
    stereo = np.stack([np.full(600, 100), np.full(600, 300)], axis=1).astype(np.int16).ravel()
    (frame,) = framer.feed(stereo)
    assert (frame == 200).all()
    assert len(framer.feed(stereo)) == 1


IN_A_REAL_PROCESS = """
import asyncio, sys, threading
import numpy as np
from audio.live import PyAudioLoudspeaker, PyAudioMicrophone, list_devices
names = [device.name for device in list_devices()]
assert "recorded" in names and "played" in names, names
got, enough = [], threading.Event()
def deliver(frame):
    got.append(frame) if len(got) < 60 else enough.set()
microphone = PyAudioMicrophone("recorded")
microphone.start(deliver, lambda error: sys.exit(f"ended: {error}"))
assert enough.wait(20)
microphone.stop()
samples = np.concatenate([frame.samples for frame in got])
assert [frame.seq for frame in got] == list(range(60))
assert np.array_equal(samples, np.fromfile("in.raw", np.int16)[:60 * 512])
async def play():
    speaker = PyAudioLoudspeaker(22050, "played")
    await speaker.play((np.arange(22050) % 1000).astype(np.int16))
    await speaker.drain()
    speaker.close()
    print(speaker.heard_s())
asyncio.run(play())
"""


@pytest.mark.skipif(importlib.util.find_spec("pyaudio") is None, reason="PyAudio is not installed")
def test_a_real_portaudio_on_alsa_files(tmp_path: Path) -> None:
    """ALSA's file plug-in is a device like any other to PortAudio."""
    system = Path("/usr/share/alsa/alsa.conf")
    if not system.exists():
        pytest.skip(f"ALSA has no {system} here")
    sound = np.random.default_rng(0).integers(-9_000, 9_000, 64_000).astype(np.int16)
    sound.tofile(tmp_path / "in.raw")
    (tmp_path / "asoundrc").write_text(
        'pcm.recorded { type file slave.pcm "null" format "raw" file "/dev/null"'
        f' infile "{tmp_path}/in.raw" hint {{ show on description "a" }} }}\n'
        'pcm.played { type file slave.pcm "null" format "raw"'
        f' file "{tmp_path}/out.raw" hint {{ show on description "b" }} }}\n'
    )
    environment = {
        "ALSA_CONFIG_PATH": f"{system}:{tmp_path}/asoundrc",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "JACK_NO_START_SERVER": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", IN_A_REAL_PROCESS],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert float(done.stdout) == pytest.approx(1.0)
    played = np.fromfile(tmp_path / "out.raw", np.int16)
    start = int(np.argmax(played > 0)) - 1
    assert np.array_equal(played[start : start + 22_050], np.arange(22_050) % 1_000)
