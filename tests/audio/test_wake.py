"""Wake phrases: as sure as openWakeWord, from the first sample on, and never for nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.errors import AudioError
from audio.format import RATE_HZ, Samples
from audio.mel import HOP
from audio.models import bundled_models, quiet_room
from audio.ports import WakeHit
from audio.wake import ALEXA, SHIPPED, OpenWakeWord, WakePhrase

from .conftest import NeverStill

Load = Callable[[str], Samples]
REAL = [f"wake-word-benchmark/alexa_{n}.flac" for n in (1, 100, 116, 206, 37, 47, 270)]


def hits(wake: OpenWakeWord, samples: Samples, step: int = 512) -> list[WakeHit]:
    wake.reset()
    samples = np.concatenate((samples, np.zeros(RATE_HZ, np.int16)))
    found = []
    for start in range(0, len(samples), step):
        part = samples[start : start + step]
        hit = wake.process(part, (start + len(part)) / RATE_HZ)
        if hit:
            found.append(hit)
    return found


@pytest.fixture(scope="module")
def restless() -> OpenWakeWord:
    wake = OpenWakeWord()
    wake._room = NeverStill()
    return wake


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Samples]:
    """Text said by one of espeak-ng's or flite's voices, at 16 kHz."""
    folder = tmp_path_factory.mktemp("spoken")

    def say(voice: str, text: str) -> Samples:
        program, path = ("espeak-ng" if voice.startswith("en") else "flite"), folder / "said.wav"
        if shutil.which(program) is None:
            pytest.skip(f"needs the program {program}")
        words = ["-v", voice, "-s", "150", "-w", path, text]
        if program == "flite":
            words = ["-voice", voice, "-t", text, "-o", path]
        subprocess.run([program, *words], check=True)
        sound, rate = soundfile.read(path, dtype="float32")
        sound = soxr.resample(sound, rate, RATE_HZ)
        loud = np.nonzero(np.abs(sound) > 0.005)[0]
        trimmed = sound[loud[0] : loud[-1]] / np.abs(sound).max() * 16000
        return trimmed.astype(np.int16)

    return say


@pytest.mark.filterwarnings("ignore:Specified provider")  # it asks for CUDA
@pytest.mark.parametrize("name", [*REAL[:2], "ljspeech/LJ001-0018.flac", "noise/kitchen.flac"])
def test_scores_equal_openwakewords_own(recording: Load, name: str) -> None:
    """Ours, hop by hop, against the library on the same stream."""
    sound = recording(name)[: 6 * RATE_HZ]
    openwakeword = pytest.importorskip("openwakeword")
    folder = bundled_models()
    theirs = openwakeword.Model([str(folder / phrase.model) for phrase in SHIPPED])
    ours = OpenWakeWord()
    ours._room = NeverStill()  # resting, it says 0
    for hop in quiet_room(60 * HOP).reshape(-1, HOP):  # what ours were primed with
        theirs.predict(hop)
    compared = 0
    for start in range(0, len(sound) - HOP + 1, HOP):
        hop = sound[start : start + HOP]
        scores = theirs.predict(hop)
        ours.process(hop, (start + HOP) / RATE_HZ)
        for phrase in SHIPPED:
            wanted = scores[phrase.model.removesuffix(".onnx")]
            assert ours.scores[phrase.phrase] == pytest.approx(wanted, abs=2e-5)
            compared += 1
    assert compared > 20


@pytest.mark.parametrize("name", REAL)
def test_real_alexas_are_heard_once(wake: OpenWakeWord, recording: Load, name: str) -> None:
    assert [hit.phrase for hit in hits(wake, recording(name))] == ["alexa"]


@pytest.mark.parametrize(
    "name",
    [
        "speech-to-phrase/pause.flac",  # openWakeWord: 0.99 for "alexa"
        "wyoming-openwakeword/hey_rhasspy.flac",
        "precise-community/notwakeword-en-87b22a89-71aa-4f64-9c0a-da4f4eaea9e0.flac",
        "commonvoice/common_voice_en_19946691.flac",
        "wake-word-benchmark/computer_6b38fb06-aeca-49ee-99f3-5465136115c7.flac",
    ],
)
def test_what_only_resembles_a_phrase_is_not_believed(
    wake: OpenWakeWord, recording: Load, name: str
) -> None:
    assert hits(wake, recording(name)) == []


def test_a_phrase_at_the_very_first_sample(wake: OpenWakeWord, recording: Load) -> None:
    sound = recording("openwakeword/alexa_test.flac")
    assert len(sound) < 0.7 * RATE_HZ
    assert len(hits(wake, sound)) == 1


@pytest.mark.parametrize("voice", ["slt", "rms", "awb", "kal16", "en-us", "en-gb", "en-us+f2"])
@pytest.mark.parametrize("pause_s", [0.0, 0.3, 0.8])
def test_hey_jarvis_and_where_it_ends(
    wake: OpenWakeWord, spoken: Callable[[str, str], Samples], voice: str, pause_s: float
) -> None:
    phrase, question = spoken(voice, "hey jarvis"), spoken(voice, "how do I reset the device")
    pause = np.zeros(round(pause_s * RATE_HZ), np.int16)
    found = hits(wake, np.concatenate((phrase, pause, question)))
    assert [hit.phrase for hit in found] == ["hey jarvis"]
    assert found[0].ends_s == pytest.approx(len(phrase) / RATE_HZ, abs=0.12)


@pytest.mark.parametrize("spoil", ["quiet", "clipped", "noisy", "telephone"])
def test_hey_jarvis_under_bad_conditions(
    wake: OpenWakeWord, spoken: Callable[[str, str], Samples], spoil: str
) -> None:
    sound = np.pad(spoken("rms", "hey jarvis"), 8_000).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, sound[8_000:-8_000].std() / 5.6, len(sound))
    spoilt = {
        "quiet": sound * 0.1,
        "clipped": (sound * 4).clip(-12_000, 12_000),
        "noisy": sound + noise,
        "telephone": soxr.resample(soxr.resample(sound, RATE_HZ, 8_000), 8_000, RATE_HZ),
    }[spoil]
    assert len(hits(wake, spoilt.astype(np.int16))) == 1


@settings(max_examples=8, deadline=None)
@given(cuts=st.lists(st.integers(1, 5_000), min_size=1, max_size=30))
def test_the_length_of_the_pieces_does_not_matter(cuts: list[int]) -> None:
    wake, sound = OpenWakeWord((ALEXA,)), quiet_room(24_000) * np.int16(40)
    wake.process(sound, 1.5)
    wanted, hops = wake.scores, wake.hops
    wake.reset()
    edges = [edge for edge in np.cumsum(cuts) if edge < len(sound)]
    for part in np.split(sound, edges):
        wake.process(part, 0.0)
    assert wake.scores == wanted
    assert wake.hops == 2 * hops


QUIET = {
    "digital silence": np.zeros(10 * RATE_HZ, np.int16),
    "a quiet room": quiet_room(10 * RATE_HZ),
    "a fan": quiet_room(10 * RATE_HZ) * np.int16(8),
}


@pytest.mark.parametrize("room", QUIET)
def test_a_still_room_costs_no_inference(wake: OpenWakeWord, room: str) -> None:
    wake.reset()
    before = wake.inferences
    wake.process(QUIET[room], 10.0)
    assert wake.inferences - before < 20


@pytest.mark.parametrize("room", QUIET)
@pytest.mark.parametrize("name", [*REAL, "openwakeword/hey_mycroft_test.flac"])
def test_a_phrase_after_a_still_room_is_heard_as_if_nobody_had_rested(
    wake: OpenWakeWord, restless: OpenWakeWord, recording: Load, name: str, room: str
) -> None:
    """Softly, at -50 dB of full scale over -72: the same decision at the same time."""
    phrase = recording(name) * (104 / recording(name).std())
    sound = np.tile(QUIET[room], 2)[: 10 * RATE_HZ + len(phrase) + RATE_HZ]
    sound[10 * RATE_HZ : 10 * RATE_HZ + len(phrase)] += phrase.astype(np.int16)
    wanted = hits(restless, sound)
    found = hits(wake, sound)
    assert [(hit.phrase, hit.at_s, hit.ends_s) for hit in found] == [
        (hit.phrase, hit.at_s, hit.ends_s) for hit in wanted
    ]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in wanted])


def test_every_hop_is_counted_even_in_silence(wake: OpenWakeWord) -> None:
    wake.reset()
    before = wake.hops
    wake.process(np.zeros(100 * HOP, np.int16), 8.0)
    assert wake.hops == before + 100


def test_a_missing_model_names_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="pip install") as caught:
        OpenWakeWord(models=tmp_path)
    assert caught.value.code == "AUD-NO-MODEL"


@pytest.mark.parametrize("contents", [b"", b"\x00" * 500, b"<html>not found</html>"])
def test_a_corrupt_model_is_refused(tmp_path: Path, contents: bytes) -> None:
    shutil.copytree(bundled_models(), tmp_path / "models")
    (tmp_path / "models" / "alexa_v0.1.onnx").write_bytes(contents)
    with pytest.raises(AudioError, match=r"alexa_v0\.1\.onnx") as caught:
        OpenWakeWord(models=tmp_path / "models")
    assert caught.value.code == "AUD-BAD-MODEL"


def test_a_missing_package_names_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audio.models.find_spec", lambda _name: None)
    with pytest.raises(AudioError, match="pip install openwakeword"):
        OpenWakeWord()


def test_openwakeword_itself_is_never_imported() -> None:
    code = "import sys, audio.wake as w; w.OpenWakeWord(); print('openwakeword' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("threshold", [0.0, 1.1])
def test_thresholds_have_a_range(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold must be above 0"):
        WakePhrase("hey there", "x.onnx", threshold=threshold)
