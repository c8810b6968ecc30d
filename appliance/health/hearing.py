"""Microphone and ears of one stream, either of which can be begun anew while it goes on."""

from __future__ import annotations

from collections.abc import Callable

from audio.capture import Capture
from audio.format import Frame
from audio.listener import Listener
from audio.pulse import Pulse


class Hearing:
    """Stands between the director and whichever ears are in use; belongs to the loop's thread.

    Attributes:
        pulse: what the microphone delivered.
    """

    def __init__(self, capture: Capture, listener: Listener) -> None:
        """Both are as yet unused.

        Args:
            capture: the microphone behind its switch.
            listener: the ears' thread.
        """
        self.pulse = Pulse()
        self._capture, self._listener = capture, listener
        self._heard = self._dropped = 0  # by the ears before these
        self._running = False
        self._deliver: Callable[[Frame], None] = lambda _frame: None
        self._ended: Callable[[Exception | None], None] = lambda _error: None

    @property
    def heard(self) -> int:
        """Frames that any of its ears have heard."""
        return self._heard + self._listener.heard

    @property
    def dropped(self) -> int:
        """Frames for which any of its ears were too slow."""
        return self._dropped + self._listener.dropped

    def start(
        self, deliver: Callable[[Frame], None], ended: Callable[[Exception | None], None]
    ) -> None:
        """Open the microphone; AudioError as `Capture.start`, after which `reopen` may help."""
        self._deliver, self._ended = deliver, ended
        self._capture.start(self._take, ended)
        self._running = True

    def reopen(self) -> None:
        """Close the microphone and open it again; AudioError."""
        if self._running:
            self._capture.reopen()
        else:
            self.start(self._deliver, self._ended)

    def close_microphone(self) -> None:
        """Let go of the device until `reopen`."""
        self._capture.suspend()

    def replace_ears(self, listener: Listener) -> None:
        """Hear with these, which run; the old ones may hang, so nobody waits for them."""
        old, self._listener = self._listener, listener
        self._heard += old.heard
        self._dropped += old.dropped
        old.abandon()

    def stop(self) -> None:
        """End the ears' thread."""
        self._listener.stop()

    def _take(self, frame: Frame) -> None:
        self.pulse.take(frame)
        self._deliver(frame)

    # -- the director's ears ----------------------------------------------------------------

    def put(self, frame: Frame) -> None:
        """As `Listener.put`."""
        self._listener.put(frame)

    def listen(self, from_s: float | None = None) -> None:
        """As `Listener.listen`."""
        self._listener.listen(from_s)

    def guard(self, after_s: float = 0.0) -> None:
        """As `Listener.guard`."""
        self._listener.guard(after_s)

    def be_patient(self, patience_s: float, end_s: float) -> None:
        """As `Listener.be_patient`."""
        self._listener.be_patient(patience_s, end_s)

    def rest(self) -> None:
        """As `Listener.rest`."""
        self._listener.rest()
