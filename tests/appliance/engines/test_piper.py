"""Piper's real loader, phonemes and onnxruntime, with home-made voices whose phonemes are tones."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.engines.pcm import CHUNK_MS, PEAK
from appliance.engines.piper_voice import CLAUSE_S, SENTENCE_S, PiperVoice
from appliance.errors import EngineError
from audio.format import Samples
from tests.appliance.engines.piper_voices import RATE_HZ, TONE, write_voice

LONG = "Hold the button for three seconds, wait until the red light goes out, then let go of it."


def opened(model: Path, *, speaker: int = 0, speed_wpm: int = 165) -> PiperVoice:
    voice = PiperVoice(model, speaker=speaker, speed_wpm=speed_wpm, threads=1)
    voice.load()
    return voice


def said(voice: PiperVoice, text: str) -> Samples:
    return np.concatenate([np.zeros(0, np.int16), *voice.synthesise(text)])


def refused(model: Path, **settings: int) -> EngineError:
    with pytest.raises(EngineError) as caught:
        opened(model, **settings)
    assert caught.value.cause
    assert caught.value.remedy
    return caught.value


def hertz(sound: Samples, number: int) -> float:
    """The pitch of the phoneme `number`, counted from 0."""
    begin = int(np.flatnonzero(np.abs(sound) > 500)[0]) + 2 * number * TONE
    spectrum = np.abs(np.fft.rfft(sound[begin : begin + TONE].astype(float), 16_000))
    return float(spectrum.argmax() * RATE_HZ / 16_000)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_voice(tmp_path_factory.mktemp("piper"))


@pytest.fixture(scope="module")
def voice(model: Path) -> PiperVoice:
    return opened(model)


def test_phonemes_come_in_their_order(voice: PiperVoice) -> None:
    sound = said(voice, "me")  # m, stress, i, length
    assert [round(hertz(sound, number), -1) for number in range(4)] == [450, 1400, 410, 1420]


def test_a_long_sentence_is_made_clause_by_clause(voice: PiperVoice) -> None:
    chunks = voice.synthesise(LONG)
    assert not next(chunks).size  # a place to stop before the first clause
    clause = []
    while (chunk := next(chunks)).size:
        assert chunk.size <= RATE_HZ * CHUNK_MS / 1000
        clause.append(chunk)
    assert np.array_equal(np.concatenate(clause), said(voice, LONG.partition(" wait")[0]))
    chunks.close()


def test_what_ends_a_sentence_is_followed_by_a_longer_silence(voice: PiperVoice) -> None:
    for text, pause_s in (("Wait.", SENTENCE_S), ("Wait?", SENTENCE_S), ("Wait:", CLAUSE_S)):
        sound = said(voice, text)
        last = int(np.flatnonzero(np.abs(sound) > 500)[-1])
        silence_s = (sound.size - last) / RATE_HZ
        assert pause_s < silence_s < pause_s + 0.05


@pytest.mark.parametrize("level", [0.02, 0.25, 1.0])
def test_a_quiet_voice_is_as_loud_as_a_loud_one(tmp_path: Path, level: float) -> None:
    sound = said(opened(write_voice(tmp_path, level=level)), "Open the outlet.")
    assert np.abs(sound.astype(int)).max() == pytest.approx(PEAK * 32767, rel=0.05)


def test_pace_is_the_configured_one_as_far_as_the_voice_goes(tmp_path: Path) -> None:
    slow = {"length_scale": 2.0, "noise_scale": 0.5, "noise_w": 0.5}
    model = write_voice(tmp_path, inference=slow)
    text = "Open all the water outlets"
    at_own = said(opened(model), text).size - CLAUSE_S * RATE_HZ
    hurried = said(opened(model, speed_wpm=330), text).size - CLAUSE_S * RATE_HZ
    assert hurried == pytest.approx(at_own / 2, rel=0.05)


def test_the_rate_is_the_voices_own(tmp_path: Path) -> None:
    assert opened(write_voice(tmp_path, rate_hz=22_050)).rate_hz == 22_050


def test_a_voice_of_several_has_as_many_sounds(tmp_path: Path) -> None:
    model = write_voice(tmp_path, speakers=3)
    pitches = [hertz(said(opened(model, speaker=number), "me"), 0) for number in range(3)]
    assert pitches == pytest.approx([450, 562, 703], abs=3)
    assert refused(model, speaker=3).code == "ENG-TTS-SPEAKER"


@pytest.mark.parametrize(
    "text",
    ["", " ", "?!\u2026", "\0", "\U0001f600", "\u202e"],
)
def test_nothing_to_say_is_silence(voice: PiperVoice, text: str) -> None:
    assert said(voice, text).size == 0


def test_brackets_are_no_phonemes_and_an_abbreviation_no_end(voice: PiperVoice) -> None:
    assert np.array_equal(said(voice, "[[hello]]"), said(voice, "hello"))
    doctor = np.abs(said(voice, "Dr. Smith").astype(int))
    silent = np.convolve(doctor < 100, np.ones(int(CLAUSE_S * RATE_HZ)), "valid")
    assert silent.argmax() > doctor.size - 2 * CLAUSE_S * RATE_HZ  # only at the end


@settings(max_examples=30)
@given(text=st.text(max_size=300))
def test_any_text_is_spoken(voice: PiperVoice, text: str) -> None:
    said(voice, text)


def test_missing_files_are_named(tmp_path: Path) -> None:
    model = write_voice(tmp_path)
    described = Path(f"{model}.json")
    described.unlink()
    lacks_json = refused(model)
    assert (lacks_json.code, str(described) in lacks_json.cause) == ("ENG-NO-MODEL", True)
    assert "models pull" in lacks_json.remedy
    assert refused(tmp_path / "other.onnx").code == "ENG-NO-MODEL"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"audio": None}, "lacks 'audio'"),
        ({"audio": {}}, "lacks 'sample_rate'"),
        ({"audio": {"sample_rate": 0}}, "sample_rate"),
        ({"audio": {"sample_rate": "16000"}}, "sample_rate"),
        ({"espeak": None}, "lacks 'espeak'"),
        ({"espeak": {"voice": "xx-none"}}, "xx-none"),
        ({"phoneme_id_map": None}, "lacks 'phoneme_id_map'"),
        ({"phoneme_id_map": {"_": [0], "^": [1]}}, "lacks '$'"),
        ({"phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": "x"}}, "phoneme_id_map.a"),
        ({"num_speakers": None}, "lacks 'num_speakers'"),
        ({"num_speakers": 0}, "num_speakers"),
        ({"num_speakers": 2}, "sid"),  # the JSON of another voice
        ({"inference": {"length_scale": "slow"}}, "length_scale"),
        ({"phoneme_type": "pinyin"}, "downloads"),
        ({"phoneme_type": "cuneiform"}, "cuneiform"),
        ({"phoneme_id_map": {c: [900] for c in "_^$ aeioul"}}, ""),  # beyond the network's table
    ],
)
def test_a_json_that_makes_no_sense_is_refused(
    tmp_path: Path, keys: dict[str, Any], told: str
) -> None:
    error = refused(write_voice(tmp_path, **keys))
    assert error.code == "ENG-BAD-MODEL"
    assert told in error.cause


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_json_opens_or_is_refused(model: Path, tmp_path: Path, data: st.DataObject) -> None:
    table = json.loads(Path(f"{model}.json").read_text(encoding="utf-8"))
    leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just({})
    junk = st.recursive(leaf, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
    table[data.draw(st.sampled_from(sorted(table)))] = data.draw(junk)
    copy = tmp_path / model.name
    copy.write_bytes(model.read_bytes())
    Path(f"{copy}.json").write_text(json.dumps(table), encoding="utf-8")
    with contextlib.suppress(EngineError):
        said(opened(copy), "me")


def test_a_damaged_network_is_refused(tmp_path: Path) -> None:
    model = write_voice(tmp_path)
    whole = model.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"\xff" * 4096, whole[:200] + bytes(500)):
        model.write_bytes(damaged)
        assert refused(model).code == "ENG-BAD-MODEL"


def test_a_voice_that_is_silent_is_refused(tmp_path: Path) -> None:
    assert "no sound" in refused(write_voice(tmp_path, level=0.0)).cause


def test_without_the_package_it_says_how_to_get_it(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "piper", None)
    error = refused(model)
    assert error.code == "ENG-NO-PIPER"
    assert "pip install piper-tts" in error.remedy


def test_onnxruntime_comes_through_the_one_door(model: Path) -> None:
    """Telemetry is forbidden before the library is loaded, and the threads are as configured."""
    code = (
        "import os, sys; from pathlib import Path\n"
        "import appliance.engines.piper_servant as servant\n"
        "assert 'onnxruntime' not in sys.modules\n"
        "made = servant.PiperServant(sys.argv[1], 0, 165, 3); made.load()\n"
        "options = made._voice._voice.session.get_session_options()\n"
        "print(os.environ['ORT_DISABLE_TELEMETRY'], options.intra_op_num_threads)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(model)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "3"]


def test_what_is_said_is_not_logged(voice: PiperVoice, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    said(voice, "The secret word is \u65e5 kumquat.")
    assert not caplog.text
