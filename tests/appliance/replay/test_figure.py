"""The figure of a turn: what a person reads off it is what happened."""

from __future__ import annotations

import base64
import dataclasses
import re
import sys
import zlib
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.errors import ApplianceError
from appliance.replay.figure import Figure, draw
from appliance.replay.page import page
from appliance.replay.raster import ZOOM, png
from appliance.replay.spectrogram import ROWS, pitch_share, spectrogram_uri
from appliance.replay.theme import DARK, LIGHT, stylesheet
from appliance.replay.window import LONGEST_S, Window, window_of
from appliance.trace import TraceWriter
from audio.format import FRAME_S, RATE_HZ
from tests.appliance.replay import support
from tests.appliance.replay.support import header, reading, tone, turn, write


@pytest.fixture
def window(tmp_path: Path) -> Window:
    return window_of(write(tmp_path / "a.trace", words=True, sound=True))


def elements(figure: Figure, kind: str) -> list[ET.Element]:
    root = ET.fromstring(figure.svg)  # our own
    return [one for one in root.iter() if kind in one.get("class", "").split()]


def left_and_width(element: ET.Element) -> tuple[float, float]:
    return float(element.get("x", "")), float(element.get("width", ""))


def texts(figure: Figure) -> list[str]:
    root = ET.fromstring(figure.svg)
    return [one.text or "" for one in root.iter() if one.tag.endswith("text")]


def test_states_are_bands_in_order_as_long_as_they_lasted(window: Window) -> None:
    figure = draw(window)
    bands = [left_and_width(band) for band in elements(figure, "state")]
    titles = [band[0].text for band in elements(figure, "state")]
    assert titles[1:] == [
        "listening: 2.40 s",
        "thinking: 0.30 s",
        "speaking: 2.50 s",
        "idle: 0.60 s",
    ]
    assert {"listening", "speaking"} <= set(texts(figure)), "named where there is room"
    assert bands[0][0] == pytest.approx(figure.time.start)
    assert sum(bands[-1]) + 1 == pytest.approx(figure.time.end, abs=0.1)
    for band, following in pairwise(bands):
        assert sum(band) + 1 == pytest.approx(following[0], abs=0.1), "no gap, no overlap"
    for (left, width), (_, since, until) in zip(bands, window.states, strict=True):
        assert left == pytest.approx(figure.time(since), abs=0.1)
        assert width + 1 == pytest.approx(figure.time(until) - figure.time(since), abs=0.1)


def test_stages_are_bars_where_they_began_and_as_long_as_they_took(window: Window) -> None:
    figure = draw(window)
    bars = [left_and_width(bar) for bar in elements(figure, "stage")]
    pixels_a_second = (figure.time.end - figure.time.start) / 1.0  # the first sound: after 1 s
    for (left, width), (begun, ended) in zip(bars, support.STAGES.values(), strict=True):
        assert left == pytest.approx(
            figure.time.start + (begun - support.END_S) * pixels_a_second, abs=0.5
        )
        assert width == pytest.approx((ended - begun) * pixels_a_second, abs=0.5)
    assert {"700 ms", "300 ms", "100 ms", "1000 ms"} <= set(texts(figure))


def test_the_wait_is_shaded_from_the_end_of_speech_to_the_first_sound(window: Window) -> None:
    figure = draw(window)
    shade, funnel = elements(figure, "haze")
    left, width = left_and_width(shade)
    assert left == pytest.approx(figure.time(support.END_S), abs=0.1)
    assert left + width == pytest.approx(figure.time(support.SOUND_S), abs=0.1)
    corners = [float(pair.split(",")[0]) for pair in funnel.get("points", "").split()]
    assert corners == pytest.approx(
        [left, left + width, figure.time.end, figure.time.start], abs=0.1
    )


def test_the_reply_stands_where_it_sounded(window: Window) -> None:
    figure = draw(window)
    points = [one.get("points", "").split() for one in elements(figure, "sound")]
    x = [float(pair.split(",")[0]) for piece in points for pair in piece]
    assert min(x) == pytest.approx(figure.time(support.SOUND_S), abs=0.1)
    assert max(x) == pytest.approx(figure.time(support.OVER_S), abs=0.1)


def test_thresholds_and_phrases_are_named(window: Window) -> None:
    shown = texts(draw(window))
    assert {"0.5 onset", "0.35 release", "0.4 hey jarvis", "0.3 alexa"} <= set(shown)
    assert "Turn 1" in shown
    assert "answered · OK" in shown


def test_words_are_there_only_if_the_trace_has_them(tmp_path: Path, window: Window) -> None:
    private = page(window_of(write(tmp_path / "b.trace", sound=True)))
    assert not [word for word in support.PRIVATE if word in private]
    assert "6 words, not kept" in private
    assert support.HEARD in texts(draw(window))
    assert support.SAID in texts(draw(window))


def test_where_the_device_was_deaf_no_line_is_drawn(tmp_path: Path) -> None:
    with TraceWriter(tmp_path / "a.trace", header()) as writer:
        for number in (*range(50), *range(150, 200)):
            writer.reading(reading(number))
    figure = draw(window_of(tmp_path / "a.trace"))
    lines = elements(figure, "line-level")
    assert len(lines) == 2
    ends = [float(line.get("points", "").split()[-1].split(",")[0]) for line in lines]
    assert ends[0] == pytest.approx(figure.time(50 * FRAME_S), abs=1)


