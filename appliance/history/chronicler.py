"""The history of the running service: the thread `history` writes, `history-sync` waits."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Condition, Lock, Thread
from typing import Any, Final, TypeAlias

from appliance.clock import Moment, moment
from appliance.errors import ApplianceError
from appliance.history.reader import HistoryReader
from appliance.history.record import Record
from appliance.history.ring import Disk
from appliance.history.scribe import Scribe
from appliance.history.syncer import SyncThread
from appliance.history.turns import figures_of, words_of
from appliance.record import Turn

log = logging.getLogger(__name__)

WAITING: Final = 256
"""Turns and events that may wait for a slow disk; then the oldest are lost, and counted."""
PROMPT_S: Final = 0.02
"""So long whoever notes something tries to give it to the kernel itself, since a crash may be what
comes next. After one that was in vain all leave it to the thread until that has caught up."""
START_S: Final = 1.0
"""How long the beginning of a run waits for the files: what happens before they are open, a crash
would take along. A disk that is slower must not keep the service from starting."""
CLOSE_S: Final = 5.0
"""How long a disk may take at the end; one that hangs must not keep the service from ending."""

START_RETRY_MS: Final = 5_000
"""So long it waits for a folder that another process has, or that can't be used."""
TURN_S: Final = 0.5
"""The thread shows at least so often that it lives."""

Item: TypeAlias = Callable[[Scribe], None]


