"""Watches a conversation for the history: turns, counters, near misses. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from appliance.history.near import NearMisses
from appliance.history.ports import History
from appliance.observer import Bystander
from appliance.record import Turn
from audio.ears import Reading
from audio.format import FRAME_S
from states.state import State

Gauge = Callable[[], int]
"""How often something happened; one that falls has begun anew, and says nothing that once."""


LOOK_S = 10.0
"""Of sound: a device that hears for days, and is never spoken to, counts as well."""
LOOK_EVERY = round(LOOK_S / FRAME_S)


class HistoryWatch(Bystander):
    """An `Observer` that writes to the history, `chronicle`."""

    def __init__(self, chronicle: History, thresholds: Mapping[str, float]) -> None:
        """`thresholds`: wake phrase → score from which it counts."""
        self.chronicle = chronicle
        self._near = NearMisses(thresholds)
        self._is_idle = False
        self._gauges: dict[str, Gauge] = {}
        self._seen: dict[str, int] = {}
        self._processes: dict[str, Callable[[], int | None]] = {}
        self._pids: dict[str, int] = {}

    def follow(self, gauges: Mapping[str, Gauge]) -> None:
        """Count what these gauges grow by from now on, under these names."""
        self._gauges.update(gauges)
        self._seen.update({name: gauge() for name, gauge in gauges.items()})

    def follow_process(self, name: str, pid: Callable[[], int | None]) -> None:
        """Count it when this process was replaced by another one."""
        self._processes[name] = pid

    def reading(self, reading: Reading) -> None:
        """Look for near misses while it waits for a wake phrase; at the gauges in any state."""
        if reading.frame.seq % LOOK_EVERY == 0:
            self.look()
        if not self._is_idle:
            return
        for miss in self._near.hear(reading.scores, reading.frame.captured_at):
            self.chronicle.count("near_misses")
            phrase = miss.phrase.replace(" ", "_")
            figures = {"phrase": phrase, "score": miss.score, "threshold": miss.threshold}
            self.chronicle.note("NEAR_MISS", figures)

    def state(self, state: State, at_s: float) -> None:  # noqa: ARG002  # a port
        """What was nearly heard when it woke, is what woke it."""
        self._is_idle = state is State.IDLE
        self._near.forget()
        self.look()

    def turn(self, turn: Turn) -> None:
        """A turn is over."""
        self.chronicle.count("turns")
        if turn.wake is not None and turn.reason == "NO_SPEECH":
            self.chronicle.count("false_wakes")
        self.look()
        self.chronicle.turn(turn)

    def look(self) -> None:
        """Look at the gauges; at every change of state, every `LOOK_S`, and at the end."""
        for name, gauge in self._gauges.items():
            now = gauge()
            grew = max(0, now - self._seen[name])
            self._seen[name] = now
            self.chronicle.count(name, grew)
            if grew and name in _NOTED:
                self.chronicle.note(_NOTED[name], {"grew": grew})
        for name, pid_of in self._processes.items():
            self._look_at_process(name, pid_of())

    def _look_at_process(self, name: str, pid: int | None) -> None:
        """A process that is gone is counted once another one is there."""
        before = self._pids.get(name)
        if pid is None:
            return
        self._pids[name] = pid
        if before not in (None, pid):
            self.chronicle.count("worker_restarts")
            self.chronicle.note("WORKER_RESTARTED", {"worker": name})


_NOTED = {"egress_attempts": "EGRESS"}
"""What is so grave that it is noted when it was."""
