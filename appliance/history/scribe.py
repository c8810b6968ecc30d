"""What is written: every turn, events once a minute each, counters with them."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from appliance.clock import Moment
from appliance.history.coalesce import Coalescer, Event
from appliance.history.reader import counted
from appliance.history.record import Kind, Record, brief, encode
from appliance.history.ring import Disk, Ring
from appliance.history.segments import newest_first
from appliance.history.spool import Spool
from appliance.history.syncer import Syncer

COUNTERS_MS: Final = 60_000
"""Counters that changed by themselves wait at most so long; else they go with a turn or event."""


class Scribe:
    """Owns the history of one run of the service; used by one thread.

    Attributes:
        counters: how often what happened, over all restarts.
    """

    def __init__(
        self,
        folder: Path,
        most_bytes: int,
        *,
        words: bool,
        disk: Disk | None = None,
        syncer: Syncer | None = None,
    ) -> None:
        self._folder, self._words = folder, words
        self.ring = Ring(folder, most_bytes, disk)
        self._spool = Spool(self.ring, syncer)
        self._coalescer = Coalescer()
        self.counters: Counter[str] = Counter()
        self._counters_due_ms: int | None = None
        self._seq = 0
        self._segments = self._lost = 0
        self._is_failing = False

    def start(self, now: Moment) -> None:
        """Claim the folder, find where the last run ended, and how.

        Raises:
            OSError: it cannot be used; `start` may be called again.
        """
        self.ring.claim(words=self._words)
        last = self._find_end()
        if last is not None:
            self._judge_last_run(last, now)
        self.event("SERVICE_STARTED", {}, now)

    @property
    def failure(self) -> OSError | None:
        """Why nothing can be written at present; None: it can."""
        return self._spool.failure

    def event(self, code: str, figures: Mapping[str, Any], when: Moment) -> None:
        """Something happened."""
        event = self._coalescer.take(Event(code, figures, when))
        if event is not None:
            self._record(Kind.EVENT, event.code, event.figures, event.when)

    def turn(
        self, code: str, figures: Mapping[str, Any], words: Mapping[str, str], when: Moment
    ) -> None:
        """A turn is over."""
        self._record(Kind.TURN, code, figures, when, brief(words) if self._words else {})

    def count(self, counted: Mapping[str, int], now: Moment) -> None:
        """These happened so many more times."""
        self.counters = self.counters + Counter(counted)  # others may read the old one meanwhile
        if counted and self._counters_due_ms is None:
            self._counters_due_ms = now.boot_ms + COUNTERS_MS

    def step(self, now: Moment, *, flush: bool = False) -> int | None:
        """Write what is due; returns when the next is, as `boot_ms`; None: nothing waits.

        A disk that fails makes no noise here: see `failure`.
        """
        for event in self._coalescer.due(now.boot_ms, all_of_them=flush):
            self._record(Kind.EVENT, event.code, event.figures, event.when)
        self._tell_losses(now)
        if self._counters_are_due(now, flush=flush):
            self._record_counters(now)
        (self._spool.flush if flush else self._spool.step)(now.boot_ms)
        self._tell_failure(now)
        dues = (self._coalescer.next_due_ms(), self._counters_due_ms, self._spool.due_ms())
        return min((due for due in dues if due is not None), default=None)

    def try_again(self, now: Moment) -> None:
        """Let the next `step` write, whatever failed before."""
        self._spool.try_again(now.boot_ms)

    def close(self, now: Moment) -> None:
        """The run ends as it should."""
        self.step(now, flush=True)
        self._record(Kind.EVENT, "SERVICE_STOPPED", {}, now)
        self.step(now, flush=True)
        self.ring.close()

    def hand_over(self, now: Moment) -> None:
        """Give the kernel what happened, as far as nothing has to be waited for."""
        if self._counters_are_due(now, flush=False):
            self._record_counters(now)
        self._spool.hand_over()

    def _record_counters(self, now: Moment) -> None:
        self._record(Kind.COUNTERS, "", dict(self.counters), now)
        self._counters_due_ms = None

    def _find_end(self) -> Record | None:
        """The last turn or event; sequence and counters go on from where they were."""
        last = counters = None
        for record in newest_first(self._folder):
            self._seq = max(self._seq, record.seq)
            if record.kind is Kind.COUNTERS:
                counters = counters or record
            else:
                last = last or record
            if last and counters:
                break
        self.counters.update(counted(counters) if counters else {})
        return last

    def _judge_last_run(self, last: Record, now: Moment) -> None:
        is_same_boot = last.when.boot == now.boot
        if is_same_boot:
            self.count({"service_restarts": 1}, now)
        if last.code == "SERVICE_STOPPED":
            return
        code, counter = _DIED if is_same_boot else _POWER_CUT
        self.count({counter: 1}, now)
        self.event(code, {"after_seq": last.seq}, now)

    def _tell_failure(self, now: Moment) -> None:
        """It is noted when it begins, and can be read once it is over."""
        failure = self._spool.failure
        if failure is not None and not self._is_failing:
            name = errno.errorcode.get(failure.errno or 0, "?")
            self.event("HISTORY_FAILED", {"error": name}, now)
        self._is_failing = failure is not None

    def _tell_losses(self, now: Moment) -> None:
        lost, self._lost = self._spool.lost - self._lost, self._spool.lost
        if lost:
            self.lost(lost, now)

    def lost(self, records: int, now: Moment) -> None:
        """So many records had no room to wait in."""
        self.count({"history_lost": records}, now)
        self.event("HISTORY_LOST", {"records": records}, now)

    def _counters_are_due(self, now: Moment, *, flush: bool) -> bool:
        """With whatever else is written, and in every new segment: the oldest one goes some day."""
        if self._segments != self._spool.segments:
            self._segments = self._spool.segments
            return bool(self.counters)
        due_ms = self._counters_due_ms
        return due_ms is not None and (flush or self._spool.is_busy or due_ms <= now.boot_ms)

    def _record(
        self,
        kind: Kind,
        code: str,
        figures: Mapping[str, Any],
        when: Moment,
        words: Mapping[str, str] | None = None,
    ) -> None:
        self._seq += 1
        record = Record(self._seq, when, kind, code, figures, words or {})
        self._spool.put(encode(record))


_POWER_CUT: Final = ("POWER_CUT", "power_cuts")
_DIED: Final = ("SERVICE_DIED", "service_deaths")
