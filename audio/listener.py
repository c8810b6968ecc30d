"""Runs the ears in a thread of their own; frames and commands go in, edges come out."""

from __future__ import annotations

from collections import deque
from functools import partial
from threading import Condition, Thread, current_thread
from typing import TYPE_CHECKING, TypeAlias

from audio.format import FRAME_S, Frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio.ears import Ears, Edge, Reading

RING_FRAMES = round(2.0 / FRAME_S)
"""Frames that may wait; more means that the ears are too slow, and the oldest are dropped."""

STOP_S = 5.0
"""A thread that does not end in so long hangs in a model; it must not keep the service from ending.
"""

Command: TypeAlias = "Callable[[], list[Edge]]"


class Listener:
    """The thread "ears".

    Frames and commands take effect in the order in which they came. Every frame that is `put` is
    reported to `processed` exactly once: heard, dropped or left over at `stop`.
    """

    def __init__(
        self,
        ears: Ears,
        post: Callable[[Edge], None],
        failed: Callable[[Exception], None],
        processed: Callable[[Frame], None] | None = None,
        watch: Callable[[Reading], None] | None = None,
    ) -> None:
        """Prepare.

        Args:
            ears: used by the thread alone once started.
            post: gets every edge, in the thread.
            failed: gets the exception that made the ears fail, once, in the thread; after it
                frames are reported but no longer heard.
            processed: gets every frame after its edges; a dropped one in the thread that put.
            watch: gets what the ears made of each frame, before its edges, in the thread.
        """
        self._ears, self._post, self._failed = ears, post, failed
        self._processed = processed or (lambda _frame: None)
        self._watch = watch
        self._queue: deque[Frame | Command] = deque()
        self._waiting = 0  # frames in the queue
        self._changed = Condition()
        self._stopping = False
        self._broken = False
        self._thread = Thread(target=self._run, name="ears", daemon=True)
        self.dropped = 0
        """Frames lost because the ears were too slow."""
        self.heard = 0
        """Frames processed without failure: a heartbeat."""

    def start(self) -> None:
        """Start the thread; RuntimeError where it was started before."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it; nothing is posted after this returns."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.is_alive() and current_thread() is not self._thread:
            self._thread.join(STOP_S)
        self._report_leftovers()

    def abandon(self) -> None:
        """Give up a thread that may hang: nothing is posted from now on, and nobody waits for it.

        It ends by itself if it ever comes back.
        """
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._report_leftovers()

    def put(self, frame: Frame) -> None:
        """Give a frame, from any thread; never waits."""
        dropped = None
        with self._changed:
            if self._stopping:
                dropped = frame
            else:
                if self._waiting >= RING_FRAMES:
                    dropped = self._drop_oldest()
                self._queue.append(frame)
                self._waiting += 1
                self._changed.notify()
        if dropped is not None:
            self._processed(dropped)

    def listen(self, from_s: float | None = None) -> None:
        """As `Ears.listen`, after the frames already put."""
        self._command(partial(self._ears.listen, from_s))

    def guard(self, after_s: float = 0.0) -> None:
        """As `Ears.guard`, after the frames already put."""
        self._command(partial(self._ears.guard, after_s))

    def be_patient(self, patience_s: float, end_s: float) -> None:
        """As `Ears.be_patient`, after the frames already put."""
        self._command(partial(self._ears.be_patient, patience_s, end_s))

    def rest(self) -> None:
        """As `Ears.rest`, after the frames already put."""
        self._command(self._ears.rest)

    def _command(self, command: Command) -> None:
        with self._changed:
            if not self._stopping:
                self._queue.append(command)
                self._changed.notify()

    def _drop_oldest(self) -> Frame:
        at, frame = next((i, x) for i, x in enumerate(self._queue) if isinstance(x, Frame))
        del self._queue[at]
        self._waiting -= 1
        self.dropped += 1
        return frame

    def _run(self) -> None:
        while (item := self._next()) is not None:
            if not self._broken:
                self._try(item)
            if isinstance(item, Frame):
                self._processed(item)

    def _next(self) -> Frame | Command | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._queue)
            if self._stopping:
                return None
            item = self._queue.popleft()
            self._waiting -= isinstance(item, Frame)
            return item

    def _try(self, item: Frame | Command) -> None:
        try:
            edges = self._apply(item)
        except Exception as error:  # noqa: BLE001  (whatever a model raises is reported)
            self._broken = True
            if not self._stopping:
                self._failed(error)
            return
        self.heard += isinstance(item, Frame)
        for edge in edges:
            if self._stopping:
                return
            self._post(edge)

    def _apply(self, item: Frame | Command) -> list[Edge]:
        if not isinstance(item, Frame):
            return item()
        edges = self._ears.feed(item)
        if self._watch and (reading := self._ears.reading()):
            self._watch(reading)
        return edges

    def _report_leftovers(self) -> None:
        with self._changed:
            left = [item for item in self._queue if isinstance(item, Frame)]
            self._queue.clear()
            self._waiting = 0
        for frame in left:
            self._processed(frame)
