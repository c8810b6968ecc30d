"""The whole service in a simulated room, in which it hears itself speak.

Real wake word, echo cancellation, recognition and voice; a person who interrupts. The clock is
simulated, so that the conversation takes as long as its work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from appliance import clock
from appliance.config import load_config
from appliance.demo.asker import spoken_question
from appliance.observer import Bystander
from appliance.playback import Playback
from appliance.reasons import Outcome
from appliance.service import start_service
from appliance.stream import Company, conversation
from appliance.turn import Turn
from audio.playout import RecordingLoudspeaker
from states.state import State
from tests.audio.room import Room, RoomMicrophone

pytestmark = pytest.mark.slow
QUESTION = "What does the red light mean?"


@dataclass
class Guest(Bystander):
    """Somebody in the room."""

    microphone: RoomMicrophone
    speaker: RecordingLoudspeaker
    turns: list[Turn] = field(default_factory=list)
    now_in: State = State.STARTING
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def state(self, state: State, at_s: float) -> None:
        self.now_in = state
        self.changed.set()

    def turn(self, turn: Turn) -> None:
        self.turns.append(turn)

    async def until(self, state: State) -> None:
        async with asyncio.timeout(60):
            while self.now_in is not state:
                self.changed.clear()
                await self.changed.wait()


def _converse(pack: Path, act: Callable[[Guest], Awaitable[None]], **switches: bool) -> Guest:
    config = load_config()
    config = replace(
        config,
        knowledge=replace(config.knowledge, pack=str(pack)),
        conversation=replace(config.conversation, **switches),
    )

    async def whole() -> Guest:
        async with start_service(config) as service:
            rate_hz = service.engines.voice.rate_hz
            playback = Playback(lambda tap: RecordingLoudspeaker(rate_hz, tap))
            assert isinstance(playback.speaker, RecordingLoudspeaker)
            microphone = RoomMicrophone(Room(), playback.speaker)
            guest = Guest(microphone, playback.speaker)
            async with conversation(
                service, playback.speaker, microphone, Company([guest], playback)
            ):
                await guest.until(State.IDLE)
                await asyncio.sleep(0.5)
                await act(guest)
            return guest

    return clock.run(whole(), realtime=False)


async def _first_turn(guest: Guest) -> None:
    """The echo canceller learns the room while the device speaks for the first time."""
    guest.microphone.say(spoken_question("hey jarvis", QUESTION))
    await guest.until(State.SPEAKING)
    await guest.until(State.IDLE)


def test_it_answers_and_does_not_wake_itself(pack: Path) -> None:
    async def act(guest: Guest) -> None:
        guest.microphone.say(spoken_question("hey jarvis", QUESTION))
        await guest.until(State.SPEAKING)
        await guest.until(State.IDLE)
        await asyncio.sleep(3)

    (turn,) = _converse(pack, act).turns
    assert (turn.outcome, turn.reason) == (Outcome.ANSWERED, "OK")
    assert turn.sentences[0].source.endswith("#what-the-lights-mean")
    assert turn.heard_s == pytest.approx(turn.audio_s, abs=0.05)


@pytest.mark.timed  # where others compute beside it, the phrase is missed in one run of five
def test_the_wake_phrase_said_over_the_answer_is_heard(pack: Path) -> None:
    async def act(guest: Guest) -> None:
        await _first_turn(guest)
        guest.microphone.say(spoken_question("hey jarvis", QUESTION))
        await guest.until(State.SPEAKING)
        await asyncio.sleep(3.0)
        guest.microphone.say(spoken_question("hey jarvis", "How do I reset the purifier?"))
        await guest.until(State.LISTENING)
        heard_s = guest.speaker.heard_s()
        await asyncio.sleep(0.5)
        assert guest.speaker.heard_s() == heard_s, "silence at once"
        await guest.until(State.SPEAKING)
        await guest.until(State.IDLE)

    _, first, second = _converse(pack, act).turns
    assert first.reason == "CUT_SHORT"
    assert second.wake is not None
    assert second.sentences[0].source.endswith("#resetting-the-purifier")


def test_anybody_may_interrupt_where_that_is_switched_on(pack: Path) -> None:
    async def act(guest: Guest) -> None:
        await _first_turn(guest)
        guest.microphone.say(spoken_question("hey jarvis", QUESTION))
        await guest.until(State.SPEAKING)
        await asyncio.sleep(3.0)
        guest.microphone.say(spoken_question("Well", "How do I reset the purifier?"))
        await guest.until(State.LISTENING)
        await guest.until(State.SPEAKING)
        await guest.until(State.IDLE)

    _, first, second = _converse(pack, act, barge_in=True).turns
    assert (first.reason, second.wake) == ("CUT_SHORT", None)
    assert second.transcript is not None
    assert "reset" in second.transcript.text, "the words that interrupted are kept"
