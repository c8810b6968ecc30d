"""Carries out commands. Needs no engine; everything here is done in a millisecond."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, Protocol

from appliance.commands.command import Command, CommandName
from appliance.errors import ApplianceError
from appliance.survivor import setting
from appliance.survivor.explain import why_silent, why_slow
from appliance.survivor.reply import Context, Effect, Reply
from appliance.survivor.settings import Settings
from appliance.survivor.timers import Timers
from appliance.survivor.tongue import Tongue, tongue

log = logging.getLogger(__name__)

LOUDER: Final = 10
"""Percent, by which one `louder` is louder."""


class Ringing(Protocol):
    """What may be ringing; a `Bell`."""

    def dismiss(self) -> bool:
        """Stop ringing; whether it was ringing."""


class Survivor:
    """Commands in, replies out."""

    def __init__(self, timers: Timers, settings: Settings, bell: Ringing) -> None:
        """Take what was loaded."""
        self._timers, self._settings, self._bell = timers, settings, bell
        self._do: dict[CommandName, Callable[[Command, Context, Tongue], Reply]] = {
            CommandName.STOP: lambda *_: Reply("", Effect.STOP),
            CommandName.CANCEL: lambda _c, _x, words: Reply(words.say("cancelled"), Effect.CANCEL),
            CommandName.REPEAT: _repeat,
            CommandName.MUTE: lambda _c, _x, words: Reply(words.say("muted"), Effect.MUTE),
            CommandName.LOUDER: self._louder,
            CommandName.QUIETER: self._quieter,
            CommandName.VOLUME: self._volume,
            CommandName.TIME: _time,
            CommandName.DATE: lambda _c, x, words: Reply(words.say("date", date=words.date(x.now))),
            CommandName.HELP: lambda _c, _x, words: Reply(words.say("help")),
            CommandName.SOURCE: _source,
            CommandName.WHY_SLOW: lambda _c, x, words: Reply(why_slow(x, words)),
            CommandName.WHY_SILENT: lambda _c, x, words: Reply(why_silent(x, words)),
        }

    def carry_out(self, command: Command, context: Context) -> Reply:
        """Do it, and say what to reply, in the command's language.

        A timer or a volume that cannot be written to the disk is set all the same; the reply says
        that a power cut would lose it.
        """
        words = tongue(command.language)
        if command.name in setting.COMMANDS:
            return self._set(command, context, words)
        if command.name in {CommandName.STOP, CommandName.CANCEL}:
            self._bell.dismiss()
        return self._do[command.name](command, context, words)

    def _set(self, command: Command, context: Context, words: Tongue) -> Reply:
        if command.name in setting.ENDS_RINGING and self._bell.dismiss():
            return Reply("", Effect.STOP)
        return Reply(setting.carry_out(command, self._timers, context.now, words))

    def _louder(self, _command: Command, context: Context, words: Tongue) -> Reply:
        if context.volume >= 100:  # noqa: PLR2004 - percent
            return Reply(words.say("loudest"))
        return self._to(min(context.volume + LOUDER, 100), words)

    def _quieter(self, _command: Command, context: Context, words: Tongue) -> Reply:
        if context.volume <= LOUDER:
            return Reply(words.say("quietest"))
        return self._to(context.volume - LOUDER, words)

    def _volume(self, command: Command, _context: Context, words: Tongue) -> Reply:
        return self._to(int(command.slots["percent"]), words)

    def _to(self, percent: int, words: Tongue) -> Reply:
        text = words.say("volume", percent=percent)
        try:
            self._settings.set_volume(percent)
        except ApplianceError as error:
            log.warning("%s", error)
            text += f" {words.say('unsaved')}"
        return Reply(text, Effect.VOLUME, percent)


def _repeat(_command: Command, context: Context, words: Tongue) -> Reply:
    if not context.spoken:
        return Reply(words.say("nothing_said"))
    return Reply(context.spoken, Effect.REPEAT)


def _time(_command: Command, context: Context, words: Tongue) -> Reply:
    single = context.now.hour == 1
    return Reply(words.say("time", time=words.time(context.now), single=single))


def _source(_command: Command, context: Context, words: Tongue) -> Reply:
    titles = list(dict.fromkeys(context.titles))
    return Reply(
        words.say("source", titles=words.listed(titles)) if titles else words.say("source_none")
    )
