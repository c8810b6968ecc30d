"""What became of updates, over restarts: the one that has to prove itself, and those that did not.

A version that was rolled back is not installed again by itself: a stick that stays plugged in would
have the device start anew for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from appliance.errors import ApplianceError
from appliance.survivor.state import read_state, write_state

log = logging.getLogger(__name__)

FILE: Final = "update.json"
MOST_FAILED: Final = 8


@dataclass(frozen=True, slots=True)
class Trial:
    """A system that was installed and not confirmed yet.

    Attributes:
        version: of it.
        slot: the boot loader's name of where it is.
        boot: the run of the kernel that installed it.
        told: whether the person was told that it runs.
    """

    version: str
    slot: str
    boot: str
    told: bool = False


@dataclass(slots=True)
class Diary:
    """Kept in a file; what it says of last is for people."""

    path: Path
    trial: Trial | None = None
    failed: list[str] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Diary:
        """What makes no sense is forgotten."""
        diary = cls(folder / FILE)
        try:
            state = read_state(diary.path)
        except ApplianceError as error:
            log.warning("%s: %s", error.code, error)
            return diary
        trial, failed, last = (state.get(key) for key in ("trial", "failed", "last"))
        diary.trial = _trial(trial) if isinstance(trial, Mapping) else None
        diary.failed = [str(each) for each in failed] if isinstance(failed, list) else []
        diary.last = dict(last) if isinstance(last, Mapping) else {}
        return diary

    def save(self) -> None:
        """ApplianceError (`STATE-UNWRITABLE`) where that fails."""
        state = {
            "trial": asdict(self.trial) if self.trial else None,
            "failed": self.failed[-MOST_FAILED:],
            "last": self.last,
        }
        write_state(self.path, state)

    def save_if_possible(self) -> None:
        """A disk that takes nothing must not stop an update, nor the service."""
        try:
            self.save()
        except ApplianceError as error:
            log.warning("%s: %s", error.code, error)


def _trial(state: Mapping[str, Any]) -> Trial:
    version, slot, boot = (str(state.get(name, "")) for name in ("version", "slot", "boot"))
    return Trial(version, slot, boot, told=state.get("told") is True)
