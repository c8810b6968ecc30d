"""Whisper: its encoder on the NPU, its decoder on the CPU.

The encoder is a `.rknn` as rknn_model_zoo's `examples/whisper` converts it: [1, 80, frames] in,
[1, frames / 2, width] out. The zoo's decoder reads a window of 12 tokens anew for each token and
loses its place in long sentences; ours remembers (`decoder`). Rules of decoding: openai/whisper,
`whisper/decoding.py` and `transcribe.py`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, Protocol, Self

import numpy as np

from appliance.engines.asr_faults import failed, unknown_language
from appliance.engines.plain import plain
from appliance.engines.ports import Transcript
from appliance.engines.rknn import decoder
from appliance.engines.rknn.bytetokens import ByteTokens
from appliance.engines.rknn.logmel import HOP, log_mel
from appliance.engines.rknn.port import Array, Floats, Graph
from appliance.engines.rknn.prompts import Specials
from appliance.engines.windows import spoken
from audio.format import RATE_HZ, Samples

MODEL: Final = "encoder.rknn"
VOCABULARY: Final = "vocab.json"
SPECIALS: Final = "generation_config.json"
"""Names of the files in a model's folder, beside `decoder.MODEL`."""

_PROMPT: Final = 4  # tokens at most
_TOKENS_PER_S: Final = 15  # nobody speaks faster; a decoder that loops does
_NOBODY_SPOKE: Final = 0.6
_UNSURE: Final = -1.0
_LOOPING: Final = 2.4  # of bytes to compressed bytes


class Decoder(Protocol):
    """`decoder.CachedDecoder`."""

    def begin(self, sound: Floats, tokens: list[int]) -> Floats:
        """Read the prompt."""

    def step(self, token: int) -> Floats:
        """Read one more token."""


class _Opening(NamedTuple):
    """What is known when the prompt is read."""

    language: str
    no_speech: float
    logits: Floats


class Whisper:
    """Turns sound into words, by graphs that are loaded already."""

    def __init__(
        self,
        encoder: Graph,
        decoder: Decoder,
        tokens: ByteTokens,
        specials: Specials,
        *,
        frames: int,
        language: str = "auto",
    ) -> None:
        """Note what to use.

        Args:
            encoder: the network on the NPU.
            decoder: the one on the CPU.
            tokens: the vocabulary.
            specials: the special tokens.
            frames: of 10 ms, that the encoder was built for (2000 or 3000).
            language: "auto", or a tag that the model knows.

        Raises:
            EngineError: `ENG-ASR-LANGUAGE`.
        """
        known = ["auto", *(specials.languages or ["en"])]
        if language not in known:
            raise unknown_language(language, known)
        self._encoder = encoder
        self._decoder = decoder
        self._tokens = tokens
        self._specials = specials
        self._frames = frames
        self._language = language

    @classmethod
    def read(
        cls, folder: Path, encoder: Graph, *, frames: int, language: str = "auto", threads: int = 2
    ) -> Self:
        """A model out of a folder, for an encoder of the same folder.

        Args:
            folder: of `decoder.MODEL`, VOCABULARY and SPECIALS.
            encoder: the network on the NPU, loaded by the time that `transcribe` is called.
            frames: see `__init__`.
            language: see `__init__`.
            threads: of the CPU for the decoder.

        Raises:
            EngineError: `ENG-NO-MODEL`, `ENG-BAD-MODEL`, or `ENG-ASR-LANGUAGE`.
        """
        tokens = ByteTokens.read(folder / VOCABULARY)
        specials = Specials.read(folder / SPECIALS)
        cached = decoder.CachedDecoder(folder / decoder.MODEL, threads=threads)
        return cls(encoder, cached, tokens, specials, frames=frames, language=language)

    @property
    def longest_s(self) -> float:
        """Seconds of sound that one pass hears; longer sound takes several."""
        return self._frames * HOP / RATE_HZ

    def transcribe(self, samples: Samples) -> Transcript:
        """Recognise a whole utterance.

        Args:
            samples: int16 [n] at RATE_HZ, of any length.

        Raises:
            EngineError: the NPU or the decoder failed.
        """
        heard = [self._heard(piece) for piece in spoken(samples, self._frames * HOP)]
        parts = [part for part in heard if part.text]
        if not parts:
            return Transcript("", 0.0, "en" if self._language == "auto" else self._language)
        text = " ".join(part.text for part in parts)
        return Transcript(text, min(part.confidence for part in parts), parts[0].language)

    def _heard(self, samples: Samples) -> Transcript:
        (sound, *_) = self._encoder.run([log_mel(samples, self._frames)[None]])
        if not np.isfinite(sound).all():
            raise failed("the encoder's numbers overflowed: it must be converted anew")
        opening = self._open(sound)
        most = int(samples.size / RATE_HZ * _TOKENS_PER_S) + 1
        tokens, logs = zip(*self._greedy(opening.logits, most), strict=True)
        text, sureness = self._tokens.text(tokens), float(np.mean(logs))
        silent = opening.no_speech > _NOBODY_SPOKE and sureness < _UNSURE
        if silent or _loops(text) or not plain(text):
            return Transcript("", 0.0, opening.language)
        return Transcript(plain(text), float(np.exp(sureness)), opening.language)

    def _open(self, sound: Floats) -> _Opening:
        """Read the prompt; where the language isn't set, after the model has told it."""
        languages = self._specials.languages
        if languages and self._language == "auto":
            (first,) = self._begin(sound, [self._specials.start])
            language = max(languages, key=lambda tag: first[languages[tag]])
            for token in self._specials.prompt(languages[language])[1:]:
                logits = self._decoder.step(token)
            return _Opening(language, self._no_speech(first), logits)
        language = "en" if self._language == "auto" else self._language
        prompt = self._specials.prompt(languages.get(language))
        table = self._begin(sound, prompt)
        return _Opening(language, self._no_speech(table[0]), table[-1])

    def _begin(self, sound: Floats, prompt: list[int]) -> Floats:
        table = self._decoder.begin(sound, prompt)
        if table.shape[-1] <= self._specials.highest:
            raise failed(f"{decoder.MODEL} and {SPECIALS} are not of one model")
        return table

    def _no_speech(self, logits: Floats) -> float:
        return float(np.exp(_log_shares(logits)[self._specials.no_speech]))

    def _greedy(self, logits: Floats, most: int) -> Iterator[tuple[int, float]]:
        """The likeliest tokens and their log probabilities; the last is the end, unless cut."""
        special = self._specials
        banned = np.array([*special.suppressed, *range(special.end + 1, logits.size)], np.int64)
        first = np.append(banned, special.suppressed_first).astype(np.int64)
        for count in range(max(1, min(most, special.most - _PROMPT))):
            shares = _log_shares(_without(logits, banned if count else first))
            token = int(shares.argmax())
            yield token, float(shares[token])
            if token == special.end:
                return
            logits = self._decoder.step(token)


def _without(logits: Floats, banned: Array) -> Floats:
    allowed = logits.copy()
    allowed[banned] = -np.inf
    return allowed


def _log_shares(logits: Floats) -> Floats:
    """The logarithm of the softmax."""
    below = logits.astype(np.float64) - float(logits.max())
    shares: Floats = (below - np.log(np.exp(below).sum())).astype(np.float32)
    return shares


def _loops(text: str) -> bool:
    """Whether the same words come again and again: a known failure, and nobody said them."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) > _LOOPING if data else False
