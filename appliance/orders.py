"""Orders of the person speaking: known by their words, carried out without any model."""

from __future__ import annotations

from appliance.clock import civil_now
from appliance.commands.command import Command, CommandName
from appliance.commands.intents import Intents
from appliance.memory import Memory
from appliance.survivor.reply import Context, Reply
from appliance.survivor.settings import Settings
from appliance.survivor.survivor import Survivor

SILENCING = frozenset({CommandName.STOP, CommandName.CANCEL})


class Orders:
    """Commands in, replies out; works while every engine is down."""

    def __init__(self, intents: Intents, survivor: Survivor, settings: Settings) -> None:
        self._intents, self._survivor, self._settings = intents, survivor, settings

    def match(self, text: str) -> Command | None:
        """The order that this whole text is, if it is one. Nothing is done yet."""
        return self._intents.match(text)

    def is_stop(self, text: str) -> bool:
        """Whether it asks for silence, and for nothing else."""
        command = self._intents.match(text)
        return command is not None and command.name in SILENCING

    def carry_out(self, command: Command, memory: Memory) -> Reply:
        """Do it; what is left to do and to say is in the reply."""
        last = memory.last
        if last is None:
            return self._survivor.carry_out(command, Context(civil_now(), volume=self.volume))
        context = Context(
            now=civil_now(),
            spoken=last.heard,
            titles=last.titles,
            timings_ms=last.timings_ms,
            fallback=last.fallback,
            reason=last.reason,
            volume=self.volume,
        )
        return self._survivor.carry_out(command, context)

    @property
    def volume(self) -> int:
        """Percent, 0..100; kept over a restart."""
        return self._settings.volume
