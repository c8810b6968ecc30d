"""Orders, timers and the mute switch: what works without any model."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from appliance.body import Body
from appliance.clock import civil_now
from appliance.commands.intents import Intents
from appliance.lights.fakes import RecordingLights
from appliance.lights.ports import Phase
from appliance.orders import Orders
from appliance.panel import Panel
from appliance.reasons import Outcome
from appliance.survivor.bell import Bell
from appliance.survivor.settings import Settings
from appliance.survivor.survivor import Survivor
from appliance.survivor.timers import Due, Timers
from appliance.survivor.watch import Watch, announcement
from appliance.switches.fakes import ScriptedSwitch
from audio.capture import Capture
from audio.earcons import Earcon, render
from audio.fakes import ScriptedMicrophone
from audio.format import Frame
from states import events as e
from states.state import State
from tests.scenarios.stage import QUESTION, Stage, play

INTENTS = Intents(["en"])


class Hands:
    """What a device has besides ears and a voice, put on a stage."""

    def __init__(self, folder: Path) -> None:
        self.timers, self.settings = Timers(folder / "timers.json"), Settings(folder / "set.json")
        self.microphone = ScriptedMicrophone()
        self.lights, self.switch = RecordingLights(), ScriptedSwitch()
        self.frames: list[Frame] = []

    def fit(self, stage: Stage) -> tuple[Body, Orders, list[Panel]]:
        self.bell = Bell(stage.speaker, render(Earcon.ALARM, stage.speaker.rate_hz))
        self.capture = Capture(self.microphone)
        self.panel = Panel(self.lights, self.switch, self.bell)
        survivor = Survivor(self.timers, self.settings, self.bell)
        body = Body(stage.speaker, self.bell, self.capture)
        return body, Orders(INTENTS, survivor, self.settings), [self.panel]

    def begin(self, stage: Stage) -> None:
        def announce(due: Sequence[Due]) -> None:
            stage.director.announce(announcement(due[0], civil_now(), "en"))
            asyncio.get_running_loop().call_soon(self.panel.refresh)

        stage.begin(Watch(self.timers, self.bell, announce).run())
        self.panel.start(stage.post)
        self.capture.start(self.frames.append, lambda _error: None)


@pytest.fixture
def hands(tmp_path: Path) -> Hands:
    return Hands(tmp_path)


async def _order(stage: Stage, text: str) -> None:
    stage.script.hears[:] = [text] * 9
    await stage.ask()
    await stage.until(State.IDLE)


def test_an_order_is_carried_out_and_nothing_is_looked_up(hands: Hands) -> None:
    stage = play(lambda stage: _order(stage, "what time is it"), hands=hands)
    (turn,) = stage.turns
    assert (turn.outcome, turn.reason) == (Outcome.COMMAND, "COMMAND")
    assert turn.spoken[0].startswith("It is ")
    assert "retrieve" not in {hop for hop, _ in stage.script.log}


def test_half_an_order_is_not_carried_out(hands: Hands) -> None:
    """A pause in the middle: what was drafted for "volume fifty" must not have been done."""

    async def act(stage: Stage) -> None:
        stage.script.hears[:] = ["volume fifty", "volume fifty five"]
        heard = asyncio.ensure_future(stage.ask(1.0, 0.5, 1.0))
        await asyncio.sleep(1.75)
        assert hands.settings.volume == 70
        await heard

    stage = play(act, hands=hands, switches={"prefire"})
    assert len(stage.turns) == 1
    assert hands.settings.volume == 55


def test_the_volume_changes_before_it_is_told(hands: Hands) -> None:
    async def act(stage: Stage) -> None:
        await _order(stage, "volume fifty")

    assert play(act, hands=hands).speaker.gain == pytest.approx(0.25)


def test_a_timer_rings_until_somebody_says_stop(hands: Hands) -> None:
    async def act(stage: Stage) -> None:
        await _order(stage, "set a timer for one minute")
        before_s = stage.speaker.heard_s()
        await asyncio.sleep(58)
        assert stage.speaker.heard_s() == before_s
        await asyncio.sleep(30)
        assert stage.speaker.heard_s() > before_s + 3
        assert hands.bell.is_ringing
        await _order(stage, "stop")
        heard_s = stage.speaker.heard_s()
        await asyncio.sleep(60)
        assert stage.speaker.heard_s() == heard_s

    stage = play(act, hands=hands)
    assert [turn.outcome for turn in stage.turns] == [Outcome.COMMAND] * 2
    assert Phase.RINGING in hands.lights.shown


@pytest.mark.parametrize("event", [e.Mute(), e.Broken("X")])
def test_a_timer_rings_while_muted_or_broken_and_a_button_stops_it(
    hands: Hands, event: e.Event
) -> None:
    async def act(stage: Stage) -> None:
        await _order(stage, "set a timer for one minute")
        stage.post(event)
        stage.script.fail |= {"asr", "retrieve", "answer", "tts"}
        before_s = stage.speaker.heard_s()
        await asyncio.sleep(70)
        assert stage.speaker.heard_s() > before_s + 1
        stage.post(e.Cancel())
        await asyncio.sleep(1)
        heard_s = stage.speaker.heard_s()
        await asyncio.sleep(60)
        assert stage.speaker.heard_s() == heard_s

    play(act, hands=hands)


def test_a_turn_silences_the_bell_and_it_goes_on_afterwards(hands: Hands) -> None:
    async def act(stage: Stage) -> None:
        await _order(stage, "set a timer for one minute")
        await asyncio.sleep(70)
        stage.script.hears[:] = [QUESTION] * 9
        stage.wake()
        heard_s = stage.speaker.heard_s()
        await asyncio.sleep(3)
        assert stage.speaker.heard_s() == heard_s, "nothing drowns the question"
        await stage.ears.hear(1.0)
        await stage.until(State.IDLE)
        heard_s = stage.speaker.heard_s()
        await asyncio.sleep(10)
        assert stage.speaker.heard_s() > heard_s

    play(act, hands=hands)


def test_stop_said_over_the_reply_stops_it(hands: Hands) -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears[:] = [QUESTION, "stop"]
        await stage.ask()
        await stage.until(State.SPEAKING)
        await asyncio.sleep(1.0)
        stage.begin(stage.ears.hear(0.4))
        await stage.until(State.IDLE)

    stage = play(act, hands=hands)
    (turn,) = stage.turns
    assert turn.reason == "CUT_SHORT"
    # 1.0 + 0.4 said + 0.125 pause + 0.2 recognition
    assert turn.heard_s == pytest.approx(1.725, abs=0.05)


def test_other_words_over_the_reply_do_not(hands: Hands) -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears[:] = [QUESTION, "what a lovely day"]
        await stage.ask()
        await stage.until(State.SPEAKING)
        await asyncio.sleep(1.0)
        await stage.ears.hear(0.4)

    (turn,) = play(act, hands=hands).turns
    assert turn.reason == "OK"


def test_repeat_says_what_was_heard(hands: Hands) -> None:
    async def act(stage: Stage) -> None:
        await _order(stage, QUESTION)
        await _order(stage, "say that again")

    first, again = play(act, hands=hands).turns
    assert again.outcome is Outcome.COMMAND
    assert again.spoken == [first.heard_text()]


def test_where_did_you_get_that_names_the_source(hands: Hands) -> None:
    async def act(stage: Stage) -> None:
        await _order(stage, QUESTION)
        await _order(stage, "where did you get that")

    _, source = play(act, hands=hands).turns
    assert "the guide" in source.spoken[0]


def test_mute_by_voice_closes_the_microphone_after_saying_so(hands: Hands) -> None:
    async def act(stage: Stage) -> None:
        stage.script.hears[:] = ["mute"]
        await stage.ask()
        await stage.until(State.MUTED)
        assert not hands.microphone.running

    stage = play(act, hands=hands)
    (turn,) = stage.turns
    assert turn.outcome is Outcome.COMMAND
    assert turn.heard_s == pytest.approx(turn.audio_s)


def test_while_muted_no_frame_gets_past_the_port(hands: Hands) -> None:
    async def act(stage: Stage) -> None:
        hands.microphone.wait(1.0)
        heard = len(hands.frames)
        assert heard > 0
        hands.switch.move(muted=True)
        await stage.until(State.MUTED)
        assert not hands.microphone.running, "the device itself is closed"
        hands.switch.move(muted=False)
        await stage.until(State.IDLE)
        assert len(hands.frames) == heard
        hands.microphone.wait(0.1)
        assert len(hands.frames) > heard

    play(act, hands=hands)
    assert hands.lights.shown[-1] is not Phase.MUTED


def test_a_device_that_is_switched_on_muted_never_listens(hands: Hands) -> None:
    hands.switch = ScriptedSwitch(muted=True)

    async def act(stage: Stage) -> None:
        await stage.until(State.MUTED)
        assert not hands.frames

    play(act, hands=hands)
