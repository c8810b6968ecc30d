"""Heat, memory, disk, supply, the wall's clock: when they press, what gives way, until when."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from appliance.clock import civil_now, now_s
from appliance.health.ports import Notes

LOOK_S = 2.0
STEP_S = 2.0
"""A wall clock that moves against the steady one by more was set; less is drift."""


class Limit(NamedTuple):
    """Pressure begins beyond one value and ends beyond the other, so that it doesn't flutter.

    Attributes:
        begins, ends: in the gauge's unit.
        code, over: what is noted when it begins, and when it is over.
    """

    begins: float
    ends: float
    code: str
    over: str


class Readings(NamedTuple):
    """What the gauges show; None where there is none of a kind.

    Attributes:
        heat_c: of the hottest zone.
        memory_mb: that programs can still get.
        disk_mb: that can still be written; 0 where nothing can.
        weak: 1 where the supply's voltage was too low a moment ago, else 0.
    """

    heat_c: float | None
    memory_mb: float | None
    disk_mb: float | None
    weak: float | None = None


class Gauges(Protocol):
    """Where the values come from (`appliance.health.gauges`)."""

    def read(self) -> Readings:
        """Read all of them; may wait for a slow disk, so not on the loop."""


class Relief(Protocol):
    """What gives way."""

    async def heat(self, *, presses: bool) -> None:
        """Shorter answers while it is hot."""

    async def memory(self, *, presses: bool) -> None:
        """Let go of what can be had again."""

    async def disk(self, *, presses: bool) -> None:
        """Write nothing that isn't needed."""

    async def supply(self, *, presses: bool) -> None:
        """Draw less current: softer, shorter."""

    def clock_was_set(self) -> None:
        """Whoever waits for a time of day must look again."""


@dataclass(slots=True)
class Strain:
    """One kind of pressure. `sign` is 1 where large values press, -1 where small ones do."""

    limit: Limit
    sign: int
    presses: bool = False

    def changes(self, value: float | None) -> bool:
        """Whether it has just begun, or is just over."""
        if value is None:
            return False
        edge = self.limit.ends if self.presses else self.limit.begins
        now = self.sign * value > self.sign * edge
        changed, self.presses = now != self.presses, now
        return changed


def limits(hot_c: float, low_memory_mb: float, low_disk_mb: float) -> Mapping[str, Strain]:
    """The table, from the three values that an owner may set."""
    hot = Limit(hot_c, hot_c - 5, "HEATED", "COOLED")
    memory = Limit(low_memory_mb, low_memory_mb * 1.5, "MEMORY_LOW", "MEMORY_FREE")
    disk = Limit(low_disk_mb, low_disk_mb * 1.5, "DISK_FULL", "DISK_FREE")
    weak = Limit(0.5, 0.5, "POWER_LOW", "POWER_BACK")
    return {
        "heat": Strain(hot, 1),
        "memory": Strain(memory, -1),
        "disk": Strain(disk, -1),
        "supply": Strain(weak, 1),
    }


class Pressure:
    """One task of the loop.

    Attributes:
        looks: how often the gauges answered, for the vital sign `storage`.
    """

    def __init__(
        self, gauges: Gauges, relief: Relief, notes: Notes, table: Mapping[str, Strain]
    ) -> None:
        """Nothing presses."""
        self.looks = 0
        self._gauges, self._relief, self._notes, self._table = gauges, relief, notes, table
        self._offset_s: float | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self.look_at_clock(civil_now().timestamp() - now_s())
            await self.take(await asyncio.to_thread(self._gauges.read))
            self.looks += 1
            await asyncio.sleep(LOOK_S)

    def look_at_clock(self, offset_s: float) -> None:
        """`offset_s`: of the wall's clock against one that is never set."""
        before_s, self._offset_s = self._offset_s, offset_s
        if before_s is not None and abs(offset_s - before_s) > STEP_S:
            self._notes.note("CLOCK_SET", {"by_s": round(offset_s - before_s)})
            self._relief.clock_was_set()

    async def take(self, readings: Readings) -> None:
        """Act on what has just begun, or is just over."""
        acts = {
            "heat": (readings.heat_c, self._relief.heat),
            "memory": (readings.memory_mb, self._relief.memory),
            "disk": (readings.disk_mb, self._relief.disk),
            "supply": (readings.weak, self._relief.supply),
        }
        for name, strain in self._table.items():
            value, act = acts[name]
            if value is not None and strain.changes(value):
                code = strain.limit.code if strain.presses else strain.limit.over
                self._notes.note(code, {"value": round(value, 1)})
                await act(presses=strain.presses)
