"""What the person is told when a part is missing, and when it is back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

BACK: Final = "back"


class Announcer:
    """Implements `Person` by the voice, and by an earcon where the voice is what is missing."""

    def __init__(
        self,
        say: Callable[[str], None],
        complain: Callable[[], None],
        notice: Callable[[str], str | None],
    ) -> None:
        """Take the parts.

        Args:
            say: something that nobody asked for.
            complain: the sound of an error.
            notice: what to say of a vital sign that is missing, or of BACK, in the owner's
                language; None: a loudspeaker or a voice that is missing can't be spoken of.
        """
        self._say, self._complain, self._notice = say, complain, notice

    def missing(self, vital: str, code: str) -> None:  # noqa: ARG002  # a port
        """As the port."""
        if text := self._notice(vital):
            self._say(text)
        else:
            self._complain()

    def back(self, vital: str) -> None:
        """As the port."""
        if self._notice(vital) and (text := self._notice(BACK)):
            self._say(text)
