"""A turn that is cancelled ends, whatever its engines do as they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from appliance import clock
from appliance.engines.ports import Transcript
from appliance.engines.scripted import ScriptedEars, ScriptedMind, ScriptedVoice
from appliance.errors import EngineError
from appliance.turn import Engines, Stage, Turn, run_turn
from audio.format import Samples
from audio.playout import RecordingLoudspeaker
from states.events import Event
from tests.scenarios.stage import QUESTION, known_script


class Sore(ScriptedVoice):
    """A voice that hangs, and whose process dies as it is told to stop."""

    async def synthesise(self, text: str) -> AsyncGenerator[Samples, None]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise EngineError("ENG-CRASHED", "the voice ended", text, "none") from None
        yield  # type: ignore[misc]


@pytest.mark.parametrize("known", [True, False], ids=["in the answer", "in the apology"])
def test_a_turn_that_is_cancelled_as_its_voice_dies_waits_for_nothing(known: bool) -> None:
    async def whole() -> None:
        script = known_script()
        if not known:
            script.fail.add("retrieve")
        mind = ScriptedMind(script)
        engines = Engines(ScriptedEars(script), mind, mind, Sore(script), threshold=0.5)
        turn = Turn(1, clock.now_s(), transcript=Transcript(QUESTION, 1.0))
        turn.floor.set()
        stage = Stage(RecordingLoudspeaker(Sore.rate_hz), posted.append)
        story = asyncio.ensure_future(run_turn(turn, engines, stage))
        await asyncio.sleep(5)
        turn.floor.clear()
        story.cancel()
        await asyncio.wait({story}, timeout=60)
        assert story.cancelled()

    posted: list[Event] = []
    clock.run(whole(), realtime=False)
    assert posted == []
