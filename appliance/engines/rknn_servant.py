"""The ears' process on an RK3576: SenseVoice or Whisper on the NPU."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import numpy as np

from appliance.engines.ports import Transcript
from appliance.engines.rknn import sensevoice, whisper
from appliance.engines.rknn.session import LIBRARY, RknnSession
from appliance.engines.wire import Json, Message
from appliance.errors import EngineError
from audio.format import Samples

FRAMES = {"sensevoice": 167, "whisper": 2000}
"""Of the published conversions: 10 s in steps of 60 ms (171 with the queries), 20 s of 10 ms."""

_FILES = {"sensevoice": sensevoice.MODEL, "whisper": whisper.MODEL}


class Recogniser(Protocol):
    """What both models are."""

    @property
    def longest_s(self) -> float:
        """Seconds that one pass hears."""

    def transcribe(self, samples: Samples) -> Transcript:
        """Recognise a whole utterance."""


class RknnServant:
    """Serves `transcribe`: 16 kHz mono PCM in, a transcript out."""

    def __init__(
        self,
        model: str,
        folder: str,
        toolkit: str,
        *,
        language: str = "auto",
        frames: int = 0,
        cores: str = "auto",
        threads: int = 2,
        scale: float = 1.0,
        library: str = str(LIBRARY),
    ) -> None:
        """Note what to use; nothing is loaded.

        Args:
            model: "sensevoice" or "whisper".
            folder: of its files (docs/rknn.md).
            toolkit: version of rknn-toolkit2 that built the network, "2.3.2".
            language: "auto", or the only one that is spoken here.
            frames: that the network was built for; 0: as FRAMES says.
            cores: of the NPU; see `session.CORES`.
            threads: of the CPU for Whisper's decoder.
            scale: of SenseVoice's frames; 0.5 where 16 bits overflow.
            library: the runtime.
        """
        self._model = model
        self._folder = Path(folder)
        self._language = language
        self._frames = frames
        self._threads = threads
        self._scale = scale
        self._runtime = {"toolkit": toolkit, "cores": cores}
        self._library = Path(library)
        self._recogniser: Recogniser | None = None

    def load(self) -> Json:
        """Load the model; says which, on what, and how many seconds one pass hears.

        Raises:
            EngineError: files, library, driver or NPU are missing or don't fit.
        """
        if self._model not in _FILES:
            raise EngineError(
                "ENG-ASR-MODEL",
                f'there is no recogniser "{self._model}" for the NPU',
                "the settings name it",
                f"set one of: {', '.join(_FILES)}",
            )
        session = RknnSession(
            self._folder / _FILES[self._model], library=self._library, **self._runtime
        )
        recogniser = self._read(session)  # first: its errors are clearer than the NPU's
        session.load()
        self._recogniser = recogniser
        return {
            "model": self._model,
            "longest_s": recogniser.longest_s,
            **session.versions._asdict(),
        }

    def _read(self, session: RknnSession) -> Recogniser:
        frames, language = self._frames or FRAMES[self._model], self._language
        if self._model == "whisper":
            return whisper.Whisper.read(
                self._folder, session, frames=frames, language=language, threads=self._threads
            )
        return sensevoice.SenseVoice.read(
            self._folder, session, frames=frames, language=language, scale=self._scale
        )

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message]:  # noqa: ARG002  # one op
        """Recognise one utterance."""
        if self._recogniser is None:
            raise RuntimeError("not loaded")
        samples = np.frombuffer(payload, dtype=np.int16)
        yield Message(asdict(self._recogniser.transcribe(samples)))
