"""A disk that is really full: what can be done without is shed, told once, and goes on later."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from appliance import trace
from appliance.errors import ApplianceError
from appliance.guard import watch_room
from appliance.health import pressure
from appliance.history.chronicler import Chronicler
from appliance.history.reader import HistoryReader
from appliance.replay.reader import read_trace
from appliance.survivor.settings import Settings
from appliance.trace import TraceWriter
from tests.appliance.replay.support import header, reading
from tests.appliance.test_trace import lines_of

SIZE_KB = 256


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of SIZE_KB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_KB}k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only who may mount can have a disk of their own")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> None:
    """To the last byte."""
    with (folder / "ballast").open("wb") as file, contextlib.suppress(OSError):
        while True:
            os.write(file.fileno(), bytes(4096))
    assert not os.statvfs(folder).f_bavail


def until(is_so: Callable[[], bool]) -> None:
    for _ in range(1000):
        if is_so():
            return
        Event().wait(0.01)
    pytest.fail("it never was so")


def records(path: Path, kind: str) -> int:
    return sum(line.get("k") == kind for line in lines_of(path))


def test_a_trace_has_a_gap_while_its_disk_is_full(
    small: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(trace, "SYNC_S", 0.01)
    caplog.set_level(logging.WARNING)
    path = small / "a.trace"
    with TraceWriter(path, header()) as writer:
        writer.reading(reading(0))
        until(lambda: records(path, "reading") == 1)
        fill(small)
        told = 1
        while writer.shed < 50:
            for _ in range(10):
                writer.reading(reading(told))
                told += 1
            until(lambda: not writer._lines)
        (small / "ballast").unlink()
        writer.reading(reading(told))
        until(lambda: records(path, "gap") == 1)
    assert writer.failure is None
    kept = read_trace(path)
    assert len(kept.heard) + writer.shed == told + 1, "each is written or counted"
    assert [line["records"] for line in lines_of(path) if line.get("k") == "gap"] == [writer.shed]
    assert kept.heard[-1].at_s == pytest.approx(reading(told).frame.captured_at)
    assert not kept.cut
    messages = [record.getMessage() for record in caplog.records]
    assert [("gap" in text, "again" in text) for text in messages] == [(True, False), (False, True)]


def test_half_a_line_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of the file's size stands for a disk, where nothing can be mounted."""
    monkeypatch.setattr(trace, "SYNC_S", 0.01)
    path = tmp_path / "a.trace"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with TraceWriter(path, header()) as writer:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, hard))
        try:
            writer.reading(reading(0))
            until(lambda: writer.shed == 1)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        writer.reading(reading(1))
    assert writer.failure is None
    assert [line.get("k") for line in lines_of(path)] == [None, "gap", "reading"]


def test_who_writes_much_is_told_of_a_disk_that_is_nearly_full(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: asyncio.Queue[bool] = asyncio.Queue()
    monkeypatch.setattr(pressure, "LOOK_S", 0.01)

    async def whole() -> list[bool]:
        watching = asyncio.ensure_future(watch_room(small, SIZE_KB / 2000, told.put_nowait))
        changes = []
        async with asyncio.timeout(10):
            for change in (lambda: fill(small), (small / "ballast").unlink):
                change()
                changes.append(await told.get())
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        return changes

    assert asyncio.run(whole()) == [True, False]


def test_a_trace_that_is_told_to_be_quiet_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "SYNC_S", 0.01)
    path = tmp_path / "a.trace"
    with TraceWriter(path, header()) as writer:
        writer.quiet(full=True)
        writer.reading(reading(0))
        until(lambda: writer.shed == 1)
        assert len(lines_of(path)) == 1
        writer.quiet(full=False)
        writer.reading(reading(1))
    assert [line.get("k") for line in lines_of(path)] == [None, "gap", "reading"]


def test_the_history_of_a_full_disk_is_held_and_written_once_there_is_room(small: Path) -> None:
    history = Chronicler(small / "history", 64 * 1024)
    history.start()
    history.note("MIC_GONE", {"number": 1})
    until(lambda: len(history.events(9)) == 2)
    fill(small)
    for number in range(100):
        history.note("MENDED", {"label": f"n{number}"})
    until(lambda: history.failure is not None)
    settings = Settings(small / "settings.json")
    with pytest.raises(ApplianceError, match="no space left"):
        settings.set_volume(10)
    assert {event.code for event in history.events(9)} <= {"MIC_GONE", "SERVICE_STARTED", "MENDED"}
    (small / "ballast").unlink()
    history.try_again()  # long before its minute is over
    until(lambda: history.failure is None)
    history.close()
    codes = [event.code for event in HistoryReader(small / "history").events(200)]
    assert codes.count("MENDED") == 100
    assert "HISTORY_FAILED" in codes
    assert "HISTORY_LOST" not in codes
