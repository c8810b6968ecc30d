"""The key that mutes the microphone, and the light: what a person pushes and sees."""

from __future__ import annotations

import time

from appliance.demo.asker import spoken_question
from audio.format import RATE_HZ
from tests.rig import scenes
from tests.rig.machine import Machine
from tests.rig.technician import ask

LOOKS = 12


def test_the_key_mutes_the_microphone_and_the_light_tells(ready: Machine) -> None:
    call = spoken_question("hey jarvis", "What time is it?")
    ready.until("it is dark", lambda: not ready.is_lit())
    ready.press_mute()
    scenes.until(ready, "systemctl show -p StatusText voice-appliance | grep -q '=muted'", 30)
    assert _lit(ready) >= 0.7, "a light that winks"
    heard, turns = ask(ready, "ears")["frames"], _turns(ready)
    ready.room.say(call, RATE_HZ)
    ready.sh("sleep 5")
    assert ready.room.speaking(), "muted, and yet the card asks for sound"
    assert ask(ready, "ears")["frames"] == heard, "muted, and yet a frame came through"
    assert _turns(ready) == turns
    ready.room.hush()
    ready.press_mute()
    ready.until("it is dark again", lambda: _lit(ready) == 0)
    ready.room.say(call, RATE_HZ)
    ready.until("the turn is over", lambda: len(_turns(ready)) > len(turns))
    assert _turns(ready)[0] == "COMMAND"


def _lit(ready: Machine) -> float:
    """How much of the time the light is on."""
    seen = []
    for _ in range(LOOKS):
        seen.append(ready.is_lit())
        time.sleep(0.5)
    return sum(seen) / len(seen)


def _turns(ready: Machine) -> list[str]:
    """How each ended, the last one first."""
    return [turn["reason"] for turn in ask(ready, "turns 100")["turns"]]
