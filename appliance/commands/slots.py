"""From what the templates caught to what the order means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from appliance.commands.command import CommandName, Slot

_SECONDS: Final = {
    "hours": 3600,
    "minutes": 60,
    "seconds": 1,
    "span": 1,
    "half_hours": 1,
    "half_minutes": 1,
}
_DAY_MINUTES: Final = 24 * 60
_NOON: Final = 12 * 60
_LONGEST_NAME: Final = 4
"""Words; what is longer is no name but half a sentence."""

_ALARMS: Final = {CommandName.ALARM_SET, CommandName.ALARM_CANCEL}
_TIMERS: Final = {CommandName.TIMER_SET, CommandName.TIMER_LEFT, CommandName.TIMER_CANCEL}


def meaning(command: CommandName, caught: Mapping[str, Slot]) -> dict[str, Slot] | None:
    """The slots of a `Command`; None where the numbers make no sense (`at thirty o'clock`)."""
    if command is CommandName.VOLUME:
        return {"percent": _percent(caught)}
    if command in _TIMERS:
        return _timer(caught)
    if command in _ALARMS:
        return _alarm(caught)
    return {}


def _percent(caught: Mapping[str, Slot]) -> int:
    """`volume 7` is a step of ten, `volume 35` and `volume 7 percent` are percent."""
    if "percent" in caught:
        return min(int(caught["percent"]), 100)
    level = int(caught["level"])
    return min(level * 10 if level <= 10 else level, 100)  # noqa: PLR2004 - steps 0..10


def _timer(caught: Mapping[str, Slot]) -> dict[str, Slot] | None:
    slots: dict[str, Slot] = {}
    parts = [_SECONDS[slot] * int(value) for slot, value in caught.items() if slot in _SECONDS]
    if "minutes_more" in caught:  # than an hour
        parts.append(3600 + 60 * int(caught["minutes_more"]))
    if parts:
        slots["duration_s"] = sum(parts)
    if "name" in caught:
        slots["name"] = " ".join(str(caught["name"]).lower().split())
    nameless = "name" in caught and not 0 < len(str(slots["name"]).split()) <= _LONGEST_NAME
    return None if nameless or slots.get("duration_s") == 0 else slots


def _alarm(caught: Mapping[str, Slot]) -> dict[str, Slot] | None:
    slots: dict[str, Slot] = {}
    part = str(caught.get("part", ""))
    if "day" in caught:
        slots["day"] = str(caught["day"])
    if "moment" in caught:
        return {**slots, "minute": int(caught["moment"]), "either_half": 0}
    if "hour" not in caught:
        return slots
    hour = int(caught["hour"])
    past = int(caught.get("minute", 0)) + int(caught.get("past", 0)) + int(caught.get("quarter", 0))
    past -= int(caught.get("before", 0))
    if hour > 24 or abs(past) > 59:  # noqa: PLR2004 - hours of a day, minutes of an hour
        return None
    minute = (hour % 24 * 60 + past) % _DAY_MINUTES
    said = part or caught.get("wake") or slots.get("day") == "tomorrow"
    is_open = 0 < hour <= 12 and not said  # noqa: PLR2004 - half a day
    return {**slots, "minute": _in_part(minute, hour, part), "either_half": int(is_open)}


def _in_part(minute: int, hour: int, part: str) -> int:
    """The minute of the day, the part of the day having been said."""
    if hour > 12:  # noqa: PLR2004 - the clock of 24 hours needs no part
        return minute
    half = minute % _NOON
    is_late = {"pm": True, "noon": half < 10 * 60, "night": half >= 5 * 60}.get(part, False)
    return half + _NOON * is_late if part else minute
