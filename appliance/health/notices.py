"""What the person is told when a part is missing, and when it is back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

MISSING: Final[Mapping[str, str]] = {
    "frames": "I can't hear anything: my microphone is gone. I'm trying to get it back.",
    "sound": "I can't hear anything: my microphone is silent. I'm trying to get it back.",
    "change": "I can't hear anything: my microphone is stuck. I'm trying to get it back.",
    "pace": "I can't hear properly: my microphone runs at the wrong speed.",
    "headroom": "It is too loud for me here, or my microphone is set too high.",
    "ears": "I can't hear my name at the moment. I'm trying to mend that.",
    "asr": "I can't make out words at the moment. Timers and alarms still work.",
    "mind": "I can't look into my documents at the moment. Timers and alarms still work.",
    "storage": "I can't write anything down at the moment: a power cut would lose your timers.",
}
"""By vital sign. A loudspeaker or a voice that is missing can't be spoken of: the light tells."""

BACK: Final = "I'm back."


class Announcer:
    """Implements `Person` by the voice, and by an earcon where the voice is what is missing."""

    def __init__(self, say: Callable[[str], None], complain: Callable[[], None]) -> None:
        """`say`: something that nobody asked for. `complain`: the sound of an error."""
        self._say, self._complain = say, complain

    def missing(self, vital: str, code: str) -> None:  # noqa: ARG002  # a port
        """As the port."""
        if vital in MISSING:
            self._say(MISSING[vital])
        else:
            self._complain()

    def back(self, vital: str) -> None:
        """As the port."""
        if vital in MISSING:
            self._say(BACK)
