"""The recording loudspeaker keeps what a person would have heard, to the sample."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from audio.playout import RecordingLoudspeaker

RATE = 16_000
Run = Callable[[Any], Any]


def ramp(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * RATE)).astype(np.int16)


def now() -> float:
    return asyncio.get_running_loop().time()


def test_play_waits_until_200_ms_are_left_and_drain_until_all_is_heard(simulate: Run) -> None:
    async def scene() -> None:
        speaker, start = RecordingLoudspeaker(RATE), now()
        await speaker.play(ramp(0.15))
        assert now() == start
        await speaker.play(ramp(1.0))
        assert now() == pytest.approx(start + 0.95)
        await speaker.drain()
        assert now() == pytest.approx(start + 1.15)
        assert speaker.heard_s() == pytest.approx(1.15)
        assert speaker.first_sample_at == start

    simulate(scene())


def test_flush_keeps_what_was_heard_and_drops_the_rest(simulate: Run) -> None:
    async def scene() -> None:
        speaker = RecordingLoudspeaker(RATE)
        playing = asyncio.create_task(speaker.play(ramp(2.0)))
        await asyncio.sleep(0.5)
        speaker.flush()
        await playing
        assert now() == pytest.approx(100.5)
        await asyncio.sleep(1)
        assert np.array_equal(speaker.recorded(), ramp(2.0)[:8_000])
        await speaker.play(ramp(0.1))
        await speaker.drain()
        assert speaker.heard_s() == pytest.approx(0.6)
        assert now() == pytest.approx(101.6)

    simulate(scene())


def test_a_pause_between_pieces_is_not_sound(simulate: Run) -> None:
    async def scene() -> RecordingLoudspeaker:
        speaker = RecordingLoudspeaker(RATE)
        await speaker.play(ramp(0.1))
        await asyncio.sleep(1)
        await speaker.play(ramp(0.1))
        assert speaker.heard_s() == pytest.approx(0.1)
        await speaker.drain()
        return speaker

    speaker = simulate(scene())
    assert speaker.heard_s() == pytest.approx(0.2)  # also once the loop is gone
    speaker.flush()


def test_it_can_begin_a_new_recording(simulate: Run) -> None:
    async def scene() -> None:
        speaker = RecordingLoudspeaker(RATE)
        await speaker.play(ramp(0.1))
        speaker.restart()
        assert speaker.first_sample_at is None
        await asyncio.sleep(1)
        await speaker.play(ramp(0.2))
        await speaker.drain()
        assert speaker.first_sample_at == 101.0
        assert speaker.heard_s() == pytest.approx(0.2)

    simulate(scene())


def test_the_protocol_is_insisted_on(simulate: Run) -> None:
    async def scene() -> None:
        speaker = RecordingLoudspeaker(RATE)
        speaker.flush()
        speaker.fail_next_play(OSError("unplugged"))
        with pytest.raises(OSError, match="unplugged"):
            await speaker.play(ramp(0.1))
        await speaker.play(ramp(0.1))
        with pytest.raises(TypeError):
            await speaker.play(np.zeros(3, np.float32))  # type: ignore[arg-type]
        speaker.close()
        speaker.close()
        with pytest.raises(RuntimeError):
            await speaker.play(ramp(0.1))

    simulate(scene())


def test_the_tap_is_told_what_sounds_when_it_sounds_and_nothing_that_was_flushed(
    simulate: Run,
) -> None:
    async def scene() -> None:
        told: list[tuple[np.ndarray, int, float]] = []
        speaker = RecordingLoudspeaker(RATE, tap=lambda *told_of: told.append(told_of))
        playing = asyncio.create_task(speaker.play(ramp(1.0)))
        await asyncio.sleep(0.1)
        assert 0.08 <= sum(len(part) for part, _, _ in told) / RATE <= 0.1
        await asyncio.sleep(0.235)
        speaker.flush()
        await playing
        await asyncio.sleep(1)
        await speaker.play(ramp(0.1))
        await speaker.drain()
        await asyncio.sleep(0.1)
        assert np.array_equal(np.concatenate([part for part, _, _ in told]), speaker.recorded())
        assert speaker.heard_s() == pytest.approx(0.435)
        for part, rate, at in told:
            assert rate == RATE
            assert len(part) <= 0.021 * RATE
            assert part[0] == round((at - (100 if at < 101 else 101.335)) * RATE)

    simulate(scene())


def test_the_tap_is_told_before_a_recording_is_forgotten(simulate: Run) -> None:
    async def scene() -> None:
        told: list[np.ndarray] = []
        speaker = RecordingLoudspeaker(RATE, tap=lambda part, _rate, _at: told.append(part))
        await speaker.play(ramp(0.1))
        await asyncio.sleep(0.05)
        speaker.restart()
        assert np.array_equal(np.concatenate(told), ramp(0.05))

    simulate(scene())


def test_the_gain_changes_what_is_queued_but_not_what_was_heard(simulate: Run) -> None:
    async def scene() -> None:
        speaker = RecordingLoudspeaker(RATE)
        assert speaker.gain == 1.0
        playing = asyncio.create_task(speaker.play(np.full(8_000, 1_000, np.int16)))
        await asyncio.sleep(0.2)
        speaker.gain = 0.25
        await asyncio.sleep(0.1)
        speaker.gain = 1.0
        await playing
        await speaker.drain()
        heard = speaker.recorded()
        assert len(heard) == 8_000
        assert (heard[:3_200] == 1_000).all()
        assert (heard[3_200:4_800] == 250).all()
        assert (heard[4_800:] == 1_000).all()

    simulate(scene())


def test_it_can_be_asked_what_sounded_between_two_times(simulate: Run) -> None:
    async def scene() -> None:
        speaker = RecordingLoudspeaker(RATE)
        await asyncio.sleep(0.5)
        await speaker.play(ramp(0.1))
        await asyncio.sleep(0.05)
        assert len(speaker.sounded(100.4, 100.4)) == 0
        sounded = speaker.sounded(100.4, 100.8)
        assert not sounded[:1_600].any()
        assert np.array_equal(sounded[1_600:2_400], ramp(0.05))
        assert not sounded[2_400:].any()  # the future is not known
        await speaker.play(ramp(0.1))
        await speaker.drain()
        assert np.array_equal(speaker.sounded(100.5, 100.7), np.concatenate((ramp(0.1), ramp(0.1))))
        assert np.array_equal(speaker.sounded(100.55, 100.56), ramp(0.1)[800:960])

    simulate(scene())
