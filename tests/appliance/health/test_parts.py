"""Recovery's file, the pace of frames, processes that stopped, a loop that stands still."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.health.pace import Pace
from appliance.health.recovery import BUDGETS, LADDERS, Recovery, Stage
from appliance.health.staff import Staff
from appliance.health.stall import last_stall
from appliance.health.vitals import VITALS
from appliance.procfs import lives
from audio.format import FRAME_S


def test_every_vital_sign_has_a_ladder() -> None:
    assert set(LADDERS) == {vital.name for vital in VITALS}


def test_budgets_are_paid_back_by_time_spent_well(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path / "r.json")
    for _ in range(3):  # two restarts of the ears, one of the service
        order = recovery.next("ears", "EARS_FROZEN")
    assert order is not None
    assert order.stage is Stage.RESTART_SERVICE
    again = Recovery(tmp_path / "r.json")
    assert again.load() == ("restart_service", "EARS_FROZEN")
    recovery.observe(well=True, now_s=0.0)
    recovery.observe(well=True, now_s=BUDGETS[Stage.RESTART_SERVICE].well_s - 1)
    assert json.loads((tmp_path / "r.json").read_text())["restart_service"] == 1
    recovery.observe(well=False, now_s=BUDGETS[Stage.RESTART_SERVICE].well_s)
    recovery.observe(well=True, now_s=1000.0)
    recovery.observe(well=True, now_s=1000.0 + BUDGETS[Stage.RESTART_SERVICE].well_s)
    assert json.loads((tmp_path / "r.json").read_text()) == {}
    order = recovery.next("ears", "EARS_FROZEN")
    assert order is not None
    assert order.stage is Stage.RESTART_EARS


@given(st.binary(max_size=60) | st.sampled_from([b"[]", b'{"last": 3}', b'{"reboot": "x"}']))
def test_a_spoilt_file_only_forgets(content: bytes) -> None:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"recovery-{os.getpid()}.json"
    path.write_bytes(content)
    try:
        recovery = Recovery(path)
        recovery.load()
        assert recovery.next("frames", "MIC_GONE") is not None
    finally:
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}.corrupt").unlink(missing_ok=True)


@pytest.mark.parametrize(("factor", "is_right"), [(1.0, True), (0.5, False), (2.0, False)])
@pytest.mark.parametrize("burst", [1, 3])
def test_frames_that_come_too_fast_or_too_slow_are_noticed(
    factor: float, burst: int, *, is_right: bool
) -> None:
    pace, counts = Pace(FRAME_S), []
    for tick in range(40):
        now_s = tick * 0.25
        frames = int(now_s * factor / FRAME_S / burst) * burst
        counts.append(pace.look(frames, now_s))
    assert (counts[-1] > counts[20]) is is_right


def test_a_stopped_process_does_not_live() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert lives(process.pid)
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        assert not lives(process.pid)
    finally:
        process.kill()
        process.communicate()
    assert not lives(process.pid)


class Hand:
    """An engine's process that the test holds."""

    name, pid, is_up = "asr", None, False

    def __init__(self) -> None:
        self.did: list[str] = []

    async def start(self) -> None:
        self.did.append("start")

    async def stop(self) -> None:
        self.did.append("stop")


def test_a_worker_is_missed_only_once_it_has_been_there() -> None:
    hand = Hand()
    staff = Staff(hand)
    assert staff.beat() < staff.beat()
    hand.pid = os.getpid()  # type: ignore[assignment]
    assert staff.beat() < staff.beat(), "it loads for the first time"
    hand.is_up = True
    assert staff.beat() < staff.beat()
    hand.is_up = False
    assert staff.beat() == staff.beat(), "it loads again: nobody can ask it"
    hand.pid = None
    assert staff.beat() == staff.beat()
    asyncio.run(staff.restart())
    assert hand.did == ["stop", "start"]
    asyncio.run(staff.dismiss())
    assert staff.beat() < staff.beat()


def test_a_worker_that_loads_is_waited_for_once_and_then_ended() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        hand = Hand()
        staff = Staff(hand)
        hand.pid = process.pid  # type: ignore[assignment]

        async def fail() -> None:
            hand.did.append("start")
            raise TimeoutError

        hand.start = fail  # type: ignore[method-assign]
        for _ in range(2):
            with contextlib.suppress(TimeoutError):
                asyncio.run(staff.restart())
            hand.did.append("in vain")
        assert hand.did == ["start", "in vain", "stop", "start", "in vain"]
        assert process.wait(5) == -signal.SIGKILL


BLOCKED = """
import sys, threading, time
from pathlib import Path
from appliance.health.stall import StallGuard
guard = StallGuard(Path(sys.argv[1]), 0.3)
guard.tick()
def held_up(): time.sleep(60)
held_up()
"""


def test_a_loop_that_stands_still_ends_the_process_and_says_where(tmp_path: Path) -> None:
    path = tmp_path / "stall.txt"
    done = subprocess.run([sys.executable, "-c", BLOCKED, str(path)], timeout=30, check=False)
    assert done.returncode == 1
    assert "held_up" in (last_stall(path) or "")
    assert last_stall(tmp_path / "none") is None
