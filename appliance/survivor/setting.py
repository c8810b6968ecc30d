"""Timers and alarms by word of mouth: set, list, cancel."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from appliance.commands.command import Command, CommandName
from appliance.errors import ApplianceError
from appliance.survivor.timers import MOST, Alarm, Timer, Timers, left_s
from appliance.survivor.tongue import Tongue

log = logging.getLogger(__name__)

LONGEST_S: Final = 24 * 3600
_HALF_DAY: Final = timedelta(hours=12)

ENDS_RINGING: Final = {
    CommandName.TIMER_CANCEL,
    CommandName.TIMER_CANCEL_ALL,
    CommandName.ALARM_CANCEL,
    CommandName.ALARM_CANCEL_ALL,
}
"""Said while the bell rings, these mean the bell."""


def carry_out(command: Command, timers: Timers, now: datetime, words: Tongue) -> str:
    """Do it; the reply. `now` is aware and local."""
    try:
        return COMMANDS[command.name](command, timers, now, words)
    except ApplianceError as error:
        if error.code == "STATE-FULL":
            return words.say("too_many", most=MOST)
        log.warning("%s", error)
        return f"{_done(command, timers, now, words)} {words.say('unsaved')}"


def _done(command: Command, timers: Timers, now: datetime, words: Tongue) -> str:
    """What is said of a change that was made but not written."""
    if command.name is CommandName.TIMER_SET:
        return _timer_is_set(timers.timers[-1], words)
    if command.name is CommandName.ALARM_SET:
        return words.say("alarm_set", when=_when(timers.alarms[-1], now, words))
    return words.say("cancelled")


def _set_timer(command: Command, timers: Timers, now: datetime, words: Tongue) -> str:
    duration_s = int(command.slots.get("duration_s", 0))
    if not duration_s:
        return words.say("timer_how_long")
    if duration_s > LONGEST_S:
        return words.say("timer_too_long")
    return _timer_is_set(timers.start(duration_s, now, _name(command)), words)


def _timer_is_set(timer: Timer, words: Tongue) -> str:
    return words.say("timer_set", duration=words.duration(timer.duration_s), name=timer.name)


def _timer_left(command: Command, timers: Timers, now: datetime, words: Tongue) -> str:
    meant = _meant(command, timers)
    if len(meant) != 1:
        return _several(meant, "timer_list", timers, command, words, now)
    duration = words.duration(left_s(meant[0], now))
    return words.say("timer_left", duration=duration, name=meant[0].name)


def _list_timers(command: Command, timers: Timers, now: datetime, words: Tongue) -> str:
    return _several(timers.timers, "timer_list", timers, command, words, now)


def _cancel_timer(command: Command, timers: Timers, now: datetime, words: Tongue) -> str:
    meant = _meant(command, timers)
    if len(meant) != 1:
        return _several(meant, "timer_which", timers, command, words, now)
    timers.cancel(meant[0])
    return words.say("timer_cancelled", name=meant[0].name)


def _cancel_timers(_command: Command, timers: Timers, _now: datetime, words: Tongue) -> str:
    if not timers.timers:
        return words.say("timer_none")
    timers.cancel(*timers.timers)
    return words.say("timer_all_cancelled")


def _meant(command: Command, timers: Timers) -> Sequence[Timer]:
    """The timers that fit what was said of them."""
    name, duration_s = _name(command), command.slots.get("duration_s")
    return [
        timer
        for timer in timers.timers
        if (not name or timer.name == name) and duration_s in {None, timer.duration_s}
    ]


def _several(
    meant: Sequence[Timer], key: str, timers: Timers, command: Command, words: Tongue, now: datetime
) -> str:
    """None or many: say which there are."""
    if not timers.timers:
        return words.say("timer_none")
    if not meant:
        return words.say("timer_unknown", name=_name(command))
    ordered = sorted(meant, key=lambda timer: timer.due)
    items = [_item(words.duration(left_s(timer, now)), timer.name, words) for timer in ordered]
    return words.say(key, list=words.listed(items))


def _item(duration: str, name: str, words: Tongue) -> str:
    text = words.say("timer_item", duration=duration, name=name)
    return text[:1].lower() + text[1:]  # it stands inside a sentence


def _set_alarm(command: Command, timers: Timers, now: datetime, words: Tongue) -> str:
    due = _due(command, now)
    if due is None:
        return words.say("alarm_when")
    return words.say("alarm_set", when=_when(timers.set_alarm(due), now, words))


def _due(command: Command, now: datetime) -> datetime | None:
    """The local time meant: the next time that the clock shows it, today or tomorrow as said."""
    if "minute" not in command.slots:
        return None
    here = now.replace(tzinfo=None)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    step = _HALF_DAY if command.slots.get("either_half") else timedelta(days=1)
    due = midnight + timedelta(minutes=int(command.slots["minute"])) % step
    if command.slots.get("day") == "tomorrow":
        return due + timedelta(days=1)
    while due <= here:
        due += step
    return due


def _list_alarms(_command: Command, timers: Timers, now: datetime, words: Tongue) -> str:
    if not timers.alarms:
        return words.say("alarm_none")
    whens = [_when(alarm, now, words) for alarm in sorted(timers.alarms, key=lambda a: a.due)]
    if len(whens) == 1:
        return words.say("alarm_next", when=whens[0])
    return words.say("alarm_list", list=words.listed(whens))


def _cancel_alarm(command: Command, timers: Timers, now: datetime, words: Tongue) -> str:
    if not timers.alarms:
        return words.say("alarm_none")
    meant = [alarm for alarm in timers.alarms if _fits(alarm, command)]
    if not meant:
        return words.say("alarm_unknown")
    whens = [_when(alarm, now, words) for alarm in meant]
    if len(meant) > 1:
        return words.say("alarm_which", list=words.listed(whens))
    timers.cancel(meant[0])
    return words.say("alarm_cancelled", when=whens[0])


def _cancel_alarms(_command: Command, timers: Timers, _now: datetime, words: Tongue) -> str:
    if not timers.alarms:
        return words.say("alarm_none")
    timers.cancel(*timers.alarms)
    return words.say("alarm_all_cancelled")


def _fits(alarm: Alarm, command: Command) -> bool:
    minute = command.slots.get("minute")
    if minute is None:
        return True
    half = 12 * 60 if command.slots.get("either_half") else 24 * 60
    return (alarm.due.hour * 60 + alarm.due.minute - int(minute)) % half == 0


def _when(alarm: Alarm, now: datetime, words: Tongue) -> str:
    return words.when(alarm.due, now.replace(tzinfo=None))


def _name(command: Command) -> str:
    return str(command.slots.get("name", ""))


COMMANDS: Final[dict[CommandName, Callable[[Command, Timers, datetime, Tongue], str]]] = {
    CommandName.TIMER_SET: _set_timer,
    CommandName.TIMER_LEFT: _timer_left,
    CommandName.TIMER_LIST: _list_timers,
    CommandName.TIMER_CANCEL: _cancel_timer,
    CommandName.TIMER_CANCEL_ALL: _cancel_timers,
    CommandName.ALARM_SET: _set_alarm,
    CommandName.ALARM_LIST: _list_alarms,
    CommandName.ALARM_CANCEL: _cancel_alarm,
    CommandName.ALARM_CANCEL_ALL: _cancel_alarms,
}
"""What this module carries out."""
