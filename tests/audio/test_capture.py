"""The mute switch at the microphone's port: nobody is heard, and time goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from audio.capture import Capture
from audio.errors import AudioError
from audio.fakes import ScriptedMicrophone
from audio.files import FileMicrophone
from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame
from audio.ports import Microphone

from .conftest import SimulatedLoop

Simulate = Callable[[Coroutine[Any, Any, Any]], Any]
UNPLUGGED = AudioError("AUD-DEVICE", "the microphone cannot be opened", "busy", "wait")
QUIET = np.zeros(FRAME_SAMPLES, np.int16)


class FreshMicrophone(ScriptedMicrophone):
    """Counts from zero at every start, as a real device does."""

    def start(
        self, deliver: Callable[[Frame], None], ended: Callable[[Exception | None], None]
    ) -> None:
        super().start(deliver, ended)
        self._seq = 0


class Heard:
    """What came through the port."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.ends: list[Exception | None] = []

    def start(self, capture: Microphone) -> None:
        capture.start(self.frames.append, self.ends.append)

    @property
    def seqs(self) -> list[int]:
        return [frame.seq for frame in self.frames]


def test_a_microphone_whose_count_falls_back_goes_on_from_where_the_stream_is(
    simulate: Simulate,
) -> None:
    async def scene() -> None:
        device, heard = ScriptedMicrophone(), Heard()
        capture = Capture(device)
        heard.start(capture)
        device.lose(1000)
        device.hear(QUIET)
        device.lose(-900)
        device.hear(QUIET)
        device.hear(QUIET)
        assert heard.seqs == [1000, 1001, 1002]
        times_s = [frame.captured_at for frame in heard.frames]
        assert times_s == pytest.approx([1001 * FRAME_S, 1002 * FRAME_S, 1003 * FRAME_S])
        capture.stop()

    simulate(scene())


def test_muted_the_device_is_released_and_time_goes_on(simulate: Simulate) -> None:
    async def scene() -> None:
        device, heard = FreshMicrophone(), Heard()
        capture = Capture(device)
        heard.start(capture)
        device.wait(10 * FRAME_S)
        await asyncio.sleep(10 * FRAME_S)
        capture.mute()
        capture.mute()
        assert capture.muted
        assert (device.running, device.stops) == (False, 1)
        await asyncio.sleep(60.0)
        capture.unmute()
        capture.unmute()
        assert (device.running, device.starts) == (True, 2)
        device.wait(2 * FRAME_S)
        first = 10 + round(60 / FRAME_S)
        assert heard.seqs == [*range(10), first, first + 1]
        for frame in heard.frames:
            assert frame.captured_at == pytest.approx((frame.seq + 1) * FRAME_S)
        capture.stop()
        assert not device.running
        assert heard.ends == []

    simulate(scene())


def test_a_device_that_is_ahead_of_the_clock_never_goes_back_in_time(simulate: Simulate) -> None:
    async def scene() -> None:
        device, heard = FreshMicrophone(), Heard()
        capture = Capture(device)
        heard.start(capture)
        device.wait(5 * FRAME_S)  # at once
        capture.mute()
        capture.unmute()
        device.hear(QUIET)
        assert heard.seqs == [0, 1, 2, 3, 4, 5]
        capture.stop()

    simulate(scene())


def test_booted_muted_the_device_stays_closed(simulate: Simulate) -> None:
    async def scene() -> None:
        device, heard = FreshMicrophone(), Heard()
        capture = Capture(device)
        capture.mute()
        heard.start(capture)
        assert device.starts == 0
        await asyncio.sleep(32 * FRAME_S)
        capture.unmute()
        device.hear(QUIET)
        assert heard.seqs == [32]
        capture.stop()

    simulate(scene())


