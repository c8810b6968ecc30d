"""What a person notices of a device that is hot, or has lost its voice."""

from __future__ import annotations

from appliance.body import Body, earcons
from appliance.engines.scripted import ScriptedVoice
from appliance.orders import Orders
from states.state import State
from tests.scenarios.stage import QUESTION, Stage, play


async def _ask(stage: Stage) -> None:
    stage.script.hears[:] = [QUESTION] * 9
    await stage.ask()
    await stage.until(State.IDLE)


def test_a_hot_device_answers_shorter_and_says_why() -> None:
    async def act(stage: Stage) -> None:
        brevity = stage.director._engines.brevity
        await _ask(stage)
        brevity.most = 1
        await _ask(stage)
        brevity.most = None
        await _ask(stage)

    before, hot, after = play(act).turns
    assert [len(turn.sentences) for turn in (before, hot, after)] == [2, 1, 2]
    assert [turn.fallback for turn in (before, hot, after)] == [{}, {"length": "HOT"}, {}]
    assert hot.spoken[-1] == before.spoken[-1], "the source is named all the same"


class WithEarcons:
    """A device that has nothing but its short sounds besides ears and voice."""

    def fit(self, stage: Stage) -> tuple[Body, Orders, list[Stage]]:
        body = Body(stage.speaker, earcons=earcons(ScriptedVoice.rate_hz))
        return body, None, []  # type: ignore[return-value]

    def begin(self, stage: Stage) -> None:
        """Nothing else begins."""


def test_without_a_voice_the_error_can_be_heard() -> None:
    async def act(stage: Stage) -> None:
        stage.script.fail.add("tts")
        await _ask(stage)
        heard.append(stage.speaker.heard_s())

    heard: list[float] = []
    stage = play(act, hands=WithEarcons())
    assert stage.turns[0].reason == "TTS_FAILED"
    assert stage.speaker.heard_s() > heard[0], "after the turn, the sound of an error"
