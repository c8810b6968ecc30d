# SPDX-License-Identifier: GPL-3.0-or-later
"""The voice's process where the profile names Piper.

It uses a GPL library, so this file, `piper_voice.py` and `piper_model.py` are GPL and run as a
program of their own; the service talks to it through a pipe (`wire.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from appliance.engines.piper_voice import PiperVoice
from appliance.engines.wire import Json, Message


class PiperServant:
    """Serves `speak`: text in, PCM chunks out."""

    def __init__(self, model: str, speaker: int, speed_wpm: int, threads: int) -> None:
        self._voice = PiperVoice(Path(model), speaker=speaker, speed_wpm=speed_wpm, threads=threads)

    def load(self) -> Json:
        """Load the network."""
        self._voice.load()
        return {"rate_hz": self._voice.rate_hz}

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message | None]:  # noqa: ARG002  # one op
        """Speak; it may be left between chunks, and before each piece is made."""
        for chunk in self._voice.synthesise(args["text"]):
            yield Message({}, chunk.tobytes()) if chunk.size else None
