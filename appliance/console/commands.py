"""The table of commands: name, arguments, help, the right it needs, and what carries it out."""

from __future__ import annotations

from appliance.console import actions, readings
from appliance.console.desk import Call
from appliance.console.grammar import Argument, Command, Right

_N = Argument("n", numbers=(1, 100), optional=True)
_TEXT = Argument("text", rest=True)
_CONSENT = Argument("consent", choices=("consent",))

_ROWS: tuple[Command[Call], ...] = (
    Command(
        "help",
        "what can be typed; with a command, how it is used",
        "help unlock",
        readings.help_page,
        (Argument("command", optional=True),),
    ),
    Command("status", "state, profile, time since the start, turns", "status", readings.status),
    Command(
        "why",
        "why the last turn, or the Nth last, was slow, silent or wrong",
        "why",
        readings.why,
        (_N,),
    ),
    Command(
        "turns", "the last turns: reason and timings, no words", "turns 5", readings.turns, (_N,)
    ),
    Command("events", "the last events, the latest first", "events 20", readings.events, (_N,)),
    Command("counters", "turns, false wakes, drops, restarts", "counters", readings.counters),
    Command(
        "watch",
        "one line that shows all the time what goes on",
        "watch",
        readings.watch,
        live=True,
    ),
    Command(
        "levels",
        "how loud it is, and the wake score",
        "levels",
        readings.levels,
        live=True,
    ),
    Command("ears", "frames heard, digital silence, thresholds", "ears", readings.ears),
    Command("engines", "the engines' processes", "engines", readings.engines),
    Command("npu", "the NPU's driver, load and engines", "npu", readings.npu),
    Command("temps", "temperatures", "temps", readings.temps),
    Command("models", "the models that the profile uses", "models", readings.models),
    Command("pack", "the knowledge pack", "pack", readings.pack),
    Command("health", "proof of life, part by part", "health", readings.health),
    Command("log", "the last warnings and errors", "log 20", readings.log_lines, (_N,)),
    Command("net", "proof that nothing leaves: interfaces, sockets, packets", "net", readings.net),
    Command("version", "device, program, kernel, this session", "version", readings.version),
    Command("baud", "the line: speed, and what was lost on it", "baud", readings.baud),
    Command(
        "test",
        "carry out a check, or all of them",
        "test mic",
        actions.test,
        (Argument("check", choices=actions.CHECKS, optional=True),),
        more="`speaker` and `loop` sound; `mic` wants a little noise in the room.",
    ),
    Command("say", "say something", "say one two three", actions.say, (_TEXT,)),
    Command(
        "ask",
        "ask as if it had been spoken, and see the answer",
        "ask what can you do",
        actions.ask,
        (_TEXT,),
        Right.SERVICE,
    ),
    Command(
        "record",
        "keep what is heard for so many seconds",
        "record 5 consent",
        actions.record,
        (Argument("seconds", numbers=(1, 10)), _CONSENT),
        Right.SERVICE,
        more="The word `consent` says that everybody in the room agreed. The device says aloud "
        "that it records. The sound stays in memory, and is forgotten when the line is locked; the "
        "next bundle carries a picture of it, too coarse for words.",
    ),
    Command("play", "play what was recorded", "play", actions.play, right=Right.SERVICE),
    Command(
        "mute",
        "close the microphone, or open it",
        "mute on",
        actions.mute,
        (Argument("on", choices=("on", "off"), service=frozenset({"off"})),),
        more="Closing is free. Opening a microphone that its owner closed needs `unlock`.",
    ),
    Command(
        "volume",
        "the volume in percent, or set it",
        "volume 60",
        actions.volume,
        (Argument("percent", numbers=(0, 100), optional=True),),
    ),
    Command("restart", "restart the service", "restart", actions.restart, right=Right.SERVICE),
    Command("reboot", "restart the machine", "reboot", actions.reboot, right=Right.SERVICE),
    Command(
        "update",
        "install the update on the stick; again: how far it is",
        "update",
        actions.update,
        right=Right.SERVICE,
        more="Only what is signed, for this board, and not older. It begins once nobody needs the "
        "device, and the machine is started anew once nobody needs it again.",
    ),
    Command(
        "factory-reset",
        "forget everything that the owner set",
        "factory-reset really",
        actions.factory_reset,
        (Argument("really", choices=("really",)),),
        Right.SERVICE,
    ),
    Command(
        "bundle",
        "make a diagnostic bundle, or carry it away",
        "bundle",
        actions.bundle,
        (
            Argument("what", choices=("words", "send", "piece", "drop"), optional=True),
            Argument("at", numbers=(0, 99_999_999), optional=True),
        ),
        Right.SERVICE,
        more="`send` sends it to a terminal program by YMODEM; `words` makes one that holds what "
        "was said, where the owner keeps that; `drop` forgets it, as does an hour. "
        "`appliance console bundle` fetches it by itself, by `piece`.",
    ),
    Command(
        "unlock",
        "gain the service right",
        "unlock",
        actions.unlock,
        (Argument("response", optional=True),),
        more="Without a response it shows a challenge, good for one attempt and 60 s. Sign it: "
        "`appliance console sign KEYFILE CHALLENGE`; then `unlock RESPONSE`. "
        "`appliance console --key KEYFILE` does both.",
    ),
    Command("lock", "give the service right up, and forget recordings", "lock", actions.lock),
)

COMMANDS = {command.name: command for command in _ROWS}
