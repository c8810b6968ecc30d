"""SenseVoice-small: one forward pass a sentence, in five languages.

The network reads four queries (language, event, emotion, style of numbers) and then the frames of
the sound, and gives the logits of one token for each. Two published exports are served:

- with `embedding.npy` beside it: one input [1, 4 + frames, 560], queries and normalised frames
  (lovemefan's ONNX export and the RKNN conversions of it);
- without: two inputs, frames [1, frames, 560] not yet normalised and int32 [4], the queries'
  numbers (sherpa-onnx's `scripts/sense-voice/rknn`).

Neither takes a mask: frames after the sound are zeros, and their tokens are not read. The frames
are FunASR's in both, as in training; sherpa-onnx makes them slightly differently at the edges.
Numbers of the queries: FunASR, `funasr/models/sense_voice/model.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

import numpy as np

from appliance.engines.asr_faults import bad_model, failed, unknown_language
from appliance.engines.plain import plain
from appliance.engines.ports import Transcript
from appliance.engines.rknn.ctc import Heard, greedy
from appliance.engines.rknn.fbank import fbank
from appliance.engines.rknn.lowrate import (
    WIDTH,
    Normalisation,
    longest_samples,
    read_normalisation,
    stack,
)
from appliance.engines.rknn.pieces import Pieces
from appliance.engines.rknn.port import Array, Floats, Graph
from appliance.engines.windows import spoken
from audio.format import RATE_HZ, Samples

MODEL: Final = "sensevoice.rknn"
PIECES: Final = "tokens.txt"
NORMALISATION: Final = "am.mvn"
EMBEDDING: Final = "embedding.npy"
"""Names of the files in a model's folder; the last two belong to the first kind of export."""

LANGUAGES: Final = {"auto": 0, "zh": 3, "en": 4, "yue": 7, "ja": 11, "ko": 12}
"""Numbers of the language queries."""

_EVENT, _EMOTION, _AS_SPOKEN = 1, 2, 15  # "as spoken": no digits, no punctuation
_QUERIES: Final = 4
_EMBEDDINGS: Final = 16


class Queries:
    """Input of the first kind: queries and normalised frames in one tensor."""

    def __init__(self, embedded: Floats, normalisation: Normalisation, scale: float) -> None:
        """Note the four queries [4, 560], and by what all frames are multiplied."""
        self._embedded = embedded
        self._normalisation = normalisation
        self._scale = np.float32(scale)

    def inputs(self, stacked: Floats, frames: int) -> list[Array]:
        """What the network reads for frames [n, 560], n no more than `frames`."""
        tensor = np.zeros((1, _QUERIES + frames, WIDTH), np.float32)
        tensor[0, :_QUERIES] = self._embedded
        tensor[0, _QUERIES : _QUERIES + len(stacked)] = (
            self._normalisation.apply(stacked) * self._scale
        )
        return [tensor]


class Prompt:
    """Input of the second kind: frames as they are, and the queries' numbers."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = np.array(numbers, np.int32)

    def inputs(self, stacked: Floats, frames: int) -> list[Array]:
        """What the network reads for frames [n, 560], n no more than `frames`."""
        tensor = np.zeros((1, frames, WIDTH), np.float32)
        tensor[0, : len(stacked)] = stacked
        return [tensor, self._numbers]


class SenseVoice:
    """Turns sound into words, by a graph that is loaded already."""

    def __init__(
        self, graph: Graph, pieces: Pieces, feed: Queries | Prompt, *, frames: int, language: str
    ) -> None:
        """Note what to use.

        Args:
            graph: the network.
            pieces: its vocabulary.
            feed: makes its inputs.
            frames: the stacked frames (60 ms each) that it was built for, without the queries.
            language: what a transcript is said to be in if the network doesn't say.
        """
        self._graph = graph
        self._pieces = pieces
        self._feed = feed
        self._frames = frames
        self._language = "en" if language == "auto" else language

    @classmethod
    def read(
        cls, folder: Path, graph: Graph, *, frames: int, language: str = "auto", scale: float = 1.0
    ) -> Self:
        """A model out of a folder, for a graph of the same folder.

        Args:
            folder: of MODEL, PIECES and, for the first kind of export, the other two.
            graph: the network, loaded by the time that `transcribe` is called.
            frames: see `__init__`.
            language: one of LANGUAGES.
            scale: of the frames in the first kind of export; 0.5 where 16 bits overflow.

        Raises:
            EngineError: `ENG-NO-MODEL`, `ENG-BAD-MODEL`, or `ENG-ASR-LANGUAGE`.
        """
        if language not in LANGUAGES:
            raise unknown_language(language, LANGUAGES)
        numbers = [LANGUAGES[language], _EVENT, _EMOTION, _AS_SPOKEN]
        feed: Queries | Prompt = Prompt(numbers)
        if (folder / EMBEDDING).is_file():
            embedded = _read_embedding(folder / EMBEDDING)[numbers]
            feed = Queries(embedded, read_normalisation(folder / NORMALISATION), scale)
        pieces = Pieces.read(folder / PIECES)
        return cls(graph, pieces, feed, frames=frames, language=language)

    @property
    def longest_s(self) -> float:
        """Seconds of sound that one pass hears; longer sound takes several."""
        return longest_samples(self._frames) / RATE_HZ

    def transcribe(self, samples: Samples) -> Transcript:
        """Recognise a whole utterance.

        Args:
            samples: int16 [n] at RATE_HZ, of any length.

        Raises:
            EngineError: the NPU failed, or its model isn't of this folder.
        """
        heard: list[Heard] = []
        for piece in spoken(samples, longest_samples(self._frames)):
            heard += self._heard(piece)
        tags = [tag for token in heard if (tag := self._pieces.tag(token.token)) is not None]
        language = next((tag for tag in tags if tag in LANGUAGES), self._language)
        return self._transcript([t for t in heard if self._pieces.tag(t.token) is None], language)

    def _transcript(self, heard: Sequence[Heard], language: str) -> Transcript:
        text = plain(self._pieces.text(token.token for token in heard))
        if not text:
            return Transcript("", 0.0, language)
        confidence = float(np.mean([token.probability for token in heard]))
        return Transcript(text, min(confidence, 1.0), language)

    def _heard(self, samples: Samples) -> list[Heard]:
        stacked = stack(fbank(samples))
        outputs = self._graph.run(self._feed.inputs(stacked, self._frames))
        return greedy(self._by_frame(outputs[0])[: _QUERIES + len(stacked)])

    def _by_frame(self, logits: Array) -> Floats:
        """Logits [frames, vocabulary]; some conversions give them the other way round."""
        rows, columns = logits.shape[-2:] if logits.ndim > 1 else (0, 0)
        frames, words = _QUERIES + self._frames, len(self._pieces)
        if logits.size == frames * words and (rows, columns) in {(frames, words), (words, frames)}:
            table: Floats = logits.reshape(rows, columns)
            return table if columns == words else table.T
        raise failed(
            f"the network gave {logits.shape}, not {frames} frames of {words} tokens: "
            f"{MODEL} and {PIECES} are not of one model, or `frames` is wrong"
        )


def _read_embedding(path: Path) -> Floats:
    """The vectors [16, 560] of the queries."""
    try:
        table = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise bad_model(path, str(error)) from error
    if not isinstance(table, np.ndarray) or table.shape != (_EMBEDDINGS, WIDTH):
        raise bad_model(path, f"it holds no table of {_EMBEDDINGS} x {WIDTH} numbers")
    return table.astype(np.float32)
