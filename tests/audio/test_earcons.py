"""Earcons: told apart, without clicks, and nothing that listens takes them for anybody."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soxr
from hypothesis import given
from hypothesis import strategies as st

from audio.earcons import Earcon, render
from audio.features import HOP
from audio.format import FRAME_SAMPLES, RATE_HZ, Samples
from audio.models import quiet_room
from audio.vad import SileroVad
from audio.wake import OpenWakeWord

RATES = (16_000, 48_000)
SOFT = {Earcon.HEARD: -15.0, Earcon.DECLINED: -27.0}


@given(st.sampled_from(Earcon), st.integers(8_000, 96_000))
def test_at_any_rate(earcon: Earcon, rate_hz: int) -> None:
    samples = render(earcon, rate_hz)
    assert samples.dtype == np.int16
    assert samples[0] == samples[-1] == 0
    peak_db = 20 * np.log10(np.abs(samples.astype(float)).max() / 32768)
    assert peak_db == pytest.approx(SOFT.get(earcon, -12.0), abs=0.1)
    assert len(samples) / rate_hz == pytest.approx(len(render(earcon, 48_000)) / 48_000, abs=1e-3)


def test_too_low_a_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="8000"):
        render(Earcon.WAKE, 4_000)


def test_it_is_rendered_once_and_nobody_can_spoil_it() -> None:
    samples = render(Earcon.WAKE, 16_000)
    assert render(Earcon.WAKE, 16_000) is samples
    with pytest.raises(ValueError, match="read-only"):
        samples[0] = 1


def test_those_that_people_wait_for_are_short() -> None:
    assert len(render(Earcon.WAKE, 48_000)) <= 0.150 * 48_000
    assert len(render(Earcon.HEARD, 48_000)) <= 0.120 * 48_000


@pytest.mark.parametrize("earcon", Earcon)
def test_no_click(earcon: Earcon) -> None:
    """A click is a step: it has power where no partial is, in a window of 3 ms."""
    high = _highpassed(render(earcon, 48_000), above_hz=9_000)
    assert np.abs(high).max() < 3  # of 32768; rounding alone makes 1 or 2
    middle = render(earcon, 48_000).copy()
    middle[: np.argmax(np.abs(middle))] = 0  # the same, begun in the middle of a wave
    assert np.abs(_highpassed(middle, above_hz=9_000)).max() > 30


def test_the_page_has_every_earcon() -> None:
    page = (Path(__file__).parents[2] / "docs" / "earcons.md").read_text(encoding="utf-8")
    for earcon in Earcon:
        assert f"`{earcon.value}`" in page


def test_the_breath_holds_all_that_speech_holds() -> None:
    """Else the echo canceller would learn the room at a few frequencies only."""
    for rate_hz in RATES:
        power = np.abs(np.fft.rfft(render(Earcon.READY, rate_hz))) ** 2
        hertz = np.fft.rfftfreq(len(render(Earcon.READY, rate_hz)), 1 / rate_hz)
        bands = [
            power[(hertz >= low) & (hertz < 2 * low)].sum() for low in (200, 400, 800, 1600, 3200)
        ]
        assert min(bands) > 0.05 * sum(bands)


def test_opening_rises_and_closing_falls() -> None:
    for earcon in (Earcon.WAKE, Earcon.UNMUTE):
        first, last = _pitches(earcon)
        assert last > first * 1.3
    for earcon in (Earcon.HEARD, Earcon.MUTE, Earcon.ERROR):
        first, last = _pitches(earcon)
        assert first > last * 1.3


def test_no_two_look_alike() -> None:
    """By length, by pitch at the beginning and the end, or by loudness."""
    looks = {
        (len(render(e, 48_000)) // 480, *(round(p, -1) for p in _pitches(e)), SOFT.get(e))
        for e in Earcon
    }
    assert len(looks) == len(Earcon)


def test_the_alarm_can_be_repeated() -> None:
    bar = render(Earcon.ALARM, 48_000)
    assert len(bar) == 2 * 48_000
    assert np.abs(_highpassed(np.tile(bar, 2), above_hz=9_000)).max() < 3
    silent = np.abs(bar[round(1.5 * 48_000) :]).max()
    assert silent == 0  # half a second in which "stop" is easily heard


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("gain_db", [-12, 0, 9])
def test_nobody_is_woken(wake: OpenWakeWord, vad: SileroVad, rate_hz: int, gain_db: int) -> None:
    """All of them, one after the other, as the microphone would hear them without cancellation."""
    sound = _in_a_room(rate_hz, gain_db)
    wake.reset()
    vad.reset()
    highest = 0.0
    for start in range(0, len(sound) - HOP + 1, HOP):
        assert wake.process(sound[start : start + HOP], (start + HOP) / RATE_HZ) is None
        highest = max(highest, *wake.scores.values())
    assert highest < 0.15  # the lowest threshold is 0.28
    parts = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    assert max(vad.process(part) for part in parts) < 0.5


def _in_a_room(rate_hz: int, gain_db: float) -> Samples:
    """Every earcon at RATE_HZ over a quiet room, with a second between them."""
    room = quiet_room(round(sum(len(render(e, RATE_HZ)) for e in Earcon) + 9 * RATE_HZ))
    sound, at = room.astype(float), RATE_HZ
    for earcon in Earcon:
        heard = soxr.resample(render(earcon, rate_hz).astype(float), rate_hz, RATE_HZ)
        sound[at : at + len(heard)] += heard * 10 ** (gain_db / 20)
        at += len(heard) + RATE_HZ
    return sound.clip(-32768, 32767).astype(np.int16)


def _highpassed(samples: Samples, above_hz: float) -> np.ndarray:
    padded = np.pad(samples.astype(float), 4_800)
    spectrum = np.fft.rfft(padded)
    spectrum[: round(above_hz * len(padded) / 48_000)] = 0
    return np.fft.irfft(spectrum, len(padded))


def _pitches(earcon: Earcon) -> tuple[float, float]:
    """The strongest frequency in the first and in the last 40 ms that can be heard."""
    samples = render(earcon, 48_000).astype(float)
    loud = np.nonzero(np.abs(samples) > 0.03 * np.abs(samples).max())[0]
    heard = samples[: loud[-1]]
    return _pitch(heard[:1_920]), _pitch(heard[-1_920:])


def _pitch(part: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 48_000))
    return float(np.argmax(spectrum))
