"""Whisper on the CPU: faster-whisper's model, features and tokens, heard by our own rules.

The library's `transcribe` always computes the 30 s that Whisper was trained on, encodes twice where
it has to find the language, and drops all but the best hypothesis. Its parts are public; with them
a short question costs a short window here, and a doubtful one is heard again in the whole window.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from appliance.engines.asr_faults import failed, unknown_language
from appliance.engines.fasterwhisper_model import Tokenizer, opened
from appliance.engines.inventions import invented, is_doubled, loops
from appliance.engines.plain import plain
from appliance.engines.ports import Transcript
from appliance.engines.windows import spoken
from audio.format import RATE_HZ, Samples

LONGEST_S: Final = 30.0
"""What a Whisper was trained on, and hears at once."""
_HOP: Final = 160  # samples of a frame
_FRAMES: Final = round(LONGEST_S * RATE_HZ / _HOP)
_SHORTEST_S: Final = 8.0
_ROOM_S: Final = 5.0
"""Silence after the words; with 3 s, base says sentences twice (docs/cpu-recognition.md)."""
_STEP_S: Final = 0.5

_BEAM: Final = 5
_TOKENS_PER_S: Final = 15  # nobody speaks faster; a decoder that loops does
_MOST: Final = 448  # tokens of prompt and transcript together
_HINT: Final = 60  # tokens of rare words in the prompt, at most
_SPACE: Final = "Ġ"  # the published tokenizers don't join it to a "t", and cut such words oddly
_NOBODY_SPOKE: Final = 0.6
_UNSURE: Final = -1.0
_GUESSED: Final = -1.5
_WORTH: Final = 1.0  # a hypothesis so much less likely, token by token, is none


class Pass(NamedTuple):
    """What one pass over a piece of sound made of it.

    Attributes:
        texts: as `Transcript` promises, likeliest first, each once; the first may be empty.
        sureness: mean log probability of the tokens of the first.
        no_speech: probability (0..1) that nobody spoke.
        language: its tag.
    """

    texts: tuple[str, ...]
    sureness: float
    no_speech: float
    language: str

    @property
    def is_doubtful(self) -> bool:
        """Whether the whole window may show something else.

        Unsure words stay unsure there, and half a sentence is always unsure.
        """
        return is_doubled(self.texts[0]) or loops(self.texts[0])

    def heard(self) -> Transcript:
        """The transcript; empty where it is likelier that nobody said that."""
        text, *others = self.texts
        silent = self.no_speech > _NOBODY_SPOKE and self.sureness < _UNSURE
        if (
            not text
            or silent
            or self.sureness < _GUESSED
            or loops(text)
            or invented(text, self.no_speech)
        ):
            return Transcript("", 0.0, self.language)
        confidence = math.exp(min(self.sureness, 0.0)) * (1 - self.no_speech)
        return Transcript(text, confidence, self.language, tuple(others))


class FasterWhisper:
    """A recogniser for one process; not safe for two threads."""

    def __init__(
        self,
        folder: Path,
        *,
        language: str = "auto",
        threads: int = 2,
        frames: int = 0,
    ) -> None:
        """Note what to use; nothing is loaded.

        Args:
            folder: of a model in CTranslate2's form.
            language: "auto", or the only one that is spoken.
            threads: of the CPU.
            frames: of 10 ms that every pass hears at least; 0: as few as will do.
        """
        self._folder, self._threads = folder, threads
        self._language, self._frames = language, frames
        self._model: Any = None
        self._hint: str | None = None

    def load(self, words: Sequence[str] = ()) -> None:
        """Read the model.

        Args:
            words: that may be said, likeliest first; the rare ones are hinted at.

        Raises:
            EngineError: `ENG-NO-MODEL`, `ENG-BAD-MODEL`, or `ENG-ASR-LANGUAGE`.
        """
        model = opened(self._folder, self._threads)
        known = ["auto", *model.supported_languages]
        if self._language not in known:
            raise unknown_language(self._language, known)
        self._hint = hint(words, model.hf_tokenizer)
        self._model = model

    def listen(self, samples: Samples) -> Iterator[Transcript | None]:
        """Recognise a whole utterance: Nones, at which it may be left, then its transcript.

        Args:
            samples: int16 [n] at RATE_HZ, of any length.

        Raises:
            EngineError: `ENG-ASR-FAILED`.
        """
        parts: list[Transcript] = []
        for piece in spoken(samples, round(LONGEST_S * RATE_HZ)):
            part = yield from self._heard(piece)
            parts += [part] if part.text else []
        if len(parts) == 1:
            yield parts[0]
            return
        language = parts[0].language if parts else self._expected
        confidence = min((part.confidence for part in parts), default=0.0)
        yield Transcript(" ".join(part.text for part in parts), confidence, language)

    @property
    def _expected(self) -> str:
        return "en" if self._language == "auto" else self._language

    def _heard(self, piece: Samples) -> Generator[None, None, Transcript]:
        """One piece, in as short a window as will do; a doubtful one again in the whole window."""
        try:
            frames = max(frames_for(piece.size), min(self._frames, _FRAMES))
            found = yield from self._pass(piece, frames)
            if found.is_doubtful and frames < _FRAMES:
                found = yield from self._pass(piece, _FRAMES)
        except (RuntimeError, ValueError) as error:
            raise failed(str(error)) from error
        return found.heard()

    def _pass(self, piece: Samples, frames: int) -> Generator[None, None, Pass]:
        model = self._model
        sound = model.encode(self._features(piece, frames))
        yield
        language = self._language_of(sound)
        tokens = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
        )
        prompt = model.get_prompt(tokens, [], without_timestamps=True, hotwords=self._hint)
        most = math.ceil(piece.size / RATE_HZ * _TOKENS_PER_S) + 1
        (result,) = model.model.generate(
            sound,
            [prompt],
            beam_size=_BEAM,
            num_hypotheses=_BEAM,
            # the library grants half of `max_length`, or what the prompt leaves of it
            max_length=min(_MOST, max(2 * most, len(prompt) + most)),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return _weighed(result, tokens, language)

    def _language_of(self, sound: Any) -> str:  # noqa: ANN401  # the encoder's output
        if self._language != "auto" or not self._model.model.is_multilingual:
            return self._expected
        ((best, *_),) = self._model.model.detect_language(sound)
        return str(best[0]).strip("<|>")

    def _features(self, piece: Samples, frames: int) -> NDArray[np.float32]:
        """[bands, frames] of the piece and the silence after it."""
        sound = np.zeros(frames * _HOP, np.float32)
        sound[: piece.size] = piece[: sound.size]
        bands = self._model.feature_extractor(sound / np.float32(32768), padding=0)
        return np.ascontiguousarray(bands[:, :frames], np.float32)


def _weighed(result: Any, tokens: Tokenizer, language: str) -> Pass:  # noqa: ANN401  # untyped
    """The hypotheses worth keeping, of CTranslate2's result."""
    found = [
        plain(tokens.decode(ids))
        for ids, score in zip(result.sequences_ids, result.scores, strict=True)
        if score > result.scores[0] - _WORTH
    ]
    length = len(result.sequences_ids[0])
    sureness = result.scores[0] * length / (length + 1)  # its end is a token, too
    return Pass(tuple(dict.fromkeys(found)), sureness, result.no_speech_prob, language)


def frames_for(samples: int) -> int:
    """Frames of 10 ms that are enough to hear so many samples in."""
    wanted_s = samples / RATE_HZ + _ROOM_S
    steps = math.ceil(min(max(wanted_s, _SHORTEST_S), LONGEST_S) / _STEP_S)
    return round(steps * _STEP_S * RATE_HZ / _HOP)


def hint(words: Sequence[str], tokenizer: Any) -> str | None:  # noqa: ANN401  # of `tokenizers`
    """The rare ones among the words, for the prompt, as many as fit; None: there are none.

    A word that the model's vocabulary has as one piece is common and needs no hint.
    """
    left, taken = _HINT, []
    for word in words:
        pieces = tokenizer.encode(f" {word}", add_special_tokens=False).tokens
        if len(pieces) <= (3 if pieces[:1] == [_SPACE] else 1):
            continue
        left -= len(pieces)
        if left < 0:
            break
        taken.append(word)
    return " ".join(taken) or None