def test_a_recording_runs_on_behind_a_gate(tmp_path: Path, simulate: Simulate) -> None:
    sound = (np.arange(2 * RATE_HZ) // FRAME_SAMPLES).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", sound, RATE_HZ)

    async def scene() -> None:
        heard = Heard()
        capture = Capture(FileMicrophone(tmp_path / "a.wav"), release=False)
        heard.start(capture)
        await asyncio.sleep(10.5 * FRAME_S)
        capture.mute()
        await asyncio.sleep(20 * FRAME_S)
        capture.unmute()
        await asyncio.sleep(5 * FRAME_S)
        capture.stop()
        await asyncio.sleep(1)
        assert heard.seqs == [*range(10), *range(30, 35)]
        assert [int(frame.samples[0]) for frame in heard.frames] == heard.seqs
        assert heard.ends == []

    simulate(scene())


def test_a_device_that_does_not_open_again_is_an_end_and_can_be_retried(
    simulate: Simulate,
) -> None:
    async def scene() -> None:
        device, heard = FreshMicrophone(), Heard()
        capture = Capture(device)
        heard.start(capture)
        capture.mute()
        device.refuse = UNPLUGGED
        capture.unmute()
        assert heard.ends == [UNPLUGGED]
        capture.mute()
        capture.unmute()
        device.hear(QUIET)
        assert len(heard.frames) == 1
        capture.stop()

    simulate(scene())


def test_a_device_that_does_not_open_at_all_is_refused(simulate: Simulate) -> None:
    async def scene() -> None:
        device, heard = FreshMicrophone(), Heard()
        capture = Capture(device)
        device.refuse = UNPLUGGED
        with pytest.raises(AudioError):
            heard.start(capture)
        heard.start(capture)
        with pytest.raises(RuntimeError):
            heard.start(capture)
        capture.stop()
        heard.start(capture)  # as a microphone can be
        device.hear(QUIET)
        assert heard.seqs == [0]
        capture.stop()

    simulate(scene())


def test_an_end_is_passed_on_once_and_not_because_of_mute(simulate: Simulate) -> None:
    class Grumbling(FreshMicrophone):
        """Reports an end because it was stopped, against the port's rule."""

        def stop(self) -> None:
            if self.running:
                self.end(UNPLUGGED)
            super().stop()

    async def scene() -> None:
        device, heard = Grumbling(), Heard()
        capture = Capture(device)
        heard.start(capture)
        capture.mute()
        assert heard.ends == []
        capture.unmute()
        device.end(UNPLUGGED)
        assert heard.ends == [UNPLUGGED]
        capture.stop()
        assert heard.ends == [UNPLUGGED]

    simulate(scene())


class LateMicrophone:
    """Has a thread that is about to deliver just when it is told to stop; waits for it."""

    def __init__(self) -> None:
        self.go, self.delivered = Event(), 0

    def start(
        self, deliver: Callable[[Frame], None], ended: Callable[[Exception | None], None]
    ) -> None:
        def run() -> None:
            assert self.go.wait(10)
            deliver(Frame(QUIET, 0, FRAME_S))
            ended(None)

        self.thread = Thread(target=run, name="late")
        self.thread.start()

    def stop(self) -> None:
        """As the port: nothing is under way after this. Here, it comes at the last moment."""
        self.go.set()
        self.thread.join()


def test_a_frame_under_way_while_muting_is_dropped(simulate: Simulate) -> None:
    """And the microphone's thread, which waits for the gate, doesn't hold up `mute`."""

    async def scene() -> None:
        heard = Heard()
        capture = Capture(LateMicrophone())
        heard.start(capture)
        capture.mute()
        assert (heard.frames, heard.ends) == ([], [])
        capture.stop()

    simulate(scene())


def test_a_frame_that_arrives_after_muting_is_dropped(simulate: Simulate) -> None:
    """A library that breaks the rule and delivers from its buffers after `stop`."""

    class Stubborn(FreshMicrophone):
        def start(
            self, deliver: Callable[[Frame], None], ended: Callable[[Exception | None], None]
        ) -> None:
            super().start(deliver, ended)
            self.late = deliver

    async def scene() -> None:
        device, heard = Stubborn(), Heard()
        capture = Capture(device)
        heard.start(capture)
        of_first_opening = device.late
        capture.mute()
        of_first_opening(Frame(QUIET, 0, FRAME_S))
        capture.unmute()
        of_first_opening(Frame(QUIET, 1, 2 * FRAME_S))  # belongs to what was said while muted
        assert heard.frames == []
        capture.stop()
        device.late(Frame(QUIET, 0, FRAME_S))
        assert heard.frames == []

    simulate(scene())


def test_mute_waits_for_the_frame_that_is_being_delivered(simulate: Simulate) -> None:
    """When `mute` has returned, no delivery is under way on another thread."""
    device, inside, go_on, muted = LateMicrophone(), Event(), Event(), Event()

    def deliver(_frame: Frame) -> None:
        inside.set()
        assert go_on.wait(10)
        assert not muted.is_set()

    async def scene() -> None:
        capture = Capture(device, release=False)  # so that nothing but the gate makes it wait
        capture.start(deliver, lambda _error: None)
        device.go.set()
        assert inside.wait(10)

        def mute() -> None:
            capture.mute()
            muted.set()

        muting = Thread(target=mute)
        muting.start()
        assert not muted.wait(0.05)  # too short a wait can only miss a failure
        go_on.set()
        muting.join(10)
        assert muted.is_set()
        capture.stop()

    simulate(scene())


@pytest.mark.parametrize("release", [True, False])
def test_a_thread_that_never_stops_talking(simulate: Simulate, *, release: bool) -> None:
    """Races twenty times; whatever the order, nothing comes through while muted."""

    class Talking:
        def start(
            self, deliver: Callable[[Frame], None], ended: Callable[[Exception | None], None]
        ) -> None:
            self.stopping = Event()
            self.said = 0

            def run() -> None:
                while not self.stopping.is_set():
                    deliver(Frame(QUIET, self.said, (self.said + 1) * FRAME_S))
                    self.said += 1

            self.thread = Thread(target=run, name="talking")
            self.thread.start()

        def stop(self) -> None:
            if not self.stopping.is_set():
                self.stopping.set()
                self.thread.join()

    async def scene() -> None:
        device, heard = Talking(), Heard()
        capture = Capture(device, release=release)
        heard.start(capture)
        for _ in range(20):
            while not heard.frames:
                pass
            capture.mute()
            before, said = len(heard.frames), device.said
            while not release and device.said < said + 3:
                pass
            assert len(heard.frames) == before
            heard.frames.clear()
            capture.unmute()
        capture.stop()

    simulate(scene())


@given(st.lists(st.sampled_from(["mute", "unmute", "frame", "wait", "end", "refuse"])))
def test_whatever_happens(steps: list[str]) -> None:
    """Seq and time only grow, each frame is at its place, and nothing comes while muted."""

    async def scene() -> None:
        device, heard = FreshMicrophone(), Heard()
        capture = Capture(device)
        heard.start(capture)
        for step in steps:
            before = len(heard.frames)
            match step:
                case "mute" | "unmute":
                    getattr(capture, step)()
                case "frame" if device.running:
                    device.hear(QUIET)
                case "wait":
                    await asyncio.sleep(1.234)
                case "end" if device.running:
                    device.end(UNPLUGGED)
                case "refuse":
                    device.refuse = UNPLUGGED
            assert not (capture.muted and device.running)
            assert not capture.muted or len(heard.frames) == before
        capture.stop()
        assert not device.running
        assert heard.seqs == sorted(set(heard.seqs))
        for frame in heard.frames:
            assert frame.captured_at == pytest.approx((frame.seq + 1) * FRAME_S)

    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        runner.run(scene())
