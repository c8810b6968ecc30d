"""What a person may order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

Slot = int | str | float


class CommandName(Enum):
    """Every command; the value is its name in the phrase files."""

    STOP = "stop"
    CANCEL = "cancel"
    REPEAT = "repeat"
    LOUDER = "louder"
    QUIETER = "quieter"
    VOLUME = "volume"
    MUTE = "mute"
    TIME = "time"
    DATE = "date"
    TIMER_SET = "timer_set"
    TIMER_LEFT = "timer_left"
    TIMER_LIST = "timer_list"
    TIMER_CANCEL = "timer_cancel"
    TIMER_CANCEL_ALL = "timer_cancel_all"
    ALARM_SET = "alarm_set"
    ALARM_LIST = "alarm_list"
    ALARM_CANCEL = "alarm_cancel"
    ALARM_CANCEL_ALL = "alarm_cancel_all"
    HELP = "help"
    SOURCE = "source"
    WHY_SLOW = "why_slow"
    WHY_SILENT = "why_silent"


@dataclass(frozen=True, slots=True)
class Command:
    """An order that was understood.

    Attributes:
        name: which.
        slots: what it is about, by name. Timers: `duration_s`, `name`. Alarms: `minute` of the day
            (0..1439), `either_half` (1 where 7 may be morning or evening), `day` (`today`,
            `tomorrow`). Volume: `percent` (0..100). Absent where nothing was said of it.
        language: of the phrase file that knew it.
    """

    name: CommandName
    slots: Mapping[str, Slot] = field(default_factory=dict)
    language: str = "en"
