"""Whisper's rules of decoding, with a decoder that says what it is told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from appliance.engines.ports import Transcript
from appliance.engines.rknn.bytetokens import ByteTokens
from appliance.engines.rknn.port import Array, Floats
from appliance.engines.rknn.prompts import Specials
from appliance.engines.rknn.whisper import Whisper
from appliance.errors import EngineError
from tests.appliance.engines.rknn.graphs import silence, tone

WORDS = ByteTokens({0: b" yes", 1: b" no", 2: b" (music)", 3: b" "})
SPECIALS = Specials(
    start=5,
    end=4,
    no_timestamps=7,
    suppressed=(2,),
    suppressed_first=(3, 4),
    most=12,
)
SIZE = 10


class Ear:
    """An encoder that hears the same in everything."""

    def __init__(self, sound: float = 0.0) -> None:
        self._sound = sound

    def run(self, inputs: Sequence[Array]) -> list[Array]:
        return [np.full((1, 50, 4), self._sound, np.float32)]


class Mouth:
    """A decoder that has its logits from a list; the last goes on for ever."""

    def __init__(self, *rows: dict[int, float]) -> None:
        self._rows = list(rows)
        self.read: list[int] = []

    def begin(self, sound: Floats, tokens: list[int]) -> Floats:
        self.read = [*tokens]
        return np.array(
            [_row({6: 9.0 if self._silent() else 0.0})] * (len(tokens) - 1) + [self._next()]
        )

    def step(self, token: int) -> Floats:
        self.read.append(token)
        return self._next()

    def _next(self) -> Floats:
        return _row(self._rows.pop(0) if len(self._rows) > 1 else self._rows[0])

    def _silent(self) -> bool:
        return bool(self._rows and self._rows[0].get(6))


def _row(likely: dict[int, float]) -> Floats:
    row = np.zeros(SIZE, np.float32)
    row[list(likely)] = list(likely.values())
    return row


def heard(mouth: Mouth, seconds: float = 1.0, ear: Ear | None = None) -> Transcript:
    whisper = Whisper(ear or Ear(), mouth, WORDS, SPECIALS, frames=100)
    return whisper.transcribe(tone(300, seconds))


def test_the_likeliest_words_up_to_the_end() -> None:
    mouth = Mouth({0: 9}, {1: 9}, {4: 9})
    transcript = heard(mouth)
    assert transcript.text == "yes no"
    assert transcript.language == "en"
    assert 0.9 < transcript.confidence <= 1
    assert mouth.read == [5, 7, 0, 1]


def test_what_is_suppressed_is_never_said() -> None:
    mouth = Mouth({3: 20, 4: 19, 2: 18, 9: 17, 0: 9}, {2: 20, 8: 19, 3: 9}, {1: 9}, {4: 9})
    assert heard(mouth).text == "yes no"
    assert mouth.read[2:] == [0, 3, 1]


def test_a_decoder_without_end_is_cut_and_its_loop_not_believed() -> None:
    mouth = Mouth({0: 9})
    transcript = heard(mouth)
    assert len(mouth.read) <= SPECIALS.most
    assert transcript == Transcript("yes yes yes yes yes yes yes yes", transcript.confidence)
    endless = Specials(start=5, end=4, no_timestamps=7)
    mouth = Mouth({0: 9})
    looping = Whisper(Ear(), mouth, WORDS, endless, frames=300).transcribe(tone(300, 3.0))
    assert (looping.text, looping.confidence) == ("", 0.0)
    assert len(mouth.read) < 60  # 15 tokens a second, not 448


def test_nobody_spoke() -> None:
    unsure = {6: 1.0, 0: 0.2, 1: 0.1}
    assert heard(Mouth(unsure, {0: 0.1}, {1: 0.1}, {0: 0.1}, {4: 0.1})).text == ""
    assert heard(Mouth({6: 1.0, 0: 30.0}, {4: 30.0})).text == "yes"  # surely a word, even so


def test_silence_is_not_even_looked_at() -> None:
    mouth = Mouth({0: 9}, {4: 9})
    whisper = Whisper(Ear(), mouth, WORDS, SPECIALS, frames=100)
    assert whisper.transcribe(silence(1.0)) == Transcript("", 0.0)
    assert whisper.transcribe(silence(0)) == Transcript("", 0.0)
    assert mouth.read == []


def test_longer_sound_takes_several_passes() -> None:
    mouth = Mouth({0: 9}, {4: 9}, {1: 9}, {4: 9})
    assert heard(mouth, 1.6).text == "yes no"


def test_an_encoder_that_overflowed_is_an_error() -> None:
    with pytest.raises(EngineError, match="overflow") as caught:
        heard(Mouth({0: 9}), ear=Ear(float("inf")))
    assert caught.value.code == "ENG-ASR-FAILED"


def test_a_language_that_it_does_not_know_is_refused() -> None:
    with pytest.raises(EngineError) as caught:
        Whisper(Ear(), Mouth({0: 9}), WORDS, SPECIALS, frames=100, language="fr")
    assert caught.value.code == "ENG-ASR-LANGUAGE"
