"""The key that mutes the microphone, and the light: what a person pushes and sees."""

from __future__ import annotations

import time

from appliance.demo.asker import spoken_question
from audio.format import RATE_HZ
from tests.rig import scenes
from tests.rig.machine import Machine
from tests.rig.technician import ask

LOOKS = 12
CALL = spoken_question("hey jarvis", "What time is it?")


def test_the_key_mutes_the_microphone_and_the_light_tells(ready: Machine) -> None:
    ready.until("it is dark", lambda: not ready.is_lit())
    ready.press_mute()
    scenes.until(ready, "systemctl show -p StatusText voice-appliance | grep -q '=muted'", 30)
    assert _lit(ready) >= 0.7, "a light that winks"
    heard, turns = ask(ready, "ears")["frames"], len(ask(ready, "turns 100")["turns"])
    ready.room.say(CALL, RATE_HZ)
    ready.sh("sleep 5")
    assert ready.room.speaking(), "muted, and yet the card asks for sound"
    assert ask(ready, "ears")["frames"] == heard, "muted, and yet a frame came through"
    assert len(ask(ready, "turns 100")["turns"]) == turns
    ready.room.hush()
    ready.press_mute()
    ready.until("it is dark again", lambda: _lit(ready) == 0)
    ready.room.say(CALL, RATE_HZ)
    ready.until("the order is carried out", lambda: _orders(ready) == 1)


def _lit(ready: Machine) -> float:
    """How much of the time the light is on."""
    seen = []
    for _ in range(LOOKS):
        seen.append(ready.is_lit())
        time.sleep(0.5)
    return sum(seen) / len(seen)


def _orders(ready: Machine) -> int:
    return [turn["reason"] for turn in ask(ready, "turns 100")["turns"]].count("COMMAND")
