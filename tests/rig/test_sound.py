"""A question is spoken into the machine's microphone; the answer comes out of its loudspeaker."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soxr

from appliance.demo.asker import spoken_question
from appliance.engines.sphinx.recogniser import DICTIONARY, LANGUAGE, SphinxRecogniser
from appliance.knowledge.pack import Pack
from audio.format import FRAME_S
from audio.format import RATE_HZ as ASKED_HZ
from tests.rig import scenes
from tests.rig.machine import Machine
from tests.rig.sound import RATE_HZ, Pcm
from tests.rig.technician import ask

AUDIBLE = 300
ANSWER = {"reset", "power", "fan", "button", "together"}
UNDERSTOOD = 4
"""Of these words; who listens may mistake one. No other section of the manual has so many."""
LISTENED_S = 5


@pytest.fixture
def bystander(made: Path, tmp_path: Path) -> SphinxRecogniser:
    """Somebody in the room, who knows the words of the machine's pack."""
    kept = tmp_path / "knowledge.pack"
    order = f"dump /usr/share/voice-appliance/knowledge.pack {kept}"
    subprocess.run(["debugfs", "-R", order, made / "slot.ext4"], check=True, capture_output=True)
    with Pack.open(kept) as pack:
        recogniser = SphinxRecogniser({n: pack.asset(n) or b"" for n in (DICTIONARY, LANGUAGE)})
    recogniser.load()
    return recogniser


def test_a_spoken_question_is_answered_aloud(ready: Machine, bystander: SphinxRecogniser) -> None:
    answer = _answer(ready, "How do I reset the purifier?")
    [turn] = ask(ready, "turns 1")["turns"]
    assert turn["reason"] == "OK", turn
    assert "answered from a passage" in ask(ready, "why")["why"]
    told = _words(bystander, answer)
    assert len(ANSWER & set(told.split())) >= UNDERSTOOD, (told, _lost(ready))


def test_the_machine_hears_as_much_as_time_passes(ready: Machine) -> None:
    """By its own clock: its sound card is neither too fast nor too slow, and loses nothing."""
    began_s, before = _heard_so_far(ready)
    ready.sh(f"sleep {LISTENED_S}")
    ended_s, after = _heard_so_far(ready)
    assert (after - before) * FRAME_S == pytest.approx(ended_s - began_s, rel=0.05)


def test_what_is_lost_while_the_service_stands_still_is_counted(ready: Machine) -> None:
    before, pid = _lost(ready), scenes.service(ready).pid
    ready.sh(f"kill -STOP {pid}; sleep 0.5; kill -CONT {pid}")
    ready.until("the loss is counted", lambda: _lost(ready) > before)


def _lost(ready: Machine) -> int:
    """How often some of what its microphone heard never came."""
    return ask(ready, "counters").get("lost_sound", 0)


def _heard_so_far(ready: Machine) -> tuple[float, int]:
    """Seconds of the machine's own time, and frames that its service has heard."""
    up_s = float(ready.sh("cat /proc/uptime").split()[0])
    return up_s, ask(ready, "ears")["frames"]


def _engines_are_up(ready: Machine) -> bool:
    """It hears before they are."""
    return all(told["up"] for told in ask(ready, "engines").values())


def _answer(ready: Machine, question: str) -> Pcm:
    """What the machine says to a question."""
    ready.until("its engines are up", lambda: _engines_are_up(ready))
    ready.room.heard()
    before = len(ask(ready, "turns 100")["turns"])
    ready.room.say(spoken_question("hey jarvis", question), ASKED_HZ)
    ready.until("all of it is said", lambda: not ready.room.speaking())
    ready.until("the turn is over", lambda: len(ask(ready, "turns 100")["turns"]) > before)
    return ready.room.heard()


def _words(bystander: SphinxRecogniser, heard: Pcm) -> str:
    """What the bystander understands; AssertionError where nothing is to be heard."""
    audible = np.flatnonzero(np.abs(heard) > AUDIBLE)
    assert len(audible) > RATE_HZ, "it said nothing to speak of"
    spoken = heard[audible[0] : audible[-1] + 1].astype(np.float32)
    return bystander.transcribe(soxr.resample(spoken, RATE_HZ, ASKED_HZ).astype(np.int16)).text
