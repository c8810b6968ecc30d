"""The ears' process of the `cpu` profile: Whisper by faster-whisper, hinted at the pack's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from appliance.engines.fasterwhisper import LONGEST_S, FasterWhisper
from appliance.engines.wire import Json, Message
from appliance.knowledge.pack import Pack


class FasterWhisperServant:
    """Serves `transcribe`: 16 kHz mono PCM in, a transcript out."""

    def __init__(
        self,
        folder: str,
        *,
        pack: str = "",
        language: str = "auto",
        threads: int = 2,
        frames: int = 0,
    ) -> None:
        """Note what to use; nothing is loaded.

        Args:
            folder: of the model (docs/cpu-recognition.md).
            pack: whose rare words are hinted at; empty: none.
            language: "auto", or the only one that is spoken.
            threads: of the CPU.
            frames: of 10 ms that every pass hears at least; 0: as few as will do.
        """
        self._pack = pack
        self._recogniser = FasterWhisper(
            Path(folder), language=language, threads=threads, frames=frames
        )

    def load(self) -> Json:
        """Load the model; says how many seconds one pass hears.

        Raises:
            EngineError: files are missing or don't fit, or a setting makes no sense.
        """
        self._recogniser.load(_words(self._pack))
        return {"longest_s": LONGEST_S}

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message | None]:  # noqa: ARG002  # one op
        """Recognise one utterance."""
        for heard in self._recogniser.listen(np.frombuffer(payload, dtype=np.int16)):
            yield Message(asdict(heard)) if heard else None


def _words(pack_path: str) -> list[str]:
    """The words of the pack, those of the most passages first."""
    if not pack_path:
        return []
    with Pack.open(pack_path, verify=False) as pack:
        counted = {word: count for word, _, count in pack.vocabulary()}
    return sorted(counted, key=lambda word: (-counted[word], word))