def test_one_turn_of_several_is_chosen(tmp_path: Path) -> None:
    with TraceWriter(tmp_path / "a.trace", header(words=True)) as writer:
        for number in (3, 4, 5):
            writer.turn(turn(number, heard=f"question {number}"))
    path = tmp_path / "a.trace"
    assert "question 5" in texts(draw(window_of(path))), "the last by default"
    assert "question 4" in texts(draw(window_of(path, 4)))
    with pytest.raises(ApplianceError) as caught:
        window_of(path, 9)
    assert caught.value.code == "TRACE-TURN"
    assert "3 to 5" in caught.value.cause


def test_a_trace_without_turns_shows_why_nobody_was_woken(tmp_path: Path) -> None:
    with TraceWriter(tmp_path / "a.trace", header()) as writer:
        for number in range(100):
            writer.reading(reading(number))
    figure = draw(window_of(tmp_path / "a.trace"))
    assert "No turn" in texts(figure)
    assert elements(figure, "line-wake0")
    assert not elements(figure, "stage")


def test_what_fits_no_picture_is_left_out_and_told(tmp_path: Path) -> None:
    endless = turn()
    endless.states = [*support.STATES[:-1], ("idle", 1e6)]
    window = window_of(write(tmp_path / "a.trace", of=endless, sound=True))
    assert window.to_s - window.from_s == LONGEST_S
    assert any("180 seconds" in text for text in texts(draw(window)))


# -- the page -----------------------------------------------------------------------------------


def test_the_page_needs_nothing_else_and_runs_nothing_foreign(tmp_path: Path) -> None:
    bad = turn(heard="</script><script>alert(1)</script>", said="<img src=x onerror=alert(1)> \x00")
    text = page(window_of(write(tmp_path / "a.trace", words=True, of=bad)))
    assert not re.findall(r"(?:src|href)=[\"'](?!data:)", text)
    assert set(re.findall(r"https?://[^\"' ]+", text)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in text
    assert len(re.findall("<script", text)) == 2, "ours: data and code"
    assert "<img" not in text


def test_names_out_of_a_trace_are_no_code(tmp_path: Path) -> None:
    phrase = "</script><script>alert(1)</script>"
    hostile = dataclasses.replace(header(), thresholds={phrase: 0.4})
    with TraceWriter(tmp_path / "a.trace", hostile) as writer:
        writer.reading(reading(0))
    assert "<script>alert" not in page(window_of(tmp_path / "a.trace"))


def test_the_page_follows_the_readers_colours(window: Window) -> None:
    text = page(window)
    by_day, by_night = text.split("prefers-color-scheme: dark")[:2]
    assert f"--ink: {LIGHT['ink']}" in by_day
    assert f"--ink: {DARK['ink']}" in by_night
    assert "fill: var(--ink)" in by_day
    assert "var(" not in stylesheet(LIGHT), "resvg knows no variables"


def test_sound_can_be_played_only_where_it_was_kept(tmp_path: Path, window: Window) -> None:
    assert page(window).count("<audio") == 2
    assert "<audio" not in page(window_of(write(tmp_path / "b.trace")))


# -- pictures -----------------------------------------------------------------------------------


def pixels(uri: str) -> NDArray[np.uint8]:
    """The shades of our own PNG: indexed, no filters."""
    data = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    at = data.index(b"IDAT")
    length = int.from_bytes(data[at - 4 : at], "big")
    rows = np.frombuffer(zlib.decompress(data[at + 4 : at + 4 + length]), np.uint8)
    return rows.reshape(height, width + 1)[:, 1:]


@pytest.mark.parametrize("hertz", [200.0, 1000.0, 3000.0])
def test_a_tone_is_a_line_at_its_pitch(hertz: float) -> None:
    shades = pixels(spectrogram_uri(tone(hertz, 2.0), RATE_HZ, 300))
    assert shades.shape == (ROWS, 300)
    brightest = np.argmax(shades[:, 150])
    assert 1 - brightest / ROWS == pytest.approx(pitch_share(hertz, RATE_HZ), abs=0.03)
    assert np.median(shades) < 30, "the rest is dark"


def test_a_sound_stands_at_its_time_and_silence_is_dark() -> None:
    silence = np.zeros(RATE_HZ, np.int16)
    shades = pixels(
        spectrogram_uri(np.concatenate([silence, tone(1000, 1.0), silence]), RATE_HZ, 900)
    )
    loud = np.flatnonzero(shades.max(axis=0) > 200)
    assert (loud[0], loud[-1]) == (pytest.approx(300, abs=8), pytest.approx(600, abs=8))
    assert not pixels(spectrogram_uri(silence, RATE_HZ, 100)).any()


def test_the_picture_is_as_large_as_the_figure(window: Window) -> None:
    pytest.importorskip("resvg_py", reason="needs the extra `replay`")
    data = png(window)
    assert data.startswith(b"\x89PNG")
    size = (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    assert size == (round(1200 * ZOOM), pytest.approx(draw(window).height * ZOOM, abs=2))


def test_without_the_library_the_extra_is_named(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ApplianceError) as caught:
        png(window)
    assert "voice-appliance[replay]" in caught.value.remedy
