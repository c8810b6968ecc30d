"""Commands that read: they change nothing and reveal no words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from appliance.console import text
from appliance.console.desk import Call
from appliance.console.errors import ConsoleError
from appliance.console.grammar import Answer, Command, Given, Right
from appliance.console.ports import Figures

LINES = 10


def _rows(data: Figures) -> Answer:
    return Answer(data, text.rows(data))


def _reading(read: Callable[[Call], Figures]) -> Callable[[Call, Given], Awaitable[Answer]]:
    """A command that shows figures as they are."""

    async def answer(call: Call, _given: Given) -> Answer:
        return _rows(read(call))

    return answer


counters = _reading(lambda call: call.desk.records.counters())
ears = _reading(lambda call: call.desk.status.ears())
engines = _reading(lambda call: call.desk.status.engines())
npu = _reading(lambda call: call.desk.machine.npu())
temps = _reading(lambda call: call.desk.machine.temperatures())
models = _reading(lambda call: call.desk.machine.models())
pack = _reading(lambda call: call.desk.machine.pack())
health = _reading(lambda call: call.desk.health.verdict())
net = _reading(lambda call: call.desk.machine.network())


async def help_page(call: Call, given: Given) -> Answer:
    """All commands, or one of them in full."""
    name = given.get("command")
    if name is None:
        commands = sorted(call.table.values(), key=lambda command: command.name)
        return Answer({"commands": [command.usage for command in commands]}, _overview(commands))
    if name not in call.table:
        raise ConsoleError(
            "CON-COMMAND", f"there is no command `{name[:40]}`", "see the list", "type `help`"
        )
    command = call.table[name]
    page = [command.usage, f"  {command.does}", f"  example: {command.example}"]
    page += [f"  {command.more}"] if command.more else []
    page += [f"  needs: {needs(command)}"]
    return Answer({"usage": command.usage, "does": command.does}, "\n".join(page))


def needs(command: Command[Call]) -> str:
    """The right that a command needs, in words."""
    some = [word for argument in command.arguments for word in sorted(argument.service)]
    if command.right is Right.SERVICE:
        return "unlock"
    return f"nothing; with `{'`, `'.join(some)}` unlock" if some else "nothing"


def _overview(commands: list[Command[Call]]) -> str:
    width = max(len(command.name) for command in commands)
    lines = [
        f"{'*' if command.right is Right.SERVICE else ' '} {command.name:<{width}}  {command.does}"
        for command in commands
    ]
    return "\n".join([*lines, "* needs `unlock`. `help COMMAND` tells more; Tab completes."])


async def status(call: Call, _given: Given) -> Answer:
    """What goes on."""
    locked = "no" if call.access.is_unlocked else "yes"
    return _rows({**call.desk.status.status(), "locked": locked})


async def why(call: Call, given: Given) -> Answer:
    """Why a turn was as it was."""
    sentence = call.desk.records.why(given.get("n", 1))
    return Answer({"why": sentence}, sentence)


async def turns(call: Call, given: Given) -> Answer:
    """The last turns."""
    found = call.desk.records.turns(given.get("n", LINES))
    return Answer({"turns": list(found)}, text.table(found, "no turn so far"))


async def events(call: Call, given: Given) -> Answer:
    """The last events."""
    found = call.desk.records.events(given.get("n", LINES))
    return Answer({"events": list(found)}, text.table(found, "no event so far"))


async def watch(call: Call, _given: Given) -> Answer:
    """State and levels in a line."""
    state, levels_now = call.desk.status.status(), call.desk.status.levels()
    line = f"{state.get('state', '?'):<9} {text.meter(levels_now)}"
    return Answer({**levels_now, "state": state.get("state")}, line)


async def levels(call: Call, _given: Given) -> Answer:
    """Levels in a line."""
    found = call.desk.status.levels()
    return Answer(found, text.meter(found))


async def log_lines(call: Call, given: Given) -> Answer:
    """What went wrong."""
    found = call.desk.records.log(given.get("n", LINES))
    return Answer({"log": list(found)}, "\n".join(found) or "no warning so far")


async def version(call: Call, _given: Given) -> Answer:
    """What it is; programs begin with this."""
    return _rows({**call.desk.machine.version(), "session": call.session})


async def baud(call: Call, _given: Given) -> Answer:
    """The line itself."""
    return _rows(call.line_figures())
