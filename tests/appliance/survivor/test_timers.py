"""Timers and alarms outlive a power cut."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.errors import ApplianceError
from appliance.survivor.settings import FIRST_VOLUME, Settings
from appliance.survivor.timers import MOST, Alarm, Due, Timer, Timers

ZONE = timezone(timedelta(hours=1))
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=ZONE)


def kept(path: Path) -> Timers:
    timers = Timers(path / "timers.json")
    timers.load()
    return timers


def test_what_is_set_is_still_set_after_a_power_cut(tmp_path: Path) -> None:
    before = kept(tmp_path)
    before.start(600, NOON, "pasta")
    before.start(60, NOON)
    before.set_alarm(datetime(2026, 11, 4, 7, 30))  # noqa: DTZ001 - the wall's clock
    after = kept(tmp_path)
    assert (after.timers, after.alarms) == (before.timers, before.alarms)
    assert after.next_due_s(NOON) == 60.0


def test_due_is_taken_once_the_oldest_first(tmp_path: Path) -> None:
    timers = kept(tmp_path)
    second, first = timers.start(20, NOON, "b"), timers.start(10, NOON, "a")
    later = timers.start(30, NOON)
    assert timers.take_due(NOON + timedelta(seconds=9.9)) == []
    assert timers.take_due(NOON + timedelta(seconds=25)) == [Due(first, 15.0), Due(second, 5.0)]
    assert timers.timers == (later,)
    assert kept(tmp_path).timers == (later,)


def test_what_was_due_while_the_power_was_off_is_missed(tmp_path: Path) -> None:
    kept(tmp_path).start(600, NOON, "bread")
    (due,) = kept(tmp_path).take_due(NOON + timedelta(hours=3))
    assert due.is_missed
    assert not Due(due.entry, 1.0).is_missed


def test_an_alarm_stays_at_its_hour_when_summer_time_ends(tmp_path: Path) -> None:
    timers = kept(tmp_path)
    timers.set_alarm(datetime(2026, 10, 25, 7, 0))  # noqa: DTZ001
    winter = datetime(2026, 10, 25, 6, 59, tzinfo=timezone(timedelta(hours=1)))
    assert timers.take_due(winter) == []
    assert timers.take_due(winter + timedelta(minutes=1)) != []


def test_the_clock_was_set_and_a_timer_still_runs_as_long(tmp_path: Path) -> None:
    timers = kept(tmp_path)
    timers.start(600, NOON)
    timers.set_alarm(datetime(2026, 11, 3, 13, 0))  # noqa: DTZ001
    timers.clock_was_set(3600, timers.timers)
    assert timers.next_due_s(NOON + timedelta(hours=1)) == 0.0  # the alarm goes by the clock
    timers.cancel(*timers.alarms)
    assert timers.next_due_s(NOON + timedelta(hours=1)) == 600.0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"timers": [{}]}',
        b'{"timers": [{"duration_s": 1, "due": "2026-11-03T12:00:00"}]}',
        b'{"alarms": [{"due": "2026-11-03T12:00:00+00:00"}]}',
        b'{"alarms": 7}',
    ],
)
def test_a_broken_file_is_set_aside_and_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "timers.json").write_bytes(content)
    timers = Timers(tmp_path / "timers.json")
    with pytest.raises(ApplianceError, match="set aside") as failure:
        timers.load()
    assert failure.value.code == "STATE-CORRUPT"
    assert (tmp_path / "timers.json.corrupt").read_bytes() == content
    timers.start(5, NOON)
    assert kept(tmp_path).timers == timers.timers


@pytest.mark.parametrize(("where", "what"), [(os, "fsync"), (Path, "replace")])
def test_a_power_cut_while_writing_leaves_what_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Any, what: str
) -> None:
    timers = kept(tmp_path)
    timers.start(600, NOON)

    def cut(*_: Any) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(where, what, cut)
    with pytest.raises(ApplianceError, match="the power went"):
        timers.start(5, NOON)
    assert len(timers.timers) == 2  # it runs all the same
    monkeypatch.undo()
    assert len(kept(tmp_path).timers) == 1
    json.loads((tmp_path / "timers.json").read_text())


def test_a_full_disk_keeps_nothing_from_ringing(tmp_path: Path) -> None:
    timers = Timers(tmp_path / "timers.json")
    timers.start(5, NOON)
    (tmp_path / "timers.json").unlink()
    (tmp_path / "timers.json").mkdir()
    assert len(timers.take_due(NOON + timedelta(seconds=5))) == 1
    assert timers.timers == ()


def test_the_number_is_bounded(tmp_path: Path) -> None:
    timers = kept(tmp_path)
    for _ in range(MOST):
        timers.start(5, NOON)
    with pytest.raises(ApplianceError, match="already"):
        timers.start(5, NOON)
    with pytest.raises(ApplianceError, match="already"):
        timers.set_alarm(datetime(2026, 11, 4, 7, 30))  # noqa: DTZ001
    assert len(kept(tmp_path).timers) == MOST


@given(
    st.lists(
        st.tuples(st.sampled_from(["start", "alarm", "cancel", "due"]), st.integers(1, 5000)),
        max_size=15,
    )
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_disk_and_memory_agree_after_anything(tmp_path: Path, steps: list[tuple[str, int]]) -> None:
    (tmp_path / "timers.json").unlink(missing_ok=True)
    timers, now = kept(tmp_path), NOON
    for step, number in steps:
        everything: list[Timer | Alarm] = [*timers.timers, *timers.alarms]
        if step == "start":
            timers.start(number, now, f"n{number}")
        elif step == "alarm":
            timers.set_alarm(now.replace(tzinfo=None) + timedelta(seconds=number))
        elif step == "cancel" and everything:
            timers.cancel(everything[number % len(everything)])
        else:
            now += timedelta(seconds=number)
            timers.take_due(now)
            left = timers.next_due_s(now)
            assert left is None or left > 0
        again = kept(tmp_path)
        assert (again.timers, again.alarms) == (timers.timers, timers.alarms)


def test_the_volume_is_kept(tmp_path: Path) -> None:
    before = Settings(tmp_path / "settings.json")
    before.load()
    assert before.volume == FIRST_VOLUME
    before.set_volume(30)
    after = Settings(tmp_path / "settings.json")
    after.load()
    assert after.volume == 30
    (tmp_path / "settings.json").write_text('{"volume": "loud"}')
    with pytest.raises(ApplianceError, match="set aside"):
        after.load()
    after.load()
    assert after.volume == FIRST_VOLUME
