"""The history of a running service: the disk may do what it likes, the service goes on."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.clock import Moment
from appliance.engines.ports import Transcript
from appliance.errors import ApplianceError
from appliance.history import spool
from appliance.history.chronicler import WAITING, Chronicler
from appliance.history.fakes import FakeChronicle
from appliance.history.reader import HistoryReader
from appliance.history.ring import Disk
from appliance.history.spool import HELD
from appliance.reasons import Outcome
from appliance.record import Turn
from tests.appliance.history.disks import BadDisk, at

SIZE = 64 * 1024
_IN_A_SEGMENT = 25
"""Turns, at least."""


@contextmanager
def running(path: Path, disk: Disk | None = None, *, words: bool = False) -> Iterator[Chronicler]:
    chronicler = Chronicler(path, SIZE, words=words, disk=disk)
    chronicler.start()
    try:
        yield chronicler
    finally:
        chronicler.close()


def ended(turn_id: int = 1) -> Turn:
    turn = Turn(turn_id, 0.0, reason="OK", outcome=Outcome.ANSWERED)
    turn.transcript = Transcript("where is my pension", 0.9)
    turn.spoken = ["In the drawer."]
    return turn


def test_what_is_noted_is_read_by_the_next_run(tmp_path: Path) -> None:
    with running(tmp_path) as chronicler:
        chronicler.note("WORKER_RESTARTED", {"worker": "asr"})
        chronicler.turn(ended())
        chronicler.count("false_wakes", 2)
        chronicler.count("near_misses", 0)
        assert chronicler.counters() == {"false_wakes": 2}
    with running(tmp_path) as again:
        assert [t.code for t in again.turns(5)] == ["OK"]
        assert "WORKER_RESTARTED" in {e.code for e in again.events(9)}
        assert HistoryReader(tmp_path).counters()["false_wakes"] == 2
        assert again.failure is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_begun_anew_and_nothing_is_lost(tmp_path: Path) -> None:
    with running(tmp_path) as chronicler:
        _until(lambda: chronicler.turns_made > 0)
        died = threading.Event()

        def step(_now: Moment) -> int | None:
            del chronicler._step  # type: ignore[attr-defined]
            died.set()
            raise SystemExit

        chronicler._step = step  # type: ignore[method-assign]
        chronicler.note("MIC_GONE")
        died.wait()
        chronicler._thread.join()
        made = chronicler.turns_made
        chronicler.note("MENDED")
        chronicler.revive()
        _until(lambda: chronicler.turns_made > made)
        with pytest.raises(ApplianceError, match="thread hangs"):
            chronicler.revive()
    codes = [event.code for event in HistoryReader(tmp_path).events(9)]
    assert {"MIC_GONE", "MENDED", "SERVICE_STOPPED"} <= set(codes)


def test_a_folder_that_vanishes_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "history"
    with running(folder) as chronicler:
        chronicler.note("MIC_GONE")
        _until(lambda: "MIC_GONE" in {event.code for event in chronicler.events(9)})
        shutil.rmtree(folder)
        chronicler.note("MENDED")
        _until(lambda: "MENDED" in {event.code for event in chronicler.events(9)})
    assert "SERVICE_STOPPED" in {event.code for event in HistoryReader(folder).events(9)}


def _until(is_so: Callable[[], bool]) -> None:
    """Another thread gets there; a busy machine takes its time."""
    waited = threading.Event()
    for _ in range(1200):
        if is_so():
            return
        waited.wait(0.05)
    pytest.fail("it never came")


@pytest.mark.parametrize("words", [True, False])
def test_no_words_unless_the_owner_wants_them(tmp_path: Path, *, words: bool) -> None:
    with running(tmp_path, words=words) as chronicler:
        chronicler.turn(ended())
        chronicler.note("MIC_GONE", {"said": "where is my pension"})
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (b"pension" in stored, b"drawer" in stored) == (words, words)


def test_a_folder_that_cannot_be_used_is_said_once_and_harms_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "history").write_text("a file in its place")
    with running(tmp_path / "history") as chronicler:
        for n in range(WAITING + 9):
            chronicler.turn(ended(n))
            chronicler.count("turns")
        assert chronicler.counters()["turns"] == WAITING + 9
        assert list(chronicler.turns(3)) == []
    assert [r.levelno for r in caplog.records] == [logging.ERROR]
    assert "HIST-WRITE" in caplog.text
    assert chronicler.failure is not None
    assert (tmp_path / "history").read_text() == "a file in its place"


def test_a_second_service_keeps_its_hands_off(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(tmp_path) as first:
        first.turn(ended(1))
        _until(lambda: len(first.turns(1)) == 1)
        with running(tmp_path) as second:
            second.turn(ended(2))
        assert second.failure is not None
        assert second.failure.code == "HIST-BUSY"
    assert [t.figures["turn"] for t in HistoryReader(tmp_path).turns(5)] == [1]
    assert len(caplog.records) == 1


def test_a_disk_that_fills_up_is_said_once_and_what_waits_is_written_when_it_can_be(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "RETRY_MS", 5)
    bad = BadDisk()
    with running(tmp_path, bad.disk) as chronicler:
        chronicler.turn(ended(1))
        _until(lambda: len(chronicler.turns(9)) == 1)
        bad.room = 7
        for n in range(2, 9):
            chronicler.turn(ended(n))
        _until(lambda: chronicler.failure is not None)
        bad.room = None
    assert [t.figures["turn"] for t in HistoryReader(tmp_path).turns(9)][::-1] == list(range(1, 9))
    assert [r.levelno for r in caplog.records] == [logging.ERROR]


def test_a_disk_that_hangs_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.history.chronicler.CLOSE_S", 0.05)
    hanging, may_go_on = threading.Event(), threading.Event()

    def hang(_handle: int) -> None:
        hanging.set()
        may_go_on.wait(10)

    made = HELD + 3 * WAITING  # more than the kernel, the thread and the queue hold together
    chronicler = Chronicler(tmp_path, 16 * SIZE, disk=Disk(os.write, hang))
    chronicler.start()
    assert hanging.wait(10)
    for n in range(made):  # a loop that waited here would never end
        chronicler.turn(ended(n))
    chronicler.close()
    may_go_on.set()
    chronicler._thread.join(10)
    turns = HistoryReader(tmp_path).turns(10**4)
    assert len(turns) >= WAITING
    assert turns[0].figures["turn"] == made - 1
    lost = HistoryReader(tmp_path).counters()["history_lost"]
    assert lost > 0
    assert len(turns) + lost == made, "what is not there was counted"


def test_what_happens_while_the_disk_is_waited_for_is_handed_to_the_kernel(tmp_path: Path) -> None:
    """A crash meanwhile costs nothing."""
    hanging, may_go_on = threading.Event(), threading.Event()

    def hang(_handle: int) -> None:
        hanging.set()
        may_go_on.wait(30)

    chronicler = Chronicler(tmp_path, SIZE, disk=Disk(os.write, hang))
    chronicler.start()
    try:
        assert hanging.wait(10)
        for n in range(60):  # more than a segment holds
            chronicler.turn(ended(n))
        _until(lambda: len(HistoryReader(tmp_path).turns(100)) >= _IN_A_SEGMENT)
    finally:
        may_go_on.set()
        chronicler.close()
    assert len(HistoryReader(tmp_path).turns(100)) == 60


def test_a_bug_of_ours_ends_the_history_not_the_service(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def buggy(_handle: int, _data: bytes) -> int:
        raise RuntimeError("a bug")

    with running(tmp_path, Disk(buggy)) as chronicler:
        chronicler.turn(ended())
        _until(lambda: chronicler.failure is not None)
        chronicler.turn(ended())
    assert "the history ends here" in caplog.text


def test_the_fake_behaves_as_the_real_one(tmp_path: Path) -> None:
    fake = FakeChronicle()
    with running(tmp_path) as real:
        for chronicle in (fake, real):
            chronicle.note("NEAR_MISS", {"score": 0.3, "phrase": "hey jarvis"})
            chronicle.turn(ended(7))
            chronicle.count("turns")
    reader = HistoryReader(tmp_path)
    assert fake.turns(1)[0].figures == reader.turns(1)[0].figures
    assert fake.events(1)[0].figures == reader.events(2)[1].figures == {"score": 0.3, "phrase": "?"}
    assert fake.counters() == reader.counters() == {"turns": 1}
    fake.failing = True
    fake.turn(ended(8))
    fake.count("turns")
    assert (len(fake.turns(9)), fake.counters()) == (1, {"turns": 1})


def test_clocks_without_time_are_told_apart(tmp_path: Path) -> None:
    now = at(5, wall=None)
    chronicler = Chronicler(tmp_path, SIZE, now=lambda: now)
    chronicler.start()
    chronicler.close()
    event = HistoryReader(tmp_path).events(1)[0]
    assert event.when == Moment("aaaaaaaa", 5, None)