class Chronicler:
    """A `Chronicle` and its `Reader`. A disk that fails costs history, never the service.

    Attributes:
        failure: why nothing is written at present, for a console; None: it is.
        turns_made: how often the thread got on.
    """

    def __init__(
        self,
        folder: Path,
        most_bytes: int,
        *,
        words: bool = False,
        disk: Disk | None = None,
        now: Callable[[], Moment] = moment,
    ) -> None:
        self._folder, self._words, self._now = folder, words, now
        self._syncer = SyncThread(self._nudge)
        self._scribe = Scribe(folder, most_bytes, words=words, disk=disk, syncer=self._syncer)
        self._reader = HistoryReader(folder)
        self._items: deque[Item] = deque()
        self._counted: Counter[str] = Counter()
        self._lost = 0
        self._changed, self._writing = Condition(), Lock()
        self._is_stopping = self._is_started = self._has_stepped = False
        self._is_hopeful = self._is_nudged = self._is_prompt = False
        self._thread = Thread(target=self._run, name="history", daemon=True)
        self._bug: Exception | None = None
        self.turns_made = 0
        self.failure: ApplianceError | None = None

    def start(self) -> None:
        """Start the threads, which open the files; waits START_S at most."""
        self._syncer.start()
        self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._has_stepped, START_S)

    def revive(self) -> None:
        """Go on in a new thread where the old one ended.

        Raises:
            ApplianceError: (`HIST-STUCK`) it hangs: two that write would spoil what is there.
        """
        if self._thread.is_alive():
            raise ApplianceError(
                "HIST-STUCK",
                f"the history in {self._folder} is not written",
                "its thread hangs",
                "see whether the disk answers; what happens is kept a while",
            )
        self._bug = self.failure = None
        self._syncer.start()
        self._thread = Thread(target=self._run, name="history", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits, and end the thread."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        self._thread.join(CLOSE_S)
        self._syncer.join(CLOSE_S)

    # -- the writing port, from any thread --------------------------------------------------

    def note(self, code: str, figures: Mapping[str, Any] | None = None) -> None:
        """As the port."""
        now, kept = self._now(), dict(figures or {})
        self._put(lambda scribe: scribe.event(code, kept, now))

    def turn(self, turn: Turn) -> None:
        """As the port."""
        now, code, figures = self._now(), turn.reason or "FAULT", figures_of(turn)
        words = words_of(turn) if self._words else {}
        self._put(lambda scribe: scribe.turn(code, figures, words, now))

    def count(self, name: str, n: int = 1) -> None:
        """As the port."""
        if n:
            with self._changed:
                self._counted[name] += n
                self._changed.notify_all()

    def try_again(self) -> None:
        """As the port."""
        with self._changed:
            self._is_hopeful = True
            self._changed.notify_all()

    def _nudge(self) -> None:
        """A wait for the disk is over."""
        with self._changed:
            self._is_nudged = True
            self._changed.notify_all()

    def _put(self, item: Item) -> None:
        with self._changed:
            if len(self._items) == WAITING:
                self._items.popleft()
                self._lost += 1
            self._items.append(item)
            self._is_nudged = True
            self._changed.notify_all()
        if self._is_prompt:
            self._hand_over()

    def _hand_over(self) -> None:
        """On the thread of whoever noted something: never waits for the disk."""
        if not self._writing.acquire(timeout=PROMPT_S):
            self._is_prompt = False
            return
        try:
            now = self._now()
            self._take(now)
            self._scribe.hand_over(now)
        except Exception as bug:  # noqa: BLE001  # the thread raises it: the service goes on
            self._bug, self._is_prompt = bug, False
        finally:
            self._writing.release()

    # -- the reading port -------------------------------------------------------------------

    def turns(self, n: int) -> Sequence[Record]:
        """As the port."""
        return self._reader.turns(n)

    def events(self, n: int) -> Sequence[Record]:
        """As the port."""
        return self._reader.events(n)

    def counters(self) -> Mapping[str, int]:
        """As the port; up to this moment."""
        with self._changed:
            return dict(self._scribe.counters + self._counted)

    # -- the thread -------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            due_ms = self._step(self._now())
            while not self._wait(due_ms):
                self.turns_made += 1
                due_ms = self._step(self._now())
            if self._is_started:
                self._is_prompt = False
                with self._writing:
                    self._take(self._now())
                    self._scribe.close(self._now())
        except Exception as error:
            log.exception("the history ends here")
            self.failure, self._is_prompt = _failure(self._folder, error), False
        finally:
            self._syncer.stop()

    def _wait(self, due_ms: int | None) -> bool:
        """Until there is something to do; whether that is to stop."""
        due_s = TURN_S if due_ms is None else max(0, due_ms - self._now().boot_ms) / 1000
        timeout_s = min(due_s, TURN_S)
        with self._changed:
            self._changed.wait_for(self._has_work, timeout_s)
            return self._is_stopping

    def _has_work(self) -> bool:
        """Before the folder could be used, nothing is done but trying again, when that is due."""
        if self._is_stopping or self._is_hopeful or self._is_nudged:
            return True
        return self._is_started and bool(self._items or self._counted)

    def _step(self, now: Moment) -> int | None:
        self._is_nudged = False
        if self._is_hopeful:
            self._is_hopeful = False
            self._scribe.try_again(now)
        with self._writing:
            due_ms = self._stepped(now)
        self._is_prompt = self._is_started and self.failure is None
        with self._changed:
            self._has_stepped = True
            self._changed.notify_all()
        return due_ms

    def _stepped(self, now: Moment) -> int | None:
        if self._bug is not None:
            raise self._bug
        if not self._is_started:
            self._try_start(now)
        if not self._is_started:
            return now.boot_ms + START_RETRY_MS
        self._take(now)
        due_ms = self._scribe.step(now)
        self._tell(self._scribe.failure)
        return due_ms

    def _try_start(self, now: Moment) -> None:
        try:
            self._scribe.start(now)
        except OSError as error:
            self._tell(error)
        else:
            self._is_started = True

    def _take(self, now: Moment) -> None:
        """Hand over what waits; the loop waits for no more than this."""
        with self._changed:
            items, self._items = self._items, deque()
            lost, self._lost = self._lost, 0
            self._scribe.count(self._counted, now)
            self._counted = Counter()
        for item in items:
            item(self._scribe)
        if lost:
            self._scribe.lost(lost, now)

    def _tell(self, error: OSError | None) -> None:
        """Say it once, when it begins."""
        if error is not None and self.failure is None:
            self.failure = _failure(self._folder, error)
            log.error("%s: %s", self.failure.code, self.failure)
        elif error is None:
            self.failure = None


def _failure(folder: Path, error: Exception) -> ApplianceError:
    if isinstance(error, BlockingIOError):
        return ApplianceError(
            "HIST-BUSY",
            f"no history is written to {folder}",
            "another process writes it",
            "stop that one; what happens meanwhile is kept for a while",
        )
    return ApplianceError(
        "HIST-WRITE",
        f"the history in {folder} cannot be written",
        getattr(error, "strerror", None) or str(error),
        "free some space, or check the folder and its permissions; it is tried again each minute",
    )
