"""The ears' process: PocketSphinx, biased by the knowledge pack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from appliance.engines.sphinx.recogniser import DICTIONARY, LANGUAGE, SphinxRecogniser
from appliance.engines.wire import Json, Message
from appliance.knowledge.pack import Pack


class AsrServant:
    """Serves `transcribe`: 16 kHz mono PCM in, a transcript out."""

    def __init__(self, pack: str) -> None:
        self._pack = pack
        self._recogniser: SphinxRecogniser | None = None

    def load(self) -> Json:
        """Load the acoustic model, and the words of the pack."""
        self._recogniser = SphinxRecogniser(_speech_assets(self._pack))
        self._recogniser.load()
        return {}

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message]:  # noqa: ARG002  # one op
        """Recognise one utterance."""
        if self._recogniser is None:
            raise RuntimeError("not loaded")
        samples = np.frombuffer(payload, dtype=np.int16)
        yield Message(asdict(self._recogniser.transcribe(samples)))


def _speech_assets(pack_path: str) -> dict[str, bytes]:
    """What the pack brings for the ears; a pack built without speech brings nothing."""
    if not pack_path:
        return {}
    with Pack.open(pack_path, verify=False) as pack:
        blobs = {name: pack.asset(name) for name in (DICTIONARY, LANGUAGE)}
    return {name: blob for name, blob in blobs.items() if blob is not None}
