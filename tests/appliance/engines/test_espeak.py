"""The bundled voice, with the real library."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.engines.espeak import EspeakVoice
from appliance.errors import EngineError


@pytest.fixture(scope="module")
def voice() -> EspeakVoice:
    voice = EspeakVoice()
    voice.load()
    return voice


def said(voice: EspeakVoice, text: str) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int16), *voice.synthesise(text)])


def test_it_speaks_loudly_but_never_clips(voice: EspeakVoice) -> None:
    sound = said(voice, "Open the outlet, please. How are you? ATTENTION!")
    assert sound.dtype == np.int16
    assert 1.5 < sound.size / voice.rate_hz < 6
    assert 18000 < np.abs(sound.astype(int)).max() < 32767


def test_the_end_is_trimmed(voice: EspeakVoice) -> None:
    sound = np.abs(said(voice, "Clean the filter.").astype(int))
    assert sound[-int(0.04 * voice.rate_hz) :].max() > 100
    pause = np.abs(said(voice, "Clean the filter. Now.").astype(int))
    assert sound.size < pause.size
    assert sound[-1] < 400


def test_chunks_are_short_and_come_one_by_one(voice: EspeakVoice) -> None:
    chunks = voice.synthesise("One sentence. " * 400)
    first = next(chunks)
    assert 0 < first.size <= 0.061 * voice.rate_hz
    chunks.close()


def test_a_sink_stops_it_in_the_middle_of_a_word(voice: EspeakVoice) -> None:
    heard: list[int] = []

    def sink(chunk: np.ndarray) -> bool:
        heard.append(chunk.size)
        return len(heard) < 3

    assert not voice.speak("Supercalifragilistic sentence of many words", sink)
    assert len(heard) == 3
    assert voice.speak("Yes", lambda _chunk: True)


def test_an_error_in_the_sink_reaches_the_caller(voice: EspeakVoice) -> None:
    def sink(_chunk: np.ndarray) -> bool:
        raise ValueError("full")

    with pytest.raises(ValueError, match="full"):
        voice.speak("Hello", sink)


@pytest.mark.parametrize("text", ["", " ", "\0\x07", "😀", "?!…", "\u202e"])
def test_nothing_to_say_is_silence(voice: EspeakVoice, text: str) -> None:
    assert said(voice, text).size == 0


@pytest.mark.parametrize(
    "text", ["<speak>hi</speak>", "[[hello]]", "a" * 10_000, "word " * 2_000, "日本語", "x" * 300]
)
def test_odd_text_is_spoken(voice: EspeakVoice, text: str) -> None:
    assert said(voice, text).size > 0


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_no_text_crashes_it(voice: EspeakVoice, text: str) -> None:
    said(voice, text)
    voice.phonemes(text)


def test_phonemes(voice: EspeakVoice) -> None:
    assert voice.phonemes("descaling") == "d_I#_s_k_'eI_l_I_N"
    assert voice.phonemes("") == ""


def test_slower_is_longer() -> None:
    slow, fast = EspeakVoice(speed_wpm=120), EspeakVoice(speed_wpm=220)
    text = "The tank holds two litres."
    for voice in (fast, slow):
        voice.load()
        voice.length = said(voice, text).size  # type: ignore[attr-defined]
    assert slow.length > 1.3 * fast.length  # type: ignore[attr-defined]


def test_an_unknown_voice_says_so() -> None:
    with pytest.raises(EngineError) as caught:
        EspeakVoice("klingon-x").load()
    assert caught.value.code == "ENG-TTS-VOICE"


def test_speaking_before_loading_says_so() -> None:
    with pytest.raises(EngineError) as caught:
        list(EspeakVoice().synthesise("hello"))
    assert caught.value.code == "ENG-TTS-STATE"


@pytest.mark.parametrize("broken", ["missing", "library", "data"])
def test_without_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: str) -> None:
    if broken == "missing":
        monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    elif broken == "library":
        monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: str(tmp_path / "no.so"))
    else:
        monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(tmp_path))
    with pytest.raises(EngineError) as caught:
        EspeakVoice().load()
    assert caught.value.code == "ENG-TTS-LIBRARY"
    assert "pip install" in caught.value.remedy


def test_a_long_path_to_the_data(tmp_path: Path) -> None:
    """In a process of its own: the library reads its data once."""
    folder = tmp_path / ("d" * 120) / ("e" * 120)
    folder.mkdir(parents=True)
    (folder / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
    code = (
        "import espeakng_loader, sys; espeakng_loader.get_data_path = lambda: sys.argv[1]\n"
        "from appliance.engines.espeak import EspeakVoice\n"
        "v = EspeakVoice(); v.load(); print(sum(c.size for c in v.synthesise('hello')))"
    )
    command = [sys.executable, "-c", code, str(folder / "espeak-ng-data")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert int(done.stdout) > 5000


def test_what_was_said_leaves_nothing_behind(voice: EspeakVoice) -> None:
    """Chunks have hundreds of lengths, and ctypes keeps a type for each array that it is shown."""

    def say(texts: range) -> int:
        for n in texts:
            list(voice.synthesise(f"It takes {n} minutes and {n * 7} seconds."))
        gc.collect()
        return sys.getallocatedblocks()

    before = say(range(20))
    assert say(range(20, 80)) - before < 300
