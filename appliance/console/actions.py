"""Commands that do something; the table says which of them need the service right."""

from __future__ import annotations

import base64

from appliance.console import text, ymodem
from appliance.console.desk import Call
from appliance.console.grammar import Answer, Given, Outgoing
from appliance.console.ports import Figures

PIECE_BYTES = 4096
"""Of a bundle, in an answer: 9 kB on the line."""
HOW_TO_FETCH = "`bundle send` sends it by YMODEM; `appliance console bundle` fetches it by itself"
CHECKS = ("mic", "speaker", "loop", "npu", "storage", "clock")


def _done(sentence: str, data: Figures | None = None) -> Answer:
    return Answer(data or {"done": True}, sentence)


async def test(call: Call, given: Given) -> Answer:
    """Carry out one check or all; what cannot be checked here says so."""
    names = [given["check"]] if "check" in given else CHECKS
    results = {name: await _checked(call, name) for name in names}
    lines = [
        f"{_VERDICTS[result['passed']]:<5} {name:<8} {result['found']}{_remedy(result)}"
        for name, result in results.items()
    ]
    passed = all(result["passed"] is not False for result in results.values())
    return Answer(results, "\n".join(lines), passed)


_VERDICTS = {True: "PASS", False: "FAIL", None: "-"}


def _remedy(result: Figures) -> str:
    return f"\n{'':<15}{result['remedy']}" if result["remedy"] else ""


async def _checked(call: Call, name: str) -> Figures:
    return {"passed": None, "found": "", "remedy": ""} | dict(await call.desk.checks.run(name))


async def say(call: Call, given: Given) -> Answer:
    """Speak."""
    await call.desk.voice.say(given["text"])
    return _done("saying it")


async def ask(call: Call, given: Given) -> Answer:
    """Have a turn."""
    found = await call.desk.voice.ask(given["text"])
    return Answer(found, text.rows(found))


async def record(call: Call, given: Given) -> Answer:
    """Keep sound, in memory; the next bundle has its picture."""
    found = await call.desk.voice.record(given["seconds"])
    call.desk.bundles.drop()
    return Answer(found, text.rows(found))


async def play(call: Call, _given: Given) -> Answer:
    """Play it."""
    found = await call.desk.voice.play()
    return Answer(found, text.rows(found))


async def mute(call: Call, given: Given) -> Answer:
    """Close or open the microphone."""
    call.desk.controls.mute(on=given["on"] == "on")
    return _done(f"mute {given['on']}")


async def volume(call: Call, given: Given) -> Answer:
    """Tell or set it."""
    if "percent" in given:
        call.desk.controls.set_volume(given["percent"])
    percent = call.desk.controls.volume()
    return _done(f"volume {percent} %", {"volume": percent})


async def restart(call: Call, _given: Given) -> Answer:
    """End the service; its supervisor starts it again."""
    call.desk.controls.restart()
    return _done("the service restarts")


async def reboot(call: Call, _given: Given) -> Answer:
    """Restart the machine."""
    call.desk.controls.reboot()
    return _done("the machine restarts")


async def update(call: Call, _given: Given) -> Answer:
    """Install what is there, or tell how far that is."""
    found = call.desk.upkeep.update()
    return Answer(found, text.rows(found))


async def factory_reset(call: Call, _given: Given) -> Answer:
    """Forget the owner."""
    found = call.desk.upkeep.factory_reset()
    return Answer(found, text.rows(found))


async def bundle(call: Call, given: Given) -> Answer:
    """Make it, tell of it, hand out a piece, send it to a terminal, or forget it."""
    bundles, what = call.desk.bundles, given.get("what")
    if what == "drop":
        bundles.drop()
        return _done("the bundle is forgotten")
    if what == "piece":
        at = given.get("at", 0)
        piece = base64.b64encode(bundles.piece(at, PIECE_BYTES)).decode()
        return Answer({"at": at, "piece": piece}, piece)
    found = await bundles.make(words=what == "words")
    if what == "send":
        outgoing = Outgoing(str(found["name"]), int(found["bytes"]), bundles.piece)
        return Answer(found, ymodem.INVITATION, send=outgoing)
    return Answer(found, f"{text.rows(found)}\n{HOW_TO_FETCH}")


async def unlock(call: Call, given: Given) -> Answer:
    """A challenge, or the right."""
    if "response" in given:
        call.access.unlock(given["response"])
        return _done("unlocked")
    challenge = call.access.challenge()
    return Answer({"challenge": challenge}, f"challenge {challenge}\nthen: unlock RESPONSE")


async def lock(call: Call, _given: Given) -> Answer:
    """Give the right up."""
    call.access.lock()
    call.desk.voice.forget()
    return _done("locked")
