"""The thread "ears": order, bounds, failure and the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from audio.ears import Ears, Edge, NoSpeech, SpeechStarted
from audio.fakes import ScriptedVad, ScriptedWakeWord
from audio.format import FRAME_S, Frame, Samples
from audio.listener import RING_FRAMES, Listener
from audio.ports import WakeHit

from .conftest import frames

SOUND: Samples = np.resize(np.array([2000, -2000], np.int16), 16_000 * 8)


class Bench:
    """A listener, and everything that it reported."""

    def __init__(self, wake: ScriptedWakeWord, vad: ScriptedVad) -> None:
        self.posted: list[Edge] = []
        self.failures: list[Exception] = []
        self.processed: list[int] = []
        self.threads: set[str] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.listener = Listener(Ears(wake, vad), self.post, self.failures.append, self.count)
        self.arrived = threading.Condition()

    def post(self, edge: Edge) -> None:
        self.threads.add(threading.current_thread().name)
        self.posted.append(edge)

    def count(self, frame: Frame) -> None:
        self.gate.wait(10)
        with self.arrived:
            self.processed.append(frame.seq)
            self.arrived.notify()

    def wait_for(self, frames_: int) -> None:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.processed) >= frames_, 10)

    def feed(self, part: list[Frame]) -> None:
        """One after the other, as a microphone does."""
        for frame in part:
            self.listener.put(frame)
            self.wait_for(len(self.processed))
        self.wait_for(len(part))


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(*speech: tuple[float, float], hits: tuple[WakeHit, ...] = ()) -> Bench:
        made.append(Bench(ScriptedWakeWord(hits), ScriptedVad(speech)))
        return made[-1]

    yield make
    for each in made:
        each.gate.set()
        each.listener.stop()


def test_edges_come_from_the_thread_called_ears(bench: Callable[..., Bench]) -> None:
    hit = WakeHit("alexa", 0.9, 0.5)
    each = bench(hits=(hit,))
    each.listener.start()
    for frame in frames(SOUND)[:40]:
        each.listener.put(frame)
    each.wait_for(40)
    assert each.posted == [hit]
    assert each.threads == {"ears"}
    assert each.processed == list(range(40))
    assert each.listener.heard == 40


def test_commands_take_effect_between_the_frames_where_they_were_given(
    bench: Callable[..., Bench],
) -> None:
    each = bench((0, 9))
    part = frames(SOUND)[:60]
    for frame in part[:20]:
        each.listener.put(frame)
    each.listener.listen(10 * FRAME_S)
    for frame in part[20:50]:
        each.listener.put(frame)
    each.listener.rest()
    each.listener.listen()
    each.listener.start()
    each.wait_for(50)
    for frame in part[50:60]:
        each.listener.put(frame)
    each.wait_for(60)
    starts = [edge for edge in each.posted if isinstance(edge, SpeechStarted)]
    assert starts == [SpeechStarted(pytest.approx(10 * FRAME_S))]


def test_the_oldest_frames_are_dropped_counted_and_reported(bench: Callable[..., Bench]) -> None:
    each = bench()
    each.gate.clear()
    each.listener.listen()
    each.gate.set()
    for frame in frames(SOUND)[: RING_FRAMES + 25]:
        each.listener.put(frame)
    assert each.processed == list(range(25))
    assert each.listener.dropped == 25
    each.listener.start()
    each.wait_for(RING_FRAMES + 25)
    assert each.processed == list(range(RING_FRAMES + 25))
    assert each.listener.heard == RING_FRAMES


def test_dropping_frames_loses_no_command(bench: Callable[..., Bench]) -> None:
    each = bench()
    each.listener.listen()
    for frame in frames(SOUND)[:200]:
        each.listener.put(frame)
    each.listener.start()
    each.wait_for(200)
    assert [type(edge) for edge in each.posted] == [NoSpeech]  # the loss counts as silence


def test_a_failing_model_is_told_once_and_frames_are_still_reported(
    bench: Callable[..., Bench],
) -> None:
    each = bench()
    fault = RuntimeError("onnxruntime is unwell")
    each.listener._ears._wake.fail_next(fault)  # type: ignore[attr-defined]
    each.listener.start()
    for frame in frames(SOUND)[:30]:
        each.listener.put(frame)
    each.wait_for(30)
    assert each.failures == [fault]
    assert each.posted == []
    assert each.listener.heard == 0  # the heartbeat stands still


def test_nothing_is_posted_after_stop_and_every_frame_is_reported(
    bench: Callable[..., Bench],
) -> None:
    each = bench(hits=tuple(WakeHit("alexa", 0.9, k * FRAME_S) for k in range(50)))
    each.gate.clear()
    each.listener.start()
    for frame in frames(SOUND)[:50]:
        each.listener.put(frame)
    stopping = threading.Thread(target=each.listener.stop)
    stopping.start()
    each.gate.set()
    stopping.join(10)
    posted = len(each.posted)
    each.listener.put(frames(SOUND)[50])
    each.listener.listen()
    assert len(each.posted) == posted
    assert sorted(each.processed) == list(range(51))
    each.listener.stop()


def test_stop_without_start(bench: Callable[..., Bench]) -> None:
    each = bench()
    each.listener.put(frames(SOUND)[0])
    each.listener.stop()
    assert each.processed == [0]


def test_stop_from_a_callback_holds_back_what_else_the_frame_decided(
    bench: Callable[..., Bench],
) -> None:
    hit = WakeHit("alexa", 0.9, 13 * FRAME_S)  # speech starts in the same frame
    each = bench((0, 9), hits=(hit,))
    each.listener.listen()
    stopped = threading.Event()

    def post(edge: Edge) -> None:
        each.listener.stop()
        each.posted.append(edge)
        stopped.set()

    each.listener._post = post
    each.listener.start()
    for frame in frames(SOUND)[:20]:
        each.listener.put(frame)
    assert stopped.wait(10)
    each.wait_for(20)
    assert each.posted == [hit]
