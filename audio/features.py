"""The front end that all wake-phrase models share: sound → mel spectrogram → embeddings.

Recipe (openWakeWord 0.4.0, `utils.py`, after Google's speech_embedding): one hop of 80 ms gives
8 mel rows of 32 bands from 1760 samples, scaled x/10+2; the last 76 rows give one embedding of 96.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from audio.format import Samples
from audio.models import Floats, Model

if TYPE_CHECKING:
    from pathlib import Path

State: TypeAlias = tuple[Samples, Floats, Floats, int]
"""Samples looked back on, mel rows, embeddings, hops of digital silence."""

HOP = 1280
"""Samples in one step of the models: 80 ms."""

_OVERLAP = 480  # samples before the hop that its first mel rows look back on
_ROWS = 8  # mel rows per hop
_WINDOW = 76  # mel rows per embedding
_HISTORY = 16  # embeddings kept: what the phrase models look at
_KEPT_ROWS = _WINDOW + (_HISTORY + 2) * _ROWS  # mel rows kept, for `between`
_EMBEDDING = 96

MEMORY_HOPS = _KEPT_ROWS // _ROWS + _HISTORY + 1
"""After so many hops nothing earlier can matter."""


class SpeechFeatures:
    """Embeddings of a stream, hop by hop.

    Digital silence (a muted microphone, the end of a file) is not computed again and again: a
    window of zeros always gives the same rows, and a window of such rows the same embedding.
    """

    def __init__(self, models: Path) -> None:
        """Load `melspectrogram.onnx` and `embedding_model.onnx` of a folder (else AudioError)."""
        self._mel = Model(models / "melspectrogram.onnx")
        self._embed = Model(models / "embedding_model.onnx")
        self._silent_rows = self._rows_of(np.zeros(_OVERLAP + HOP, np.int16))
        self._silent_embedding = self._embedding_of(np.resize(self._silent_rows, (_WINDOW, 32)))
        self.inferences = 0
        self.restore(self._blank())

    def _blank(self) -> State:
        return (
            np.zeros(_OVERLAP, np.int16),
            np.tile(self._silent_rows[-1], (_KEPT_ROWS, 1)),
            np.tile(self._silent_embedding, (_HISTORY, 1)),
            0,
        )

    def save(self) -> State:
        """The state, for `restore`."""
        return self._tail.copy(), self._mels.copy(), self._history.copy(), self._silent

    def restore(self, state: State) -> None:
        """Go back to a saved state."""
        tail, mels, history, self._silent = state
        self._tail, self._mels, self._history = tail.copy(), mels.copy(), history.copy()

    @property
    def steady(self) -> bool:
        """True while nothing but digital silence is remembered: the features stand still."""
        return self._silent > MEMORY_HOPS

    def push(self, hop: Samples) -> None:
        """Take the next HOP samples."""
        window = np.concatenate((self._tail, hop))
        self._tail = window[-_OVERLAP:]
        self._silent = 0 if window.any() else self._silent + 1
        rows = self._silent_rows if self._silent else self._rows_of(window)
        self._mels = np.concatenate((self._mels[_ROWS:], rows))
        if self._silent > _WINDOW // _ROWS:
            embedding = self._silent_embedding
        else:
            embedding = self._embedding_of(self._mels[-_WINDOW:])
            self.inferences += 1
        self._history = np.concatenate((self._history[1:], embedding[None]))

    def latest(self) -> Floats:
        """The last 16 embeddings, shape [1, 16, 96]: what a phrase model takes."""
        return self._history[None]

    def between(self, rows: int, hops: int) -> Floats:
        """What `latest` would have been, had the hops fallen `rows` mel rows (10 ms) earlier.

        Shape [hops, 16, 96], oldest hop first; costs hops + 15 embeddings.
        """
        ends = [len(self._mels) - rows - _ROWS * i for i in range(hops + _HISTORY - 1)][::-1]
        looks = np.stack([self._embedding_of(self._mels[end - _WINDOW : end]) for end in ends])
        return np.stack([looks[i : i + _HISTORY] for i in range(hops)])

    def _rows_of(self, window: Samples) -> Floats:
        mel = self._mel.run_first(window.astype(np.float32)[None])
        return mel.reshape(-1, 32) / np.float32(10) + np.float32(2)

    def _embedding_of(self, rows: Floats) -> Floats:
        return self._embed.run_first(rows[None, :, :, None]).reshape(_EMBEDDING)
