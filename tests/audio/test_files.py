"""Recordings as a microphone: every format, every way to be broken, and writing."""

from __future__ import annotations

import asyncio
import errno
import os
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio.decode import FrameReader
from audio.errors import AudioError
from audio.files import FileMicrophone, probe, write_wav
from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Samples

from .conftest import tone

WIDTHS = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ALAW", "ULAW"]


def heard(path: Path) -> Samples:
    reader = FrameReader(path)
    try:
        return np.concatenate([np.zeros(0, np.int16), *reader.frames()])
    finally:
        reader.close()


def wav(path: Path, samples: np.ndarray, rate: int = RATE_HZ, subtype: str = "PCM_16") -> Path:
    soundfile.write(path, samples, rate, subtype=subtype, format="WAV")
    return path


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    subtype=st.sampled_from(WIDTHS),
    rate=st.sampled_from([8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000]),
    channels=st.integers(1, 6),
)
def test_every_format_of_a_tone_sounds_the_same(
    tmp_path: Path, subtype: str, rate: int, channels: int
) -> None:
    sound = np.repeat(tone(0.5, rate)[:, None], channels, axis=1)
    samples = heard(wav(tmp_path / "t.wav", sound, rate, subtype))
    wanted = tone(0.5) * 32768
    middle = slice(800, 7200)
    assert abs(len(samples) - len(wanted)) <= FRAME_SAMPLES
    assert np.abs(samples[: len(wanted)][middle] - wanted[middle]).max() < 32768 * 0.03


def test_16_bit_at_16_khz_is_untouched(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(-32768, 32767, 5_000).astype(np.int16)
    samples = heard(wav(tmp_path / "n.wav", noise))
    assert np.array_equal(samples[:5_000], noise)
    assert not samples[5_000:].any()


def test_flac_too(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "t.flac", tone(1.0), RATE_HZ, subtype="PCM_24")
    assert probe(tmp_path / "t.flac").encoding == "FLAC PCM_24"
    assert len(heard(tmp_path / "t.flac")) == 32 * FRAME_SAMPLES


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [
        ("WAVEX", "PCM_24"),
        ("RF64", "PCM_16"),
        ("W64", "PCM_16"),
        ("WAV", "GSM610"),
        ("WAV", "IMA_ADPCM"),
        ("AIFF", "PCM_16"),
        ("OGG", "VORBIS"),
        ("MP3", "MPEG_LAYER_III"),
    ],
)
def test_whatever_libsndfile_reads_is_heard(tmp_path: Path, kind: str, subtype: str) -> None:
    soundfile.write(tmp_path / "t", tone(1.0, 8_000), 8_000, format=kind, subtype=subtype)
    assert len(heard(tmp_path / "t")) == pytest.approx(RATE_HZ, abs=1_500)


def test_a_big_endian_wav(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "t", tone(1.0), RATE_HZ, format="WAV", endian="BIG")
    path = tmp_path / "t"
    assert path.read_bytes()[:4] == b"RIFX"
    assert len(heard(path)) == 32 * FRAME_SAMPLES
    path.write_bytes(path.read_bytes()[:9_000])
    with pytest.raises(AudioError, match="of 32000 bytes"):
        probe(path)


def test_float_files_with_nan_and_infinity(tmp_path: Path) -> None:
    sound = np.array([0.5, np.nan, np.inf, -np.inf, 1e30] * 200)
    samples = heard(wav(tmp_path / "x.wav", sound, subtype="DOUBLE"))
    assert list(samples[:5]) == [16384, 0, 32767, -32768, 32767]


def test_one_sample_is_a_recording(tmp_path: Path) -> None:
    path = wav(tmp_path / "one.wav", np.array([1000], np.int16))
    assert probe(path).duration_s == 1 / RATE_HZ
    assert len(heard(path)) == FRAME_SAMPLES


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_one_sample_at_another_rate(tmp_path: Path, rate: int) -> None:
    assert len(heard(wav(tmp_path / "one.wav", np.array([1000], np.int16), rate))) <= FRAME_SAMPLES


@pytest.mark.parametrize("size", [0, 0x7FFF_FFFF, 0x7FFF_F000, 0xFFFF_FFFF])
def test_headers_written_to_a_pipe(tmp_path: Path, size: int) -> None:
    path = wav(tmp_path / "piped.wav", (tone(1.0) * 32767).astype(np.int16))
    whole = heard(path)
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", size)
    data[4:8] = struct.pack("<I", size)
    path.write_bytes(data)
    assert np.array_equal(heard(path), whole)
    assert probe(path).duration_s == 1.0


BROKEN = {
    "header only": "AUD-TRUNCATED",
    "half": "AUD-TRUNCATED",
    "flac half": "AUD-TRUNCATED",
    "no samples": "AUD-NO-SAMPLES",
    "no chunks": "AUD-NO-SAMPLES",
    "slow rate": "AUD-BAD-RATE",
    "empty": "AUD-EMPTY",
    "text": "AUD-NOT-AUDIO",
    "riff": "AUD-NOT-AUDIO",
    "folder": "AUD-NOT-A-FILE",
    "missing": "AUD-NO-FILE",
}


def break_it(path: Path, kind: str) -> None:
    """Make a file that can't be used."""
    good = wav(path, (tone(1.0) * 32767).astype(np.int16)).read_bytes()
    contents = {
        "header only": good[:44],
        "half": good[:16_000],
        "no chunks": good[:20],
        "empty": b"",
        "text": b"hello, world\n" * 99,
        "riff": b"RIFF",
    }
    if kind in contents:
        path.write_bytes(contents[kind])
    elif kind == "no samples":
        wav(path, np.zeros(0, np.int16))
    elif kind == "slow rate":
        wav(path, tone(0.1), 100)
    elif kind == "flac half":
        soundfile.write(path, tone(4.0), RATE_HZ, format="FLAC")
        path.write_bytes(path.read_bytes()[:20_000])
    else:
        path.unlink()
        if kind == "folder":
            path.mkdir()


