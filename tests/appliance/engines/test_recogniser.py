"""The ears with the real recogniser and a synthetic asker."""

from __future__ import annotations

import gzip
import itertools

import numpy as np
import pytest

from appliance.engines.espeak import EspeakVoice
from appliance.engines.sphinx.build import build_assets
from appliance.engines.sphinx.recogniser import SphinxRecogniser, _without_wake
from appliance.engines.sphinx.room import is_bare, with_room
from appliance.errors import EngineError
from tests.appliance.engines.voices import available, say

MANUAL = [
    (
        ("Brennero espresso machine", "Cleaning the portafilter"),
        (
            "Rinse the portafilter under warm water every day. To remove limescale, press the OK "
            "button for 5 seconds and fill the tank with descaler."
        ),
    ),
    (
        ("Brennero espresso machine", "Error codes"),
        "E04 means that the water tank is empty. The machine beeps 3 times.",
    ),
]


@pytest.fixture(scope="module")
def assets() -> dict[str, bytes]:
    voice = EspeakVoice()
    voice.load()
    return build_assets(MANUAL, voice.phonemes)


@pytest.fixture(scope="module")
def ears(assets: dict[str, bytes]) -> SphinxRecogniser:
    ears = SphinxRecogniser(assets)
    ears.load()
    return ears


@pytest.mark.parametrize(
    ("question", "needed"),
    [
        ("how do i clean the portafilter", {"clean", "portafilter"}),
        ("how do i remove limescale", {"remove", "limescale"}),
        ("what does e zero four mean", {"e04"}),
        ("set a timer for ten minutes", {"timer", "ten", "minutes"}),
    ],
)
def test_a_question_is_heard(ears: SphinxRecogniser, question: str, needed: set[str]) -> None:
    heard = ears.transcribe(say("pico:en-GB", question))
    assert needed <= set(heard.text.split()), heard
    assert 0.5 < heard.confidence <= 1


def test_other_subjects_are_not_forced_into_the_manual(ears: SphinxRecogniser) -> None:
    heard = ears.transcribe(say("pico:en-US", "what is the capital of france"))
    assert "capital" in heard.text
    assert not {"portafilter", "descaler", "limescale", "tank"} & set(heard.text.split())


@pytest.mark.parametrize("voice", ["flite:slt", "espeak:en-us:165"])
def test_another_voice(ears: SphinxRecogniser, voice: str) -> None:
    if not available(voice):
        pytest.skip(f"{voice.split(':', maxsplit=1)[0]} is not on this machine")
    heard = ears.transcribe(say(voice, "how do i clean the portafilter"))
    assert "portafilter" in heard.text


def test_the_same_sound_is_heard_the_same_way_twice(ears: SphinxRecogniser) -> None:
    first, second = (ears.transcribe(say("pico:en-US", "is the tank empty")) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.5, 3.0])
def test_silence_is_no_words(ears: SphinxRecogniser, seconds: float) -> None:
    heard = ears.transcribe(np.zeros(int(16000 * seconds), np.int16))
    assert (heard.text, heard.confidence) == ("", 0.0)


@pytest.mark.parametrize("level", [30, 300, 3000])
def test_noise_is_no_confident_sentence(ears: SphinxRecogniser, level: int) -> None:
    noise = (np.random.default_rng(1).standard_normal(32000) * level).astype(np.int16)
    assert len(ears.transcribe(noise).text.split()) <= 3


def test_the_assets_are_the_same_every_time(assets: dict[str, bytes]) -> None:
    voice = EspeakVoice()
    voice.load()
    assert build_assets(list(reversed(MANUAL)), voice.phonemes) == assets


def test_words_that_no_dictionary_has(assets: dict[str, bytes]) -> None:
    lines = assets["sphinx.dict"].decode().splitlines()
    ways = dict([line.split(maxsplit=1) for line in lines])
    assert ways["e04"] == "IY Z IH R OW F AO R"
    assert {"portafilter", "descaler", "limescale", "brennero"} <= ways.keys()


def test_the_model_is_a_probability_distribution(assets: dict[str, bytes]) -> None:
    text = gzip.decompress(assets["sphinx.arpa.gz"]).decode()
    unigrams = text.split("\\1-grams:\n")[1].split("\n\n")[0].splitlines()
    total = sum(10 ** float(line.split()[0]) for line in unigrams)
    assert total == pytest.approx(1, abs=0.01)
    declared = [int(line.split("=")[1]) for line in text.splitlines()[1:4]]
    sections = [
        list(itertools.takewhile(bool, part.splitlines()[1:])) for part in text.split("-grams:")[1:]
    ]
    assert declared == [len(s) for s in sections]


@pytest.mark.parametrize("broken", ["missing", "no gzip", "cut", "no model", "no dictionary"])
def test_corrupt_assets_say_so(assets: dict[str, bytes], broken: str) -> None:
    bad = dict(assets)
    if broken == "missing":
        del bad["sphinx.arpa.gz"]
    elif broken == "no dictionary":
        bad["sphinx.dict"] = b""
    else:
        whole = bad["sphinx.arpa.gz"]
        bad["sphinx.arpa.gz"] = {
            "no gzip": b"rubbish",
            "cut": whole[: len(whole) // 2],
            "no model": gzip.compress(b"rubbish"),
        }[broken]
    with pytest.raises(EngineError) as caught:
        SphinxRecogniser(bad).load()
    assert caught.value.code == "ENG-ASR-ASSETS"


def test_listening_before_loading_says_so() -> None:
    with pytest.raises(EngineError) as caught:
        SphinxRecogniser().transcribe(np.zeros(16000, np.int16))
    assert caught.value.code == "ENG-ASR-STATE"


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        ("hey jarvis how are you", "how are you"),
        ("alexa stop", "stop"),
        ("hey what is it", "what is it"),
        ("what is jarvis doing", "what is jarvis doing"),
        ("", ""),
    ],
)
def test_a_left_over_of_the_wake_phrase_goes(heard: str, kept: str) -> None:
    assert " ".join(_without_wake(heard.split())) == kept


def test_only_a_bare_synthesiser_gets_a_room() -> None:
    person_like = say("pico:en-US", "how do i clean the filter")
    assert not is_bare(person_like)
    assert not is_bare(np.zeros(100, np.int16))
    assert np.array_equal(with_room(person_like, 30), with_room(person_like, 30))
