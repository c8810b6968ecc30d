"""What to do about a part that stands still: stages, each with a budget, so that it never loops.

Budgets are paid back by time spent well, not by the calendar: after a power cut nobody knows what
time it is. Those of stages that end the process are kept in a file, and hold over restarts.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from appliance.errors import ApplianceError
from appliance.survivor.state import read_state, write_state

log = logging.getLogger(__name__)


class Stage(Enum):
    """What can be done, from the mildest on."""

    REOPEN = "reopen"  # the audio device that stands still
    RESCAN = "rescan"  # both audio devices: only then PortAudio sees what was plugged in
    RESTART_WORKER = "restart_worker"
    RESTART_EARS = "restart_ears"
    RESTART_HISTORY = "restart_history"
    RESTART_SERVICE = "restart_service"
    REBOOT = "reboot"
    OTHER_SLOT = "other_slot"


class Budget(NamedTuple):
    """At most `most` times, until it has been well for `well_s`; `pause_s` after each attempt."""

    most: int
    well_s: float
    pause_s: float


BUDGETS: Mapping[Stage, Budget] = {
    Stage.REOPEN: Budget(2, 60.0, 0.5),
    Stage.RESCAN: Budget(5, 60.0, 2.0),
    Stage.RESTART_WORKER: Budget(3, 120.0, 1.0),
    Stage.RESTART_EARS: Budget(2, 300.0, 0.5),
    Stage.RESTART_HISTORY: Budget(3, 120.0, 0.5),
    Stage.RESTART_SERVICE: Budget(2, 600.0, 5.0),
    Stage.REBOOT: Budget(2, 3600.0, 60.0),
    Stage.OTHER_SLOT: Budget(1, 24 * 3600.0, 60.0),
}

ENDINGS = (Stage.RESTART_SERVICE, Stage.REBOOT, Stage.OTHER_SLOT)
"""These end the process; their counts are kept on disk."""

_SOUND = (Stage.REOPEN, Stage.RESCAN, *ENDINGS)
_WORKER = (Stage.RESTART_WORKER,)

LADDERS: Mapping[str, tuple[Stage, ...]] = {
    "frames": _SOUND,
    "sound": _SOUND,
    "change": _SOUND,
    "pace": _SOUND,
    "headroom": (Stage.REOPEN,),
    "loudspeaker": (Stage.RESCAN, *ENDINGS),
    "ears": (Stage.RESTART_EARS, *ENDINGS),
    "asr": (*_WORKER, *ENDINGS),
    "mind": (*_WORKER, *ENDINGS),
    "voice": _WORKER,  # earcons and lights do without
    "npu": _WORKER,  # the CPU does without
    "tempo": (),  # whatever we could do would cost more
    "storage": (),  # nothing that we could do would help
    "history": (Stage.RESTART_HISTORY,),
}
"""By vital sign. After the last stage the first one is tried for ever, ever more slowly."""

REST_S = 3.0
"""Between two attempts once the budgets are spent: how long it stays deaf after the part is back.
"""


class Order(NamedTuple):
    """Do this now, as the `attempt`-th of its stage; then give it `pause_s`.

    `is_last_hope`: every budget is spent, and this is tried because it does no harm.
    """

    stage: Stage
    attempt: int
    pause_s: float
    is_last_hope: bool = False


class Recovery:
    """Which stage is next, for each vital sign; belongs to the loop."""

    def __init__(self, path: Path | None = None) -> None:
        """Nothing has been tried.

        Args:
            path: where counts are kept over restarts; None: nowhere.
        """
        self._path = path
        self._spent: dict[tuple[str, Stage], int] = {}
        self._kept: dict[str, Any] = {}
        self._well_since_s: float | None = None

    def load(self) -> tuple[str, str] | None:
        """Read what was tried before this start; the stage and the code that ended the last run."""
        if self._path is None:
            return None
        try:
            self._kept = read_state(self._path)
            last = self._kept.pop("last", None)
            return (str(last["stage"]), str(last["code"])) if last else None
        except (ApplianceError, KeyError, TypeError) as error:
            log.warning("what was tried before is not known: %s", error)
            self._kept = {}
            return None

    def next(self, vital: str, code: str) -> Order | None:
        """The next attempt at a part, which counts from now on; None: there is nothing to try."""
        ladder = LADDERS[vital]
        for stage in ladder:
            if self._count(vital, stage) < BUDGETS[stage].most:
                return Order(stage, self._spend(vital, stage, code), BUDGETS[stage].pause_s)
        harmless = [stage for stage in ladder if stage not in ENDINGS]
        if not harmless:
            return None
        return Order(harmless[-1], self._count(vital, harmless[-1]), REST_S, is_last_hope=True)

    def observe(self, *, well: bool, now_s: float) -> None:
        """Whether everything is well now; budgets are paid back by and by."""
        if not well:
            self._well_since_s = None
            return
        if self._well_since_s is None:
            self._well_since_s = now_s
        well_s = now_s - self._well_since_s
        self._spent = {k: n for k, n in self._spent.items() if well_s < BUDGETS[k[1]].well_s}
        due = [s for s in ENDINGS if s.value in self._kept and well_s >= BUDGETS[s].well_s]
        for stage in due:
            del self._kept[stage.value]
        if due:
            self._write()

    def _count(self, vital: str, stage: Stage) -> int:
        if stage in ENDINGS:
            count = self._kept.get(stage.value, 0)
            return count if isinstance(count, int) else 0
        return self._spent.get((vital, stage), 0)

    def _spend(self, vital: str, stage: Stage, code: str) -> int:
        count = self._count(vital, stage) + 1
        if stage in ENDINGS:
            self._kept[stage.value] = count
            self._write(last={"stage": stage.value, "code": code})
        else:
            self._spent[vital, stage] = count
        return count

    def _write(self, **also: Any) -> None:  # noqa: ANN401  # what JSON holds
        """A disk that can't be written must not keep it from mending; but it is said."""
        if self._path is None:
            return
        try:
            write_state(self._path, {**self._kept, **also})
        except ApplianceError as error:
            log.warning("%s: %s", error.code, error)
