"""The front end that all wake-phrase models share: sound → mel spectrogram → embeddings.

Recipe (openWakeWord 0.4.0, `utils.py`, after Google's speech_embedding): one hop of 80 ms gives
8 mel rows of 32 bands; the last 76 rows give one embedding of 96 numbers.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from audio.embedding import EMBEDDING, ROWS, WARM_UP, Past, StreamingEmbedding
from audio.format import Samples
from audio.mel import BANDS, HOP, OVERLAP, MelSpectrogram
from audio.models import Floats

if TYPE_CHECKING:
    from pathlib import Path

_HISTORY = 16  # embeddings kept: what the phrase models look at
_AVERAGED = 3  # hops that `between` can tell of
_REACH = WARM_UP + _HISTORY + _AVERAGED  # hops; nothing earlier matters to anybody


@dataclass(frozen=True, slots=True)
class State:
    """All that the features of a stream depend on.

    Attributes:
        sound: the latest hops.
        skipped: how many of them, and of those before, were not computed.
        mels: the mel rows of what was computed.
        history: its embeddings.
        past: where the embedding network stands.
    """

    sound: tuple[Samples, ...]
    skipped: int
    mels: Floats
    history: Floats
    past: Past


class SpeechFeatures:
    """Embeddings of a stream, hop by hop.

    Hops may be skipped while nobody asks: the next `push` makes up for as many as matter, so that
    the features are what they would be had nothing been skipped.
    """

    def __init__(self, models: Path) -> None:
        """Load `melspectrogram.onnx` and `embedding_model.onnx` of a folder (else AudioError)."""
        self._mel = MelSpectrogram(models / "melspectrogram.onnx")
        self._embed = StreamingEmbedding(models / "embedding_model.onnx")
        self.inferences = 0
        """Hops computed since the start."""
        silence = np.zeros(HOP, np.int16)
        mels, history = np.empty((0, BANDS), np.float32), np.empty((0, EMBEDDING), np.float32)
        self.restore(State((silence,) * (_REACH + 1), _REACH, mels, history, self._embed.nothing))

    def save(self) -> State:
        """The state, for `restore`."""
        return State(tuple(self._sound), self._skipped, self._mels, self._history, self._past)

    def restore(self, state: State) -> None:
        """Go back to a saved state."""
        self._sound = deque(state.sound, maxlen=_REACH + 1)
        self._skipped, self._past = state.skipped, state.past
        self._mels, self._history = state.mels, state.history

    def skip(self, hop: Samples) -> None:
        """Remember the next HOP samples without computing anything."""
        self._sound.append(hop)
        self._skipped += 1

    def push(self, hop: Samples) -> None:
        """Take the next HOP samples, after what was skipped before them."""
        self.skip(hop)
        due = min(self._skipped, _REACH)  # of these, WARM_UP replace a past that is too old
        _, *hops = list(self._sound)[-due - 1 :]
        rows = self._mel.rows(np.concatenate((self._sound[-due - 1][-OVERLAP:], *hops)))
        embeddings, self._past = self._embed.run(rows, self._past)
        self._mels = np.concatenate((self._mels, rows))[-_REACH * ROWS :]
        self._history = np.concatenate((self._history, embeddings))[-_HISTORY:]
        self._skipped = 0
        self.inferences += due

    def latest(self) -> Floats:
        """The last 16 embeddings, shape [1, 16, 96]: what a phrase model takes."""
        return self._history[None]

    def between(self, rows: int, hops: int) -> Floats:
        """What `latest` would have been, had the hops fallen `rows` mel rows (10 ms) earlier.

        Shape [hops, 16, 96], oldest hop first; `rows` below 8, up to 3 hops. Costs as much as
        computing 2 s of sound.
        """
        wanted = hops + _HISTORY - 1
        end = len(self._mels) - rows
        begin = end - (WARM_UP + wanted) * ROWS
        looks, _ = self._embed.run(self._mels[begin:end], self._embed.nothing)
        looks = looks[-wanted:]
        return np.stack([looks[i : i + _HISTORY] for i in range(hops)])
