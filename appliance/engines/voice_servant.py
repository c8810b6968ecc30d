# SPDX-License-Identifier: GPL-3.0-or-later
"""The voice's process: espeak-ng.

It links a GPL library, so this file and `espeak.py` are GPL and run as a program of their
own; the service talks to it through a pipe (`wire.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.engines.espeak import EspeakVoice
from appliance.engines.wire import Json, Message


class VoiceServant:
    """Serves `speak` (text in, PCM chunks out) and `phonemes` (words in, phonemes out)."""

    def __init__(self, voice: str, speed_wpm: int, pitch: int) -> None:
        self._voice = EspeakVoice(voice=voice, speed_wpm=speed_wpm, pitch=pitch)

    def load(self) -> Json:
        """Load the library and the voice."""
        self._voice.load()
        return {"rate_hz": self._voice.rate_hz}

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message]:  # noqa: ARG002  # no input bytes
        """Speak, or tell how words are said."""
        if op == "phonemes":
            yield Message({"phonemes": [self._voice.phonemes(word) for word in args["words"]]})
            return
        for chunk in self._voice.synthesise(args["text"]):
            yield Message({}, chunk.tobytes())
