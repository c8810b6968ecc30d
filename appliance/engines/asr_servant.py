"""The ears' process: PocketSphinx, biased by the knowledge pack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from appliance.engines.sphinx.recogniser import SphinxRecogniser
from appliance.engines.wire import Json, Message
from appliance.knowledge.pack import Pack


class AsrServant:
    """Serves `transcribe`: 16 kHz mono PCM in, a transcript out."""

    def __init__(self, pack: str) -> None:
        self._pack = pack
        self._recogniser: SphinxRecogniser | None = None

    def load(self) -> Json:
        """Load the acoustic model, and the words of the pack."""
        assets = _speech_assets(Path(self._pack)) if self._pack else {}
        self._recogniser = SphinxRecogniser(assets)
        self._recogniser.load()
        return {}

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message]:  # noqa: ARG002  # one op
        """Recognise one utterance."""
        if self._recogniser is None:
            raise RuntimeError("not loaded")
        samples = np.frombuffer(payload, dtype=np.int16)
        yield Message(asdict(self._recogniser.transcribe(samples)))