@pytest.mark.parametrize("kind", BROKEN)
def test_what_cannot_be_used_says_what_why_and_what_to_do(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "broken.wav"
    break_it(path, kind)
    with pytest.raises(AudioError) as caught:
        FileMicrophone(path)
    error = caught.value
    assert error.code == BROKEN[kind]
    assert str(path) in error.what
    assert error.cause
    assert error.remedy


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = wav(tmp_path / "secret.wav", tone(0.1))

    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AudioError, match="Permission denied") as caught:
        probe(path)
    assert caught.value.code == "AUD-UNREADABLE"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=st.sampled_from(["wav", "flac"]),
    changes=st.lists(st.tuples(st.integers(0, 119), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 3_000),
)
def test_damage_is_never_a_crash(
    tmp_path: Path, kind: str, changes: list[tuple[int, int]], cut: int
) -> None:
    path = tmp_path / f"damaged.{kind}"
    noise = np.random.default_rng(2).integers(-3000, 3000, 1_200).astype(np.int16)
    soundfile.write(path, noise, RATE_HZ, format=kind.upper())
    data = bytearray(path.read_bytes()[:cut] if cut < 2_000 else path.read_bytes())
    for at, value in changes:
        if at < len(data):
            data[at] = value
    path.write_bytes(data)
    try:
        heard(path)
    except AudioError as error:
        assert error.code.startswith("AUD-")  # noqa: PT017


def test_a_long_recording_is_not_loaded_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with soundfile.SoundFile(path, "w", 96_000, 2, "PCM_24") as file:
        for _ in range(60):
            file.write(np.zeros((96_000, 2), np.float32))
    tracemalloc.start()
    reader = FrameReader(path)
    count = sum(1 for _ in reader.frames())
    reader.close()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 60 * RATE_HZ // FRAME_SAMPLES
    assert peak < 4_000_000


def test_frames_come_on_the_clock_and_silence_follows(
    tmp_path: Path, simulate: Callable[[Any], Any]
) -> None:
    path = wav(tmp_path / "t.wav", np.full(1_200, 7, np.int16))

    async def listen() -> None:
        loop = asyncio.get_running_loop()
        got: list[tuple[float, Frame]] = []
        exhausted: list[tuple[float, float]] = []
        microphone = FileMicrophone(path, lambda at: exhausted.append((loop.time(), at)))
        start = loop.time()
        microphone.start(lambda frame: got.append((loop.time(), frame)), pytest.fail)
        await asyncio.sleep(10 * FRAME_S + 0.001)
        microphone.stop()
        await asyncio.sleep(1)
        assert [time for time, _ in got] == [start + (k + 1) * FRAME_S for k in range(10)]
        assert [frame.seq for _, frame in got] == list(range(10))
        assert [frame.captured_at for _, frame in got] == [(k + 1) * FRAME_S for k in range(10)]
        assert sum(int(frame.samples.sum()) for _, frame in got) == 7 * 1_200
        assert exhausted == [(start + 3 * FRAME_S, 0.075)]
        assert microphone.exhausted_at_s == 0.075
        microphone.stop()

    simulate(listen())


def test_stop_inside_a_delivery_is_final(tmp_path: Path, simulate: Callable[[Any], Any]) -> None:
    path = wav(tmp_path / "t.wav", tone(1.0))

    async def listen() -> None:
        microphone, got = FileMicrophone(path), []

        def deliver(frame: Frame) -> None:
            got.append(frame)
            microphone.stop()

        microphone.start(deliver, pytest.fail)
        await asyncio.sleep(1)
        assert len(got) == 1
        with pytest.raises(RuntimeError):
            microphone.start(deliver, pytest.fail)

    simulate(listen())


def test_damage_further_on_ends_the_microphone_once(
    tmp_path: Path, simulate: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    microphone = FileMicrophone(wav(tmp_path / "t.wav", tone(1.0)))
    fault = AudioError("AUD-TRUNCATED", "what", "cause", "remedy")
    reads = iter([np.zeros((2_048, 1), np.float32), fault])

    def read(_count: int) -> np.ndarray:
        block = next(reads)
        if isinstance(block, Exception):
            raise block
        return block

    monkeypatch.setattr(microphone._reader, "_read", read)

    async def listen() -> None:
        ends: list[Exception | None] = []
        got: list[Frame] = []
        microphone.start(got.append, ends.append)
        await asyncio.sleep(2)
        assert len(got) == 4
        assert ends == [fault]

    simulate(listen())


def test_written_files_can_be_read(tmp_path: Path) -> None:
    samples = (tone(0.3, 22_050) * 32767).astype(np.int16)
    write_wav(tmp_path / "out.wav", samples, 22_050)
    back, rate = soundfile.read(tmp_path / "out.wav", dtype="int16")
    assert rate == 22_050
    assert np.array_equal(back, samples)
    assert os.listdir(tmp_path) == ["out.wav"]  # noqa: PTH208


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out.wav"
    target.write_bytes(b"old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AudioError, match="the disk is full") as caught:
        write_wav(target, np.zeros(100, np.int16), RATE_HZ)
    assert caught.value.code == "AUD-WRITE"
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["out.wav"]  # noqa: PTH208


def test_writing_into_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="No such file") as caught:
        write_wav(tmp_path / "no" / "out.wav", np.zeros(1, np.int16), RATE_HZ)
    assert caught.value.code == "AUD-WRITE"
