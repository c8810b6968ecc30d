"""A question is spoken into the machine's microphone; the answer comes out of its loudspeaker."""

from __future__ import annotations

import numpy as np

from appliance.demo.asker import spoken_question
from audio.format import RATE_HZ as ASKED_HZ
from tests.rig.machine import Machine
from tests.rig.sound import RATE_HZ, Pcm
from tests.rig.technician import ask

AUDIBLE = 300


def _engines_are_up(ready: Machine) -> bool:
    """It hears before they are."""
    return all(told["up"] for told in ask(ready, "engines").values())


def _answer(ready: Machine) -> Pcm:
    """What the machine says to a question about the demo's manual."""
    ready.until("its engines are up", lambda: _engines_are_up(ready))
    ready.room.heard()
    before = len(ask(ready, "turns 100")["turns"])
    ready.room.say(spoken_question("hey jarvis", "How do I reset the purifier?"), ASKED_HZ)
    ready.until("all of it is said", lambda: not ready.room.speaking())
    ready.until("the turn is over", lambda: len(ask(ready, "turns 100")["turns"]) > before)
    return ready.room.heard()


def test_a_spoken_question_is_answered_aloud(ready: Machine) -> None:
    heard = _answer(ready)
    assert (np.abs(heard) > AUDIBLE).sum() > RATE_HZ / 4, "it said nothing to speak of"
    [turn, *_] = ask(ready, "turns 1")["turns"]
    assert turn["reason"] == "OK", turn
    assert "OK" in str(ask(ready, "why"))
