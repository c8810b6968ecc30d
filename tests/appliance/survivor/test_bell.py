"""The bell rings when something is due, until somebody cares."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from appliance import clock
from appliance.survivor.bell import LONGEST_S, Bell
from appliance.survivor.timers import Due, Timers
from appliance.survivor.watch import Watch, announcement
from audio.errors import AudioError
from audio.playout import RecordingLoudspeaker

EARCON = np.full(8_000, 1000, np.int16)  # half a second at 16 kHz
MORNING = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)


def on_the_loop(story: Callable[[RecordingLoudspeaker, Bell], Awaitable[None]]) -> None:
    async def play() -> None:
        speaker = RecordingLoudspeaker(16_000)
        bell = Bell(speaker, EARCON, pause_s=1.0)
        await story(speaker, bell)
        bell.dismiss()

    clock.run(play(), realtime=False)


def strokes(speaker: RecordingLoudspeaker) -> float:
    return speaker.heard_s() / 0.5


def test_it_rings_until_dismissed() -> None:
    async def story(speaker: RecordingLoudspeaker, bell: Bell) -> None:
        bell.ring()
        await asyncio.sleep(10)
        assert bell.is_ringing
        heard = strokes(speaker)
        assert 5 <= heard <= 8
        assert bell.dismiss()
        assert not bell.is_ringing
        assert not bell.dismiss()
        await asyncio.sleep(60)
        assert strokes(speaker) <= heard + 1

    on_the_loop(story)


def test_it_is_silent_while_somebody_speaks_and_goes_on_afterwards() -> None:
    async def story(speaker: RecordingLoudspeaker, bell: Bell) -> None:
        bell.ring()
        await asyncio.sleep(5)
        bell.hush()
        await asyncio.sleep(1)
        heard = strokes(speaker)
        await asyncio.sleep(30)
        assert strokes(speaker) == heard
        assert bell.is_ringing
        bell.resume()
        await asyncio.sleep(5)
        assert strokes(speaker) > heard + 2

    on_the_loop(story)


def test_it_gives_up_after_a_quarter_of_an_hour() -> None:
    async def story(speaker: RecordingLoudspeaker, bell: Bell) -> None:
        bell.ring()
        await asyncio.sleep(LONGEST_S - 1)
        assert bell.is_ringing
        await asyncio.sleep(2)
        assert not bell.is_ringing

    on_the_loop(story)


def test_a_loudspeaker_that_fails_once_is_tried_again() -> None:
    async def story(speaker: RecordingLoudspeaker, bell: Bell) -> None:
        speaker.fail_next_play(AudioError("AUD-GONE", "no sound", "unplugged", "plug it in"))
        bell.ring()
        await asyncio.sleep(5)
        assert strokes(speaker) >= 2

    on_the_loop(story)


class Kitchen:
    """A watch on its timers, and what it announced when."""

    def __init__(self, folder: Path) -> None:
        self.speaker = RecordingLoudspeaker(16_000)
        self.bell = Bell(self.speaker, EARCON)
        self.timers = Timers(folder / "timers.json")
        self.said: list[tuple[float, str]] = []
        self.watch = Watch(self.timers, self.bell, self._announce)

    def _announce(self, due: Sequence[Due]) -> None:
        for item in due:
            text = announcement(item, clock.civil_now(), "en")
            self.said.append((round(clock.now_s(), 3), text))

    def live(self, story: Callable[[], Awaitable[None]], epoch: datetime = MORNING) -> None:
        async def all_of_it() -> None:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, clock.SimulatedTimeLoop)
            loop.epoch = epoch
            self.timers.load()
            task = loop.create_task(self.watch.run())
            await story()
            task.cancel()
            self.bell.dismiss()

        clock.run(all_of_it(), realtime=False)


def test_a_timer_rings_to_the_second_and_an_alarm_by_the_clock(tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path)

    async def story() -> None:
        await asyncio.sleep(1)
        kitchen.timers.start(600, clock.civil_now(), "pasta")
        kitchen.timers.set_alarm(datetime(2026, 11, 3, 7, 30))  # noqa: DTZ001
        await asyncio.sleep(2 * 3600)

    kitchen.live(story)
    assert kitchen.said == [
        (601.0, "Your pasta timer is done."),
        (5400.0, "It is 7:30 in the morning. This is your alarm."),
    ]
    assert kitchen.speaker.heard_s() > 0


def test_what_was_due_while_off_rings_at_once_and_says_so(tmp_path: Path) -> None:
    Timers(tmp_path / "timers.json").start(600, MORNING - timedelta(hours=1), "bread")
    kitchen = Kitchen(tmp_path)
    kitchen.live(lambda: asyncio.sleep(1))
    assert kitchen.said == [
        (0.0, "While I was switched off, at 5:10 in the morning today, your bread timer ended.")
    ]
    assert kitchen.speaker.heard_s() > 0


def test_setting_the_clock_forward_does_not_end_a_timer(tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path)

    async def story() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, clock.SimulatedTimeLoop)
        kitchen.timers.start(600, clock.civil_now())
        await asyncio.sleep(45)
        loop.epoch += timedelta(hours=5)
        await asyncio.sleep(1000)

    kitchen.live(story)
    assert kitchen.said == [(600.0, "Your timer is done.")]


def test_a_timer_that_is_set_after_the_clock_was_set_is_right_as_it_is(tmp_path: Path) -> None:
    """A device boots in the past; somebody sets its clock, and an hour later the first timer."""
    kitchen = Kitchen(tmp_path)

    async def story() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, clock.SimulatedTimeLoop)
        await asyncio.sleep(60)
        loop.epoch += timedelta(days=9000)
        await asyncio.sleep(40)
        kitchen.timers.start(600, clock.civil_now(), "pasta")
        await asyncio.sleep(300)
        loop.epoch -= timedelta(days=1)
        kitchen.timers.start(60, clock.civil_now(), "egg")
        await asyncio.sleep(1000)

    kitchen.live(story)
    assert kitchen.said == [
        (460.0, "Your egg timer is done."),
        (700.0, "Your pasta timer is done."),
    ]
