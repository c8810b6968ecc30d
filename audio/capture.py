"""The microphone behind the mute switch: while muted, the device is closed and nobody is heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from threading import RLock
from typing import TypeAlias

from audio.errors import AudioError
from audio.format import FRAME_S, Frame
from audio.ports import Microphone

Deliver: TypeAlias = Callable[[Frame], None]
Ended: TypeAlias = Callable[[Exception | None], None]


class Capture:
    """A microphone that can be muted; implements `Microphone` around another one.

    `start`, `stop`, `mute` and `unmute` belong to the loop's thread; frames may come from any.
    **No frame is delivered after `mute` has returned**, even one that was under way. Stream time
    goes on while muted, by the loop's clock, and `seq` with it, as if the frames had been lost.
    `mute` may wait for one `deliver`, so that must not wait for the loop. Opening and closing a
    device takes the loop's time: some ten to some hundred milliseconds with PortAudio.
    """

    def __init__(self, microphone: Microphone, *, release: bool = True) -> None:
        """Wrap a microphone that isn't running.

        Args:
            microphone: the real one.
            release: whether muting stops it and unmuting starts it again. False: for one that
                can't be started twice (a recording): it runs on, and its frames are dropped here.
        """
        self._microphone, self._release = microphone, release
        self._gate = RLock()  # held while a frame is delivered: that makes `mute` final
        self._deliver: Deliver | None = None
        self._ended: Ended | None = None
        self._muted = False
        self._openings = 0
        self._first_seq = self._next_seq = 0
        self._started_s = 0.0

    @property
    def muted(self) -> bool:
        """Whether the owner wants it off."""
        return self._muted

    def start(self, deliver: Deliver, ended: Ended) -> None:
        """As the port; needs a running loop. Where it is muted, the device stays closed.

        Raises:
            AudioError: as the microphone's own `start`.
            RuntimeError: it runs already.
        """
        if self._deliver is not None:
            raise RuntimeError("the microphone runs already")
        self._first_seq = self._next_seq = 0
        self._started_s = asyncio.get_running_loop().time()
        if not (self._muted and self._release):
            self._open(deliver, ended)
        self._deliver, self._ended = deliver, ended

    def stop(self) -> None:
        """As the port."""
        self._shut()
        self._deliver = self._ended = None
        self._microphone.stop()

    def mute(self) -> None:
        """Close the device; may be called at any time, even before `start`."""
        if self._muted:
            return
        with self._gate:
            self._muted = True
        if self._release and self._deliver is not None:
            self._shut()
            self._microphone.stop()

    def unmute(self) -> None:
        """Open the device again; `ended` is told if that fails. To try anew, mute and unmute."""
        if not self._muted:
            return
        self._muted = False
        if self._release and self._deliver is not None and self._ended is not None:
            self._first_seq = self._seq_now()
            try:
                self._open(self._deliver, self._ended)
            except (AudioError, OSError) as error:
                self._ended(error)

    def reopen(self) -> None:
        """Close the device and open it again: it may have come back, or have got stuck.

        Where it is muted or wasn't started, nothing happens.

        Raises:
            AudioError: it cannot be opened; `reopen` may be called again.
        """
        if self._muted or self._deliver is None or self._ended is None:
            return
        self.suspend()
        self._first_seq = self._seq_now()
        self._open(self._deliver, self._ended)

    def suspend(self) -> None:
        """Let go of the device until `reopen`."""
        self._shut()
        self._microphone.stop()

    def _seq_now(self) -> int:
        """The number of the frame that begins now, by the loop's clock."""
        elapsed_s = asyncio.get_running_loop().time() - self._started_s
        return max(self._next_seq, round(elapsed_s / FRAME_S))

    def _open(self, deliver: Deliver, ended: Ended) -> None:
        """Start the real microphone; what it says counts until `_shut`."""
        opened = self._openings

        def pass_on(frame: Frame) -> None:
            with self._gate:
                if opened == self._openings and not self._muted:
                    deliver(self._placed(frame))

        def pass_on_end(error: Exception | None) -> None:
            with self._gate:
                if opened == self._openings:
                    ended(error)

        self._microphone.start(pass_on, pass_on_end)

    def _shut(self) -> None:
        """Whatever the present opening still has to say comes too late.

        The gate is not held while the microphone is stopped: that waits for its thread, which may
        be waiting for the gate.
        """
        with self._gate:
            self._openings += 1

    def _placed(self, frame: Frame) -> Frame:
        """The frame at its place in the whole stream; a microphone counts from its opening.

        One whose count falls back goes on from where the stream is: whoever waits for a later time
        would be deaf until it came again.
        """
        if self._first_seq + frame.seq < self._next_seq:
            self._first_seq = self._next_seq - frame.seq
        first = self._first_seq
        self._next_seq = first + frame.seq + 1
        captured_at = frame.captured_at + first * FRAME_S
        return replace(frame, seq=first + frame.seq, captured_at=captured_at) if first else frame
